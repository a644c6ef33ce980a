"""The options, where other plugins and files of the project have some of the same names."""

from __future__ import annotations

import pytest

from harness.plugin.command_line import OPTIONS
from tests.plugin.inner import PLANS, USERS, Pytest, report, ship, write

TAKEN = """\
def pytest_addoption(parser):
    parser.addoption("--{name}", action="store_true", help="its own")
"""


def test_every_option_has_a_long_name(pytester: pytest.Pytester, run: Pytest) -> None:
    """It does the same as the short one."""
    ship(pytester, PLANS)
    short = run("--without-acceptances", "--profile", "tolerant")
    found = report(pytester)
    long = run("--harness-without-acceptances", "--harness-profile=tolerant")
    told = pytester.runpytest_inprocess("--help").stdout.str()

    short.assert_outcomes(failed=1)
    long.assert_outcomes(failed=1)
    assert [each["profile"] for each in (found, report(pytester))] == ["tolerant", "tolerant"]
    for name in OPTIONS:
        assert f"  --{name}" in told
        assert f"  --harness-{name}" in told


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["profile", "environment", "mode"])
def test_another_plugin_has_the_name(pytester: pytest.Pytester, run: Pytest, name: str, when: str) -> None:
    """Whichever is loaded first: the name is the other's, and ours works by its long name."""
    ship(pytester, USERS)
    write(pytester, "other.py", TAKEN.format(name=name))
    write(
        pytester, "test_own.py", f"def test(request): assert request.config.getoption('--{name}') is True\n"
    )
    order = {
        "before": ["-p", "other", "-p", "harness.plugin"],
        "after": ["-p", "harness.plugin", "-p", "other"],
    }
    pytester.syspathinsert()
    result = run(*order[when], f"--{name}", "--harness-profile=tolerant")

    result.assert_outcomes(passed=2)
    assert report(pytester)["profile"] == "tolerant"


def test_a_file_of_the_project_has_the_name(pytester: pytest.Pytester, run: Pytest) -> None:
    """A conftest.py is loaded after every plugin; what is printed names the option that works."""
    write(pytester, "pyproject.toml", "[tool.harness]\n")
    write(pytester, "conftest.py", TAKEN.format(name="mode"))
    ship(pytester, USERS, cassettes=False)
    result = run("--mode")
    told = result.stdout.str()

    result.assert_outcomes(failed=1)
    assert "--harness-mode record --environment NAME" in " ".join(told.split())
    assert " --mode" not in told


def test_the_value_of_an_option_is_no_path(pytester: pytest.Pytester, run: Pytest) -> None:
    """The conftest.py of the directories of tests is loaded with its options, as without ours."""
    write(pytester, "pytest.ini", "[pytest]\ntestpaths = scenarios\n")
    write(pytester, "scenarios/conftest.py", TAKEN.format(name="own"))
    ship(pytester, USERS)
    result = run("--mode", "replay", "--own")

    result.assert_outcomes(passed=1)


def test_commands_of_the_harness_keep_their_options(pytester: pytest.Pytester) -> None:
    """Only what pytest is told has other names; see the end of a run that left something behind."""
    write(pytester, "conftest.py", TAKEN.format(name="environment"))
    config = pytester.parseconfig()
    from harness.plugin.command_line import spelled

    text = "Look with `harness sweep --environment a`, or run `pytest --environment a --mode live`."
    assert spelled(config, text) == (
        "Look with `harness sweep --environment a`, or run `pytest --harness-environment a --mode live`."
    )
