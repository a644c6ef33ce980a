"""Which directory is the project's, where pytest's root directory is another one."""

from __future__ import annotations

import shutil
from typing import Final

import pytest

from tests.plugin.inner import USERS, Pytest, python, ship, write

_SETTINGS: Final = "[tool.harness]\n"
_REPOSITORY: Final = "[tool.pytest.ini_options]\naddopts = '-q'\n"


def _monorepo(pytester: pytest.Pytester, *, own: str = _SETTINGS, above: str = _REPOSITORY) -> None:
    """Make a repository with a project in `svc`."""
    ship(pytester, USERS)
    write(pytester, "svc/pyproject.toml", own)
    write(pytester, "pyproject.toml", above)
    for name in ("scenarios", "cassettes"):
        shutil.move(pytester.path / name, pytester.path / "svc" / name)


@pytest.mark.parametrize(
    ("start", "asked"), [("svc", "scenarios"), ("svc/scenarios", "."), (".", "svc/scenarios"), (".", "svc")]
)
def test_settings_below_the_root_directory_are_found(
    pytester: pytest.Pytester, run: Pytest, monkeypatch: pytest.MonkeyPatch, start: str, asked: str
) -> None:
    """A project in a repository is the same wherever pytest is started; its report is its own."""
    _monorepo(pytester)
    monkeypatch.chdir(pytester.path / start)
    result = run(asked)

    result.assert_outcomes(passed=1)
    assert (pytester.path / "svc" / "reports" / "latest" / "run.json").exists()


def test_workers_find_the_same_settings(pytester: pytest.Pytester) -> None:
    """What the process of the user found holds in those that it starts."""
    _monorepo(pytester)
    code = "import os, pytest; os.chdir('svc'); sys.exit(pytest.main(['-n', '1', 'scenarios']))"
    said, _ = (process := python(pytester, code)).communicate(timeout=120)

    assert process.returncode == pytest.ExitCode.OK, said


def test_settings_of_the_root_directory_hold_below_it(
    pytester: pytest.Pytester, run: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory without settings of its own, or one that is only asked for, changes nothing."""
    _monorepo(
        pytester,
        above=f"{_REPOSITORY}[tool.harness]\nscenarios = ['svc/scenarios']\ncassettes = 'svc/cassettes'\n",
    )
    run("svc/scenarios").assert_outcomes(passed=1)
    (pytester.path / "svc" / "pyproject.toml").unlink()
    monkeypatch.chdir(pytester.path / "svc")
    run("scenarios").assert_outcomes(passed=1)

    assert (pytester.path / "reports" / "latest" / "run.json").exists()
    assert not (pytester.path / "svc" / "reports").exists()


def test_a_root_directory_below_the_settings(pytester: pytest.Pytester, run: Pytest) -> None:
    """`--rootdir` may name another directory than that of pytest's own settings; the harness's are there."""
    ship(pytester, USERS)
    write(pytester, "pyproject.toml", f"{_REPOSITORY}{_SETTINGS}")
    run("--rootdir", "scenarios", "scenarios").assert_outcomes(passed=1)

    assert (pytester.path / "reports" / "latest" / "run.json").exists()


@pytest.mark.parametrize("text", ["[tool]\nharness = 3\n", "[tool]\nharness.scenarois = ['a']\n"])
def test_a_table_in_another_spelling_is_one(pytester: pytest.Pytester, run: Pytest, text: str) -> None:
    """Its mistakes are told on one line, before anything is collected."""
    ship(pytester, USERS)
    write(pytester, "pyproject.toml", text)
    result = run("scenarios")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: pyproject.toml: `tool.harness*"])
    assert "Traceback" not in result.stderr.str()
    assert "INTERNALERROR" not in result.stdout.str()


def test_scenarios_that_are_named_in_vain_are_told(pytester: pytest.Pytester, run: Pytest) -> None:
    """Who misspells a directory runs less, and would not know."""
    ship(pytester, USERS)
    write(pytester, "pyproject.toml", "[tool.harness]\nscenarios = ['scenarios', 'senarios']\n")
    result = run()

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            (
                "pyproject.toml: `tool.harness.scenarios` names `senarios`: there is nothing of that name, "
                "and nothing of it ran. Correct the name, or remove it."
            )
        ]
    )
