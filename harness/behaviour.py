"""What a run as a whole shows of how the two sides behave: how long they take, and when they end."""

from __future__ import annotations

from collections.abc import Mapping

from harness.endings import Ending, countdown, endings
from harness.latency import Latency, latencies, slower
from harness.result import Finding, RunResult
from harness.rules import Profile, Severity
from harness.struct import Struct


class Behaviour(Struct, frozen=True, kw_only=True):
    """Facts of the run, and the ``findings`` that belong to it and to no scenario.

    ``countdown`` is a sentence on how long v1beta1 lasts from the day of the run.
    """

    latencies: tuple[Latency, ...] = ()
    endings: tuple[Ending, ...] = ()
    findings: tuple[Finding, ...] = ()
    countdown: str = ""


def behaviour_of(run: RunResult, severities: Mapping[str, Severity] | None = None) -> Behaviour:
    """Return how the two sides behaved; ``severities`` override the profile's for single rules."""
    measured = latencies(run)
    # Merged runs may have been judged by several profiles: then the stricter one holds.
    profile = Profile.TOLERANT if run.profile == Profile.TOLERANT else Profile.STRICT
    return Behaviour(
        latencies=measured,
        endings=endings(run),
        findings=tuple(slower(measured, profile, severities or {})),
        countdown=countdown(run.started),
    )
