"""What is kept of a finding, or of a scenario, run by run."""

from __future__ import annotations

from harness.history.model import PastRun, Place
from harness.history.store import Store
from harness.result import Verdict
from harness.rules import Severity
from harness.struct import Struct


class Appearance(Struct, frozen=True, kw_only=True):
    """A run that showed a finding, and in which scenarios; accepted only where it is in all of them."""

    run: PastRun
    scenarios: tuple[str, ...]
    severity: Severity
    accepted: bool


class Trail(Struct, frozen=True, kw_only=True):
    """The runs that showed one finding, oldest first, and never none."""

    fingerprint: str
    place: Place
    appearances: tuple[Appearance, ...]


class Passage(Struct, frozen=True, kw_only=True):
    """What one run made of a scenario; ``open`` and ``accepted`` count findings that matter."""

    run: PastRun
    scenario: str
    verdict: Verdict
    environment: str
    source: str
    open: int
    accepted: int


def trails(store: Store, name: str) -> tuple[Trail, ...]:
    """Return the trail of each finding that a name stands for: a fingerprint, or a rule's id."""
    runs = {run.id: run for run in store.runs()}
    fingerprints = store.fingerprints(name)
    places = store.places(set(fingerprints))
    found = (
        Trail(
            fingerprint=fingerprint,
            place=places[fingerprint],
            appearances=_appearances(store, fingerprint, runs),
        )
        for fingerprint in fingerprints
    )
    return tuple(trail for trail in found if trail.appearances)


def _appearances(store: Store, fingerprint: str, runs: dict[str, PastRun]) -> tuple[Appearance, ...]:
    found: dict[str, Appearance] = {}
    for run, scenario, outcome in store.sightings(fingerprint):
        here = [each for each in outcome.sightings if each.fingerprint == fingerprint]
        known = found.get(run)
        severities = [*(each.severity for each in here), *([known.severity] if known else [])]
        found[run] = Appearance(
            run=runs[run],
            scenarios=(*(known.scenarios if known else ()), scenario),
            severity=min(severities, key=list(Severity).index),
            accepted=all(each.accepted for each in here) and (known is None or known.accepted),
        )
    return tuple(found.values())


def passages(store: Store, scenario: str) -> tuple[Passage, ...]:
    """Return what each run made of a scenario, oldest first."""
    runs = {run.id: run for run in store.runs()}
    return tuple(
        Passage(
            run=runs[run],
            scenario=id_,
            verdict=outcome.verdict,
            environment=outcome.series.environment,
            source=outcome.series.source,
            open=len({each.fingerprint for each in outcome.sightings if not each.accepted}),
            accepted=len({each.fingerprint for each in outcome.sightings if each.accepted}),
        )
        for run, id_, outcome in store.outcomes(scenario)
    )
