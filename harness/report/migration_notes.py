"""``--format notes``: what the migration changed for this integration, to keep after the cutover.

By operation: each field of v1beta1 and what stands for it in v1, what is sent otherwise, what is new, and
what was agreed and why. Differences that are no change of the API (ids, times, what a side does already) are
left out; the reports of the run have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from harness.difference import Kind
from harness.exchange import BodyKind, Json
from harness.readiness import Assessment, sandbox_reason
from harness.report import words
from harness.report.inline import code, prose, text
from harness.report.provenance import provenance
from harness.report.words import count
from harness.result import Evidence, Finding, RunResult, StepResult, operation_name
from harness.rules import RULES, Severity

NEW: Final = frozenset(
    {
        "became-not-nullable",
        "content-encoding-changed",
        "endpoint-added",
        "error-field-added",
        "header-added",
        "page-size-increased",
        "property-added",
        "property-became-required",
        "request-extended",
        "request-relaxed",
    }
)
"""Rules of what v1 gives or takes beyond v1beta1, and of what it promises more of."""

_NOTHING: Final = "(nothing)"
_ADDED: Final = frozenset({Kind.ADDED, Kind.HEADER_ADDED, Kind.ELEMENT_ADDED, Kind.BODY_ADDED})
_REMOVED: Final = frozenset({Kind.REMOVED, Kind.HEADER_REMOVED, Kind.ELEMENT_REMOVED, Kind.BODY_REMOVED})
_OF_NO_FIELD: Final = frozenset({Kind.ACCEPTANCE, Kind.UNMAPPED})


def render_migration_notes(run: RunResult, assessment: Assessment) -> str:
    """Write the notes as Markdown; what is still open is marked, so that a draft can be told from the end."""
    steps = [(operation_name(step), step) for scenario in run.scenarios for step in scenario.steps]
    operations: dict[str, list[StepResult]] = {}
    for name, step in steps:
        operations.setdefault(name or "(no call)", []).append(step)
    parts = list(_head(run, assessment))
    parts += _gone([step for _, step in steps])
    changed = [part for name, found in sorted(operations.items()) for part in _operation(name, found)]
    parts += ["## What changed, by operation", *(changed or ["Nothing did, as far as the run shows."])]
    return "\n\n".join([*parts, *_agreed(run)]) + "\n"


def _head(run: RunResult, assessment: Assessment) -> Iterator[str]:
    yield "# Migration notes: the Astro API from v1beta1 to v1"
    if sandbox := sandbox_reason(run):
        yield f"> **{text(sandbox)}**"
    yield (
        "What changed between the two versions for this integration, as its scenarios found it. Places in "
        "answers are JSONPaths below the body; `[*]` stands for every element of a list."
    )
    found = [finding for scenario in run.scenarios for step in scenario.steps for finding in step.findings]
    left = len({_key(each) for each in found if _is_change(each) and _is_open(each)})
    calls = len(
        {each.operation for each in found if each.difference.kind is Kind.UNMAPPED and _is_open(each)}
    )
    still = [
        *([f"{count(left, 'change')} that nobody accepted"] if left else []),
        *([f"calls of {count(calls, 'operation')} that v1 does not have"] if calls else []),
    ]
    yield "\n".join(
        [
            f"- Readiness: **{assessment.readiness}**",
            f"- Scenarios: {words.finished_counts(run)}",
            f"- Open: {' and '.join(still) or 'nothing'}",
            *(f"- {name}: {text(value, 300)}" for name, value in provenance(run)),
        ]
    )


def _gone(steps: Iterable[StepResult]) -> Iterator[str]:
    """List the endpoints that v1 does not have."""
    calls: dict[str, str] = {}
    remedies: dict[str, None] = {}
    for step in steps:
        for finding in step.findings:
            if finding.difference.kind is Kind.UNMAPPED:
                calls.setdefault(finding.operation, finding.difference.detail)
                remedies[finding.remedy] = None
    if calls:
        yield "## Endpoints that v1 does not have"
        yield words.UNSUPPORTED_ADVICE
        yield from map(prose, remedies)
        rows = (f"| {code(name)} | {code(call) if call else ''} |" for name, call in sorted(calls.items()))
        yield "\n".join(["| Operation of v1beta1 | Call |", "|---|---|", *rows])


def _operation(name: str, steps: list[StepResult]) -> Iterator[str]:
    """Write what changed in one operation; nothing where nothing did."""
    changed = _unique(finding for step in steps for finding in step.findings if _is_change(finding))
    new = _unique(finding for step in steps for finding in step.findings if _is_new(finding))
    sent = _sent(steps)
    if not (changed or new or sent):
        return
    yield f"### {text(name, 100)}"
    if changed:
        titles = "| v1beta1 | v1 | What changes | What to do | Status |\n|---|---|---|---|---|"
        yield "\n".join([titles, *map(_row, changed)])
    if sent:
        yield "\n".join(["What the client sends:", "", *sent])
    if new:
        yield "\n".join(["New or relaxed in v1:", "", *(f"- {_new(finding)}" for finding in new)])


def _key(finding: Finding) -> tuple[str, str, str, str]:
    fact = finding.difference
    return finding.operation, finding.rule, fact.path, fact.to


def _unique(findings: Iterable[Finding]) -> list[Finding]:
    """Return the worst of equal findings, an open one before all others; in order of the place."""
    worst: dict[tuple[str, str, str, str], Finding] = {}
    for finding in findings:
        known = worst.setdefault(_key(finding), finding)
        if _rank(finding) < _rank(known):
            worst[_key(finding)] = finding
    return [worst[key] for key in sorted(worst, key=lambda key: (key[2], key[3], key[1]))]


def _rank(finding: Finding) -> tuple[bool, int]:
    return not _is_open(finding), list(Severity).index(finding.severity)


def _is_change(finding: Finding) -> bool:
    """Whether a finding is about a change that callers must know, also where this one does not read it."""
    if finding.inconclusive or finding.difference.kind in _OF_NO_FIELD:
        return False
    known = RULES.get(finding.rule)
    lowered = finding.read is False and known is not None and known.strict is not Severity.INFO
    return finding.severity is not Severity.INFO or lowered


def _is_new(finding: Finding) -> bool:
    """Whether a finding is about something that v1 has beyond v1beta1, and that hurts nobody."""
    return finding.rule in NEW and not finding.inconclusive and not _is_change(finding)


def _is_open(finding: Finding) -> bool:
    return finding.accepted is None and finding.severity is not Severity.INFO


def _row(finding: Finding) -> str:
    fact = finding.difference
    old = _NOTHING if fact.kind in _ADDED else code(_field(fact.path))
    new = _NOTHING if fact.kind in _REMOVED else code(_field(fact.to or fact.path))
    said = f"{prose(words.sentence(finding))} ({finding.severity}, {code(finding.rule)})"
    return f"| {old} | {new} | {said} | {prose(finding.remedy)} | {_status(finding)} |"


def _field(path: str) -> str:
    """Write a place as a field of the body; other places keep what they are in."""
    return path.removeprefix("$.body.") if path.startswith("$.body.") else path.removeprefix("$.")


def _status(finding: Finding) -> str:
    agreed = finding.accepted
    if agreed is None:
        return "**open**" if _is_open(finding) else "not read here"
    more = [text(each, 60) for each in (agreed.ticket, agreed.until and f"until {agreed.until}") if each]
    said = f" ({', '.join(more)})" if more else ""
    return f"agreed: {text(agreed.reason)}{said}"


def _new(finding: Finding) -> str:
    return f"{prose(words.sentence(finding))} {prose(finding.remedy)}"


def _sent(steps: Iterable[StepResult]) -> list[str]:
    """Say which fields and parameters of requests go to one version only, as the scenarios have it."""
    only_old: set[str] = set()
    only_new: set[str] = set()
    for step in steps:
        if step.probe or step.baseline is None or step.candidate is None:
            continue  # the mistakes that probes make are no change
        old, new = set(_names(step.baseline)), set(_names(step.candidate))
        only_old |= old - new
        only_new |= new - old
    pairs = (("to v1beta1 only", only_old), ("to v1 only", only_new))
    return [f"- {said}: {', '.join(map(code, sorted(names)))}" for said, names in pairs if names]


def _names(evidence: Evidence) -> Iterator[str]:
    """Yield the parameters of the query and the fields of the body: ``?limit``, ``roles[*].role``."""
    yield from (f"?{name}" for name, _ in parse_qsl(urlsplit(evidence.url).query, keep_blank_values=True))
    if evidence.request_body.kind is BodyKind.JSON:
        yield from _fields(evidence.request_body.data, "")


def _fields(value: Json, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            place = f"{at}.{name}" if at else name
            yield place
            yield from _fields(below, place)
    elif isinstance(value, list):
        for element in value:
            yield from _fields(element, f"{at}[*]")


def _agreed(run: RunResult) -> Iterator[str]:
    """List what was agreed, with the reasons, each once."""
    rows: dict[tuple[str, str, str], dict[str, None]] = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            for finding in step.findings:
                if agreed := finding.accepted:
                    key = agreed.reason, agreed.ticket, agreed.until
                    rows.setdefault(key, {})[finding.operation or scenario.id] = None
    if not rows:
        return
    yield "## What was agreed"
    lines = ["| Reason | Ticket | Until | Operations |", "|---|---|---|---|"]
    for (reason, ticket, until), names in sorted(rows.items()):
        cells = (text(reason), text(ticket, 60), text(until, 60), ", ".join(map(code, sorted(names))))
        lines.append(f"| {' | '.join(cells)} |")
    yield "\n".join(lines)
