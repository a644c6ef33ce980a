"""What is called below the path that a client was given as its base URL.

A script writes ``Client(base_url=f"{BASE}/organizations/{org}")`` once, and then ``client.get("/alerts")``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.scan.names import SEGMENTS

_BASE = re.compile(
    r"(?:(?P<begins>^)|[({,])\s*[\"']?(?:base_?ur[il]|prefix_?url)[\"']?\s*[:=](?!=)[^\"'`,]*[\"'`][^\"'`]*$",
    re.IGNORECASE,
)
"""What stands before the path in ``base_url=f"{BASE}/organizations/{org}"``, or behind ``baseURL:``."""
_ARGUMENT = re.compile(r",\s*(?:(?://|#).*)?$")
_CLOSES = re.compile(r"\s*[)}]")
_PATH = re.compile(
    rf"(?<![\w\"'`])[fFrR]{{0,2}}(?P<quote>[\"'`])(?P<path>{SEGMENTS})/?(?:\?[^\"'`]*)?(?P=quote)"
    r"|\.(?:get|post|put|patch|delete)\(\s*[\"'`](?P<none>/?)[\"'`]"
)
"""A string that is a path from its beginning to its end, or a call of the base URL itself."""
_OTHERS = re.compile(r"\+\s*$|^\s*@")
"""What stands before a string that goes on with another one, or is the route of a server."""


def is_base(lines: list[str], number: int, column: int) -> bool:
    """Say whether the text at a place, from 0, is the base URL that a client is given."""
    found = _BASE.search(lines[number][:column])
    if found is None or found["begins"] is None:
        return found is not None
    following = lines[number + 1] if number + 1 < len(lines) else ""
    return bool(_ARGUMENT.search(lines[number]) or _CLOSES.match(following))


def below(line: str) -> Iterator[tuple[int, int, str]]:
    """Yield column, end and path of what a line, joined, may call below the base URL of a client."""
    for found in _PATH.finditer(line):
        path = found["path"] or ""
        if not (path.startswith("/organizations") or _OTHERS.search(line[: found.start()])):
            yield found.start(), found.end() - 1, path
