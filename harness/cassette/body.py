"""How a body stands in a cassette: JSON laid out for people, and back to the exact bytes of the wire."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_STRING = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")')
_LEXEME = re.compile(r'[{}\[\],:]|[^\s{}\[\],:"]+')
_KEY_LINE = re.compile(r'\n *(?:("[^"\\]*(?:\\.[^"\\]*)*":) )?')
_INDENT = re.compile(r"\n *")
_COMMA = re.compile(r",\n *")
_DEEPEST_LAYOUT = 64  # deeper JSON would be mostly indentation
_LONGEST_REMEMBERED = 8192
_LONGEST_BETWEEN = 64

COMPACT: Final = "compact"
"""The style ``{"a":1,"b":[]}``, as most servers and httpx write it."""

SPACED: Final = "spaced"
"""The style ``{"a": 1, "b": []}``, as Python's ``json.dumps`` writes it."""

NEWLINE: Final = " newline"
"""Ends the name of a style whose text ends with one line feed, as Go writes it."""


def lay_out(content: bytes) -> tuple[str | bytes, str]:
    """Return a body as a cassette stores it, and the style that brings back its bytes.

    The style is empty where the body is stored as it is: no JSON, or JSON that no style reproduces.
    A body that is not UTF-8 comes back as bytes.
    """
    return _remembered(content) if len(content) <= _LONGEST_REMEMBERED else _laid_out(content)


def _laid_out(content: bytes) -> tuple[str | bytes, str]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content, ""
    if text[:1] not in ("{", "["):
        return text, ""
    pretty = _indent(text)
    ending = NEWLINE if text.endswith("\n") else ""
    for style in (COMPACT, SPACED) if pretty != text else ():
        if restore(pretty, style + ending) == content:
            return pretty, style + ending
    return text, ""


# The same resources come many times in a recording.
_remembered = lru_cache(maxsize=512)(_laid_out)


def restore(stored: str | bytes, style: str) -> bytes:
    """Return the bytes of the wire for what :func:`lay_out` returned."""
    if isinstance(stored, bytes):
        return stored
    if not style:
        return stored.encode("utf-8")
    name, newline, _ = style.partition(NEWLINE)
    # A line feed cannot be inside a JSON string, so each one is of the layout.
    if name == COMPACT and (' ": ' in stored or '\\": ' in stored):  # it may be inside a string
        text = _KEY_LINE.sub(r"\1", stored)
    elif name == COMPACT:
        text = "".join(map(str.lstrip, stored.split("\n"))).replace('": ', '":')
    elif name == SPACED:
        text = _INDENT.sub("", _COMMA.sub(", ", stored))
    else:
        message = f"unknown JSON style {style!r}"
        raise ValueError(message)
    return (text + "\n" if newline else text).encode("utf-8")


def _indent(text: str) -> str:
    """Lay JSON out, two spaces a level, without reading values: numbers and escapes keep their spelling."""
    # What stands between strings, and every other one a string: without its quotes where none is escaped.
    split = '\\"' not in text and "\\\n" not in text and text.count('"') % 2 == 0
    parts = text.split('"') if split else _STRING.split(text)
    depth = 0
    for at in range(0, len(parts), 2):
        parts[at], depth = _between(parts[at], depth, ends=at + 1 == len(parts))
        if depth > _DEEPEST_LAYOUT:
            return text
    return ('"' if split else "").join(parts)


def _between(text: str, depth: int, *, ends: bool) -> tuple[str, int]:
    """Lay out what stands between two strings; ``ends`` where no string follows. Return the new depth too.

    A few such texts make nearly all of JSON.
    """
    laid = _laid if len(text) <= _LONGEST_BETWEEN else _lay
    return laid(text, depth, ends)


def _lay(text: str, depth: int, ends: bool) -> tuple[str, int]:  # noqa: FBT001 - what is remembered has no names
    parts: list[str] = []
    previous = ""
    for lexeme in _LEXEME.findall(text):
        if lexeme in "}]":
            depth -= 1
            parts.append(lexeme if previous in ("{", "[") else "\n" + "  " * depth + lexeme)
        elif lexeme == ",":
            parts.append(lexeme)
        elif lexeme == ":":
            parts.append(": ")
        else:
            if previous in ("{", "[", ","):
                parts.append("\n" + "  " * depth)
            parts.append(lexeme)
            if lexeme in "{[":
                depth += 1
                if depth > _DEEPEST_LAYOUT:
                    break
        previous = lexeme
    if previous in ("{", "[", ",") and not ends:
        parts.append("\n" + "  " * depth)
    return "".join(parts), depth


_laid = lru_cache(maxsize=4096)(_lay)
