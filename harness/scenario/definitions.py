"""Checks of names: what ``vars`` and ``data`` define, and whether placeholders name what has a value."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TypeAlias

from harness.document import NodePath
from harness.errors import Problem
from harness.exchange import Json
from harness.scenario.mistakes import flow, nearest
from harness.scenario.sources import Source, line, listing, mapping
from harness.struct import Struct, field
from harness.variables import BUILTINS, ENVIRONMENT, is_name, placeholders

_ROW = "row"
"""The column that names a row."""
_Definition: TypeAlias = tuple[NodePath, Json]
_ROW_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


class Names(Struct):
    """The variables that have a value at some point of the scenario, with the place that gave it to them."""

    defined: dict[str, str] = field(default_factory=lambda: dict.fromkeys(BUILTINS, ""))

    def add(self, name: str, where: str, noun: str) -> Iterator[Problem]:
        """Take a name, unless it is taken already."""
        if name not in self.defined:
            self.defined[name] = where
            return
        first = self.defined[name]
        what = f"the {noun} `{name}` already has a value" + (f", on line {line(first)}" if first else "")
        yield Problem(where=where, what=what, advice="Use another name.")


def placeholders_in(value: Json, place: NodePath) -> Iterator[tuple[NodePath, str]]:
    """Yield the placeholders of a value with the place of the string that each is in."""
    if isinstance(value, str):
        yield from ((place, name) for name in placeholders(value))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from placeholders_in(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from placeholders_in(item, (*place, index))


def check_name(name: str, known: Collection[str], where: str, hint: str) -> Iterator[Problem]:
    """Check one placeholder; ``hint`` is the advice where it is known better than here.

    Environment variables are looked up when the scenario runs.
    """
    if not is_name(name):
        what = f"`${{{name}}}` is no placeholder" if name else "`${` begins a placeholder that has no name"
        yield Problem(where=where, what=what, advice="Write `${name}`, or `$${` where `${` itself is meant.")
    elif not name.startswith(ENVIRONMENT) and name not in known:
        near = nearest(name, known)
        advice = hint or (f"Write `${{{near}}}`." if near else "")
        if not advice:
            env = f", or write `${{env:{name}}}`" if name.isupper() else ""
            advice = f"Define it under `vars`, or capture it in a step before{env}."
        yield Problem(where=where, what=f"the variable `{name}` is not defined", advice=advice)


def check_definitions(main: Source, names: Names, captures: Collection[str]) -> Iterator[Problem]:
    """Check ``vars`` and ``data``, and add what they define to the names.

    Their values may use each other and the environment, but nothing that steps capture.
    """
    data = mapping(main.document.data)
    own = mapping(data.get("vars"))
    rows = [mapping(row) for row in listing(data.get("data"))]
    columns = dict.fromkeys(name for row in rows for name in row if name != _ROW)
    for name in own:
        yield from names.add(name, main.where(("vars", name)), "variable")
    for name in columns:
        if name not in own:
            index = next(index for index, row in enumerate(rows) if name in row)
            yield from names.add(name, main.where(("data", index, name)), "column")
    yield from _check_rows(main, rows, [name for name in columns if name not in own])
    defined: list[_Definition] = [(("vars", name), value) for name, value in own.items()]
    for index, row in enumerate(rows):
        defined += [(("data", index, name), value) for name, value in row.items() if name != _ROW]
    for place, value in defined:
        for below, name in placeholders_in(value, place):
            hint = "Use it in a step: captures have no value here." if name in captures else ""
            yield from check_name(name, names.defined, main.where(below), hint)
    replaced = {("vars", name) for name in own if rows and all(name in row for row in rows)}
    yield from _check_circles(main, [each for each in defined if each[0] not in replaced])


def _check_rows(main: Source, rows: list[dict[str, Json]], columns: list[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for index, row in enumerate(rows):
        where = main.where(("data", index, _ROW))
        name = row.get(_ROW, index + 1)
        if isinstance(name, bool) or not isinstance(name, str | int) or not _ROW_NAME.fullmatch(str(name)):
            advice = "Use letters, digits, `_`, `-` and `.`: the name is part of the scenario's id."
            yield Problem(where=where, what=f"`{flow(name)}` cannot be the name of a row", advice=advice)
        elif str(name) in seen:
            what = f"the row `{name}` is already on line {line(seen[str(name)])}"
            yield Problem(where=where, what=what, advice="Give each row another name.")
        else:
            seen[str(name)] = where
        for column in columns:
            if column not in row:
                what = f"the row has no `{column}`, which other rows have"
                yield Problem(where=where, what=what, advice="Add it, or give it a value under `vars`.")


def _check_circles(main: Source, definitions: list[_Definition]) -> Iterator[Problem]:
    uses: dict[str, set[str]] = {}
    places: dict[str, str] = {}
    for place, value in definitions:
        uses.setdefault(str(place[-1]), set()).update(placeholders(value))
        places.setdefault(str(place[-1]), main.where(place))
    reported: set[str] = set()
    for start in uses:
        circle = _circle(start, uses)
        if circle and not reported.intersection(circle):
            reported.update(circle)
            what = f"variables use each other: {' -> '.join((*circle, start))}"
            yield Problem(where=places[start], what=what, advice="Give one of them a value of its own.")


def _circle(start: str, uses: dict[str, set[str]]) -> list[str]:
    """Return the names from ``start`` on whose values lead back to it; empty if they do not."""
    seen: set[str] = set()
    trails = [[start]]
    while trails:
        trail = trails.pop()
        for name in sorted(uses.get(trail[-1], ())):
            if name == start:
                return trail
            if name not in seen:
                seen.add(name)
                trails.append([*trail, name])
    return []
