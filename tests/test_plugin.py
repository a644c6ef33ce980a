"""The plugin as its users see it: pytest inside pytest, on projects of their own."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Final

import httpx

# What runs import is imported before: pytester forgets what an inner run imports, and each would do it anew.
import hypothesis  # noqa: F401 - its plugin wants it
import pytest
from pytest_socket import disable_socket, enable_socket

import harness.report.write
import harness.runner  # noqa: F401 - for the inner runs
from harness.cli import main
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running

REPOSITORY: Final = Path(__file__).parent.parent
USERS: Final = "users/list"
PLANS: Final = "organizations/get"
"""A shipped scenario with an accepted breaking finding."""

Pytest = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Pytest:
    """Run pytest in the project, in this process; nothing may end in a traceback of ours."""

    def runs(*arguments: str) -> pytest.RunResult:
        result = pytester.runpytest_inprocess(*arguments)
        told = result.stdout.str() + result.stderr.str()
        assert "INTERNALERROR" not in told
        assert "Traceback" not in told
        return result

    return runs


def ship(pytester: pytest.Pytester, *scenarios: str, cassettes: bool = True) -> None:
    """Copy shipped scenarios and their cassettes into the project."""
    for scenario in scenarios:
        target = pytester.path / "scenarios" / f"{scenario}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "scenarios" / f"{scenario}.yaml", target)
        if cassettes:
            shutil.copytree(REPOSITORY / "cassettes" / scenario, pytester.path / "cassettes" / scenario)


def write(pytester: pytest.Pytester, name: str, text: str) -> Path:
    """Write a file of the project."""
    path = pytester.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def report(pytester: pytest.Pytester, directory: str = "reports/latest") -> Any:
    """Read the run.json of the last run."""
    return json.loads((pytester.path / directory / "run.json").read_text("utf-8"))


def collected(result: pytest.RunResult) -> list[str]:
    """Return the node ids that `--collect-only -q` lists."""
    return [line for line in result.outlines if "::" in line]


def test_a_scenario_is_an_item(pytester: pytest.Pytester, run: Pytest) -> None:
    """A scenario passes as one test, and the run leaves a summary and a report."""
    ship(pytester, USERS)
    result = run("scenarios/")

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "scenarios/users/list.yaml .*",
            "=* Astro API v1beta1 to v1 =*",
            "Scenarios: 1 of 1 planned scenario finished: 1 match",
            "  check * readiness *",
            "Migration from v1beta1 to v1: NOT PROVEN",
            "Report: reports/latest/report.html *",
        ]
    )
    names = {path.name for path in (pytester.path / "reports" / "latest").iterdir()}
    assert names == {"events.jsonl", "run.json", "report.md", "report.html"}


@pytest.mark.parametrize("broken", [False, True], ids=["good", "broken"])
def test_the_garbage_collector_only_pauses(pytester: pytest.Pytester, run: Pytest, *, broken: bool) -> None:
    """It is off while a project that uses the harness is collected, and on again whatever came of that."""
    write(pytester, "pyproject.toml", "[tool.harness]\n")
    write(
        pytester,
        "test_own.py",
        "import gc\nwhile_collected = gc.isenabled()\ndef test(): assert not while_collected\n",
    )
    ship(pytester, USERS)
    if broken:
        write(pytester, "scenarios/a.yaml", "steps: 1\nscenario: a\n")
    result = run("test_own.py", "scenarios")

    assert result.parseoutcomes() == ({"errors": 1} if broken else {"passed": 2})
    assert gc.isenabled()


def test_only_the_directories_of_scenarios_are_collected(pytester: pytest.Pytester, run: Pytest) -> None:
    """Somebody else's YAML is never touched, wherever it lies."""
    ship(pytester, USERS)
    write(pytester, "docker-compose.yaml", "services: {}\n")
    write(pytester, "deploy/scenarios/k8s.yml", "kind: Deployment\n")
    write(pytester, "scenarios-old/a.yaml", "scenario: Old\n")
    write(pytester, "tests/data.yaml", "- not: ours\n")
    result = run("--collect-only", "-q")

    assert collected(result) == ["scenarios/users/list.yaml::List users"]


def test_a_directory_of_another_tool_is_left_alone(pytester: pytest.Pytester, run: Pytest) -> None:
    """Where a project does not configure the harness, YAML without a scenario's title is somebody else's."""
    ship(pytester, USERS)
    write(pytester, "scenarios/load.yaml", "config:\n  target: https://example.com\nflows: []\n")

    unconfigured = run("--collect-only", "-q")
    write(pytester, "pyproject.toml", "[tool.harness]\n")
    configured = run("--collect-only", "-q")

    assert collected(unconfigured) == ["scenarios/users/list.yaml::List users"]
    assert unconfigured.ret == pytest.ExitCode.OK
    assert configured.ret == pytest.ExitCode.INTERRUPTED


def test_directories_are_configured(pytester: pytest.Pytester, run: Pytest) -> None:
    """Several directories, with both suffixes, at any depth; the default one is then no longer meant."""
    ship(pytester, USERS)
    text = "scenario: {}\nsteps: [{{operation: ListUsers}}]\n"
    write(pytester, "pyproject.toml", '[tool.harness]\nscenarios = ["checks/api", "more"]\n')
    write(pytester, "checks/api/deep/er/a.yml", text.format("A"))
    write(pytester, "checks/b.yaml", text.format("B"))
    write(pytester, "more/c.yaml", text.format("C"))
    result = run("--collect-only", "-q")

    assert collected(result) == ["checks/api/deep/er/a.yml::A", "more/c.yaml::C"]


def test_what_the_harness_writes_is_not_collected(pytester: pytest.Pytester, run: Pytest) -> None:
    """Cassettes that lie among the scenarios are no scenarios."""
    ship(pytester, USERS)
    shutil.move(pytester.path / "cassettes", pytester.path / "scenarios" / "cassettes")
    write(pytester, "pyproject.toml", '[tool.harness]\ncassettes = "scenarios/cassettes"\n')
    result = run()

    result.assert_outcomes(passed=1)


def test_shared_steps_are_no_item(pytester: pytest.Pytester, run: Pytest) -> None:
    """A file that only holds steps for others to include is not collected."""
    ship(pytester, USERS)
    write(pytester, "scenarios/shared/steps.yaml", "steps: [{operation: ListUsers}]\n")

    assert collected(run("--collect-only", "-q")) == ["scenarios/users/list.yaml::List users"]


def test_a_project_behind_a_link(pytester: pytest.Pytester, run: Pytest) -> None:
    """Scenarios are found where the project, or their directory, is reached by a symbolic link."""
    ship(pytester, USERS)
    real = pytester.path / "real"
    real.mkdir()
    shutil.move(pytester.path / "scenarios", real / "scenarios")
    (pytester.path / "scenarios").symlink_to(real / "scenarios")
    write(pytester, "pyproject.toml", "[tool.harness]\n")
    link = pytester.path / "link"
    link.symlink_to(pytester.path)
    linked = run("--rootdir", str(link), f"{link}/scenarios")

    linked.assert_outcomes(passed=1)


MISTAKES: Final = """\
scenario: Wrong
tags: [a, skip]
steps:
  - operation: ListUser
    expct: {status: 200}
    request: {query: {q: "${nothing}"}}
"""


def test_mistakes_are_told_all_at_once(pytester: pytest.Pytester, run: Pytest) -> None:
    """A file with mistakes is one collection error that lists each with file, line and what to write."""
    ship(pytester, USERS)
    write(pytester, "scenarios/wrong.yaml", MISTAKES)
    result = run()

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR collecting scenarios/wrong.yaml*",
            "scenarios/wrong.yaml:2: `skip` cannot be the name of a tag. *",
            "scenarios/wrong.yaml:4: there is no operation `ListUser` in v1beta1 or v1. Write `ListUsers`.",
            "scenarios/wrong.yaml:5: `expct` is not a key of a step. Write `expect`.",
            "scenarios/wrong.yaml:6: the variable `nothing` is not defined. *",
        ]
    )
    assert not (pytester.path / "reports").exists()


def test_mistakes_do_not_replace_a_report(pytester: pytest.Pytester, run: Pytest) -> None:
    """A run that ended in the collection leaves the last report as it was."""
    ship(pytester, USERS)
    run()
    before = (pytester.path / "reports/latest/run.json").read_bytes()
    write(pytester, "scenarios/wrong.yaml", MISTAKES)
    run()

    assert (pytester.path / "reports/latest/run.json").read_bytes() == before


def test_a_run_in_spite_of_mistakes(pytester: pytest.Pytester, run: Pytest) -> None:
    """A scenario that could not be read was planned, and did not finish: the run proves less."""
    ship(pytester, USERS)
    write(pytester, "scenarios/wrong.yaml", MISTAKES)
    result = run("--continue-on-collection-errors")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1, errors=1)
    assert (report(pytester)["planned"], report(pytester)["unfinished"]) == (2, ["wrong"])


@pytest.mark.parametrize(
    "content", [b"scenario: [\n", b"\xff\xfe", b"", b"- a\n", b"scenario: a\n---\nb: 1\n"]
)
def test_what_is_no_scenario_is_one_error(pytester: pytest.Pytester, run: Pytest, content: bytes) -> None:
    """Broken YAML, other encodings and empty files are told like any other mistake."""
    write(pytester, "pyproject.toml", "[tool.harness]\n")
    write(pytester, "scenarios/wrong.yaml", "").write_bytes(content)
    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.re_match_lines([r"scenarios/wrong\.yaml:\d+: "])


def test_one_id_is_one_scenario(pytester: pytest.Pytester, run: Pytest) -> None:
    """Two files with one id, in two directories, would share cassettes: the second is an error."""
    write(pytester, "pyproject.toml", '[tool.harness]\nscenarios = ["a", "b"]\n')
    for directory in "ab":
        write(pytester, f"{directory}/same.yaml", "scenario: Same\nsteps: [{operation: ListUsers}]\n")
    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["b/same.yaml:1: the id `same` is already that of a/same.yaml:1. *"])


def test_a_file_that_is_named_twice_is_one_scenario(pytester: pytest.Pytester, run: Pytest) -> None:
    """The same file, asked for in two ways, is no duplicate."""
    ship(pytester, USERS)
    result = run("scenarios", "scenarios/users/list.yaml", "--keep-duplicates")

    assert result.ret == pytest.ExitCode.OK


def test_scenarios_are_chosen(pytester: pytest.Pytester, run: Pytest) -> None:
    """Title, path, tag and node id choose scenarios, also where markers are strict."""
    ship(pytester, USERS, PLANS)
    write(pytester, "pytest.ini", "[pytest]\naddopts = --strict-markers --strict-config\n")
    chosen = {
        option: collected(run("--collect-only", "-q", *option.split("|")))
        for option in ("-k|users", "-k|organization", "-m|organizations and read", "-m|users", "-m|not read")
    }
    node = run("scenarios/users/list.yaml::List users")

    users, plans = (
        "scenarios/users/list.yaml::List users",
        "scenarios/organizations/get.yaml::Read the organization",
    )
    assert list(chosen.values()) == [[users], [plans], [plans], [users], []]
    node.assert_outcomes(passed=1)
    assert report(pytester)["planned"] == 1


def test_a_run_stops_at_the_first_failure(pytester: pytest.Pytester, run: Pytest) -> None:
    """With -x the rest is not run, and the report says so; --lf runs what failed again."""
    ship(pytester, PLANS, USERS)
    stopped = run("-x", "--without-acceptances")
    found = report(pytester)
    again = run("--lf", "--without-acceptances")

    stopped.assert_outcomes(failed=1)
    assert (found["planned"], found["unfinished"], found["finished"]) == (2, [USERS], "")
    assert "The run was stopped before its end." in found["assessment"]["reasons"]
    again.assert_outcomes(failed=1)
    assert report(pytester)["finished"] != ""


def test_failures_show_both_sides(pytester: pytest.Pytester, run: Pytest) -> None:
    """A failure shows what was and what is, the rule, the line, and the acceptance to paste; no traceback."""
    ship(pytester, PLANS)
    result = run("--without-acceptances")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*_ scenario organizations/get _*",
            'scenarios/organizations/get.yaml:9 step "the organization" GetOrganization: mismatch',
            "  BREAKING property-removed at $.body.supportPlan",
            "    v1beta1 (baseline) * | v1 (candidate)",
            '    "supportPlan": "BUSINESS_CRITICAL" * | (nothing there)',
            "      accept:",
            "        - rule: property-removed",
            '          path: "$.body.supportPlan"',
            "FAILED scenarios/organizations/get.yaml::Read the organization*",
        ]
    )
    result.stdout.no_fnmatch_line("*plugin.py*")


def test_a_pasted_acceptance_makes_the_run_green(pytester: pytest.Pytester, run: Pytest) -> None:
    """What a failure says to paste is what makes it an accepted finding."""
    ship(pytester, PLANS)
    path = pytester.path / "scenarios" / f"{PLANS}.yaml"
    text = path.read_text("utf-8")
    start, end = text.index("accept:"), text.index("steps:")
    bare = text[:start] + text[end:]
    path.write_text(bare, "utf-8")
    lines = run().outlines
    at = lines.index("      accept:")
    pasted = [line[6:] for line in lines[at : at + 4]]
    pasted[3] = pasted[3].replace('reason: ""', "reason: agreed")
    path.write_text(bare.replace("checks:", "\n".join(pasted) + "\nchecks:"), "utf-8")
    result = run()

    result.assert_outcomes(passed=1)
    assert report(pytester)["assessment"]["verdicts"]["accepted"] == 1


def test_a_missing_cassette_says_how_to_record(pytester: pytest.Pytester, run: Pytest) -> None:
    """A scenario that was never recorded fails with the command that records it."""
    ship(pytester, USERS, cassettes=False)
    result = run()

    result.assert_outcomes(failed=1)
    again = "Record it: pytest scenarios/users/list.yaml --mode record --environment NAME"
    line = f"*cassettes/users/list/baseline.yaml: there is no such cassette. {again}*"
    result.stdout.fnmatch_lines([line])


def test_a_damaged_cassette_stays_as_it_is(pytester: pytest.Pytester, run: Pytest) -> None:
    """A cassette that was cut short fails the scenario and is not written to."""
    ship(pytester, USERS)
    path = pytester.path / "cassettes" / USERS / "candidate.yaml"
    path.write_bytes(path.read_bytes()[:5000])
    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*candidate.yaml: the cassette is damaged*"])
    assert path.stat().st_size == 5000


def test_rows_of_a_table_are_items(pytester: pytest.Pytester, run: Pytest) -> None:
    """A data table makes one item a row, named after it; each can be chosen."""
    write(
        pytester,
        "scenarios/pages.yaml",
        "scenario: Pages\ndata: [{row: first, n: 1}, {n: 2}]\n"
        "steps: [{operation: ListUsers, request: {query: {limit: '${n}'}}}]\n",
    )

    assert collected(run("--collect-only", "-q")) == [
        "scenarios/pages.yaml::Pages[first]",
        "scenarios/pages.yaml::Pages[2]",
    ]
    assert len(collected(run("--collect-only", "-q", "scenarios/pages.yaml::Pages[2]"))) == 1


def test_a_title_of_two_lines(pytester: pytest.Pytester, run: Pytest) -> None:
    """Line breaks of a title are no part of the item's name."""
    write(pytester, "scenarios/a.yaml", "scenario: |\n  Two\n  lines\nsteps: [{operation: ListUsers}]\n")

    assert collected(run("--collect-only", "-q")) == ["scenarios/a.yaml::Two lines"]


def test_collecting_writes_nothing(pytester: pytest.Pytester, run: Pytest) -> None:
    """`--collect-only` leaves no report and no log."""
    ship(pytester, USERS)
    run("--collect-only")

    assert not (pytester.path / "reports").exists()


def test_nothing_collected(pytester: pytest.Pytester, run: Pytest) -> None:
    """A run without scenarios has pytest's exit code for it, and writes no report."""
    (pytester.path / "scenarios").mkdir()

    assert run("scenarios").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert not (pytester.path / "reports").exists()


def test_junit_has_the_verdicts(pytester: pytest.Pytester, run: Pytest) -> None:
    """Verdicts, counts and evidence are properties of the cases, whatever came out."""
    ship(pytester, USERS, PLANS)
    run("--junitxml=junit.xml", "--without-acceptances")
    cases = ET.parse(pytester.path / "junit.xml").iter("testcase")  # noqa: S314 - pytest wrote it
    properties = {
        case.attrib["name"]: {item.attrib["name"]: item.attrib["value"] for item in case.iter("property")}
        for case in cases
    }

    assert properties["List users"] == {
        "verdict": "match",
        "scenario": USERS,
        "source": "sandbox",
        "breaking": "0",
        "accepted": "0",
    }
    assert properties["Read the organization"]["verdict"] == "mismatch"
    assert properties["Read the organization"]["breaking"] == "1"


def test_profiles_change_severities(pytester: pytest.Pytester, run: Pytest) -> None:
    """The profile of the command line wins over that of the settings, and is in the report."""
    ship(pytester, USERS)
    write(pytester, "pyproject.toml", '[tool.harness]\nprofile = "tolerant"\n')
    run()
    configured = report(pytester)["profile"]
    run("--profile", "strict")

    assert (configured, report(pytester)["profile"]) == ("tolerant", "strict")


def test_the_report_goes_where_it_is_asked_to(pytester: pytest.Pytester, run: Pytest) -> None:
    """`--report-dir` moves the report; the next run replaces it and leaves nothing else behind."""
    ship(pytester, USERS)
    for _ in range(2):
        run("--report-dir", "out/of/here").stdout.fnmatch_lines(["Report: out/of/here/report.html *"])

    assert len(list((pytester.path / "out" / "of" / "here").iterdir())) == 4
    assert not (pytester.path / "reports").exists()


def test_a_report_directory_that_cannot_be_written(pytester: pytest.Pytester, run: Pytest) -> None:
    """Where no report can be written, nothing is run, and one line says so."""
    ship(pytester, USERS)
    write(pytester, "reports", "a file in the way")
    result = run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.assert_outcomes()
    (line,) = [line for line in result.errlines if line]
    assert line.startswith("ERROR: ")
    assert line.endswith(
        ": the log of the run cannot be written (Not a directory). Choose another reports directory."
    )


def test_a_report_that_cannot_be_replaced(pytester: pytest.Pytester, run: Pytest) -> None:
    """A report that cannot be written is told at the end, is no success, and the log is still there."""
    ship(pytester, USERS)
    (pytester.path / "reports" / "latest" / "report.md" / "in the way").mkdir(parents=True)
    result = run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*report.md: the report cannot be written*", "The log of the run is *"])
    (log,) = (pytester.path / "reports" / "latest").glob("events-*.jsonl")
    assert b"scenario-finished" in log.read_bytes()


USAGE: Final = {
    "an unknown environment": (
        "",
        ["--environment", "stagging"],
        "ERROR: there is no environment `stagging`. Use one of production, sandbox.",
    ),
    "an unknown setting": (
        "[tool.harness]\nscenarois = ['a']\n",
        [],
        "ERROR: pyproject.toml: `tool.harness.scenarois` is not a setting. Write `scenarios`.",
    ),
    "an environment that is not there": (
        "[tool.harness]\nenvironment = 'prod'\n",
        [],
        "ERROR: pyproject.toml: `tool.harness.environment`: there is no environment `prod`. *",
    ),
    "contracts that are not there": (
        "[tool.harness]\ncontracts = 'facts'\n",
        [],
        "ERROR: pyproject.toml: `tool.harness.contracts`: there is no directory `facts`. *",
    ),
}


@pytest.mark.parametrize(("settings", "options", "line"), USAGE.values(), ids=USAGE.keys())
def test_settings_and_options_that_are_wrong(
    pytester: pytest.Pytester, run: Pytest, settings: str, options: list[str], line: str
) -> None:
    """A mistake in settings or options ends the run before it begins, with one line."""
    ship(pytester, USERS)
    write(pytester, "pyproject.toml", settings)
    result = run(*options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([line])
    assert len([each for each in result.errlines if each]) == 1
    assert not (pytester.path / "reports").exists()


def test_several_mistakes_in_settings(pytester: pytest.Pytester, run: Pytest) -> None:
    """All mistakes of the settings are told at once, one a line."""
    write(pytester, "pyproject.toml", "[tool.harness]\na = 1\nb = 2\n")
    result = run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len([line for line in result.errlines if "is not a setting" in line]) == 2


@pytest.mark.parametrize("options", [["--mode", "play"], ["--profile", "lax"]])
def test_options_have_choices(pytester: pytest.Pytester, options: list[str]) -> None:
    """A mode or profile that does not exist is refused as pytest refuses its own."""
    result = pytester.runpytest_inprocess(*options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*argument {options[0]}: invalid choice: '{options[1]}'*"])


def test_damaged_contracts(pytester: pytest.Pytester, run: Pytest) -> None:
    """A contract of the project that cannot be read is told for the file that needed it."""
    ship(pytester, USERS)
    write(pytester, "pyproject.toml", '[tool.harness]\ncontracts = "facts"\n')
    write(pytester, "facts/v1.json", "{")
    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*facts/v1.json:1: the facts are not JSON. *"])


def test_the_plugin_may_be_named_twice(pytester: pytest.Pytester, run: Pytest) -> None:
    """A conftest that names the installed plugin too gets one plugin."""
    ship(pytester, USERS)
    pytester.makeconftest('pytest_plugins = ["harness.plugin"]')
    result = run("-p", "harness.plugin")

    result.assert_outcomes(passed=1)


def test_scenarios_and_tests_run_together(pytester: pytest.Pytester, run: Pytest) -> None:
    """Python tests beside scenarios are none of the plugin's business."""
    ship(pytester, USERS)
    pytester.makepyfile("def test_a(): assert True\ndef test_b(): assert False")
    result = run()

    result.assert_outcomes(passed=2, failed=1)
    assert report(pytester)["planned"] == 1


def staging(pytester: pytest.Pytester, url: str, *, sandbox: bool) -> None:
    """Configure an environment `box` at a URL."""
    bases = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    lines = [f'{api} = "{url}{path}"' for api, path in bases.items()]
    lines.append(f"sandbox = {str(sandbox).lower()}")
    write(pytester, "pyproject.toml", "\n".join(["[tool.harness.environments.box]", *lines, ""]))


MAKES: Final = """\
scenario: Make a workspace
tags: [write]
vars: {name: "harness ${run_id} ${side}"}
steps:
  - {operation: CreateWorkspace, request: {body: {name: "${name}"}}, capture: {workspace_id: $.id}}
  - operation: GetWorkspace
    poll: {until: {status: 418}, every: 0.05, timeout: 600}
cleanup:
  - {operation: DeleteWorkspace}
"""


@pytest.fixture
def sandbox() -> Iterator[str]:
    """Give the URL of a sandbox."""
    with running() as url:
        yield url


def workspaces(url: str) -> list[str]:
    """Return the names of the workspaces that scenarios made and did not delete."""
    answer = httpx.get(
        f"{url}/v1/organizations/{SANDBOX_ORGANIZATION_ID}/workspaces",
        params={"limit": 100},
        headers={"authorization": f"Bearer {SANDBOX_TOKEN}"},
    )
    names = [workspace["name"] for workspace in answer.json()["workspaces"]]
    return [name for name in names if name.startswith("harness ")]


@pytest.mark.parametrize("mode", ["live", "record"])
def test_writes_are_skipped_without_permission(
    pytester: pytest.Pytester, run: Pytest, monkeypatch: pytest.MonkeyPatch, sandbox: str, mode: str
) -> None:
    """Outside the sandbox, a scenario that writes is skipped with the reason; what only reads runs."""
    monkeypatch.setenv("ASTRO_API_TOKEN", SANDBOX_TOKEN)
    monkeypatch.setenv("ASTRO_ORGANIZATION_ID", SANDBOX_ORGANIZATION_ID)
    staging(pytester, sandbox, sandbox=False)
    ship(pytester, USERS, cassettes=False)
    write(pytester, "scenarios/make.yaml", MAKES.replace("scenario:", "# first line\nscenario:"))
    result = run("--mode", mode, "--environment", "box", "-rs")

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1, skipped=1)
    why = "sends POST, which changes something in `box`. Add --allow-writes to run it."
    result.stdout.fnmatch_lines([f"SKIPPED*scenarios/make.yaml:6: not run: *{why}*"])
    assert workspaces(sandbox) == []
    assert not (pytester.path / "cassettes" / "make").exists()
    assert (pytester.path / "cassettes" / USERS).exists() is (mode == "record")


def test_recording_and_replaying(pytester: pytest.Pytester, run: Pytest, sandbox: str) -> None:
    """What is recorded from the sandbox replays to the same verdicts, without it and without a token."""
    staging(pytester, sandbox, sandbox=True)
    ship(pytester, USERS, PLANS, cassettes=False)
    recorded = run("--mode", "record", "--environment", "box")
    first = report(pytester)
    replayed = run()
    second = report(pytester)

    recorded.assert_outcomes(passed=2)
    replayed.assert_outcomes(passed=2)
    assert first["assessment"]["verdicts"] == second["assessment"]["verdicts"]
    assert (first["mode"], second["mode"]) == ("record", "replay")
    assert first["environment"] == "box"
    assert {each["provenance"]["source"] for each in second["scenarios"]} == {"sandbox"}


PAGES = """\
scenario: All pages
steps:
  - operation: ListUsers
    request: {query: {limit: 7}}
    walk: true
  - operation: ListWorkspaces
    walk: true
  - operation: CreateTeam
    request: {body: {name: "walk ${run_id} ${side}"}}
    capture: {team_id: $.id}
  - operation: ListTeams
    request: {query: {limit: 1}}
    walk: true
  - operation: GetTeam
  - operation: DeleteTeam
    again: true
cleanup:
  - operation: DeleteTeam
"""


def test_a_walk_is_recorded_and_replayed_without_a_socket(
    pytester: pytest.Pytester, run: Pytest, sandbox: str
) -> None:
    """All pages of lists and a repeated call are recorded over loopback and play with sockets blocked."""
    staging(pytester, sandbox, sandbox=True)
    write(pytester, "scenarios/pages.yaml", PAGES)
    recorded = run("--mode", "record", "--environment", "box")
    first = report(pytester)
    disable_socket()
    try:
        replayed = run()
    finally:
        enable_socket()
    second = report(pytester)

    recorded.assert_outcomes(passed=1)
    replayed.assert_outcomes(passed=1)
    steps, again = (each["scenarios"][0]["steps"] for each in (first, second))
    assert [step["walks"] for step in steps] == [step["walks"] for step in again]
    assert [len(step["walks"]) for step in again] == [2, 2, 0, 2, 0, 0, 0, 0]
    assert all(sum(walk["elements"]) == walk["total"] for step in again for walk in step["walks"])
    assert {walk["end"] for step in again for walk in step["walks"]} == {"an empty list"}
    assert [step["name"] for step in again][-3:] == ["DeleteTeam", "DeleteTeam (again)", "DeleteTeam"]


def test_without_a_token_nothing_is_called(
    pytester: pytest.Pytester, run: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recording without a token fails each scenario with the variable to set."""
    monkeypatch.delenv("ASTRO_API_TOKEN", raising=False)
    ship(pytester, USERS)
    result = run("--mode", "record")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*the variable ASTRO_API_TOKEN is not set. Run `export ASTRO_API_TOKEN=...` first.*"]
    )


@pytest.mark.usefixtures("socket_disabled")
def test_a_replay_opens_no_socket(pytester: pytest.Pytester, run: Pytest) -> None:
    """A replay works where sockets cannot be opened at all."""
    ship(pytester, USERS)

    run().assert_outcomes(passed=1)


def python(pytester: pytest.Pytester, code: str, **environ: str) -> subprocess.Popen[str]:
    """Start Python in the project; Ctrl-C works there even if these tests run in the background."""
    prelude = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    return subprocess.Popen(  # noqa: S603 - it runs what the tests write
        [sys.executable, "-c", prelude + code],
        cwd=pytester.path,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def pytest_in(pytester: pytest.Pytester, *arguments: str) -> subprocess.Popen[str]:
    """Start pytest in a process of its own."""
    return python(pytester, f"import pytest; sys.exit(pytest.main({list(arguments)!r}))")


def until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something holds that a process brings about."""
    deadline = time.monotonic() + 50
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the process did not get there:\n{process.communicate()[0]}")
        time.sleep(0.02)


def test_a_project_without_scenarios_pays_nothing(pytester: pytest.Pytester) -> None:
    """Where there are no scenarios, nothing heavy is imported, whatever other YAML there is."""
    pytester.makepyfile("def test_a(): assert True")
    write(pytester, "docker-compose.yaml", "services: {}\n")
    code = """
import pytest
code = pytest.main(["-q", "-p", "harness.plugin"])
heavy = {"httpx", "vcr", "pydantic", "deepdiff", "jinja2", "msgspec", "starlette", "uvicorn", "yaml"}
print("imported:", sorted(heavy & sys.modules.keys()), int(code))
"""
    told, _ = python(pytester, code, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1").communicate()

    assert "imported: [] 0" in told


def test_an_interrupted_run_cleans_up(pytester: pytest.Pytester, sandbox: str) -> None:
    """Ctrl-C during a live run deletes what was made on both sides, and leaves a report that says so."""
    staging(pytester, sandbox, sandbox=True)
    write(pytester, "scenarios/make.yaml", MAKES)
    process = pytest_in(pytester, "--mode", "live", "--environment", "box")
    until(lambda: len(workspaces(sandbox)) == 2, process)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=50)

    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert workspaces(sandbox) == []
    assert "INTERNALERROR" not in told
    assert "The run was stopped before its end." in told
    assert report(pytester)["unfinished"] == ["make"]


def test_a_killed_run_can_be_reported(pytester: pytest.Pytester, sandbox: str) -> None:
    """The log that a killed run left holds what had finished, and `harness report` makes a report of it."""
    staging(pytester, sandbox, sandbox=True)
    write(pytester, "scenarios/a.yaml", "scenario: A\nsteps: [{operation: ListUsers}]\n")
    write(pytester, "scenarios/make.yaml", MAKES)
    latest = pytester.path / "reports" / "latest"

    def finished() -> bool:
        return any(b"scenario-finished" in log.read_bytes() for log in latest.glob("events-*.jsonl"))

    process = pytest_in(pytester, "--mode", "live", "--environment", "box")
    until(finished, process)
    process.kill()
    process.communicate()
    (log,) = latest.glob("events-*.jsonl")
    out = StringIO()
    code = main(["report", str(log), "--output", str(pytester.path / "out")], out, StringIO())
    found = report(pytester, "out")

    assert code == 0
    assert "1 of 2 planned scenarios finished: 1 match" in out.getvalue()
    assert (found["finished"], found["unfinished"]) == ("", ["make"])
    assert [scenario["id"] for scenario in found["scenarios"]] == ["a"]


def test_workers_share_a_run(pytester: pytest.Pytester) -> None:
    """With xdist every planned scenario finishes in one report, whichever worker ran it."""
    ship(pytester, USERS, PLANS, "organizations/list", "tokens/list")
    process = pytest_in(pytester, "-n", "2", "--junitxml=junit.xml")
    told, _ = process.communicate(timeout=50)
    found = report(pytester)

    assert process.returncode == pytest.ExitCode.OK
    assert "Scenarios: 4 of 4 planned scenarios finished: 1 match, 3 accepted" in told
    assert (found["planned"], len(found["scenarios"]), found["unfinished"]) == (4, 4, [])
    assert found["finished"] != ""
    assert [path.name for path in (pytester.path / "reports/latest").glob("events*")] == ["events.jsonl"]
    assert 'name="verdict" value="accepted"' in (pytester.path / "junit.xml").read_text("utf-8")


def test_workers_tell_what_keeps_them_from_reporting(pytester: pytest.Pytester) -> None:
    """Workers that cannot write the log fail their scenarios with the reason, and nothing crashes."""
    ship(pytester, USERS)
    write(pytester, "reports", "a file in the way")
    process = pytest_in(pytester, "-n", "1")
    told, _ = process.communicate(timeout=50)

    assert process.returncode == pytest.ExitCode.TESTS_FAILED
    assert "the log of the run cannot be written" in told
    assert "INTERNALERROR" not in told
    assert "Traceback" not in told
