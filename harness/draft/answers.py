"""What flows that ask the same were answered otherwise: only the recording of the first is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from harness.draft.calls import path_to
from harness.exchange import BodyKind, Exchange, Json
from harness.struct import Struct, field
from harness.values import type_name

_SHOWN = 3
"""How many places of one operation's answers are named."""
_LONGEST = 120
"""Characters of a path that is named."""

Kept: TypeAlias = Sequence[tuple[Exchange, str]]
"""Exchanges, each with its operation."""
_Places: TypeAlias = frozenset[tuple[str, str]]


class _Told(Struct):
    """What one operation answered with: statuses, and of which type what stands at each place is."""

    statuses: set[int] = field(default_factory=set)
    places: set[tuple[str, str]] = field(default_factory=set)


class Answers:
    """Compares the answers of flows; it remembers what is in each, as the same ones come many times."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[bytes, _Places] = {}

    def beyond(self, first: Kept, again: Kept) -> Iterator[str]:
        """Yield a clause for each status, and for the places and types, that the first flow's lack."""
        known = self._told(first)
        for operation, told in self._told(again).items():
            earlier = known.get(operation, _Told())
            for status in sorted(told.statuses - earlier.statuses):
                yield f"{operation} was answered with {status}"
            news = sorted(told.places - earlier.places)
            for path, kind in news[:_SHOWN]:
                yield f"{operation} was answered with {kind} at {path}"
            if len(news) > _SHOWN:
                yield f"{operation} was answered with more that is new"

    def _told(self, kept: Kept) -> dict[str, _Told]:
        told: dict[str, _Told] = {}
        for exchange, operation in kept:
            response = exchange.response
            if response is not None:
                of = told.setdefault(operation, _Told())
                of.statuses.add(response.status)
                if response.body.kind is BodyKind.JSON:
                    of.places |= self._places(response.content, response.body.data)
                else:
                    of.places.add(("$", "no JSON"))
        return told

    def _places(self, content: bytes, data: Json) -> _Places:
        found = self._known.get(content)
        if found is None:
            found = frozenset((_shown(place), kind) for place, kind in set(_types(data, ())))
            self._known[content] = found
        return found


def _shown(place: tuple[str | int, ...]) -> str:
    path = path_to(place, every=True)
    return path if len(path) <= _LONGEST else f"{path[:_LONGEST]}..."


def _types(value: Json, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each place in a value with its type; the elements of a list are one place."""
    yield place, type_name(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _types(inner, (*place, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _types(inner, (*place, 0))
