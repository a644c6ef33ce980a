"""The plugin as its users see it: what a session of pytest does with options, scenarios and signals."""

from __future__ import annotations

import gc
import signal

# What runs import is imported before: pytester forgets what an inner run imports, and each would do it anew.
import hypothesis  # noqa: F401 - its plugin wants it
import pytest

import harness.report.write
import harness.runner  # noqa: F401 - for the inner runs
from tests.plugin.inner import (
    MAKES,
    PLANS,
    USAGE,
    USERS,
    Pytest,
    collected,
    pytest_in,
    python,
    report,
    ship,
    staging,
    until,
    workspaces,
    write,
)


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


@pytest.mark.parametrize(
    "option", ["--collect-only", "--fixtures", "--fixtures-per-test", "--setup-only", "--setup-plan"]
)
def test_what_runs_nothing_writes_nothing(pytester: pytest.Pytester, run: Pytest, option: str) -> None:
    """It leaves no report and no log; one of an earlier run stays."""
    ship(pytester, USERS)
    run(option)

    assert not (pytester.path / "reports").exists()


def test_nothing_collected(pytester: pytest.Pytester, run: Pytest) -> None:
    """A run without scenarios has pytest's exit code for it, and writes no report."""
    (pytester.path / "scenarios").mkdir()

    assert run("scenarios").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert not (pytester.path / "reports").exists()


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


def test_the_plugin_may_be_named_twice(pytester: pytest.Pytester, run: Pytest) -> None:
    """A conftest that names the installed plugin too gets one plugin."""
    ship(pytester, USERS)
    pytester.makeconftest('pytest_plugins = ["harness.plugin"]')
    result = run("-p", "harness.plugin")

    result.assert_outcomes(passed=1)


def test_a_project_without_scenarios_pays_nothing(pytester: pytest.Pytester) -> None:
    """Where there are no scenarios, nothing heavy is imported, whatever other YAML there is."""
    pytester.makepyfile("def test_a(): assert True")
    write(pytester, "docker-compose.yaml", "services: {}\n")
    code = """
import pytest
code = pytest.main(["-q", "-p", "harness.plugin"])
heavy = {"httpx", "vcr", "pydantic", "deepdiff", "jinja2", "starlette", "uvicorn", "yaml"}
print("imported:", sorted(heavy & sys.modules.keys()), int(code))
"""
    told, _ = python(pytester, code, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1").communicate()

    assert "imported: [] 0" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up(
    pytester: pytest.Pytester, sandbox: str, number: signal.Signals
) -> None:
    """Ctrl-C and SIGTERM in a live run delete what both sides made, and leave a report that says so."""
    staging(pytester, sandbox, sandbox=True)
    write(pytester, "scenarios/make.yaml", MAKES)
    process = pytest_in(pytester, "--mode", "live", "--environment", "box")
    until(lambda: len(workspaces(sandbox)) == 2, process)
    process.send_signal(number)
    told, _ = process.communicate(timeout=50)

    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert workspaces(sandbox) == []
    assert "INTERNALERROR" not in told
    assert "The run was stopped before its end." in told
    assert report(pytester)["unfinished"] == ["make"]


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
