"""Unions taken apart: the variants of a schema, and which of v1beta1's became which of v1's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.schema import Schema, resolve
from harness.struct import Struct, replace


class Variant(Struct, frozen=True, kw_only=True):
    """One alternative of a schema, without references and unions at its top.

    ``label`` is the value of the union's discriminator (``DEDICATED``), empty without one. ``name`` is
    the schema's in its contract, empty for one that has none.
    """

    schema: Schema
    name: str = ""
    label: str = ""

    def __str__(self) -> str:
        """Return what to call it in a sentence."""
        return self.label or self.name or " or ".join(self.schema.types)


class Alternatives(Struct, frozen=True, kw_only=True):
    """Every variant of a schema, null apart; ``discriminator`` is the property that tells them apart."""

    variants: tuple[Variant, ...]
    nullable: bool
    discriminator: str = ""

    @property
    def whole(self) -> Schema:
        """The one variant; of several a schema that holds what they have in common: nothing but types."""
        if len(self.variants) == 1:
            return self.variants[0].schema
        types = dict.fromkeys(name for variant in self.variants for name in variant.schema.types)
        return Schema(types=tuple(types), any_of=tuple(variant.schema for variant in self.variants))


def alternatives(schemas: Mapping[str, Schema], schema: Schema) -> Alternatives:
    """Take a schema apart.

    Raises:
        ContractError: A reference names no schema, or references form a circle.
    """
    found = resolve(schemas, schema)
    every = list(_variants(schemas, schema, "", frozenset()))
    real = [variant for variant in every if variant.schema.types != ("null",)]
    nullable = len(real) < len(every) or any("null" in variant.schema.types for variant in real)
    distinct: list[Variant] = []
    for variant in map(_without_null, real):
        if variant not in distinct:
            distinct.append(variant)
    return Alternatives(
        variants=tuple(distinct),
        nullable=nullable,
        discriminator=found.discriminator,
    )


def _variants(
    schemas: Mapping[str, Schema], schema: Schema, label: str, above: frozenset[str]
) -> Iterator[Variant]:
    if schema.ref in above:
        return  # a union that is a variant of itself says nothing new
    above |= {schema.ref} if schema.ref else frozenset()
    found = resolve(schemas, schema)
    if not found.any_of:
        yield Variant(schema=found, name=schema.ref, label=label)
        return
    labels = {ref: value for value, ref in found.mapping.items()}
    for choice in found.any_of:
        for variant in _variants(schemas, choice, labels.get(choice.ref, label), above):
            yield replace(
                variant, name=variant.name or schema.ref, schema=_with_common(found, variant.schema)
            )


def _with_common(union: Schema, variant: Schema) -> Schema:
    """Add what a union says beside its variants."""
    return replace(
        variant,
        types=variant.types or union.types,
        properties={**union.properties, **variant.properties},
        required=tuple(dict.fromkeys(union.required + variant.required)),
        items=variant.items or union.items,
        additional=variant.additional or union.additional,
    )


def _without_null(variant: Variant) -> Variant:
    schema = variant.schema
    if "null" not in schema.types and None not in schema.enum:
        return variant
    types = tuple(name for name in schema.types if name != "null")
    enum = tuple(value for value in schema.enum if value is not None)
    return replace(variant, schema=replace(schema, types=types, enum=enum))


class Matching(Struct, frozen=True, kw_only=True):
    """Variants that belong together, and those that only one side has."""

    pairs: tuple[tuple[Variant, Variant], ...]
    gone: tuple[Variant, ...] = ()
    came: tuple[Variant, ...] = ()


def match(old: Sequence[Variant], new: Sequence[Variant]) -> Matching:
    """Match the variants of two sides: by label, name or being equal, else by what they have in common.

    Variants with labels on both sides are never matched across labels; where one side has fewer variants
    without labels, one may stand for several of the other side.
    """
    if len(old) == len(new) == 1:
        return Matching(pairs=((old[0], new[0]),))
    pairs: list[tuple[Variant, Variant]] = []
    gone: list[Variant] = []
    for variant in old:
        twin = _twin(variant, new)
        if twin is None:
            gone.append(variant)
        else:
            pairs.append((variant, twin))
    taken = {id(twin) for _, twin in pairs}
    return Matching(
        pairs=tuple(pairs),
        gone=tuple(gone),
        came=tuple(variant for variant in new if id(variant) not in taken),
    )


def _twin(variant: Variant, others: Sequence[Variant]) -> Variant | None:
    for of in ("label", "name"):
        for other in others:
            if getattr(variant, of) and getattr(variant, of) == getattr(other, of):
                return other
    for other in others:
        if other.schema == variant.schema and not (variant.label and other.label):
            return other
    free = [other for other in others if not (variant.label and other.label)]
    best = max(free, key=lambda other: _common(variant.schema, other.schema), default=None)
    return best if best and _common(variant.schema, best.schema) > 0 else None


def _common(one: Schema, other: Schema) -> float:
    """Return how much two schemas have in common, from 0 (nothing: other types) to 2."""
    if one.types and other.types and not set(one.types) & set(other.types):
        return 0
    names = one.properties.keys() | other.properties.keys()
    return 1 + (len(one.properties.keys() & other.properties.keys()) / len(names) if names else 0)
