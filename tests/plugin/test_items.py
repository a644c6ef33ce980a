"""Scenarios as items: what passes, fails and is told of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

# What runs import is imported before: pytester forgets what an inner run imports, and each would do it anew.
import hypothesis  # noqa: F401 - its plugin wants it
import pytest

import harness.report.write
import harness.runner  # noqa: F401 - for the inner runs
from tests.plugin.inner import MISTAKES, PLANS, USERS, Pytest, collected, report, ship, write


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


def test_shared_steps_are_no_item(pytester: pytest.Pytester, run: Pytest) -> None:
    """A file that only holds steps for others to include is not collected."""
    ship(pytester, USERS)
    write(pytester, "scenarios/shared/steps.yaml", "steps: [{operation: ListUsers}]\n")

    assert collected(run("--collect-only", "-q")) == ["scenarios/users/list.yaml::List users"]


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
    result.stdout.fnmatch_lines(["*candidate.yaml:*: the cassette is damaged*"])
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


def test_a_title_with_two_colons(pytester: pytest.Pytester, run: Pytest) -> None:
    """What separates the parts of an item's id is not in its name, so that it can be chosen."""
    table = "data: [{row: a, n: 1}, {n: 2}]\nsteps: [{operation: ListUsers}]\n"
    write(pytester, "scenarios/a.yaml", f"scenario: Users:::list\n{table}")
    names = collected(run("--collect-only", "-q"))

    assert names == ["scenarios/a.yaml::Users:list[a]", "scenarios/a.yaml::Users:list[2]"]
    for name in names:
        assert collected(run("--collect-only", "-q", name)) == [name]


def test_a_title_that_moves_the_cursor(pytester: pytest.Pytester, run: Pytest) -> None:
    """Nothing in the name of an item is a command to a terminal or a CI service, and it can be chosen."""
    title = r'scenario: "a \e[31m \u202e ##[group]b"'
    write(pytester, "scenarios/a.yaml", f"{title}\nsteps: [{{operation: ListUsers}}]\n")
    (name,) = collected(run("--collect-only", "-q"))

    assert name == r"scenarios/a.yaml::a \x1b[31m \u202e \x23#[group]b"
    assert collected(run("--collect-only", "-q", name)) == [name]


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


def test_scenarios_and_tests_run_together(pytester: pytest.Pytester, run: Pytest) -> None:
    """Python tests beside scenarios are none of the plugin's business."""
    ship(pytester, USERS)
    pytester.makepyfile("def test_a(): assert True\ndef test_b(): assert False")
    result = run()

    result.assert_outcomes(passed=2, failed=1)
    assert report(pytester)["planned"] == 1


def test_hooks_are_those_of_the_files_on_the_way(pytester: pytest.Pytester, run: Pytest) -> None:
    """A conftest.py is heard for the scenarios below it, and for no others, whenever it was read."""
    ship(pytester, USERS)
    hook = "def pytest_runtest_logstart(nodeid):\n    print('{}', nodeid)\n"
    source = (pytester.path / "scenarios" / "users" / "list.yaml").read_text("utf-8")
    for name in ("aside", "later"):
        write(pytester, f"scenarios/{name}/conftest.py", hook.format(f"heard in {name}"))
        write(pytester, f"scenarios/{name}/list.yaml", source)
    write(pytester, "scenarios/conftest.py", hook.format("heard above"))
    result = run("-s", "scenarios/")

    lines = [line.removeprefix(".") for line in result.outlines]
    heard = sorted(line[line.index("heard") :].split("::")[0] for line in lines if "heard" in line)
    assert heard == [
        *(f"heard above scenarios/{name}/list.yaml" for name in ("aside", "later", "users")),
        *(f"heard in {name} scenarios/{name}/list.yaml" for name in ("aside", "later")),
    ]
