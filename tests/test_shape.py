"""Tests of shapes."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.difference import ITEM
from harness.exchange import Json
from harness.shape import Presence, Shape, merge, merged, presence, presences, shape_of

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "*"]), inner, max_size=3)
    ),
    max_leaves=12,
)
shapes = values.map(shape_of)


@given(shapes, shapes, shapes)
@settings(max_examples=60)
def test_merge_is_associative(first: Shape, second: Shape, third: Shape) -> None:
    """Shapes merge to the same result however they are grouped."""
    assert merge(merge(first, second), third) == merge(first, merge(second, third))


@given(shapes, shapes)
@settings(max_examples=60)
def test_merge_is_commutative(first: Shape, second: Shape) -> None:
    """Shapes merge to the same result in either order."""
    assert merge(first, second) == merge(second, first)


@given(shapes)
@settings(max_examples=30)
def test_the_empty_shape_changes_nothing(shape: Shape) -> None:
    """Merging with the shape of no value gives the shape back."""
    assert merge(shape, Shape()) == shape == merge(Shape(), shape)


@given(st.lists(values, max_size=3))
@settings(max_examples=30)
def test_a_list_has_the_merged_shape_of_its_elements(elements: list[None]) -> None:
    """The items of a list are the merge of its elements, in whatever order they stand."""
    expected = merged(map(shape_of, elements)) if elements else None

    for order in permutations(elements):
        assert shape_of(list(order)).items == expected


def test_a_shape_counts_types_and_properties() -> None:
    """Of each property it is known in how many of the objects it was, and with which types."""
    tokens = shape_of([{"id": "a", "end": None}, {"id": "b", "end": "x"}, {"id": "c"}])

    ids, ends = tokens.at(["*", "id"]), tokens.at(["*", "end"])

    assert ids == Shape(count=3, types={"string": 3})
    assert ends == Shape(count=2, types={"null": 1, "string": 1})


def test_an_empty_list_says_nothing_about_its_elements() -> None:
    """There is no shape of elements that were never seen, and merging keeps what others showed."""
    assert shape_of([]).items is None
    assert merge(shape_of([]), shape_of(["x"])).items == shape_of("x")


def test_a_place_that_is_not_there_has_no_shape() -> None:
    """Looking below a scalar, an empty list or a missing property gives None."""
    shape = shape_of({"a": 1, "b": []})

    assert shape.at(["a", "x"]) is None
    assert shape.at(["b", "*", "x"]) is None
    assert shape.at(["c"]) is None


def test_very_deep_values_have_a_shape() -> None:
    """Nesting beyond the bound is left out instead of exhausting the stack."""
    deep: object = 1
    for _ in range(500):
        deep = [deep]

    shape = shape_of(deep)  # type: ignore[arg-type]  # lists within lists are JSON

    assert reduce(
        lambda inner, _: inner.items if inner and inner.items else inner, range(500), shape
    ) == Shape(count=1, types={"array": 1})


@pytest.mark.parametrize(
    ("value", "place", "counted"),
    [
        ({"a": 1}, (), (1, 1)),
        ({"a": 1}, ("a",), (1, 1)),
        ({"a": None}, ("a",), (1, 1)),
        ({"b": 1}, ("a",), (0, 1)),
        ([], ("a",), (0, 0)),
        (None, ("a", "b"), (0, 0)),
        ({"l": [{"a": 1}, {}, 3, None]}, ("l", "*", "a"), (1, 2)),
        ({"l": []}, ("l", "*", "a"), (0, 0)),
        ({}, ("l", "*", "a"), (0, 0)),
        ({"l": [1, 2]}, ("l", "*"), (2, 2)),
        ({"l": {"*": 1}}, ("l", "*"), (0, 0)),
    ],
)
def test_presence_counts_what_stands_above(
    value: Json, place: tuple[str, ...], counted: tuple[int, int]
) -> None:
    """A list without elements, and one that is missing, count nothing."""
    assert presence(value, place) == counted


@given(values)
def test_presence_agrees_with_the_shape(value: Json) -> None:
    """Counting one place gives the counts that the shape of the whole value has there."""
    for place in (("a",), ("*", "a"), ("a", "b"), ("a", "*", "b"), ("*", "*", "a")):
        shape = shape_of(value)
        above, there = shape.at(place[:-1]), shape.at(place)

        assert presence(value, place) == (
            there.count if there else 0,
            above.types.get("object", 0) if above else 0,
        )


places = st.lists(st.lists(st.sampled_from(["a", "b", "c", ITEM]), max_size=4).map(tuple), max_size=6)


@given(st.lists(values, max_size=4), places)
def test_presences_of_many_bodies_are_their_presence_summed(
    bodies: list[Json], asked: list[tuple[str, ...]]
) -> None:
    """One walk for all places counts what a walk for each place and body counts, and names the bodies."""
    counted = presences([(str(number), body) for number, body in enumerate(bodies)], asked)

    for place in asked:
        each = [presence(body, place) for body in bodies]
        assert counted[place] == Presence(
            have=sum(have for have, _ in each),
            of=sum(of for _, of in each),
            where={str(number) for number, (_, of) in enumerate(each) if of},
        )
