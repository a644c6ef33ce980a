"""``harness inspect``: what will break for recorded traffic, as text, JSON and Markdown.

JSON: the keys of :class:`harness.inspection.Inspection`.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.inspection import Inspection, Met, Used, proves
from harness.report.codec import encode, format_json
from harness.report.inline import code, prose
from harness.report.words import count
from harness.report.workflow_commands import printed

_MOST_UNKNOWN = 20


def inspection_text(inspection: Inspection) -> str:
    """Write it for a terminal: what breaks first, each operation with its calls."""
    lines = [*_heads(inspection), ""]
    for each in inspection.operations:
        lines.append(f"{_mark(each)} {each.operation}: {each.method} {each.path}, {_calls(each)}")
        lines += [f"    {sentence}" for sentence in _told(each)]
    lines += _unknown(inspection)
    return printed(lines)


def inspection_json(inspection: Inspection) -> str:
    """Write it for programs; see the module for its keys."""
    return format_json(encode(inspection, ()))


def inspection_markdown(inspection: Inspection) -> str:
    """Write it for a ticket."""
    lines = ["# What v1 will break for this traffic", ""]
    lines += [f"- {prose(line)}" for line in _heads(inspection)]
    lines += ["", "| operation | calls | in v1 | what breaks |", "| --- | --- | --- | --- |"]
    for each in inspection.operations:
        told = (
            "<br>".join(prose(sentence).replace("|", "\\|") for sentence in _told(each))
            or "nothing documented"
        )
        name = f"{code(each.operation)} {code(f'{each.method} {each.path}')}"
        lines.append(f"| {name} | {_calls(each)} | {'yes' if each.supported else '**no**'} | {told} |")
    lines += ["", *(f"- {prose(line)}" for line in _unknown(inspection))]
    return "\n".join(lines).rstrip() + "\n"


def _heads(inspection: Inspection) -> Iterator[str]:
    recorded = f"{count(inspection.calls, 'call')} in {count(inspection.cassettes, 'cassette')}"
    yield f"Recorded: {recorded}, {count(len(inspection.operations), 'operation')} of v1beta1."
    gone = [each.operation for each in inspection.operations if not each.supported]
    breaking = [each.operation for each in inspection.operations if each.supported and each.breaks]
    if gone:
        yield f"v1 does not support {len(gone)} of them: {', '.join(gone)}."
    if breaking:
        yield f"v1 breaks {len(breaking)} of them: {', '.join(breaking)}."
    bodiless = [each for each in inspection.operations if each.bodiless]
    if bodiless:
        names = ", ".join(f"{each.operation} ({each.bodiless} of {each.calls})" for each in bodiless)
        yield f"Not looked at, because the recording lacks bodies of calls: {names}."
    elif not gone and not breaking:
        yield "The contracts document nothing that breaks these calls. Run them against v1 to prove it."
    if inspection.newer:
        yield f"Left aside: {count(inspection.newer, 'call')} of v1 or the Labs API."
    if inspection.aside:
        yield f"Left aside: {count(inspection.aside, 'cassette')} of scenarios; name one to inspect it."
    yield from proves(inspection)


def _mark(used: Used) -> str:
    if not used.supported:
        return "UNSUPPORTED"
    if used.breaks:
        return "BREAKING"
    return "NOT LOOKED AT" if used.bodiless else "RISKY" if used.met else "ok"


def _calls(used: Used) -> str:
    statuses = ", ".join(f"{status or 'no answer'}" for status in used.statuses)
    return f"{count(used.calls, 'call')} ({statuses})"


def _told(used: Used) -> Iterator[str]:
    if not used.supported:
        yield f"v1 does not support {used.operation}."
    yield from used.advice
    for each in used.met:
        yield from _met(each)
    if used.bodiless:
        calls = f"{used.bodiless} of {count(used.calls, 'call')}"
        yield f"The recording lacks a body in JSON of {calls} in which the contracts document differences."
        yield "Record it with bodies, or run its draft against both versions."


def _met(met: Met) -> Iterator[str]:
    samples = f"{met.seen} of {met.samples} recorded samples"
    where = f"in {samples}"
    if met.valued is not None:
        where = f"the property is in {samples}, that value in {met.valued or 'none'}"
    yield f"{met.finding.explanation.rstrip('.')} ({where})."
    yield f"{met.finding.consequence} {met.finding.remedy}".strip()


def _unknown(inspection: Inspection) -> Iterator[str]:
    named = list(inspection.unknown.items())
    for name, number in named[:_MOST_UNKNOWN]:
        yield f"Not in v1beta1's contract: `{name}`, {count(number, 'call')}."
    if len(named) > _MOST_UNKNOWN:
        yield f"And {len(named) - _MOST_UNKNOWN} more that v1beta1's contract does not have: `--format json`."
