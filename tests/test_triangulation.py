"""Both sides held against both contracts."""

from __future__ import annotations

import pytest

from harness.difference import Difference, Kind
from harness.exchange import Side
from harness.rules import Documentation
from harness.struct import replace
from harness.triangulation import Departure, side_of, triangulate
from tests.report.builders import difference, finding, lens_run, run, scenario, step

_BROKEN = Documentation.BROKEN


def test_findings_are_counted_by_what_the_contracts_say() -> None:
    """All four words are there, and accepted findings count too."""
    assert triangulate(lens_run()).findings == {
        Documentation.DOCUMENTED: 3,
        Documentation.UNDOCUMENTED: 2,
        Documentation.BROKEN: 1,
        Documentation.UNKNOWN: 0,
    }


def test_operations_that_left_their_contract_are_named_with_side_place_and_count() -> None:
    """A broken contract comes before what a contract only does not name."""
    scope = Departure(
        operation="GetWorkspace", side=Side.CANDIDATE, place="$.body.scope", broken=True, count=1
    )
    debug = Departure(
        operation="GetWorkspace", side=Side.BASELINE, place="$.body.debug", broken=False, count=2
    )

    assert triangulate(lens_run()).departures == (scope, debug)


@pytest.mark.parametrize(
    ("fact", "side"),
    [
        (Difference(kind=Kind.BROKEN, path="$.body.x", side=Side.BASELINE), Side.BASELINE),
        (Difference(kind=Kind.UNDOCUMENTED, path="$.body.x", side=Side.CANDIDATE), Side.CANDIDATE),
        (Difference(kind=Kind.REMOVED, path="$.body.x"), Side.CANDIDATE),
        (Difference(kind=Kind.TYPE, path="$.body.x"), Side.CANDIDATE),
        (Difference(kind=Kind.ADDED, path="$.body.x"), Side.BASELINE),
    ],
)
def test_the_side_that_left_its_contract_is_told(fact: Difference, side: Side) -> None:
    """What is required and absent is missing on the side that does not have it."""
    assert side_of(finding(fact, documentation=_BROKEN)) is side


def test_one_place_of_several_steps_is_one_departure() -> None:
    """The count is in findings; another operation is another departure."""
    broken = finding(difference(kind=Kind.TYPE, to=""), documentation=_BROKEN)
    steps = [step(broken), step(replace(broken)), step(broken, operation="ListUsers")]

    departures = triangulate(run(scenario(*steps))).departures

    assert [(each.operation, each.count) for each in departures] == [("ListApiTokens", 2), ("ListUsers", 1)]


def test_what_was_announced_is_no_departure() -> None:
    """A documented rename leaves no contract."""
    assert triangulate(run(scenario(step(finding())))).departures == ()


def test_what_nothing_could_be_concluded_from_is_not_counted() -> None:
    """The counts of findings beside it leave it out, too."""
    doubtful = finding(difference(path="$.body.other"), inconclusive=True)
    found = triangulate(run(scenario(step(finding(), doubtful))))

    assert sum(found.findings.values()) == 1
