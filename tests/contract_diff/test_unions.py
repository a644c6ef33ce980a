"""Unions taken apart and matched."""

from __future__ import annotations

from harness.contract_diff.unions import Variant, alternatives, match
from harness.schema import Schema
from tests.contract_diff import INTEGER, STRING, many, record, ref

_NULL = Schema(types=("null",))


def _labels(*labels: str, **schemas: Schema) -> tuple[Variant, ...]:
    named = tuple(Variant(schema=schema, name=name) for name, schema in schemas.items())
    return tuple(Variant(schema=record(), name=label.lower(), label=label) for label in labels) + named


def test_a_plain_schema_is_its_own_variant() -> None:
    """What is no union has one variant, itself without null, and its name."""
    found = alternatives({"Name": Schema(types=("string", "null"))}, ref("Name"))

    assert found.nullable
    assert [(variant.name, variant.schema) for variant in found.variants] == [("Name", STRING)]
    assert found.whole == STRING


def test_null_is_no_variant() -> None:
    """A union with null is nullable; null in a list of values is not a value."""
    assert alternatives({}, Schema(any_of=(STRING, _NULL))).variants[0].schema == STRING
    assert alternatives({}, Schema(any_of=(STRING, _NULL))).nullable
    listed = alternatives({}, Schema(types=("string", "null"), enum=("A", None)))
    assert listed.whole == Schema(types=("string",), enum=("A",))


def test_variants_have_labels_names_and_what_the_union_says() -> None:
    """Each variant carries its discriminator value, also inside a union in a union, and the common part."""
    schemas = {
        "Big": record("size", size=INTEGER),
        "Small": record(),
        "Inner": Schema(any_of=(ref("Small"),)),
        "Thing": Schema(
            types=("object",),
            properties={"id": STRING},
            required=("id",),
            any_of=(ref("Big"), ref("Inner")),
            discriminator="kind",
            mapping={"BIG": "Big", "SMALL": "Inner"},
        ),
    }

    found = alternatives(schemas, ref("Thing"))

    assert found.discriminator == "kind"
    assert [(variant.label, variant.name) for variant in found.variants] == [
        ("BIG", "Big"),
        ("SMALL", "Small"),
    ]
    assert found.variants[0].schema == record("id", "size", id=STRING, size=INTEGER)
    assert found.whole.types == ("object",)


def test_a_union_of_itself_ends() -> None:
    """A variant that is the union again says nothing new."""
    schemas = {"Tree": Schema(any_of=(STRING, many(ref("Tree")), ref("Tree")))}

    assert len(alternatives(schemas, ref("Tree")).variants) == 2


def test_variants_are_matched_by_label_and_never_across() -> None:
    """Labels decide; one that only a side has went or came."""
    found = match(_labels("A", "B"), _labels("B", "C"))

    assert [(old.label, new.label) for old, new in found.pairs] == [("B", "B")]
    assert [str(variant) for variant in found.gone] == ["A"]
    assert [str(variant) for variant in found.came] == ["C"]


def test_variants_without_labels_are_matched_by_name_then_by_what_they_share() -> None:
    """A name that both sides have decides, else the properties that they have in common."""
    cat, dog = record(name=STRING, meow=STRING), record(name=STRING, bark=STRING)
    found = match(_labels(Cat=cat, Dog=dog), _labels(Dog=dog, Feline=cat))

    assert [(old.name, new.name) for old, new in found.pairs] == [("Cat", "Feline"), ("Dog", "Dog")]


def test_several_variants_may_become_one() -> None:
    """One variant of v1 may stand for two of v1beta1; types that exclude each other never match."""
    found = match(_labels(A=record(x=STRING), B=record(y=STRING), C=STRING), _labels(All=record(x=STRING)))

    assert [(old.name, new.name) for old, new in found.pairs] == [("A", "All"), ("B", "All")]
    assert [str(variant) for variant in found.gone] == ["C"]


def test_one_against_one_needs_no_likeness() -> None:
    """Two schemas that are no unions are compared whatever they are."""
    assert len(match(_labels(A=STRING), _labels(B=INTEGER)).pairs) == 1
