"""YAML as a person writes it: short mappings on one line, longer ones in a block, quotes where needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from harness.exchange import Json

_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z_/][\w./ @-]*(?<! )")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})
_KEY = re.compile(r"[A-Za-z_][\w-]*")


def block(key: str, value: Json, indent: int) -> Iterator[str]:
    """Yield the lines of a key with its value, each with so many spaces before it."""
    head = f"{' ' * indent}{_key(key)}:"
    line = f"{head} {flow(value)}"
    if len(line) <= _WIDTH or not isinstance(value, dict | list) or not value:
        yield line
    elif isinstance(value, dict):
        yield head
        for name, inner in value.items():
            yield from block(name, inner, indent + 2)
    else:
        yield head
        for inner in value:
            yield from item(inner, indent + 2)


def item(value: Json, indent: int) -> Iterator[str]:
    """Yield the lines of an element of a list in a block, each with so many spaces before it."""
    line = f"{' ' * indent}- {flow(value)}"
    if len(line) <= _WIDTH or not isinstance(value, dict) or not value:
        yield line
        return
    mark = "- "
    for name, inner in value.items():
        for text in block(name, inner, indent + 2):
            yield f"{' ' * indent}{mark}{text[indent + 2 :]}" if mark else text
            mark = ""


def flow(value: Json) -> str:
    """Write a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)}: {flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return text(value)
    return json.dumps(value)


def text(value: str) -> str:
    """Write text: plain where YAML reads it as the same text anywhere, else in quotes."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _quoted(value)


def _quoted(value: str) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    # JSON leaves these as they are; YAML would not read them, or read them as line breaks.
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]", _escaped, quoted)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _key(name: str) -> str:
    return name if _KEY.fullmatch(name) and name.lower() not in _WORDS else _quoted(name)


def comment(said: str, indent: int) -> Iterator[str]:
    """Yield a comment in lines of a readable width; no line break of the text ends it."""
    shown = "".join(letter if letter.isprintable() else " " for letter in said)
    words = " ".join(shown.split()).split(" ")
    line = ""
    for word in words:
        if line and indent + 2 + len(line) + 1 + len(word) > _WIDTH:
            yield f"{' ' * indent}# {line}"
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield f"{' ' * indent}# {line}"
