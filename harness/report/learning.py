"""What a run has to teach, for people: a unified diff, and what was not proposed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from harness.learning import Amended, Lessons
from harness.report.words import count, visible


def lessons_text(lessons: Lessons, *, written: bool) -> str:
    """Write the proposals as a diff that ``patch -p1`` takes, then what is left to people.

    ``written`` says that the files have them already.
    """
    lines = [line for amended in lessons.files for line in _diff(amended)]
    lines += [
        visible(f"Not proposed: {each.where}: {each.rule} at {each.path}: {each.why.rstrip('.')}.")
        for each in lessons.refusals
    ]
    lines.append(_summary(lessons, written=written))
    return "\n".join(lines) + "\n"


def _diff(amended: Amended) -> Iterator[str]:
    before, after = (text.split("\n") for text in (amended.before, amended.after))
    yield from difflib.unified_diff(before, after, f"a/{amended.shown}", f"b/{amended.shown}", lineterm="")


def _summary(lessons: Lessons, *, written: bool) -> str:
    number = len(lessons.proposals)
    if not number:
        return "Nothing to propose."
    said = count(number, "acceptance")
    files = count(len(lessons.files), "file")
    if written:
        return f"{said} written into {files}: read them before you commit them."
    return f"{said} proposed for {files}: read them, then write them with `--write`."
