"""Whether one may cut over: of a run, of each of the guide's four checks, of each operation.

The rules, worst first:

- a mismatch or an error is NO-GO, and so is an operation that v1 does not support;
- NOT PROVEN is what did not run, what gave no verdict, and what rests on evidence that proves nothing
  about the vendor's service: from the sandbox, or from nobody knows where;
- everything else is GO. Nothing ran is never GO.

Accepted findings do not stand in the way of GO, but the reasons say how many breaking ones there are. A
:class:`~harness.result.Policy` may ask for more, or allow some open breaking findings: then their number
decides, and not the verdicts of mismatch and unsupported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from harness.behaviour import Behaviour, behaviour_of
from harness.causes import Cause, causes_of
from harness.contract import Contract
from harness.coverage import Coverage, cover
from harness.exchange import Side
from harness.operations import OperationAssessment, assess_operations
from harness.origins import Origins, counts_for, has_run, is_open, moment, proves, sandbox_reason
from harness.probing import Probing, counted_lacks, probing_of
from harness.result import (
    Finding,
    Lack,
    Policy,
    Readiness,
    RunResult,
    ScenarioResult,
    StepResult,
    Verdict,
)
from harness.rules import Check, Severity
from harness.sentences import NAMED, Reason, counted, every, listed, named, plural
from harness.settings import RunAcceptance
from harness.struct import Struct, field
from harness.triangulation import Triangulation, triangulate
from harness.unsupported import lacking, let_through, undecided

__all__ = [
    "NAMED",
    "Assessment",
    "Breaking",
    "CheckAssessment",
    "OperationAssessment",
    "assess",
    "is_open",
    "sandbox_reason",
]

_MEND = "Change the client, or accept what is fine for you with a reason; the report shows both."
_REPLACE = "Replace the calls; `harness contract where METHOD URL` names what is nearest."
_FINISH = "Run all scenarios to the end, or name the logs of all shards."
_RUN = "Run `pytest scenarios/`."


class CheckAssessment(Struct, frozen=True, kw_only=True):
    """One of the guide's four checks.

    ``steps`` counts the steps that exercised it, ``probes`` how often each probe did. ``breaking``,
    ``risky`` and ``info`` count its open findings (:func:`is_open`); ``accepted`` counts the accepted
    ones, and ``accepted_breaking`` those of them that are breaking. What is open and worse than information
    at a probe counts against the check that asks by it, too: an answer that never came is no refusal.
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


class Breaking(Struct, frozen=True, kw_only=True):
    """The breaking findings of a run, and how many of them meet this integration.

    ``all`` counts what the rules call breaking, ``yours`` what still is where steps declare what the
    integration ``reads``; ``accepted`` are those of yours that somebody agreed to. ``declared`` says that a
    step with a finding declares it: without that, everything counts as read.
    """

    yours: int
    all: int
    accepted: int
    declared: bool


class Assessment(Struct, frozen=True, kw_only=True):
    """What a run proves. ``reasons`` are plain sentences, worst first, and never empty.

    ``remedies`` say what to do about them, each once. ``verdicts`` counts the scenarios by verdict, all six
    verdicts, best first. ``operations`` are in the order of readiness (worst first), then of their names.
    ``contracts`` is what they say of the findings; ``causes`` are those of all findings, worst first;
    ``coverage`` is None where no contracts were given to count by. ``probing`` are the probes by operation.
    ``retries`` counts the attempts that were followed by another one, by status or kind of failure, most
    first. ``behaviour`` is how long the sides take to answer, and when they end.
    """

    readiness: Readiness
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    verdicts: Mapping[Verdict, int]
    breaking: Breaking
    checks: tuple[CheckAssessment, ...]
    operations: tuple[OperationAssessment, ...]
    contracts: Triangulation
    coverage: Coverage | None = None
    causes: tuple[Cause, ...] = ()
    probing: Probing = field(default_factory=Probing)
    retries: Mapping[str, int] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)


def assess(
    run: RunResult,
    policy: Policy | None = None,
    *,
    contracts: Mapping[Side, Contract] | None = None,
    severities: Mapping[str, Severity] | None = None,
    accept: Sequence[RunAcceptance] = (),
    now: datetime | None = None,
) -> Assessment:
    """Assess a run; a pure function of what is given.

    Args:
        run: What is assessed.
        policy: What it must show; None for what reports judge by.
        contracts: What the coverage is counted by.
        severities: Those of single rules, for findings of the run as a whole.
        accept: What somebody agreed to of these findings.
        now: Up to when the age of evidence is counted; None for the start of the run.
    """
    policy = policy or Policy()
    origins = Origins(policy=policy, now=now or moment(run.started) or datetime.now(UTC))
    behaviour = behaviour_of(run, severities, accept)
    checks = _checks(run, origins, behaviour.standing)
    slower = _slower(behaviour.findings)
    operations = assess_operations(run, origins, frozenset(slower))
    against = [
        *_against(run, policy),
        *_standing(slower, behaviour.lapsed, policy),
        *_required(policy, operations, Readiness.NO_GO),
    ]
    unproved = [*_unproved(run, origins, checks), *_required(policy, operations, Readiness.NOT_PROVEN)]
    readiness = Readiness.NO_GO if against else Readiness.NOT_PROVEN if unproved else Readiness.GO
    probing = probing_of(run)
    reasons = [*against, *unproved, *_remarks(run, origins, checks), *_unexercised(probing)]
    if readiness is Readiness.GO:
        whose = every(len(run.scenarios), "chosen scenario" if run.omitted else "scenario")
        strict = policy.max_breaking is None and not policy.unsupported
        left = "no open finding is breaking or risky" if strict else "the policy is kept"
        reasons.insert(0, Reason(said=f"{whose[0].upper()}{whose[1:]} ran, and {left}."))
    verdicts = Counter(scenario.verdict for scenario in run.scenarios)
    return Assessment(
        readiness=readiness,
        reasons=tuple(reason.said for reason in reasons),
        remedies=tuple(dict.fromkeys(reason.remedy for reason in reasons if reason.remedy)),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        breaking=_breaking(run),
        checks=checks,
        operations=operations,
        contracts=triangulate(run),
        coverage=cover(run, contracts) if contracts else None,
        causes=causes_of(run),
        probing=probing,
        retries=_retries(run),
        behaviour=behaviour,
    )


def _retries(run: RunResult) -> Mapping[str, int]:
    found = Counter(
        str(retry.failure or retry.status)
        for scenario in run.scenarios
        for step in scenario.steps
        for evidence in (step.baseline, step.candidate)
        if evidence
        for retry in evidence.retries
    )
    return dict(found.most_common())


def _breaking(run: RunResult) -> Breaking:
    found = [finding for _, finding in _findings(run) if not finding.inconclusive]
    yours = [finding for finding in found if finding.severity is Severity.BREAKING]
    # The lens lowers by one severity, so what is risky and not read was breaking.
    lowered = sum(each.read is False and each.severity is Severity.RISKY for each in found)
    return Breaking(
        yours=len(yours),
        all=len(yours) + lowered,
        accepted=sum(finding.accepted is not None for finding in yours),
        declared=any(finding.read is not None for finding in found),
    )


def _findings(run: RunResult) -> Iterator[tuple[ScenarioResult, Finding]]:
    for scenario in run.scenarios:
        for step in scenario.steps:
            for finding in step.findings:
                yield scenario, finding


def _against(run: RunResult, policy: Policy) -> Iterator[Reason]:
    """Say what stands against a cutover."""
    if broken := _ids(run, Verdict.ERROR):
        said = f"{counted(len(broken), 'scenario')} could not be carried out: {named(broken)}."
        yield Reason(said=said, remedy="Read in the report what stopped them, and run them again.")
    if policy.max_breaking is not None:
        yield from _too_many(run, policy, policy.max_breaking)
        return
    if differing := _ids(run, Verdict.MISMATCH):
        verb = "differs" if len(differing) == 1 else "differ"
        said = f"{counted(len(differing), 'scenario')} {verb} in ways that nobody accepted"
        yield Reason(said=f"{said}{_open_findings(run)}: {named(differing)}.", remedy=_MEND)
    if not policy.unsupported and (said := lacking(run)):
        yield Reason(said=f"{said}.", remedy=_REPLACE)


def _too_many(run: RunResult, policy: Policy, most: int) -> Iterator[Reason]:
    found = _open(run, Severity.BREAKING, policy)
    if len(found) > most:
        verb = "is" if len(found) == 1 else "are"
        said = (
            f"{counted(len(found), 'breaking finding')} {verb} open, and the policy allows {most or 'none'}"
        )
        yield Reason(said=f"{said}: {named(dict.fromkeys(each.id for each in found))}.", remedy=_MEND)


def _open(run: RunResult, severity: Severity, policy: Policy) -> list[ScenarioResult]:
    """Return the scenario of each open finding of that severity which the policy counts."""
    return [
        scenario
        for scenario in run.scenarios
        for step in scenario.steps
        if not let_through(step, policy)
        for finding in step.findings
        if finding.severity is severity and is_open(finding)
    ]


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
    return f" ({listed([f'{found[kind]:,} {kind}' for kind in kinds])} {plural(total, 'finding')})"


def _required(
    policy: Policy, operations: Iterable[OperationAssessment], readiness: Readiness
) -> Iterator[Reason]:
    """Say which required operations keep the run from being GO."""
    known = {each.operation: each for each in operations}
    for name in policy.operations:
        found = known.get(name)
        if found is None and readiness is Readiness.NOT_PROVEN:
            said = f"No scenario calls the required operation {name}."
            yield Reason(
                said=said, remedy="Write a scenario for it; `harness coverage` lists what is missing."
            )
        elif found is not None and found.readiness is readiness:
            why = " ".join(found.reasons)
            yield Reason(said=f"The required operation {name} is {readiness}: {why}")


def _unproved(run: RunResult, origins: Origins, checks: tuple[CheckAssessment, ...]) -> Iterator[Reason]:
    """Say what keeps a run without mismatches from proving anything."""
    total = len(run.scenarios)
    if not total:
        yield Reason(said="No scenario ran, so nothing is proved.", remedy=_RUN)
    if not run.finished:
        yield Reason(said="The run was stopped before its end.", remedy=_FINISH)
    if run.planned > total:
        names = f": {named(run.unfinished)}" if run.unfinished else ""
        planned = counted(run.planned, "planned scenario")
        said = f"{run.planned - total:,} of {planned} did not finish{names}."
        yield Reason(said=said, remedy=_FINISH)
    if missing := run.missing:
        said = f"The run is not whole: it lacks {plural(len(missing), 'shard')} {named(missing)}."
        yield Reason(said=said, remedy="Merge the logs of all shards with `harness merge`.")
    if open_ids := undecided(run, origins.policy):
        said = f"{counted(len(open_ids), 'scenario')} gave no verdict: {named(open_ids)}."
        yield Reason(said=said, remedy="The report says of each why nothing was proved; mend that.")
    yield from origins.reasons(run)
    if total and (idle := [check.check.capitalize() for check in checks if not check.steps]):
        said = f"No step exercised the guide's {plural(len(idle), 'check')} {listed(idle)}."
        yield Reason(said=said, remedy="Add `checks:` for auth and errors to a scenario.")


def _slower(findings: Iterable[Finding]) -> list[str]:
    """Return the operations that v1 answers more slowly, where that matters."""
    found = (each for each in findings if is_open(each))
    return [finding.operation for finding in found if finding.severity is not Severity.INFO]


def _standing(slower: list[str], lapsed: Iterable[Finding], policy: Policy) -> Iterator[Reason]:
    """Say what stands against a cutover that no single scenario shows."""
    if policy.max_breaking is not None:
        return
    if slower:
        said = f"v1 answers {counted(len(slower), 'operation')} more slowly, as many samples show"
        remedy = "Raise timeouts, or accept what is fine for you in [[tool.harness.accept]], with a reason."
        yield Reason(said=f"{said}: {named(slower)}.", remedy=remedy)
    for finding in lapsed:
        if finding.severity is not Severity.INFO:
            where = finding.difference.example
            yield Reason(said=f"{where}: {finding.explanation}", remedy=f"{where}: {finding.remedy}")


def _remarks(run: RunResult, origins: Origins, checks: tuple[CheckAssessment, ...]) -> Iterator[Reason]:
    """Say what a reader must know whatever the readiness is."""
    if omitted := run.omitted:
        verb = "was" if len(omitted) == 1 else "were"
        said = f"{counted(len(omitted), 'scenario')} {verb} left out, and nothing is known of "
        said += f"{'it' if len(omitted) == 1 else 'them'}: {named(omitted)}."
        remedy = "Run `pytest scenarios/` without `-k`, `-m` and single files to know of all of them."
        yield Reason(said=said, remedy=remedy)
    if accepted := sum(check.accepted_breaking for check in checks):
        verb = "is" if accepted == 1 else "are"
        said = f"{counted(accepted, 'breaking finding')} {verb} accepted: "
        yield Reason(said=f"{said}the integration must be ready for what was agreed there.")
    if origins.policy.unsupported and (said := lacking(run)):
        yield Reason(said=f"{said}; this is let through.")
    most = origins.policy.max_breaking
    if most is not None:
        for severity in (Severity.BREAKING, Severity.RISKY):
            number = len(_open(run, severity, origins.policy))
            if number and (severity is Severity.RISKY or number <= most):
                verb = "is" if number == 1 else "are"
                said = f"{counted(number, f'{severity} finding')} {verb} open, as the policy allows."
                yield Reason(said=said)
    yield from origins.remarks(run)
    if not run.acceptances:
        yield Reason(said="The run was asked to ignore the acceptances in the scenarios.")


def _unexercised(probing: Probing) -> Iterator[Reason]:
    """Say how many probes were asked for and not made."""
    lacks = counted_lacks(probing.left)
    if total := sum(lacks.values()):
        verb = "was" if total == 1 else "were"
        why = listed([f"{number} for {_WANT[lack]}" for lack, number in lacks.items()])
        said = f"{counted(total, 'probe')} that scenarios ask for {verb} not exercised: {why}."
        yield Reason(said=said, remedy="The report names what each of the probes lacks.")


_WANT = {
    Lack.NO_TOKEN: "want of a token",
    Lack.NO_PERMISSION: "want of permission to write",
    Lack.NO_VALUE: "want of a value",
    Lack.NOT_RECORDED: "want of a recording",
}


class _CheckTally:
    """What the steps of one check add up to."""

    def __init__(self, origins: Origins) -> None:
        self.origins = origins
        self.verdicts: Counter[Verdict] = Counter()
        self.compared = False
        self.proof = True
        self.probes: Counter[str] = Counter()
        self.found: Counter[Severity] = Counter()
        self.accepted: Counter[Severity] = Counter()

    def add(self, scenario: ScenarioResult, step: StepResult, check: Check) -> None:
        self.verdicts[step.verdict] += 1
        self.compared = self.compared or proves(step, check)
        self.proof = self.proof and not self.origins.lack(scenario)

    def find(self, finding: Finding) -> None:
        if is_open(finding):
            self.found[finding.severity] += 1
        elif finding.accepted:
            self.accepted[finding.severity] += 1

    def readiness(self) -> Readiness:
        most = self.origins.policy.max_breaking
        breaking, risky = self.found[Severity.BREAKING], self.found[Severity.RISKY]
        differs = breaking + risky > 0 if most is None else breaking > most
        if differs or self.verdicts[Verdict.ERROR]:
            return Readiness.NO_GO
        if self.compared and self.proof and not self.verdicts[Verdict.INCONCLUSIVE]:
            return Readiness.GO
        return Readiness.NOT_PROVEN

    def assessment(self, check: Check) -> CheckAssessment:
        return CheckAssessment(
            check=check,
            readiness=self.readiness(),
            steps=self.verdicts.total(),
            probes=dict(sorted(self.probes.items())),
            breaking=self.found[Severity.BREAKING],
            risky=self.found[Severity.RISKY],
            info=self.found[Severity.INFO],
            accepted=self.accepted.total(),
            accepted_breaking=self.accepted[Severity.BREAKING],
        )


def _checks(run: RunResult, origins: Origins, standing: Iterable[Finding]) -> tuple[CheckAssessment, ...]:
    tallies = {check: _CheckTally(origins) for check in Check}
    for finding in standing:
        tallies[finding.check].find(finding)
    for scenario in run.scenarios:
        for step in scenario.steps:
            # A finding belongs to a check that the step exercised, even where the step does not say so.
            exercised = {*step.checks, *(finding.check for finding in step.findings)}
            for check in exercised if has_run(step) else ():
                tallies[check].add(scenario, step, check)
                if step.probe:
                    tallies[check].probes[step.probe] += 1
            for finding in step.findings:
                for check in counts_for(step, finding):
                    tallies[check].find(finding)
    return tuple(tally.assessment(check) for check, tally in tallies.items())


def _ids(run: RunResult, verdict: Verdict) -> list[str]:
    return [scenario.id for scenario in run.scenarios if scenario.verdict is verdict]
