"""Acceptances: what somebody agreed to is attached to the findings that it names, and never removes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from harness.difference import segments
from harness.result import Accepted, Finding
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
