"""A comparison of recorded exchanges as text, JSON and Markdown.

JSON: two exchange documents give ``{"verdict", "sandbox", "findings"}``; HAR files and cassettes give
``{"verdict", "sandbox", "pairs", "unpaired", "findings"}``, where each pair has its operation, where its
exchanges are, verdict, reason and findings. ``sandbox`` is true where an exchange is the sandbox's.
``samples`` of a finding are ``{"seen", "of"}``, ``documented`` is one of ``documented``, ``undocumented``,
``contract broken`` and ``no contract``, ``accepted`` is null or what the acceptance says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.comparison import Comparison, Unpaired
from harness.difference import Kind
from harness.exchange import Json, Side
from harness.readiness import is_open
from harness.report.codec import encode, format_json
from harness.report.inline import code, prose
from harness.report.inline import text as escaped
from harness.report.markdown import LIMIT
from harness.report.text import calls_text, finding_text
from harness.report.words import (
    BASELINE,
    CANDIDATE,
    DOCUMENTATION,
    count,
    inconclusive,
    seen,
    sentence,
    spot,
    visible,
    where_to,
)
from harness.report.workflow_commands import quieted
from harness.result import Finding, ScenarioResult, StepResult, Verdict
from harness.rules import Severity
from harness.struct import as_dict

_PLACE = "into a file for --accept"
_SIDES = {Side.BASELINE: BASELINE, Side.CANDIDATE: CANDIDATE}
_ALONE = "the other side has no counterpart of it, so nothing could be concluded"
_SANDBOX = "Exchanges come from the sandbox: they prove nothing about the vendor's service."
_VERDICTS = {
    Verdict.MATCH: "both sides answered alike in all that matters",
    Verdict.ACCEPTED: "they differ, and every difference that matters is accepted",
    Verdict.INCONCLUSIVE: "nothing could be concluded",
    Verdict.UNSUPPORTED: "v1 does not have the operation",
    Verdict.MISMATCH: "they differ in ways that nobody accepted",
    Verdict.ERROR: "neither side answered",
}


def comparison_json(comparison: Comparison) -> str:
    """Write the comparison for other programs; see the module for its keys."""
    findings = [_finding(each) for each in comparison.findings]
    document: dict[str, Any] = {"verdict": comparison.verdict, "sandbox": comparison.sandbox}
    if comparison.single:
        document["findings"] = [*map(_finding, comparison.pairs[0].findings), *findings]
    else:
        document["pairs"] = [_pair(each) for each in comparison.pairs]
        document["unpaired"] = [
            {"side": each.side, "where": each.where, "operation": each.operation}
            for each in comparison.unpaired
        ]
        document["findings"] = findings
    return format_json(encode(document, [_scenario(comparison)]))


def _scenario(comparison: Comparison) -> ScenarioResult:
    return ScenarioResult(id="", title="", where="", verdict=comparison.verdict, steps=comparison.pairs)


def _pair(step: StepResult) -> dict[str, Any]:
    return {
        "operation": step.operation,
        "where": step.where,
        "verdict": step.verdict,
        "reason": _reason(step),
        "findings": [_finding(each) for each in step.findings],
    }


def _finding(finding: Finding) -> dict[str, Json]:
    fact = finding.difference
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "check": finding.check,
        "path": fact.path,
        "to": fact.to,
        "baseline": fact.baseline,
        "candidate": fact.candidate,
        "documented": finding.documentation,
        "samples": {"seen": fact.seen, "of": fact.samples},
        "explanation": finding.explanation,
        "consequence": finding.consequence,
        "remedy": finding.remedy,
        "fingerprint": finding.fingerprint,
        "inconclusive": finding.inconclusive,
        "accepted": as_dict(finding.accepted) if finding.accepted else None,
    }


def _reason(step: StepResult) -> str:
    """Say why there is no verdict; empty where there is one."""
    if step.verdict not in (Verdict.ERROR, Verdict.INCONCLUSIVE):
        return ""
    return step.reason or inconclusive(step)


def comparison_text(comparison: Comparison) -> str:
    """Write the comparison for a terminal: what matters in full, the rest in a line each."""
    blocks = [block for step in comparison.pairs for block in _step(step)]
    blocks += [_alone(each) for each in comparison.unpaired]
    blocks += [f"{each.severity.upper()} {visible(each.explanation)}" for each in comparison.findings]
    if not comparison.single:
        blocks.append(_summary(comparison))
    if comparison.sandbox:
        blocks.insert(0, _SANDBOX)
    return quieted("\n\n".join(blocks)) + "\n"


def _step(step: StepResult) -> Iterator[str]:
    why = _reason(step) or _VERDICTS[step.verdict]
    yield "\n".join([f"{visible(step.name)}: {step.verdict}: {visible(why)}", *calls_text(step)])
    full = [each for each in step.findings if is_open(each) and each.severity is not Severity.INFO]
    yield from (finding_text(each, _PLACE) for each in full)
    rest = [_line(each) for each in step.findings if each not in full]
    if rest:
        yield "\n".join(rest)


def _line(finding: Finding) -> str:
    why = f"accepted: {finding.accepted.reason}" if finding.accepted else sentence(finding)
    place = visible(where_to(finding.difference))
    return f"  {finding.severity.upper()} {finding.rule} at {place}: {visible(why)}"


def _alone(unpaired: Unpaired) -> str:
    where = f"{_SIDES[unpaired.side]}, {unpaired.where}"
    return f"{visible(unpaired.operation)}: inconclusive: {_ALONE}\n  {visible(where)}"


def _summary(comparison: Comparison) -> str:
    parts = [f"{number} {verdict}" for verdict in Verdict if (number := _number(comparison, verdict))]
    alone = f", {count(len(comparison.unpaired), 'exchange')} without a counterpart"
    said = f"{count(len(comparison.pairs), 'pair')}: {', '.join(parts) or 'none'}"
    return f"{comparison.verdict}: {said}{alone if comparison.unpaired else ''}"


def _number(comparison: Comparison, verdict: Verdict) -> int:
    return sum(pair.verdict is verdict for pair in comparison.pairs)


def comparison_markdown(comparison: Comparison) -> str:
    """Write the comparison for a ticket; always shorter than what trackers take in one comment."""
    head = f"# v1beta1 and v1: {comparison.verdict}"
    if not comparison.single:
        head += f"\n\n{escaped(_summary(comparison))}"
    if comparison.sandbox:
        head += f"\n\n> **{_SANDBOX}**"
    blocks = [block for step in comparison.pairs for block in _section(step)]
    blocks += [
        f"**{escaped(each.operation)}**: inconclusive: {_ALONE} ({_SIDES[each.side]}, {code(each.where)})."
        for each in comparison.unpaired
    ]
    blocks += [f"**{each.severity}** {prose(each.explanation)}" for each in comparison.findings]
    room = LIMIT - len(head) - 200
    kept: list[str] = []
    for block in blocks:
        room -= len(block) + 2
        if room < 0:
            break
        kept.append(block)
    left = len(blocks) - len(kept)
    cut = [f"*{count(left, 'part')} more: left out here; `--format json` has them.*"] if left else []
    return "\n\n".join([head, *kept, *cut]) + "\n"


def _section(step: StepResult) -> Iterator[str]:
    why = _reason(step) or _VERDICTS[step.verdict]
    yield f"## {escaped(step.name)}: {step.verdict}\n\n{prose(why)}"
    yield "\n".join(f"- {escaped(line, 300)}" for line in calls_text(step))
    yield from map(_item, _sorted(step.findings))


def _sorted(findings: Sequence[Finding]) -> list[Finding]:
    """Put open findings first; they come worst first."""
    return sorted(findings, key=lambda finding: not is_open(finding))


def _item(finding: Finding) -> str:
    place = " → ".join(map(code, spot(finding.difference)))
    often = seen(finding)
    lines = [f"**{finding.severity}** {code(finding.rule)} at {place}{often and f' ({often})'}"]
    if finding.accepted:
        lines.append(f"Accepted: {escaped(finding.accepted.reason)}")
    lines.append(prose(sentence(finding)))
    if finding.severity is not Severity.INFO and finding.difference.kind is not Kind.ACCEPTANCE:
        lines.append(f"{prose(finding.consequence)} **What to do:** {prose(finding.remedy)}")
        lines.append(f"Contracts: {DOCUMENTATION[finding.documentation]}.")
    return "- " + "<br>".join(lines)
