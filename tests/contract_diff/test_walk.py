"""Two schemas walked side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract_diff.walk import Change, Walk, What
from harness.schema import Schema
from harness.struct import replace
from tests.contract_diff import BOOLEAN, INTEGER, NUMBER, STRING, many, one_of, record, ref

_Brief = tuple[What, tuple[str, ...]]


def _changes(old: Schema, new: Schema, **schemas: tuple[Schema | None, Schema | None]) -> list[Change]:
    sides = [{name: pair[side] for name, pair in schemas.items() if pair[side]} for side in (0, 1)]
    first, second = ({name: schema for name, schema in side.items() if schema} for side in sides)
    return list(Walk(first, second).changes(old, new, "GetThing"))


def _brief(changes: list[Change]) -> list[_Brief]:
    return [(change.what, change.place) for change in changes]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (record("x", x=STRING), record(x=STRING), What.FREED),
        (record(x=STRING), record("x", x=STRING), What.NEEDED),
        (record(x=STRING), record(x=INTEGER), What.TYPES_OTHER),
        (record(x=INTEGER), record(x=NUMBER), What.TYPES_WIDER),
        (record(x=NUMBER), record(x=INTEGER), What.TYPES_NARROWER),
        (record(x=STRING), record(x=Schema(types=("string", "null"))), What.NULL_CAME),
        (record(x=Schema(types=("string", "null"))), record(x=STRING), What.NULL_GONE),
        (record(x=one_of("A")), record(x=one_of("A", "B")), What.VALUE_CAME),
        (record(x=one_of("A", "B")), record(x=one_of("B")), What.VALUES_GONE),
        (record(x=STRING), record(x=one_of("A")), What.CLOSED),
        (record(x=one_of("A")), record(x=STRING), What.OPENED),
        (
            record(x=replace(STRING, format="uuid")),
            record(x=replace(STRING, format="date-time")),
            What.FORMAT,
        ),
        (record(x=replace(STRING, max_length=9)), record(x=replace(STRING, max_length=5)), What.TIGHTER),
        (record(x=replace(STRING, max_length=5)), record(x=replace(STRING, max_length=9)), What.WIDER),
        (record(x=replace(INTEGER, minimum=1)), record(x=replace(INTEGER, minimum=5)), What.TIGHTER),
        (record(x=replace(INTEGER, default=20)), record(x=replace(INTEGER, default=10)), What.DEFAULT),
        (record(x=STRING, y=STRING), record(y=STRING), What.GONE),
        (record(workId=STRING), record(newWorkId=STRING), What.RENAMED),
    ],
)
def test_one_change_is_one(old: Schema, new: Schema, what: What) -> None:
    """Each change is found at its place, alone, also below a list, a map and a reference."""
    place = ("x",) if what is not What.RENAMED else ("workId",)

    assert _brief(_changes(old, new)) == [(what, place)]
    assert _brief(_changes(many(old), many(new))) == [(what, ("*", *place))]
    mapped = [Schema(types=("object",), additional=schema) for schema in (old, new)]
    assert _brief(_changes(mapped[0], mapped[1])) == [(what, ("*", *place))]
    assert _brief(_changes(ref("Thing"), ref("Thing"), Thing=(old, new))) == [(what, place)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (one_of("A", "B"), one_of("B", "A")),
        (STRING, replace(STRING, format="date-time")),
        (STRING, replace(STRING, max_length=500)),
        (INTEGER, replace(INTEGER, default=20)),
        (Schema(), STRING),
        (Schema(types=("integer", "number")), NUMBER),
        (record(), record(x=STRING)),
    ],
)
def test_what_one_side_does_not_say_is_no_change(old: Schema, new: Schema) -> None:
    """The order of values, and a bound, format, default or type that only one side states, are none."""
    assert _changes(record(y=old), record(y=new)) == []


def test_what_only_v1_has_is_named_once() -> None:
    """A property that came is one change, whatever is in it."""
    found = _changes(record(x=STRING), record("y", x=STRING, y=record("z", z=STRING)))

    assert _brief(found) == [(What.CAME, ("y",))]
    assert found[0].required


def test_a_change_in_a_schema_with_a_name_names_it() -> None:
    """The cause is the schema's name and the place below it, so that operations can share it."""
    thing = (record(x=STRING, y=STRING), record(y=STRING))
    found = _changes(record(things=many(ref("Thing"))), record(things=many(ref("Thing"))), Thing=thing)

    assert [(change.place, change.cause) for change in found] == [(("things", "*", "x"), ("Thing", "x"))]


@pytest.mark.parametrize(("required", "certain"), [(("a", "x"), True), (("x",), False), (("a",), False)])
def test_certain_is_what_is_always_there(required: tuple[str, ...], *, certain: bool) -> None:
    """A property is certain when it and all that holds it are required."""
    inner = record(*(name for name in required if name == "x"), x=STRING, y=STRING)
    old = record(*(name for name in required if name == "a"), a=inner)
    found = _changes(old, replace(old, properties={"a": record(y=STRING)}))

    assert [change.certain for change in found] == [certain]


def _union(**variants: Schema) -> tuple[Schema, dict[str, Schema]]:
    names = {label.upper(): label for label in variants}
    schema = Schema(any_of=tuple(map(ref, variants)), discriminator="type", mapping=names)
    return schema, variants


def test_a_change_in_some_variants_names_them() -> None:
    """What two of three variants have is one change that names the two; what all have names none."""
    old, old_schemas = _union(
        a=record("x", x=STRING, y=STRING), b=record("x", x=STRING, y=STRING), c=record(x=STRING, y=STRING)
    )
    new, new_schemas = _union(a=record(x=STRING), b=record(x=STRING), c=record(x=STRING))
    found = list(Walk(old_schemas, new_schemas).changes(old, new, "Make"))

    assert [(change.what, change.place, change.variants) for change in found] == [
        (What.FREED, ("x",), ("type is A", "type is B")),
        (What.GONE, ("y",), ()),
    ]
    assert found[1].cause == ("Make", "y")


def test_a_variant_that_one_side_has_is_a_value_of_the_union() -> None:
    """A variant that went and one that came are said by their discriminator's value."""
    old, old_schemas = _union(a=record(), b=record())
    new, new_schemas = _union(b=record(), c=record())
    found = list(Walk(old_schemas, new_schemas).changes(old, new, "Make"))

    assert [(change.what, change.before, change.after) for change in found] == [
        (What.VALUES_GONE, ["A"], ["B", "C"]),
        (What.VALUE_CAME, None, "C"),
    ]


def test_a_schema_in_itself_is_walked_once() -> None:
    """Recursion, direct or over another schema, ends, and what changed in it is found once a way."""
    tree = (record(child=ref("Tree"), x=STRING), record(child=ref("Tree"), y=BOOLEAN))
    assert _brief(_changes(ref("Tree"), ref("Tree"), Tree=tree)) == [(What.GONE, ("x",)), (What.CAME, ("y",))]

    maybe = Schema(any_of=(ref("Node"), Schema(types=("null",))))
    node = (record(next=maybe, x=STRING), record(next=maybe, x=INTEGER))
    assert _brief(_changes(ref("Node"), ref("Node"), Node=node)) == [(What.TYPES_OTHER, ("x",))]

    a, b = record(b=many(ref("B")), x=STRING, y=STRING), record(a=ref("A"), c=STRING)
    found = _changes(
        ref("A"), ref("A"), A=(a, replace(a, properties={**a.properties, "x": INTEGER})), B=(b, b)
    )
    assert _brief(found) == [(What.TYPES_OTHER, ("x",))]


_LEAVES = st.sampled_from([STRING, INTEGER, BOOLEAN, one_of("A", "B"), Schema(types=("string", "null"))])
_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: (
        st.builds(many, inner)
        | st.dictionaries(st.sampled_from("abc"), inner, min_size=1).map(
            lambda properties: Schema(types=("object",), properties=properties, required=("a",))
        )
        | st.lists(inner, min_size=2, max_size=3).map(lambda variants: Schema(any_of=tuple(variants)))
    ),
    max_leaves=12,
)


@given(_SCHEMAS)
def test_a_schema_does_not_differ_from_itself(schema: Schema) -> None:
    """Whatever a schema is made of, walking it beside itself yields nothing."""
    assert _changes(schema, schema) == []


@given(_SCHEMAS, st.sampled_from([What.GONE, What.CAME]))
def test_what_is_put_into_a_schema_is_found(schema: Schema, what: What) -> None:
    """A property with a name of its own that one side gets is found there, and nothing else is."""
    old = record("keep", keep=schema, other=STRING)
    new = replace(old, properties={**old.properties, "brandNew": BOOLEAN})
    sides = (new, old) if what is What.GONE else (old, new)

    assert _brief(_changes(*sides)) == [(what, ("brandNew",))]
