"""Coverage in words and cells, for every format of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.coverage import Coverage, Exercised, Level, OperationCoverage
from harness.exchange import Json, Side
from harness.report.codec import pretty
from harness.report.words import CHECKS, SIDES, count
from harness.rules import Check

EXPLAINED = (
    "Each check of an operation has its strongest evidence: live, a cassette of live calls, the sandbox, or "
    "none. Statuses and values are those that the contracts of v1beta1 and of v1 document, in this order; "
    "5xx statuses do not count. Gaps come first."
)
LEVELS = frozenset(Level)
"""The words of the cells of checks."""
PROVING = (Level.LIVE, Level.CASSETTE, Level.SANDBOX)
"""The levels of what was exercised, strongest first."""


def headline(coverage: Coverage) -> str:
    """Say in one line what was exercised, without a full stop.

    The evidence is the strongest of each operation, of whichever check.
    """
    noun = "operation" if len(coverage.operations) == 1 else "operations"
    parts = [
        f"{CHECKS[check][0].lower()} {coverage.exercised(check)} of {coverage.possible(check)}"
        for check in Check
    ]
    parts[0] += f" {noun}"
    strongest = Counter(
        next((level for level in PROVING if level in each.checks.values()), Level.NONE)
        for each in coverage.operations
    )
    found = [f"{strongest[level]} {level}" for level in PROVING if strongest[level]]
    return f"{', '.join(parts)}; evidence: {', '.join(found) or 'none'}"


def totals(coverage: Coverage) -> Iterator[str]:
    """Yield sentences on the statuses and values of all operations together."""
    for what, found in (("documented statuses", coverage.statuses), ("listed values", coverage.values)):
        sides = [f"{SIDES[side]} {fraction(found[side])}" for side in Side]
        yield f"{what.capitalize()} seen in answers: {', '.join(sides)}."


def columns(coverage: Coverage) -> list[str]:
    """Return the titles of the cells that :func:`cells` gives."""
    used = ["Used"] if has_used(coverage) else []
    checks = [CHECKS[check][0] for check in Check]
    return ["Operation", "In v1", *used, "Pairs", *checks, "Statuses", "Values"]


def cells(each: OperationCoverage) -> list[str]:
    """Return the cells of an operation."""
    used = [] if each.used is None else [f"{each.used:,}"]
    levels = [str(each.checks[check]) for check in Check]
    seen = [", ".join(fraction(found[side]) for side in Side) for found in (each.statuses, each.values)]
    return [each.operation, lands(each), *used, f"{each.calls:,}", *levels, *seen]


def lands(each: OperationCoverage) -> str:
    """Say where an operation of v1beta1 lands."""
    if not each.candidate:
        return "no"
    return "yes" if each.baseline else "only there"


def has_used(coverage: Coverage) -> bool:
    """Whether the coverage is narrowed to what a recorded set uses."""
    return any(each.used is not None for each in coverage.operations)


def fraction(found: Exercised) -> str:
    """Write ``3 of 5``."""
    return f"{found.seen:,} of {found.of:,}" if found.of else "-"


def unseen(each: OperationCoverage) -> Iterator[tuple[str, str, str]]:
    """Yield (side, place, values) of what no answer showed; the same of both sides once."""
    for found in (each.statuses, each.values):
        old, new = (found[side].missing for side in Side)
        for place in dict.fromkeys((*old, *new)):
            if old.get(place) == new.get(place):
                yield "both", place, _values(new[place])
                continue
            for side, missing in zip(Side, (old, new), strict=True):
                if place in missing:
                    yield SIDES[side], place, _values(missing[place])


def _values(values: tuple[Json, ...]) -> str:
    return ", ".join(value if isinstance(value, str) else pretty(value) for value in values)


def gaps(coverage: Coverage) -> str:
    """Count the operations with gaps, in one sentence."""
    number = sum(bool(each.gaps) for each in coverage.operations)
    whole = len(coverage.operations)
    if not whole:
        return "There is no operation to cover."
    if not number:
        return "Every operation has evidence of every check that it can have."
    return f"{number:,} of {count(whole, 'operation')} {'has' if number == 1 else 'have'} gaps."
