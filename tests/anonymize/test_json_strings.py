"""Strings of JSON, replaced in place."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from harness.anonymize.json_strings import Visit, is_json, rewrite_json

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_what_is_not_replaced_keeps_its_bytes(value: object, indent: int | None, ascii_: bool) -> None:  # noqa: FBT001 - drawn
    """Spacing, escapes and numbers."""
    text = json.dumps([value], indent=indent, ensure_ascii=ascii_)

    assert rewrite_json(text, lambda each, _: each) == text


@given(VALUES)
def test_every_string_and_key_is_seen(value: object) -> None:
    """At any depth, as what it stands for, and the result is JSON."""
    text = json.dumps([value])

    assert json.loads(rewrite_json(text, lambda each, _: f"<{each}>" if not each.isdigit() else each)) == [
        _marked(value)
    ]


def _marked(value: object) -> object:
    if isinstance(value, str):
        return f"<{value}>" if not value.isdigit() else value
    if isinstance(value, list):
        return [_marked(each) for each in value]
    if isinstance(value, dict):
        return {_marked(key): _marked(each) for key, each in value.items()}
    return value


def test_a_value_knows_what_it_goes_by() -> None:
    """A list hands its name on; an object's own keys come first."""
    seen: list[tuple[str, str]] = []
    rewrite_json('{"ids": ["a", ["b"]], "x": {"id": "c", "y": 123456}, "z": [{"q": "d"}]}', _noting(seen))

    assert [pair for pair in seen if pair[1]] == [
        ("a", "ids"),
        ("b", "ids"),
        ("c", "id"),
        ("123456", "y"),
        ("d", "q"),
    ]


def _noting(seen: list[tuple[str, str]]) -> Visit:
    def visit(value: str, field: str) -> str:
        seen.append((value, field))
        return value

    return visit


def test_a_number_stays_a_number() -> None:
    """Digits may take its place, and nothing else; small ones are not looked at."""
    text = '{"id": 123456, "n": 42, "f": 1.50, "e": 1e9}'

    assert rewrite_json(text, lambda *_: "987654321098")[:21] == '{"987654321098": 9876'
    assert rewrite_json(text, lambda each, field: "x" if field else each) == text


def test_what_is_json() -> None:
    """Objects, lists and strings; no text that only begins so."""
    assert all(map(is_json, ("{}", " [1]", '"a"')))
    assert not any(map(is_json, ("{x", "1", '"a" b', "", "[" * 100_000)))
