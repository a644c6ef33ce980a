"""Schemas: the documented shapes of JSON values, and the look-up of one place in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.errors import ContractError, Problem
from harness.exchange import Json
from harness.struct import Struct, field, replace

_MAX_HOPS: Final = 32


class Schema(Struct, frozen=True, kw_only=True):
    """The documented shape of a JSON value; empty ``types`` means any type.

    ``types`` are JSON Schema names, with ``"null"`` for nullable. ``additional`` is the shape of
    undeclared properties: None when none are declared (extra ones are then undocumented).
    ``any_of`` are variants, one of which holds beside the other fields; with a ``discriminator`` (a
    property's name) ``mapping`` leads from its value to the name of the variant's schema.
    ``ref`` names a schema of the same API; every other field is then empty.
    """

    types: tuple[str, ...] = ()
    properties: Mapping[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    items: Schema | None = None
    additional: Schema | None = None
    enum: tuple[Json, ...] = ()
    format: str = ""
    ref: str = ""
    any_of: tuple[Schema, ...] = ()
    discriminator: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    default: Json = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    pattern: str = ""


class Place(Struct, frozen=True, kw_only=True):
    """What a contract says of one place in a JSON value.

    ``schema`` is resolved; where several variants document the place differently, they are its
    ``any_of``. ``required`` says that the object above always has it; a list's items and
    undeclared properties are never required.
    """

    schema: Schema
    required: bool
    nullable: bool


def resolve(schemas: Mapping[str, Schema], schema: Schema) -> Schema:
    """Follow the schema's references.

    Raises:
        ContractError: A reference names none of the schemas, or references form a circle.
    """
    for _ in range(_MAX_HOPS):
        if not schema.ref:
            return schema
        if schema.ref not in schemas:
            break
        schema = schemas[schema.ref]
    what = f"the contract has no schema `{schema.ref}`, or it refers to itself"
    raise ContractError(Problem(where="", what=what, advice="Build the contract again."))


class Walk:
    """Looks for one place below a schema; ``chose`` says that the value decided about a variant."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.schemas = schemas
        self.chose = False

    def place(self, schema: Schema, segments: tuple[str, ...], value: Json) -> Place | None:
        """Return what is documented there; see ``Contract.place``."""
        here, required = [schema], True
        values: list[Json] = [] if value is None else [value]
        for segment in segments:
            parents = [parent for schema in here for parent in self._variants(schema, values)]
            found = [_child(parent, segment) for parent in parents if _holds_children(parent)]
            here = [child for child, _ in found if child is not None]
            if not here:
                return None
            required = all(needed for _, needed in found)
            values = [inner for outer in values for inner in _inside(outer, segment)]
        variants = [variant for schema in here for variant in self._variants(schema, values)]
        return Place(
            schema=_union(variants),
            required=required,
            nullable=any(not variant.types or "null" in variant.types for variant in variants),
        )

    def _variants(
        self, schema: Schema, values: list[Json], above: frozenset[str] = frozenset()
    ) -> Iterator[Schema]:
        """Yield the schemas, without references and unions, that one of the values may follow."""
        if schema.ref in above:
            return  # a union that is a variant of itself says nothing new
        above |= {schema.ref} if schema.ref else frozenset()
        schema = resolve(self.schemas, schema)
        if not schema.any_of:
            yield schema
        for choice in self._choices(schema, values):
            for variant in self._variants(choice, values, above):
                yield replace(
                    variant,
                    types=variant.types or schema.types,
                    properties={**schema.properties, **variant.properties},
                    required=tuple(dict.fromkeys(schema.required + variant.required)),
                    items=variant.items or schema.items,
                    additional=variant.additional or schema.additional,
                )

    def _choices(self, schema: Schema, values: list[Json]) -> tuple[Schema, ...]:
        if not schema.discriminator:
            return schema.any_of
        self.chose = True
        names = [value.get(schema.discriminator) if isinstance(value, dict) else None for value in values]
        refs = {schema.mapping.get(name) if isinstance(name, str) else None for name in names}
        if not refs or None in refs:
            return schema.any_of
        return tuple(Schema(ref=ref) for ref in sorted(filter(None, refs)))


def place_name(schemas: Mapping[str, Schema], schema: Schema, segments: tuple[str, ...]) -> str:
    """Name a place by the innermost schema with a name: ``ApiToken.roles``, wherever that schema is used.

    What is not documented is named below the schema that it stands in. Empty where no schema has a name.
    """
    name, below, here = "", "", [("", schema)]
    for index, segment in enumerate(segments):
        ways = [way for known, each in here for way in _named(schemas, each, known)]
        found = [(known, child) for known, each in ways if (child := _child(each, segment)[0]) is not None]
        if known := next((known for known, _ in found or ways if known), ""):
            name, below = known, ""
        below += f".{segment}" if segment != "*" else "[*]"
        if not found:
            below += "".join(f".{rest}" if rest != "*" else "[*]" for rest in segments[index + 1 :])
            break
        here = [("", child) for _, child in found]
    return name and name + below


def _named(
    schemas: Mapping[str, Schema], schema: Schema, name: str, above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Schema]]:
    """Yield a schema and the variants of its unions, each with the name of its reference or of the union."""
    if schema.ref in above:
        return
    above |= {schema.ref} if schema.ref else frozenset()
    name = name or schema.ref
    schema = resolve(schemas, schema)
    yield name, schema
    for choice in schema.any_of:
        yield from _named(schemas, choice, name, above)


def _holds_children(schema: Schema) -> bool:
    return not schema.types or "object" in schema.types or "array" in schema.types


def _child(schema: Schema, segment: str) -> tuple[Schema | None, bool]:
    """Return the schema of that segment, None if there is none, and whether it is always there."""
    if segment in schema.properties:
        return schema.properties[segment], segment in schema.required
    if schema.items and (segment == "*" or segment.isdigit()):
        return schema.items, False
    return schema.additional, False


def _inside(value: Json, segment: str) -> list[Json]:
    if isinstance(value, dict):
        if segment == "*":
            return list(value.values())
        return [value[segment]] if segment in value else []
    return value if isinstance(value, list) else []


def _union(variants: list[Schema]) -> Schema:
    """Make one schema of several: the same where they agree, else ``any_of`` with what they share."""
    distinct: list[Schema] = []
    for variant in variants:
        if variant not in distinct:
            distinct.append(variant)
    real = [variant for variant in distinct if variant.types != ("null",)]
    if len(real) == 1:
        nullable = len(real) < len(distinct) and "null" not in real[0].types and real[0].types
        return replace(real[0], types=(*real[0].types, "null")) if nullable else real[0]
    formats = {variant.format for variant in distinct}
    return Schema(
        types=_joined([variant.types for variant in distinct]),
        enum=_joined([variant.enum for variant in distinct]),
        format=formats.pop() if len(formats) == 1 else "",
        any_of=tuple(distinct),
    )


def _joined(parts: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Join values without repeating them; one empty part means that anything goes."""
    joined: list[Any] = []
    for part in parts:
        joined += [value for value in part if value not in joined]
    return tuple(joined) if all(parts) else ()
