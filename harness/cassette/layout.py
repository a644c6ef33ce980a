"""Reads YAML in the one layout that cassettes are saved in, in half the time of a parser of all YAML.

Each line is a key or an element. A scalar stands on its line, or below it as literal text. Whatever else
there may be (escapes, odd keys, tags) is left to :func:`~harness.cassette.plain_yaml.read_yaml`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from harness.cassette.plain_yaml import plain_scalar, read_yaml

# A key with a list of one element, as header fields are, is taken as one line.
_LINE = re.compile(r"( *)((?:- )*)(?:([A-Za-z][\w.-]*):(?: (.+)|\n\1- (?!- )(.+)(?=\n(?!\1- )))?|(.+))\n")
_NOT_PLAIN = re.compile(r":(?: |$)| #")
_EMPTY: dict[str, type] = {"[]": list, "{}": dict}
_LITERALS = {"|": "\n", "|-": ""}
"""How the two kinds of literal text end."""


def read_layout(text: str) -> Any:
    """Return the data of one YAML document; fastest where it is laid out as the writer does it.

    Raises:
        ValueError: the text is no YAML, or uses what cassettes do not; the message is one line.
    """
    reader = _Reader(text)
    try:
        return reader.read()
    except _UnusualError:
        return read_yaml(text)


class _UnusualError(Exception):
    """The text is not laid out as expected; that does not make it wrong."""


class _Reader:
    """Reads line by line; ``_open`` are the containers around the line, with their entries' indentation."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._root: list[Any] = []
        self._open: list[tuple[int, Any]] = []
        self._ahead: re.Match[str] | None = None

    def read(self) -> Any:
        """Return the data of the whole text."""
        while self._at < len(self._text):
            found = self._ahead or self._look()
            self._ahead = None
            self._at = found.end()
            spaces, dashes, key, value, only, element = found.groups()
            indent = len(spaces)
            container = self._container(indent, list if dashes else dict)
            for _ in range(len(dashes) // 2 - 1):
                indent += 2
                container = self._add(container, indent, [])
            if key is None:
                self._element(container, element)
                continue
            if dashes:
                indent += 2
                container = self._add(container, indent, {})
            if key in container or (dashes and only is not None):
                raise _UnusualError
            if only is not None:
                container[key] = [_scalar(only)]
            else:
                container[key] = self._below(indent) if value is None else self._value(value, indent)
        if len(self._root) != 1:
            raise _UnusualError
        return self._root[0]

    def _look(self) -> re.Match[str]:
        """Take the line ahead apart."""
        found = _LINE.match(self._text, self._at)
        if found is None:
            raise _UnusualError
        return found

    def _container(self, indent: int, kind: type) -> Any:
        """Return the open container that a line belongs to; those that are further in end before it."""
        if not self._open:
            return self._add(self._root, indent, kind())
        while self._open[-1][0] > indent or (
            self._open[-1][0] == indent and self._open[-1][1].__class__ is not kind
        ):
            self._open.pop()
            if not self._open:
                raise _UnusualError
        if self._open[-1][0] != indent:
            raise _UnusualError
        return self._open[-1][1]

    def _add(self, outer: list[Any], indent: int, inner: Any) -> Any:
        outer.append(inner)
        self._open.append((indent, inner))
        return inner

    def _below(self, indent: int) -> Any:
        """Open what stands on the lines below a key: a list may be as far in as the key."""
        found = self._ahead = self._look()
        depth, is_list = len(found[1]), bool(found[2])
        if depth < indent or (depth == indent and not is_list):
            raise _UnusualError
        inner: Any = [] if is_list else {}
        self._open.append((depth, inner))
        return inner

    def _element(self, container: Any, text: str) -> None:
        if container.__class__ is not list:
            raise _UnusualError
        container.append(_scalar(text))

    def _value(self, text: str, indent: int) -> Any:
        return self._literal(text, indent + 2) if text[0] == "|" else _scalar(text)

    def _literal(self, mark: str, indent: int) -> str:
        """Read the lines that are further in than their key."""
        ending = _LITERALS.get(mark)
        end = _end_of_literal(indent).search(self._text, self._at)
        block = self._text[self._at : end.start() if end else len(self._text)]
        margin = " " * indent
        if ending is None or not block.startswith(margin):
            raise _UnusualError
        self._at += len(block)
        return block[indent:].replace(f"\n{margin}", "\n").rstrip("\n") + ending


@cache
def _end_of_literal(indent: int) -> re.Pattern[str]:
    """Return what finds the first line that is less far in, blank lines aside."""
    return re.compile(rf"^(?! {{{indent}}}|\n)", re.MULTILINE)


def _scalar(text: str) -> Any:
    first = text[0]
    if first == "'" and text.find("'", 1) == len(text) - 1:
        return text[1:-1]
    if first in "'\"":
        return read_yaml(text)
    if text in _EMPTY:
        return _EMPTY[text]()
    if first in "[{&*!|>?%@`#" or _NOT_PLAIN.search(text):
        raise _UnusualError
    return plain_scalar(text)
