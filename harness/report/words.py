"""The words that all reports share, and how foreign text is made harmless before it is shown.

What comes from a response may hold terminal escapes, line breaks and characters that turn the direction
of writing. :func:`visible` shows them as escapes; it is the first step of every rendering.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from harness.causes import Cause
from harness.difference import ABSENT, ITEM, Difference, Kind, segments
from harness.exchange import Body, BodyKind, Json, Side
from harness.readiness import Breaking
from harness.report.codec import pretty
from harness.result import (
    Evidence,
    Finding,
    Readiness,
    RunResult,
    StepResult,
    Verdict,
    Walked,
)
from harness.rules import Check, Documentation
from harness.triangulation import Departure, Triangulation

TITLE = "Astro API: migration from v1beta1 to v1"
INTRODUCTION = (
    "Each step makes the same request to v1beta1 (the baseline) and to v1 (the candidate). "
    "This report says what differs, and what that means for the caller."
)
BASELINE, CANDIDATE = "v1beta1 (baseline)", "v1 (candidate)"
SIDES: Mapping[Side, str] = MappingProxyType({Side.BASELINE: "v1beta1", Side.CANDIDATE: "v1"})
NOTHING = "(nothing there)"
UNSUPPORTED_ADVICE = (
    "v1 has no such endpoint. The vendor's migration guide says: contact Astronomer Support for guidance "
    "on alternative approaches."
)

CHECKS: Mapping[Check, tuple[str, str]] = MappingProxyType(
    {
        Check.RESPONSES: ("Responses", "All calls work as expected"),
        Check.AUTH: ("Auth", "Authentication works with the new base URL"),
        Check.ERRORS: ("Errors", "Error handling copes with v1's response formats"),
        Check.BEHAVIOUR: ("Behaviour", "Nothing else behaves unexpectedly"),
    }
)
"""Name of each of the guide's four checks, and what it asks."""

DOCUMENTATION: Mapping[Documentation, str] = MappingProxyType(
    {
        Documentation.DOCUMENTED: "documented: the published contracts of v1beta1 and v1 differ here",
        Documentation.UNDOCUMENTED: "undocumented: the published contracts do not announce it",
        Documentation.BROKEN: "contract broken: a side does what its own published contract rules out",
        Documentation.UNKNOWN: "no contract: no published contract covers this call on both sides",
    }
)

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.MATCH: "both sides answered alike in all that matters",
        Verdict.ACCEPTED: "they differ, and every difference that matters is accepted",
        Verdict.INCONCLUSIVE: "nothing could be concluded",
        Verdict.UNSUPPORTED: "v1 does not have the operation, as the scenario says",
        Verdict.MISMATCH: "they differ in ways that nobody accepted",
        Verdict.ERROR: "the scenario could not be carried out",
    }
)

READINESS: Mapping[Readiness, str] = MappingProxyType(
    {
        Readiness.GO: "Ready to cut over to v1",
        Readiness.NO_GO: "Not ready to cut over to v1",
        Readiness.NOT_PROVEN: "Not proved that v1 works for you",
    }
)

_ABSENT_BEFORE = frozenset({Kind.ADDED, Kind.HEADER_ADDED, Kind.ELEMENT_ADDED, Kind.BODY_ADDED})
_ABSENT_AFTER = frozenset({Kind.REMOVED, Kind.HEADER_REMOVED, Kind.ELEMENT_REMOVED, Kind.BODY_REMOVED})
_ONE_SIDED = frozenset({Kind.UNDOCUMENTED, Kind.BROKEN, Kind.ERROR_STATUS, Kind.BODY_INVALID})
_WITHOUT_VALUES = frozenset(
    {
        Kind.ACCEPTANCE,
        Kind.BUDGET,
        Kind.PROBE,
        Kind.UNMAPPED,
        Kind.ORDER,
        Kind.WRAPPED,
        Kind.UNWRAPPED,
        Kind.UNWALKED,
    }
)
_MOST_OPERATIONS = 5
_LONGEST_SENTENCE, _LONGEST_PLACE = 2_000, 1_000
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_HIDDEN_BUT_BREAKS = re.compile(_HIDDEN.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
_CODE = re.compile(r"`[^`]+`|\$(?:\.[A-Za-z_]\w*|\[\*\]|\[\d+\]|\['(?:[^'\\]|\\.)*'\])+")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """Return the text on one line; what cannot be seen or moves the cursor is shown as an escape.

    So is what XML has no way to say: what is left can stand in an XML document.
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_shown, text)


def visible_lines(text: str) -> str:
    """Do the same and keep line breaks and tabs."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN_BUT_BREAKS.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    return _NAMED.get(match[0]) or escape(match)


def escape(match: re.Match[str]) -> str:
    r"""Write the one character that was matched as ``\x1b``, ``\u202e`` or ``\U000e0001``."""
    number = ord(match[0])
    return (
        f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    )


def clip(text: str, limit: int) -> str:
    """Cut a text at ``limit`` characters and say so with an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def count(number: int, noun: str) -> str:
    """Write ``1 step``, ``2 steps``, ``3 entries``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def sentence(finding: Finding) -> str:
    """Return the explanation without the operation in front, for where that is said already.

    A name in a response can be as long as it likes; the sentence is cut then.
    """
    start = f"{finding.operation}: "
    text = clip(finding.explanation, _LONGEST_SENTENCE)
    if not finding.operation or not text.startswith(start):
        return text
    rest = text[len(start) :]
    # A version's name keeps its small v at the start of a sentence.
    return rest if rest.startswith("v1") else rest[:1].upper() + rest[1:]


def title(cause: Cause) -> str:
    """Return the sentence of a cause: its first finding's, unless that names one of many operations."""
    if cause.difference.kind is not Kind.UNMAPPED or len(cause.operations) < 2:
        return sentence(cause.example)
    return f"{_named(cause.operations)} are not in v1's contract."


def pieces(said: str) -> list[tuple[bool, str]]:
    """Split a sentence into (is code, text): JSONPaths and what stands in backticks are code."""
    found: list[tuple[bool, str]] = []
    end = 0
    for match in _CODE.finditer(said):
        if match.start() > end:
            found.append((False, said[end : match.start()]))
        found.append((True, match[0].strip("`")))
        end = match.end()
    if end < len(said):
        found.append((False, said[end:]))
    return found


def inconclusive(step: StepResult) -> str:
    """Say why nothing can be concluded from a step, a sentence for each reason; empty where there is none."""
    return " ".join(sentence(finding) for finding in step.findings if finding.inconclusive)


def seen(finding: Finding) -> str:
    """Say in how many of the compared places it was found; empty for one, and where it is said already."""
    fact = finding.difference
    often = f"{fact.seen} of {fact.samples} samples"
    return "" if fact.samples <= 1 or often in finding.explanation else f"seen in {often}"


def proof(finding: Finding) -> str:
    """Say that both sides stayed with their answers when they were asked again; empty where they did not."""
    noise = finding.noise
    if noise is None or noise.baseline.disagreed or noise.candidate.disagreed:
        return ""
    old, new = (f"{each.samples:,} of {each.samples:,}" for each in (noise.baseline, noise.candidate))
    return f"Asked again, v1beta1 said the same in {old} repeats, v1 in {new}."


def noise(run: RunResult) -> str:
    """Count the findings that are noise; empty without any."""
    findings = (finding for scenario in run.scenarios for step in scenario.steps for finding in step.findings)
    number = sum(finding.noise is not None and finding.noise.excused for finding in findings)
    verb = "is" if number == 1 else "are"
    said = f"{count(number, 'finding')} {verb} only information: v1beta1 disagrees with itself there"
    return said if number else ""


def samples(cause: Cause) -> str:
    """Write ``in 14 of 16 samples, 3 of 4 scenarios, ListApiTokens and GetApiToken``."""
    names = _named(cause.operations)
    return f"{often(cause)}, {names}" if names else often(cause)


def often(cause: Cause) -> str:
    """Write ``in 14 of 16 samples, 3 of 4 scenarios``."""
    found, scenarios = cause.samples.found, cause.samples.scenarios
    return (
        f"in {found} {'sample' if found.samples == 1 else 'samples'}, "
        f"{scenarios} {'scenario' if scenarios.samples == 1 else 'scenarios'}"
    )


def _named(names: tuple[str, ...]) -> str:
    """Write ``A, B and 3 more``."""
    more = len(names) - _MOST_OPERATIONS
    shown = [*names[:_MOST_OPERATIONS], *([f"{more:,} more"] if more > 0 else [])]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


def together(cause: Cause) -> str:
    """Say what the samples of all pairs show where they do not agree; empty where they do."""
    before, after = cause.samples.baseline, cause.samples.candidate
    if before is None or after is None or cause.together == cause.rule:
        return ""
    has = f"v1beta1 has it in {before} samples, v1 in {after}"
    return f"All samples together show `{cause.together}`: {has}."


def where_to(difference: Difference) -> str:
    """Write the place of a difference, with the new place of what was renamed."""
    return " -> ".join(spot(difference))


def spot(difference: Difference) -> tuple[str, ...]:
    """Return the place of a difference, and the new place of what was renamed."""
    if difference.kind is Kind.ACCEPTANCE:
        # Its ``to`` is the rule that was accepted, and an acceptance without a path is for any place.
        return (difference.path or "any place",)
    places = (difference.path, difference.to) if difference.to else (difference.path,)
    return tuple(clip(each, _LONGEST_PLACE) for each in places)


def sides(difference: Difference) -> tuple[str, str] | None:
    """Return what was there and what is there, for people; None where the fact is not about values."""
    kind = difference.kind
    if kind in _WITHOUT_VALUES:
        return None
    if kind in (Kind.REQUEST, Kind.EXPECTATION) and difference.baseline is None is difference.candidate:
        return None
    old = NOTHING if kind in _ABSENT_BEFORE else _said(difference.path, difference.baseline)
    target = difference.to if kind is Kind.RENAMED and difference.to else difference.path
    new = NOTHING if kind in _ABSENT_AFTER else _said(target, difference.candidate)
    if kind is Kind.FAILURE:
        old = "a response" if difference.baseline is None else f"no response: {difference.baseline}"
        new = "a response" if difference.candidate is None else f"no response: {difference.candidate}"
    if kind is Kind.BROKEN and difference.detail.endswith(ABSENT):
        old = new = NOTHING
    other = "(not affected)"
    if kind is Kind.REQUEST:
        # It is about what was sent to v1, and no value of an answer.
        return other, f"sent to v1: {new}"
    if kind in _ONE_SIDED and difference.side:
        return (old, other) if difference.side is Side.BASELINE else (other, new)
    return old, new


def _said(path: str, value: Json) -> str:
    """Write a value with the name that it has there, as a line of JSON or of a header."""
    try:
        parts = segments(path)
    except ValueError:
        parts = ()
    if parts == ("elapsed",):
        return f"{value} s"
    in_body = parts[:1] in (("body",), ("request",))
    text = pretty(value) if in_body or not isinstance(value, str) else value
    if len(parts) <= 1 and in_body:
        return text
    if not parts or parts[-1] == ITEM:
        return text
    name = json.dumps(parts[-1], ensure_ascii=False) if in_body else parts[-1]
    return f"{name}: {text}"


def answered(evidence: Evidence | None) -> str:
    """Say what one side answered, without naming the side: ``answered 200 in 12 ms, retried after 429``."""
    if evidence is None:
        return "was not called"
    after = f" in {evidence.elapsed * 1000:,.0f} ms" if evidence.elapsed else ""
    reasons = Counter(str(retry.failure or retry.status) for retry in evidence.retries)
    why = ", ".join(f"{each} ({number} times)" if number > 1 else each for each, number in reasons.items())
    retried = f", retried after {why}" if why else ""
    if evidence.failure:
        return f"gave no answer{after} ({evidence.failure.kind}: {evidence.failure.message}){retried}"
    return f"answered {evidence.status}{after}{retried}"


def answers(step: StepResult) -> str:
    """Say what both sides answered, in one clause each."""
    return f"{BASELINE} {answered(step.baseline)}, {CANDIDATE} {answered(step.candidate)}."


def walked(step: StepResult) -> str:
    """Say which pages each side showed; empty where no pages were walked."""
    names = {Side.BASELINE: BASELINE, Side.CANDIDATE: CANDIDATE}
    said = [f"{names[walk.side]} showed {_pages(walk)}" for walk in step.walks]
    return f"Of the whole list, {'; '.join(said)}." if said else ""


def _pages(walk: Walked) -> str:
    total = f", total {walk.total:,}" if walk.total is not None else ""
    elements, pages = count(sum(walk.elements), "element"), count(len(walk.elements), "page")
    return f"{elements} on {pages}{total}, ended by: {walk.end}"


def body_text(body: Body) -> str:
    """Write a body for people: JSON indented, text as it is, and words for what is neither."""
    if body.kind is BodyKind.EMPTY:
        return "(no body)"
    if body.kind is BodyKind.BINARY:
        return "(binary data)"
    if body.kind is BodyKind.JSON:
        return pretty(body.data)
    text = body.data if isinstance(body.data, str) else pretty(body.data)
    return f"(not JSON, although the media type says so)\n{text}" if body.kind is BodyKind.INVALID else text


def verdict_counts(verdicts: Mapping[Verdict, int]) -> str:
    """Write ``12 match, 2 accepted``: the verdicts that occurred, best first."""
    return ", ".join(f"{number:,} {verdict}" for verdict, number in verdicts.items() if number) or "none"


def finished_counts(run: RunResult) -> str:
    """Write ``14 of 14 planned scenarios finished``, and how many were left out, where some were."""
    omitted = f", {len(run.omitted):,} left out" if run.omitted else ""
    return f"{len(run.scenarios):,} of {count(run.planned, 'planned scenario')} finished{omitted}"


def breaking_for_you(breaking: Breaking) -> str:
    """Write ``Breaking for you: 3 of 41 (1 accepted)``, without a full stop."""
    accepted = f" ({breaking.accepted:,} accepted)" if breaking.accepted else ""
    lens = "" if breaking.declared or not breaking.all else "; no step says what your integration `reads`"
    return f"Breaking for you: {breaking.yours:,} of {breaking.all:,}{accepted}{lens}"


def retries(counts: Mapping[str, int]) -> str:
    """Write ``3 (2 after 429, 1 after timeout)``: the attempts that were followed by another one."""
    return (
        f"{sum(counts.values()):,} ({', '.join(f'{number:,} after {why}' for why, number in counts.items())})"
    )


def by_contracts(triangulation: Triangulation) -> str:
    """Write ``25 documented, 64 undocumented``: how many findings, by what the contracts say of them."""
    found = [f"{number:,} {said}" for said, number in triangulation.findings.items() if number]
    return ", ".join(found) or "none"


def departed(departure: Departure) -> str:
    """Say how the answers of a side leave its contract."""
    return "contract broken" if departure.broken else "not in the contract"
