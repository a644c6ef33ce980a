"""Whether one may cut over: of a run, of each of the guide's four checks, of each operation.

The rules, worst first:

- a mismatch or an error is NO-GO, and so is an operation that v1 does not support;
- NOT PROVEN is what did not run, what gave no verdict, and what rests on evidence that proves nothing
  about the vendor's service: from the sandbox, or from nobody knows where;
- everything else is GO. Nothing ran is never GO.

Accepted findings do not stand in the way of GO, but the reasons say how many breaking ones there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.causes import Cause, causes_of
from harness.result import (
    Finding,
    Readiness,
    RunResult,
    ScenarioResult,
    Source,
    StepResult,
    Verdict,
    operation_name,
    worst,
)
from harness.rules import Check, Severity

NAMED = 5
"""How many scenarios or operations a reason names before it counts the rest."""

_COMPARED = (Verdict.MATCH, Verdict.ACCEPTED, Verdict.MISMATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAssessment:
    """One of the guide's four checks.

    ``steps`` counts the steps that exercised it, ``probes`` how often each probe did. ``breaking``,
    ``risky`` and ``info`` count its open findings (:func:`is_open`); ``accepted`` counts the accepted
    ones, and ``accepted_breaking`` those of them that are breaking.
    """

    check: Check
    readiness: Readiness
    steps: int
    probes: Mapping[str, int]
    breaking: int
    risky: int
    info: int
    accepted: int
    accepted_breaking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationAssessment:
    """One operation: the worst verdict of its steps, and the ids of the scenarios that used it.

    ``operation`` is the contract's id, or method and path where a step has no documented operation.
    """

    operation: str
    readiness: Readiness
    verdict: Verdict
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a run proves. ``reasons`` are plain sentences, worst first, and never empty.

    ``verdicts`` counts the scenarios by verdict, all six verdicts, best first. ``operations`` are in
    the order of readiness (worst first), then of their names. ``causes`` are those of all findings,
    worst first.
    """

    readiness: Readiness
    reasons: tuple[str, ...]
    verdicts: Mapping[Verdict, int]
    checks: tuple[CheckAssessment, ...]
    operations: tuple[OperationAssessment, ...]
    causes: tuple[Cause, ...] = ()


def assess(run: RunResult) -> Assessment:
    """Assess a run; a pure function of it."""
    verdicts = Counter(scenario.verdict for scenario in run.scenarios)
    checks = _checks(run)
    operations = _operations(run)
    against = _against(run)
    unproved = _unproved(run, checks)
    readiness = _verdict(against, unproved)
    reasons = [*against, *unproved, *_remarks(run, checks)]
    if readiness is Readiness.GO:
        whose = _all(len(run.scenarios), "scenario")
        reasons.insert(0, f"{whose[0].upper()}{whose[1:]} ran, and no open finding is breaking or risky.")
    return Assessment(
        readiness=readiness,
        reasons=tuple(reasons),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        checks=checks,
        operations=operations,
        causes=causes_of(run),
    )


def _verdict(against: list[str], unproved: list[str]) -> Readiness:
    if against:
        return Readiness.NO_GO
    return Readiness.NOT_PROVEN if unproved else Readiness.GO


def _against(run: RunResult) -> list[str]:
    """Say what stands against a cutover."""
    reasons = []
    if broken := _ids(run, Verdict.ERROR):
        reasons.append(f"{_count(len(broken), 'scenario')} could not be carried out: {_named(broken)}.")
    if differing := _ids(run, Verdict.MISMATCH):
        verb = "differs" if len(differing) == 1 else "differ"
        reasons.append(
            f"{_count(len(differing), 'scenario')} {verb} in ways that nobody accepted"
            f"{_open_findings(run)}: {_named(differing)}."
        )
    steps = [step for scenario in run.scenarios for step in scenario.steps]
    gone = {operation_name(step) for step in steps if step.verdict is Verdict.UNSUPPORTED}
    if gone:
        reasons.append(
            f"v1 does not support {_count(len(gone), 'operation')} used here: {_named(sorted(gone))}."
        )
    elif unsupported := _ids(run, Verdict.UNSUPPORTED):
        reasons.append(f"v1 does not support what these scenarios use: {_named(unsupported)}.")
    return reasons


def _open_findings(run: RunResult) -> str:
    found = Counter(
        finding.severity
        for scenario in run.scenarios
        for step in scenario.steps
        if step.verdict is Verdict.MISMATCH
        for finding in step.findings
        if is_open(finding)
    )
    kinds = [severity for severity in (Severity.BREAKING, Severity.RISKY) if found[severity]]
    if not kinds:
        return ""
    total = sum(found[severity] for severity in kinds)
    return f" ({_listed([f'{found[kind]} {kind}' for kind in kinds])} {_noun(total, 'finding')})"


def is_open(finding: Finding) -> bool:
    """Whether a finding counts against its check: not accepted, and something was concluded."""
    return finding.accepted is None and not finding.inconclusive


def _unproved(run: RunResult, checks: tuple[CheckAssessment, ...]) -> list[str]:
    """Say what keeps a run without mismatches from proving anything."""
    reasons = []
    total = len(run.scenarios)
    if not total:
        reasons.append("No scenario ran, so nothing is proved.")
    if not run.finished:
        reasons.append("The run was stopped before its end.")
    if run.planned > total:
        names = f": {_named(run.unfinished)}" if run.unfinished else ""
        missing = run.planned - total
        reasons.append(f"{missing} of {_count(run.planned, 'planned scenario')} did not finish{names}.")
    if open_ids := _ids(run, Verdict.INCONCLUSIVE):
        reasons.append(f"{_count(len(open_ids), 'scenario')} gave no verdict: {_named(open_ids)}.")
    reasons += _origins(run)
    if total and (idle := [check.check.capitalize() for check in checks if not check.steps]):
        reasons.append(f"No step exercised the guide's {_noun(len(idle), 'check')} {_listed(idle)}.")
    return reasons


def _origins(run: RunResult) -> list[str]:
    """Say which evidence proves nothing because of where it came from."""
    reasons = [sandbox] if (sandbox := sandbox_reason(run)) else []
    unknown = [each.id for each in run.scenarios if each.provenance is None and _was_compared(each)]
    if unknown:
        reasons.append(
            f"The evidence of {_count(len(unknown), 'scenario')} does not say where it came from: "
            f"{_named(unknown)}."
        )
    return reasons


def sandbox_reason(run: RunResult) -> str:
    """Return the sentence that every report of sandbox evidence shows first; empty without any."""
    total = len(run.scenarios)
    sandbox = sum(map(_is_sandbox, run.scenarios))
    if not sandbox:
        return ""
    whose = _all(total, "scenario") if sandbox == total else f"{sandbox} of {total} scenarios"
    origin = f"The evidence of {whose} comes from the sandbox"
    return f"{origin}: it proves nothing about the vendor's service."


def _remarks(run: RunResult, checks: tuple[CheckAssessment, ...]) -> list[str]:
    """Say what a reader must know whatever the readiness is."""
    reasons = []
    if accepted := sum(check.accepted_breaking for check in checks):
        verb = "is" if accepted == 1 else "are"
        reasons.append(
            f"{_count(accepted, 'breaking finding')} {verb} accepted: "
            "the integration must be ready for what was agreed there."
        )
    if not run.acceptances:
        reasons.append("The run was asked to ignore the acceptances in the scenarios.")
    return reasons


def _is_sandbox(scenario: ScenarioResult) -> bool:
    return scenario.provenance is not None and scenario.provenance.source is Source.SANDBOX


def _is_proof(scenario: ScenarioResult) -> bool:
    return scenario.provenance is not None and not _is_sandbox(scenario)


def _was_compared(scenario: ScenarioResult) -> bool:
    return any(_has_run(step) and step.verdict in _COMPARED for step in scenario.steps)


def _has_run(step: StepResult) -> bool:
    return step.baseline is not None and step.candidate is not None


class _Tally:
    """What the steps of one check or one operation add up to."""

    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []
        self.scenarios: dict[str, None] = {}
        self.proof = True

    def add(self, scenario: ScenarioResult, step: StepResult) -> None:
        self.verdicts.append(step.verdict)
        self.scenarios[scenario.id] = None
        self.proof = self.proof and _is_proof(scenario)

    def readiness(self, *, against: bool) -> Readiness:
        if against:
            return Readiness.NO_GO
        compared = any(verdict in _COMPARED for verdict in self.verdicts)
        if compared and self.proof and Verdict.INCONCLUSIVE not in self.verdicts:
            return Readiness.GO
        return Readiness.NOT_PROVEN


class _CheckTally(_Tally):
    def __init__(self) -> None:
        super().__init__()
        self.probes: Counter[str] = Counter()
        self.found: Counter[Severity] = Counter()
        self.accepted: Counter[Severity] = Counter()

    def find(self, finding: Finding) -> None:
        if is_open(finding):
            self.found[finding.severity] += 1
        elif finding.accepted:
            self.accepted[finding.severity] += 1

    def assessment(self, check: Check) -> CheckAssessment:
        against = bool(
            self.found[Severity.BREAKING] or self.found[Severity.RISKY] or Verdict.ERROR in self.verdicts
        )
        return CheckAssessment(
            check=check,
            readiness=self.readiness(against=against),
            steps=len(self.verdicts),
            probes=dict(sorted(self.probes.items())),
            breaking=self.found[Severity.BREAKING],
            risky=self.found[Severity.RISKY],
            info=self.found[Severity.INFO],
            accepted=self.accepted.total(),
            accepted_breaking=self.accepted[Severity.BREAKING],
        )


def _checks(run: RunResult) -> tuple[CheckAssessment, ...]:
    tallies = {check: _CheckTally() for check in Check}
    for scenario in run.scenarios:
        for step in scenario.steps:
            # A finding belongs to a check that the step exercised, even where the step does not say so.
            exercised = {*step.checks, *(finding.check for finding in step.findings)}
            for check in exercised if _has_run(step) else ():
                tallies[check].add(scenario, step)
                if step.probe:
                    tallies[check].probes[step.probe] += 1
            for finding in step.findings:
                tallies[finding.check].find(finding)
    return tuple(tally.assessment(check) for check, tally in tallies.items())


def _operations(run: RunResult) -> tuple[OperationAssessment, ...]:
    tallies: dict[str, _Tally] = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            name = operation_name(step)
            # A cleanup step that was not needed says nothing about its operation.
            if name and (_has_run(step) or step.verdict is not Verdict.MATCH):
                tallies.setdefault(name, _Tally()).add(scenario, step)
    found = []
    for name, tally in tallies.items():
        verdict = worst(tally.verdicts)
        against = verdict.rank >= Verdict.UNSUPPORTED.rank
        found.append(
            OperationAssessment(
                operation=name,
                readiness=tally.readiness(against=against),
                verdict=verdict,
                scenarios=tuple(sorted(tally.scenarios)),
            )
        )
    order = [Readiness.NO_GO, Readiness.NOT_PROVEN, Readiness.GO]
    return tuple(sorted(found, key=lambda each: (order.index(each.readiness), each.operation)))


def _ids(run: RunResult, verdict: Verdict) -> list[str]:
    return [scenario.id for scenario in run.scenarios if scenario.verdict is verdict]


def _named(names: Iterable[str]) -> str:
    """Name the first few, count the rest."""
    every = list(names)
    more = len(every) - NAMED
    # One name more costs as much room as the words that would replace it.
    return ", ".join(every) if more <= 1 else f"{', '.join(every[:NAMED])} and {more} more"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _count(number: int, noun: str) -> str:
    return f"{number} {_noun(number, noun)}"


def _all(number: int, noun: str) -> str:
    return f"the one {noun}" if number == 1 else f"all {number} {noun}s"


def _noun(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"
