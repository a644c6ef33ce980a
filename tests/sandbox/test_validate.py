"""Tests of reading requests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sandbox.form import Form, RequestForm
from harness.sandbox.validate import Reading

TEXT = Form(types=("string",))
COUNT = Form(types=("integer",), bounds={"minimum": 1, "maximum": 9})
QUEUE = Form(types=("object",), properties={"name": TEXT, "size": COUNT}, required=("name",))
BODY = Form(
    types=("object",),
    required=("name",),
    properties={
        "name": Form(types=("string",), bounds={"min_length": 1, "max_length": 3}),
        "kind": Form(types=("string",), enum=("A", "B")),
        "until": Form(types=("string", "null"), format="date-time"),
        "queues": Form(types=("array",), items=QUEUE, bounds={"max_items": 2}),
        "extra": Form(types=("object",), open=True),
        "labels": Form(types=("object",), open=True, additional=TEXT),
        "code": Form(types=("string",), pattern="^[a-z]+$"),
        "ratio": Form(types=("number",)),
        "anything": Form(),
        "either": Form(choices=(TEXT, COUNT)),
    },
)
UNION = Form(
    discriminator="type",
    variants={
        "BIG": Form(types=("object",), properties={"type": TEXT, "size": COUNT}, required=("type", "size")),
        "SMALL": Form(types=("object",), properties={"type": TEXT, "name": TEXT}, required=("name",)),
    },
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*BODY.properties, "x"]), inner)
    ),
    max_leaves=10,
)


def _read(form: Form, value: Any, **variants: str) -> tuple[Any, list[tuple[str, str]]]:
    reading = Reading(variants=variants)
    read = reading.body(form, value)
    return read, [(error.field, error.code) for error in reading.errors]


def test_a_good_body_is_read() -> None:
    """A body that follows its form comes back without undeclared fields."""
    body = {
        "name": "a",
        "kind": "A",
        "until": "2026-09-01T08:00:00Z",
        "queues": [{"name": "q", "size": 1.0}],
        "extra": {"any": [1]},
        "labels": {"x": "y"},
        "code": "abc",
        "ratio": 1,
        "anything": [None],
        "either": 5,
    }

    assert _read(BODY, {**body, "unknown": 1}) == (body, [])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, ("name", "required")),
        ({"name": None}, ("name", "required")),
        ({"name": 1}, ("name", "type")),
        ({"name": ""}, ("name", "min_length")),
        ({"name": "long"}, ("name", "max_length")),
        ({"name": "a", "kind": "C"}, ("kind", "enum")),
        ({"name": "a", "until": "soon"}, ("until", "format")),
        ({"name": "a", "queues": [{"name": "q", "size": 10}]}, ("queues[0].size", "maximum")),
        ({"name": "a", "queues": [{"name": "q"}, {}]}, ("queues[1].name", "required")),
        ({"name": "a", "queues": [{"name": "q"}] * 3}, ("queues", "max_items")),
        ({"name": "a", "queues": [{"name": "q", "size": True}]}, ("queues[0].size", "type")),
        ({"name": "a", "queues": [{"name": "q", "size": 1.5}]}, ("queues[0].size", "type")),
        ({"name": "a", "labels": {"x": 1}}, ("labels.x", "type")),
        ({"name": "a", "code": "A"}, ("code", "pattern")),
        ({"name": "a", "ratio": "1"}, ("ratio", "type")),
        ({"name": "a", "either": []}, ("either", "type")),
        ([], ("", "type")),
    ],
)
def test_a_wrong_body_names_its_mistake(body: Any, error: tuple[str, str]) -> None:
    """Each mistake is one entry with the path of the field and a code."""
    assert _read(BODY, body)[1] == [error]


def test_null_counts_as_absent_unless_allowed() -> None:
    """A null for an optional field is dropped, one that the contract allows is kept."""
    assert _read(BODY, {"name": "a", "kind": None, "until": None}) == ({"name": "a", "until": None}, [])


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ({"type": "BIG", "size": 3, "name": "x"}, {"type": "BIG", "size": 3}),
        ({"type": "SMALL", "name": "x"}, {"type": "SMALL", "name": "x"}),
        ({"name": "x"}, {"type": "SMALL", "name": "x"}),
    ],
)
def test_a_union_is_read_by_its_discriminator(body: dict[str, Any], read: dict[str, Any]) -> None:
    """The discriminator chooses the variant; if one does not need it, it may be omitted."""
    assert _read(UNION, body) == (read, [])


def test_an_omitted_discriminator_can_have_a_usual_value() -> None:
    """The value that the caller of the reading gives counts, if its variant does not need the field."""
    other = {**UNION.variants, "TINY": UNION.variants["SMALL"]}
    form = Form(discriminator="type", variants=other)

    assert _read(form, {"name": "x"}, type="TINY")[0]["type"] == "TINY"
    assert _read(form, {"name": "x"}, type="BIG")[0]["type"] == "SMALL"


def test_a_required_discriminator_is_named_with_what_all_variants_require() -> None:
    """Without a required discriminator only fields that every variant requires are missing for sure."""
    big = UNION.variants["BIG"]
    form = Form(discriminator="type", variants={"BIG": big, "HUGE": big})

    assert _read(form, {})[1] == [("type", "required"), ("size", "required")]
    assert _read(form, {"type": "ODD"})[1] == [("type", "enum")]
    assert _read(form, {"type": ["BIG"]})[1] == [("type", "enum")]
    assert _read(form, "BIG")[1] == [("", "type")]


@given(json_values)
def test_any_json_can_be_read(value: Any) -> None:
    """No JSON value makes reading fail, and what was read without mistakes reads again the same."""
    for form in (BODY, UNION):
        read, errors = _read(form, value)
        if not errors:
            assert _read(form, read) == (read, [])


QUERY = RequestForm(
    query={
        "limit": Form(types=("integer",), default=20, bounds={"minimum": 0}),
        "names": Form(types=("array",), items=TEXT),
        "sizes": Form(types=("array",), items=COUNT),
        "all": Form(types=("boolean",)),
        "ratio": Form(types=("number",)),
        "must": TEXT,
    },
    required=frozenset({"must"}),
    body=None,
)


@pytest.mark.parametrize(
    ("pairs", "values"),
    [
        ([], {}),
        ([("limit", "5"), ("limit", "6")], {"limit": 5}),
        ([("names", "a"), ("names", "b,c")], {"names": ["a", "b,c"]}),
        ([("sizes", "1"), ("sizes", "2")], {"sizes": [1, 2]}),
        ([("all", "true")], {"all": True}),
        ([("all", "false")], {"all": False}),
        ([("ratio", "1.5")], {"ratio": 1.5}),
        ([("unknown", "x")], {}),
    ],
)
def test_a_good_query_is_read(pairs: list[tuple[str, str]], values: dict[str, Any]) -> None:
    """Parameters become JSON values of their types; lists are repeated parameters; the rest is ignored."""
    reading = Reading()

    assert reading.query(QUERY, [*pairs, ("must", "x")]) == {"limit": 20, "must": "x", **values}
    assert reading.errors == []


@pytest.mark.parametrize(
    ("pairs", "error"),
    [
        ([("must", "x"), ("limit", "ten")], ("limit", "type")),
        ([("must", "x"), ("limit", "1" * 30)], ("limit", "type")),
        ([("must", "x"), ("limit", "-1")], ("limit", "minimum")),
        ([("must", "x"), ("all", "yes")], ("all", "type")),
        ([("must", "x"), ("ratio", "half")], ("ratio", "type")),
        ([("must", "x"), ("sizes", "1"), ("sizes", "x")], ("sizes[1]", "type")),
        ([], ("must", "required")),
    ],
)
def test_a_wrong_query_names_its_mistake(pairs: list[tuple[str, str]], error: tuple[str, str]) -> None:
    """A parameter of another type, out of bounds, or missing is one entry."""
    reading = Reading()
    reading.query(QUERY, pairs)

    assert [(item.field, item.code) for item in reading.errors] == [error]
