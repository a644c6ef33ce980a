"""A body for a request, made from its schema: what is required, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from harness.contract import Api, Operation, Schema
from harness.exchange import Json
from harness.schema import resolve

_DEEPEST: Final = 8
_WIDEST: Final = "ORGANIZATION"
_NAMED: Final = "harness ${run_id} ${side}"
_KEYED: Final = "harness_${run_id}_${side}"
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
        return _object(api, schema, depth)
    if kind == "array":
        return _elements(api, schema, name, depth)
    scalars: Mapping[str, Json] = {"boolean": False, "integer": _least(schema), "number": _least(schema)}
    return scalars.get(kind, _text(schema, name))


def _object(api: Api, schema: Schema, depth: int) -> dict[str, Json]:
    known = [each for each in schema.required if each in schema.properties] if depth < _DEEPEST else []
    body = {each: _value(api, schema.properties[each], each, depth + 1) for each in known}
    if "entityId" in schema.properties.keys() - body.keys():
        # A narrower scope would need the id.
        body |= {
            each: _WIDEST for each in body if _WIDEST in resolve(api.schemas, schema.properties[each]).enum
        }
    for each in known:
        # A change to nothing is none.
        if body[each] == [] and len(known) == 1:
            items = resolve(api.schemas, schema.properties[each]).items or Schema()
            body[each] = [_value(api, items, each, depth + 1)]
    # An AIRFLOW_VARIABLE has its value in `airflowVariable`.
    meant = [each for each in schema.properties if each not in body and variable(each) in body.values()]
    return body | {each: _value(api, schema.properties[each], each, depth + 1) for each in meant}


def _elements(api: Api, schema: Schema, name: str, depth: int) -> list[Json]:
    """Return as few elements as do: of texts it is one, which most lists that are required need."""
    items = resolve(api.schemas, schema.items or Schema())
    one = "string" in items.types and not items.enum
    element = _value(api, items, name.removesuffix("s"), depth + 1)
    return [element] * max(schema.min_items or 0, int(one))


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
    if name == "objectKey":
        return _KEYED
    if name == "description":
        return "Made by the migration harness"
    # An id, a region, a size: only the user knows one that there is.
    return f"${{env:{variable(name or 'value')}}}"
