"""Acceptances: what somebody agreed to is attached to the findings that it names, and never removes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from threading import Lock

from harness.difference import ITEM, segments
from harness.exchange import Json, Pair, Side
from harness.result import Accepted, Finding, ScenarioResult, StepResult, worst
from harness.scenario import Acceptance
from harness.struct import replace


def accept(
    findings: Iterable[Finding], acceptances: Sequence[Acceptance], today: date
) -> tuple[tuple[Finding, ...], frozenset[int]]:
    """Attach acceptances in force to the findings they name.

    Returns the findings, and the positions of the acceptances that named a finding, in force or not.
    """
    used: set[int] = set()
    judged = []
    for finding in findings:
        naming = [position for position, acceptance in enumerate(acceptances) if _names(acceptance, finding)]
        used.update(naming)
        in_force = [acceptances[position] for position in naming if not expired(acceptances[position], today)]
        judged.append(replace(finding, accepted=_accepted(in_force[0])) if in_force else finding)
    return tuple(judged), frozenset(used)


def identity(acceptance: Acceptance) -> tuple[str, ...]:
    """Return what tells an acceptance from all others; several may stand on one line of a file."""
    return acceptance.where, acceptance.rule, acceptance.path, acceptance.to


def is_emptied(path: str, pair: Pair) -> bool | None:
    """Whether a list on the way to a place is empty in an answer, so that nobody sees what its elements are.

    None where the place is in no list of both bodies, which then say all that there is to know of it.
    """
    parts = segments(path) if path else ()
    if parts[:1] != ("body",) or ITEM not in parts:
        return None
    sides = []
    for side in Side:
        response = pair.exchange(side).response
        sides.append(_elements(response.body.data if response else None, parts[1:]))
    if any(empty and not elements for elements, empty in sides):
        return True
    return False if all(elements for elements, _ in sides) else None


def _elements(data: Json, parts: Sequence[str]) -> tuple[list[Json], bool]:
    """Return the elements of the innermost lists on a way, and whether one of the lists on it is empty."""
    last = len(parts) - tuple(reversed(parts)).index(ITEM)
    found, empty = [data], False
    for part in parts[:last]:
        if part == ITEM:
            lists = [value for value in found if isinstance(value, list)]
            empty = empty or not all(lists)
            found = [element for each in lists for element in each]
        else:
            found = [value[part] for value in found if isinstance(value, dict) and part in value]
    return found, empty


class Tables:
    """Knows what the rows of data tables did not match: an acceptance that no row needs holds no more.

    Threads may share one.
    """

    def __init__(self) -> None:
        """Know of no row yet."""
        self._rows: dict[str, dict[str, tuple[StepResult, ...]]] = {}
        self._lock = Lock()

    def add(self, result: ScenarioResult) -> ScenarioResult:
        """Take the result of a scenario; return that of a table's last row with what no row of it needed."""
        table = result.table
        if table is None:
            return result
        with self._lock:
            rows = self._rows.setdefault(result.where, {})
            rows[result.id] = table.unmatched
            others = list(rows.values())
        if len(others) < table.rows:
            return result
        stale = tuple(step for step in table.unmatched if all(step in other for other in others))
        if not stale:
            return result
        return replace(
            result,
            steps=(*result.steps, *stale),
            verdict=worst([result.verdict, *(step.verdict for step in stale)]),
            table=replace(table, unmatched=()),
        )


def _names(acceptance: Acceptance, finding: Finding) -> bool:
    difference = finding.difference
    return (
        acceptance.rule == finding.rule
        and _covers(acceptance.path, difference.path)
        and _covers(acceptance.to, difference.to)
    )


def _covers(wanted: str, path: str) -> bool:
    """Whether an acceptance's path, empty for any, is that of a finding, however it is written."""
    return wanted in ("", path) or (bool(path) and segments(wanted) == segments(path))


def _accepted(acceptance: Acceptance) -> Accepted:
    return Accepted(
        reason=acceptance.reason,
        ticket=acceptance.ticket,
        until=acceptance.until,
        where=acceptance.where,
        since=acceptance.since,
    )


def expired(acceptance: Acceptance, today: date) -> bool:
    """Whether the acceptance's last day is past."""
    return bool(acceptance.until) and date.fromisoformat(acceptance.until) < today
