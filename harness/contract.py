"""The facts of the API versions: operations, parameters and shapes, looked up by method and URL.

The facts themselves are package data in ``contracts/``, built by ``openapi.py`` from the vendor's
published OpenAPI documents. They hold no prose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from harness.errors import ContractError, Problem
from harness.exchange import Json, Side
from harness.schema import Place, Schema, Walk, place_name, resolve
from harness.struct import Struct, field

__all__ = [
    "API_VERSIONS",
    "BASE_URLS",
    "FORMAT",
    "LABS",
    "V1",
    "V1BETA1",
    "Api",
    "Contract",
    "Operation",
    "Parameter",
    "Place",
    "Schema",
    "load_contract",
    "load_contracts",
    "parse_api",
]

V1BETA1: Final = "v1beta1"
V1: Final = "v1"
LABS: Final = "labs/v1"

FORMAT: Final = 1
"""The layout of the facts files; a reader refuses every other one."""

API_VERSIONS: Final[Mapping[str, str]] = {"iam": V1BETA1, "platform": V1BETA1, "v1": V1, "labs": LABS}
"""The names of the APIs that contracts can be about, and the API version that each is part of."""

BASE_URLS: Final[Mapping[str, str]] = {
    "iam": "https://api.astronomer.io/iam/v1beta1",
    "platform": "https://api.astronomer.io/platform/v1beta1",
    "v1": "https://api.astronomer.io/v1",
    "labs": "https://api.astronomer.io/labs/v1",
}
"""The production base URL of each API."""

_FILES: Final[Mapping[str, str]] = {
    "iam": "iam-v1beta1.json",
    "platform": "platform-v1beta1.json",
    "v1": "v1.json",
    "labs": "labs.json",
}
_FALLBACK_API: Final[Mapping[str, str]] = {V1BETA1: "platform", V1: "v1", LABS: "labs"}
_MAX_PLACES: Final = 20_000


class Parameter(Struct, frozen=True, kw_only=True):
    """A path, query, header or cookie parameter; ``location`` says which."""

    name: str
    location: str
    required: bool = False
    schema: Schema = field(default_factory=Schema)


class Operation(Struct, frozen=True, kw_only=True):
    """One method and path of one API. ``responses`` maps a status (``200``, ``4XX``) to media types."""

    id: str
    api: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    request: Mapping[str, Schema] = field(default_factory=dict)
    request_required: bool = False
    responses: Mapping[str, Mapping[str, Schema]] = field(default_factory=dict)


class Api(Struct, frozen=True, kw_only=True):
    """The facts of one published API document; ``date`` is the document's, in ISO form.

    ``base_url`` has no trailing slash; ``operations`` are ordered by path and method.
    """

    name: str
    version: str
    date: str
    base_url: str
    operations: tuple[Operation, ...] = ()
    schemas: Mapping[str, Schema] = field(default_factory=dict)


class Contract(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """The facts of one API version; v1beta1 has two APIs, IAM and Platform.

    ``directory`` is where facts files were looked for before those of the package; None: nowhere.
    """

    version: str
    apis: Mapping[str, Api]
    directory: Path | None = None

    @cached_property
    def _places(self) -> dict[tuple[str, int, tuple[str, ...]], tuple[Schema, Place | None]]:
        return {}

    @cached_property
    def _names(self) -> dict[tuple[str, int, tuple[str, ...]], tuple[Schema, str]]:
        return {}

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, ordered by path and method."""
        every = (operation for api in self.apis.values() for operation in api.operations)
        return tuple(sorted(every, key=lambda operation: (operation.path, operation.method)))

    @cached_property
    def _by_id(self) -> Mapping[str, Operation]:
        return {operation.id: operation for operation in self.operations}

    @cached_property
    def _routes(self) -> _Route:
        root = _Route()
        for operation in self.operations:
            root.add(operation)
        return root

    def operation(self, id: str) -> Operation | None:  # noqa: A002 - the word of OpenAPI and of Operation
        """Return the operation of that id (``ListUsers``), or None."""
        return self._by_id.get(id)

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation that answers a method and a path below the base URL, or None.

        Names of path parameters do not matter, a literal segment wins over a parameter, a query, a
        fragment and a trailing slash are ignored, and percent-encoding is left as it is.
        """
        clean = path.partition("?")[0].partition("#")[0].removeprefix("/").removesuffix("/")
        return self._routes.find(clean.split("/"), 0, method.upper())

    def resolve(self, of: Operation | Api, schema: Schema) -> Schema:
        """Follow the schema's references inside the API that it belongs to.

        Raises:
            ContractError: A reference names no schema of the API, or references form a circle.
        """
        return resolve(self.apis[of.api if isinstance(of, Operation) else of.name].schemas, schema)

    def response(self, operation: Operation, status: int, media: str) -> Schema | None:
        """Return the documented body of a status (then its range, then the default) and media type.

        None when the status or media type is not documented, or has no body. An empty ``media`` takes
        the only documented media type.
        """
        bodies = self._bodies(operation, status)
        if not bodies:
            return None
        if not media:
            return next(iter(bodies.values())) if len(bodies) == 1 else None
        kind = media.lower()
        return bodies.get(kind) or bodies.get(f"{kind.partition('/')[0]}/*") or bodies.get("*/*")

    def documents_status(self, operation: Operation, status: int) -> bool:
        """Say whether the operation documents the status, its range (``4XX``) or a default."""
        return self._bodies(operation, status) is not None

    def _bodies(self, operation: Operation, status: int) -> Mapping[str, Schema] | None:
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in operation.responses:
                return operation.responses[key]
        return None

    def place(
        self, operation: Operation, schema: Schema, segments: tuple[str, ...], value: Json = None
    ) -> Place | None:
        """Say what the contract documents at a place below ``schema``; None when it says nothing.

        Args:
            operation: Whose schema it is.
            schema: Of the request or response body.
            segments: Keys from the body's root; ``"*"`` is a list's item or an undeclared property.
            value: The body itself, if known. Where a union has a discriminator, it chooses the
                variants; without it a place is documented if any variant has it, and required if all
                have it so.
        """
        key = (operation.api, id(schema), segments)
        known = self._places.get(key)
        if known is not None and known[0] is schema:
            return known[1]
        walk = Walk(self.apis[operation.api].schemas)
        place = walk.place(schema, segments, value)
        if not walk.chose:
            if len(self._places) >= _MAX_PLACES:
                self._places.clear()
            self._places[key] = (schema, place)
        return place

    def api_of(self, path: str) -> str:
        """Choose the API of a request that is no operation: that of the nearest path, else the largest."""
        while path:
            for method in ("GET", "POST", "DELETE", "PUT", "PATCH"):
                found = self.find(method, path)
                if found:
                    return found.api
            path = path.rpartition("/")[0]
        return _FALLBACK_API.get(self.version, self.version)

    def lists(self, operation: Operation) -> tuple[str, ...]:
        """Return the names of the lists that stand at the top of a successful answer."""
        schema = self.response(operation, 200, "application/json")
        answer = self.place(operation, schema, ()) if schema else None
        properties = answer.schema.properties if answer else {}
        resolved = ((name, self.resolve(operation, each)) for name, each in properties.items())
        return tuple(name for name, each in resolved if "array" in each.types)

    def place_name(self, operation: Operation, schema: Schema, segments: tuple[str, ...]) -> str:
        """Name a place below ``schema`` alike in all operations: ``ApiToken.roles``; empty without a name."""
        key = (operation.api, id(schema), segments)
        known = self._names.get(key)
        if known is not None and known[0] is schema:
            return known[1]
        name = place_name(self.apis[operation.api].schemas, schema, segments)
        if len(self._names) >= _MAX_PLACES:
            self._names.clear()
        self._names[key] = (schema, name)
        return name


class _Route:
    """One segment of the paths of a contract."""

    __slots__ = ("literals", "operations", "parameter")

    def __init__(self) -> None:
        self.literals: dict[str, _Route] = {}
        self.parameter: _Route | None = None
        self.operations: dict[str, Operation] = {}

    def add(self, operation: Operation) -> None:
        node = self
        for segment in operation.path.strip("/").split("/"):
            if "{" in segment:
                node.parameter = node.parameter or _Route()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Route())
        node.operations[operation.method] = operation

    def find(self, segments: list[str], index: int, method: str) -> Operation | None:
        if index == len(segments):
            return self.operations.get(method)
        segment = segments[index]
        literal = self.literals.get(segment)
        found = literal.find(segments, index + 1, method) if literal else None
        if found is None and segment and self.parameter:
            return self.parameter.find(segments, index + 1, method)
        return found


class _Parser:
    """Reads the facts of one API; equal short schemas are one object."""

    def __init__(self) -> None:
        self._short: dict[str, Schema] = {"": Schema()}

    def api(self, facts: dict[str, Any]) -> Api:
        name = facts["name"]
        return Api(
            name=name,
            version=facts["version"],
            date=facts["date"],
            base_url=facts["base_url"],
            operations=tuple(self._operation(name, key, value) for key, value in facts["operations"].items()),
            schemas={key: self._schema(value) for key, value in facts["schemas"].items()},
        )

    def _operation(self, api: str, key: str, facts: dict[str, Any]) -> Operation:
        return Operation(
            id=key,
            api=api,
            method=facts["method"],
            path=facts["path"],
            parameters=tuple(
                Parameter(
                    name=parameter["name"],
                    location=parameter["in"],
                    required=parameter.get("required", False),
                    schema=self._schema(parameter["schema"]),
                )
                for parameter in facts.get("parameters", ())
            ),
            request=self._media(facts.get("request", {})),
            request_required=facts.get("request_required", False),
            responses={status: self._media(bodies) for status, bodies in facts["responses"].items()},
        )

    def _media(self, facts: dict[str, Any]) -> dict[str, Schema]:
        return {media: self._schema(schema) for media, schema in facts.items()}

    def _schema(self, facts: Any) -> Schema:
        if isinstance(facts, str):
            short = self._short.get(facts)
            if short is None:
                short = Schema(ref=facts[1:]) if facts[0] == "#" else Schema(types=(facts,))
                self._short[facts] = short
            return short
        fields = dict(facts)
        types = fields.pop("type", ())
        fields["types"] = (types,) if isinstance(types, str) else tuple(types)
        if "properties" in fields:
            fields["properties"] = {key: self._schema(value) for key, value in fields["properties"].items()}
        for key in ("items", "additional"):
            if key in fields:
                fields[key] = self._schema(fields[key])
        for key in ("required", "enum"):
            if key in fields:
                fields[key] = tuple(fields[key])
        if "any_of" in fields:
            fields["any_of"] = tuple(self._schema(variant) for variant in fields["any_of"])
        return Schema(**fields)


def parse_api(text: str, where: str) -> Api:
    """Read the facts of one API, as ``openapi.dump_api`` writes them.

    Raises:
        ContractError: The text is not a facts file of this format.
    """
    advice = "Write it again with `harness contract build`."
    try:
        facts = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        problem = Problem(where=f"{where}:{line}", what="the facts are not JSON", advice=advice)
        raise ContractError(problem) from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        what = f"this is no facts file of format {FORMAT}"
        raise ContractError(Problem(where=where, what=what, advice=advice))
    try:
        return _Parser().api(facts)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        what = f"the facts are damaged ({type(error).__name__}: {error})"
        raise ContractError(Problem(where=where, what=what, advice=advice)) from error


@cache
def load_contract(version: str, directory: Path | None = None) -> Contract:
    """Return the contract of an API version, read once.

    Args:
        version: ``v1beta1``, ``v1`` or ``labs/v1``.
        directory: Facts files there, named as those of the package, take the place of the package's.

    Raises:
        ContractError: There is no such version, or a facts file is damaged.
    """
    names = [name for name, of in API_VERSIONS.items() if of == version]
    if not names:
        valid = ", ".join(dict.fromkeys(API_VERSIONS.values()))
        what = f"there is no API version `{version}`"
        raise ContractError(Problem(where="", what=what, advice=f"Use one of {valid}."))
    apis = {name: _load_api(name, directory) for name in names}
    return Contract(version=version, apis=apis, directory=directory)


def load_contracts(directory: Path | None = None) -> Mapping[Side, Contract]:
    """Return the contracts of the two sides; see :func:`load_contract`."""
    return {
        Side.BASELINE: load_contract(V1BETA1, directory),
        Side.CANDIDATE: load_contract(V1, directory),
    }


def _load_api(name: str, directory: Path | None) -> Api:
    own = directory / _FILES[name] if directory else None
    source = own if own and own.is_file() else files("harness").joinpath("contracts", _FILES[name])
    api = parse_api(source.read_bytes().decode("utf-8", "replace"), str(source))
    if api.name != name:
        # Its operations would be looked for where they are not, or stand on the wrong side.
        what = f"these are the facts of {api.name}, and not of {name}"
        advice = f"Write them with `harness contract build DOCUMENT --api {name}`."
        raise ContractError(Problem(where=str(source), what=what, advice=advice))
    return api
