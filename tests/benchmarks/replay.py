"""A pair through pytest: the harness against tests written by hand, and what comes before and after."""

from __future__ import annotations

from collections.abc import Iterator

from harness.contract import load_contracts
from harness.readiness import assess
from harness.report.events import read_run
from harness.report.write import write_reports
from tests.benchmarks.measure import Row, milliseconds, python
from tests.benchmarks.workspace import HARNESS, TESTS, Workspace

_OTHER = "pytest-recording and deepdiff, one client for all tests"


def replay(workspace: Workspace) -> Iterator[Row]:
    """Replay, compare, judge and report; the start of Python and pytest is divided among the pairs too."""
    times, pairs = workspace.times, workspace.pairs
    ours = milliseconds(python(*HARNESS, "scenarios", directory=workspace.scenarios), times=times)
    theirs = milliseconds(python(*TESTS, directory=workspace.tests), times=times)
    yield Row(
        what=f"replay {pairs:,} scenarios with reports, a pair",
        ours=ours / pairs,
        bar=3,
        theirs=theirs / pairs,
        against=_OTHER,
    )
    scenario, test = workspace.single
    start = milliseconds(python(*HARNESS, "scenarios", directory=scenario), times=times)
    their_start = milliseconds(python(*TESTS, directory=test), times=times)
    yield Row(what="replay 1 scenario with reports", ours=start, theirs=their_start, against=_OTHER)
    yield Row(
        what="each further pair",
        ours=(ours - start) / (pairs - 1),
        theirs=(theirs - their_start) / (pairs - 1),
        against=_OTHER,
    )


def collect(workspace: Workspace) -> Iterator[Row]:
    """Read every scenario and run none."""
    yield Row(
        what=f"pytest --collect-only of {workspace.pairs:,} scenario files",
        ours=milliseconds(
            python(*HARNESS, "--collect-only", "scenarios", directory=workspace.scenarios),
            times=workspace.times,
        ),
        bar=2000,
        theirs=milliseconds(
            python(*TESTS, "--collect-only", directory=workspace.tests), times=workspace.times
        ),
        against="as many test functions in one file",
    )


def reports(workspace: Workspace) -> Iterator[Row]:
    """Read the log of a run, assess it, and write the three reports."""
    run = read_run(workspace.log)
    contracts = load_contracts()
    assessment = assess(run, contracts=contracts)
    target = workspace.directory / "reports"
    steps = {
        "read the log": lambda: read_run(workspace.log),
        "assess readiness and count coverage": lambda: assess(run, contracts=contracts),
        "write run.json, report.md and report.html": lambda: write_reports(run, assessment, target),
    }
    for name, work in steps.items():
        yield Row(
            what=f"reports of {len(run.scenarios):,} scenarios: {name}",
            ours=milliseconds(work, times=workspace.times),
        )
