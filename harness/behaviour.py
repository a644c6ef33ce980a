"""What a run as a whole shows of how the two sides behave: how long they take, and when they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from harness.difference import Difference, Kind
from harness.endings import Ending, countdown, endings
from harness.latency import JUDGED, Latency, latencies, slower
from harness.origins import moment
from harness.result import Accepted, Finding, RunResult, fingerprint
from harness.rules import RULES, Documentation, Profile, Severity
from harness.settings import RunAcceptance
from harness.struct import Struct, replace

ANY: Final = "any operation"


class Behaviour(Struct, frozen=True, kw_only=True):
    """Facts of the run, and the ``findings`` that belong to it and to no scenario.

    ``countdown`` is a sentence on how long v1beta1 lasts from the day of the run. ``lapsed`` are the findings
    about acceptances that are past their last day, or match nothing any more.
    """

    latencies: tuple[Latency, ...] = ()
    endings: tuple[Ending, ...] = ()
    findings: tuple[Finding, ...] = ()
    lapsed: tuple[Finding, ...] = ()
    countdown: str = ""

    @property
    def standing(self) -> tuple[Finding, ...]:
        """All findings that belong to no scenario."""
        return self.findings + self.lapsed

    @property
    def accepted(self) -> Mapping[str, Accepted]:
        """What was agreed to, by operation."""
        return {each.operation: each.accepted for each in self.findings if each.accepted is not None}


def behaviour_of(
    run: RunResult,
    severities: Mapping[str, Severity] | None = None,
    accept: Sequence[RunAcceptance] = (),
) -> Behaviour:
    """Return how the two sides behaved.

    ``severities`` override the profile's for single rules. ``accept`` is what somebody agreed to; it is in
    force by the day on which the run began, unless the run was to ignore acceptances.
    """
    measured = latencies(run)
    # Merged runs may have been judged by several profiles: then the stricter one holds.
    profile = Profile.TOLERANT if run.profile == Profile.TOLERANT else Profile.STRICT
    findings = tuple(slower(measured, profile, severities or {}))
    lapsed: tuple[Finding, ...] = ()
    if run.acceptances:
        began = moment(run.started)
        today = began.date().isoformat() if began else ""
        judged = {each.operation for each in measured if each.speed in JUDGED}
        facts = [fact for each in accept if (fact := _lapsed(each, findings, judged, today)) is not None]
        lapsed = tuple(_of_acceptance(fact, profile, severities or {}) for fact in facts)
        findings = tuple(_agreed(finding, accept, today) for finding in findings)
    return Behaviour(
        latencies=measured,
        endings=endings(run),
        findings=findings,
        lapsed=lapsed,
        countdown=countdown(run.started),
    )


def _agreed(finding: Finding, accept: Sequence[RunAcceptance], today: str) -> Finding:
    """Attach the first acceptance in force that names a finding."""
    naming = (each.accepted for each in accept if _names(each, finding) and not _is_late(each, today))
    return replace(finding, accepted=next(naming, None))


def _names(acceptance: RunAcceptance, finding: Finding) -> bool:
    return acceptance.rule == finding.rule and acceptance.operation in ("", finding.operation)


def _is_late(acceptance: RunAcceptance, today: str) -> bool:
    return "" < acceptance.accepted.until < today


def _lapsed(
    acceptance: RunAcceptance, findings: Sequence[Finding], judged: AbstractSet[str], today: str
) -> Difference | None:
    """Say that an acceptance is past its last day, or that what it names was looked for and is not there."""
    late = _is_late(acceptance, today)
    asked = acceptance.operation in judged or (not acceptance.operation and bool(judged))
    if not late and (not asked or any(_names(acceptance, each) for each in findings)):
        return None
    return Difference(
        kind=Kind.ACCEPTANCE,
        path=acceptance.operation or ANY,
        to=acceptance.rule,
        example=acceptance.accepted.where,
        detail=f"expired after {acceptance.accepted.until}" if late else "",
    )


def _of_acceptance(fact: Difference, profile: Profile, severities: Mapping[str, Severity]) -> Finding:
    rule = RULES["acceptance-expired" if fact.detail else "acceptance-unused"]
    return Finding(
        rule=rule.id,
        check=rule.check,
        severity=severities.get(rule.id, rule.severity(profile)),
        difference=fact,
        documentation=Documentation.UNDOCUMENTED,
        explanation=rule.says.format(to=fact.to, path=fact.path, detail=fact.detail),
        consequence=rule.consequence,
        remedy="Set a new date with a reason, or remove it."
        if fact.detail
        else "Remove it from the settings.",
        operation="",
        fingerprint=fingerprint(rule.id, "", fact.path, fact.to),
    )
