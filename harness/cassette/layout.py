"""Reads YAML in the one layout that cassettes are saved in, in half the time of a parser of all YAML.

Each line is a key or an element. A scalar stands on its line, or below it as literal text. Whatever else
there may be (escapes, odd keys, tags) is left to :func:`~harness.cassette.plain_yaml.read_yaml`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from harness.cassette.plain_yaml import plain_scalar, read_yaml

# A key with literal text below it is one match, and so is a key with a list of one element, as header
# fields are. The last group takes what is none of these.
_LINE = re.compile(
    r"( *)((?:- )*)"
    r"(?:([A-Za-z][\w.-]*):(?: (?:(\|-?)\n((?:\1  .*\n|\n)*)|(.+)\n)|\n(?:\1- (?!- )(.+)\n(?!\1- ))?)|(.+)\n)"
    r"|([\s\S])"
)
_NOT_PLAIN = re.compile(r":(?: |$)| #")
_EMPTY: dict[str, type] = {"[]": list, "{}": dict}


def read_layout(text: str) -> Any:
    """Return the data of one YAML document; fastest where it is laid out as the writer does it.

    Raises:
        ValueError: the text is no YAML, or uses what cassettes do not; the message is one line.
    """
    try:
        return _read(text)
    except _UnusualError:
        return read_yaml(text)


class _UnusualError(Exception):
    """The text is not laid out as expected; that does not make it wrong."""


def _read(text: str) -> Any:
    """Read line by line; ``opened`` are the containers around the line, with their entries' indentation."""
    root: list[Any] = []
    opened: list[tuple[int, Any]] = [(-1, root)]
    # Where a container belongs whose first line is still to come, and how far in it must be.
    waiting: tuple[Any, Any, int] | None = (root, None, 0)
    for spaces, dashes, key, mark, literal, value, only, element, other in _LINE.findall(text):
        # Text that no writer of ours lays out so.
        unusual = other or (mark or only if dashes else element)
        indent = len(spaces)
        if waiting is None:
            _close(opened, indent, list if dashes else dict)
        else:
            opened.append((indent, _opened(waiting, indent, is_list=bool(dashes))))
            waiting = None
        if dashes:
            _nest(opened, len(dashes) // 2 - 1, None if element else {})
        indent, container = opened[-1]
        if element and not unusual:
            container.append(_scalar(element))
        elif unusual or key in container:
            raise _UnusualError
        elif value:
            container[key] = _scalar(value)
        elif only:
            container[key] = [_scalar(only)]
        elif mark:
            container[key] = _literal(mark, literal, indent + 2)
        else:
            waiting = container, key, indent
    if waiting is not None or len(root) != 1:
        raise _UnusualError
    return root[0]


def _opened(waiting: tuple[Any, Any, int], indent: int, *, is_list: bool) -> Any:
    """Open what stands on the lines below a key: a list may be as far in as the key."""
    outer, key, least = waiting
    if indent < least or (indent == least and key is not None and not is_list):
        raise _UnusualError
    inner: Any = [] if is_list else {}
    if key is None:
        outer.append(inner)
    else:
        outer[key] = inner
    return inner


def _close(opened: list[tuple[int, Any]], indent: int, kind: type) -> None:
    """End the containers that a line is not in any more."""
    depth, container = opened[-1]
    while depth > indent or (depth == indent and container.__class__ is not kind):
        opened.pop()
        depth, container = opened[-1]
    if depth != indent:
        raise _UnusualError


def _nest(opened: list[tuple[int, Any]], lists: int, last: dict[str, Any] | None) -> None:
    """Open what begins on the line of a dash: lists in the list, the mapping ``last`` in the innermost."""
    for inner in [*([] for _ in range(lists)), *([] if last is None else [last])]:
        indent, container = opened[-1]
        container.append(inner)
        opened.append((indent + 2, inner))


def _literal(mark: str, block: str, indent: int) -> str:
    """Return the text of lines that are further in than their key."""
    margin = " " * indent
    if not block.startswith(margin):
        raise _UnusualError
    return block[indent:].replace(f"\n{margin}", "\n").rstrip("\n") + ("" if mark == "|-" else "\n")


def _scalar(text: str) -> Any:
    return _EMPTY[text]() if text in _EMPTY else _unchanging(text)


# The header fields and keys of most exchanges are those of the others.
@lru_cache(maxsize=4096)
def _unchanging(text: str) -> Any:
    first = text[0]
    if first == "'" and text.find("'", 1) == len(text) - 1:
        return text[1:-1]
    if first in "'\"":
        return read_yaml(text)
    if first in "[{&*!|>?%@`#" or _NOT_PLAIN.search(text):
        raise _UnusualError
    return plain_scalar(text)
