"""A strict reader of the YAML that this project writes into cassettes.

It builds data from libyaml's events: nothing is ever constructed by tag, no alias is followed, nesting is
bounded, and it takes a third of the time of PyYAML's own loader.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import yaml

from harness.cassette.damage import DamagedError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 100
_NESTING = "nesting depth"
_TOO_DEEP = "it is nested too deeply"
# The dumper writes the text 09 without quotes, because it is no number of YAML.
_NUMBER = re.compile(r"[-+]?(?:(?P<float>[0-9]+\.[0-9]*(?:e[-+]?[0-9]+)?)|0|[1-9][0-9]*)")
_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}
_TEXT_TAG = "tag:yaml.org,2002:str"
_BINARY_TAG = "tag:yaml.org,2002:binary"


def read_yaml(text: str) -> Any:
    """Return the data of one YAML document.

    Raises:
        ValueError: the text is no YAML, or uses what cassettes do not; the message is one line.
    """
    root: list[Any] = []
    place: Callable[[Any], None] = root.append
    outer: list[Callable[[Any], None]] = []
    try:
        event: Any
        for event in yaml.parse(text, Loader=_LOADER):
            kind = event.__class__
            if kind is yaml.ScalarEvent:
                place(_scalar(event))
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                _check(event, len(outer))
                data: Any = {} if kind is yaml.MappingStartEvent else []
                place(data)
                outer.append(place)
                place = _Entries(data) if kind is yaml.MappingStartEvent else data.append
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                place = outer.pop()
            elif kind is yaml.AliasEvent:
                _refuse(event, f"it refers to *{event.anchor}")
    except yaml.YAMLError as error:
        raise _wrong(error) from error
    if len(root) != 1:
        message = "it is not one YAML document"
        raise ValueError(message)
    return root[0]


def check_depth(text: str) -> None:
    """Refuse nesting that would overrun the stack of a loader that calls itself.

    Raises:
        ValueError: the text is nested too deeply, or is no YAML.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > _DEEPEST:
                    _refuse(event, _TOO_DEEP)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError as error:
        raise _wrong(error) from error


def _wrong(error: yaml.YAMLError) -> DamagedError:
    """Return what a YAML error says on one line, with the number of the line that it speaks of."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or str(error).partition("\n")[0])
    if _NESTING in problem:  # libyaml has a limit too, and reads ahead of the events that are counted here
        problem = _TOO_DEEP
    return DamagedError(problem, line=mark.line + 1 if mark else 0)


class _Entries:
    """Takes the keys and values of a mapping in turn."""

    __slots__ = ("_data", "_has_key", "_key")

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._key = ""
        self._has_key = False

    def __call__(self, node: Any) -> None:
        if self._has_key:
            self._data[self._key] = node
        elif node.__class__ is dict or node.__class__ is list:
            message = "a key is not text"
            raise ValueError(message)
        else:
            self._key = node if isinstance(node, str) else str(node)
            if self._key in self._data:
                message = f"the key {self._key!r} is there twice"
                raise ValueError(message)
        self._has_key = not self._has_key


def _scalar(event: Any) -> Any:
    value: str = event.value
    if event.tag == _BINARY_TAG:
        return base64.b64decode(value)
    if event.anchor or event.tag not in (None, "!", _TEXT_TAG):
        _refuse(event, f"it uses {event.anchor or event.tag}")
    return value if event.style or event.tag else plain_scalar(value)


def plain_scalar(value: str) -> Any:
    """Return what a scalar without quotes and tag stands for."""
    if value in _WORDS:
        return _WORDS[value]
    number = _NUMBER.fullmatch(value)
    if number is None:
        return value
    return float(value) if number["float"] else int(value)


def _check(event: Any, depth: int) -> None:
    if depth > _DEEPEST:
        _refuse(event, _TOO_DEEP)
    if event.anchor or event.tag:
        _refuse(event, f"it uses {event.anchor or event.tag}")


def _refuse(event: Any, what: str) -> None:
    raise DamagedError(what, line=event.start_mark.line + 1)
