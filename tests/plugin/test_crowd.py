"""Scenarios that run at the same time are, for pytest, tests like any others."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from harness.ledger import DIRECTORY, ledgers
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, Setup, parse_faults, running
from tests.plugin.inner import MAKES, Pytest, pytest_in, report, staging, until, workspaces, write

READ = "scenario: Read {0}\nsteps:\n  - operation: {1}\n"
BAD = "scenario: Bad\nsteps:\n  - {operation: ListTeams, expect: {status: 418}}\n"
TEAM = (
    MAKES.replace("workspace", "team")
    .replace("Workspace", "Team")
    .replace("Make a team", "Make another team")
)
LIVE = ("--mode", "live", "--environment", "box", "-p", "no:cacheprovider")


@pytest.fixture
def slow() -> Iterator[str]:
    """Give the URL of a sandbox that takes its time."""
    with running(setup=Setup(faults=parse_faults([], "150ms"))) as url:
        yield url


def readers(pytester: pytest.Pytester, count: int) -> None:
    """Write scenarios that only read."""
    for number in range(count):
        write(pytester, f"scenarios/r{number:02}.yaml", READ.format(number, "ListUsers"))


def finished(pytester: pytest.Pytester) -> list[str]:
    """Return the ids of the scenarios whose results are in the log, in its order."""
    log: Path = next((pytester.path / "reports" / "latest").glob("events*.jsonl"))
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return [event["scenario"]["id"] for event in events if event["event"] == "scenario-finished"]


def test_pytest_reports_in_order(pytester: pytest.Pytester, run: Pytest, slow: str) -> None:
    """All scenarios are reported one after the other in pytest's order, though they ran together."""
    staging(pytester, slow, sandbox=True)
    readers(pytester, 8)
    result = run(*LIVE, "-v")
    result.assert_outcomes(passed=8)
    lines = [line.split("::")[0] for line in result.outlines if "PASSED" in line]

    assert lines == [f"scenarios/r{number:02}.yaml" for number in range(8)]


def test_one_at_a_time(pytester: pytest.Pytester, run: Pytest, slow: str) -> None:
    """With a concurrency of one, a scenario begins when the one before it has ended."""
    staging(pytester, slow, sandbox=True)
    readers(pytester, 3)
    run(*LIVE, "--concurrency", "1").assert_outcomes(passed=3)
    calls = [
        [
            (datetime.fromisoformat(call["started"]), call["elapsed"])
            for call in (step["baseline"], step["candidate"])
        ]
        for scenario in report(pytester)["scenarios"]
        for step in scenario["steps"]
    ]

    for before, after in pairwise(calls):
        for began, elapsed in before:
            # Both times are rounded to milliseconds.
            assert all(later >= began + timedelta(seconds=elapsed - 0.01) for later, _ in after)


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_concurrency_is_a_number(pytester: pytest.Pytester, number: str) -> None:
    """Anything else is refused by pytest itself."""
    result = pytester.runpytest_inprocess(f"--concurrency={number}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"--concurrency: `{number}` is no number of 1 or more" in result.stderr.str()


def test_after_a_failure_nothing_begins_and_nothing_is_lost(
    pytester: pytest.Pytester, run: Pytest, slow: str
) -> None:
    """With -x, what runs ends and is in the report, what had not begun is not called."""
    staging(pytester, slow, sandbox=True)
    write(pytester, "scenarios/a.yaml", BAD)
    readers(pytester, 20)
    result = run(*LIVE, "-x", "--concurrency", "3")
    result.assert_outcomes(failed=1)
    done = finished(pytester)

    assert set(done) >= {"a"}
    assert len(done) <= 6
    assert [scenario["id"] for scenario in report(pytester)["scenarios"]] == sorted(done)
    assert len(report(pytester)["unfinished"]) == 21 - len(done)


def test_what_is_deselected_or_skipped_is_not_called(
    pytester: pytest.Pytester, run: Pytest, slow: str
) -> None:
    """A scenario that pytest does not run is not run ahead either."""
    staging(pytester, slow, sandbox=True)
    readers(pytester, 4)
    write(
        pytester,
        "conftest.py",
        "import pytest\n"
        "def pytest_collection_modifyitems(items):\n"
        "    items.reverse()\n"
        "    items[1].add_marker(pytest.mark.skip('by hand'))\n",
    )
    result = run(*LIVE, "--deselect", "scenarios/r00.yaml")
    result.assert_outcomes(passed=2, skipped=1, deselected=1)

    assert sorted(finished(pytester)) == ["r01", "r03"]


def test_a_python_test_is_not_overtaken(pytester: pytest.Pytester, run: Pytest, slow: str) -> None:
    """Scenarios behind a test of another kind wait for it, as it may prepare something for them."""
    staging(pytester, slow, sandbox=True)
    readers(pytester, 2)
    write(
        pytester,
        "test_between.py",
        "from pathlib import Path\n"
        "def test_between():\n"
        "    log, = Path('reports/latest').glob('events-*')\n"
        "    assert 'r01' not in log.read_text().split('\\n', 1)[1]\n",
    )
    run(*LIVE, "scenarios/r00.yaml", "test_between.py", "scenarios/r01.yaml").assert_outcomes(passed=3)


def test_workers_run_one_ahead(pytester: pytest.Pytester, slow: str) -> None:
    """Under xdist each scenario is run once, by the worker that pytest gave it to."""
    staging(pytester, slow, sandbox=True)
    readers(pytester, 12)
    process = pytest_in(pytester, *LIVE, "-n", "2", "--concurrency", "4")
    told, _ = process.communicate(timeout=100)

    assert process.returncode == 0, told
    assert sorted(finished(pytester)) == [f"r{number:02}" for number in range(12)]


def teams(url: str) -> list[str]:
    """Return the names of the teams that scenarios made and did not delete."""
    answer = httpx.get(
        f"{url}/v1/organizations/{SANDBOX_ORGANIZATION_ID}/teams",
        params={"limit": 100},
        headers={"authorization": f"Bearer {SANDBOX_TOKEN}"},
    )
    return [team["name"] for team in answer.json()["teams"] if team["name"].startswith("harness ")]


def test_an_interrupt_cleans_up_all_that_run(pytester: pytest.Pytester, sandbox: str) -> None:
    """Ctrl-C ends every scenario that runs, those ahead too, and each one deletes what it made."""
    staging(pytester, sandbox, sandbox=True)
    write(pytester, "scenarios/a.yaml", MAKES)
    write(pytester, "scenarios/b.yaml", TEAM)
    readers(pytester, 1)
    process = pytest_in(pytester, *LIVE)
    until(lambda: len(workspaces(sandbox)) == len(teams(sandbox)) == 2, process)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=50)

    assert process.returncode == pytest.ExitCode.INTERRUPTED, told
    assert "INTERNALERROR" not in told
    assert workspaces(sandbox) == []
    assert teams(sandbox) == []
    assert report(pytester)["unfinished"] == ["a", "b"]
    assert ledgers(pytester.path / ".harness" / DIRECTORY) == ()


def test_no_thread_is_left(pytester: pytest.Pytester, run: Pytest, slow: str) -> None:
    """After a run all threads have ended."""
    staging(pytester, slow, sandbox=True)
    readers(pytester, 3)
    run(*LIVE).assert_outcomes(passed=3)

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("harness-")]
