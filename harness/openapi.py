"""Builds a contract's facts from an OpenAPI 3.0 or 3.1 document, and writes them as text.

Kept: methods, paths, parameters, and the shapes of requests and responses that operations use.
Left out: prose, examples, extensions, security, callbacks, webhooks, and what JSON Schema says
beyond ``contract.Schema`` (``not``, ``if``, ``multipleOf``, exclusive bounds, ``uniqueItems``).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from harness.contract import API_VERSIONS, BASE_URLS, FORMAT, Api, Operation, Parameter, Schema
from harness.document import DocumentError, NodePath, read_document
from harness.errors import ContractError, Problem
from harness.openapi_schema import Schemas
from harness.openapi_source import Source
from harness.struct import field_names

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_STATUS: Final = re.compile(r"[1-5](?:\d\d|XX)|default")
_LOCATIONS: Final = ("path", "query", "header", "cookie")
_NOT_PARAMETERS: Final = {"accept", "content-type", "authorization"}


def build_api(text: str, where: str, *, name: str, date: str) -> Api:
    """Read an OpenAPI document and return its facts.

    Args:
        text: The document, YAML or JSON, OpenAPI 3.0 or 3.1.
        where: The document's file name, for messages.
        name: ``iam``, ``platform``, ``v1`` or ``labs``.
        date: The day, in ISO form, that the document is of.

    Raises:
        ContractError: The text is no such document, or one of another API; every mistake is listed with its
            line.
    """
    _check_arguments(name, date)
    if text.lstrip()[:1] == "<":
        what = "this is HTML or XML, and no OpenAPI document"
        advice = "Look at it: it may be a page that asks to log in. Save the document itself, YAML or JSON."
        raise ContractError(Problem(where=f"{where}:1", what=what, advice=advice))
    try:
        document = read_document(text, where, scalar_keys=True)
    except DocumentError as error:
        raise ContractError(*error.problems) from error
    source = Source(document, where)
    reader = _Reader(source, name)
    operations = reader.operations() if source.is_openapi() else []
    schemas = reader.schemas.named(schema for operation in operations for schema in _roots(operation))
    if source.problems:
        raise ContractError(*source.problems)
    base_url = _base_url(document.data)
    if other := _other_api(base_url, name):
        what = f"this is the document of {other}, whose base URL is {base_url}, and not of {name}"
        advice = f"Write `--api {other}`, or take the document of {name}."
        where = f"{where}:{document.line(('servers', 0, 'url'))}"
        raise ContractError(Problem(where=where, what=what, advice=advice))
    return Api(
        name=name,
        version=API_VERSIONS[name],
        date=date,
        base_url=base_url or BASE_URLS[name],
        operations=tuple(sorted(operations, key=lambda operation: (operation.path, operation.method))),
        schemas=schemas,
    )


def _check_arguments(name: str, date: str) -> None:
    if name not in API_VERSIONS:
        advice = f"Use one of {', '.join(API_VERSIONS)}."
        raise ContractError(Problem(where="", what=f"there is no API `{name}`", advice=advice))
    try:
        dt.date.fromisoformat(date)
    except ValueError as error:
        what = f"`{date}` is not a date"
        raise ContractError(Problem(where="", what=what, advice="Write it as in 2026-07-18.")) from error


def _base_url(root: Any) -> str:
    """Return the first server's absolute URL with its variables' defaults, or nothing."""
    servers = root.get("servers")
    server = servers[0] if isinstance(servers, list) and servers else None
    url = server.get("url") if isinstance(server, dict) else None
    if not isinstance(server, dict) or not isinstance(url, str):
        return ""
    variables = server.get("variables")
    for key, variable in variables.items() if isinstance(variables, dict) else ():
        if isinstance(variable, dict):
            url = url.replace(f"{{{key}}}", str(variable.get("default", "")))
    return url.rstrip("/") if urlsplit(url).netloc else ""


def _other_api(base_url: str, name: str) -> str:
    """Return the API whose base URL a document names, where that is not the one of that name."""
    path = urlsplit(base_url).path
    endings = {api: urlsplit(url).path for api, url in BASE_URLS.items()}
    found = [api for api, ending in endings.items() if path.endswith(ending)]
    # That of Labs ends like v1's.
    nearest = max(found, key=lambda api: len(endings[api]), default=name)
    return nearest if nearest != name else ""


def _roots(operation: Operation) -> Iterator[Schema]:
    yield from (parameter.schema for parameter in operation.parameters)
    yield from operation.request.values()
    for bodies in operation.responses.values():
        yield from bodies.values()


class _Reader:
    """Reads the operations of a document."""

    def __init__(self, source: Source, api: str) -> None:
        self.source = source
        self.api = api
        self.schemas = Schemas(source)
        self._taken: dict[str, NodePath] = {}

    def operations(self) -> list[Operation]:
        operations = []
        for path, raw, raw_place in self.source.members(self.source.root, (), "paths"):
            if not path.startswith("/"):
                self.source.fail(raw_place, f"the path `{path}` does not begin with a slash")
                continue
            item, place = self.source.follow(raw, raw_place)
            shared = self._parameters(item, place)
            for method in _METHODS:
                if method in item:
                    operation = self._operation(method, path, item[method], (*place, method), shared)
                    operations.append(operation)
        return operations

    def _operation(
        self, method: str, path: str, node: Any, place: NodePath, shared: dict[tuple[str, str], Parameter]
    ) -> Operation:
        node = self.source.mapping(node, place)
        parameters = {**shared, **self._parameters(node, place)}
        for name in re.findall(r"\{([^{}]+)\}", path):
            text = Parameter(name=name, location="path", required=True, schema=Schema(types=("string",)))
            parameters.setdefault(("path", name), text)
        request, request_place = self.source.follow(node.get("requestBody", {}), (*place, "requestBody"))
        id = node.get("operationId")  # noqa: A001 - the word of OpenAPI and of Operation
        operation = Operation(
            id=id if isinstance(id, str) and id else f"{method.upper()} {path}",
            api=self.api,
            method=method.upper(),
            path=path.rstrip("/") or "/",
            parameters=tuple(parameters.values()),
            request=self._bodies(request, request_place),
            request_required=request.get("required") is True,
            responses=self._responses(node, place),
        )
        self._check_unique(operation, place)
        return operation

    def _check_unique(self, operation: Operation, place: NodePath) -> None:
        shape = re.sub(r"\{[^{}]*\}", "{}", operation.path)
        keys = (f"the operationId `{operation.id}`", f"the operation `{operation.method} {shape}`")
        for key in keys:
            first = self._taken.setdefault(key, place)
            if first != place:
                self.source.fail(place, f"{key} is already on line {self.source.document.line(first)}")

    def _parameters(self, node: Mapping[str, Any], place: NodePath) -> dict[tuple[str, str], Parameter]:
        found = {}
        for raw, raw_place in self.source.elements(node, place, "parameters"):
            item, item_place = self.source.follow(raw, raw_place)
            name, location = item.get("name"), item.get("in")
            if not isinstance(name, str) or location not in _LOCATIONS:
                what = "a parameter needs a `name`, and an `in` that is path, query, header or cookie"
                self.source.fail(item_place, what)
            elif location != "header" or name.lower() not in _NOT_PARAMETERS:
                bodies = self._bodies(item, item_place)
                if bodies:
                    schema = next(iter(bodies.values()))
                else:
                    schema = self.schemas.read(item.get("schema", {}), (*item_place, "schema"))
                found[location, name] = Parameter(
                    name=name,
                    location=location,
                    required=location == "path" or item.get("required") is True,
                    schema=schema,
                )
        return found

    def _responses(self, node: Mapping[str, Any], place: NodePath) -> dict[str, Mapping[str, Schema]]:
        responses: dict[str, Mapping[str, Schema]] = {}
        for key, raw, raw_place in self.source.members(node, place, "responses"):
            status = key if key == "default" else key.upper()
            if not _STATUS.fullmatch(status):
                self.source.fail(raw_place, f"`{key}` is not a status, a range such as 4XX, or default")
                continue
            responses[status] = self._bodies(*self.source.follow(raw, raw_place))
        if not responses:
            self.source.fail(place, "the operation has no responses")
        return dict(sorted(responses.items()))

    def _bodies(self, node: Mapping[str, Any], place: NodePath) -> dict[str, Schema]:
        bodies = {}
        content = self.source.mapping(node.get("content", {}), (*place, "content"))
        for media, raw in content.items():
            item = self.source.mapping(raw, (*place, "content", media))
            schema = self.schemas.read(item.get("schema", {}), (*place, "content", media, "schema"))
            bodies[media.partition(";")[0].strip().lower()] = schema
        return dict(sorted(bodies.items()))


def dump_api(api: Api) -> str:
    """Write the facts as JSON, one operation or schema a line; equal facts give equal text."""
    head = {
        "format": FORMAT,
        "name": api.name,
        "version": api.version,
        "date": api.date,
        "base_url": api.base_url,
    }
    operations = [(operation.id, _operation_facts(operation)) for operation in api.operations]
    schemas = [(name, _facts(schema)) for name, schema in sorted(api.schemas.items())]
    parts = [f'"{key}":{_compact(value)}' for key, value in head.items()]
    parts += [f'"operations":{_lines(operations)}', f'"schemas":{_lines(schemas)}']
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(items: list[tuple[str, Any]]) -> str:
    lines = [f"{_compact(key)}:{_compact(value)}" for key, value in items]
    return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _operation_facts(operation: Operation) -> dict[str, Any]:
    facts: dict[str, Any] = {"method": operation.method, "path": operation.path}
    if operation.parameters:
        facts["parameters"] = [
            {
                "name": parameter.name,
                "in": parameter.location,
                **({"required": True} if parameter.required else {}),
                "schema": _facts(parameter.schema),
            }
            for parameter in operation.parameters
        ]
    if operation.request:
        facts["request"] = _media_facts(operation.request)
    if operation.request_required:
        facts["request_required"] = True
    facts["responses"] = {status: _media_facts(bodies) for status, bodies in operation.responses.items()}
    return facts


def _media_facts(bodies: Mapping[str, Schema]) -> dict[str, Any]:
    return {media: _facts(schema) for media, schema in bodies.items()}


def _facts(schema: Schema) -> Any:
    """Return a schema's facts: its fields that say something, or one word for a type or reference."""
    if schema == Schema(ref=schema.ref):
        return f"#{schema.ref}" if schema.ref else ""
    if len(schema.types) == 1 and schema == Schema(types=schema.types):
        return schema.types[0]
    facts: dict[str, Any] = {}
    for name in field_names(Schema):
        value = getattr(schema, name)
        if value is None or (name != "default" and value in ("", (), {})):
            continue
        if name == "types":
            facts["type"] = value[0] if len(value) == 1 else list(value)
        elif isinstance(value, Schema):
            facts[name] = _facts(value)
        elif name == "properties":
            facts[name] = {key: _facts(property_) for key, property_ in value.items()}
        elif name == "any_of":
            facts[name] = [_facts(variant) for variant in value]
        else:
            facts[name] = value
    return facts
