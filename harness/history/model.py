"""What earlier runs say of the findings of this one, as frozen data.

Only findings that matter are followed: breaking and risky ones. What is for information comes and goes with
the data of an organization.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from harness.result import RunResult, Verdict
from harness.rules import Severity
from harness.struct import Struct

OTHERS: Final = frozenset({"drift", "pinned"})
"""Modes of runs that compare v1 with itself."""

WINDOW: Final = 30
"""Earlier runs that are looked at, and rows of a trend."""


class State(StrEnum):
    """What became of a finding since the last run that looked for it."""

    NEW = "new"
    """No earlier run found it."""
    KNOWN = "known"
    """The last run that looked for it found it, too."""
    ACCEPTED = "accepted"
    """It is there, and somebody agreed to it wherever it is."""
    FIXED = "fixed"
    """The last run that looked for it found it, and this one does not."""
    REGRESSED = "regressed"
    """It was gone, and is back."""
    FLAKY = "flaky"
    """It went away more than once within the last runs that looked for it."""


class Series(Struct, frozen=True, order=True):
    """Runs that can be compared with each other: of one kind of evidence, judged in one way.

    ``purpose`` is empty, or one of :data:`OTHERS`. ``source`` is that of the evidence, empty where there is
    none.
    """

    purpose: str
    environment: str
    source: str
    profile: str


class Unit(Struct, frozen=True, order=True):
    """What a step asks for: an operation, by a kind of probe (empty: as its author wrote it)."""

    probe: str
    operation: str


class Sighting(Struct, frozen=True, order=True):
    """A finding in one scenario, by its fingerprint, and the unit that showed it."""

    fingerprint: str
    unit: Unit
    severity: Severity
    accepted: bool


class Outcome(Struct, frozen=True, kw_only=True):
    """What one scenario came to in one run.

    ``concluded`` are the units of which all steps came to a conclusion: only of these it is known that a
    finding is not there.
    """

    series: Series
    verdict: Verdict
    concluded: frozenset[Unit]
    sightings: tuple[Sighting, ...]


class Place(Struct, frozen=True, kw_only=True):
    """What a fingerprint stands for: a rule, an operation and a place; ``to`` where it was renamed."""

    rule: str
    operation: str
    path: str
    to: str = ""


class Tracked(Struct, frozen=True, kw_only=True):
    """A finding with its state. ``first`` and ``last`` are the starts (RFC 3339) of runs that found it.

    They are those within the last :data:`WINDOW` runs and this one.
    """

    fingerprint: str
    place: Place
    severity: Severity
    state: State
    first: str
    last: str


class PastRun(Struct, frozen=True, kw_only=True):
    """A run in one line. ``sources`` are the kinds of its evidence.

    ``breaking`` and ``risky`` count open findings by fingerprint, one that occurs in ten scenarios once; so
    does ``accepted``.
    """

    id: str
    started: str
    finished: str
    mode: str
    environments: tuple[str, ...]
    sources: tuple[str, ...]
    profile: str
    readiness: str
    planned: int
    scenarios: int
    breaking: int
    risky: int
    accepted: int

    @property
    def open(self) -> int:
        """Open findings that matter."""
        return self.breaking + self.risky


class History(Struct, frozen=True, kw_only=True):
    """What is told of a run in the light of earlier ones.

    ``since`` is the start of the last comparable run, empty where there is none. ``tracked`` are sorted by
    state, severity and place. ``trend`` are the last comparable runs, oldest first, with this one at the
    end. ``trouble`` says why nothing is known; everything else is then empty.
    """

    since: str = ""
    tracked: tuple[Tracked, ...] = ()
    trend: tuple[PastRun, ...] = ()
    trouble: str = ""

    @property
    def counts(self) -> Mapping[State, int]:
        """How many findings are in each state, all six."""
        found = dict.fromkeys(State, 0)
        for each in self.tracked:
            found[each.state] += 1
        return found


def purpose_of(run: RunResult) -> str:
    """Return what a run is for, as a series has it."""
    return run.mode if run.mode in OTHERS else ""
