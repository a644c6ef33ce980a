"""What a recording holds that must be replaced, and where it stands in a text."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from harness.anonymize.kinds import Kind, is_word
from harness.anonymize.pseudonyms import CUID, EMAIL, UUID
from harness.struct import Struct, field

_SHORTEST: Final = 6
"""Characters of an original that is looked for in other text; a shorter one may be part of anything."""

_LOOKS = re.compile(
    rf"""
      (?<![\w.-])(?P<host>(?:[A-Za-z0-9-]+\.)+astronomer\.run)(?:/(?P<code>[A-Za-z0-9_-]+))?
    | \barn:[\w-]+:[\w-]+:[\w-]*:(?P<account>\d{{12}}):\w+/(?P<role>[\w+=,.@/-]+)
    | [?&;](?:id|\w+Id)=(?P<id>[^&\#;\s"'<>\\]+)
    | (?P<email>{EMAIL.pattern})
    | (?<![^\W_])(?P<uuid>{UUID.pattern})(?![^\W_])
    | (?<![^\W_])(?P<cuid>{CUID.pattern})(?![^\W_])
    """,
    re.VERBOSE,
)
_KINDS: Final = {
    "host": Kind.HOST,
    "code": Kind.ID,
    "account": Kind.ID,
    "role": Kind.ID,
    "id": Kind.ID,
    "email": Kind.EMAIL,
    "uuid": Kind.ID,
    "cuid": Kind.ID,
}
_WORDS = re.compile(r"[^\W_]+")


class Found(NamedTuple):
    """An original in a text, from ``start`` to before ``end``."""

    start: int
    end: int
    kind: Kind
    original: str


class Originals(Struct):
    """What was learned. ``known`` maps each original to its kind; an id wins over a name that is the same.

    Originals are looked for by their first word. ``_spelled`` are those that words do not stand apart in, and
    how others are written with escapes, each with what it stands for.
    """

    known: dict[str, Kind] = field(default_factory=dict)
    _by_word: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _spelled: dict[str, str] = field(default_factory=dict)

    def add(self, kind: Kind, original: str) -> None:
        """Learn an original."""
        before = self.known.get(original)
        if before is None and not _LOOKS.fullmatch(original) and is_distinct(kind, original):
            self._index(original)
        if before is None or (kind is Kind.ID and before is not Kind.ID):
            self.known[original] = kind

    def _index(self, original: str) -> None:
        first = _WORDS.search(original)
        if first is None:
            return
        if _is_cased(first[0][0]) and _is_cased(first[0][-1]):
            self._by_word.setdefault(first[0], []).append((first.start(), original))
        else:
            self._spelled[original] = original
        for spelling in _escaped(original):
            if spelling != original:
                self._spelled[spelling] = original

    def within(self, text: str) -> list[Found]:
        """Return what stands in a text, in order; of two that overlap the longer one."""
        found = [*self._looks(text), *self._learned(text)]
        if len(found) < 2:
            return found
        taken = bytearray(len(text))
        chosen: list[Found] = []
        for each in sorted(found, key=lambda each: each.start - each.end):
            if not any(taken[each.start : each.end]):
                taken[each.start : each.end] = b"\1" * (each.end - each.start)
                chosen.append(each)
        return sorted(chosen)

    def _looks(self, text: str) -> Iterator[Found]:
        if len(text) < _SHORTEST:
            return
        for match in _LOOKS.finditer(text):
            for name, original in match.groupdict().items():
                if original and (name != "code" or _is_code(original)):
                    yield Found(*match.span(name), _KINDS[name], original)

    def _learned(self, text: str) -> Iterator[Found]:
        if len(text) < _SHORTEST:
            return
        for match in _WORDS.finditer(text):
            for offset, original in self._by_word.get(match[0], ()):
                start = match.start() - offset
                end = start + len(original)
                if start >= 0 and text.startswith(original, start) and _is_apart(text, start, end):
                    yield Found(start, end, self.known[original], original)
        for spelling, original in self._spelled.items():
            start = text.find(spelling)
            while start >= 0:
                end = start + len(spelling)
                if spelling is original or _is_apart(text, start, end):
                    yield Found(start, end, self.known[original], original)
                start = text.find(spelling, start + 1)


def _escaped(original: str) -> Iterator[str]:
    """Write an original as it stands in JSON, in JSON within JSON, and in HTML."""
    for ascii_ in (True, False):
        once = json.dumps(original, ensure_ascii=ascii_)[1:-1]
        for text in (once, once.replace("/", "\\/"), json.dumps(once, ensure_ascii=ascii_)[1:-1]):
            yield text
            yield re.sub(r"\\u[0-9a-f]{4}", lambda match: f"\\u{match[0][2:].upper()}", text)
    yield html.escape(original)


def is_distinct(kind: Kind, original: str) -> bool:
    """Whether an original can be told from other text wherever it stands."""
    if kind is Kind.EMAIL or CUID.fullmatch(original) or UUID.fullmatch(original):
        return True
    # A few letters of a script without cases are a whole name.
    if len(original) < _SHORTEST and sum(each.isalpha() and not _is_cased(each) for each in original) < 2:
        return False
    if kind is Kind.ID and original.isascii() and original.isdigit() and len(original) < 2 * _SHORTEST:
        return False
    return not is_word(original)


def _is_code(text: str) -> bool:
    """Tell the code of a deployment in a URL from a word such as ``home``."""
    return len(text) >= _SHORTEST and any(map(str.isdigit, text)) and not is_word(text)


def _is_cased(letter: str) -> bool:
    """Whether words of a letter's script stand apart from each other: it has two cases, or is a digit."""
    return letter.isdigit() or letter.lower() != letter.upper()


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit goes on before or behind."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not ((before.isalnum() and text[start].isalnum()) or (after.isalnum() and text[end - 1].isalnum()))
