"""``--plan``: every call is printed, and none is made."""

from __future__ import annotations

import socket

import pytest

from tests.plugin.inner import MAKES, MISTAKES, PLANS, USERS, Pytest, ship, write

WORKSPACES = "/organizations/${organization_id}/workspaces"


def test_nothing_is_called_and_nothing_written(
    pytester: pytest.Pytester, run: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs no token, no socket and no cassette; no test runs, and that is no failure."""
    monkeypatch.delenv("ASTRO_API_TOKEN", raising=False)

    def none(*_: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", none)
    ship(pytester, USERS, cassettes=False)
    write(pytester, "scenarios/a.yaml", MAKES)
    before = {path for path in pytester.path.rglob("*") if "__pycache__" not in path.parts}
    result = run("--plan", "-p", "no:cacheprovider")

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes()
    result.stdout.fnmatch_lines(
        [
            "a",
            f"  POST   /platform/v1beta1{WORKSPACES}  v1beta1, CreateWorkspace",
            f"  GET    /v1{WORKSPACES}/${{workspace_id}}  v1, GetWorkspace (*",
            f"  DELETE /v1{WORKSPACES}/${{workspace_id}}  v1, DeleteWorkspace",
            "users/list",
            "Calls: at least * in 2 scenarios: * GET, 2 POST, 2 DELETE. None was made.",
            "Time: at least 1 s within the limits of `production` (25 GET, 10 POST, 5 DELETE a second *",
        ]
    )
    assert {path for path in pytester.path.rglob("*") if "__pycache__" not in path.parts} == before


def test_only_what_is_chosen_is_planned(pytester: pytest.Pytester, run: Pytest) -> None:
    """The options of pytest choose, and shards do."""
    ship(pytester, USERS, PLANS, cassettes=False)
    run("--plan", "-k", "organizations").stdout.fnmatch_lines(["Calls: at least * in 1 scenario: *"])

    run("--plan", "--shard", "1/2").stdout.fnmatch_lines(["Calls: at least * in 1 scenario: *"])


def test_what_may_not_be_sent_is_told(pytester: pytest.Pytester, run: Pytest) -> None:
    """A live run without permission would skip it; with it, production's name is asked for as ever."""
    write(pytester, "scenarios/a.yaml", MAKES)
    result = run("--plan", "--mode", "live")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        ["*sends POST*Add --allow-writes --production production*", "*at least 0 in*"]
    )
    assert run("--plan", "--mode", "live", "--allow-writes").ret == pytest.ExitCode.USAGE_ERROR


def test_mistakes_in_files_end_it(pytester: pytest.Pytester, run: Pytest) -> None:
    """As they end a run; what could be read is planned only where that is asked for."""
    ship(pytester, USERS, cassettes=False)
    write(pytester, "scenarios/wrong.yaml", MISTAKES)
    result = run("--plan")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "Calls:" not in result.stdout.str()
    run("--plan", "--continue-on-collection-errors").stdout.fnmatch_lines(["Calls: * in 1 scenario: *"])


def test_python_tests_are_not_run(pytester: pytest.Pytester, run: Pytest) -> None:
    """They may call anything; where there are only such, there is nothing to plan."""
    pytester.makepyfile("def test(): assert False")
    result = run("--plan")

    assert result.ret == pytest.ExitCode.OK
    assert "Calls:" not in result.stdout.str()


def test_workers_are_refused(pytester: pytest.Pytester) -> None:
    """They would collect, and nobody would print what they plan."""
    ship(pytester, USERS, cassettes=False)
    result = pytester.runpytest_subprocess("--plan", "-n", "2")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: `--plan` runs nothing, and needs no workers. Add `-n 0`."])
    assert pytester.runpytest_subprocess("--plan", "-n", "0").ret == pytest.ExitCode.OK
