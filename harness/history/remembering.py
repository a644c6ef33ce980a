"""A run in the light of earlier ones, and kept for later ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.behaviour import Behaviour
from harness.errors import UsageError
from harness.history.model import WINDOW, History, Outcome, PastRun, Place, State, Tracked
from harness.history.rows import line_of, outcomes_of, places_of
from harness.history.states import courses
from harness.history.store import FILE, Store, opened
from harness.result import Readiness, RunResult
from harness.rules import Severity


def remember(
    run: RunResult, readiness: Readiness | None, state: Path, behaviour: Behaviour | None = None
) -> History:
    """Keep a run in the directory ``state``, and return what earlier ones say of it.

    ``readiness`` is None where the run says nothing about the cutover.

    Trouble with the file takes nothing away from the run: it stands in the history as text.
    """
    return _history(run, readiness, state, behaviour or Behaviour(), keep=True)


def recall(
    run: RunResult, readiness: Readiness, state: Path, behaviour: Behaviour | None = None
) -> History | None:
    """Return what runs before this one say of it, and keep nothing; None where none was ever kept."""
    if not (state / FILE).is_file():
        return None
    return _history(run, readiness, state, behaviour or Behaviour(), keep=False)


def _history(
    run: RunResult, readiness: Readiness | None, state: Path, behaviour: Behaviour, *, keep: bool
) -> History:
    outcomes = outcomes_of(run, behaviour)
    known = places_of(run, behaviour.standing)
    line = line_of(run, outcomes, readiness.value if readiness else "")
    try:
        with opened(state / FILE, write=keep) as store:
            found = _seen_with(store, line, outcomes, known)
            if keep:
                store.add(line, outcomes, known)
    except UsageError as error:
        return History(trouble=" ".join(str(error).split()))
    return found


def _seen_with(
    store: Store, line: PastRun, outcomes: Mapping[str, Outcome], known: Mapping[str, Place]
) -> History:
    lines, past = store.past(outcomes, line.started, line.id)
    if not lines:
        return History(trend=(line,))
    here = {each.fingerprint for outcome in outcomes.values() for each in outcome.sightings}
    unknown = here - {
        each.fingerprint for one in past for outcome in one.values() for each in outcome.sightings
    }
    older = store.older(outcomes, lines[0].started, unknown) if unknown else set()
    found = courses(past, outcomes, older)
    places = {**store.places(found.keys() - here), **known}
    starts = [*(each.started for each in lines), line.started]
    tracked = [
        Tracked(
            fingerprint=fingerprint,
            place=places[fingerprint],
            severity=course.severity,
            state=course.state,
            first=starts[course.first],
            last=starts[course.last],
        )
        for fingerprint, course in found.items()
        if fingerprint in places
    ]
    return History(
        since=lines[-1].started,
        tracked=tuple(sorted(tracked, key=_order)),
        trend=_trend((*lines, line)[-WINDOW:]),
    )


def _trend(runs: tuple[PastRun, ...]) -> tuple[PastRun, ...]:
    """Return the runs whose numbers can be compared: a run of one scenario alone is no improvement."""
    most = max(run.scenarios for run in runs)
    return tuple(run for run in runs if run.scenarios * 2 >= most)


def _order(each: Tracked) -> tuple[int, int, str, str, str, str]:
    place = each.place
    state, severity = list(State).index(each.state), list(Severity).index(each.severity)
    return state, severity, place.operation, place.path, place.rule, each.fingerprint
