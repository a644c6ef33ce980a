"""How long the two sides take to answer, by operation: facts of a whole run.

A single answer proves nothing: the next one may take twice as long. So the medians of many are compared, and
how far their ratio can be trusted is found by drawing from the samples again and again (a bootstrap).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final

from harness.difference import Difference, Kind
from harness.exchange import Side
from harness.result import (
    Finding,
    RunResult,
    ScenarioResult,
    Source,
    StepResult,
    fingerprint,
    operation_name,
)
from harness.rules import RULES, Documentation, Profile, Severity
from harness.struct import Struct

FLOOR: Final = 0.05
"""Seconds by which the medians must differ before it is a difference."""

RATIO: Final = 1.5
"""How many times longer one side must take as well."""

ENOUGH: Final = 20
"""Samples of a side, of which fewer prove nothing."""

_LEAST: Final = 1e-6
"""Seconds below which a time is none that was measured: recordings of other tools hold anything."""

_MOST: Final = 86_400.0
"""Seconds beyond which no answer was waited for: such a time is written in another unit."""

_DRAWS: Final = 500
_SURE: Final = 0.95


class Speed(StrEnum):
    """What the samples of an operation show of v1."""

    SLOWER = "slower"
    """Its median is higher by :data:`RATIO` and :data:`FLOOR`, and the samples make that sure."""
    FASTER = "faster"
    ALIKE = "alike"
    TOO_FEW = "too few samples"
    SANDBOX = "sandbox: not judged"
    """The twin's answers say nothing about how long the vendor's take."""


JUDGED: Final = frozenset({Speed.SLOWER, Speed.FASTER, Speed.ALIKE})
"""What is known of an operation with enough samples."""


class Timing(Struct, frozen=True, kw_only=True):
    """Seconds that one side took: the middle of its samples, and what 95 of 100 do not exceed."""

    median: float
    p95: float


class Latency(Struct, frozen=True, kw_only=True):
    """How long both sides took for one operation.

    ``samples`` are pairs of successful calls. ``ratio`` is that of the medians, v1's to v1beta1's; it lies
    between ``low`` and ``high`` with 95 % confidence, which are None where there are too few samples.
    """

    operation: str
    samples: int
    baseline: Timing
    candidate: Timing
    ratio: float
    low: float | None
    high: float | None
    speed: Speed


def latencies(run: RunResult) -> tuple[Latency, ...]:
    """Return the latency of each operation that was called: slower ones first, then by name.

    Counted are steps as their author wrote them that both sides answered with success, with their times;
    recordings of other tools have none. Calls of the sandbox are told apart from all others.
    """
    found: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for scenario in run.scenarios:
        sandbox = _is_sandbox(scenario)
        for step in scenario.steps:
            if times := _times(step):
                found.setdefault((operation_name(step), sandbox), []).append(times)
    measured = [_latency(name, times, sandbox=sandbox) for (name, sandbox), times in found.items()]
    return tuple(sorted(measured, key=lambda each: (list(Speed).index(each.speed), each.operation)))


def _is_sandbox(scenario: ScenarioResult) -> bool:
    return scenario.provenance is None or scenario.provenance.source is Source.SANDBOX


def _times(step: StepResult) -> tuple[float, float] | None:
    old, new = step.baseline, step.candidate
    if step.probe or old is None or new is None:
        return None
    successes = all(200 <= each.status < 300 and _LEAST <= each.elapsed <= _MOST for each in (old, new))
    return (old.elapsed, new.elapsed) if successes else None


def _latency(operation: str, times: Sequence[tuple[float, float]], *, sandbox: bool) -> Latency:
    old, new = (sorted(side) for side in zip(*times, strict=True))
    baseline, candidate = _timing(old), _timing(new)
    low, high = _interval(old, new) if len(times) >= ENOUGH else (None, None)
    return Latency(
        operation=operation,
        samples=len(times),
        baseline=baseline,
        candidate=candidate,
        ratio=_ratio(baseline, candidate),
        low=low,
        high=high,
        speed=Speed.SANDBOX if sandbox else _speed(baseline, candidate, low, high),
    )


def _ratio(baseline: Timing, candidate: Timing) -> float:
    return round(candidate.median / baseline.median, 2)


def _speed(baseline: Timing, candidate: Timing, low: float | None, high: float | None) -> Speed:
    if low is None or high is None:
        return Speed.TOO_FEW
    more, ratio = candidate.median - baseline.median, _ratio(baseline, candidate)
    if more >= FLOOR and ratio >= RATIO and low > 1:
        return Speed.SLOWER
    if -more >= FLOOR and ratio <= 1 / RATIO and high < 1:
        return Speed.FASTER
    return Speed.ALIKE


def _timing(times: Sequence[float]) -> Timing:
    middle = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
    # The nearest rank: a value that was measured, in small samples the greatest.
    rank = -(-95 * len(times) // 100)
    return Timing(median=round(middle, 6), p95=round(times[rank - 1], 6))


def _interval(old: Sequence[float], new: Sequence[float]) -> tuple[float, float]:
    """Return between which ratios of medians 95 of 100 drawn samples lie."""
    of_old, of_new = _medians(len(old), Side.BASELINE), _medians(len(new), Side.CANDIDATE)
    ratios = sorted(new[later] / old[earlier] for earlier, later in zip(of_old, of_new, strict=True))
    cut = int(_DRAWS * (1 - _SURE) / 2)
    return round(ratios[cut], 2), round(ratios[-1 - cut], 2)


@lru_cache(maxsize=256)
def _medians(samples: int, side: Side) -> tuple[int, ...]:
    """Return at which places of so many sorted values the medians of drawn samples are.

    The median of n values drawn from n sorted ones is the value at a place that has a beta distribution: one
    draw in place of n. The seed makes it the same each time; the sides are drawn apart.
    """
    chance = random.Random(f"{side} {samples}")  # noqa: S311 - no secret depends on it
    middle = (samples + 1) // 2
    rest = samples - middle + 1
    return tuple(min(int(chance.betavariate(middle, rest) * samples), samples - 1) for _ in range(_DRAWS))


def slower(
    measured: Sequence[Latency], profile: Profile, severities: Mapping[str, Severity]
) -> Iterator[Finding]:
    """Yield a finding of the run for each operation that v1 answers more slowly."""
    rule = RULES["latency-regressed"]
    for each in measured:
        if each.speed is not Speed.SLOWER:
            continue
        fact = Difference(
            kind=Kind.LATENCIES,
            path="$.elapsed",
            baseline=each.baseline.median,
            candidate=each.candidate.median,
            seen=each.samples,
            samples=each.samples,
            detail=f"{each.ratio:g} times as long, surely between {each.low:g} and {each.high:g}",
        )
        words = {
            "operation": each.operation,
            "old": f"{each.baseline.median:g}",
            "new": f"{each.candidate.median:g}",
            "count": f" ({each.samples} samples)",
            "detail": fact.detail,
        }
        yield Finding(
            rule=rule.id,
            check=rule.check,
            severity=severities.get(rule.id, rule.severity(profile)),
            difference=fact,
            documentation=Documentation.UNDOCUMENTED,
            explanation=rule.says.format(**words),
            consequence=rule.consequence,
            remedy=rule.remedy,
            operation=each.operation,
            fingerprint=fingerprint(rule.id, each.operation, fact.path, ""),
        )
