"""When the two sides end: what their answers announce, and what is known of v1beta1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from harness.announcements import FIELDS, read_announcement
from harness.exchange import Side, header
from harness.origins import moment
from harness.result import Evidence, RunResult, operation_name
from harness.struct import Struct

END: Final = date(2027, 1, 1)
"""The vendor says that support of v1beta1 ends in January 2027 and names no day; the first is safe."""

_END_OVER: Final = date(2027, 2, 1)


class Ending(Struct, frozen=True, kw_only=True):
    """What one side announces in a header, with the operations whose answers have it.

    ``moment`` is RFC 3339 in UTC, empty where the value is malformed. ``days`` are left from the day of the
    run, negative for what is past; None where that cannot be said.
    """

    side: Side
    header: str
    value: str
    moment: str
    days: int | None
    operations: tuple[str, ...]


def endings(run: RunResult) -> tuple[Ending, ...]:
    """Return what both sides announce: v1's first, then by header and date."""
    found: dict[tuple[Side, str, str], set[str]] = {}
    for side, operation, evidence in _answers(run):
        for name in FIELDS:
            value = header(evidence.headers, name)
            if value is not None:
                found.setdefault((side, name, value), set()).add(operation)
    day = _day(run.started)
    made = [_ending(*key, operations=names, day=day) for key, names in found.items()]
    return tuple(sorted(made, key=_order))


def _answers(run: RunResult) -> Iterator[tuple[Side, str, Evidence]]:
    for scenario in run.scenarios:
        for step in scenario.steps:
            for side, evidence in ((Side.BASELINE, step.baseline), (Side.CANDIDATE, step.candidate)):
                if evidence is not None:
                    yield side, operation_name(step), evidence


def _ending(side: Side, name: str, value: str, *, operations: set[str], day: date | None) -> Ending:
    announced = read_announcement(name, value)
    return Ending(
        side=side,
        header=name,
        value=value,
        moment=announced.isoformat().replace("+00:00", "Z") if announced else "",
        days=(announced.date() - day).days if announced and day else None,
        operations=tuple(sorted(operations - {""})),
    )


def _order(ending: Ending) -> tuple[bool, str, str, str]:
    return ending.side is Side.BASELINE, ending.header, ending.moment, ending.value


def countdown(started: str) -> str:
    """Say how many days v1beta1 has from the day of a run, as a sentence; empty where that is not known."""
    day = _day(started)
    if day is None:
        return ""
    left = (END - day).days
    if left > 0:
        return f"v1beta1 ends in January 2027: {left} {'day' if left == 1 else 'days'} to 1 January."
    if day < _END_OVER:
        return "v1beta1 ends this month, January 2027."
    return "v1beta1 was to end in January 2027, which is past."


def _day(started: str) -> date | None:
    began = moment(started)
    return began.date() if began else None
