"""Strict JSON: whatever a response holds, what is written can be read by every JSON reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange import Json
from harness.report.codec import MAX_DEPTH, TOO_DEEP, DecodeError, Decoder, encode, format_json, pretty
from harness.result import ScenarioResult
from tests.report.builders import difference, evidence, finding, scenario, step

_ANY_TEXT = st.text(st.characters(exclude_categories=()))
_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


def _refuse(name: str) -> Any:
    raise AssertionError(name)


def _with(data: Json) -> ScenarioResult:
    return scenario(step(finding(difference(baseline=data)), baseline=evidence("iam", data)))


@given(data=_ANY_JSON)
def test_every_value_becomes_strict_json(data: Json) -> None:
    """No NaN, no infinity and no half character leaves the harness."""
    result = _with(data)
    text = encode(result, (result,)).decode("utf-8")
    read = json.loads(text, parse_constant=_refuse)
    assert Decoder[ScenarioResult](ScenarioResult).decode(text).id == result.id
    assert read["steps"][0]["name"] == "first page"


@given(data=_ANY_JSON)
def test_pretty_text_is_strict_json_too(data: Json) -> None:
    """The pages show the same as the files."""
    json.loads(pretty(data).encode("utf-8"), parse_constant=_refuse)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), '"NaN"'),
        (float("inf"), '"Infinity"'),
        (float("-inf"), '"-Infinity"'),
        ("\ud800", '"\ufffd"'),
        ({"\udc00": [float("nan"), 2**70, 1.5, True]}, f'{{"\ufffd":["NaN",{2**70},1.5,true]}}'),
    ],
)
def test_what_json_cannot_hold_is_written_as_what_a_reader_sees(value: Json, written: str) -> None:
    """A NaN is not null: it was there."""
    result = _with(value)
    read = json.loads(encode(result, (result,)))
    shown = json.dumps(
        read["steps"][0]["baseline"]["body"]["data"], ensure_ascii=False, separators=(",", ":")
    )
    assert shown == written


def test_what_is_nested_too_deep_is_cut() -> None:
    """The depth is the sender's to choose; a report survives it."""
    deep: Json = "bottom"
    for _ in range(MAX_DEPTH * 3):
        deep = [deep]
    result = _with(deep)
    assert TOO_DEEP.encode() in encode(result, (result,))
    assert TOO_DEEP in pretty(deep)


def test_what_is_not_of_the_type_is_refused() -> None:
    """The message says where and what."""
    with pytest.raises(DecodeError, match="id"):
        Decoder[ScenarioResult](ScenarioResult).decode(b'{"id": 7}')


def test_json_that_is_printed_moves_no_cursor() -> None:
    """A terminal in UTF-8 obeys U+009B as it does an escape; whoever reads the JSON gets it as it was."""
    value = ["\x9b2J", "\u202egnp", "\u2028", "ä漢🚀"]
    written = format_json(encode(value, ()))

    assert "\x9b" not in written
    assert "\\u009b2J" in written
    assert "\u202e" not in written
    assert "ä漢🚀" in written
    assert json.loads(written) == value
