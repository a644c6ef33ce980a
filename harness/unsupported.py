"""What v1 lacks of what scenarios use: what a policy may let through, and what must not hide behind it."""

from __future__ import annotations

from harness.result import Policy, RunResult, ScenarioResult, StepResult, Verdict, operation_name
from harness.sentences import counted, named


def lacking(run: RunResult) -> str:
    """Say what v1 does not support of what scenarios use, without the full stop; empty where nothing."""
    steps = [step for scenario in run.scenarios for step in scenario.steps]
    gone = {operation_name(step) for step in steps if step.verdict is Verdict.UNSUPPORTED}
    if gone:
        return f"v1 does not support {counted(len(gone), 'operation')} used here: {named(sorted(gone))}"
    scenarios = [each.id for each in run.scenarios if each.verdict is Verdict.UNSUPPORTED]
    return f"v1 does not support what these scenarios use: {named(scenarios)}" if scenarios else ""


def let_through(step: StepResult, policy: Policy) -> bool:
    """Whether nothing of a step counts, because v1 may lack what it calls."""
    return policy.unsupported and step.verdict is Verdict.UNSUPPORTED


def undecided(run: RunResult, policy: Policy) -> list[str]:
    """Return the scenarios without a verdict.

    So are those of which only what v1 lacks has one, where that is let through.
    """
    return [each.id for each in run.scenarios if _is_undecided(each, policy)]


def _is_undecided(scenario: ScenarioResult, policy: Policy) -> bool:
    if scenario.verdict is not Verdict.UNSUPPORTED or not policy.unsupported:
        return scenario.verdict is Verdict.INCONCLUSIVE
    return any(step.verdict is Verdict.INCONCLUSIVE for step in scenario.steps)
