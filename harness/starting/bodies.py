"""A body for a request, made from its schema: what is required, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from harness.contract import Api, Operation, Schema
from harness.exchange import Json
from harness.schema import resolve

_DEEPEST: Final = 8
_NAMED: Final = "harness ${run_id} ${side}"
_FORMATS: Final[Mapping[str, str]] = {
    "date-time": "2030-01-01T00:00:00Z",
    "date": "2030-01-01",
    "email": "harness@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.com",
    "ipv4": "192.0.2.1",
}


def body_of(api: Api, operation: Operation) -> Json:
    """Return a body with the required properties of an operation; None where it takes none.

    What only the user can know stands there as ``${env:NAME}``.
    """
    schema = operation.request.get("application/json")
    return None if schema is None else _value(api, schema, "", 0)


def names_of(api: Api, operation: Operation) -> frozenset[str]:
    """Return the names of the properties that the body of an operation may have, in any of its variants."""
    names: set[str] = set()
    left = [*operation.request.values()]
    while left:
        schema = resolve(api.schemas, left.pop())
        names.update(schema.properties)
        left += schema.any_of
    return frozenset(names)


def variable(name: str) -> str:
    """Return the environment variable for an id: ``workspaceId`` gives ``WORKSPACE_ID``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def _value(api: Api, schema: Schema, name: str, depth: int) -> Json:
    schema = resolve(api.schemas, schema)
    if schema.any_of:
        return _variant(api, schema, name, depth)
    if schema.enum or schema.default is not None:
        return schema.enum[0] if schema.enum else schema.default
    plain = "object" if schema.properties else "string"
    kind = next((each for each in schema.types if each != "null"), plain)
    if kind == "object":
        known = [each for each in schema.required if each in schema.properties]
        wanted = known if depth < _DEEPEST else []
        return {each: _value(api, schema.properties[each], each, depth + 1) for each in wanted}
    if kind == "array":
        return [_value(api, schema.items or Schema(), name, depth + 1)] * (schema.min_items or 0)
    scalars: Mapping[str, Json] = {"boolean": False, "integer": _least(schema), "number": _least(schema)}
    return scalars.get(kind, _text(schema, name))


def _least(schema: Schema) -> int:
    return int(schema.minimum or 0) or 1


def _variant(api: Api, schema: Schema, name: str, depth: int) -> Json:
    """Return the first variant of a union, beside what the union itself requires."""
    first = schema.any_of[0]
    own = Schema(types=schema.types, properties=schema.properties, required=schema.required)
    shared = _value(api, own, name, depth) if schema.properties else {}
    chosen = _value(api, first, name, depth)
    if not isinstance(chosen, dict) or not isinstance(shared, dict):
        return chosen
    if schema.discriminator:
        values = [value for value, ref in schema.mapping.items() if ref == first.ref]
        # Without the discriminator nobody could tell which variant is meant.
        chosen |= {schema.discriminator: values[0]} if values else {}
    return {**shared, **chosen}


def _text(schema: Schema, name: str) -> str:
    if schema.format in _FORMATS:
        return _FORMATS[schema.format]
    if name in ("name", "displayName", "title"):
        return _NAMED
    if name == "description":
        return "Made by the migration harness"
    # An id, a region, a size: only the user knows one that there is.
    return f"${{env:{variable(name or 'value')}}}"
