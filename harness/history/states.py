"""The state of each finding, as a pure function of what scenarios came to in this run and in earlier ones.

A finding stands at places: a scenario and a unit of it. A run looks for a finding when it shows it at such a
place, or comes to a conclusion there without it. A scenario that did not run, or a step that came to no
conclusion, says nothing: what was known of the place before still holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Final, TypeAlias

from harness.history.model import Outcome, State, Unit
from harness.rules import Severity
from harness.struct import Struct, field

RECENT: Final = 10
"""The last looks for a finding, this run's included, in which a flaky one went away more than once."""

_OFTEN: Final = 2

Outcomes: TypeAlias = Mapping[str, Outcome]
"""What the scenarios of one run came to, by their ids."""


class Course(Struct, frozen=True, kw_only=True):
    """How a finding fared. ``severity`` is the worst of the last run that showed it.

    ``first`` and ``last`` are positions of runs that showed it, from the oldest (0) on; this run is the last.
    """

    state: State
    severity: Severity
    first: int
    last: int


class _Trace(Struct):
    """What is known of a fingerprint so far; ``looks`` says of each run that looked whether it was there."""

    first: int
    looks: list[bool] = field(default_factory=list)
    present: set[tuple[str, Unit]] = field(default_factory=set)
    severity: Severity = Severity.INFO
    accepted: bool = False
    last: int = -1
    looked: int = -1


def courses(
    past: Sequence[Outcomes], now: Outcomes, older: AbstractSet[str] = frozenset()
) -> dict[str, Course]:
    """Return the course of each finding that this run looked for and that is not long gone.

    Args:
        past: Earlier runs, oldest first; only outcomes of the series that a scenario is of now.
        now: This run.
        older: Fingerprints that runs before those of ``past`` showed.
    """
    following = _Following()
    for run in (*past, now):
        following.add(run)
    traces = following.traces
    found: dict[str, Course] = {}
    for fingerprint, trace in traces.items():
        before = fingerprint in older and trace.first == len(past)
        looks = [True, *_gone(fingerprint, past, now), *trace.looks] if before else trace.looks
        # Where it was seen may not have run, while another place of it did: then it is neither here nor gone.
        told = trace.looked == len(past) and looks[-1] == (trace.last == len(past))
        state = _state(looks, accepted=trace.accepted) if told else None
        if state is not None:
            found[fingerprint] = Course(
                state=state, severity=trace.severity, first=trace.first, last=trace.last
            )
    return found


class _Following:
    """Follows findings through runs, oldest first.

    Most scenarios come to what they came to the night before. What they have in common is looked at once a
    run, and only what changed is looked at scenario by scenario.
    """

    def __init__(self) -> None:
        self.traces: dict[str, _Trace] = {}
        self._number = -1
        self._before: dict[str, Outcome] = {}
        self._known: dict[str, set[tuple[str, Unit]]] = {}
        # Scenarios whose last outcome says that findings which they had are not there, and which.
        self._gone: dict[str, tuple[str, ...]] = {}

    def add(self, run: Outcomes) -> None:
        """Take the next run."""
        self._number += 1
        looked = self._show({id(outcome): outcome for outcome in run.values()}.values())
        for scenario, outcome in run.items():
            if self._before.get(scenario) is not outcome:
                self._change(scenario, outcome)
        looked |= {name for scenario, names in self._gone.items() if scenario in run for name in names}
        for name in looked:
            trace = self.traces[name]
            trace.looks.append(bool(trace.present))
            trace.looked = self._number

    def _show(self, outcomes: Iterable[Outcome]) -> set[str]:
        """Take what the run shows, and return the fingerprints."""
        shown: set[str] = set()
        for outcome in outcomes:
            for each in outcome.sightings:
                trace = self.traces.setdefault(each.fingerprint, _Trace(first=self._number))
                first = each.fingerprint not in shown
                worse = (trace.severity, each.severity)
                trace.severity = each.severity if first else min(worse, key=list(Severity).index)
                trace.accepted = each.accepted and (first or trace.accepted)
                trace.last = self._number
                shown.add(each.fingerprint)
        return shown

    def _change(self, scenario: str, outcome: Outcome) -> None:
        """Take a scenario that came to something else than before."""
        self._before[scenario] = outcome
        here = {(each.fingerprint, each.unit) for each in outcome.sightings}
        known = self._known.setdefault(scenario, set())
        gone = [(name, unit) for name, unit in known - here if unit in outcome.concluded]
        for name, unit in gone:
            self.traces[name].present.discard((scenario, unit))
        for name, unit in here:
            self.traces[name].present.add((scenario, unit))
        known |= here
        self._gone[scenario] = tuple(name for name, _ in gone)


def _gone(fingerprint: str, past: Sequence[Outcomes], now: Outcomes) -> list[bool]:
    """Say whether a run looked for a finding that none of them showed, where it is shown now."""
    places = [
        (scenario, each.unit)
        for scenario, outcome in now.items()
        for each in outcome.sightings
        if each.fingerprint == fingerprint
    ]
    looked = any(
        scenario in run and unit in run[scenario].concluded for run in past for scenario, unit in places
    )
    return [False] if looked else []


def _state(looks: Sequence[bool], *, accepted: bool) -> State | None:
    """Return the state after the last look; None for what was gone already."""
    here, before = looks[-1], looks[-2] if len(looks) > 1 else False
    recent = looks[-RECENT:]
    went = sum(was and not is_ for was, is_ in pairwise(recent))
    if not here and not before:
        return None
    if here and accepted:
        return State.ACCEPTED
    if went >= _OFTEN:
        return State.FLAKY
    if not here:
        return State.FIXED
    if before:
        return State.KNOWN
    return State.REGRESSED if True in looks[:-1] else State.NEW
