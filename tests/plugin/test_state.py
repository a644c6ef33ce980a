"""What the items of a process share: which files are scenarios, how they run, and the reports."""

from __future__ import annotations

import shutil
from io import StringIO

# What runs import is imported before: pytester forgets what an inner run imports, and each would do it anew.
import hypothesis  # noqa: F401 - its plugin wants it
import pytest
from pytest_socket import disable_socket, enable_socket

import harness.report.write
import harness.runner  # noqa: F401 - for the inner runs
from harness.cli import main
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN
from tests.plugin.inner import (
    MAKES,
    MISTAKES,
    PAGES,
    PLANS,
    USERS,
    Pytest,
    collected,
    pytest_in,
    report,
    ship,
    staging,
    until,
    workspaces,
    write,
)


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


def test_a_link_that_leads_nowhere_is_no_scenario(pytester: pytest.Pytester, run: Pytest) -> None:
    """A run of other files, which says what it leaves out, does not stumble over it."""
    ship(pytester, USERS)
    (pytester.path / "scenarios" / "gone.yaml").symlink_to("nowhere.yaml")

    result = run("scenarios/users/list.yaml")

    result.assert_outcomes(passed=1)
    assert "left out" not in result.stdout.str()


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


def test_mistakes_do_not_replace_a_report(pytester: pytest.Pytester, run: Pytest) -> None:
    """A run that ended in the collection leaves the last report as it was."""
    ship(pytester, USERS)
    run()
    before = (pytester.path / "reports/latest/run.json").read_bytes()
    write(pytester, "scenarios/wrong.yaml", MISTAKES)
    run()

    assert (pytester.path / "reports/latest/run.json").read_bytes() == before


def test_a_mistake_in_an_option_replaces_no_report(pytester: pytest.Pytester, run: Pytest) -> None:
    """An expression that pytest cannot read ends the run before it began: the last report stays."""
    ship(pytester, USERS)
    run()
    before = (pytester.path / "reports/latest/run.json").read_bytes()
    refused = run("-k", "a b")

    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    assert (pytester.path / "reports/latest/run.json").read_bytes() == before
    assert "Astro API v1beta1 to v1" not in refused.stdout.str()


def test_a_file_of_steps_that_is_named_is_told_of(pytester: pytest.Pytester, run: Pytest) -> None:
    """Who asks for it learns why nothing ran; in a directory that is asked for it is no news."""
    ship(pytester, USERS)
    write(pytester, "scenarios/shared/steps.yaml", "steps: [{operation: ListUsers}]\n")
    named = run("scenarios/shared/steps.yaml")
    whole = run("scenarios")

    assert named.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    named.stdout.fnmatch_lines(["scenarios/shared/steps.yaml: this is no scenario, and nothing of it ran: *"])
    assert "this is no scenario" not in whole.stdout.str()


@pytest.mark.parametrize(
    "asked", [("-k", "users"), ("scenarios/users",), ("scenarios/users/list.yaml::List users",)]
)
def test_what_a_run_leaves_out_is_told(
    pytester: pytest.Pytester, run: Pytest, asked: tuple[str, ...]
) -> None:
    """Deselected, or in a file that was not named: nothing is known of it, and the report says so."""
    ship(pytester, USERS, PLANS)
    write(pytester, "scenarios/shared/steps.yaml", "steps: [{operation: ListUsers}]\n")
    write(pytester, "scenarios/other.yaml", "services: {}\n")
    result = run(*asked)
    whole = run()

    result.assert_outcomes(passed=1)
    told = result.stdout.str()
    assert "Scenarios: 1 of 1 planned scenario finished, 1 left out: " in told
    assert f"1 scenario was left out, and nothing is known of it: {PLANS}." in told
    assert report(pytester)["omitted"] == []
    assert "left out" not in whole.stdout.str()


def test_workers_leave_out_the_same(pytester: pytest.Pytester) -> None:
    """With workers and shards, other shards' scenarios are not left out, and deselected ones are."""
    ship(pytester, USERS, PLANS, "tokens/list")
    process = pytest_in(pytester, "-n", "2", "--shard", "1/2", "-k", "not tokens")
    process.communicate(timeout=50)

    assert report(pytester)["omitted"] == ["tokens/list"]


def test_one_id_is_one_scenario(pytester: pytest.Pytester, run: Pytest) -> None:
    """Two files with one id, in two directories, would share cassettes: the second is an error."""
    write(pytester, "pyproject.toml", '[tool.harness]\nscenarios = ["a", "b"]\n')
    for directory in "ab":
        write(pytester, f"{directory}/same.yaml", "scenario: Same\nsteps: [{operation: ListUsers}]\n")
    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["b/same.yaml:1: the id `same` is already that of a/same.yaml:1. *"])


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_row_has_an_id_of_its_own(pytester: pytest.Pytester, run: Pytest, order: tuple[str, str]) -> None:
    """A file that is called like another one's row would share its cassettes: the second is an error."""
    write(pytester, "pyproject.toml", '[tool.harness]\nscenarios = ["a", "b"]\n')
    row = "scenario: Row\ndata: [{row: x, n: 1}]\nsteps: [{operation: ListUsers}]\n"
    write(pytester, "a/c.yaml", row)
    write(pytester, "b/c[x].yaml", "scenario: File\nsteps: [{operation: ListUsers}]\n")
    result = run(*order)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*: the id `c[[]x]` is already that of ?/c*.yaml:1. *"])


def test_a_file_that_is_named_twice_is_one_scenario(pytester: pytest.Pytester, run: Pytest) -> None:
    """The same file, asked for in two ways, is no duplicate."""
    ship(pytester, USERS)
    result = run("scenarios", "scenarios/users/list.yaml", "--keep-duplicates")

    assert result.ret == pytest.ExitCode.OK


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


def test_damaged_contracts(pytester: pytest.Pytester, run: Pytest) -> None:
    """A contract of the project that cannot be read is told for the file that needed it."""
    ship(pytester, USERS)
    write(pytester, "pyproject.toml", '[tool.harness]\ncontracts = "facts"\n')
    write(pytester, "facts/v1.json", "{")
    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*facts/v1.json:1: the facts are not JSON. *"])


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
