"""Two texts of a pair side by side: what differs in view, what is alike folded and written once.

Lines that a finding is about are told from lines that merely differ, such as ids and times. A line of JSON
belongs to the place that it writes; findings name places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import Final

from harness.difference import ITEM, Difference, Kind, segments
from harness.exchange import Side
from harness.struct import Struct

CONTEXT: Final = 2
"""Lines alike that stay in view before and after what differs."""

FOLDED: Final = 5
"""Fewer lines alike than these are not worth folding."""

LARGEST: Final = 60_000
"""Lines of one side times those of the other that are aligned; larger ones stand side by side as they are."""

_KEY = re.compile(r'("(?:[^"\\]|\\.)*"): ')
_ONE_SIDED = frozenset({Kind.UNDOCUMENTED, Kind.BROKEN, Kind.ERROR_STATUS})

_Place = tuple[str, ...]


class Mark(StrEnum):
    """What a line is; the values are class names of the page."""

    ALIKE = ""
    DIFFERS = "differs"
    FOUND = "found"
    """A finding is about it."""


class Line(Struct, frozen=True, kw_only=True):
    """A line of one side; one without text keeps the two sides level."""

    text: str = ""
    mark: Mark = Mark.ALIKE


class Block(Struct, frozen=True, kw_only=True):
    """Lines that are alike on both sides (``alike``), or else those of each side, as many on both."""

    alike: tuple[str, ...] = ()
    baseline: tuple[Line, ...] = ()
    candidate: tuple[Line, ...] = ()

    @property
    def sides(self) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """Both sides with the lines that have no mark put together: as much text, in fewer pieces."""
        return _joined(self.baseline), _joined(self.candidate)


def _joined(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    joined: list[Line] = []
    for mark, same in groupby(lines, key=lambda line: line.mark):
        if mark is Mark.ALIKE:
            joined.append(Line(text="\n".join(line.text for line in same)))
        else:
            joined += same
    return tuple(joined)


def side_by_side(
    old: str, new: str, differences: Iterable[Difference] = (), *, root: str = "body"
) -> tuple[Block, ...]:
    """Lay two texts out; ``root`` is the segment that the places of findings in them begin with."""
    before, after = old.split("\n"), new.split("\n")
    facts = [each for each in differences if old != new or each.kind in _ONE_SIDED]
    if old == new and not facts:
        return (Block(alike=tuple(before)),)
    named = (
        _lines(before, _found(facts, Side.BASELINE, root)),
        _lines(after, _found(facts, Side.CANDIDATE, root)),
    )
    return tuple(_folded(_rows(before, after, named)))


class _Named(Struct, frozen=True):
    """A line of one side, and whether findings are about it if it differs, or anyway."""

    text: str
    found: bool
    anyway: bool


def _found(facts: Iterable[Difference], side: Side, root: str) -> list[tuple[_Place, bool]]:
    """Return the places below the root that findings are about on one side."""
    places = []
    for fact in facts:
        if fact.kind in _ONE_SIDED and fact.side not in (None, side):
            continue
        path = fact.to if fact.kind is Kind.RENAMED and side is Side.CANDIDATE and fact.to else fact.path
        try:
            parts = segments(path)
        except ValueError:
            continue
        start = tuple(root.split("."))
        if parts[: len(start)] == start:
            places.append((parts[len(start) :], fact.kind in _ONE_SIDED))
    return places


def _lines(texts: Sequence[str], found: Sequence[tuple[_Place, bool]]) -> list[_Named]:
    if not found:
        return [_Named(text, found=False, anyway=False) for text in texts]
    about: dict[_Place, bool] = {}
    for path, anyway in found:
        about[path] = anyway or about.get(path, False)
    depths = sorted({len(path) for path in about})
    named = []
    for text, place in zip(texts, places(texts), strict=True):
        hits = [about[place[:depth]] for depth in depths if place[:depth] in about]
        named.append(_Named(text, found=bool(hits), anyway=any(hits)))
    return named


def places(texts: Sequence[str]) -> Iterator[_Place]:
    """Yield the place that each line of indented JSON writes; what closes a value belongs to it."""
    open_: list[tuple[_Place, bool]] = []
    for text in texts:
        line = text.lstrip(" ")
        if line[:1] in ("}", "]") and open_:
            yield open_.pop()[0]
            continue
        outer, listed = open_[-1] if open_ else ((), False)
        key = _KEY.match(line) if open_ and not listed else None
        place = (*outer, _name(key[1])) if key else (*outer, ITEM) if listed else outer
        rest = line[key.end() :] if key else line
        if rest in ("{", "["):
            open_.append((place, rest == "["))
        yield place


def _name(key: str) -> str:
    return str(json.loads(key)) if "\\" in key else key[1:-1]


_Row = tuple[_Named | None, _Named | None, bool]
"""A line of each side, and whether they are alike."""


def _rows(
    before: Sequence[str], after: Sequence[str], sides: tuple[list[_Named], list[_Named]]
) -> list[_Row]:
    old, new = sides
    rows: list[_Row] = []
    for tag, start, end, from_, to in _opcodes(before, after):
        if tag == "equal":
            rows += [(a, b, True) for a, b in zip(old[start:end], new[from_:to], strict=True)]
            continue
        longest = max(end - start, to - from_)
        left = [*old[start:end], *[None] * (longest - (end - start))]
        right = [*new[from_:to], *[None] * (longest - (to - from_))]
        rows += [(a, b, False) for a, b in zip(left, right, strict=True)]
    return rows


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Align lines; a comma at the end says only that another line follows."""
    old, new = ([text.removesuffix(",") for text in texts] for texts in (before, after))
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    ends = len(old) - tail, len(new) - tail
    middle = old[head : ends[0]], new[head : ends[1]]
    if head:
        yield "equal", 0, head, 0, head
    if len(middle[0]) * len(middle[1]) > LARGEST:
        yield "replace", head, ends[0], head, ends[1]
    else:
        matcher = SequenceMatcher(None, *middle, autojunk=False)
        for tag, start, end, from_, to in matcher.get_opcodes():
            yield tag, start + head, end + head, from_ + head, to + head
    if tail:
        yield "equal", ends[0], len(old), ends[1], len(new)


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the first lines that are alike."""
    return next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )


def _folded(rows: Sequence[_Row]) -> Iterator[Block]:
    """Fold what is alike, but for the lines around what is not."""
    shown = [not alike or _anyway(old) or _anyway(new) for old, new, alike in rows]
    near = [any(shown[max(0, at - CONTEXT) : at + CONTEXT + 1]) for at in range(len(rows))]
    start = 0
    for at in range(1, len(rows) + 1):
        if at < len(rows) and near[at] is near[start]:
            continue
        if at - start < FOLDED and not near[start]:
            near[start:at] = [True] * (at - start)
        start = at
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or near[at] is not near[start]:
            yield _shown(rows[start:at]) if near[start] else _alike_block(rows[start:at])
            start = at


def _anyway(line: _Named | None) -> bool:
    return line is not None and line.anyway


def _alike_block(rows: Sequence[_Row]) -> Block:
    return Block(alike=tuple(old.text for old, _, _ in rows if old is not None))


def _shown(rows: Sequence[_Row]) -> Block:
    return Block(
        baseline=tuple(_line(old, alike=alike) for old, _, alike in rows),
        candidate=tuple(_line(new, alike=alike) for _, new, alike in rows),
    )


def _line(line: _Named | None, *, alike: bool) -> Line:
    if line is None:
        return Line()
    found = line.anyway or (line.found and not alike)
    mark = Mark.FOUND if found else Mark.ALIKE if alike else Mark.DIFFERS
    return Line(text=line.text, mark=mark)
