"""The lines of a file as a person wrote them: those of notebooks, and of what a tool put into one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from harness.scan.files import Source
from harness.struct import Struct, field

_LONGEST = 5_000
_STATEMENTS = re.compile(r"[^;]*;|[^;]+$")
_MARKS = re.compile(r"v1beta1|organizations")
_NEXT = 60
"""Characters between two marks of one call."""
_BEFORE, _BEHIND = 60, 300
"""Characters of a very long statement that are kept around a call."""
_TABLE = re.compile(r"\s*\[{1,2}\s*(?P<name>[^\[\]]*?)\s*\]")
_OWN = re.compile(r"tool\s*\.\s*[\"']?harness[\"']?\s*(?:\.|$)")
_LOOKS = 50
"""How often a line of a cell is looked for in vain, where a notebook escapes its text in another way."""


class Lines(Struct):
    """Lines, and the line and the column of the file, from 1 and from 0, at which each of them begins."""

    texts: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)

    def add(self, text: str, number: int, column: int = 0) -> None:
        """Take one more."""
        self.texts.append(text)
        self.numbers.append(number)
        self.columns.append(column)


def lines_of(source: Source) -> Lines:
    """Return the lines of a file; of a notebook, those of its cells, wherever they stand in the file.

    A line that no person wrote is cut into statements, of which those are kept that may call v1beta1.
    """
    texts = source.text.split("\n")
    if source.path.endswith(".ipynb"):
        cells = _cells(source.text, texts)
        if cells is not None:
            return cells
    if all(len(text) <= _LONGEST for text in texts):
        return Lines(texts=texts, numbers=list(range(1, len(texts) + 1)), columns=[0] * len(texts))
    lines = Lines()
    for number, text in enumerate(texts, 1):
        if len(text) <= _LONGEST:
            lines.add(text, number)
            continue
        for column, statement in _statements(text):
            lines.add(statement, number, column)
            lines.add("", number)  # no statement goes on in the next one
    return lines


def settings_of(source: Source) -> frozenset[int]:
    """Return the lines, from 1, of the harness's own settings: v1beta1 has to stay in them."""
    if source.path.rpartition("/")[2] != "pyproject.toml":
        return frozenset()
    own: set[int] = set()
    inside = False
    for number, line in enumerate(source.text.split("\n"), 1):
        table = _TABLE.match(line)
        inside = _OWN.match(table["name"]) is not None if table else inside
        if inside:
            own.add(number)
    return frozenset(own)


def _statements(line: str) -> Iterator[tuple[int, str]]:
    for found in _STATEMENTS.finditer(line):
        statement = found[0]
        if not _MARKS.search(statement):
            continue
        if len(statement) <= _LONGEST:
            yield found.start(), statement
            continue
        for start, end in _windows(statement):
            yield found.start() + start, statement[start:end]


def _windows(statement: str) -> Iterator[tuple[int, int]]:
    """Yield the surroundings of every call, where a bundler wrote commas between them."""
    calls: list[list[int]] = []
    for mark in _MARKS.finditer(statement):
        if calls and mark.start() - calls[-1][1] <= _NEXT and mark.end() - calls[-1][0] < _LONGEST:
            calls[-1][1] = mark.end()
        else:
            calls.append([mark.start(), mark.end()])
    before = 0
    for number, (first, last) in enumerate(calls):
        following = calls[number + 1][0] if number + 1 < len(calls) else len(statement) + _NEXT
        end = max(last, min(last + _BEHIND, following - _NEXT))
        yield max(before, first - _BEFORE), end
        before = end


def _cells(text: str, lines: list[str]) -> Lines | None:
    """Return a notebook's lines of source, unescaped; nothing where it is damaged."""
    try:
        written = [part for cell in json.loads(text)["cells"] for part in _parts(cell["source"])]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    found, at, looks = Lines(), 0, 0
    for part in written:
        here = _place(lines, at, part) if looks < _LOOKS and part.strip() else at
        looks += here is None
        at = at if here is None else here
        found.add(part.rstrip("\r\n"), at + 1)
    return found


def _place(lines: list[str], at: int, part: str) -> int | None:
    """Return the line of the file in which a line of a cell stands: alone, or with the others of its cell."""
    quoted = {json.dumps(part), json.dumps(part, ensure_ascii=False)}
    for number in range(at, len(lines)):
        if lines[number].strip().rstrip(",") in quoted:
            return number
    inner = [each[1:-1] for each in quoted]
    for number in range(at, len(lines)):
        if any(each in lines[number] for each in inner):
            return number
    return None


def _parts(source: Any) -> list[str]:
    if isinstance(source, list):
        return [line for part in source for line in part.splitlines(keepends=True)]
    return str(source).splitlines(keepends=True)
