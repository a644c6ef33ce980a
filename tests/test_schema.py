"""Schemas: references, and the look-up of one place through lists, maps and unions."""

from __future__ import annotations

import pytest

from harness.errors import ContractError
from harness.exchange import Json
from harness.schema import Place, Schema, Walk, place_name, resolve

TEXT = Schema(types=("string",))
NUMBER = Schema(types=("integer",))
NULL = Schema(types=("null",))


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return Schema(types=("object",), properties=properties, required=required)


SCHEMAS = {
    "Cat": _object(("kind", "name"), kind=TEXT, name=TEXT, lives=NUMBER),
    "Dog": _object(("kind",), kind=TEXT, name=Schema(types=("string", "null")), tail=NUMBER),
    "Pet": Schema(
        any_of=(Schema(ref="Cat"), Schema(ref="Dog")),
        discriminator="kind",
        mapping={"CAT": "Cat", "DOG": "Dog"},
    ),
    "Alias": Schema(ref="Other"),
    "Other": Schema(ref="Cat"),
    "Circle": Schema(ref="Circle"),
    "Lost": Schema(ref="Nowhere"),
    "Tree": _object(("value",), value=TEXT, children=Schema(types=("array",), items=Schema(ref="Tree"))),
    "Loop": Schema(any_of=(Schema(ref="Loop"), Schema(ref="Loop"), Schema(ref="Cat"))),
}
PET = Schema(ref="Pet")


def _place(schema: Schema, *segments: str, value: Json = None) -> Place | None:
    return Walk(SCHEMAS).place(schema, segments, value)


def _found(schema: Schema, *segments: str, value: Json = None) -> Place:
    place = _place(schema, *segments, value=value)
    assert place is not None
    return place


def test_references_are_followed() -> None:
    """A reference to a reference ends at the schema itself."""
    assert resolve(SCHEMAS, Schema(ref="Alias")) == SCHEMAS["Cat"]


@pytest.mark.parametrize(
    ("ref", "named"), [("Circle", "Circle"), ("Lost", "Nowhere"), ("Missing", "Missing")]
)
def test_references_that_lead_nowhere(ref: str, named: str) -> None:
    """A circle and a missing schema are errors that name it."""
    with pytest.raises(ContractError, match=f"no schema `{named}`, or it refers to itself"):
        resolve(SCHEMAS, Schema(ref=ref))


def test_the_root_is_a_place() -> None:
    """No segments mean the value itself, which is always there."""
    assert _found(Schema(ref="Cat")) == Place(schema=SCHEMAS["Cat"], required=True, nullable=False)


def test_a_property_is_required_or_not() -> None:
    """A property is required if the object above lists it."""
    assert [_found(Schema(ref="Cat"), name).required for name in ("name", "lives")] == [True, False]
    assert _place(Schema(ref="Cat"), "tail") is None
    assert _place(Schema(ref="Cat"), "name", "first") is None


def test_list_items() -> None:
    """``*`` and an index both lead to a list's item; below it, required is the item's."""
    pets = Schema(types=("array",), items=Schema(ref="Cat"))

    assert _found(pets, "*") == Place(schema=SCHEMAS["Cat"], required=False, nullable=False)
    assert (
        _found(pets, "*", "name")
        == _found(pets, "7", "name")
        == Place(schema=TEXT, required=True, nullable=False)
    )
    assert _place(pets, "name") is None


def test_undeclared_properties() -> None:
    """Where undeclared properties have a shape, every name leads to it; else to nothing."""
    labels = Schema(types=("object",), properties={"id": NUMBER}, additional=TEXT)

    assert [_found(labels, name).schema for name in ("id", "team", "*")] == [NUMBER, TEXT, TEXT]
    assert _place(SCHEMAS["Cat"], "*") is None


def test_a_union_documents_what_any_variant_has() -> None:
    """Without a value, a place is required only if all variants say so, and nullable if any does."""
    assert _found(PET, "kind").required
    assert _found(PET, "tail") == Place(schema=NUMBER, required=False, nullable=False)
    name = _found(PET, "name")
    assert (name.required, name.nullable, name.schema.types) == (False, True, ("string", "null"))
    assert name.schema.any_of == (TEXT, Schema(types=("string", "null")))


def test_the_discriminator_chooses_the_variant() -> None:
    """A value whose discriminator is known leaves only its variant."""
    value: Json = {"kind": "CAT"}

    assert _found(PET, "name", value=value) == Place(schema=TEXT, required=True, nullable=False)
    assert _place(PET, "tail", value=value) is None


@pytest.mark.parametrize("value", [{"kind": "FISH"}, {"kind": None}, {}, [], "CAT"])
def test_an_unknown_discriminator_chooses_nothing(value: Json) -> None:
    """Every variant counts where the value does not say which."""
    assert _found(PET, "tail", value=value).schema == NUMBER


def test_items_choose_their_variants_together() -> None:
    """Of a list's items each chooses; a place that one of the chosen variants has is documented."""
    pets = _object(pets=Schema(types=("array",), items=PET))
    cats: Json = {"pets": [{"kind": "CAT"}, {"kind": "CAT"}]}
    both: Json = {"pets": [{"kind": "CAT"}, {"kind": "DOG"}]}

    assert _place(pets, "pets", "*", "tail", value=cats) is None
    assert _found(pets, "pets", "*", "tail", value=both).required is False
    assert _found(pets, "pets", "*", "name", value=cats).required


def test_values_of_a_map_choose_too() -> None:
    """The values below undeclared properties choose their variants as items do."""
    pets = Schema(types=("object",), additional=PET)

    assert _place(pets, "*", "tail", value={"tom": {"kind": "CAT"}}) is None
    assert _place(pets, "rex", "lives", value={"tom": {"kind": "CAT"}, "rex": {"kind": "DOG"}}) is None


def test_a_union_beside_properties() -> None:
    """What stands beside the variants holds for each of them."""
    schema = Schema(
        types=("object",),
        properties={"id": TEXT},
        required=("id", "name"),
        any_of=(Schema(ref="Cat"), Schema(ref="Dog")),
    )

    assert [_found(schema, name).required for name in ("id", "name", "tail")] == [True, True, False]


def test_null_as_a_variant() -> None:
    """A union with null is nullable, and its other variants alone decide what is required."""
    schema = Schema(any_of=(Schema(ref="Cat"), NULL))

    assert _found(schema).nullable
    assert _found(schema).schema.types == ("object", "null")
    assert _found(schema, "name").required


def test_a_value_of_any_type_is_nullable() -> None:
    """A schema that says nothing allows null."""
    assert _found(Schema()).nullable


def test_what_variants_share() -> None:
    """A place that variants document differently shows what they have in common."""
    one = Schema(types=("string",), enum=("A", "B"), format="word")
    two = Schema(types=("string",), enum=("B", "C"), format="word")

    shared = _found(Schema(any_of=(one, two))).schema
    assert (shared.types, shared.enum, shared.format) == (("string",), ("A", "B", "C"), "word")
    open_ended = _found(Schema(any_of=(one, TEXT))).schema
    assert (open_ended.enum, open_ended.format) == ((), "")


def test_recursion() -> None:
    """A schema that holds itself is followed as deep as asked."""
    path = ("children", "*") * 50

    assert _found(Schema(ref="Tree"), *path, "value") == Place(schema=TEXT, required=True, nullable=False)


def test_a_union_that_is_its_own_variant() -> None:
    """A union among its own variants ends, and adds nothing."""
    assert _found(Schema(ref="Loop"), "name") == _found(Schema(ref="Cat"), "name")


def test_whether_the_value_decided() -> None:
    """A walk says whether a discriminator was asked, so that others may be remembered."""
    walks = [Walk(SCHEMAS), Walk(SCHEMAS)]
    walks[0].place(PET, ("tail",), None)
    walks[1].place(SCHEMAS["Tree"], ("children", "*", "value"), None)

    assert [walk.chose for walk in walks] == [True, False]


@pytest.mark.parametrize(
    ("schema", "segments", "name"),
    [
        (SCHEMAS["Tree"], ("value",), ""),
        (Schema(ref="Tree"), (), ""),
        (Schema(ref="Tree"), ("value",), "Tree.value"),
        (Schema(ref="Tree"), ("children",), "Tree.children"),
        (Schema(ref="Tree"), ("children", "*", "value"), "Tree.value"),
        (Schema(ref="Tree"), ("children", "*", "gone", "x", "*"), "Tree.gone.x[*]"),
        (Schema(ref="Other"), ("name",), "Other.name"),
        (Schema(ref="Loop"), ("lives",), "Loop.lives"),
        (_object(pets=Schema(types=("array",), items=PET)), ("pets", "*", "tail"), "Pet.tail"),
        (_object(pets=Schema(types=("array",), items=PET)), ("pets", "*"), ""),
        (_object(page=_object(size=NUMBER)), ("page", "size"), ""),
    ],
)
def test_a_place_is_named_by_the_schema_that_it_stands_in(
    schema: Schema, segments: tuple[str, ...], name: str
) -> None:
    """The same property has one name wherever its schema is used; without a named schema it has none."""
    assert place_name(SCHEMAS, schema, segments) == name
