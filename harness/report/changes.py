"""Words and tables for what changed since earlier runs, which all reports share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from harness.history import History, PastRun, State
from harness.struct import Struct

TITLE: Final = "What changed since the last run"
TREND: Final = "Open findings by run"
COLUMNS: Final = ["State", "Severity", "Rule", "Operation", "Place", "First seen", "Last seen"]
TREND_COLUMNS: Final = ["Run", "Readiness", "Scenarios", "Breaking", "Risky", "Accepted"]
EXPLAINED: Final = (
    "Counted are breaking and risky findings, each once however often it occurs, in runs of the same "
    "environment, kind of evidence and profile. The trend has no runs of fewer than half of the scenarios."
)
FIRST: Final = "No earlier run to compare with; this one is kept for the next."

_CHANGED: Final = (State.REGRESSED, State.NEW, State.FLAKY, State.FIXED)
"""The states that a reader looks for, worst first; the others are counted."""

WIDTH, HEIGHT = 600, 120
"""Of the picture, in its own units."""

_GAP: Final = 2
_WIDEST: Final = 40
_HEAD, _FOOT = 14, 18
"""Above the bars are numbers, below them the first and the last day."""


def headline(history: History) -> str:
    """Say on one line what changed: ``Since 2026-11-27 03:00 UTC: 2 new, 14 known, ...``."""
    if history.trouble:
        return f"Not compared with earlier runs: {history.trouble}"
    if not history.since:
        return FIRST
    counts = ", ".join(f"{number:,} {state}" for state, number in history.counts.items())
    return f"Since {minute(history.since)} UTC: {counts}"


def minute(moment: str) -> str:
    """Write a time of a log to the minute: ``2026-11-27 03:00``."""
    return moment[:16].replace("T", " ")


def rows(history: History) -> Iterator[list[str]]:
    """Yield a row for each finding whose state is worth a look.

    The cells are state, severity, rule, operation, place, first and last seen; the middle three are foreign
    text.
    """
    for state in _CHANGED:
        for each in history.tracked:
            if each.state is state:
                place = each.place
                where = f"{place.path} -> {place.to}" if place.to else place.path
                times = [minute(each.first), minute(each.last)]
                yield [state.value, each.severity.value, place.rule, place.operation, where, *times]


def trend(history: History) -> Iterator[list[str]]:
    """Yield a row for each run of the trend, the last one first; nothing where there is only one."""
    if len(history.trend) > 1:
        yield from (trend_row(each) for each in reversed(history.trend))


def trend_row(run: PastRun) -> list[str]:
    """Write a run as a row of :data:`TREND_COLUMNS`."""
    numbers = (run.scenarios, run.breaking, run.risky, run.accepted)
    return [minute(run.started), run.readiness or "-", *map(str, numbers)]


def as_json(history: History) -> dict[str, Any]:
    """Return a history as programs get it."""
    return {
        "since": history.since,
        "trouble": history.trouble,
        "counts": history.counts,
        "findings": history.tracked,
        "trend": history.trend,
    }


class Bar(Struct, frozen=True, kw_only=True):
    """A bar of the picture: one severity of one run, stacked."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    said: str


class Label(Struct, frozen=True, kw_only=True):
    """A text of the picture; ``place`` says what of it is at ``x``: ``middle``, ``end``, or its start."""

    x: float
    y: float
    said: str
    place: str = ""


def _step(runs: tuple[PastRun, ...]) -> float:
    return min(WIDTH / len(runs), _WIDEST)


def _high(number: int, runs: tuple[PastRun, ...]) -> float:
    return round(number * (HEIGHT - _HEAD - _FOOT) / max(run.open for run in runs), 1)


def bars(history: History) -> list[Bar]:
    """Return the picture of the trend: a column a run, breaking below, risky above."""
    runs = history.trend
    if len(runs) < 2 or not any(run.open for run in runs):
        return []
    step = _step(runs)
    found = []
    for number, run in enumerate(runs):
        below: float = HEIGHT - _FOOT
        said = f"{minute(run.started)}: {run.breaking} breaking, {run.risky} risky"
        for kind, count in (("breaking", run.breaking), ("risky", run.risky)):
            height = _high(count, runs)
            below -= height
            if count:
                found.append(
                    Bar(
                        kind=kind,
                        x=round(number * step, 1),
                        y=round(below, 1),
                        width=round(step - _GAP, 1),
                        height=height,
                        said=said,
                    )
                )
    return found


def labels(history: History) -> list[Label]:
    """Return the texts of the picture: open findings above each column, the first and the last day below."""
    runs = history.trend
    step = _step(runs)
    end = len(runs) * step - _GAP
    numbers = [
        Label(
            x=round(number * step + (step - _GAP) / 2, 1),
            y=round(HEIGHT - _FOOT - _high(run.open, runs) - 3, 1),
            said=str(run.open),
            place="middle",
        )
        for number, run in enumerate(runs)
    ]
    first, last = runs[0].started[:10], runs[-1].started[:10]
    # Narrow columns have no room for two days below them.
    days = [Label(x=0, y=HEIGHT - 4, said=first)]
    if last != first:
        days.append(Label(x=round(max(end, 160.0), 1), y=HEIGHT - 4, said=last, place="end"))
    return [*numbers, *days]
