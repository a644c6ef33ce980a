"""What evidence is worth: where it came from, and how old it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from harness.result import Finding, Policy, RunResult, ScenarioResult, Source, StepResult, Verdict
from harness.rules import Check, Severity
from harness.sentences import Reason, counted, every, named
from harness.struct import Struct

OLD = 90
"""Days after which a recording is said to be old where no policy sets a limit."""

COMPARED = (Verdict.MATCH, Verdict.ACCEPTED, Verdict.MISMATCH)
"""Verdicts of steps whose two sides were compared."""

_SANDBOX = "comes from the sandbox"
_NOT_LIVE = "is recorded, not live"
_RECORD = "Record them from your organization: `pytest scenarios/ --mode record`."
_LIVE = "Run them live: `pytest scenarios/ --mode live`."
_AGAIN = "Record them again: `pytest scenarios/ --mode record`."


def has_run(step: StepResult) -> bool:
    """Whether both sides of a step were called."""
    return step.baseline is not None and step.candidate is not None


def proves(step: StepResult, check: Check) -> bool:
    """Whether a step compared what a check is about.

    It did not where another check has what is wrong, and one side did not answer at all, or with a success;
    nor where a finding of its own says that nothing was concluded.
    """
    if step.verdict is not Verdict.MISMATCH:
        return step.verdict in COMPARED
    own = [finding for finding in step.findings if finding.check is check]
    if own:
        return not any(finding.inconclusive for finding in own)
    statuses = [each.status for each in (step.baseline, step.candidate) if each]
    return all(statuses) and len({200 <= status < 300 for status in statuses}) == 1


def is_open(finding: Finding) -> bool:
    """Whether a finding counts against its check: not accepted, and something was concluded."""
    return finding.accepted is None and not finding.inconclusive


def counts_for(step: StepResult, finding: Finding) -> set[Check]:
    """Return the checks that a finding counts with: its own, and those of its probe where it is open."""
    weighs = step.probe and is_open(finding) and finding.severity is not Severity.INFO
    return {finding.check, *(step.checks if weighs else ())}


def sandbox_reason(run: RunResult) -> str:
    """Return the sentence that every report of sandbox evidence shows first; empty without any."""
    found = [each for each in run.scenarios if _source(each) is Source.SANDBOX]
    whose = _whose(found, run)
    return f"{whose} comes from the sandbox: it proves nothing about the vendor's service." if found else ""


class Origins(Struct, frozen=True, kw_only=True):
    """Judges evidence by a policy at a time, with a time zone: ages are counted up to it."""

    policy: Policy
    now: datetime

    def lack(self, scenario: ScenarioResult) -> str:
        """Say why the evidence of a scenario proves nothing, as a clause; empty where it does."""
        source = _source(scenario)
        if source is None:
            return "does not say where it came from"
        if source.rank < self.policy.evidence.rank:
            return _SANDBOX if source is Source.SANDBOX else _NOT_LIVE
        if self.policy.max_age is None:
            return ""
        if _recorded(scenario) is None:
            return "does not say when it was recorded"
        old = self._is_older(scenario, self.policy.max_age)
        return f"is older than {counted(self.policy.max_age, 'day')}" if old else ""

    def reasons(self, run: RunResult) -> Iterator[Reason]:
        """Yield why evidence proves nothing: the sandbox's first, then by what else it lacks."""
        lacking: dict[str, list[ScenarioResult]] = {}
        for scenario in run.scenarios:
            lack = self.lack(scenario)
            # Nobody asks where evidence came from that there is not.
            if lack and (scenario.provenance is not None or _was_compared(scenario)):
                lacking.setdefault(lack, []).append(scenario)
        if lacking.pop(_SANDBOX, None):
            yield Reason(said=sandbox_reason(run), remedy=_RECORD)
        for lack, scenarios in lacking.items():
            names = named(each.id for each in scenarios)
            remedy = _LIVE if lack == _NOT_LIVE else _AGAIN
            yield Reason(said=f"{_whose(scenarios)} {lack}: {names}.", remedy=remedy)

    def remarks(self, run: RunResult) -> Iterator[Reason]:
        """Yield what must be known of evidence that the policy takes."""
        if self.policy.evidence is Source.SANDBOX and (said := sandbox_reason(run)):
            yield Reason(said=said)
        edited = [each for each in run.scenarios if each.provenance is not None and each.provenance.edited]
        if edited:
            names = named(each.id for each in edited)
            said = f"{_whose(edited)} was edited by hand since it was recorded: {names}."
            yield Reason(said=said, remedy=_AGAIN)
        if self.policy.max_age is not None:
            return
        recordings = [each for each in run.scenarios if _source(each) is Source.CASSETTE]
        undated = [each for each in recordings if _recorded(each) is None]
        if undated:
            said = f"{_whose(undated)} does not say when it was recorded: {named(e.id for e in undated)}."
            yield Reason(said=said, remedy=_AGAIN)
        old = [each for each in recordings if self._is_older(each, OLD)]
        if old:
            said = f"{_whose(old)} is older than {OLD} days: {named(each.id for each in old)}."
            yield Reason(said=said, remedy=_AGAIN)

    def _is_older(self, scenario: ScenarioResult, days: int) -> bool:
        recorded = _recorded(scenario)
        # Divided, because a policy may name more days than a span of time can have.
        return recorded is not None and (self.now - recorded) / timedelta(days=1) > days


def strongest(scenarios: Iterable[ScenarioResult]) -> Source | None:
    """Return the source that is worth most; None where none is known."""
    found = [source for each in scenarios if (source := _source(each)) is not None]
    return max(found, key=lambda source: source.rank, default=None)


def moment(text: str) -> datetime | None:
    """Read a time of a log, in UTC; None where it is not one."""
    try:
        read = datetime.fromisoformat(text)
        # At the ends of the calendar, UTC may have no such time.
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _source(scenario: ScenarioResult) -> Source | None:
    return scenario.provenance.source if scenario.provenance is not None else None


def _recorded(scenario: ScenarioResult) -> datetime | None:
    return moment(scenario.provenance.recorded) if scenario.provenance is not None else None


def _was_compared(scenario: ScenarioResult) -> bool:
    return any(has_run(step) and step.verdict in COMPARED for step in scenario.steps)


def _whose(scenarios: list[ScenarioResult], run: RunResult | None = None) -> str:
    total = len(run.scenarios) if run else 0
    if len(scenarios) == total:
        return f"The evidence of {every(total, 'scenario')}"
    number = f"{len(scenarios):,} of {total:,} scenarios" if run else counted(len(scenarios), "scenario")
    return f"The evidence of {number}"
