"""What was agreed to in a run: each acceptance once, with age and expiry, and those that hold no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain

from harness.causes import Cause
from harness.difference import Kind
from harness.origins import moment
from harness.result import Accepted, Finding
from harness.sentences import counted

SOON = 30
"""Days before its last day in which an acceptance is said to end soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """One acceptance: what was agreed, the rules it was agreed for, and where it stands in YAML.

    ``findings`` counts what it accepts, ``age`` says since when it is agreed, ``expiry`` when it ends,
    ``soon`` that this is near.
    """

    accepted: Accepted
    rules: tuple[str, ...]
    where: tuple[str, ...]
    findings: int
    age: str
    expiry: str
    soon: bool


def agreed(causes: Iterable[Cause], started: str, standing: Iterable[Finding] = ()) -> tuple[Agreed, ...]:
    """Return the acceptances in force, those that end first at the head; days count from the run's start.

    ``standing`` are the findings of the run as a whole, which have no cause.

    Acceptances with the same reason, ticket and last day are one, as they are in a cause; the oldest says
    how old it is.
    """
    found: dict[tuple[str, str, str], list[tuple[str, Accepted]]] = {}
    places = (place.finding for cause in causes for place in cause.places)
    for finding in chain(standing, places):
        if each := finding.accepted:
            key = (each.until or "9999", each.ticket, each.reason)
            found.setdefault(key, []).append((finding.rule, each))
    today = _day(started)
    return tuple(_agreed(each, today) for _, each in sorted(found.items()))


def lapsed(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return the causes that are about acceptances: past their last day, or accepting nothing any more."""
    return tuple(cause for cause in causes if cause.difference.kind is Kind.ACCEPTANCE)


def _agreed(same: list[tuple[str, Accepted]], today: date | None) -> Agreed:
    accepted = same[0][1]
    left = _left(accepted.until, today)
    return Agreed(
        accepted=accepted,
        rules=tuple(dict.fromkeys(rule for rule, _ in same)),
        where=tuple(dict.fromkeys(each.where for _, each in same if each.where)),
        findings=len(same),
        age=_age(min((each.since for _, each in same if each.since), default=""), today),
        expiry=_expiry(accepted.until, left),
        soon=left is not None and left <= SOON,
    )


def _age(since: str, today: date | None) -> str:
    left = _left(since, today)
    if not since:
        return "not known: no first day is written"
    return since if left is None else f"{since}, {_counted(left)} the run"


def _expiry(until: str, left: int | None) -> str:
    if not until:
        return "never: no last day is written"
    return until if left is None else f"{until}, {_counted(left)} the run"


def _counted(left: int) -> str:
    return f"{counted(abs(left), 'day')} {'before' if left < 0 else 'after'}"


def _left(until: str, today: date | None) -> int | None:
    try:
        return (date.fromisoformat(until) - today).days if today else None
    except ValueError:
        return None


def _day(started: str) -> date | None:
    began = moment(started)
    return began.date() if began else None
