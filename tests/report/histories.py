"""A history with a finding in every state, for tests of the reports."""

from __future__ import annotations

from collections.abc import Mapping

from harness.history import History, Place, State, Tracked
from harness.rules import Severity
from harness.struct import replace
from tests.history.builders import past_run

NIGHTS = ((1, 6, 3, 0), (2, 5, 3, 1), (3, 2, 2, 4), (4, 2, 0, 5))
"""Day, breaking, risky and accepted."""


def tracked(state: State, number: int = 0, **changes: str) -> Tracked:
    """Build a finding in a state."""
    place = {"rule": "property-renamed", "operation": "ListApiTokens", "path": "$.body.tokens[*].type"}
    return Tracked(
        fingerprint=f"{number:012x}",
        place=Place(**{**place, "to": "$.body.tokens[*].scope", **changes}),
        severity=Severity.RISKY if number % 2 else Severity.BREAKING,
        state=state,
        first="2026-11-01T03:00:00.000Z",
        last="2026-11-04T03:00:00.000Z",
    )


def every_state() -> History:
    """Build a history with one finding in each state, and four nights."""
    return History(
        since="2026-11-03T03:00:00.000Z",
        tracked=tuple(tracked(state, number) for number, state in enumerate(State)),
        trend=tuple(past_run(*night) for night in NIGHTS),
    )


def first_run() -> History:
    """Build the history of a run that has none."""
    return History(trend=(past_run(4, 2),))


def of_states(states: Mapping[str, str]) -> History:
    """Build a history that says this of these fingerprints."""
    found = (replace(tracked(State(state)), fingerprint=each) for each, state in states.items())
    return History(since="2026-11-03T03:00:00.000Z", tracked=tuple(found), trend=(past_run(4, 2),))
