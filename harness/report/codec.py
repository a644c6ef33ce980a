"""Results to strict JSON and back.

JSON has no NaN, no infinities and no half of a surrogate pair, and Python's values may hold all of them.
They are written as what a reader can see: ``NaN`` becomes the string ``"NaN"``, an infinity the string
``"Infinity"`` or ``"-Infinity"``, half a pair U+FFFD, and what is nested deeper than :data:`MAX_DEPTH`
levels the string :data:`TOO_DEEP`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

from harness.exchange import Json
from harness.result import ScenarioResult
from harness.struct import field_names

MAX_DEPTH = 200
"""Levels of nesting that a value keeps."""

TOO_DEEP = f"(left out: nested deeper than {MAX_DEPTH} levels)"

_OBEYED = re.compile("[\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")

_T = TypeVar("_T")
_ENCODER = msgspec.json.Encoder()
_LOOKED_INTO = frozenset({dict, list, float})
"""What may be other than strict JSON, or hold it; most values are neither."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """A line of the event log; its ``event`` key names the subclass."""


class DecodeError(ValueError):
    """The text is not JSON, or not what was asked for; the message says which."""


class Decoder(Generic[_T]):
    """Reads JSON into one type."""

    def __init__(self, type_: Any) -> None:
        """Take the type, also a union of :class:`Event` types."""
        self._decoder: msgspec.json.Decoder[_T] = msgspec.json.Decoder(type_)

    def decode(self, text: bytes | str) -> _T:
        """Read one value.

        Raises:
            DecodeError: the text is not JSON or not of the type.
        """
        try:
            return self._decoder.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            # A validation error is a decode error of msgspec's, too.
            raise DecodeError(str(error)) from error


def encode(value: object, scenarios: Iterable[ScenarioResult]) -> bytes:
    """Write a value as one line of strict JSON.

    ``scenarios`` are all those within the value: only what comes from responses can be other than strict.
    """
    if _is_strict(scenarios):
        try:
            return _ENCODER.encode(value)
        except (UnicodeEncodeError, RecursionError):
            pass  # what follows can write it
    return _ENCODER.encode(_strict(value, 0))


def pretty(value: Json, indent: int = 2) -> str:
    """Write a JSON value for people; keys in the order of the response."""
    try:
        if _is_finite([value]):
            return msgspec.json.format(_ENCODER.encode(value), indent=indent).decode()
    except (UnicodeEncodeError, RecursionError):
        pass  # what follows can write it
    return msgspec.json.format(_ENCODER.encode(_strict(value, 0)), indent=indent).decode()


def format_json(text: bytes) -> str:
    """Indent JSON that :func:`encode` wrote.

    It may be printed: what a terminal obeys, or what turns the direction of writing, is escaped, which is the
    same to whoever reads JSON.
    """
    shown = msgspec.json.format(text, indent=2).decode() + "\n"
    return shown if shown.isascii() else _OBEYED.sub(_by_number, shown)


def _by_number(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _is_strict(scenarios: Iterable[ScenarioResult]) -> bool:
    """Whether every value that came from a response is finite and not too deep."""
    return _is_finite([value for scenario in scenarios for value in _values(scenario)])


def _values(scenario: ScenarioResult) -> Iterator[Json]:
    for step in scenario.steps:
        for evidence in (step.baseline, step.candidate):
            if evidence:
                yield evidence.request_body.data
                yield evidence.body.data
        for finding in step.findings:
            yield finding.difference.baseline
            yield finding.difference.candidate


def _is_finite(values: list[Json]) -> bool:
    # Level by level: a loop, because the depth is the sender's to choose.
    for _ in range(MAX_DEPTH):
        below: list[Json] = []
        for value in values:
            if value.__class__ is dict:
                below += [each for each in value.values() if each.__class__ in _LOOKED_INTO]
            elif value.__class__ is list:
                below += [each for each in value if each.__class__ in _LOOKED_INTO]
            elif value.__class__ is float and not math.isfinite(value):
                return False
        if not below:
            return True
        values = below
    return False


def _strict(value: object, depth: int) -> Any:
    """Copy a value into what strict JSON can hold."""
    if not isinstance(value, dict | list | tuple | msgspec.Struct) and not is_dataclass(value):
        return _strict_scalar(value)
    if depth > MAX_DEPTH:
        return TOO_DEEP
    if isinstance(value, dict):
        return {_strict_scalar(key): _strict(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(item, depth + 1) for item in value]
    tag = {"event": type(value).__struct_config__.tag} if isinstance(value, Event) else {}
    names = field_names(value) if isinstance(value, msgspec.Struct) else [each.name for each in fields(value)]
    return tag | {name: _strict(getattr(value, name), depth + 1) for name in names}


def _strict_scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    return value
