"""Words, tables and a picture of how the two sides behave, which all reports share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from harness.announcements import WANTED
from harness.behaviour import Behaviour
from harness.endings import Ending
from harness.latency import ENOUGH, FLOOR, RATIO, Latency, Speed
from harness.report.words import SIDES, count
from harness.result import Accepted
from harness.struct import Struct

LATENCIES: Final = "How long the answers take"
ENDINGS: Final = "When the APIs end"
LATENCY_COLUMNS: Final = [
    *("Operation", "v1 is", "Samples", "v1beta1 median", "p95", "v1 median", "p95", "Ratio", "95 % interval"),
]
ENDING_COLUMNS: Final = ["Side", "Header", "Value", "Date", "Days left", "Operations"]
EXPLAINED: Final = (
    f"Successful calls with their times, in milliseconds. v1 is slower or faster where the medians differ by "
    f"{FLOOR * 1000:g} ms and {RATIO:g} times, and the interval of their ratio (bootstrap) is clear of 1; "
    f"fewer than {ENOUGH} samples prove nothing, and neither does the sandbox."
)

_MOST_OPERATIONS: Final = 5
_MOST_BARS: Final = 20
WIDTH: Final = 600
"""Of the picture, in its own units; an operation takes :data:`ROW`."""
ROW: Final = 26
_THICK: Final = 9


def latency_row(latency: Latency, accepted: Mapping[str, Accepted] = MappingProxyType({})) -> list[str]:
    """Write a latency as a row of :data:`LATENCY_COLUMNS`; the operation may be foreign text.

    ``accepted`` is what somebody agreed to, by operation.
    """
    sure = latency.low is not None and latency.high is not None
    return [
        latency.operation,
        f"{latency.speed.value}{', accepted' if latency.operation in accepted else ''}",
        f"{latency.samples:,}",
        *(
            _milliseconds(each)
            for timing in (latency.baseline, latency.candidate)
            for each in (timing.median, timing.p95)
        ),
        f"{latency.ratio:.2f}",
        f"{latency.low:.2f} to {latency.high:.2f}" if sure else f"fewer than {ENOUGH} samples",
    ]


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}" if seconds < 0.1 else f"{seconds * 1000:,.0f}"


def ending_row(ending: Ending) -> list[str]:
    """Write an announcement as a row of :data:`ENDING_COLUMNS`; the value may be foreign text."""
    malformed = f"malformed: {WANTED[ending.header]}"
    more = len(ending.operations) - _MOST_OPERATIONS
    names = ", ".join(ending.operations[:_MOST_OPERATIONS]) + (f" and {more} more" if more > 0 else "")
    return [
        SIDES[ending.side],
        ending.header,
        ending.value,
        ending.moment[:10] or malformed,
        _left(ending.days),
        names,
    ]


def _left(days: int | None) -> str:
    if days is None:
        return ""
    return str(days) if days >= 0 else f"{-days} ago"


def agreements(behaviour: Behaviour) -> list[str]:
    """Say of each operation that v1 may answer more slowly why; reasons may be foreign text."""
    return [
        f"Accepted at {operation}: {'; '.join(filter(None, (each.reason, each.ticket, until(each))))}."
        for operation, each in behaviour.accepted.items()
    ]


def until(accepted: Accepted) -> str:
    """Say up to which day an acceptance holds; nothing where it says none."""
    return f"until {accepted.until}" if accepted.until else ""


def headline(behaviour: Behaviour) -> str:
    """Say how many operations v1 answers more slowly, of how many with enough samples; empty without any."""
    judged = [each for each in behaviour.latencies if each.speed not in (Speed.TOO_FEW, Speed.SANDBOX)]
    if not behaviour.latencies:
        return ""
    few = sum(each.speed is Speed.TOO_FEW for each in behaviour.latencies)
    box = sum(each.speed is Speed.SANDBOX for each in behaviour.latencies)
    left = [f"{few} with too few samples"] if few else []
    left += [f"{box} from the sandbox, which proves nothing"] if box else []
    also = f" ({', '.join(left)})" if left else ""
    slow = sum(each.speed is Speed.SLOWER for each in judged)
    also = f", {len(behaviour.accepted)} accepted{also}" if behaviour.accepted else also
    return f"v1 is slower in {slow} of {count(len(judged), 'operation')}{also}"


class Bar(Struct, frozen=True, kw_only=True):
    """A bar of the picture: one side of one operation; ``y`` is its upper edge, ``p95`` where a line ends."""

    side: str
    y: float
    median: float
    p95: float
    thick: float
    said: str


class Picture(Struct, frozen=True, kw_only=True):
    """Bars of medians with lines to the 95th percentiles, two for each operation, longest times to scale."""

    height: int
    bars: tuple[Bar, ...]
    names: tuple[tuple[str, int], ...]
    longest: str


LEFT: Final = 190
"""Where bars begin: the names of operations stand left of it."""


def picture(behaviour: Behaviour) -> Picture:
    """Draw the latencies of the first operations of the table."""
    shown = behaviour.latencies[:_MOST_BARS]
    most = max((max(each.baseline.p95, each.candidate.p95) for each in shown), default=1)
    scale = (WIDTH - LEFT) / most
    bars = []
    for number, each in enumerate(shown):
        for at, (side, timing) in enumerate((("baseline", each.baseline), ("candidate", each.candidate))):
            name = "v1beta1" if side == "baseline" else "v1"
            said = f"{each.operation}, {name}: median {_milliseconds(timing.median)} ms"
            bars.append(
                Bar(
                    side=side,
                    y=number * ROW + 2 + at * (_THICK + 1),
                    median=round(timing.median * scale, 1),
                    p95=round(LEFT + timing.p95 * scale, 1),
                    thick=_THICK,
                    said=f"{said}, 95 % within {_milliseconds(timing.p95)} ms",
                )
            )
    names = tuple((each.operation, number * ROW + 15) for number, each in enumerate(shown))
    return Picture(
        height=max(len(shown), 1) * ROW, bars=tuple(bars), names=names, longest=f"{_milliseconds(most)} ms"
    )
