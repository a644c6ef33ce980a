"""How a body stands in a cassette: JSON laid out for people, and back to the exact bytes of the wire."""

from __future__ import annotations

import re
from typing import Final

_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_KEY_LINE = re.compile(r'\n *(?:("[^"\\]*(?:\\.[^"\\]*)*":) )?')
_INDENT = re.compile(r"\n *")
_COMMA = re.compile(r",\n *")
_DEEPEST_LAYOUT = 64  # deeper JSON would be mostly indentation

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
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content, ""
    if text[:1] not in ("{", "["):
        return text, ""
    pretty = _indent(text)
    for style in (COMPACT, SPACED) if pretty != text else ():
        for ending in ("", NEWLINE):
            if restore(pretty, style + ending) == content:
                return pretty, style + ending
    return text, ""


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
    parts: list[str] = []
    depth = 0
    previous = ""
    for lexeme in _LEXEME.findall(text):
        if lexeme in "}]":
            depth -= 1
            parts.append(lexeme if previous in "{[" else "\n" + "  " * depth + lexeme)
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
                    return text
        previous = lexeme
    return "".join(parts)
