"""The strings of a JSON text, replaced in place: everything else keeps its bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, TypeAlias

Visit: TypeAlias = Callable[[str, str], str]
"""Takes a text and the name of the field that it goes by, empty for none; gives what is to stand there."""

_LEXEME = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}\[\]]|[^\s{}\[\],:"]+', re.DOTALL)
_INTEGER: Final = re.compile(r"[1-9]\d{4,}")
"""A number that may be an id; a shorter one is a count, a port or a status."""


def is_json(text: str) -> bool:
    """Whether a text is a JSON object, list or string."""
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def rewrite_json(text: str, visit: Visit) -> str:
    """Return the text with what a visitor makes of its strings, keys and large integers.

    A list hands the name that it goes by on to its elements, and so does an object to values in lists of
    it. A number stays one: what is no digits is not put in its place.
    """
    parts: list[str] = []
    done = 0
    fields = [""]
    for match in _LEXEME.finditer(text):
        lexeme = match[0]
        if lexeme in ("{", "["):
            fields.append(fields[-1])
        elif lexeme in ("}", "]"):
            if len(fields) > 1:
                fields.pop()
        elif match[1] is None:
            if _INTEGER.fullmatch(lexeme):
                new = visit(lexeme, fields[-1])
                if new != lexeme and new.isdigit():
                    parts += [text[done : match.start()], new]
                    done = match.end()
        else:
            value = _read(match[1])
            new = visit(value, "" if match[2] else fields[-1])
            if match[2]:
                fields[-1] = value
            if new != value:
                parts += [text[done : match.start(1)], json.dumps(new, ensure_ascii="\\u" in match[1])]
                done = match.end(1)
    return "".join([*parts, text[done:]])


def _read(literal: str) -> str:
    if "\\" not in literal:
        return literal[1:-1]
    value = json.loads(literal, strict=False)
    return value if isinstance(value, str) else literal
