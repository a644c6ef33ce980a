"""Tests of what a version shows of a resource."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.contract import V1, V1BETA1, Schema, load_contract
from harness.sandbox.project import projection

TEXT = Schema(types=("string",))
OPEN = Schema(types=("object",))
THING = Schema(
    types=("object",),
    properties={
        "name": TEXT,
        "gone": Schema(types=("string", "null")),
        "inner": Schema(types=("object",), properties={"a": TEXT}),
        "list": Schema(types=("array",), items=Schema(types=("object",), properties={"a": TEXT})),
        "words": Schema(types=("array",), items=TEXT),
        "free": OPEN,
        "labels": Schema(types=("object",), additional=TEXT),
        "any": Schema(),
    },
)
values = st.recursive(
    st.none() | st.integers() | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*THING.properties, "x", "a"]), inner)
    ),
    max_leaves=12,
)


def _show(schema: Schema, value: Any) -> Any:
    show = projection(schema, lambda inner: inner)
    return value if show is None else show(value)


def test_only_documented_fields_are_shown() -> None:
    """Fields that the schema does not have are left out, at any depth; free objects are kept."""
    value = {
        "name": "n",
        "hidden": 1,
        "inner": {"a": "1", "b": "2"},
        "list": [{"a": "1", "b": "2"}, {}],
        "words": ["x"],
        "free": {"anything": {"goes": None}},
        "labels": {"x": "y"},
        "any": {"b": 1},
    }
    shown = {**value, "inner": {"a": "1"}, "list": [{"a": "1"}, {}]}
    del shown["hidden"]

    assert _show(THING, value) == shown


def test_null_is_shown_where_it_is_documented() -> None:
    """A null is kept if the schema allows it, left out if not, and never invented."""
    assert _show(THING, {"name": None, "gone": None}) == {"gone": None}
    assert _show(THING, {}) == {}


def test_a_union_shows_what_any_variant_has() -> None:
    """The fields of all variants are shown."""
    union = Schema(any_of=(Schema(properties={"a": TEXT}), Schema(properties={"b": TEXT})))

    assert _show(union, {"a": "1", "b": "2", "c": "3"}) == {"a": "1", "b": "2"}


def test_a_schema_may_refer_to_itself() -> None:
    """A tree is shown to its leaves."""
    tree = Schema(types=("object",), properties={"name": TEXT, "child": Schema(ref="Tree")})
    show = projection(Schema(ref="Tree"), lambda schema: tree if schema.ref else schema)

    assert show is not None
    assert show({"name": "1", "x": 1, "child": {"name": "2", "x": 1}}) == {
        "name": "1",
        "child": {"name": "2"},
    }


@given(values)
def test_showing_twice_is_showing_once(value: Any) -> None:
    """What was shown is shown again unchanged, and the value itself is never changed."""
    before = repr(value)
    shown = _show(THING, value)

    assert _show(THING, shown) == shown
    assert repr(value) == before


def test_the_contracts_make_the_differences() -> None:
    """One stored token is shown with a type by v1beta1's contract and with a scope by v1's."""
    stored = {"id": "cm1", "type": "ORGANIZATION", "scope": "ORGANIZATION", "_secret": "hush"}
    shown = {}
    for version, api in ((V1BETA1, "iam"), (V1, "v1")):
        contract = load_contract(version)
        facts = contract.apis[api]
        show = projection(facts.schemas["ApiToken"], partial(contract.resolve, facts))
        assert show is not None
        shown[version] = show(stored)

    assert shown == {
        V1BETA1: {"id": "cm1", "type": "ORGANIZATION"},
        V1: {"id": "cm1", "scope": "ORGANIZATION"},
    }
