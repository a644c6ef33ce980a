"""Why a cassette has no answer: the nearest recorded request, and what differs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest

from harness.cassette.keys import Place, body_key, place, token_marker
from harness.cassette.reading import Recorded
from harness.exchange import Request
from harness.redact import Redactor

_MOST_BODIES = 200  # recorded bodies that are compared field by field to find the nearest
_MOST_DIFFERENCES = 5
_LONGEST_VALUE = 60
_BEFORE = 10  # characters that are shown before the first one in which long values differ
_ABSENT = object()


def explain(
    request: Request, recorded: Sequence[Recorded], played: Collection[int], markers: Collection[str]
) -> str:
    """Say in one sentence what was asked and how the nearest recorded request differs.

    ``markers`` are those of tokens that would do: that a recorded one is another of them is no difference.
    """
    asked = place(request.method, request.url)
    said = f"no recorded answer for {_show(asked)}"
    if not recorded:
        return f"{said}: nothing is recorded"
    key = body_key(request)
    places = [(one, place(one.method, one.url)) for one in recorded]
    alike = [one for one, where in places if where == asked]
    same = [
        one
        for one in alike[:_MOST_BODIES]
        if body_key(one.request) == key and token_marker(one.request.headers) in markers
    ]
    if same:
        count = sum(one.number in played for one in same)
        return f"{said}: it was recorded {_times(len(same))} and played {_times(count)}"
    near = alike[:_MOST_BODIES] or _nearest_places(asked, places)
    nearest, differences = min(
        ((one, list(_differences(request, one.request, markers))) for one in near),
        key=lambda pair: len(pair[1]),
    )
    shown = "; ".join(differences[:_MOST_DIFFERENCES])
    more = len(differences) - _MOST_DIFFERENCES
    rest = f"; and {more} more" if more > 0 else ""
    step = f", step {nearest.step!r}" if nearest.step else ""
    used = ", already played" if nearest.number in played else ""
    return f"{said}; the nearest is number {nearest.number}{step}{used}: {shown}{rest}"


def _nearest_places(asked: Place, places: list[tuple[Recorded, Place]]) -> list[Recorded]:
    """Return the exchanges whose method, path segments and query have most in common with what was asked."""
    scored = [(_likeness(asked, where), one) for one, where in places]
    best = max(score for score, _ in scored)
    return [one for score, one in scored if score == best][:_MOST_BODIES]


def _likeness(asked: Place, where: Place) -> tuple[bool, int, bool, int]:
    mine, theirs = asked[1].split("/"), where[1].split("/")
    shared = sum(one == other for one, other in zip(mine, theirs, strict=False))
    same_query = len(set(asked[2]) & set(where[2])) - len(set(asked[2]) ^ set(where[2]))
    return asked[1] == where[1], shared - abs(len(mine) - len(theirs)), asked[0] == where[0], same_query


def _differences(asked: Request, recorded: Request, markers: Collection[str]) -> Iterator[str]:
    """Name what differs, from the request line to the body."""
    mine, theirs = place(asked.method, asked.url), place(recorded.method, recorded.url)
    if mine[0] != theirs[0]:
        yield f"method {mine[0]}, recorded {theirs[0]}"
    if mine[1] != theirs[1]:
        yield f"path {_versus(mine[1], theirs[1])}"
    for name in sorted({name for name, _ in mine[2]} | {name for name, _ in theirs[2]}):
        values = [value for key, value in mine[2] if key == name]
        others = [value for key, value in theirs[2] if key == name]
        if values != others:
            yield f"query {_clip(name)} {_versus(_list(values), _list(others))}"
    other_marker = token_marker(recorded.headers)
    if other_marker not in markers:
        yield f"authorization {_clip(token_marker(asked.headers))}, recorded {_clip(other_marker)}"
    yield from _body_differences(asked, recorded)


def _body_differences(asked: Request, recorded: Request) -> Iterator[str]:
    mine, theirs = body_key(asked), body_key(recorded)
    if mine == theirs:
        return
    try:
        values = json.loads(mine), json.loads(theirs)
    except ValueError:
        yield f"body of {len(asked.content)} bytes, recorded {len(recorded.content)} bytes, not equal"
        return
    redactor = Redactor(key=b"")
    yield from _fields("body", redactor.json(values[0]), redactor.json(values[1]))


def _fields(path: str, mine: object, theirs: object) -> Iterator[str]:
    """Walk two JSON values side by side."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for name in sorted(mine.keys() | theirs.keys()):
            yield from _fields(f"{path}.{name}", mine.get(name, _ABSENT), theirs.get(name, _ABSENT))
    elif isinstance(mine, list) and isinstance(theirs, list):
        for index, (one, other) in enumerate(zip_longest(mine, theirs, fillvalue=_ABSENT)):
            yield from _fields(f"{path}[{index}]", one, other)
    elif type(mine) is not type(theirs) or mine != theirs:
        yield f"{_clip(path)} {_versus(_value(mine), _value(theirs))}"


def _value(value: object) -> str:
    return "absent" if value is _ABSENT else json.dumps(value, ensure_ascii=False)


def _list(values: list[str]) -> str:
    return ", ".join(values) if values else "absent"


def _versus(mine: str, theirs: str) -> str:
    """Show two values; where they are long and begin alike, from shortly before they differ."""
    shown = _clip(mine), _clip(theirs)
    if shown[0] == shown[1] and mine != theirs:
        alike = next(at for at, (one, other) in enumerate(zip_longest(mine, theirs)) if one != other)
        start = max(alike - _BEFORE, 0)
        shown = f"…{_clip(mine[start:])}", f"…{_clip(theirs[start:])}"
    return f"{shown[0]}, recorded {shown[1]}"


def _show(where: Place) -> str:
    query = "&".join(f"{name}={value}" for name, value in where[2])
    return f"{where[0]} {_clip(where[1] + ('?' + query if query else ''), 4 * _LONGEST_VALUE)}"


def _clip(text: str, longest: int = _LONGEST_VALUE) -> str:
    """Shorten a text, and drop what a terminal would obey."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in text[: longest + 1])
    return printable if len(printable) <= longest else printable[: longest - 1] + "…"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
