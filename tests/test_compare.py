"""Every difference of two answers is found, at its place, with its kind and count, and nothing else is."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from deepdiff import DeepDiff
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.compare import Context, compare, compare_json
from harness.difference import ITEM, Difference, Kind, json_path
from harness.exchange import BODY_CUT, Json, Pair
from harness.values import Correspondence
from tests.builders import JSON_HEADERS, exchange, pair

_KEYS = st.sampled_from(
    [
        "a",
        "b",
        "name",
        "__private",
        "",
        "a.b",
        "it's",
        'say "x"',
        "[0]",
        "*",
        "größe",
        "\\",
        "requestId",
        "a\nb",
    ]
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([2**60, 10**40, 1.0, 0.5, -0.0, 1e300])
    | st.text("ab 1'\"é", max_size=4)
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS | st.just("id"), inner, max_size=4),
    max_leaves=20,
)
_FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def _identified(elements: list[dict[str, Json]]) -> list[dict[str, Json]]:
    return [{"id": f"id-{index}", **element} for index, element in enumerate(elements)]


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Json]]:
    return st.dictionaries(_KEYS, inner, max_size=4)


_DOCUMENTS = _objects(
    st.recursive(
        _SCALARS,
        lambda inner: _objects(inner) | st.lists(_objects(inner), max_size=3).map(_identified),
        max_leaves=15,
    )
)
"""Objects as APIs answer with: scalars, objects, and lists of objects that have ids."""

Place = tuple[str | int, ...]


def _brief(found: tuple[Difference, ...]) -> list[tuple[Kind, str, int, int]]:
    return [(fact.kind, fact.path, fact.seen, fact.samples) for fact in found]


def _kinds(found: tuple[Difference, ...]) -> set[Kind]:
    return {fact.kind for fact in found}


def _places(value: Json, place: Place = ()) -> Iterator[Place]:
    """Yield the place of every property; those that identify an element of a list are left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (place and isinstance(place[-1], int) and key == "id"):
                yield (*place, key)
                yield from _places(inner, (*place, key))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _places(element, (*place, index))


def _at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def _generic(place: Place) -> tuple[str, ...]:
    return tuple(ITEM if isinstance(key, int) else key for key in place)


def _samples(document: Json, place: Place) -> int:
    """Count the list elements that share the generic place of the innermost list around ``place``."""
    while place and not isinstance(place[-1], int):
        place = place[:-1]
    if not place:
        return 1
    elements = {found[: len(place)] for found in _element_places(document)}
    return sum(_generic(found) == _generic(place) and len(found) == len(place) for found in elements)


def _element_places(value: Json, place: Place = ()) -> Iterator[Place]:
    items: Iterator[tuple[str | int, Json]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        yield from ((*place, index) for index in range(len(value)))
        items = iter(enumerate(value))
    for key, inner in items:
        yield from _element_places(inner, (*place, key))


def _shuffled(value: Json, by: random.Random) -> Json:
    """Return the value with all its lists and all its keys in another order."""
    if isinstance(value, dict):
        keys = by.sample(list(value), len(value))
        return {key: _shuffled(value[key], by) for key in keys}
    if isinstance(value, list):
        return [_shuffled(element, by) for element in by.sample(value, len(value))]
    return value


def _rekeyed(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _rekeyed(value[key]) for key in reversed(value)}
    return [_rekeyed(element) for element in value] if isinstance(value, list) else value


@given(_JSON)
def test_a_value_does_not_differ_from_itself(value: Json) -> None:
    """Any JSON compared with an equal copy of it has no difference, in whatever order its keys stand."""
    assert compare_json(value, copy.deepcopy(value)) == ()
    assert compare_json(value, _rekeyed(value)) == ()
    assert compare(pair(value, copy.deepcopy(value))) == ()


@given(_JSON, st.randoms(use_true_random=False))
def test_a_shuffled_value_differs_in_order_only(value: Json, by: random.Random) -> None:
    """However deep the lists of a value are shuffled, nothing but their order differs."""
    assert _kinds(compare_json(value, _shuffled(value, by))) <= {Kind.ORDER}


_OF_LISTS = {Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED, Kind.ORDER}
_MIRRORED = {
    Kind.REMOVED: Kind.ADDED,
    Kind.ADDED: Kind.REMOVED,
    Kind.ELEMENT_REMOVED: Kind.ELEMENT_ADDED,
    Kind.ELEMENT_ADDED: Kind.ELEMENT_REMOVED,
}


@given(_JSON, _JSON)
def test_comparing_is_symmetric(old: Json, new: Json) -> None:
    """With the sides swapped the same places differ as often, removed for added, old for new."""
    there, back = compare_json(old, new), compare_json(new, old)

    def facts(found: tuple[Difference, ...]) -> Counter[tuple[Kind, str, int, int]]:
        return Counter(_brief(found))

    mirrored = Counter(
        {(_MIRRORED.get(kind, kind), *rest): count for (kind, *rest), count in facts(back).items()}
    )
    assert facts(there) == mirrored
    assert bool(there) == bool(back)


@given(_JSON, _JSON)
def test_values_that_differ_are_never_equal(old: Json, new: Json) -> None:
    """Without a difference two values are the same JSON, lists in the same order."""
    if not compare_json(old, new):
        assert json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


@_FEW
@given(st.data())
def test_a_planted_difference_is_found(data: st.DataObject) -> None:
    """One change at any place of any document is the one difference, with kind, path, values and counts."""
    old = data.draw(_DOCUMENTS.filter(lambda document: any(_places(document))))
    place = data.draw(st.sampled_from(list(_places(old))))
    new = copy.deepcopy(old)
    value, parent, key = _at(old, place), _at(new, place[:-1]), place[-1]
    change = data.draw(st.sampled_from(["remove", "add", "retype", "null", "change"]))
    kind = _plant(change, parent, key, value)
    if change == "add":
        place = (*place[:-1], "planted")

    found = compare_json(old, new)

    assert _brief(found) == [(kind, json_path("body", *_generic(place)), 1, _samples(old, place))]
    assert found[0].baseline == (None if change == "add" else value)
    assert found[0].candidate == (None if change == "remove" else _at(new, place))
    assert found[0].example == "$.body" + "".join(
        f"[{part}]" if isinstance(part, int) else json_path(part)[1:] for part in place
    )


def _plant(change: str, parent: dict[str | int, Json], key: str | int, value: Json) -> Kind:
    """Change one property; return the kind of difference that it makes."""
    if change == "remove":
        del parent[key]
        return Kind.REMOVED
    if change == "add":
        parent["planted"] = value
        return Kind.ADDED
    if change == "null":
        parent[key] = None if value is not None else {"was": "null"}
        return Kind.NULL
    if change == "change" and isinstance(value, bool):
        parent[key] = not value
    elif change == "change" and isinstance(value, int | float):
        parent[key] = value / 2 + 77
    elif change == "change" and isinstance(value, str):
        parent[key] = f"another {value}"
    else:
        parent[key] = ["text"] if not isinstance(value, list) else "text"
        return Kind.TYPE if value is not None else Kind.NULL
    return Kind.VALUE


@_FEW
@given(st.integers(1, 30), st.data())
def test_one_change_in_many_elements_is_one_difference(size: int, data: st.DataObject) -> None:
    """A change in k of n shuffled elements is one difference at the generic place, seen in k of n."""
    changed = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
    old: list[Json] = [{"id": index, "in": {"gone": "x", "kept": index}} for index in range(size)]
    new: list[Json] = [
        {"id": index, "in": {"kept": index} if index in changed else {"gone": "x", "kept": index}}
        for index in range(size)
    ]

    found = compare_json({"items": old}, {"items": data.draw(st.permutations(new))})

    removed = [fact for fact in found if fact.kind is not Kind.ORDER]
    assert _brief(tuple(removed)) == [(Kind.REMOVED, "$.body.items[*].in.gone", len(changed), size)]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (True, 1, Kind.TYPE),
        (0, False, Kind.TYPE),
        ("1", 1, Kind.TYPE),
        ("", 0, Kind.TYPE),
        ([], {}, Kind.TYPE),
        ([{"id": 1}], {"id": 1}, Kind.TYPE),
        ({}, "{}", Kind.TYPE),
        (None, 0, Kind.NULL),
        ({}, None, Kind.NULL),
        ([], None, Kind.NULL),
        (1, 1.0, Kind.VALUE),
        (2**60, 2**60 + 1, Kind.VALUE),
        (2**53, float(2**53), Kind.VALUE),
        (10**400, 10**400 + 1, Kind.VALUE),
        (0.1, 0.1 + 2**-55, Kind.VALUE),
        (True, False, Kind.VALUE),
        ("a", "b", Kind.VALUE),
        ("é", "e\u0301", Kind.VALUE),
        ("a\nb\nc", "a\nB2\nc", Kind.VALUE),
        ("ACTIVE", "active", Kind.CASE),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", Kind.INSTANT),
        ("2026-01-02T03:04:05Z", "2026-01-02t03:04:05z", Kind.INSTANT),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", Kind.VALUE),
        ("2026-01-02T03:04:05Z", "2026-01-02", Kind.FORMAT),
        ("cl0123456789abcdefghijklm", "123e4567-e89b-12d3-a456-426614174000", Kind.FORMAT),
        ("https://a.example/x", "/x", Kind.FORMAT),
    ],
)
def test_a_difference_has_its_kind(old: Json, new: Json, kind: Kind) -> None:
    """Types are those of JSON, null is its own kind, and strings differ by form, case, instant or value."""
    for before, after in ((old, new), (new, old)):
        for nested in (False, True):
            found = compare_json({"x": before} if nested else before, {"x": after} if nested else after)

            assert [(fact.kind, fact.path) for fact in found] == [(kind, "$.body.x" if nested else "$.body")]
            assert (found[0].baseline, found[0].candidate) == (before, after)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([1, 1, 2], [1, 2], [(Kind.ELEMENT_REMOVED, "$.body[*]", 1, 3)]),
        ([1, 2], [2, 1, 1], [(Kind.ELEMENT_ADDED, "$.body[*]", 1, 3), (Kind.ORDER, "$.body", 1, 1)]),
        ([1, 2], ["1", "2"], [(Kind.TYPE, "$.body[*]", 1, 1)]),
        ([1], [{"id": 1}, {"id": 2}], [(Kind.TYPE, "$.body[*]", 1, 1)]),
        (
            [1, 2],
            ["1", 3],
            [(Kind.ELEMENT_REMOVED, "$.body[*]", 2, 2), (Kind.ELEMENT_ADDED, "$.body[*]", 2, 2)],
        ),
        (
            [None],
            ["a"],
            [(Kind.ELEMENT_REMOVED, "$.body[*]", 1, 1), (Kind.ELEMENT_ADDED, "$.body[*]", 1, 1)],
        ),
        ([], [{"id": 1}, {"id": 2}], [(Kind.ELEMENT_ADDED, "$.body[*]", 2, 2)]),
        ([[1, 2], [3]], [[3], [2, 1]], [(Kind.ORDER, "$.body", 1, 1), (Kind.ORDER, "$.body[*]", 1, 2)]),
        (
            [{"id": 1, "x": 1}, {"id": 2, "x": 2}],
            [{"id": 2, "x": 2}, {"id": 3, "x": 3}],
            [(Kind.ELEMENT_REMOVED, "$.body[*]", 1, 2), (Kind.ELEMENT_ADDED, "$.body[*]", 1, 2)],
        ),
        (
            [{"id": 1}, {"id": 1}],
            [{"id": 1}, {"id": 1, "x": 1}],
            [(Kind.ADDED, "$.body[*].x", 1, 2)],
        ),
        (
            [{"id": 1}, {"id": 1}, {"id": 1}],
            [{"id": 1}],
            [(Kind.ELEMENT_REMOVED, "$.body[*]", 2, 3)],
        ),
        ({"a": [{"b": [1]}]}, {"a": {"b": [1]}}, [(Kind.TYPE, "$.body.a", 1, 1)]),
        ([{"id": 1, "a": [1]}], [{"id": 1, "a": {"0": 1}}], [(Kind.TYPE, "$.body[*].a", 1, 1)]),
    ],
)
def test_lists_differ_by_their_elements(
    old: Json, new: Json, expected: list[tuple[Kind, str, int, int]]
) -> None:
    """Elements that come, go or move are said as such; a changed element differs within."""
    found = compare_json(old, new)

    assert _brief(found) == expected
    assert all(fact.detail.startswith("by ") for fact in found if fact.kind in _OF_LISTS)


def test_lists_within_elements_are_counted_together() -> None:
    """Lists at one generic place make one difference a kind, however many elements hold such a list."""
    old: list[Json] = [{"id": index, "tags": ["a", "b", "c"]} for index in range(50)]
    new: list[Json] = [
        {"id": index, "tags": ["b", "a", "d"] if index < 20 else ["a", "b", "c"]} for index in range(50)
    ]

    assert _brief(compare_json(old, new)) == [
        (Kind.ELEMENT_REMOVED, "$.body[*].tags[*]", 20, 150),
        (Kind.ELEMENT_ADDED, "$.body[*].tags[*]", 20, 150),
        (Kind.ORDER, "$.body[*].tags", 20, 50),
    ]


def test_one_place_may_differ_in_several_ways() -> None:
    """Elements that differ at one place in different ways are told apart by kind and counted by kind."""
    old: list[Json] = [{"id": index, "x": "a"} for index in range(6)]
    new: list[Json] = [{"id": index, "x": x} for index, x in enumerate(["b", "c", None, 7, "A", "a"])]

    assert Counter(_brief(compare_json(old, new))) == Counter(
        [
            (Kind.VALUE, "$.body[*].x", 2, 6),
            (Kind.NULL, "$.body[*].x", 1, 6),
            (Kind.TYPE, "$.body[*].x", 1, 6),
            (Kind.CASE, "$.body[*].x", 1, 6),
        ]
    )


def test_the_same_value_elsewhere_is_noted() -> None:
    """A removed property names the added ones with the same value and how often they had it."""
    old: list[Json] = [{"id": index, "type": "A", "kept": 1} for index in range(3)]
    new: list[Json] = [
        {"id": index, "scope": "A" if index else "B", "other": 1, "kept": 1} for index in range(3)
    ]

    removed = next(fact for fact in compare_json(old, new) if fact.kind is Kind.REMOVED)

    assert removed.alike == (("$.body[*].scope", 2),)


@pytest.mark.parametrize(("gone", "came"), [(1, True), (0, False), ("1", 1), (None, False), ([], {})])
def test_equal_is_not_alike_across_types(gone: Json, came: Json) -> None:
    """A value of another type is not the same value, even where Python calls the two equal."""
    removed = next(fact for fact in compare_json({"a": gone}, {"b": came}) if fact.kind is Kind.REMOVED)

    assert removed.alike == ()


def test_a_map_with_other_keys_is_not_searched_for_renames() -> None:
    """Thousands of keys that went and others that came are told, without pairing each with each."""
    found = compare_json({f"old {n}": True for n in range(3_000)}, {f"new {n}": True for n in range(3_000)})

    assert Counter(fact.kind for fact in found) == {Kind.REMOVED: 3_000, Kind.ADDED: 3_000}
    assert not any(fact.alike for fact in found)


def test_corresponding_values_do_not_differ() -> None:
    """What each side made for itself is the same wherever it turns up; what does not correspond differs."""
    context = Context(correspondence=Correspondence([("old-id", "new-id")]))
    old: Json = {"id": "old-id", "url": "/things/old-id", "tags": ["old-id"], "other": "old-id"}
    new: Json = {"id": "new-id", "url": "/things/new-id", "tags": ["new-id"], "other": "newer-id"}

    assert [fact.path for fact in compare_json(old, new, context)] == ["$.body.other"]
    assert compare(pair(old, new), context) == compare_json(old, new, context)


def test_a_thousand_elements_take_few_calls_of_deepdiff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements that differ in the same way are classified once, and equal ones never."""
    calls = []

    def counted(*args: Any, **options: Any) -> DeepDiff:
        calls.append(args)
        return DeepDiff(*args, **options)

    monkeypatch.setattr("deepdiff.DeepDiff", counted)
    old: list[Json] = [
        {"id": n, "type": "A", "name": f"n{n}", "queues": [{"id": n, "max": 1}]} for n in range(1_000)
    ]
    new: list[Json] = [
        {"id": n, "scope": "A", "name": f"n{n}", "queues": [{"id": n, "max": 2}]} for n in range(1_000)
    ]

    found = compare_json(old, new[::-1])

    assert len(calls) == 1
    assert Counter(_brief(found)) == Counter(
        [
            (Kind.ORDER, "$.body", 1, 1),
            (Kind.REMOVED, "$.body[*].type", 1_000, 1_000),
            (Kind.ADDED, "$.body[*].scope", 1_000, 1_000),
            (Kind.VALUE, "$.body[*].queues[*].max", 1_000, 1_000),
        ]
    )
    calls.clear()
    assert compare_json(old, copy.deepcopy(old)) == ()
    assert calls == []


_NESTED = {
    "objects": (b'{"a":', b"}"),
    "lists": (b"[", b"]"),
    "both": (b'{"a":[', b"]}"),
    "identified": (b'{"id":1,"a":[', b"]}"),
    "in lists": (b'[1,{"a":', b"}]"),
}


@pytest.mark.parametrize("levels", [150, 1_000, 50_000])
@pytest.mark.parametrize("form", _NESTED)
def test_deep_nesting_never_ends_the_run(form: str, levels: int) -> None:
    """What nests too deeply is not compared or is invalid, and is said so; it is never taken for equal."""
    opening, closing = _NESTED[form]
    times = levels // (opening.count(b"[") + opening.count(b"{"))
    sides = [
        exchange(content=opening * times + leaf + closing * times, headers=JSON_HEADERS)
        for leaf in (b"1", b"2")
    ]

    found = compare(Pair(baseline=sides[0], candidate=sides[1]))

    assert found
    assert _kinds(found) <= {Kind.BUDGET, Kind.BODY_INVALID, Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED}


@pytest.mark.parametrize("form", _NESTED)
def test_depth_is_no_matter_of_who_calls(form: str) -> None:
    """The deepest values that are read are compared from a stack that is deep already."""
    opening, closing = _NESTED[form]
    times = 200 // (opening.count(b"[") + opening.count(b"{"))
    old, new = (json.loads(opening * times + leaf + closing * times) for leaf in (b"1", b"2"))

    def deeper(frames: int) -> tuple[Difference, ...]:
        return compare_json(old, new) if frames == 0 else deeper(frames - 1)

    assert deeper(250)


def test_what_is_too_deep_is_told_once() -> None:
    """A thousand elements that are too deep are one difference that counts them."""
    deep: Json = 1
    for _ in range(150):
        deep = {"a": deep}

    found = compare_json(
        [{"id": n, "x": deep} for n in range(1_000)], [{"id": n, "x": deep} for n in range(1_000)]
    )

    assert [(fact.kind, fact.seen) for fact in found] == [(Kind.BUDGET, 1_000)]


def test_headers_and_texts_correspond() -> None:
    """What holds only ids that correspond is the same; of another value, what it would be is told."""
    context = Context(correspondence=Correspondence([("old-id", "new-id")]))
    fields = (
        (("location", "/t/old-id"), ("x-a", "old-id")),
        (("location", "/t/new-id/b"), ("x-a", "new-id")),
    )
    texts = (b"team old-id", b"team new-id")
    made = Pair(
        baseline=exchange(content=texts[0], headers=(*fields[0], ("content-type", "text/plain"))),
        candidate=exchange(content=texts[1], headers=(*fields[1], ("content-type", "text/plain"))),
    )

    assert [(each.kind, each.path, each.detail) for each in compare(made, context)] == [
        (Kind.HEADER_VALUE, "$.headers.location", "/t/old-id/b")
    ]
    assert len(compare(made)) == 3


_LARGE = "2701 bytes, sha256 0a1b"
_PART = "read in part"


@pytest.mark.parametrize(
    ("old", "new", "whose"),
    [
        (_LARGE, None, "v1beta1's answer"),
        (None, _PART, "v1's answer"),
        (_LARGE, "2702 bytes, sha256 0a1c", "both answers"),
        (_PART, _PART, "both answers"),
        (_LARGE, _LARGE, ""),
    ],
)
def test_a_body_that_a_recording_lacks_is_not_compared(old: str | None, new: str | None, whose: str) -> None:
    """That it is not there is the recording's doing; two of one length and hash are the same."""
    sides = [
        exchange(
            content=b'{"a": 1}' if cut is None else b"",
            headers=JSON_HEADERS if cut is None else (*JSON_HEADERS, (BODY_CUT, cut)),
        )
        for cut in (old, new)
    ]
    found = compare(Pair(baseline=sides[0], candidate=sides[1]))

    said = [f"the recording lacks the body of {whose}, or a part of it"] if whose else []
    assert [(each.kind, each.path, each.detail) for each in found] == [
        (Kind.BUDGET, "$.body", detail) for detail in said
    ]


def test_a_field_of_a_service_hides_no_difference() -> None:
    """Whoever answers with the field of recordings has not made two bodies equal by it."""
    headers = (*JSON_HEADERS, (BODY_CUT, _LARGE))
    sides = [exchange(content=content, headers=headers) for content in (b'{"a": 1}', b'{"b": 1}')]
    found = compare(Pair(baseline=sides[0], candidate=sides[1]))

    assert [each.kind for each in found] == [Kind.BUDGET]
