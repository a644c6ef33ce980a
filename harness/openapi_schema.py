"""Reads the schemas of an OpenAPI document: references, ``allOf``, unions, nullable values.

References between schemas stay references, so that a schema may hold itself; ``allOf`` is merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Final

from harness.document import NodePath
from harness.exchange import Json
from harness.openapi_source import Source
from harness.schema import Schema
from harness.struct import replace

_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
_COMPONENTS: Final = ("components", "schemas")
_BOUNDS: Final[Mapping[str, str]] = {
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
}
_SHAPES: Final = frozenset(
    {*_BOUNDS, "type", "nullable", "enum", "const", "format", "pattern", "default", "required", "items"}
    | {"properties", "additionalProperties", "patternProperties", "prefixItems", "discriminator"}
    | {"allOf", "oneOf", "anyOf"}
)
"""The keys that say something about the shape; beside a reference, every other key is prose."""
_MAX_VARIANTS: Final = 64
_MAX_MERGED: Final = 3
"""Schemas that are merged inside each other are written out so far; further down they are named."""


class Schemas:
    """Reads schemas, and remembers those that references name.

    ``above`` are the places whose ``allOf`` is being merged: met again further down, such a place
    becomes a named schema, so that the reading ends.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._places: dict[str, NodePath] = {}
        self._children = _children(source)

    def named(self, roots: Iterable[Schema]) -> dict[str, Schema]:
        """Return, by name, every schema that the roots refer to, and those that these refer to."""
        done: dict[str, Schema] = {}
        waiting = [ref for root in roots for ref in _refs(root)]
        while waiting:
            name = waiting.pop()
            if name not in done:
                place = self._places[name]
                done[name] = self._with_children(self.read(self.source.at(place), place), name, place)
                waiting += _refs(done[name])
        for name in done:
            if _is_circle(name, done):
                self.source.fail(
                    self._places[name], f"the schema `{name}` is nothing but a reference to itself"
                )
        return dict(sorted(done.items()))

    def read(self, node: Json, place: NodePath, above: frozenset[NodePath] = frozenset()) -> Schema:
        """Read one schema."""
        if place in above or (len(above) >= _MAX_MERGED and _is_merged(node)):
            return self._name(place)
        schema = self._shape(node, place, above, (place,))
        closed = isinstance(node, dict) and node.get("additionalProperties") is False
        if "object" in schema.types and not (
            closed or schema.properties or schema.any_of or schema.additional
        ):
            # An object of which nothing is said may hold anything.
            return replace(schema, additional=Schema())
        return schema

    def _name(self, place: NodePath) -> Schema:
        name = "/".join(map(str, place[2:] if place[:2] == _COMPONENTS else place))
        self._places[name] = place
        return Schema(ref=name)

    def _referred(self, ref: Json, place: NodePath) -> Schema:
        target = self.source.target(ref, place)
        return Schema() if target is None else self._name(target)

    def _shape(
        self, node: Json, place: NodePath, above: frozenset[NodePath], chain: tuple[NodePath, ...]
    ) -> Schema:
        """Read a schema; ``chain`` are the places that were merged into each other to come here."""
        if isinstance(node, bool):
            return Schema()
        found = self.source.mapping(node, place)
        shapes = {key: value for key, value in found.items() if key in _SHAPES}
        inner = above | {place}
        if "$ref" in found:
            parts = [self._referred(found["$ref"], place)]
            if self.source.minor == 0:
                return parts[0]  # in 3.1 what stands beside a reference holds too, in 3.0 not
        elif "allOf" in shapes:
            elements = self.source.elements(found, place, "allOf")
            parts = [self._shape(part, part_place, inner, chain) for part, part_place in elements]
        else:
            return self._plain(shapes, place, above)
        parts = [part for part in parts if part != Schema()]
        nullable = shapes.pop("nullable", False) is True
        shapes.pop("allOf", None)
        if shapes:
            parts.append(self._plain(shapes, place, inner))
        if len(parts) > 1:
            parts = [self._inline(part, place, inner, chain) for part in parts]
        merged = parts[0] if parts else Schema()
        for part in parts[1:]:
            merged = self._merge(merged, part, place, inner)
        return _nullable(merged) if nullable else merged

    def _inline(
        self, schema: Schema, place: NodePath, above: frozenset[NodePath], chain: tuple[NodePath, ...]
    ) -> Schema:
        while schema.ref:
            target = self._places[schema.ref]
            if target in chain:
                self.source.fail(place, f"`allOf` of `{schema.ref}` holds itself")
                return Schema()
            chain = (*chain, target)
            schema = self._shape(self.source.at(target), target, above, chain)
        return schema

    def _merge(self, one: Schema, two: Schema, place: NodePath, above: frozenset[NodePath]) -> Schema:
        """Make the schema of what follows both; of a property in both, the second one's shape counts."""
        union = two if two.any_of else one
        if one.any_of and two.any_of:
            pairs = list(product(one.any_of, two.any_of))[:_MAX_VARIANTS]
            whole = [[self._inline(part, place, above, (place,)) for part in pair] for pair in pairs]
            union = Schema(any_of=tuple(self._merge(left, right, place, above) for left, right in whole))
        said = {key: value for key, value in two.properties.items() if value != Schema()}
        filled = {
            name: getattr(two, name) if getattr(two, name) not in _UNSAID else getattr(one, name)
            for name in ("items", "additional", "format", "pattern", "default", *_BOUNDS.values())
        }
        return Schema(
            types=_common_types(one.types, two.types),
            properties=dict(sorted({**two.properties, **one.properties, **said}.items())),
            required=tuple(sorted({*one.required, *two.required})),
            enum=tuple(value for value in one.enum if value in two.enum) or two.enum or one.enum,
            any_of=union.any_of,
            discriminator=union.discriminator,
            mapping=union.mapping,
            **filled,
        )

    def _plain(self, node: Mapping[str, Any], place: NodePath, above: frozenset[NodePath]) -> Schema:
        """Read a schema that has neither a reference nor ``allOf``."""
        self._check(node, place)
        types, enum = _types_and_values(node)
        schema = Schema(
            types=types,
            properties={
                key: self.read(value, (*place, "properties", key), above)
                for key, value in sorted(_dict(node.get("properties")).items())
            },
            required=tuple(sorted({key for key in _list(node.get("required")) if isinstance(key, str)})),
            items=self._items(node, place, above) if "array" in types else None,
            additional=self._additional(node, place, above),
            enum=enum,
            format=_text(node.get("format")),
            pattern=_text(node.get("pattern")),
            default=node.get("default"),
            **{name: _number(node.get(key)) for key, name in _BOUNDS.items()},
        )
        for key in ("oneOf", "anyOf"):
            if key in node:
                union = self._union(node, place, key, above)
                schema = union if schema == Schema() else self._merge(schema, union, place, above)
        return _nullable(schema) if node.get("nullable") is True else schema

    def _check(self, node: Mapping[str, Any], place: NodePath) -> None:
        for keys, kind, called in (
            (("properties", "patternProperties", "discriminator"), dict, "a mapping"),
            (("required", "enum", "oneOf", "anyOf", "prefixItems"), list, "a list"),
            (("format", "pattern"), str, "text"),
            (tuple(_BOUNDS), int | float, "a number"),
        ):
            for key in keys:
                if key in node and not isinstance(node[key], kind):
                    self.source.fail((*place, key), f"`{key}` is not {called}")
        for name in _type_names(node):
            if name not in _TYPES:
                advice = f"Use one of {', '.join(_TYPES)}."
                self.source.fail((*place, "type"), f"`{name}` is not a type", advice)

    def _items(self, node: Mapping[str, Any], place: NodePath, above: frozenset[NodePath]) -> Schema:
        first = [
            self.read(value, (*place, "prefixItems", index), above)
            for index, value in enumerate(_list(node.get("prefixItems")))
        ]
        rest = node.get("items", not first)
        kinds = first if rest is False else [*first, self.read(rest, (*place, "items"), above)]
        return kinds[0] if len(kinds) == 1 else Schema(any_of=tuple(kinds))

    def _additional(
        self, node: Mapping[str, Any], place: NodePath, above: frozenset[NodePath]
    ) -> Schema | None:
        kinds = [
            self.read(value, (*place, "patternProperties", key), above)
            for key, value in _dict(node.get("patternProperties")).items()
        ]
        extra = node.get("additionalProperties", False)
        if extra is not False:
            kinds.append(self.read(extra, (*place, "additionalProperties"), above))
        if len(kinds) > 1:
            return Schema(any_of=tuple(kinds))
        return kinds[0] if kinds else None

    def _union(
        self, node: Mapping[str, Any], place: NodePath, key: str, above: frozenset[NodePath]
    ) -> Schema:
        variants = [
            self.read(value, (*place, key, index), above) for index, value in enumerate(_list(node[key]))
        ]
        real = [variant for variant in variants if variant != _NULL]
        if len(real) == 1 and not real[0].ref:
            return _nullable(real[0]) if len(real) < len(variants) else real[0]
        return self._discriminated(Schema(any_of=tuple(variants)), node.get("discriminator"), place)

    def _discriminated(self, union: Schema, discriminator: Json, place: NodePath) -> Schema:
        """Add the discriminator; a variant that its mapping leaves out goes by its schema's name."""
        if not isinstance(discriminator, dict):
            return union
        property_name = discriminator.get("propertyName")
        if not isinstance(property_name, str):
            self.source.fail((*place, "discriminator"), "the discriminator has no `propertyName`")
            return union
        mapping: dict[str, str] = {}
        for value, target in _dict(discriminator.get("mapping")).items():
            ref = target if "/" in str(target) else f"#/components/schemas/{target}"
            at = (*place, "discriminator", "mapping", value)
            mapping[value] = self._referred(ref, at).ref
        for variant in union.any_of:
            if variant.ref and variant.ref not in mapping.values():
                mapping[variant.ref] = variant.ref
        return replace(union, discriminator=property_name, mapping=dict(sorted(mapping.items())))

    def _with_children(self, schema: Schema, name: str, place: NodePath) -> Schema:
        """Make a union of a schema with a discriminator and no variants: the schemas that extend it."""
        node = _dict(self.source.at(place))
        children = self._children.get(f"#/components/schemas/{name}", [])
        if schema.any_of or "discriminator" not in node or not children:
            return schema
        variants = tuple(self._name((*_COMPONENTS, child)) for child in children)
        return self._discriminated(replace(schema, any_of=variants), node["discriminator"], place)


def _is_merged(node: Json) -> bool:
    """Say whether more than a reference stands there: each place that is written out holds others."""
    return isinstance(node, dict) and ("allOf" in node or ("$ref" in node and not _SHAPES.isdisjoint(node)))


_NULL: Final = Schema(types=("null",))
_UNSAID: Final = (None, "")
_JOINED: Final = re.compile(r"[A-Z][A-Z0-9_]*( [A-Z][A-Z0-9_]*)+")


def _children(source: Source) -> dict[str, list[str]]:
    """Return, for each reference, the names of the schemas that have it in their ``allOf``."""
    children: dict[str, list[str]] = {}
    for name, node in _dict(_dict(source.root.get("components")).get("schemas")).items():
        for part in _list(_dict(node).get("allOf")):
            children.setdefault(str(_dict(part).get("$ref")), []).append(name)
    return children


def _refs(schema: Schema) -> Iterator[str]:
    yield from filter(None, (schema.ref, *schema.mapping.values()))
    for inner in (*schema.properties.values(), *schema.any_of, schema.items, schema.additional):
        if inner:
            yield from _refs(inner)


def _is_circle(name: str, schemas: Mapping[str, Schema]) -> bool:
    seen: set[str] = set()
    while name and name not in seen:
        seen.add(name)
        name = schemas[name].ref
    return name != ""


def _nullable(schema: Schema) -> Schema:
    if schema.ref:
        return Schema(any_of=(schema, _NULL))
    if schema.any_of and _NULL not in schema.any_of:
        schema = replace(schema, any_of=(*schema.any_of, _NULL))
    if schema.types and "null" not in schema.types:
        schema = replace(schema, types=(*schema.types, "null"))
    return schema


def _common_types(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
    if "number" in one and "integer" in two:
        one = tuple("integer" if name == "number" else name for name in one)
    return tuple(name for name in one if name in two) or two or one


def _type_names(node: Mapping[str, Any]) -> tuple[str, ...]:
    named = node.get("type", [])
    return tuple(map(str, named)) if isinstance(named, list) else (str(named),)


def _types_and_values(node: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[Json, ...]]:
    """Return the types, inferred where they are not said, and the enum; null is always a type."""
    values = [node["const"]] if "const" in node else _separated(_list(node.get("enum")))
    types = _type_names(node)
    if not types and values:
        types = tuple(dict.fromkeys(_type_of(value) for value in values))
    elif not types and not {"properties", "additionalProperties"}.isdisjoint(node):
        types = ("object",)
    elif not types and not {"items", "prefixItems"}.isdisjoint(node):
        types = ("array",)
    if types and None in values and "null" not in types:
        types = (*types, "null")
    ordered = (*(name for name in types if name != "null"), *(["null"] if "null" in types else []))
    return ordered, tuple(value for value in values if value is not None)


def _separated(values: list[Any]) -> list[Any]:
    """Return an enum's values; the vendor's documents write some lists as one text: ``"DAG_ID TASK_ID"``."""
    if len(values) == 1 and isinstance(values[0], str) and _JOINED.fullmatch(values[0]):
        return values[0].split()
    return values


def _type_of(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
