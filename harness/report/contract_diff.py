"""The documented differences between the contracts as text, JSON and Markdown, and one operation of both.

JSON: ``{"baseline", "candidate", "operations"}``; a side is ``{"version", "dates"}``, an operation
``{"operation", "method", "path", "in", "severity", "differences"}``. A difference has the keys of a
finding in other reports, and ``part`` (operation, parameter, request, response), ``when`` (always, if read,
if sent), ``cause``, ``statuses`` and ``variants``; operations whose differences have one cause share it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from harness.contract import Contract, Operation
from harness.contract_diff import Cause, ContractDiff, Documented, OperationDiff, Outline, Part, When
from harness.report.inline import code, prose
from harness.report.words import count, sentence, visible, where_to
from harness.rules import Severity

_NO_CALL = "Nothing was called: this is what the published contracts say."


def contract_diff_json(diff: ContractDiff) -> str:
    """Write the differences for other programs; see the module for the keys."""
    document = {
        "baseline": _side(diff.baseline),
        "candidate": _side(diff.candidate),
        "operations": [_operation(operation) for operation in diff.operations],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _side(contract: Contract) -> dict[str, Any]:
    return {"version": contract.version, "dates": {name: api.date for name, api in contract.apis.items()}}


def _operation(operation: OperationDiff) -> dict[str, Any]:
    known = _known(operation)
    sides = {"v1beta1": operation.baseline, "v1": operation.candidate}
    return {
        "operation": operation.id,
        "method": known.method,
        "path": known.path,
        "in": [name for name, side in sides.items() if side],
        "severity": operation.severity,
        "differences": [_difference(documented) for documented in operation.documented],
    }


def _known(operation: OperationDiff) -> Operation:
    known = operation.baseline or operation.candidate
    if known is None:
        raise ValueError(operation.id)
    return known


def _difference(documented: Documented) -> dict[str, Any]:
    finding = documented.finding
    fact = finding.difference
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "check": finding.check,
        "part": documented.part,
        "when": documented.when,
        "path": fact.path,
        "to": fact.to,
        "baseline": fact.baseline,
        "candidate": fact.candidate,
        "documented": finding.documentation,
        "statuses": documented.statuses,
        "variants": documented.variants,
        "cause": documented.cause,
        "explanation": finding.explanation,
        "consequence": finding.consequence,
        "remedy": finding.remedy,
        "fingerprint": finding.fingerprint,
    }


def contract_diff_text(diff: ContractDiff) -> str:
    """Write the differences for a terminal, one cause once: what matters in full, the rest in a line each."""
    blocks = ["\n".join(_head(diff))]
    for severity in Severity:
        causes = [cause for cause in diff.causes() if cause.first.finding.severity is severity]
        if not causes:
            continue
        blocks.append(f"{severity.upper()}: {count(len(causes), 'cause')}")
        if severity is Severity.INFO:
            blocks.append("\n".join(_line(cause) for cause in causes))
        else:
            blocks += ["\n".join(_block(cause)) for cause in causes]
    return "\n\n".join(blocks) + "\n"


def _head(diff: ContractDiff) -> Iterator[str]:
    sides = " to ".join(
        f"{contract.version} (contract of {', '.join(sorted({api.date for api in contract.apis.values()}))})"
        for contract in (diff.baseline, diff.candidate)
    )
    yield f"{sides}. {_NO_CALL}"
    if len(diff.operations) == 1:
        yield _one(diff.operations[0])
        return
    alone = len(diff.operations) - len(diff.shared)
    gone = sum(operation.candidate is None for operation in diff.operations)
    differing = sum(bool(operation.documented) for operation in diff.shared)
    yield (
        f"{count(len(diff.shared), 'operation')} in both, {gone} only in v1beta1, {alone - gone} only in v1. "
        f"{differing} of the {len(diff.shared)} differ."
    )


def _one(operation: OperationDiff) -> str:
    known = _known(operation)
    said = f"{operation.id}, {known.method} {known.path}"
    return f"{said}: {count(len(operation.documented), 'documented difference')}."


def _title(cause: Cause) -> str:
    first = cause.first
    if first.part is Part.OPERATION:
        return f"{first.finding.rule}: {count(len(cause.documented), 'operation')}"
    new = first.finding.difference.to.rpartition(".")[2]
    renamed = f" -> {new}" if new else ""
    return visible(f"{first.finding.rule}: {first.part} {first.cause}{renamed}")


def _each(cause: Cause) -> list[Documented]:
    return [documented for _, documented in cause.documented]


def _reach(*documented: Documented) -> str:
    """Say whom it meets, where that is not everybody and the same in all operations."""
    reach = {each.when for each in documented}
    return f" ({documented[0].when})" if len(reach) == 1 and When.ALWAYS not in reach else ""


def _block(cause: Cause) -> Iterator[str]:
    finding = cause.first.finding
    yield f"  {_title(cause)}{_reach(*_each(cause))}"
    if cause.first.part is not Part.OPERATION:
        yield f"    {visible(sentence(finding))}"
    yield f"    {visible(finding.consequence)} {visible(finding.remedy)}"
    for operation, documented in cause.documented:
        reach = "" if _reach(*_each(cause)) else _reach(documented)
        yield f"      {visible(_where(operation, documented))}{reach}"


def _where(operation: str, documented: Documented) -> str:
    if documented.part is Part.OPERATION:
        return f"{operation}: {documented.finding.difference.detail}"
    return f"{operation}: {where_to(documented.finding.difference)}"


def _line(cause: Cause) -> str:
    operations = ", ".join(name for name, _ in cause.documented)
    if cause.first.part is Part.OPERATION:
        return f"  {_title(cause)}: {visible(operations)}"
    said = visible(sentence(cause.first.finding))
    return f"  {_title(cause)}\n    {visible(operations)}: {said}"


def contract_diff_markdown(diff: ContractDiff) -> str:
    """Write the differences for a ticket, one cause once, worst first."""
    parts = ["# Documented differences between v1beta1 and v1", *(prose(line) for line in _head(diff))]
    for severity in Severity:
        causes = [cause for cause in diff.causes() if cause.first.finding.severity is severity]
        if causes:
            parts += [f"## {severity.capitalize()}", "\n".join(_item(cause) for cause in causes)]
    return "\n\n".join(parts) + "\n"


def _item(cause: Cause) -> str:
    finding = cause.first.finding
    new = finding.difference.to.rpartition(".")[2]
    renamed = f" → {code(new)}" if new else ""
    said = f"- **{finding.rule}**"
    if cause.first.part is not Part.OPERATION:
        said += f" {cause.first.part} {code(cause.first.cause)}{renamed}{_reach(*_each(cause))}: "
        said += prose(sentence(finding))
    if finding.severity is not Severity.INFO:
        said += f" {prose(finding.consequence)} {prose(finding.remedy)}"
    operations = ", ".join(code(name) for name, _ in cause.documented)
    return f"{said}\n  In {operations}."


def outline_text(outline: Outline) -> str:
    """Write one operation for a terminal: ``-`` only in v1beta1, ``+`` only in v1, ``~`` otherwise in v1."""
    lines = [outline.id]
    for name, url in (("v1beta1", outline.baseline_url), ("v1", outline.candidate_url)):
        lines.append(f"  {name:<7}  {f'{outline.method} {url}' if url else 'does not have it'}")
    for section in outline.sections:
        lines += ["", section.title]
        width = min(max((len(row.path) for row in section.rows), default=0), 60)
        for row in section.rows:
            said = row.baseline if row.candidate is None else row.candidate
            if row.mark == "~":
                said = f"{row.candidate} (v1beta1: {row.baseline})"
            lines.append(f"{row.mark} {visible(row.path):<{width}}  {visible(said or '')}")
        lines += [] if section.rows else ["  no body"]
    return "\n".join(lines) + "\n"


def outline_json(outline: Outline) -> str:
    """Write one operation for other programs.

    ``{"operation", "method", "path", "baseline_url", "candidate_url", "sections"}``; a section is
    ``{"title", "places"}``, a place ``{"path", "baseline", "candidate"}``, null where a contract has it not.
    """
    sections = [
        {
            "title": section.title,
            "places": [
                {"path": row.path, "baseline": row.baseline, "candidate": row.candidate}
                for row in section.rows
            ],
        }
        for section in outline.sections
    ]
    document = {
        "operation": outline.id,
        "method": outline.method,
        "path": outline.path,
        "baseline_url": outline.baseline_url or None,
        "candidate_url": outline.candidate_url or None,
        "sections": sections,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
