"""A run rearranged for readers: findings by their cause, what is unsupported, what was not proved."""

from __future__ import annotations

from dataclasses import dataclass

from harness.difference import Difference
from harness.readiness import Assessment, operation_name
from harness.report.words import CHECKS, VERDICTS, count
from harness.result import Accepted, Finding, RunResult, ScenarioResult, StepResult, Verdict
from harness.rules import Check, Documentation, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One occurrence of a cause."""

    scenario: ScenarioResult
    step: StepResult
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The findings of one rule at one place, in however many operations and steps.

    Accepted findings and open ones are never in the same cause. ``places`` are in the run's order.
    """

    rule: str
    severity: Severity
    accepted: bool
    inconclusive: bool
    places: tuple[Place, ...]

    @property
    def example(self) -> Finding:
        """The first of the findings; the others say the same."""
        return self.places[0].finding

    @property
    def difference(self) -> Difference:
        """The fact of the example."""
        return self.example.difference

    @property
    def check(self) -> Check:
        """The guide's check that it belongs to."""
        return self.example.check

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations where it was found, sorted."""
        return tuple(sorted({operation_name(place.step) for place in self.places} - {""}))

    @property
    def documentation(self) -> tuple[Documentation, ...]:
        """What the contracts say of it; several where they say different things of the operations."""
        return tuple(dict.fromkeys(place.finding.documentation for place in self.places))

    @property
    def acceptances(self) -> tuple[tuple[Accepted, tuple[str, ...]], ...]:
        """What was agreed, and where it stands in YAML: equal acceptances of many steps are one."""
        agreed: dict[tuple[str, str, str], dict[Accepted, None]] = {}
        for place in self.places:
            if each := place.finding.accepted:
                agreed.setdefault((each.reason, each.ticket, each.until), {})[each] = None
        return tuple(
            (next(iter(same)), tuple(dict.fromkeys(each.where for each in same if each.where)))
            for same in agreed.values()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """An operation that v1 does not have; ``remedies`` are the distinct ones of its findings."""

    operation: str
    remedies: tuple[str, ...]
    steps: tuple[tuple[ScenarioResult, StepResult], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a report shows, in the order in which it shows it.

    ``causes`` are those that say something, worst first, open before accepted. ``unproved`` are
    (what, why) texts. ``scenarios`` are all of the run's, worst verdict first.
    """

    causes: tuple[Cause, ...]
    unsupported: tuple[Unsupported, ...]
    unproved: tuple[tuple[str, str], ...]
    scenarios: tuple[ScenarioResult, ...]

    def of(self, severity: Severity) -> tuple[Cause, ...]:
        """Return the causes of one severity."""
        return tuple(cause for cause in self.causes if cause.severity is severity)


def found(causes: tuple[Cause, ...]) -> str:
    """Write ``5 findings of 2 causes, 3 accepted``."""
    total = sum(len(cause.places) for cause in causes)
    accepted = sum(len(cause.places) for cause in causes if cause.accepted)
    of = f"{count(total, 'finding')} of {count(len(causes), 'cause')}"
    return f"{of}, {accepted or 'none'} accepted"


def digest(run: RunResult, assessment: Assessment) -> Digest:
    """Rearrange a run."""
    causes = _causes(run)
    return Digest(
        causes=tuple(cause for cause in causes if not cause.inconclusive),
        unsupported=_unsupported(run),
        unproved=(*_unproved(run, assessment), *_inconclusive(causes)),
        scenarios=tuple(sorted(run.scenarios, key=lambda each: (-each.verdict.rank, each.id))),
    )


def _causes(run: RunResult) -> list[Cause]:
    grouped: dict[tuple[Severity, bool, bool, str, str, str], list[Place]] = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            for finding in step.findings:
                fact = finding.difference
                accepted = finding.accepted is not None
                key = (finding.severity, accepted, finding.inconclusive, finding.rule, fact.path, fact.to)
                grouped.setdefault(key, []).append(Place(scenario=scenario, step=step, finding=finding))
    causes = [
        Cause(rule=rule, severity=severity, accepted=accepted, inconclusive=open_, places=tuple(places))
        for (severity, accepted, open_, rule, _, _), places in grouped.items()
    ]
    order = list(Severity)
    return sorted(
        causes,
        key=lambda cause: (
            order.index(cause.severity),
            cause.accepted,
            -len(cause.places),
            cause.rule,
            cause.difference.path,
            cause.difference.to,
        ),
    )


def _unsupported(run: RunResult) -> tuple[Unsupported, ...]:
    found: dict[str, list[tuple[ScenarioResult, StepResult]]] = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            if step.verdict is Verdict.UNSUPPORTED:
                found.setdefault(operation_name(step), []).append((scenario, step))
    return tuple(
        Unsupported(
            operation=operation,
            remedies=tuple(
                dict.fromkeys(
                    finding.remedy
                    for _, step in steps
                    for finding in step.findings
                    if finding.severity is Severity.BREAKING and finding.remedy
                )
            ),
            steps=tuple(steps),
        )
        for operation, steps in sorted(found.items())
    )


def _unproved(run: RunResult, assessment: Assessment) -> list[tuple[str, str]]:
    """Say what did not run and what gave no verdict, each with its reason."""
    found = [(id_, "it was planned and did not finish") for id_ in run.unfinished]
    nameless = run.planned - len(run.scenarios) - len(run.unfinished)
    if nameless > 0:
        found.append((f"{nameless} more", "planned and did not finish"))
    for scenario in run.scenarios:
        if scenario.verdict in _WITHOUT_VERDICT and (scenario.reason or not scenario.steps):
            found.append((scenario.id, scenario.reason or "it has no steps"))
        for step in scenario.steps:
            # An inconclusive finding says it better, and is listed with the others of its cause.
            explained = any(finding.inconclusive for finding in step.findings)
            if step.verdict in _WITHOUT_VERDICT and (step.reason or not explained):
                found.append((f"{scenario.id}: {step.name}", step.reason or VERDICTS[step.verdict]))
    found += [
        (f"Check {CHECKS[check.check][0]}", "no step exercised it")
        for check in assessment.checks
        if not check.steps
    ]
    return found


_WITHOUT_VERDICT = (Verdict.ERROR, Verdict.INCONCLUSIVE)


def _inconclusive(causes: list[Cause]) -> list[tuple[str, str]]:
    return [
        (f"{place.scenario.id}: {place.step.name}", place.finding.explanation)
        for cause in causes
        if cause.inconclusive
        for place in cause.places
    ]
