"""What the published contracts say of the findings of a run, and which operations left their contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from harness.difference import Kind
from harness.exchange import Side
from harness.result import Finding, RunResult, operation_name
from harness.rules import Documentation
from harness.struct import Struct


class Departure(Struct, frozen=True, kw_only=True):
    """One place where the answers of one side leave the contract of that side.

    ``broken``: the contract rules it out; else it only does not name what was answered. ``count`` is in
    findings, so in steps.
    """

    operation: str
    side: Side
    place: str
    broken: bool
    count: int


class Triangulation(Struct, frozen=True, kw_only=True):
    """Both sides held against both contracts.

    ``findings`` counts all findings by what the contracts say of them, accepted ones too; one that nothing
    could be concluded from is none, as in every list of findings. ``departures`` come with broken contracts
    first, then by count, operation, side and place.
    """

    findings: Mapping[Documentation, int]
    departures: tuple[Departure, ...]


def triangulate(run: RunResult) -> Triangulation:
    """Hold the findings of a run against the contracts; a pure function of it."""
    said: Counter[Documentation] = Counter()
    places: Counter[tuple[str, Side, str, bool]] = Counter()
    for scenario in run.scenarios:
        for step in scenario.steps:
            for finding in step.findings:
                said[finding.documentation] += not finding.inconclusive
                broken = finding.documentation is Documentation.BROKEN
                if broken or finding.difference.kind is Kind.UNDOCUMENTED:
                    key = operation_name(step), side_of(finding), finding.difference.path, broken
                    places[key] += 1
    departures = (
        Departure(operation=operation, side=side, place=place, broken=broken, count=count)
        for (operation, side, place, broken), count in places.items()
    )
    return Triangulation(
        findings={each: said[each] for each in Documentation},
        departures=tuple(
            sorted(
                departures,
                key=lambda each: (not each.broken, -each.count, each.operation, each.side, each.place),
            )
        ),
    )


def side_of(finding: Finding) -> Side:
    """Return the side that left its contract.

    A difference between the sides that breaks a contract breaks v1's, unless v1beta1 lacks what it requires.
    """
    fact = finding.difference
    if fact.side is not None:
        return fact.side
    return Side.BASELINE if fact.kind is Kind.ADDED else Side.CANDIDATE
