"""Builds outcomes and runs for tests of the history."""

from __future__ import annotations

from typing import Any, Final

from harness.history import Outcome, PastRun, Series, Sighting, Unit
from harness.result import Finding, RunResult, StepResult, Verdict
from harness.rules import Severity
from harness.struct import replace
from tests.report.builders import finding, run, scenario, step

SERIES: Final = Series(purpose="", environment="production", source="cassette", profile="strict")
UNIT: Final = Unit("", "ListApiTokens")


def outcome(sign: str, fingerprint: str = "f", **changes: Any) -> Outcome:
    """Build what a scenario came to: ``x`` shows it, ``a`` accepted, ``.`` does not, ``?`` does not know."""
    sighting = Sighting(fingerprint, UNIT, Severity.BREAKING, sign == "a")
    made = Outcome(
        series=SERIES,
        verdict=Verdict.MISMATCH,
        concluded=frozenset() if sign == "?" else frozenset({UNIT}),
        sightings=(sighting,) if sign in "xa" else (),
    )
    return replace(made, **changes)


def found(fingerprint: str, **changes: Any) -> Finding:
    """Build a breaking finding of that fingerprint."""
    return finding(fingerprint=fingerprint, **changes)


def night(number: int, *findings: Finding, id: str = "", **changes: Any) -> RunResult:  # noqa: A002 - the field
    """Build the run of one night in November with one scenario and these findings."""
    asked: StepResult = step(*findings, verdict=Verdict.MISMATCH if findings else Verdict.MATCH)
    made = run(
        scenario(asked),
        started=f"2026-11-{number:02}T03:00:00.000Z",
        finished=f"2026-11-{number:02}T03:05:00.000Z",
        id=id or f"night{number}",
    )
    return replace(made, **changes)


def past_run(number: int, breaking: int = 0, risky: int = 0, accepted: int = 0) -> PastRun:
    """Build the line of one night."""
    return PastRun(
        id=f"night{number}",
        started=f"2026-11-{number:02}T03:00:00.000Z",
        finished=f"2026-11-{number:02}T03:05:00.000Z",
        mode="live",
        environments=("production",),
        sources=("live",),
        profile="strict",
        readiness="NO-GO",
        planned=14,
        scenarios=14,
        breaking=breaking,
        risky=risky,
        accepted=accepted,
    )
