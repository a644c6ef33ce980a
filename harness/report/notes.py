"""What a run found as notes on the lines of its scenarios, as CI services show them beside the YAML.

Worst first: what could not be carried out, open breaking and risky findings, one notice for all calls that
their scenarios declare unsupported, then what gave no verdict. Of each cause the first place comes before the
second of any, so that a short list names every cause.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from itertools import zip_longest

from harness.causes import Cause, Place
from harness.difference import Kind
from harness.exchange import Side
from harness.origins import strongest
from harness.readiness import Assessment
from harness.report import words
from harness.report.codec import encode, format_json
from harness.report.lines import file_and_line
from harness.report.words import VERDICTS, clip, count, samples, sentence, visible, where_to
from harness.report.workflow_commands import workflow_command
from harness.result import Finding, RunResult, Source, StepResult, Verdict
from harness.rules import Severity
from harness.struct import Struct

MOST_ANNOTATIONS = 10
"""Annotations of one level that GitHub shows of one step of a job."""

_LONGEST_TITLE, _LONGEST_MESSAGE = 150, 1_500
_NOWHERE = ("", 0)


class Level(StrEnum):
    """How bad a note is, worst first; the values are GitHub's."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Note(Struct, frozen=True, kw_only=True):
    """One remark on one line; both texts are on one line and show what cannot be seen as escapes.

    ``path`` is relative to the repository, empty for what is about the whole run; ``line`` counts from 1.
    ``rule`` is a rule's id or a verdict, ``fingerprint`` 32 hex digits that do not change with the line.
    """

    level: Level
    path: str
    line: int
    title: str
    message: str
    rule: str
    fingerprint: str


def notes_of(run: RunResult, assessment: Assessment, below: str = "") -> tuple[Note, ...]:
    """Return the notes on a run; ``below`` is the project's directory in its repository."""
    return (
        *_unfinished(run),
        *_of_verdict(run, Verdict.ERROR, Level.ERROR, below),
        *_of_severity(assessment, Severity.BREAKING, Level.ERROR, below),
        *_of_severity(assessment, Severity.RISKY, Level.WARNING, below),
        *_known(assessment, below),
        *_of_verdict(run, Verdict.INCONCLUSIVE, Level.NOTICE, below),
    )


def github_annotations(notes: tuple[Note, ...]) -> str:
    """Write workflow commands, a line each, as many as GitHub shows; the last counts the others."""
    shown: Counter[Level] = Counter()
    lines = []
    left_out = 0
    for note in notes:
        # One notice is kept for what is left out.
        if shown[note.level] >= MOST_ANNOTATIONS - (note.level is Level.NOTICE):
            left_out += 1
            continue
        shown[note.level] += 1
        place = {"file": note.path, "line": note.line} if note.path else {}
        lines.append(workflow_command(note.level, {**place, "title": note.title}, note.message))
    if left_out:
        said = f"{count(left_out, 'note')} more: the report has them."
        lines.append(workflow_command(Level.NOTICE, {"title": "Not all is shown"}, said))
    return "".join(f"{line}\n" for line in lines)


def code_quality(notes: tuple[Note, ...]) -> str:
    """Write the JSON that GitLab takes as a report on code quality; it has no place for notes on no file."""
    severities = {Level.ERROR: "critical", Level.WARNING: "major", Level.NOTICE: "minor"}
    issues = [
        {
            "description": f"{note.title}: {note.message}",
            "check_name": note.rule,
            "fingerprint": note.fingerprint,
            "severity": severities[note.level],
            "location": {"path": note.path, "lines": {"begin": note.line}},
        }
        for note in notes
        if note.path
    ]
    return format_json(encode(issues, ()))


def _unfinished(run: RunResult) -> Iterator[Note]:
    for shard in run.missing:
        said = f"shard {shard} is missing", "Its scenarios did not run."
        yield _note(Level.ERROR, _NOWHERE, said, "missing")
    for id_ in run.unfinished:
        said = f"{id_}: not finished", "The scenario was planned and did not finish."
        yield _note(Level.ERROR, _NOWHERE, said, "unfinished")


def _of_verdict(run: RunResult, verdict: Verdict, level: Level, below: str) -> Iterator[Note]:
    """Note why scenarios, or steps of them, came to nothing."""
    for scenario in run.scenarios:
        steps = [step for step in scenario.steps if step.verdict is verdict]
        whole = scenario.reason or not scenario.steps
        for step in [None] if scenario.verdict is verdict and whole else steps:
            place = file_and_line((step or scenario).where, below)
            why = step.reason or _said(step) if step else scenario.reason
            said = f"{scenario.id}: {verdict}", why or VERDICTS[verdict]
            yield _note(level, place, said, verdict, step.name if step else "")


def _said(step: StepResult) -> str:
    return " ".join(sentence(finding) for finding in step.findings if finding.inconclusive)


def _of_severity(assessment: Assessment, severity: Severity, level: Level, below: str) -> Iterator[Note]:
    causes = [
        cause
        for cause in assessment.causes
        if cause.severity is severity and not cause.accepted and not cause.inconclusive
    ]
    rounds = zip_longest(
        *([_finding(cause, place, level, below) for place in _places(cause)] for cause in causes)
    )
    for notes in rounds:
        yield from (note for note in notes if note is not None)


def _known(assessment: Assessment, below: str) -> Iterator[Note]:
    """Note once a cause what scenarios call unsupported: it needs no note on each line each night."""
    for cause in assessment.causes:
        open_ = not cause.accepted and not cause.inconclusive and cause.severity is Severity.BREAKING
        declared = [place for place in cause.places if place.step.verdict is Verdict.UNSUPPORTED]
        if open_ and declared:
            first = declared[0]
            said = f"{words.title(cause)} What to do: {first.finding.remedy}"
            spot = file_and_line(first.step.where, below)
            yield _note(Level.NOTICE, spot, ("declared unsupported", said), cause.rule)


def _places(cause: Cause) -> list[Place]:
    """Return the first place on each line; what scenarios call unsupported is noted once."""
    told = (place for place in reversed(cause.places) if place.step.verdict is not Verdict.UNSUPPORTED)
    return list({place.step.where: place for place in told}.values())[::-1]


def _finding(cause: Cause, place: Place, level: Level, below: str) -> Note:
    finding = place.finding
    box = sandbox_only(cause)
    seen = f"{samples(cause)}{box and f', {box}'}"
    message = f"{sentence(finding)} Seen {seen}. What to do: {finding.remedy}"
    spot = file_and_line(place.step.where, below)
    return _note(level, spot, (_title(finding), message), finding.rule, *_who(place))


def sandbox_only(cause: Cause) -> str:
    """Say that nothing but the sandbox shows a cause; empty where something else does."""
    box = strongest(each.scenario for each in cause.places) is Source.SANDBOX
    return "in the sandbox only, which proves nothing" if box else ""


def identity(place: Place) -> str:
    """Return the fingerprint of the note on a finding, which no other step and no other place has."""
    return _fingerprint(place.finding.rule, visible(_title(place.finding)), *_who(place))


def _title(finding: Finding) -> str:
    return f"{finding.rule} at {where_to(finding.difference)}"


def _who(place: Place) -> tuple[str, ...]:
    fact = place.finding.difference
    # Both sides may miss what a step expects, with one fingerprint.
    missed = fact.kind is Kind.EXPECTATION and fact.side is Side.CANDIDATE
    return place.finding.fingerprint, place.scenario.id, place.step.name, *(["v1"] if missed else [])


def _note(level: Level, place: tuple[str, int], said: tuple[str, str], rule: str, *who: str) -> Note:
    """Make a note; ``said`` are title and message, ``who`` tells it from others of its rule and title."""
    title, message = map(visible, said)
    path, line = place
    return Note(
        level=level,
        path=path,
        line=line,
        title=clip(title, _LONGEST_TITLE),
        message=clip(message, _LONGEST_MESSAGE),
        rule=rule,
        fingerprint=_fingerprint(rule, title, *who),
    )


def _fingerprint(rule: str, title: str, *who: str) -> str:
    key = "\n".join([rule, title, *map(visible, who)])
    return hashlib.sha256(key.encode()).hexdigest()[:32]
