"""What is called below the path that a client was given as its base URL.

A script writes ``Client(base_url=f"{BASE}/organizations/{org}")`` once, and then ``client.get("/alerts")``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from harness.scan.names import SEGMENTS

_KEY = r"(?:(?P<begins>^)|[({,])\s*[\"']?(?:base_?ur[il]|prefix_?url)[\"']?\s*[:=](?!=)[^\"'`,]*[\"'`]"
_BASE = re.compile(rf"{_KEY}[^\"'`]*$", re.IGNORECASE)
"""What stands before the path in ``base_url=f"{BASE}/organizations/{org}"``, or behind ``baseURL:``."""
_ARGUMENT = re.compile(r",\s*(?:(?://|#).*)?$")
_CLOSES = re.compile(r"\s*[)}]")
_PATH = re.compile(
    rf"(?<![\w\"'`])[fFrR]{{0,2}}(?P<quote>[\"'`])(?P<path>{SEGMENTS})/?(?:\?[^\"'`]*)?(?P=quote)"
    r"|\.(?:get|post|put|patch|delete)\(\s*[\"'`]/?[\"'`]"
)
"""A string that is a path from its beginning to its end, or a call of the base URL itself."""
_OTHERS = re.compile(r"\+\s*$|^\s*@")
"""What stands before a string that goes on with another one, or is the route of a server."""
_GIVEN = re.compile(rf"{_KEY}https?:", re.IGNORECASE)
_MADE = re.compile(r"(?P<name>\w+)\s*:?=\s*(?:await\s+|new\s+)*[A-Za-z_][\w.]*\(|\)\s+as\s+(?P<as>\w+)")
_CALLED = re.compile(r"\b(?P<name>\w+)(?:\.\w+\(\s*)?$")
_OPEN = re.compile(r"[({,]\s*$")
_ABOVE = 5
"""Lines above a base URL in which the client is given a name."""
_FUNCTION = re.compile(
    r"\b(?:def|func|function|fn)\s+(?:\([^()]*\)\s*)?(?P<name>\w+)\s*[(<]"
    r"|\b(?:const|let|var)\s+(?P<const>\w+)\s*=\s*(?:async\s*)?(?:function\b|\()"
)
_BODY = 30
"""Lines above a path in which its function begins."""


def is_base(lines: list[str], number: int, column: int) -> bool:
    """Say whether the text at a place, from 0, is the base URL that a client is given."""
    found = _BASE.search(lines[number][:column])
    if found is None or found["begins"] is None:
        return found is not None
    following = lines[number + 1] if number + 1 < len(lines) else ""
    return bool(_ARGUMENT.search(lines[number]) or _CLOSES.match(following))


def strangers(lines: list[str], ours: Collection[int]) -> set[str]:
    """Return the names of clients with another base URL, as of the Labs API; ``ours`` are lines, from 0."""
    names: set[str] = set()
    for number, line in enumerate(lines):
        if number not in ours and _GIVEN.search(line):
            names |= {made["as"] or made["name"] for made in _made(lines, number)}
    return names


def _made(lines: list[str], number: int) -> Iterator[re.Match[str]]:
    """Yield what gives a client its name: in the line of its base URL, or above where the call begins."""
    for above in range(number, max(-1, number - _ABOVE), -1):
        if above < number and not _OPEN.search(lines[above]):
            return
        made = _MADE.search(lines[above])
        if made:
            yield made
            return


def below(line: str, others: Collection[str] = ()) -> Iterator[tuple[int, int, str]]:
    """Yield column, end and path of what a line, joined, may call below the base URL of a client.

    What is called by clients of the names ``others`` is left out.
    """
    for found in _PATH.finditer(line):
        path = found["path"] or ""
        before = line[: found.start()]
        called = _CALLED.search(before)
        if called and called["name"] in others:
            continue
        if not (path.startswith("/organizations") or _OTHERS.search(before)):
            yield found.start(), found.end() - 1, path


def function_of(lines: list[str], number: int) -> str:
    """Return the name of the function that a line, from 0, is in; empty where that is not seen."""
    for above in range(number, max(-1, number - _BODY), -1):
        found = _FUNCTION.search(lines[above])
        if found:
            return found["name"] or found["const"]
    return ""


def is_given(before: str, function: str) -> bool:
    """Say whether what follows a text in its line is an argument of a call of that function."""
    return bool(function) and re.search(rf"\b{function}\((?:[^()]|\([^()]*\))*$", before) is not None
