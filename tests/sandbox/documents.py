"""OpenAPI documents made from the facts of the contracts, for tools that read no facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.contract import Api, Operation, Parameter, Schema

_BOUNDS: Final = {
    "minimum": "minimum",
    "maximum": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
}


_ERROR: Final = {"application/json": Schema(ref="Error")}

_UNDOCUMENTED: Final = {
    ("Role", "scopeType"): "DAG",
    ("RoleWithPermission", "scopeType"): "DAG",
    ("Deploy", "type"): "BUNDLE",
}
"""Values that a request may have, that the answer repeats, and that no answer documents, by place."""

_MOST: Final = 10**18 - 1
"""The greatest number in a query: one of more digits is refused, as it is no integer of a machine's."""

Bounds = Callable[[Operation, Parameter], Mapping[str, float]]
"""Returns the bounds of a query parameter that hold although the operation does not state them."""


def openapi_document(api: Api, bounds: Bounds) -> dict[str, Any]:
    """Return the facts of an API as an OpenAPI 3.1 document, with the sandbox's assumptions in it.

    Answers take no undeclared properties. Requests take null where a property is optional. Operations
    that document no 400 may answer it, and 401 and 403, with the error body. Any text will do for a
    parameter that is a text.
    """
    paths: dict[str, dict[str, Any]] = {}
    for operation in api.operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, bounds)
    schemas = {
        f"{name}{kind}": _schema(schema, kind) for name, schema in api.schemas.items() for kind in _KINDS
    }
    for (name, key), value in _UNDOCUMENTED.items():
        if name in api.schemas:
            schemas[f"{name}{_SHOWN}"]["properties"][key]["enum"].append(value)
    return {
        "openapi": "3.1.0",
        "info": {"title": api.name, "version": api.version},
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


_SENT: Final = ".sent"
_SHOWN: Final = ".shown"
_KINDS: Final = (_SENT, _SHOWN)


def _operation(operation: Operation, bounds: Bounds) -> dict[str, Any]:
    document: dict[str, Any] = {
        "operationId": operation.id,
        "parameters": [
            {
                "name": parameter.name,
                "in": parameter.location,
                "required": parameter.required,
                "schema": {**_span(parameter, bounds(operation, parameter)), **parameter_schema(parameter)},
            }
            for parameter in operation.parameters
        ],
        "responses": {
            status: {"description": status, "content": _content(bodies, _SHOWN)}
            for status, bodies in _answers(operation).items()
        },
    }
    if operation.request:
        document["requestBody"] = {
            "required": operation.request_required,
            "content": _content(operation.request, _SENT),
        }
    return document


def _answers(operation: Operation) -> dict[str, Mapping[str, Schema]]:
    answers: dict[str, Mapping[str, Schema]] = {
        # v1 documents errors of audit logs as bytes; they are JSON all the same.
        status: {**_ERROR, **bodies} if status >= "4" and bodies else bodies
        for status, bodies in operation.responses.items()
    }
    if "400" not in answers and "4XX" not in answers:
        answers = dict.fromkeys(("400", "401", "403"), _ERROR) | answers
    return answers


def parameter_schema(parameter: Parameter) -> dict[str, Any]:
    """Return the schema of a parameter; it is empty where every text will do."""
    document = _schema(parameter.schema, _SENT)
    if parameter.location != "query":
        return document
    items = parameter.schema.items or parameter.schema
    texts = items.types == ("string",) and not (items.enum or items.format)
    if parameter.required and "array" in parameter.schema.types:
        # An empty list is not sent at all.
        document["minItems"] = 1
    # On the wire, everything is a text.
    return {} if texts else document


def _span(parameter: Parameter, bounds: Mapping[str, float]) -> dict[str, Any]:
    if "integer" not in parameter.schema.types:
        return {}
    return {"maximum": _MOST, **{_BOUNDS[name]: value for name, value in bounds.items()}}


def _content(bodies: Mapping[str, Schema], kind: str) -> dict[str, Any]:
    return {media: {"schema": _schema(schema, kind)} for media, schema in bodies.items()}


def json_schema(schema: Schema, place: str, *, shown: bool) -> dict[str, Any]:
    """Return a schema of the facts as JSON Schema.

    Args:
        schema: The schema.
        place: Where named schemas are, with ``{name}`` in place of the name.
        shown: It is of an answer, which takes no undeclared properties; a request takes null, too, where a
            property is optional.
    """

    def inner(part: Schema) -> dict[str, Any]:
        return json_schema(part, place, shown=shown)

    if schema.ref:
        return {"$ref": place.format(name=schema.ref)}
    document = _plain(schema)
    if schema.properties:
        properties = {name: inner(part) for name, part in schema.properties.items()}
        document["required"] = list(schema.required)
        if shown:
            document["additionalProperties"] = False
        else:
            free = properties.keys() - set(schema.required)
            properties |= {name: {"anyOf": [properties[name], {"type": "null"}]} for name in sorted(free)}
        document["properties"] = properties
    if schema.additional is not None:
        document["additionalProperties"] = inner(schema.additional)
    if schema.items is not None:
        document["items"] = inner(schema.items)
    if schema.any_of:
        document["anyOf"] = [inner(variant) for variant in schema.any_of]
    return document


def _plain(schema: Schema) -> dict[str, Any]:
    """Return what a schema says that has no schemas inside."""
    document: dict[str, Any] = {}
    if schema.types:
        document["type"] = list(schema.types)
    if schema.enum:
        # Two enums of the published document are one text with blanks between the values.
        document["enum"] = [word for value in schema.enum for word in str(value).split()]
    for name in ("format", "pattern", "default"):
        if getattr(schema, name):
            document[name] = getattr(schema, name)
    for name, keyword in _BOUNDS.items():
        if getattr(schema, name) is not None:
            document[keyword] = getattr(schema, name)
    return document


def _schema(schema: Schema, kind: str) -> dict[str, Any]:
    return json_schema(schema, f"#/components/schemas/{{name}}{kind}", shown=kind == _SHOWN)
