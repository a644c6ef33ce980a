"""Where a file says v1beta1 apart from the URL that it becomes a part of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from harness.struct import Struct

APART: Final = "{v1beta1}"
"""What stands for a version that is no part of the string that the API is in."""

_GIVEN = re.compile(
    r"(?P<quote>[\"'])/?v1beta1/?(?P=quote)|(?<![=!<>])=v1beta1(?=[;,#\s]|$)|(?<!:):\s+v1beta1\s*(?=[,#}]|$)"
)
"""The version as a whole string, or as a whole value of YAML and of a shell."""
_ASSIGNED = re.compile(r"(?<!\w)(?P<name>[A-Za-z_]\w*+)[\"']?\s*(?::\s*[A-Za-z]\w*\s*)?(?::=|=|:)(?![=>])")
_API = re.compile(r"[\"'/}](?:iam|platform)(?![\w.-])|[=:]\s*(?:iam|platform)\s*$")
_LISTED = re.compile(
    r"[\"'`]/?(?P<api>iam|platform)/?[\"'`]\s*,\s*(?:[\"'`]/?v1beta1/?[\"'`]|(?P<name>[A-Za-z_][\w.]*))"
)
"""The two as neighbours in what is joined."""
_BEFORE: Final = 200
"""Characters before the version that are looked at."""
_NAME = re.compile(r"[A-Za-z_]\w*(?=\W*$)")


class Versions(Struct, frozen=True):
    """What a file says of the version: the places, from 0, and the names that it is given to.

    ``apis`` is whether the file says iam or platform.
    """

    places: tuple[tuple[int, int], ...] = ()
    names: frozenset[str] = frozenset()
    apis: bool = False

    def are_in(self, filled: str) -> bool:
        """Say whether what is filled in, as ``{self.version}``, is the version."""
        name = _NAME.search(filled)
        return name is not None and name[0] in self.names

    def joined(self, line: str) -> str:
        """Write ``"platform", "v1beta1"`` and ``"platform", VERSION`` as ``"/platform/{v1beta1}"``."""
        return _LISTED.sub(self._neighbours, line) if self.names or "v1beta1" in line else line

    def _neighbours(self, match: re.Match[str]) -> str:
        if match["name"] is not None and not self.are_in(match["name"]):
            return match[0]
        return f'"/{match["api"]}/{APART}"'


def versions_of(lines: list[str]) -> Versions:
    """Look for the version in the lines of a file."""
    places = tuple(_places(lines))
    if not places:
        return Versions()
    names = {assigned["name"] for number, at in places if (assigned := _assigned(lines[number], at))}
    return Versions(places=places, names=frozenset(names), apis=any(map(_API.search, lines)))


def _places(lines: list[str]) -> Iterator[tuple[int, int]]:
    for number, line in enumerate(lines):
        if "v1beta1" in line:
            yield from ((number, found.start()) for found in _GIVEN.finditer(line))


def _assigned(line: str, at: int) -> re.Match[str] | None:
    """Return the last name before a place that something is given to."""
    return max(_ASSIGNED.finditer(line, max(0, at - _BEFORE), at + 1), key=re.Match.end, default=None)
