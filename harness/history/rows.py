"""A run as the rows that are kept of it: no values, no bodies, no headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from harness.behaviour import Behaviour
from harness.history.model import Outcome, PastRun, Place, Series, Sighting, Unit, purpose_of
from harness.latency import JUDGED
from harness.result import (
    Finding,
    RunResult,
    ScenarioResult,
    Source,
    StepResult,
    Verdict,
    operation_name,
)
from harness.rules import Severity

_CONCLUSIVE = frozenset({Verdict.MATCH, Verdict.ACCEPTED, Verdict.UNSUPPORTED, Verdict.MISMATCH})


WHOLE: Final = "(the run)"
"""What stands for a scenario where findings are of the run as a whole; no id of a file has such brackets."""


def outcomes_of(run: RunResult, behaviour: Behaviour | None = None) -> dict[str, Outcome]:
    """Return what each scenario of a run came to, by its id, and under :data:`WHOLE` the run itself."""
    found = {scenario.id: _outcome(scenario, run) for scenario in run.scenarios}
    judged = [each for each in behaviour.latencies if each.speed in JUDGED] if behaviour else []
    if behaviour and judged:
        found[WHOLE] = _whole(behaviour, [each.operation for each in judged], list(found.values()))
    return found


def _whole(behaviour: Behaviour, judged: Iterable[str], outcomes: Sequence[Outcome]) -> Outcome:
    kinds = {outcome.series for outcome in outcomes if outcome.series.source != Source.SANDBOX}
    return Outcome(
        series=Series(
            purpose=outcomes[0].series.purpose,
            environment=", ".join(_distinct(each.environment for each in kinds)),
            source=", ".join(_distinct(each.source for each in kinds)),
            profile=outcomes[0].series.profile,
        ),
        verdict=_verdict(behaviour),
        # Those about acceptances are of no operation.
        concluded=frozenset(Unit(probe="", operation=name) for name in (*judged, "")),
        sightings=tuple(
            _sighting(finding, Unit(probe="", operation=finding.operation), None)
            for finding in filter(_matters, behaviour.standing)
        ),
    )


def _verdict(behaviour: Behaviour) -> Verdict:
    if not behaviour.standing:
        return Verdict.MATCH
    agreed = all(each.accepted for each in behaviour.standing)
    return Verdict.ACCEPTED if agreed else Verdict.MISMATCH


def _outcome(scenario: ScenarioResult, run: RunResult) -> Outcome:
    origin = scenario.provenance
    units: dict[Unit, bool] = {}
    sightings: dict[tuple[str, Unit], Sighting] = {}
    for step in scenario.steps:
        unit = _unit(step)
        units[unit] = units.get(unit, True) and step.verdict in _CONCLUSIVE
        for finding in filter(_matters, step.findings):
            seen = sightings.get((finding.fingerprint, unit))
            sightings[finding.fingerprint, unit] = _sighting(finding, unit, seen)
    # A probe that this time was not made says nothing of what it found when it was.
    whole = scenario.verdict is not Verdict.ERROR
    concluded = {unit for unit, conclusive in units.items() if conclusive and whole}
    if whole and all(units.values()):
        # Stale acceptances are told in a step of their own, which is there only if there are any.
        concluded.add(Unit(probe="", operation=""))
    return Outcome(
        series=Series(
            purpose=purpose_of(run),
            environment=origin.environment if origin else "",
            source=origin.source.value if origin else "",
            profile=run.profile,
        ),
        verdict=scenario.verdict,
        concluded=frozenset(concluded),
        sightings=tuple(sorted(sightings.values())),
    )


def _unit(step: StepResult) -> Unit:
    return Unit(probe=step.probe, operation=operation_name(step))


def _matters(finding: Finding) -> bool:
    return finding.severity is not Severity.INFO and not finding.inconclusive


def _sighting(finding: Finding, unit: Unit, other: Sighting | None) -> Sighting:
    """Put occurrences of one unit together: the worst severity, accepted only where all are."""
    severity, accepted = finding.severity, finding.accepted is not None
    if other is not None:
        severity = min(severity, other.severity, key=list(Severity).index)
        accepted = accepted and other.accepted
    return Sighting(fingerprint=finding.fingerprint, unit=unit, severity=severity, accepted=accepted)


def places_of(run: RunResult, standing: Iterable[Finding] = ()) -> dict[str, Place]:
    """Return what each fingerprint of a run stands for; ``standing`` are findings of the run as a whole."""
    found: dict[str, Place] = {}
    steps = (step for scenario in run.scenarios for step in scenario.steps)
    for each in chain(standing, *(step.findings for step in steps)):
        if _matters(each) and each.fingerprint not in found:
            fact = each.difference
            found[each.fingerprint] = Place(
                rule=each.rule, operation=each.operation, path=fact.path, to=fact.to
            )
    return found


def line_of(run: RunResult, outcomes: Mapping[str, Outcome], readiness: str) -> PastRun:
    """Return a run in one line."""
    severities, accepted = _merged(outcomes.values())
    open_ = [severity for fingerprint, severity in severities.items() if not accepted[fingerprint]]
    return PastRun(
        id=run.id,
        started=run.started,
        finished=run.finished,
        mode=run.mode,
        environments=_distinct(each.series.environment for each in outcomes.values()),
        sources=_distinct(each.series.source for each in outcomes.values()),
        profile=run.profile,
        readiness=readiness,
        planned=run.planned,
        scenarios=len(run.scenarios),
        breaking=open_.count(Severity.BREAKING),
        risky=open_.count(Severity.RISKY),
        accepted=sum(accepted.values()),
    )


def _merged(outcomes: Iterable[Outcome]) -> tuple[dict[str, Severity], dict[str, bool]]:
    """Return of each fingerprint the worst severity, and whether it is accepted wherever it is."""
    severities: dict[str, Severity] = {}
    accepted: dict[str, bool] = {}
    for outcome in outcomes:
        for each in outcome.sightings:
            known = severities.get(each.fingerprint, each.severity)
            severities[each.fingerprint] = min(known, each.severity, key=list(Severity).index)
            accepted[each.fingerprint] = accepted.get(each.fingerprint, True) and each.accepted
    return severities, accepted


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values) - {""}))
