"""Schemas of OpenAPI documents: references, ``allOf``, unions, discriminators and null, in 3.0 and 3.1."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from harness.document import read_document
from harness.exchange import Json
from harness.openapi_schema import Schemas
from harness.openapi_source import Source
from harness.schema import Schema

TEXT = Schema(types=("string",))
NULL = Schema(types=("null",))


def _source(schemas: Mapping[str, Json], version: str = "3.0.3") -> Source:
    document = {"openapi": version, "paths": {}, "components": {"schemas": dict(schemas)}}
    return Source(read_document(json.dumps(document, indent=1), "x.json"), "x.json")


def _read(version: str = "3.0.3", /, **schemas: Json) -> dict[str, Schema]:
    """Read the first of the schemas, and return it and all that it refers to."""
    source = _source(schemas, version)
    reader = Schemas(source)
    named = reader.named([reader.read(_ref(next(iter(schemas))), ())])
    assert source.problems == []
    return named


def _one(schema: Json, version: str = "3.0.3") -> Schema:
    return _read(version, A=schema)["A"]


def _problems(version: str = "3.0.3", /, **schemas: Json) -> list[str]:
    source = _source(schemas, version)
    reader = Schemas(source)
    reader.named([reader.read(_ref(next(iter(schemas))), ())])
    return [str(problem) for problem in source.problems]


def _ref(name: str) -> dict[str, Json]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(*required: str, **properties: Json) -> dict[str, Json]:
    return {"type": "object", "properties": properties, "required": list(required)}


def test_every_field_of_a_schema() -> None:
    """What facts can hold is kept, and prose, examples and extensions are not."""
    schema = _one(
        {
            "type": "object",
            "title": "A",
            "description": "prose",
            "x-own": 1,
            "example": {"a": 1},
            "required": ["b", "a", "a"],
            "properties": {
                "b": {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^x", "default": "xy"},
                "a": {"type": "integer", "minimum": 0, "maximum": 10, "format": "int32", "enum": [1, 2]},
                "c": {"type": "array", "minItems": 1, "maxItems": 5, "items": {"type": "string"}},
            },
        }
    )

    assert schema == Schema(
        types=("object",),
        required=("a", "b"),
        properties={
            "a": Schema(types=("integer",), minimum=0, maximum=10, format="int32", enum=(1, 2)),
            "b": Schema(types=("string",), min_length=1, max_length=9, pattern="^x", default="xy"),
            "c": Schema(types=("array",), min_items=1, max_items=5, items=TEXT),
        },
    )
    assert list(schema.properties) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("written", "types"),
    [
        ({"properties": {"a": {}}}, ("object",)),
        ({"additionalProperties": True}, ("object",)),
        ({"items": {}}, ("array",)),
        ({"enum": ["a", "b"]}, ("string",)),
        ({"enum": [1, 1.5, True, None]}, ("integer", "number", "boolean", "null")),
        ({}, ()),
        ({"description": "prose"}, ()),
    ],
)
def test_types_that_are_not_said(written: Json, types: tuple[str, ...]) -> None:
    """A missing type is taken from the other keys, if they leave no doubt."""
    assert _one(written).types == types


@pytest.mark.parametrize(
    ("version", "written"),
    [
        ("3.0.3", {"type": "string", "nullable": True, "enum": ["a", None]}),
        ("3.0.3", {"type": "string", "nullable": True, "enum": ["a"]}),
        ("3.1.0", {"type": ["null", "string"], "enum": ["a", None]}),
        ("3.1.0", {"enum": ["a", None]}),
        ("3.1.0", {"type": ["string", "null"], "const": "a"}),
        ("3.1.0", {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}),
    ],
)
def test_null_is_a_type(version: str, written: Json) -> None:
    """Every way to allow null gives the same facts: null is the last type and no enum value."""
    assert _one(written, version) == Schema(types=("string", "null"), enum=("a",))


@pytest.mark.parametrize(
    ("version", "written"),
    [
        ("3.0.3", {"nullable": True, "allOf": [_ref("B")]}),
        ("3.0.3", {"nullable": True, "oneOf": [_ref("B")]}),
        ("3.1.0", {"oneOf": [_ref("B"), {"type": "null"}]}),
    ],
)
def test_a_nullable_reference(version: str, written: Json) -> None:
    """A reference stays one where null is allowed beside it."""
    assert _read(version, A=written, B=_object(a={}))["A"] == Schema(any_of=(Schema(ref="B"), NULL))


def test_a_constant_is_an_enum() -> None:
    """A constant is an enum of one value, and gives the type."""
    assert _one({"const": "AWS"}, "3.1.0") == Schema(types=("string",), enum=("AWS",))


def test_beside_a_reference() -> None:
    """What stands beside a reference is prose in 3.0 and holds in 3.1."""
    written: Json = {**_ref("B"), "description": "prose", "required": ["b"]}
    schemas = {"A": written, "B": _object("a", a={"type": "string"}, b={"type": "string"})}

    assert _read("3.0.3", **schemas)["A"] == Schema(ref="B")
    assert _read("3.1.1", **schemas)["A"].required == ("a", "b")


def test_inner_references() -> None:
    """A reference into another schema is a schema of its own, by its path."""
    named = _read(A=_object(a=_ref("B/properties/x")), B=_object(x={"type": "string", "maxLength": 3}))

    assert named["A"].properties["a"] == Schema(ref="B/properties/x")
    assert named["B/properties/x"] == Schema(types=("string",), max_length=3)
    assert "B" not in named


def test_escapes_in_references() -> None:
    """Slashes, tildes and percent signs in names are escaped in references."""
    named = _read(
        A=_object(a=_ref("x~1y"), b=_ref("x~0y"), c=_ref("x%20y")), **{n: {} for n in ("x/y", "x~y", "x y")}
    )

    assert [named["A"].properties[name].ref for name in "abc"] == ["x/y", "x~y", "x y"]


def test_unused_schemas_are_left_out() -> None:
    """Only what is referred to is kept."""
    assert set(_read(A=_object(a=_ref("B")), B={}, C={})) == {"A", "B"}


def test_all_of_is_merged() -> None:
    """``allOf`` becomes one schema with the properties of every part, and references inside it stay."""
    named = _read(
        A={
            "allOf": [_ref("Base"), _object("b", b=_ref("Other"), shared={"type": "string", "maxLength": 3})],
            "description": "prose",
            "properties": {"c": {"type": "boolean"}},
            "required": ["c"],
        },
        Base=_object("a", a={"type": "string"}, shared={"type": "string"}),
        Other={"type": "integer"},
    )

    assert named["A"] == Schema(
        types=("object",),
        required=("a", "b", "c"),
        properties={
            "a": TEXT,
            "b": Schema(ref="Other"),
            "c": Schema(types=("boolean",)),
            "shared": Schema(types=("string",), max_length=3),
        },
    )
    assert set(named) == {"A", "Other"}


def test_all_of_one_reference() -> None:
    """``allOf`` of one reference and prose is that reference."""
    assert _read(A={"allOf": [_ref("B")], "description": "prose"}, B={})["A"] == Schema(ref="B")


def test_all_of_narrows() -> None:
    """Types, enums and bounds that several parts give are those that hold for all of them."""
    schema = _one(
        {
            "allOf": [
                {"type": ["number", "null"], "minimum": 0},
                {"type": "integer", "maximum": 9},
                {"enum": [1, 2, 3]},
                {"enum": [2, 3, 4]},
            ]
        },
        "3.1.0",
    )

    assert schema == Schema(types=("integer",), minimum=0, maximum=9, enum=(2, 3))


def test_a_nullable_merge() -> None:
    """``nullable`` beside ``allOf`` holds for the whole."""
    schema = _one({"nullable": True, "allOf": [_object(a={}), _object(b={})]})

    assert (schema.types, set(schema.properties)) == (("object", "null"), {"a", "b"})


def test_unions() -> None:
    """``oneOf`` and ``anyOf`` are variants; both together are the pairs of both."""
    one: Json = {"oneOf": [_ref("B"), {"type": "string"}]}
    both: Json = {
        "anyOf": [_object(a={}), _object(b={})],
        "oneOf": [_object(c={}), _object(d={})],
    }

    assert _read(A=one, B={})["A"].any_of == (Schema(ref="B"), TEXT)
    assert [set(variant.properties) for variant in _one(both).any_of] == [
        {"c", "a"},
        {"c", "b"},
        {"d", "a"},
        {"d", "b"},
    ]


def test_a_union_beside_properties() -> None:
    """Properties beside ``oneOf`` stay beside the variants."""
    schema = _read(A={**_object("id", id={"type": "string"}), "oneOf": [_ref("B"), _ref("C")]}, B={}, C={})[
        "A"
    ]

    assert (set(schema.properties), schema.required) == ({"id"}, ("id",))
    assert schema.any_of == (Schema(ref="B"), Schema(ref="C"))


def test_a_discriminator_with_a_mapping() -> None:
    """A mapping leads to schemas by reference or name, and the rest go by their names."""
    schema = _read(
        A={
            "oneOf": [_ref("Cat"), _ref("Dog"), _ref("Fish")],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"DOG": "#/components/schemas/Dog", "CAT": "Cat", "TOM": "Cat"},
            },
        },
        Cat=_object(kind={}),
        Dog=_object(kind={}),
        Fish=_object(kind={}),
    )["A"]

    assert schema.discriminator == "kind"
    assert schema.mapping == {"CAT": "Cat", "DOG": "Dog", "Fish": "Fish", "TOM": "Cat"}


def test_a_discriminator_without_a_mapping() -> None:
    """Without a mapping the names of the schemas are the values."""
    schema = _read(
        A={"oneOf": [_ref("Cat"), _ref("Dog")], "discriminator": {"propertyName": "kind"}}, Cat={}, Dog={}
    )["A"]

    assert schema.mapping == {"Cat": "Cat", "Dog": "Dog"}


@pytest.mark.parametrize("mapping", [{}, {"mapping": {"CAT": "Cat", "DOG": "#/components/schemas/Dog"}}])
def test_a_discriminator_of_a_base(mapping: dict[str, Json]) -> None:
    """A base with a discriminator and no variants is a union of the schemas that extend it."""
    named = _read(
        Pets={"type": "array", "items": _ref("Pet")},
        Pet={
            **_object("kind", kind={"type": "string"}),
            "discriminator": {"propertyName": "kind", **mapping},
        },
        Cat={"allOf": [_ref("Pet"), _object(lives={"type": "integer"})]},
        Dog={"allOf": [_ref("Pet"), _object(tail={"type": "integer"})]},
    )

    assert named["Pet"].any_of == (Schema(ref="Cat"), Schema(ref="Dog"))
    assert set(named["Pet"].mapping.values()) == {"Cat", "Dog"}
    assert set(named["Cat"].properties) == {"kind", "lives"}
    assert named["Cat"].any_of == ()


@pytest.mark.parametrize(
    ("written", "additional"),
    [
        ({"type": "object"}, Schema()),
        ({"type": "object", "additionalProperties": True}, Schema()),
        ({"type": "object", "additionalProperties": {}}, Schema()),
        ({"type": "object", "additionalProperties": False}, None),
        ({"type": "object", "additionalProperties": {"type": "string"}}, TEXT),
        ({"type": "object", "properties": {"a": {}}}, None),
        ({"allOf": [{"type": "object"}, {"properties": {"a": {}}}]}, None),
        ({"type": "object", "patternProperties": {"^x": {"type": "string"}}}, TEXT),
        (
            {"patternProperties": {"^x": {"type": "string"}}, "additionalProperties": {"type": "null"}},
            Schema(any_of=(TEXT, NULL)),
        ),
    ],
)
def test_undeclared_properties(written: Json, additional: Schema | None) -> None:
    """An object of which nothing is said may hold anything; one with properties only what is said."""
    assert _one(written, "3.1.0").additional == additional


@pytest.mark.parametrize(
    ("written", "items"),
    [
        ({"type": "array"}, Schema()),
        ({"type": "array", "items": True}, Schema()),
        ({"prefixItems": [{"type": "string"}], "items": False}, TEXT),
        ({"prefixItems": [{"type": "string"}, {"type": "null"}]}, Schema(any_of=(TEXT, NULL))),
        ({"prefixItems": [{"type": "string"}], "items": {"type": "null"}}, Schema(any_of=(TEXT, NULL))),
    ],
)
def test_items(written: Json, items: Schema) -> None:
    """A list's items have one schema; by position they may be any of the positions' schemas."""
    assert _one(written, "3.1.0").items == items


def test_recursion_by_name() -> None:
    """A schema that holds itself, also through a list, a map or null, keeps the reference."""
    named = _read(
        A=_object(
            a=_ref("A"),
            b={"type": "array", "items": _ref("A")},
            c={"type": "object", "additionalProperties": _ref("B")},
            d={"nullable": True, "allOf": [_ref("A")]},
        ),
        B=_object(a=_ref("A")),
    )

    assert named["A"].properties["a"] == named["B"].properties["a"] == Schema(ref="A")
    assert named["A"].properties["d"].any_of == (Schema(ref="A"), NULL)


def test_recursion_through_a_merge() -> None:
    """A property that merges the schema it is in becomes a named schema, and the reading ends."""
    merged: Json = {"allOf": [_ref("A"), _object(extra={"type": "string"})]}
    for schemas in ({"A": _object(a=merged)}, {"A": {"allOf": [_object(x={}), _object(a=merged)]}}):
        named = _read(**schemas)
        again = named["A"].properties["a"].properties["a"].ref

        assert "extra" in named["A"].properties["a"].properties
        assert set(named) == {"A", again}
        assert named[again].properties["a"] == Schema(ref=again)


def test_many_schemas_that_merge_each_other() -> None:
    """Properties that merge each other's schemas are named in the end: the reading had none."""

    def merged(number: int) -> Json:
        return {"allOf": [_ref(f"S{number % 30}"), _object(extra={"type": "string"})]}

    def whole(number: int) -> Json:
        return _object(**{f"p{each}": merged(number * 5 + each) for each in range(5)})

    named = _read(**{f"S{number}": whole(number) for number in range(30)})

    assert len(named) == 1 + 30 * 5
    assert all("extra" in schema.properties for name, schema in named.items() if name != "S0")


def test_boolean_schemas() -> None:
    """``true`` says nothing, so it allows everything."""
    assert _one({"type": "object", "properties": {"a": True}}, "3.1.0").properties["a"] == Schema()


@pytest.mark.parametrize(
    ("schemas", "problem"),
    [
        ({"A": {"$ref": "other.yaml#/A"}}, "the reference 'other.yaml#/A' leads out of the document. Bundle"),
        ({"A": {"$ref": "#A"}}, "the reference '#A' leads out of the document"),
        ({"A": {"$ref": 5}}, "the reference 5 leads out of the document"),
        ({"A": _ref("B")}, "the reference #/components/schemas/B leads nowhere"),
        ({"A": {"allOf": [_ref("A/oneOf/3")]}}, "the reference #/components/schemas/A/oneOf/3 leads nowhere"),
        ({"A": _ref("B"), "B": _ref("A")}, "the schema `A` is nothing but a reference to itself"),
        ({"A": {"allOf": [_ref("A"), {"type": "object"}]}}, "`allOf` of `A` holds itself"),
        (
            {"A": {"allOf": [_ref("B"), {}]}, "B": {"allOf": [_ref("A"), {"title": ""}]}},
            "reference to itself",
        ),
        ({"A": {"type": "text"}}, "`text` is not a type. Use one of array, boolean,"),
        ({"A": {"type": "object", "properties": []}}, "`properties` is not a mapping"),
        ({"A": {"type": "object", "properties": {"a": 5}}}, "`a` is not a mapping"),
        ({"A": {"required": True}}, "`required` is not a list"),
        ({"A": {"allOf": {}}}, "`allOf` is not a list"),
        ({"A": {"enum": "a"}}, "`enum` is not a list"),
        ({"A": {"minimum": "0"}}, "`minimum` is not a number"),
        ({"A": {"format": 5}}, "`format` is not text"),
        ({"A": {"oneOf": [{}, {}], "discriminator": {}}}, "the discriminator has no `propertyName`"),
        (
            {"A": {"oneOf": [{}, {}], "discriminator": {"propertyName": "a", "mapping": {"X": "Nix"}}}},
            "the reference #/components/schemas/Nix leads nowhere",
        ),
    ],
)
def test_mistakes(schemas: dict[str, Json], problem: str) -> None:
    """A mistake in a schema is told with its line."""
    problems = _problems(**schemas)

    assert any(problem in message for message in problems)
    assert all(message.startswith("x.json:") for message in problems)


def test_mistakes_in_the_order_of_their_lines() -> None:
    """All mistakes are told at once, from the top of the document down."""
    problems = _problems(A=_object(a=_ref("Z"), b={"type": "no"}, c={"enum": 5}))

    assert [message.split(":")[1] for message in problems] == ["10", "13", "16"]


def test_an_enum_written_as_one_text_is_a_list() -> None:
    """The vendor's documents write some enums as one text with blanks; a sentence stays one value."""
    joined = _one({"type": "string", "enum": ["DAG_ID TASK_ID"]})
    sentence = _one({"type": "string", "enum": ["Not a list"]})

    assert joined.enum == ("DAG_ID", "TASK_ID")
    assert sentence.enum == ("Not a list",)
