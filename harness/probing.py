"""What a run's probes came to, by operation: both answers, and what was not exercised and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.probes import KINDS
from harness.result import (
    Lack,
    RunResult,
    ScenarioResult,
    StepResult,
    Verdict,
    operation_name,
    worst,
)
from harness.rules import Check
from harness.struct import Struct, field


class Answered(Struct, frozen=True, kw_only=True):
    """What both sides answered to one kind of probe of one operation.

    ``statuses`` are the distinct pairs, v1beta1's first; 0 stands for no answer. ``reached`` is False where
    no answer can be about what was wrong with the probe: something else was refused before.
    ``probes`` counts them; ``verdict`` is the worst of theirs.
    """

    operation: str
    check: Check
    probe: str
    statuses: tuple[tuple[int, int], ...]
    verdict: Verdict
    reached: bool
    probes: int


class Left(Struct, frozen=True, kw_only=True):
    """Probes of one kind that were not made, for one reason; ``operations`` are those that lack them."""

    check: Check
    probe: str
    lack: Lack
    reason: str
    operations: tuple[str, ...]


class Probing(Struct, frozen=True, kw_only=True):
    """The probes of a run: those that were made, by operation and kind, and those that were not."""

    answered: tuple[Answered, ...] = ()
    left: tuple[Left, ...] = ()

    def kinds(self, check: Check) -> tuple[str, ...]:
        """Return the kinds of a check that were made or left, in the order of their catalogue."""
        known = {each.probe for each in self.answered} | {each.probe for each in self.left}
        return tuple(kind for kind, of in KINDS.items() if kind in known and of.check is check)

    def operations(self, check: Check) -> tuple[str, ...]:
        """Return the operations that a check has probes of, made or left, by name."""
        made = {each.operation for each in self.answered if each.check is check}
        lacking = {name for each in self.left if each.check is check for name in each.operations}
        return tuple(sorted(made | lacking))


def probing_of(run: RunResult) -> Probing:
    """Arrange the probes of a run; a pure function of it."""
    return Probing(answered=tuple(_answered(run.scenarios)), left=tuple(_left(run.scenarios)))


class _Tally(Struct):
    statuses: dict[tuple[int, int], None] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)


def _answered(scenarios: Sequence[ScenarioResult]) -> Iterator[Answered]:
    found: dict[tuple[str, str], _Tally] = {}
    for scenario in scenarios:
        for step in scenario.steps:
            if step.probe in KINDS and step.baseline is not None and step.candidate is not None:
                tally = found.setdefault((operation_name(step), step.probe), _Tally())
                tally.statuses[_statuses(step)] = None
                tally.verdicts.append(step.verdict)
    order = list(KINDS)
    for name in sorted(found, key=lambda name: (name[0], order.index(name[1]))):
        operation, probe = name
        tally = found[name]
        yield Answered(
            operation=operation,
            check=KINDS[probe].check,
            probe=probe,
            statuses=tuple(tally.statuses),
            verdict=worst(tally.verdicts),
            reached=any(_reached(probe, pair) for pair in tally.statuses),
            probes=len(tally.verdicts),
        )


def _statuses(step: StepResult) -> tuple[int, int]:
    return (step.baseline.status if step.baseline else 0, step.candidate.status if step.candidate else 0)


def _reached(probe: str, statuses: tuple[int, int]) -> bool:
    """Whether one answer accepts what is wrong, or refuses it with a status for such a mistake."""
    refusals = KINDS[probe].refusals
    return not refusals or any(200 <= status < 300 or status in refusals for status in statuses)


def _left(scenarios: Sequence[ScenarioResult]) -> Iterator[Left]:
    found: dict[tuple[str, Lack, str], dict[str, None]] = {}
    checks: dict[str, Check] = {}
    made = {
        (operation_name(step), step.probe)
        for scenario in scenarios
        for step in scenario.steps
        if step.baseline is not None
    }
    for each in (each for scenario in scenarios for each in scenario.unexercised):
        # Another scenario may have made it.
        if (each.operation, each.probe) not in made:
            checks[each.probe] = each.check
            found.setdefault((each.probe, each.lack, each.reason), {})[each.operation] = None
    for (probe, lack, reason), operations in sorted(found.items(), key=lambda item: _order(item[0])):
        yield Left(
            check=checks[probe], probe=probe, lack=lack, reason=reason, operations=tuple(sorted(operations))
        )


def _order(key: tuple[str, Lack, str]) -> tuple[int, int, str]:
    """Put first what somebody can do something about."""
    probe, lack, reason = key
    names = list(KINDS)
    return (lack is Lack.NOT_DERIVABLE, names.index(probe) if probe in names else len(names), reason)


def counted_lacks(left: Iterable[Left]) -> Mapping[Lack, int]:
    """Count the probes that were not made, by why; what no contract gives is left out."""
    found: dict[Lack, int] = {}
    for each in left:
        if each.lack is not Lack.NOT_DERIVABLE:
            found[each.lack] = found.get(each.lack, 0) + len(each.operations)
    return found
