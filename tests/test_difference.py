"""Paths: written, read back, and understood by every reader of RFC 9535."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.difference import ITEM, Difference, Kind, escape, json_path, segments
from harness.exchange import Json
from harness.jsonpath import find

_ANY_TEXT = st.text(st.characters(), max_size=8)
_WHOLE_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
_HOSTILE = ["", "a.b", "'", '"', "\\", "\\'", "\\u0041", "[0]", "[*]", "a\nb", "\x1b[0m", "\ud800", "é", "$"]


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ((), "$"),
        (("status",), "$.status"),
        (("body", "tokens", ITEM, "type"), "$.body.tokens[*].type"),
        (("headers", "retry-after"), "$.headers['retry-after']"),
        (("body", "a b"), "$.body['a b']"),
        (("body", "a.b"), "$.body['a.b']"),
        (("body", "it's"), "$.body['it\\'s']"),
        (("body", "a\\b"), "$.body['a\\\\b']"),
        (("body", "__private"), "$.body.__private"),
        (("body", ""), "$.body['']"),
        (("body", "7"), "$.body['7']"),
        (("body", "größe"), "$.body['größe']"),
        (("body", "a\nb"), "$.body['a\\u000ab']"),
    ],
)
def test_a_path_is_written(parts: tuple[str, ...], path: str) -> None:
    """Plain names follow a dot, every other key stands quoted in brackets, and items are a star."""
    assert json_path(*parts) == path
    assert segments(path) == parts


@given(st.lists(_ANY_TEXT | st.sampled_from(_HOSTILE), max_size=4))
def test_a_path_is_read_back(parts: list[str]) -> None:
    """Any keys come back from the path that was written of them."""
    assert segments(json_path(*parts)) == tuple(parts)


@given(st.lists(_ANY_TEXT | st.sampled_from(_HOSTILE), max_size=4))
def test_a_path_is_one_line(parts: list[str]) -> None:
    """A path has no line breaks, control characters or half characters, whatever the keys hold."""
    path = json_path(*parts)

    assert not {unicodedata.category(character) for character in path} & {"Cc", "Cs", "Zl", "Zp"}


@given(st.lists(_WHOLE_TEXT.filter(lambda key: key != ITEM), min_size=1, max_size=3))
@example(["\x00", "\x7f", "\u2028"])
def test_a_path_leads_to_its_value(parts: list[str]) -> None:
    """A reader of RFC 9535 finds the value at the path written of its keys (half characters apart)."""
    value: Json = "here"
    for key in reversed(parts):
        value = {key: value, f"{key} not": "there"}

    assert [match.value for match in find(json_path(*parts), value)] == ["here"]


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("$.tokens[0].type", ("tokens", ITEM, "type")),
        ("$['tokens'][*]['type']", ("tokens", ITEM, "type")),
        ("$[12]", (ITEM,)),
    ],
)
def test_a_path_of_another_hand_is_read(path: str, parts: tuple[str, ...]) -> None:
    """Indices come back as items, and quoted names are the same as plain ones."""
    assert segments(path) == parts


@pytest.mark.parametrize(
    "path",
    ["", "tokens", "$tokens", "$..type", "$.a[?@.b]", "$.a[1:2]", "$.a.", "$.a[", "$['a", '$["a"]', "$.*"],
)
def test_what_is_no_generic_path_is_refused(path: str) -> None:
    """Filters, slices, descendants and broken paths raise a ValueError."""
    with pytest.raises(ValueError, match=f"^{re.escape(path)}$"):
        segments(path)


def test_a_difference_is_one_of_one() -> None:
    """A difference stands for one sample unless it says otherwise."""
    fact = Difference(kind=Kind.STATUS, path="$.status")

    assert (fact.seen, fact.samples, fact.side, fact.alike) == (1, 1, None, ())


def test_escapes_are_readable() -> None:
    """Only what cannot be printed is escaped."""
    assert escape("a\tb\x1b\x9b\u2028é{}") == "a\\u0009b\\u001b\\u009b\\u2028é{}"
