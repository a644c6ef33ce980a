"""What pytest prints: the text of a failed scenario, and the summary at the end of a run.

Plain text without colours; nothing from a response can move the cursor, change the terminal, or be a command
to a CI service that reads along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from harness.causes import Cause
from harness.difference import Kind
from harness.history import History
from harness.readiness import Assessment, is_open
from harness.report import changes
from harness.report.matrix import headline
from harness.report.refusal import refusal
from harness.report.words import (
    BASELINE,
    CANDIDATE,
    CHECKS,
    DOCUMENTATION,
    VERDICTS,
    answered,
    breaking_for_you,
    count,
    escape,
    finished_counts,
    inconclusive,
    noise,
    proof,
    retries,
    samples,
    seen,
    sentence,
    sides,
    together,
    verdict_counts,
    visible,
    walked,
    where_to,
)
from harness.report.workflow_commands import quieted
from harness.result import Evidence, Finding, Readiness, RunResult, ScenarioResult, StepResult, Verdict
from harness.rules import Severity

COLUMN = 48
"""Characters of one side of a side-by-side example."""

MOST_FINDINGS = 20
"""Findings of one step that are shown in full; the rest is counted."""

MOST_CAUSES = 10
"""Causes that the summary names; the rest is counted."""

MOST_LINES = 12
"""Lines of one side of an example."""

_PLAIN = re.compile(r"[a-z][a-z0-9-]*")
_UNSAFE = re.compile(r"[^ !#-\[\]-~]")  # not ASCII, or one of " and \


def failure_text(scenario: ScenarioResult) -> str:
    """Say what differs in a scenario, step by step, and what to do about it.

    A scenario that did not fail gives its verdict in one line.
    """
    blocks = [block for step in scenario.steps for block in _step(scenario, step)]
    if scenario.reason or not blocks:
        why = scenario.reason or VERDICTS[scenario.verdict]
        title = visible(scenario.title)
        where = visible(scenario.where)
        blocks.insert(0, f'{where} scenario "{title}": {scenario.verdict}: {visible(why)}')
    return quieted("\n\n".join(blocks))


def _step(scenario: ScenarioResult, step: StepResult) -> Iterator[str]:
    what = f'step "{visible(step.name)}" {visible(step.operation)}'.rstrip()
    head = f"{visible(step.where)} {what}: {step.verdict}"
    if step.verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE):
        why = step.reason or " ".join(filter(None, (inconclusive(step), refusal(step))))
        yield f"{head}: {visible(why or VERDICTS[step.verdict])}"
    if step.verdict is not Verdict.MISMATCH:
        return
    lines = [head, *calls_text(step)]
    if pages := walked(step):
        lines.append(f"  {visible(pages)}")
    if step.reason:
        lines.append(f"  {visible(step.reason)}")
    yield "\n".join(lines)
    against = [each for each in step.findings if is_open(each) and each.severity is not Severity.INFO]
    file = visible(scenario.where).rpartition(":")[0]
    place = f"at the top level of {file}" if step.probe else "into the step"
    yield from (finding_text(finding, place) for finding in against[:MOST_FINDINGS])
    if rest := _rest(step, max(len(against) - MOST_FINDINGS, 0)):
        yield f"  {rest}"


def calls_text(step: StepResult) -> list[str]:
    """Return a line for each side: what was asked and what came back."""
    calls = ((f"{BASELINE}:", step.baseline), (f"{CANDIDATE}:", step.candidate))
    width = max(len(name) for name, _ in calls)
    return [quieted(f"  {name:<{width}} {_call(evidence)}") for name, evidence in calls]


def _call(evidence: Evidence | None) -> str:
    request = f"{evidence.method} {evidence.url} " if evidence else ""
    return visible(request + answered(evidence))


def _rest(step: StepResult, more: int) -> str:
    """Count what is not shown."""
    info = sum(is_open(finding) and finding.severity is Severity.INFO for finding in step.findings)
    accepted = sum(finding.accepted is not None for finding in step.findings)
    parts = [
        text
        for number, text in (
            (more, f"{count(more, 'finding')} like these"),
            (info, f"{count(info, 'finding')} for information"),
            (accepted, count(accepted, "accepted finding")),
        )
        if number
    ]
    return f"Not shown here: {', '.join(parts)}; the report has them." if parts else ""


def finding_text(finding: Finding, place: str) -> str:
    """Write a finding as a block of lines; ``place`` says where its acceptance is written."""
    fact = finding.difference
    often = seen(finding)
    lines = [
        f"{finding.severity.upper()} {finding.rule} at {visible(where_to(fact))}{often and f' ({often})'}",
        f"  {visible(sentence(finding))}",
    ]
    if finding.consequence:
        lines.append(f"  {visible(finding.consequence)}")
    lines += [f"  {line}" for line in _side_by_side(finding)]
    if proved := proof(finding):
        lines.append(f"  {proved}")
    lines.append(f"  Contracts: {DOCUMENTATION[finding.documentation]}.")
    lines.append(f"  What to do: {visible(finding.remedy)}")
    if fact.kind is not Kind.ACCEPTANCE:
        lines.append(f"  To accept it, give a reason and write this {place}:")
        lines += [f"    {line}" for line in acceptance_yaml(finding).splitlines()]
    return quieted("\n".join(f"  {line}" for line in lines))


def _side_by_side(finding: Finding) -> Iterator[str]:
    values = sides(finding.difference)
    if values is None:
        return
    left, right = (_lines(text) for text in values)
    yield f"{BASELINE:<{COLUMN}} | {CANDIDATE}"
    for number in range(max(len(left), len(right))):
        old = left[number] if number < len(left) else ""
        new = right[number] if number < len(right) else ""
        yield f"{old:<{COLUMN}} | {new}".rstrip()


def _lines(text: str) -> list[str]:
    lines = [
        line[start : start + COLUMN]
        for line in map(visible, text.split("\n"))
        for start in range(0, max(len(line), 1), COLUMN)
    ]
    more = len(lines) - MOST_LINES
    return lines if more <= 1 else [*lines[:MOST_LINES], f"… {more} more lines"]


def acceptance_yaml(finding: Finding) -> str:
    """Write the acceptance of a finding, ready to paste; its reason is left to fill in."""
    fact = finding.difference
    lines = ["accept:", f"  - rule: {_quoted(finding.rule)}", f"    path: {_quoted(fact.path)}"]
    if fact.to:
        lines.append(f"    to: {_quoted(fact.to)}")
    lines.append('    reason: ""  # say here why this is agreed; ticket:, since: and until: may follow')
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Write a string as a YAML scalar in ASCII."""
    return text if _PLAIN.fullmatch(text) else f'"{_UNSAFE.sub(escape, text)}"'


def summary_text(
    run: RunResult,
    assessment: Assessment,
    report_dir: Path,
    history: History | None = None,
    *,
    has_log: bool = True,
) -> list[str]:
    """Return the lines for the end of a run: what is new, counts, checks, readiness, where the report is.

    ``has_log`` says that the log of this run stands beside the report.
    """
    beside = "report.md, run.json and events.jsonl" if has_log else "report.md and run.json"
    rows = [["check", "readiness", "steps", "breaking", "risky", "info", "accepted"]]
    covered = [f"Coverage: {headline(assessment.coverage)}"] if assessment.coverage else []
    for each in assessment.checks:
        numbers = (each.steps, each.breaking, each.risky, each.info, each.accepted)
        rows.append([CHECKS[each.check][0], each.readiness, *map(str, numbers)])
    lines = [
        *([visible(changes.headline(history))] if history else []),
        f"Scenarios: {finished_counts(run)}: {verdict_counts(assessment.verdicts)}",
        *table(rows, 2),
        *_causes(assessment.causes),
        breaking_for_you(assessment.breaking),
        *covered,
        *([f"Noise: {found}"] if (found := noise(run)) else []),
        *([f"Retries: {retries(assessment.retries)}"] if assessment.retries else []),
        f"Migration from v1beta1 to v1: {assessment.readiness}",
        *(f"  - {visible(reason)}" for reason in assessment.reasons),
        f"Report: {report_dir / 'report.html'} ({beside} beside it)",
    ]
    return [quieted(line) for line in lines]


def _causes(causes: tuple[Cause, ...]) -> Iterator[str]:
    """Name the worst causes that are open, with their evidence."""
    against = [
        cause
        for cause in causes
        if not cause.accepted and not cause.inconclusive and cause.severity is not Severity.INFO
    ]
    for cause in against[:MOST_CAUSES]:
        where = visible(where_to(cause.difference))
        yield f"{cause.severity.capitalize()}: {cause.rule} at {where} {visible(samples(cause))}"
        if said := together(cause):
            yield f"  {visible(said)}"
    if (more := len(against) - MOST_CAUSES) > 0:
        yield f"{count(more, 'cause')} more: the report has them."


def gate_text(assessment: Assessment) -> str:
    """Write what ``harness gate`` says: the verdict, a line for each reason, then what to do."""
    lines = [str(assessment.readiness), *(f"  - {visible(reason)}" for reason in assessment.reasons)]
    if assessment.readiness is not Readiness.GO and assessment.remedies:
        lines += ["What to do:", *(f"  - {visible(remedy)}" for remedy in assessment.remedies)]
    return quieted("\n".join(lines)) + "\n"


def table(rows: list[list[str]], words: int) -> Iterator[str]:
    """Write rows of cells in columns: so many of words, the others of numbers, at the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:words], widths[:words], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(row[words:], widths[words:], strict=True)]
        yield "  " + "  ".join([*left, *numbers])
