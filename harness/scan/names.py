"""Names that stand for the beginning of a path, and what is called below them.

A script writes ``ORG_URL = f"{BASE}/organizations/{org}"`` once, and then ``f"{ORG_URL}/alerts"``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

FILLED: Final = (
    r"\{\{\{\{[^{}]*\}\}\}\}|\$?\{\{[^{}]*\}\}|[$#@%]?\{(?:[^{}]|\{[^{}]*\})*\}|\$\([^()]*\)|\\\([^()]*\)"
    r"|\$\w+|%(?:\[\d+\])?[sdvq]|%\(\w+\)s"
)
"""What languages write where a value is filled in."""
SEGMENTS: Final = rf"(?:/(?:{FILLED}|<[\w .-]+>|:\w+|[\w.~-]+)+)+"

_ASSIGNED = re.compile(
    r"\s*(?:-\s+)?(?:(?:export|const|let|var|final|static|private|public|readonly|local|declare|ENV|String|string)"
    r"\s+)*(?:self\.|this\.|\$env:)?(?P<name>[A-Za-z_]\w*)[\"']?\s*(?::\s*[A-Za-z]\w*\s*)?(?::=|=|:)(?![=>])"
)
_RETURNED = re.compile(r"\s*return\b")
_FUNCTION = re.compile(
    r"\s*(?:export\s+|async\s+|def\s+|func\s+(?:\([^()]*\)\s*)?|function\s+|private\s+|public\s+|get\s+)*"
    r"(?P<name>[A-Za-z_]\w*)\s*\(.*[:{]\s*$"
)
_ABOVE = 8
"""Lines above a ``return`` in which its function begins."""
_SHORTEST = 3
"""Characters of a name; shorter ones stand for too much."""


def name_of(lines: list[str], number: int, column: int) -> str:
    """Return the name that the text at a place, from 0, is given to: a variable's or a function's."""
    assigned = _ASSIGNED.match(lines[number], 0, column)
    if assigned and not _RETURNED.match(lines[number]):
        return assigned["name"] if len(assigned["name"]) >= _SHORTEST else ""
    if _RETURNED.match(lines[number]):
        for above in range(number - 1, max(-1, number - _ABOVE), -1):
            function = _FUNCTION.match(lines[above])
            if function:
                return function["name"] if len(function["name"]) >= _SHORTEST else ""
    return ""


class Names:
    """The names of paths in one file, each with the lines in which it is given one."""

    def __init__(self, lines: list[str], named: dict[str, list[tuple[int, str]]]) -> None:
        """Take the names; where a name is given to something else, it stands for no path from there on."""
        self._any = re.compile(rf"\b(?:{'|'.join(map(re.escape, named))})\b")
        self._given = named
        known = {(name, number) for name, given in named.items() for number, _ in given}
        for number, line in enumerate(lines):
            assigned = _ASSIGNED.match(line) if self._any.search(line) else None
            name = assigned["name"] if assigned else ""
            if name in named and (name, number) not in known:
                insort(named[name], (number, ""))

    def are_in(self, line: str) -> bool:
        """Say whether one of the names is in a line."""
        return self._any.search(line) is not None

    def below(self, line: str, number: int) -> Iterator[tuple[int, int, str]]:
        """Yield column, end, and the whole path of what a line, joined, writes below a name."""
        for name in dict.fromkeys(self._any.findall(line)):
            given = self._given[name]
            path = given[max(0, bisect_left(given, (number, "")) - 1)][1]
            for pattern in _patterns(name) if path else ():
                for found in pattern.finditer(line):
                    yield found.start(), found.end(), path + found["path"]


@lru_cache(maxsize=256)
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    word = re.escape(name)
    path = rf"(?P<path>{SEGMENTS})"
    # {ORG_URL}/x, ${self.org_url()}/x, {{ org_url }}/x, $ORG_URL/x
    filled = rf"(?:\{{\s*(?:[\w.]+\.)?{word}(?:\([^(){{}}]*\))?\s*\}}{{1,2}}|\${word}\b){path}"
    # org_url + "/x"
    added = rf"(?<![\w$]){word}(?:\([^()]*\))?\s*\+\s*[fF]?[\"'`]{path}"
    # The same as the first of what Sprintf, Python's % and its format() fill in.
    given = rf"(?:,|%|\.format\()\s*\(?(?:\w+\.)*{word}\b"
    formatted = rf"[\"'](?:%[sv]|\{{0?\}}){path}[^\"'\s]*[\"']\)?\s*{given}"
    return tuple(re.compile(pattern) for pattern in (filled, added, formatted))
