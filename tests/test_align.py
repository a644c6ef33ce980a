"""Lists side by side: by identity despite order, as multisets where nothing identifies an element."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.align import Alignment, align
from harness.exchange import Json
from harness.values import Correspondence

_SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b", 1.0, "1", ""])
_OBJECTS = st.fixed_dictionaries(
    {},
    optional={"id": _SCALARS, "name": _SCALARS, "userId": _SCALARS, "tags": st.lists(_SCALARS, max_size=2)},
)
_LISTS = st.lists(_OBJECTS, max_size=5) | st.lists(
    _SCALARS | _OBJECTS | st.lists(_SCALARS, max_size=2), max_size=5
)


def _align(old: list[Any], new: list[Any], *same: tuple[str, str]) -> Alignment:
    return align(old, new, Correspondence(same))


def _pairs(found: Alignment) -> list[tuple[Json, Json]]:
    return [(before, after) for _, before, after in found.pairs]


def _counted(elements: list[Json]) -> Counter[str]:
    return Counter(json.dumps(element, sort_keys=True) for element in elements)


def _rows(ids: Iterable[str], **more: Json) -> list[Json]:
    return [{"id": each, **more} for each in ids]


@given(_LISTS, _LISTS)
def test_no_element_is_lost_or_invented(old: list[Json], new: list[Json]) -> None:
    """Every element of both lists is in one pair or stands alone, and indices point at their elements."""
    found = _align(old, new)

    assert _counted(
        [before for _, before, _ in found.pairs] + [gone for _, gone in found.only_old]
    ) == _counted(old)
    assert _counted(
        [after for _, _, after in found.pairs] + [came for _, came in found.only_new]
    ) == _counted(new)
    assert all(new[index] is after for index, _, after in found.pairs)
    assert all(old[index] is gone for index, gone in found.only_old)
    assert (found.old_size, found.new_size) == (len(old), len(new))


@example(lists=([None, [None, True], [True, None]], [[True, None], [None, True], None]))
@example(lists=([{"tags": [1, 2]}, {"tags": [2, 1]}], [{"tags": [2, 1]}, {"tags": [1, 2]}]))
@given(_LISTS.flatmap(lambda old: st.tuples(st.just(old), st.permutations(old))))
def test_a_shuffled_list_is_aligned_whole(lists: tuple[list[Json], list[Json]]) -> None:
    """Of the same elements in another order none stands alone, and equal ones are paired."""
    found = _align(*lists)

    assert not found.only_old
    assert not found.only_new
    assert all(_counted([before]) == _counted([after]) for before, after in _pairs(found))


def test_of_elements_with_one_id_those_that_are_equal_are_paired() -> None:
    """What went is the one that is not there any more, wherever the other one stands."""
    found = _align(
        [{"id": "a", "n": 1}, {"id": "a", "n": 2}, {"id": "b"}], [{"id": "b"}, {"id": "a", "n": 2}]
    )

    assert all(before == after for before, after in _pairs(found))
    assert [gone for _, gone in found.only_old] == [{"id": "a", "n": 1}]


@pytest.mark.parametrize(
    "key", ["id", "name", "key", "code", "field", "shortId", "value", "userId", "poolName"]
)
def test_objects_are_aligned_by_what_identifies_them(key: str) -> None:
    """Elements with the same identity are paired wherever they stand and however much else differs."""
    old = [{key: "a", "x": 1}, {key: "b", "x": 2}, {key: "c", "x": 3}]
    new = [{key: "c", "x": 30, "y": 0}, {key: "a", "x": 10}, {key: "d"}]

    found = _align(old, new)

    assert _pairs(found) == [(old[2], new[0]), (old[0], new[1])]
    assert found.only_old == ((1, old[1]),)
    assert found.only_new == ((2, new[2]),)
    assert found.identity == f"by {key}"
    assert found.reordered


@pytest.mark.parametrize(
    "lists",
    [(["a", 1], ["a", True]), ([1], [1.0]), ([0], [False]), ([["a", 1]], [["a", True]])],
    ids=["true", "float", "false", "within"],
)
def test_what_python_takes_for_equal_is_not_so(lists: tuple[list[Json], list[Json]]) -> None:
    """A number and a boolean that are equal in Python are two values, of which one went and one came."""
    found = _align(*lists)

    assert lists[0] == lists[1]
    assert (len(found.only_old), len(found.only_new)) == (1, 1)


@given(_LISTS, st.booleans())
def test_equal_lists_are_paired_in_their_order(elements: list[Json], own: bool) -> None:  # noqa: FBT001
    """Each element with itself, duplicates too, whatever else would identify them."""
    found = align(elements, json.loads(json.dumps(elements)), Correspondence([("a", "b")]), own=own)

    assert [(index, repr(before), repr(after)) for index, before, after in found.pairs] == [
        (index, repr(each), repr(each)) for index, each in enumerate(elements)
    ]
    assert (found.only_old, found.only_new, found.reordered) == ((), (), False)


def test_an_id_wins_over_a_name() -> None:
    """Two elements that swapped their names are still told apart by their ids."""
    old = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    new = [{"id": 1, "name": "b"}, {"id": 2, "name": "a"}]

    assert _pairs(_align(old, new)) == [(old[0], new[0]), (old[1], new[1])]


def test_a_name_stands_in_for_ids_that_all_changed() -> None:
    """Where no id is on both sides, elements with equal names are paired."""
    old = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    new = [{"id": 9, "name": "b"}, {"id": 8, "name": "a"}]

    found = _align(old, new)

    assert _pairs(found) == [(old[1], new[0]), (old[0], new[1])]
    assert found.identity == "by name"


def test_of_two_names_the_better_one_wins() -> None:
    """Of keys that match equally well the preferred one identifies, else the one that matches more."""
    old = [{"name": "a", "code": 1}, {"name": "b", "code": 2}, {"name": "c", "code": 3}]

    equally = [{"name": "x", "code": 1}, {"name": "a", "code": 8}, {"name": "y", "code": 9}]
    assert _align(old, equally).identity == "by name"
    better = [{"name": "x", "code": 1}, {"name": "a", "code": 2}, {"name": "y", "code": 9}]
    assert _align(old, better).identity == "by code"


def test_one_shared_id_is_enough() -> None:
    """With one id in common, elements with other ids are not taken for each other."""
    old = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    new = [{"id": 3, "name": "b"}, {"id": 1, "name": "x"}]

    found = _align(old, new)

    assert _pairs(found) == [(old[0], new[1])]
    assert found.only_old == ((1, old[1]),)
    assert found.only_new == ((0, new[0]),)


def test_ids_of_another_type_are_other_ids() -> None:
    """The numbers 1 and 1.0, the text "1" and true identify four elements."""
    old = [{"id": 1, "x": 0}, {"id": 1.0, "x": 1}, {"id": "1", "x": 2}, {"id": True, "x": 3}]

    found = _align(old, old[::-1])

    assert all(before is after for before, after in _pairs(found))
    assert found.identity == "by id"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([{"id": 1, "x": "a"}, {"id": 1, "x": "b"}], [{"id": 1, "x": "b"}, {"id": 1, "x": "a"}]),
        ([{"id": None, "x": "a"}, {"id": 2, "x": "b"}], [{"id": 2, "x": "b"}, {"id": None, "x": "a"}]),
        ([{"id": [1], "x": "a"}, {"id": [2], "x": "b"}], [{"id": [2], "x": "b"}, {"id": [1], "x": "a"}]),
        ([{"x": "a"}, {"id": 2, "x": "b"}], [{"id": 2, "x": "b"}, {"x": "a"}]),
    ],
)
def test_a_key_that_does_not_identify_is_not_used(old: list[Json], new: list[Json]) -> None:
    """Ids that repeat, are null, missing or no scalars leave the elements to be matched by value."""
    found = _align(old, new)

    assert _pairs(found) == [(old[1], new[0]), (old[0], new[1])]
    assert found.identity == "by value"


def test_objects_that_nothing_identifies_are_paired_by_position() -> None:
    """Equal elements are paired first, the rest in order; what is left over stands alone."""
    old = [{"x": 1}, {"x": 2}, {"x": 3}]
    new = [{"x": 3}, {"x": 9}]

    found = _align(old, new)

    assert _pairs(found) == [(old[2], new[0]), (old[0], new[1])]
    assert found.only_old == ((1, old[1]),)
    assert found.identity == "by value, then by position"


@pytest.mark.parametrize(
    ("old", "new", "only_old", "only_new"),
    [
        ([1, 1, 2], [1, 2], [1], []),
        ([1, 2], [2, 1, 1], [], [1]),
        (["a", "a"], ["a", "b"], ["a"], ["b"]),
        ([True], [1], [True], [1]),
        ([1], [1.0], [1], [1.0]),
        (["1", None], [1, "null"], ["1", None], [1, "null"]),
        ([[1, 2], [3]], [[3], [4]], [[1, 2]], [[4]]),
        ([], [1], [], [1]),
        ([{"a": 1}, 1], [1, {"a": 2}], [{"a": 1}], [{"a": 2}]),
        ([{"a": 1}], [1], [{"a": 1}], [1]),
        ([1], [{"a": 1}], [1], [{"a": 1}]),
    ],
)
def test_values_are_counted(
    old: list[Json], new: list[Json], only_old: list[Json], only_new: list[Json]
) -> None:
    """Scalars, lists and mixtures are multisets: what occurs once more on a side stands alone there."""
    found = _align(old, new)

    assert [element for _, element in found.only_old] == only_old
    assert [element for _, element in found.only_new] == only_new


def test_the_order_within_an_element_does_not_matter() -> None:
    """Elements are matched by value whatever order the lists and keys within them have."""
    old = [[1, [2, 3]], {"tags": ["a", "b"], "x": 1}, 5]
    new = [5, {"x": 1, "tags": ["b", "a"]}, [[3, 2], 1]]

    found = _align(old, new)

    assert _pairs(found) == [(5, 5), (old[1], new[1]), (old[0], new[2])]
    assert found.reordered


@pytest.mark.parametrize("at", [0, 1])
def test_an_element_that_one_side_repeats_does_not_unsettle_the_others(at: int) -> None:
    """Its id is still an id: the repeated one is too many, and the rest is paired."""
    once, twice = _rows("123", a="x"), _rows("1123", a="y")
    found = _align(once, twice) if at else _align(twice, once)
    ids = [[each["id"] for each in pair if isinstance(each, dict)] for pair in _pairs(found)]

    assert found.identity == "by id"
    assert ids == [["1", "1"], ["2", "2"], ["3", "3"]]
    assert [len(found.only_old), len(found.only_new)] == [1 - at, at]


def test_where_both_sides_repeat_an_id_it_is_none() -> None:
    """Rows of one thing are told apart by something else, or by where they stand."""
    found = _align(_rows("112", a="x"), _rows("112", a="y"))

    assert len(found.pairs) == 3
    assert found.identity == "by value, then by position"


@pytest.mark.parametrize("odd", [None, "text", 1, []])
def test_what_is_no_object_does_not_hide_what_the_others_are(odd: Json) -> None:
    """The objects are paired by id; the odd one is one more."""
    found = _align(_rows("12", type=1), [odd, *_rows("21", scope=1)])

    assert found.identity == "by id"
    assert len(found.pairs) == 2
    assert found.only_new == ((0, odd),)
    assert found.reordered


_IDS = [f"cmteam000000000000000000{number}" for number in range(6)]


def test_lists_of_other_things_are_not_laid_side_by_side() -> None:
    """All ids have one form and none is on both sides: what v1beta1 lists is missing."""
    found = _align(_rows(_IDS[:3]), _rows(_IDS[3:]))

    assert (found.identity, found.pairs) == ("by id", ())
    assert (len(found.only_old), len(found.only_new)) == (3, 3)


def test_ids_of_another_form_may_be_those_of_the_same_things() -> None:
    """Nothing says that they are others, and so their shapes are compared by position."""
    assert len(_align(_rows(_IDS[:3]), _rows(f"tok_{each}" for each in "xyz")).pairs) == 3


def test_own_things_are_paired_although_their_ids_are_others() -> None:
    """Each side has made its own, by construction."""
    assert len(align(_rows(_IDS[:3]), _rows(_IDS[3:]), Correspondence(), own=True).pairs) == 3


@pytest.mark.parametrize("key", ["userId", "user_id", "fullName", "username", "email", "apiKey"])
def test_other_ids_and_names_identify_where_the_usual_ones_do_not(key: str) -> None:
    """An id that is renamed leaves the elements what else names them."""
    old: list[Json] = [{"id": each, key: f"of {each}", "at": "x"} for each in "123"]
    new: list[Json] = [{"uid": each, key: f"of {each}", "at": "x"} for each in "321"]
    found = _align(old, new)

    assert found.identity == f"by {key}"
    assert len(found.pairs) == 3


def test_order_is_that_of_the_pairs() -> None:
    """Elements that come or go do not make the others reordered; equal duplicates have no order."""
    assert not _align([1, 2, 3], [0, 1, 3]).reordered
    assert not _align([1, 1], [1, 1]).reordered
    assert _align([1, 2, 3], [3, 1]).reordered


def test_captured_ids_identify() -> None:
    """The element that the candidate made is paired with the one that the baseline made."""
    old = [{"id": "old", "x": 1}, {"id": "both", "x": 2}]
    new = [{"id": "both", "x": 2}, {"id": "new", "x": 3}]

    assert _pairs(_align(old, new, ("old", "new"))) == [(old[1], new[0]), (old[0], new[1])]
    assert _pairs(_align(["old", "b"], ["b", "new"], ("old", "new"))) == [("b", "b"), ("old", "new")]


def test_both_sides_may_list_what_either_has_made() -> None:
    """Where one store answers both sides, an id is itself before it is what it corresponds to."""
    old = [{"id": "old", "type": "A"}, {"id": "new", "type": "B"}]
    new = [{"id": "new", "scope": "B"}, {"id": "old", "scope": "A"}]

    found = _align(old, new, ("old", "new"))

    assert _pairs(found) == [(old[1], new[0]), (old[0], new[1])]
    assert _align(["old", "new"], ["new", "old"], ("old", "new")).only_new == ()


@pytest.mark.parametrize(
    ("key", "namesakes"),
    [("name", True), ("username", True), ("objectKey", True), ("code", True), ("id", False), ("a", False)],
)
def test_elements_with_one_name_are_told(key: str, *, namesakes: bool) -> None:
    """What is aligned by a name is one thing on both sides, whatever its id; other keys do not say so."""
    old = [{key: "a"}, {key: "b"}]

    assert _align(old, old[::-1]).namesakes is namesakes
