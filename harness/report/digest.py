"""A run rearranged for readers: findings by their cause, what is unsupported, what was not proved."""

from __future__ import annotations

from harness.causes import Cause
from harness.readiness import Assessment
from harness.report.words import CHECKS, VERDICTS, count
from harness.result import RunResult, ScenarioResult, StepResult, Verdict, operation_name
from harness.rules import Severity
from harness.struct import Struct


class Unsupported(Struct, frozen=True, kw_only=True):
    """An operation that v1 does not have; ``remedies`` are the distinct ones of its findings."""

    operation: str
    remedies: tuple[str, ...]
    steps: tuple[tuple[ScenarioResult, StepResult], ...]


class Digest(Struct, frozen=True, kw_only=True):
    """What a report shows, in the order in which it shows it.

    ``causes`` are those that say something, worst first, open before accepted. ``unproved`` are
    (what, why) texts. ``scenarios`` are all of the run's, worst verdict first.
    """

    causes: tuple[Cause, ...]
    unsupported: tuple[Unsupported, ...]
    unproved: tuple[tuple[str, str], ...]
    scenarios: tuple[ScenarioResult, ...]

    @property
    def worst(self) -> tuple[Cause, ...]:
        """The breaking and risky causes: open ones before those that somebody agreed to."""
        meant = (cause for cause in self.causes if cause.severity is not Severity.INFO)
        return tuple(sorted(meant, key=lambda cause: cause.accepted))

    def of(self, severity: Severity) -> tuple[Cause, ...]:
        """Return the causes of one severity."""
        return tuple(cause for cause in self.causes if cause.severity is severity)


def found(causes: tuple[Cause, ...]) -> str:
    """Write ``5 findings of 2 causes, 3 accepted``."""
    total = sum(len(cause.places) for cause in causes)
    accepted = sum(len(cause.places) for cause in causes if cause.accepted)
    of = f"{count(total, 'finding')} of {count(len(causes), 'cause')}"
    return f"{of}, {f'{accepted:,}' if accepted else 'none'} accepted"


def digest(run: RunResult, assessment: Assessment) -> Digest:
    """Rearrange a run."""
    causes = assessment.causes
    return Digest(
        causes=tuple(cause for cause in causes if not cause.inconclusive),
        unsupported=_unsupported(run),
        unproved=(*_unproved(run, assessment), *_inconclusive(causes)),
        scenarios=tuple(sorted(run.scenarios, key=lambda each: (-each.verdict.rank, each.id))),
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


def _inconclusive(causes: tuple[Cause, ...]) -> list[tuple[str, str]]:
    return [
        (f"{place.scenario.id}: {place.step.name}", place.finding.explanation)
        for cause in causes
        if cause.inconclusive
        for place in cause.places
    ]
