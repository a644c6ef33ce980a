"""The lists of the two sides, laid side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import ScenarioError
from harness.exchange import Json, Side
from harness.foreach import aligned, elements

OLD, NEW = Side.BASELINE, Side.CANDIDATE
ELEMENTS = st.one_of(
    st.integers(0, 5), st.sampled_from(["a", "b", "1"]), st.booleans(), st.none(), st.just({"id": "a"})
)
LISTS = st.lists(ELEMENTS, max_size=8)


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        (["a", "b"], ["a", "b"], [("a", "a"), ("b", "b")]),
        (["a", "b", "c"], ["c", "a"], [("a", "a"), ("c", "c"), ("b",)]),
        (["a1", "a2"], ["b1", "b2"], [("a1", "b1"), ("a2", "b2")]),
        (["a", "a"], ["a"], [("a", "a"), ("a",)]),
        ([{"id": 1, "n": 2}], [{"n": 2, "id": 1}], [({"id": 1, "n": 2},) * 2]),
        ([1, True, "1"], ["1", True, 1], [(1, 1), (True, True), ("1", "1")]),
        ([], [], []),
    ],
)
def test_equal_elements_stand_together(
    old: list[Json], new: list[Json], rows: list[tuple[Json, ...]]
) -> None:
    """Equal elements are pairs in any order; the others follow, each with the next of the other side."""
    assert [tuple(row.values()) for row in aligned({OLD: old, NEW: new})] == rows


@given(LISTS, LISTS)
def test_no_element_is_lost(old: list[Json], new: list[Json]) -> None:
    """Every element of both lists stands in exactly one row, on its own side."""
    rows = list(aligned({OLD: old, NEW: new}))
    for side, given_ in ((OLD, old), (NEW, new)):
        found = [row[side] for row in rows if side in row]

        assert sorted(map(repr, found)) == sorted(map(repr, given_))


@given(LISTS)
def test_a_list_is_aligned_with_itself(items: list[Json]) -> None:
    """Two equal lists make pairs of equals, in their order."""
    assert [row[OLD] for row in aligned({OLD: items, NEW: items})] == items
    assert all(row[OLD] == row[NEW] for row in aligned({OLD: items, NEW: items}))


def test_a_side_without_a_list_has_no_elements() -> None:
    """Where only one side has a list, its elements stand alone."""
    assert list(aligned({NEW: ["a", "b"]})) == [{NEW: "a"}, {NEW: "b"}]


@pytest.mark.parametrize("value", ["t1", 7, None, True, {"id": "t1"}, "x" * 500])
def test_what_is_no_list_is_refused(value: Json) -> None:
    """A value that is no list is told with its place, shortened, and what to write."""
    with pytest.raises(ScenarioError) as caught:
        elements(value, "a.yaml:7")

    (problem,) = caught.value.problems
    assert problem.where == "a.yaml:7"
    assert "which is no list" in problem.what
    assert len(problem.what) < 120


def test_a_list_is_its_elements() -> None:
    """A list is taken as it is."""
    assert elements([1, None], "a.yaml:7") == [1, None]
