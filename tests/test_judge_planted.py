"""Planted differences are found with their rules, and nothing else is: in any list, by any contract."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.contract import V1, V1BETA1, load_contract
from harness.difference import ITEM, Kind, json_path
from harness.exchange import Json
from harness.result import Finding
from harness.rules import Severity
from tests.builders import answers, judged, pair, question
from tests.harmless import THE_SAME

_MANY = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
_ABOUT_CONTRACTS = {Kind.BROKEN, Kind.UNDOCUMENTED}
"""What a planted difference may break besides: it is told of the side and its own contract."""

_NAMES = st.sampled_from(["zone", "owner", "size", "kind", "plan"])
_TELLING = st.text("xyz", min_size=3, max_size=6) | st.integers(1000, 9999)

Brief = tuple[str, str, str]
"""Rule, path and new path."""


def _brief(findings: Iterable[Finding]) -> set[Brief]:
    return {(found.rule, found.difference.path, found.difference.to) for found in findings}


def _shuffled(value: Json, by: random.Random) -> Json:
    """Return the value with all its lists and all its keys in another order."""
    if isinstance(value, dict):
        return {key: _shuffled(value[key], by) for key in by.sample(list(value), len(value))}
    if isinstance(value, list):
        return [_shuffled(element, by) for element in by.sample(value, len(value))]
    return value


def _body(things: list[dict[str, Json]]) -> Json:
    return {"things": [*things]}


@st.composite
def _things(draw: st.DrawFn) -> list[dict[str, Json]]:
    """Objects with ids and the same properties, whose values say something, and a list each."""
    names = sorted(draw(st.sets(_NAMES, min_size=1)))
    return [
        {
            "id": f"id-{number}",
            **{name: draw(_TELLING) for name in names},
            "tags": [
                {"id": f"tag-{number}-{tag}", "label": "the label"} for tag in range(draw(st.integers(0, 3)))
            ],
        }
        for number in range(draw(st.integers(2, 6)))
    ]


def _removed(thing: dict[str, Json], name: str) -> None:
    del thing[name]


def _added(thing: dict[str, Json], _: str) -> None:
    thing["planted"] = "a value"


def _renamed(thing: dict[str, Json], name: str) -> None:
    thing["planted"] = thing.pop(name)


def _nulled(thing: dict[str, Json], name: str) -> None:
    thing[name] = None


def _retyped(thing: dict[str, Json], name: str) -> None:
    thing[name] = [thing[name]]


_CHANGES = {
    "property-removed": _removed,
    "property-added": _added,
    "property-renamed": _renamed,
    "became-nullable": _nulled,
    "type-changed": _retyped,
}


@_MANY
@given(st.data(), st.randoms(use_true_random=False))
def test_what_all_elements_changed_is_one_finding(data: st.DataObject, by: random.Random) -> None:
    """A change in every element of a shuffled list is one finding, with its rule, places and counts."""
    old = data.draw(_things())
    name = data.draw(st.sampled_from(sorted(old[0].keys() - {"id", "tags"})))
    rule = data.draw(st.sampled_from(sorted(_CHANGES)))
    new = copy.deepcopy(old)
    for thing in new:
        _CHANGES[rule](thing, name)

    found = judged(pair(_body(old), _shuffled(_body(new), by)))
    told = [each for each in found if each.rule != "list-order-unspecified"]

    place = "$.body.things[*]."
    path = f"{place}{'planted' if rule == 'property-added' else name}"
    assert _brief(told) == {(rule, path, f"{place}planted" if rule == "property-renamed" else "")}
    assert [(each.difference.seen, each.difference.samples) for each in told] == [(len(old), len(old))]


@_MANY
@given(_things(), st.randoms(use_true_random=False))
def test_shuffling_alone_is_never_above_info(things: list[dict[str, Json]], by: random.Random) -> None:
    """The same things in another order, at any depth, come to nothing but that order."""
    found = judged(pair(_body(things), _shuffled(_body(things), by)))

    assert {each.rule for each in found} <= {"list-order-unspecified"}


@_MANY
@given(_things(), _things(), st.randoms(use_true_random=False))
def test_shuffling_changes_no_finding(
    old: list[dict[str, Json]], new: list[dict[str, Json]], by: random.Random
) -> None:
    """Whatever differs, the same is found of shuffled lists, except of their order."""
    plain = judged(pair(_body(old), _body(new)))
    shuffled = judged(pair(_shuffled(_body(old), by), _shuffled(_body(new), by)))

    one, other = (
        {
            (each.rule, each.difference.path, each.difference.seen, each.fingerprint)
            for each in found
            if each.rule != "list-order-unspecified"
        }
        for found in (plain, shuffled)
    )
    assert one == other


# By the contracts.

_ANSWERED = tuple(
    name
    for name in THE_SAME
    if (of := load_contract(V1BETA1).operation(name)) and "application/json" in of.responses.get("200", {})
)
_OF_PAGES = {
    "limit": "pagination-style-changed",
    "offset": "pagination-style-changed",
    "totalCount": "total-count-removed",
}

Place = tuple[str | int, ...]


def _places(value: Json, place: Place = ()) -> Iterator[Place]:
    """Yield the place of every property."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*place, key)
            yield from _places(inner, (*place, key))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _places(element, (*place, index))


def _expected(operation: str, change: str, place: Place) -> set[str]:
    """Return the rules that may speak, by what the contracts say of the place."""
    if change == "add":
        return {"property-added"}
    if change == "retype":
        return {"type-changed"}
    generic = tuple(ITEM if isinstance(part, int) else part for part in place)
    known = []
    for version in (V1BETA1, V1):
        contract = load_contract(version)
        of = contract.operation(operation)
        assert of is not None
        schema = contract.response(of, 200, "application/json")
        assert schema is not None
        known.append(contract.place(of, schema, generic))
    if change == "null":
        return {"nullable-variance"} if all(each and each.nullable for each in known) else {"became-nullable"}
    if all(each and not each.required for each in known):
        return {"property-variance", "default-now-hidden"}
    name = str(place[-1])
    return {_OF_PAGES[name]} if len(place) == 1 and name in _OF_PAGES else {"property-removed"}


@_MANY
@given(st.sampled_from(_ANSWERED), st.data())
def test_one_planted_difference_is_the_only_one(operation: str, data: st.DataObject) -> None:
    """In a whole documented answer one change is found at its place, by what both contracts say of it."""
    old = answers(operation)[0]
    place = data.draw(st.sampled_from(sorted(_places(old), key=str)))
    change = data.draw(st.sampled_from(["remove", "add", "retype", "null"]))
    new: Any = copy.deepcopy(old)
    parent = new
    for part in place[:-1]:
        parent = parent[part]
    if change == "remove":
        del parent[place[-1]]
    elif change == "add":
        place = (*place[:-1], "planted")
        parent["planted"] = 1
    elif change == "retype":
        parent[place[-1]] = 1.5 if isinstance(parent[place[-1]], list | dict) else ["a list"]
    else:
        parent[place[-1]] = None

    found = judged(pair(old, new), question(operation))
    planted = [each for each in found if each.difference.kind not in _ABOUT_CONTRACTS]

    path = json_path("body", *(ITEM if isinstance(part, int) else part for part in place))
    assert [each.difference.path for each in planted] == [path]
    assert planted[0].rule in _expected(operation, change, place)


@_MANY
@given(st.sampled_from(_ANSWERED), st.randoms(use_true_random=False))
def test_what_nobody_planted_is_not_found(operation: str, by: random.Random) -> None:
    """A whole documented answer, its keys and lists in another order, has no finding above info."""
    old, new = answers(operation)

    found = judged(pair(old, _shuffled(new, by)), question(operation))

    assert {each.severity for each in found} <= {Severity.INFO}
