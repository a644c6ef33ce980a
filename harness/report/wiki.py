"""The part of a ticket as wiki markup, which comments in Jira are written in: what a reader must know first.

It is shorter than the Markdown: causes with what to do, what v1 does not support, what was not proved. The
files that are attached beside it have the rest. Foreign text is shown as text: it cannot end a table cell,
open a macro, make a link or a picture, or mention anybody. What no backslash escapes is written as an entity,
which is a character again after links were looked for; one that nobody sees would be copied along.

Source: https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from harness.causes import Cause
from harness.readiness import CheckAssessment
from harness.report import changes, words
from harness.report.digest import Digest, Unsupported, digest, found
from harness.report.fitting import Section, fitted, fitted_sections
from harness.report.provenance import provenance
from harness.report.ticket import LIMITS, TicketPart, utf16_units
from harness.report.words import clip, count, visible
from harness.rules import Severity

_LONG, _SHORT = 400, 150
_MOST_PLACES: Final = 5
_MOST_LINES: Final = 8
_SPECIAL: Final = re.compile(
    r"""
    (?<![A-Za-z0-9])[A-Z][A-Z0-9_]+-(?=\d)          # tickets
    |[\\{}\[\]*_^~|!@]|&(?=\#?\w+;)
    |(?<![A-Za-z0-9])[-+?\#]|(?<=[A-Za-z0-9])[-+?](?![A-Za-z0-9])
    |:(?=//)|(?<=(?i:mailto|callto)):|(?<=(?i:skype)):|(?<=(?i:file|news)):  # links
    |\((?=(?i:[ynix/]|on|off|flag|flagoff)\))        # pictures
    |[:;](?=-?[()DPp])|<(?=/?3)
    |\A(?i:[hb])(?=(?:[1-6]|(?i:q))\.)               # headings and quotations
    """,
    re.VERBOSE,
)
_BY_BACKSLASH: Final = frozenset("-#*_+?^~|%{}[]()!@")
_MACRO: Final = re.compile(r"\{(?=\s*noformat)", re.IGNORECASE)
_TICKET: Final = re.compile(r"[A-Z][A-Z0-9_]+-\d+")


def text(value: str, limit: int = _LONG) -> str:
    """Write foreign text so that it reads as it is, on one line."""
    return _SPECIAL.sub(_escaped, clip(visible(value).strip(), limit))


def _escaped(match: re.Match[str]) -> str:
    key, last = match[0][:-1].replace("_", r"\_"), match[0][-1]
    # A backslash stands for itself before any other character.
    return f"{key}\\{last}" if last in _BY_BACKSLASH else f"{key}&#{ord(last)};"


def code(value: str, limit: int = _SHORT) -> str:
    """Write foreign text in a font of equal widths."""
    return f"{{{{{text(value, limit)}}}}}" if visible(value).strip() else ""


def prose(value: str) -> str:
    """Write a sentence; JSONPaths and what stands in `backticks` are shown as code."""
    parts = words.pieces(clip(visible(value), _LONG))
    return "".join(code(part) if is_code else _inline(part) for is_code, part in parts)


def _inline(part: str) -> str:
    start = " " * part.startswith(" ")
    return f"{start}{text(part)}{' ' * (part.endswith(' ') and len(part) > 1)}"


def render_wiki(part: TicketPart, *, attached: tuple[str, ...], mark: str, link: str = "") -> str:
    """Write the comment shorter than Jira takes, in units of UTF-16; the last line ends with the mark.

    ``attached`` are the names of files that are attached to the ticket, ``link`` is a URL where the whole
    report can be had; the caller made sure that both can stand in wiki markup.
    """
    end = f"_Kept up to date by harness attach; do not edit. Mark: {mark}_"
    files = ", ".join([*([link] if link else []), *(f"[^{name}]" for name in attached)])
    most = LIMITS["jira"] - len(end) - 10
    said = fitted(lambda limit: _body(part, files, limit), most, size=utf16_units, least=most // 2)
    return f"{said}\n\n{end}\n"


def _body(part: TicketPart, files: str, limit: int) -> str:
    head = "\n\n".join(_head(part, files))
    sections = [each for each in _sections(digest(part.run, part.assessment)) if each.blocks]
    said = f"left out here to stay under {limit:,} characters; the attached files have them"
    total = sum(section.share for section in sections) or 1
    room = limit - len(head) - 100
    parts = fitted_sections(sections, room, said, share=min(room / total, 1.0))
    return "\n\n".join([head, *parts])


def _head(part: TicketPart, files: str) -> Iterator[str]:
    assessment, run = part.assessment, part.run
    yield f"h2. {words.TITLE}: {assessment.readiness}"
    if part.note:
        yield text(part.note).replace(text(part.ticket), _ticket(part.ticket))
    if part.history:
        yield f"*{text(changes.headline(part.history))}*"
    reasons = [reason for reason in assessment.reasons if reason != part.note]
    yield "\n".join(f"* {text(reason)}" for reason in reasons)
    counted = words.verdict_counts(assessment.verdicts)
    yield f"*Scenarios:* {words.finished_counts(run)}: {counted}."
    yield f"{prose(words.breaking_for_you(assessment.breaking))}."
    yield "\n".join(f"* {name}: {text(value, 250)}" for name, value in provenance(run)[:8])
    yield "\n".join(
        ["||Check||Readiness||Steps||Breaking||Risky||Info||Accepted||", *map(_check, assessment.checks)]
    )
    if files:
        yield f"*The whole report:* {files}"


def _check(check: CheckAssessment) -> str:
    name, asks = words.CHECKS[check.check]
    numbers = (check.steps, check.breaking, check.risky, check.info, check.accepted)
    return f"|{name}: {asks}|{check.readiness}|{'|'.join(map(str, numbers))}|"


def _section(title: str, blocks: tuple[str, ...], share: int, noun: str, joint: str = "\n") -> Section:
    return Section(
        title=title, blocks=blocks, share=share, noun=noun, joint=joint, heading="h3. ", emphasis="_"
    )


def _sections(shown: Digest) -> Iterator[Section]:
    breaking, risky, info = (shown.of(severity) for severity in Severity)
    for title, causes, share in (("Breaking", breaking, 12_000), ("Risky", risky, 6_000)):
        yield _section(f"{title} ({found(causes)})", tuple(map(_cause, causes)), share, "cause", "\n\n")
    yield _section(
        "Operations that v1 does not support", tuple(map(_gone, shown.unsupported)), 3_000, "operation"
    )
    unproved = tuple(f"* {code(what)}: {prose(why)}" for what, why in shown.unproved)
    yield _section("What was not proved", unproved, 3_000, "entry")
    told = tuple(f"* {prose(words.sentence(cause.example))}" for cause in info)
    yield _section(f"For information ({found(info)})", told, 2_000, "cause")


def _cause(cause: Cause) -> str:
    finding = cause.example
    lines = [f"h4. {prose(words.title(cause))}"]
    lines += [_agreed(cause)] if cause.accepted else []
    if values := words.sides(cause.difference):
        lines.append(_example(*values))
    lines += [
        f"* What to do: {prose(finding.remedy)}",
        f"* Rule: {code(finding.rule)} at {code(words.where_to(cause.difference))}",
        f"* Seen {text(words.samples(cause))}",
        f"* Where: {_places(cause)}",
    ]
    return "\n".join(lines)


def _agreed(cause: Cause) -> str:
    said = []
    for accepted, _ in cause.acceptances[:3]:
        ticket = f" in {_ticket(accepted.ticket)}" if accepted.ticket else ""
        until = f" until {text(accepted.until, 60)}" if accepted.until else ""
        said.append(f"(/) Accepted{ticket}{until}: {text(accepted.reason)}")
    return "\n".join(said)


def _ticket(name: str) -> str:
    """Write the name of a ticket, which the scenario has; Jira makes a link of one that it knows."""
    return name if len(name) <= 60 and _TICKET.fullmatch(name) else text(name, 60)


def _example(old: str, new: str) -> str:
    lines = []
    for name, value in ((words.BASELINE, old), (words.CANDIDATE, new)):
        rows = value.split("\n")
        lines += [f"{name}: {clip(visible(row), _SHORT)}" for row in rows[:_MOST_LINES]]
        if len(rows) > _MOST_LINES:
            lines.append(f"… {count(len(rows) - _MOST_LINES, 'line')} more")
    inside = "\n".join(_MACRO.sub("{ ", line) for line in lines)
    return f"{{noformat}}\n{inside}\n{{noformat}}"


def _places(cause: Cause) -> str:
    more = len(cause.places) - _MOST_PLACES
    shown = ", ".join(f"{code(place.step.where, 100)}" for place in cause.places[:_MOST_PLACES])
    return shown + (f" and {more} more" if more > 0 else "")


def _gone(gone: Unsupported) -> str:
    remedies = " ".join(prose(remedy) for remedy in gone.remedies[:2])
    return f"* *{text(gone.operation, 100)}*. {remedies}".rstrip()
