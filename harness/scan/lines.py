"""The lines of a file as a person wrote them: those of notebooks, and of what a tool put into one line."""

from __future__ import annotations

import json
import re
from typing import Any

from harness.scan.files import Source

_LONGEST = 5_000
_PIECES = re.compile(r"(?<=[;{}])")


def lines_of(source: Source) -> list[str]:
    """Return the lines of a file; of a notebook, those of its cells, at their places in the file.

    A line that no person wrote is cut into statements that stand in one line together.
    """
    lines = source.text.split("\n")
    if source.path.endswith(".ipynb"):
        lines = _cells(source.text, lines)
    return [line if len(line) <= _LONGEST else _around(line) for line in lines]


def _around(line: str) -> str:
    """Keep the statements of a very long line that may call v1beta1."""
    return " ".join(
        piece[:_LONGEST] for piece in _PIECES.split(line) if "v1beta1" in piece or "organizations" in piece
    )


def _cells(text: str, lines: list[str]) -> list[str]:
    """Return a notebook's lines of source, unescaped, and nothing in the place of all others."""
    try:
        notebook = json.loads(text)
        written = [part for cell in notebook["cells"] for part in _parts(cell["source"])]
    except (ValueError, KeyError, TypeError, AttributeError):
        return lines
    kept = [""] * len(lines)
    at = 0
    for part in written:
        quoted = {json.dumps(part), json.dumps(part, ensure_ascii=False)}
        found = next(
            (number for number in range(at, len(lines)) if lines[number].strip().rstrip(",") in quoted), None
        )
        if found is not None:
            kept[found], at = part.rstrip("\n"), found + 1
    return kept


def _parts(source: Any) -> list[str]:
    return source if isinstance(source, list) else str(source).splitlines(keepends=True)
