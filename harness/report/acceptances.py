"""What was agreed to in a run: each acceptance once, with age and expiry, and those that hold no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import chain
from operator import itemgetter

from harness.causes import Cause
from harness.difference import Kind
from harness.history import History
from harness.origins import moment
from harness.result import Accepted, Finding
from harness.sentences import counted
from harness.struct import Struct

TITLE = "Acceptances"
COLUMNS = ("Ends", "Agreed", "Ticket", "Reason", "Rules", "Findings", "Where")

_PLACES = 3

SOON = 30
"""Days before its last day in which an acceptance is said to end soon."""


class Agreed(Struct, frozen=True, kw_only=True):
    """One acceptance: what was agreed, the rules it was agreed for, and where it stands in YAML.

    ``findings`` counts what it accepts, ``age`` says since when it is agreed, ``expiry`` when it ends,
    ``soon`` that this is near. Where no first day is written, ``age`` says since when the history has what it
    accepts, which is another fact.
    """

    accepted: Accepted
    rules: tuple[str, ...]
    where: tuple[str, ...]
    findings: int
    age: str
    expiry: str
    soon: bool


def agreed(
    causes: Iterable[Cause],
    started: str,
    history: History | None = None,
    *,
    standing: Iterable[Finding] = (),
) -> tuple[Agreed, ...]:
    """Return the acceptances in force, those that end first at the head; days count from the run's start.

    ``standing`` are the findings of the run as a whole, which have no cause.

    Acceptances with the same reason, ticket and last day are one, as they are in a cause; the oldest says
    how old it is.
    """
    found: dict[tuple[str, str, str], list[tuple[Accepted, Finding]]] = {}
    places = (place.finding for cause in causes for place in cause.places)
    for finding in chain(standing, places):
        if each := finding.accepted:
            key = (each.until or "9999", each.ticket, each.reason)
            found.setdefault(key, []).append((each, finding))
    today = _day(started)
    seen = {each.fingerprint: each.first for each in history.tracked} if history else {}
    earlier = {fingerprint: first for fingerprint, first in seen.items() if first < started}
    return tuple(_agreed(same, today, earlier) for _, same in sorted(found.items(), key=itemgetter(0)))


def cells(each: Agreed, code: Callable[[str], str], text: Callable[[str], str]) -> list[str]:
    """Return the cells of a row of :data:`COLUMNS`; foreign text is written by what is given."""
    accepted = each.accepted
    more = len(each.where) - _PLACES
    where = ", ".join(map(code, each.where[:_PLACES])) + (f" and {more} more" if more > 0 else "")
    rules = ", ".join(map(code, each.rules[:_PLACES]))
    ticket = text(accepted.ticket) if accepted.ticket else ""
    return [
        text(each.expiry),
        text(each.age),
        ticket,
        text(accepted.reason),
        rules,
        str(each.findings),
        where,
    ]


def lapsed(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return the causes that are about acceptances: past their last day, or accepting nothing any more."""
    return tuple(cause for cause in causes if cause.difference.kind is Kind.ACCEPTANCE)


def _agreed(same: list[tuple[Accepted, Finding]], today: date | None, earlier: Mapping[str, str]) -> Agreed:
    accepted = same[0][0]
    left = _left(accepted.until, today)
    first = min((each.since for each, _ in same if each.since), default="")
    seen = min((day for _, finding in same if (day := earlier.get(finding.fingerprint))), default="")
    return Agreed(
        accepted=accepted,
        rules=tuple(dict.fromkeys(finding.rule for _, finding in same)),
        where=tuple(dict.fromkeys(each.where for each, _ in same if each.where)),
        findings=len(same),
        age=_age(first, today) if first or not seen else _seen(seen, today),
        expiry=_expiry(accepted.until, left),
        soon=left is not None and left <= SOON,
    )


def _age(since: str, today: date | None) -> str:
    left = _left(since, today)
    if not since:
        return "not known: no first day is written"
    return since if left is None else f"{since}, {_counted(left)}"


def _seen(first: str, today: date | None) -> str:
    day = first[:10]
    left = _left(day, today)
    before = "" if left is None else f", {_counted(left)}"
    return f"no first day is written; first seen in the history on {day}{before}"


def _expiry(until: str, left: int | None) -> str:
    if not until:
        return "never: no last day is written"
    return until if left is None else f"{until}, {_counted(left)}"


def _counted(left: int) -> str:
    """Say when a day is, seen from that of the run."""
    if not left:
        return "the day of the run"
    return f"{counted(abs(left), 'day')} {'before' if left < 0 else 'after'} the run"


def _left(until: str, today: date | None) -> int | None:
    try:
        return (date.fromisoformat(until) - today).days if today else None
    except ValueError:
        return None


def _day(started: str) -> date | None:
    began = moment(started)
    return began.date() if began else None
