"""What ``harness drift`` says: which calls v1 answers otherwise than it did, and what is new of that."""

from __future__ import annotations

from collections.abc import Iterator

from harness.drift import Drift, matters
from harness.history import History
from harness.readiness import sandbox_reason
from harness.report import changes
from harness.report.codec import encode, format_json
from harness.report.words import clip, count, sentence, where_to
from harness.report.workflow_commands import printed
from harness.result import Finding, ScenarioResult, StepResult, Verdict

_MOST_VALUES = 400


def drift_text(drift: Drift, history: History | None) -> str:
    """Write it for people: what is new, then each call that differs or gave no answer, then what was left."""
    lines = [changes.headline(history)] if history else []
    lines.append(_headline(drift))
    if said := sandbox_reason(drift.run):
        lines.append(said)
    for scenario, step in drift.steps:
        lines += _step(scenario, step)
    lines += _left(drift)
    return printed(lines)


def _headline(drift: Drift) -> str:
    steps = [step for _, step in drift.steps]
    differ = sum(step.verdict is Verdict.MISMATCH for step in steps)
    silent = sum(step.verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE) for step in steps)
    left = sum(each.number for each in drift.left)
    what = f"v1 without a pin and pinned to {drift.pinned}" if drift.pinned else "v1 and its recording"
    said = f"{what}, environment {drift.run.environment}: {count(len(steps), 'call')}, {differ} differ"
    also = [f"{silent} without a conclusion"] if silent else []
    also += [f"{left} not asked"] if left else []
    return ", ".join([said, *also])


def _left(drift: Drift) -> Iterator[str]:
    """Say how many calls were not made, and why; the JSON says which."""
    whys: dict[str, list[int]] = {}
    for left in drift.left:
        whys.setdefault(left.why, []).append(left.number)
    for why, numbers in whys.items():
        yield f"Not asked: {count(sum(numbers), 'call')} of {count(len(numbers), 'scenario')}: {why}"


def _step(scenario: ScenarioResult, step: StepResult) -> Iterator[str]:
    head = f"{scenario.id}: {step.operation}, {step.where} ({scenario.title}): {clip(step.name, 200)}"
    if step.verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE):
        said = step.reason or " ".join(each.explanation for each in step.findings if each.inconclusive)
        yield f"{head}: {step.verdict}: {said}"
    found = [each for each in step.findings if matters(each)]
    if found:
        yield head
    for each in found:
        yield from _finding(each)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"  {finding.severity.upper()} {finding.rule} at {where_to(finding.difference)}"
    yield f"    {clip(sentence(finding), _MOST_VALUES)}"
    if finding.consequence:
        yield f"    {clip(finding.consequence, _MOST_VALUES)}"


def drift_json(drift: Drift, history: History | None) -> str:
    """Write it as JSON; the scenarios are as in ``run.json``, their baseline is the recording or the pin."""
    run = drift.run
    document = {
        "environment": run.environment,
        "pinned": drift.pinned,
        "started": run.started,
        "drifted": drift.drifted,
        "left": drift.left,
        "history": changes.as_json(history) if history else None,
        "scenarios": run.scenarios,
    }
    return format_json(encode(document, run.scenarios))
