"""What a reader can narrow the page to: choices, and the marks that say which parts belong to which.

Marks are made of our own words and of numbers, never of foreign text; the text of a choice is text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from harness.causes import Cause
from harness.origins import counts_for
from harness.report.words import CHECKS
from harness.result import RunResult, ScenarioResult, operation_name
from harness.rules import Check, Severity
from harness.struct import Struct

MOST: Final = 300
"""Choices of one filter: the most frequent ones; the search finds the others."""

STATES: Final = ("new", "regressed", "flaky", "known")
"""What a finding is against the runs before, by the words of the history."""


class Filter(Struct, frozen=True, kw_only=True):
    """A list to choose from; ``choices`` are (mark, text) pairs."""

    name: str
    title: str
    choices: tuple[tuple[str, str], ...]


class Filters:
    """The filters of one page. ``states`` maps fingerprints to what history says of them."""

    def __init__(self, run: RunResult, causes: Iterable[Cause], states: Mapping[str, str]) -> None:
        """Count what there is to choose."""
        causes = tuple(causes)
        operations: Counter[str] = Counter()
        tags: Counter[str] = Counter()
        tickets: Counter[str] = Counter()
        for scenario in run.scenarios:
            operations.update(_operations(scenario))
            tags.update(scenario.tags)
            tickets.update([scenario.ticket] if scenario.ticket else [])
        for cause in causes:
            tickets.update(_agreed_tickets(cause))
        self._operations = _marks("o", operations)
        self._tags = _marks("t", tags)
        self._tickets = _marks("k", tickets)
        self._states = states
        told = {self.state(cause) for cause in causes}
        self._told = tuple(state for state in STATES if state in told)

    def state(self, cause: Cause) -> str:
        """Say what history knows of a cause, by that of its findings which comes first in :data:`STATES`."""
        found = {self._states.get(place.finding.fingerprint, "") for place in cause.places}
        return next((state for state in STATES if state in found), "")

    @property
    def all(self) -> tuple[Filter, ...]:
        """The filters that have more than one choice."""
        severities = tuple((str(each), each.capitalize()) for each in Severity)
        made = [
            Filter(name="severity", title="Severity", choices=severities),
            Filter(
                name="check", title="Check", choices=tuple((str(each), CHECKS[each][0]) for each in Check)
            ),
            Filter(name="operation", title="Operation", choices=_choices(self._operations)),
            Filter(name="tag", title="Tag", choices=_choices(self._tags)),
            Filter(name="ticket", title="Ticket", choices=_choices(self._tickets)),
            Filter(name="since", title="Since the last run", choices=tuple((s, s) for s in self._told)),
            Filter(name="state", title="Agreed", choices=(("open", "open"), ("accepted", "accepted"))),
        ]
        return tuple(each for each in made if each.choices)

    def of_cause(self, cause: Cause) -> str:
        """Return the marks of a cause, with blanks between them."""
        scenarios = [place.scenario for place in cause.places]
        marks = {
            str(cause.severity),
            "accepted" if cause.accepted else "open",
            self.state(cause),
        }
        marks |= {str(check) for place in cause.places for check in counts_for(place.step, place.finding)}
        marks |= {self._operations.get(each, "") for each in cause.operations}
        marks |= {self._tags.get(tag, "") for scenario in scenarios for tag in scenario.tags}
        tickets = [*(each.ticket for each in scenarios), *_agreed_tickets(cause)]
        marks |= {self._tickets.get(ticket, "") for ticket in tickets}
        return " ".join(sorted(marks - {""}))

    def of_scenario(self, scenario: ScenarioResult) -> str:
        """Return the marks of a scenario: its own, and those of its findings."""
        found = [(step, finding) for step in scenario.steps for finding in step.findings]
        marks = {self._tickets.get(scenario.ticket, "")}
        marks |= {self._operations.get(each, "") for each in _operations(scenario)}
        marks |= {self._tags.get(tag, "") for tag in scenario.tags}
        for step, finding in found:
            if finding.inconclusive:
                continue
            state = self._states.get(finding.fingerprint, "")
            marks |= {str(finding.severity), state if state in STATES else ""}
            marks |= {str(check) for check in counts_for(step, finding)}
            marks.add("accepted" if finding.accepted else "open")
            if finding.accepted:
                marks.add(self._tickets.get(finding.accepted.ticket, ""))
        return " ".join(sorted(marks - {""}))


def _operations(scenario: ScenarioResult) -> set[str]:
    return {operation_name(step) for step in scenario.steps} - {""}


def _agreed_tickets(cause: Cause) -> list[str]:
    return [accepted.ticket for accepted, _ in cause.acceptances if accepted.ticket]


def _marks(letter: str, counted: Counter[str]) -> dict[str, str]:
    """Give each of the most frequent texts a mark, in the order of the texts."""
    frequent = sorted(text for text, _ in counted.most_common(MOST))
    return {text: f"{letter}{number}" for number, text in enumerate(frequent, start=1)}


def _choices(marks: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((mark, text) for text, mark in marks.items())
