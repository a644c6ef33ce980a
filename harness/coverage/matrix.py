"""The matrix: operations by check, each with its strongest evidence, and what of the contracts was seen.

Only steps count that came to a conclusion: a call that both sides refused, or that a gateway answered,
exercised nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from harness.contract import Contract, Operation
from harness.coverage.documented import STATUS, Documented, Shown, documented
from harness.exchange import Json, Side
from harness.result import Evidence, RunResult, Source, StepResult, Verdict
from harness.rules import Check
from harness.struct import Struct, replace


class Level(StrEnum):
    """The strongest evidence that there is of one check of one operation."""

    LIVE = "live"
    CASSETTE = "cassette"
    """Recorded from the vendor's service, and played back."""
    SANDBOX = "sandbox"
    NONE = "none"
    """A gap: no step exercised it."""
    GONE = "not in v1"
    """There is nothing to compare: v1 does not have the operation."""


class Exercised(Struct, frozen=True, kw_only=True):
    """How many of the documented things an answer has shown; ``missing`` maps a place to the others.

    ``missing`` is empty where the operation was not called: then everything is.
    """

    seen: int
    of: int
    missing: Mapping[str, tuple[Json, ...]]


class OperationCoverage(Struct, frozen=True, kw_only=True):
    """What was exercised of one operation.

    ``baseline`` and ``candidate`` are its paths in v1beta1 and in v1, empty where a version does not have it.
    ``calls`` are the pairs of calls that came to a conclusion. ``gaps`` are the checks nothing exercised.
    ``used`` says how often a recorded set calls it; None where none was given.
    """

    operation: str
    method: str
    baseline: str
    candidate: str
    calls: int
    checks: Mapping[Check, Level]
    gaps: tuple[Check, ...]
    statuses: Mapping[Side, Exercised]
    values: Mapping[Side, Exercised]
    used: int | None = None


class Coverage(Struct, frozen=True, kw_only=True):
    """What a run exercised of the operations of v1beta1, and of those that only v1 has and it called.

    ``operations`` come with the gaps first: those that most checks lack, then in the order of their paths.
    ``called`` counts those with calls; ``checks`` counts all of them by the level of each check. ``statuses``
    and ``values`` add up those of the operations; their ``missing`` is empty.
    """

    called: int
    checks: Mapping[Check, Mapping[Level, int]]
    statuses: Mapping[Side, Exercised]
    values: Mapping[Side, Exercised]
    operations: tuple[OperationCoverage, ...]

    def exercised(self, check: Check) -> int:
        """Count the operations that have evidence of a check."""
        return sum(self.checks[check][level] for level in (Level.LIVE, Level.CASSETTE, Level.SANDBOX))

    def possible(self, check: Check) -> int:
        """Count the operations of which there can be evidence of a check."""
        return len(self.operations) - self.checks[check][Level.GONE]


def cover(run: RunResult, contracts: Mapping[Side, Contract]) -> Coverage:
    """Count what a run exercised; a pure function of the run and the contracts of the two sides."""
    matrix = _Matrix(contracts)
    for scenario in run.scenarios:
        if scenario.provenance is None:
            continue  # nobody knows where it comes from
        for step in scenario.steps:
            matrix.add(step, scenario.provenance.source)
    return _whole(matrix.operations())


def narrowed(coverage: Coverage, used: Mapping[str, int]) -> Coverage:
    """Keep the operations that a recorded set uses; ``used`` maps their ids to how often it calls them.

    Of those with equal gaps, the one that is called most comes first.
    """
    kept = [
        replace(each, used=used[each.operation]) for each in coverage.operations if each.operation in used
    ]
    return _whole(sorted(kept, key=lambda each: -(each.used or 0)))


def _whole(operations: Iterable[OperationCoverage]) -> Coverage:
    """Add up operations and put those with gaps first."""
    every = tuple(sorted(operations, key=lambda each: -len(each.gaps)))
    counted = {check: Counter(each.checks[check] for each in every) for check in Check}
    return Coverage(
        called=sum(each.calls > 0 for each in every),
        checks={check: {level: counted[check][level] for level in Level} for check in Check},
        statuses={side: _sum(each.statuses[side] for each in every) for side in Side},
        values={side: _sum(each.values[side] for each in every) for side in Side},
        operations=every,
    )


def _sum(parts: Iterable[Exercised]) -> Exercised:
    every = list(parts)
    return Exercised(seen=sum(each.seen for each in every), of=sum(each.of for each in every), missing={})


class _Tally:
    """What was seen of one operation."""

    def __init__(self) -> None:
        self.calls = 0
        self.sources: dict[Check, Source] = {}
        self.shown: dict[Side, set[Shown]] = {side: set() for side in Side}

    def exercise(self, check: Check, source: Source) -> None:
        known = self.sources.get(check)
        if known is None or known.rank < source.rank:
            self.sources[check] = source


class _Matrix:
    """The tallies of the operations of both contracts."""

    def __init__(self, contracts: Mapping[Side, Contract]) -> None:
        self._contracts = contracts
        self._documented = {side: documented(contract) for side, contract in contracts.items()}
        baseline, candidate = (contracts[side] for side in Side)
        self._lands = {old.id: candidate.find(old.method, old.path) for old in baseline.operations}
        # Where an operation of v1 is at home: the row of the one that lands there, else its own.
        homes = {new.id: old for old, new in self._lands.items() if new is not None}
        self._homes = {new.id: homes.get(new.id, new.id) for new in candidate.operations}
        self._tallies: dict[str, _Tally] = {}

    def add(self, step: StepResult, source: Source) -> None:
        """Count a step, unless it came to no conclusion."""
        if step.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR):
            return
        called = {side: self._called(step, side) for side in Side}
        rows = [row for side in Side if (row := self._row(called[side], side))]
        if step.baseline is None or step.candidate is None or not rows:
            return
        first = self._tally(rows[0])
        first.calls += 1
        for check in step.checks:
            first.exercise(check, source)
        for side, evidence in ((Side.BASELINE, step.baseline), (Side.CANDIDATE, step.candidate)):
            row = self._row(called[side], side)
            if row:
                self._tally(row).shown[side].update(self._documented[side][called[side]].shown(evidence))

    def _called(self, step: StepResult, side: Side) -> str:
        """Return the id of the operation that one side was asked for; empty for none of its contract."""
        evidence: Evidence | None = step.baseline if side is Side.BASELINE else step.candidate
        names = (evidence.operation if evidence else "", step.operation)
        return next((name for name in names if name in self._documented[side]), "")

    def _row(self, called: str, side: Side) -> str:
        return self._homes.get(called, "") if side is Side.CANDIDATE else called

    def _tally(self, row: str) -> _Tally:
        return self._tallies.setdefault(row, _Tally())

    def operations(self) -> Iterator[OperationCoverage]:
        """Yield those of v1beta1 in the order of their paths, then the others that were called."""
        baseline, candidate = (self._contracts[side] for side in Side)
        for operation in baseline.operations:
            yield self._operation(
                operation, {Side.BASELINE: operation, Side.CANDIDATE: self._lands[operation.id]}
            )
        for operation in candidate.operations:
            row = self._homes[operation.id]
            if row == operation.id and row in self._tallies and row not in self._lands:
                yield self._operation(operation, {Side.BASELINE: None, Side.CANDIDATE: operation})

    def _operation(self, operation: Operation, of: Mapping[Side, Operation | None]) -> OperationCoverage:
        tally = self._tallies.get(operation.id) or _Tally()
        old, new = (of[side] for side in Side)
        checks = {check: _level(tally.sources.get(check), gone=new is None, check=check) for check in Check}
        facts = {side: self._documented[side][one.id] if one else None for side, one in of.items()}
        return OperationCoverage(
            operation=operation.id,
            method=operation.method,
            baseline=old.path if old else "",
            candidate=new.path if new else "",
            calls=tally.calls,
            checks=checks,
            gaps=tuple(check for check, level in checks.items() if level is Level.NONE),
            statuses={side: _statuses(facts[side], tally.shown[side]) for side in Side},
            values={side: _values(facts[side], tally.shown[side]) for side in Side},
        )


def _level(source: Source | None, *, gone: bool, check: Check) -> Level:
    if gone and check is not Check.RESPONSES:
        # That v1 does not answer is all that can be shown of an operation that it does not have.
        return Level.GONE
    return Level.NONE if source is None else Level(source.value)


def _statuses(facts: Documented | None, shown: set[Shown]) -> Exercised:
    return _exercised({(STATUS, status) for status in facts.statuses} if facts else set(), shown)


def _values(facts: Documented | None, shown: set[Shown]) -> Exercised:
    return _exercised(facts.values if facts else frozenset(), shown)


def _exercised(wanted: set[Shown] | frozenset[Shown], shown: set[Shown]) -> Exercised:
    missing: dict[str, list[Json]] = {}
    for place, value in sorted(wanted - shown, key=str) if shown else ():
        missing.setdefault(place, []).append(value)
    return Exercised(
        seen=len(wanted & shown),
        of=len(wanted),
        missing={place: tuple(values) for place, values in missing.items()},
    )
