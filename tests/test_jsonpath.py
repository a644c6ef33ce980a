"""JSONPath: what it finds, and how it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange import Json
from harness.jsonpath import JsonPathError, Match, check_path, find, is_listing

BODY: Json = {
    "tokens": [{"id": "a", "type": "ORGANIZATION"}, {"id": "b", "type": "WORKSPACE", "odd-name": None}],
    "totalCount": 2,
}

SCALARS = st.none() | st.booleans() | st.integers() | st.text()


def test_every_match_has_its_normalized_path_and_keys() -> None:
    """A path with a wildcard finds every value in the order of the data, each with its own place."""
    assert find("$.tokens[*].id", BODY) == [
        Match(path="$['tokens'][0]['id']", keys=("tokens", 0, "id"), value="a"),
        Match(path="$['tokens'][1]['id']", keys=("tokens", 1, "id"), value="b"),
    ]


def test_nothing_found_is_an_empty_list() -> None:
    """A path that leads nowhere finds nothing, which is no error."""
    assert find("$.alerts[*].id", BODY) == []


def test_filters_are_understood() -> None:
    """RFC 9535 filters choose elements by their values."""
    assert [match.value for match in find("$.tokens[?@.type == 'WORKSPACE'].id", BODY)] == ["b"]


@given(SCALARS)
def test_the_root_of_any_body_is_the_body(value: Json) -> None:
    """A body need not be an object: the root path gives it back, text included, and below it is nothing."""
    assert [match.value for match in find("$", value)] == [value]
    assert find("$.id", value) == []
    assert find("$[0]", value) == []


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("", "Write for example `$.items[0].id`."),
        ("tokens[0].id", "Begin with the root: `$.tokens[0].id`."),
        (".tokens", "Begin with the root: `$.tokens`."),
        ("$.odd-name", "Write `['odd-name']` in place of `.odd-name`."),
        ("$.tokens.0", "Write `[0]` in place of `.0`."),
        (" $.tokens", "Write `$.tokens`, without spaces around it."),
        ("$.tokens[", "Write for example `$.items[0].id` or `$.items[*].id`."),
        ("$.tokens[?@.id = 'a']", "Write for example"),
        ("$.tokens[?foo(@)]", "Write for example"),
        ("$..", "Write for example"),
    ],
)
def test_what_is_no_path_is_refused_with_what_to_write(path: str, advice: str) -> None:
    """A mistake is told with its place in the path and what to write, at the place that the caller names."""
    with pytest.raises(JsonPathError) as caught:
        check_path(path, "a.yaml:3")

    (problem,) = caught.value.problems
    assert problem.where == "a.yaml:3"
    assert f"`{path}` is no JSONPath, it cannot be read from character " in problem.what
    assert advice in problem.advice


def test_a_good_path_passes() -> None:
    """Checking a good path says nothing, the second time too."""
    check_path("$.tokens[*].type")
    check_path("$.tokens[*].type")


def test_data_that_is_too_deep_is_refused() -> None:
    """A descent into data without end is an error of ours, not a crash."""
    deep: Json = []
    for _ in range(3000):
        deep = [deep]
    with pytest.raises(JsonPathError, match="nested too deep"):
        find("$..id", deep)


def test_a_path_that_is_too_deep_is_refused() -> None:
    """Brackets without end are an error of ours, not a crash, and are not repeated in full."""
    with pytest.raises(JsonPathError, match="the JSONPath is nested too deep"):
        check_path("$[?" + "(" * 5000 + "@.a" + ")" * 5000 + "]")
    with pytest.raises(JsonPathError) as caught:
        check_path("$.a." + "b-" * 5000)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("path", "listing"),
    [
        ("$.tokens[0].id", False),
        ("$", False),
        ("$.tokens[?@.name == 'nightly'].id", False),
        ("$.tokens[*].id", True),
        ("$.tokens.*", True),
        ("$.tokens[1:]", True),
        ("$..id", True),
        ("$.tokens['a', 'b']", True),
        ("$.tokens[?@.on][*]", True),
    ],
)
def test_a_listing_asks_for_all_of_something(path: str, listing: bool) -> None:  # noqa: FBT001 - a column
    """Wildcards, slices, descents and several names give lists; a filter looks for one."""
    assert is_listing(path) is listing
