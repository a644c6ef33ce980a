"""Facts about one side and its own contract, and about a request and the contract it is sent to.

These are not differences between the sides: they say that an answer shows what its contract does not
name, that it breaks what its contract promises, or that v1's contract does not accept what is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from harness.contract import Contract, Operation
from harness.difference import ABSENT, ITEM, Difference, Kind, json_path
from harness.exchange import BodyKind, Exchange, Json, Request, Side
from harness.schema import Schema
from harness.struct import Struct, replace
from harness.values import type_name

_GATEWAY = frozenset({429, 502, 503, 504})
_TYPES = {"integer": "number"}
_NAMES: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}
"""The type of a schema that values of a class follow for certain."""
_CLASSES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}
"""The scalars of each type of a schema; a float may be an integer, and is looked at."""


class Violation(Struct, frozen=True, kw_only=True):
    """One place where a value does not follow a schema; ``what`` is a clause without a subject."""

    kind: Kind
    place: tuple[str, ...]
    what: str
    value: Json = None


class _Schemas:
    """The schemas of one API, prepared once for all the values that are held against them.

    What is kept by the id of a schema is kept beside the schema: an id is only good while its object lives.
    """

    def __init__(self, contract: Contract, api: str) -> None:
        self._contract = contract
        self._api = contract.apis[api]
        self._resolved: dict[int, tuple[Schema, Schema]] = {}
        self._named: dict[str, Schema] = {}
        self._joined: dict[tuple[int, int], tuple[Schema, Schema, Schema]] = {}
        self._plain: dict[int, tuple[Schema, dict[str, tuple[frozenset[type], frozenset[str]]]]] = {}

    def resolved(self, schema: Schema) -> Schema:
        """Follow the references of a schema."""
        found = self._resolved.get(id(schema))
        if found is None:
            found = self._resolved[id(schema)] = schema, self._contract.resolve(self._api, schema)
        return found[1]

    def named(self, name: str) -> Schema:
        """Return a reference to the schema of that name."""
        return self._named.setdefault(name, Schema(ref=name))

    def joined(self, union: Schema, variant: Schema) -> Schema:
        """Return a variant with what the union says beside its variants."""
        if not union.properties and not union.required:
            return variant
        key = id(union), id(variant)
        if key not in self._joined:
            joined = replace(
                variant,
                properties={**union.properties, **variant.properties},
                required=tuple(dict.fromkeys(union.required + variant.required)),
            )
            self._joined[key] = union, variant, joined
        return self._joined[key][2]

    def plain(self, schema: Schema) -> Mapping[str, tuple[frozenset[type], frozenset[str]]]:
        """Return, of each property, what follows its schema for certain: classes of scalars, and strings."""
        found = self._plain.get(id(schema))
        if found is None:
            resolved = {name: self.resolved(inner) for name, inner in schema.properties.items()}
            plain = {name: (_plain_classes(each), _plain_strings(each)) for name, each in resolved.items()}
            found = self._plain[id(schema)] = schema, plain
        return found[1]


def _plain_classes(schema: Schema) -> frozenset[type]:
    if schema.any_of or schema.enum:
        return frozenset()
    names = schema.types or tuple(_CLASSES)
    return frozenset(kind for name in names for kind in _CLASSES.get(name, ()))


def _plain_strings(schema: Schema) -> frozenset[str]:
    if schema.any_of or not (schema.types == () or "string" in schema.types):
        return frozenset()
    return frozenset(value for value in schema.enum if isinstance(value, str))


@lru_cache(maxsize=16)
def _schemas(contract: Contract, api: str) -> _Schemas:
    return _Schemas(contract, api)


class Conformance:
    """Compares values with the schemas of one operation of one contract."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        """Take an operation of the contract."""
        self._schemas = _schemas(contract, operation.api)

    def violations(self, schema: Schema, value: Json, place: tuple[str, ...] = ()) -> Iterator[Violation]:
        """Yield each place below ``place`` where the value does not follow the schema."""
        schema = self._variant(schema, value)
        if schema.types and not _is_of(value, schema.types):
            stated = " or ".join(schema.types)
            yield Violation(
                kind=Kind.BROKEN,
                place=place,
                what=f"is {type_name(value)} where the contract says {stated}",
                value=value,
            )
        elif schema.enum and value is not None and value not in schema.enum:
            yield Violation(
                kind=Kind.BROKEN, place=place, what="is not one of the contract's values", value=value
            )
        elif isinstance(value, dict):
            yield from self._properties(schema, value, place)
        elif isinstance(value, list) and schema.items is not None:
            for element in value:
                if not self._follows(schema.items, element):
                    yield from self.violations(schema.items, element, (*place, ITEM))

    def _follows(self, schema: Schema, value: Json) -> bool:
        """Whether an object has nothing but what follows its schema for certain; False decides nothing."""
        if value.__class__ is not dict:
            return False
        known = self._schemas.resolved(schema)
        if known.any_of or known.enum or "object" not in known.types:
            return False
        plain = self._schemas.plain(known)
        for name, inner in value.items():
            allowed = plain.get(name)
            if allowed is None or not (
                inner.__class__ in allowed[0] or (inner.__class__ is str and inner in allowed[1])
            ):
                return False
        return all(map(value.__contains__, known.required))

    def _properties(
        self, schema: Schema, value: dict[str, Json], place: tuple[str, ...]
    ) -> Iterator[Violation]:
        for name in schema.required:
            if name not in value:
                yield Violation(kind=Kind.BROKEN, place=(*place, name), what=ABSENT)
        plain = self._schemas.plain(schema)
        for name, inner in value.items():
            known = plain.get(name)
            if known is not None and (
                inner.__class__ in known[0] or (inner.__class__ is str and inner in known[1])
            ):
                continue
            declared = schema.properties.get(name)
            if declared is not None:
                if not self._follows(declared, inner):
                    yield from self.violations(declared, inner, (*place, name))
            elif schema.additional is not None:
                yield from self.violations(schema.additional, inner, (*place, ITEM))
            elif schema.properties:
                yield Violation(
                    kind=Kind.UNDOCUMENTED, place=(*place, name), what="is not in the contract", value=inner
                )

    def _variant(self, schema: Schema, value: Json) -> Schema:
        """Follow references and unions to the one variant that the value follows best."""
        known = self._schemas.resolved(schema)
        return self._schemas.joined(known, self._chosen(known, value)) if known.any_of else known

    def _chosen(self, union: Schema, value: Json) -> Schema:
        if union.discriminator and isinstance(value, dict):
            name = union.mapping.get(str(value.get(union.discriminator)))
            if name:
                return self._variant(self._schemas.named(name), value)
        return min(
            (self._variant(variant, value) for variant in union.any_of),
            key=lambda variant: sum(1 for _ in self.violations(variant, value)),
        )


def _is_of(value: Json, types: tuple[str, ...]) -> bool:
    if _NAMES.get(value.__class__) in types:
        return True
    found = type_name(value)
    if found == "number" and "number" not in types:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return "integer" in types and whole
    return found in {_TYPES.get(name, name) for name in types}


def answer_facts(
    exchange: Exchange, side: Side, contract: Contract, operation: Operation
) -> tuple[Difference, ...]:
    """Return what the answer of one side shows beyond, or against, its own contract.

    One fact a generic place: ``seen`` counts the elements that show it.
    """
    response = exchange.response
    if response is None or response.status in _GATEWAY:
        return ()
    name = f"{contract.version}'s"
    if not contract.documents_status(operation, response.status):
        return (
            _one_sided(
                side,
                response.status,
                kind=Kind.UNDOCUMENTED,
                path="$.status",
                detail=f"status {response.status} is not in {name} contract for this operation",
            ),
        )
    schema = contract.response(operation, response.status, response.media)
    if schema is None or response.body.kind is not BodyKind.JSON:
        return ()
    counted: dict[tuple[Kind, tuple[str, ...], str], list[Json]] = {}
    for found in Conformance(contract, operation).violations(schema, response.body.data):
        counted.setdefault((found.kind, found.place, found.what), []).append(found.value)
    return tuple(
        _one_sided(
            side,
            values[0],
            kind=kind,
            path=json_path("body", *place),
            seen=len(values),
            detail=f"{json_path('body', *place)} of {name} answer {what}",
        )
        for (kind, place, what), values in counted.items()
    )


def _one_sided(side: Side, value: Json, *, kind: Kind, path: str, detail: str, seen: int = 1) -> Difference:
    values = {side: value}
    return Difference(
        kind=kind,
        path=path,
        baseline=values.get(Side.BASELINE),
        candidate=values.get(Side.CANDIDATE),
        seen=seen,
        samples=seen,
        side=side,
        detail=detail,
    )


def request_facts(
    sent: Request, old: tuple[Contract, Operation], new: tuple[Contract, Operation]
) -> Iterator[Difference]:
    """Yield what the candidate's contract does not accept although the baseline's does.

    ``sent`` is the candidate's request. What both contracts refuse is the caller's own mistake, and what
    neither names is nobody's promise: neither is a fact about the migration.
    """
    yield from _query_facts(sent, old, new)
    if sent.body.kind is BodyKind.JSON:
        before = {(found.place, found.what) for found in _request_violations(sent, *old)}
        for found in _request_violations(sent, *new):
            if (found.place, found.what) not in before:
                path = json_path("request", "body", *found.place)
                yield Difference(
                    kind=Kind.REQUEST,
                    path=path,
                    candidate=found.value,
                    side=Side.CANDIDATE,
                    detail=f"in {new[0].version} the property {path} of the request {found.what}",
                )


def released_fields(
    sent: tuple[Request, Request], old: tuple[Contract, Operation], new: tuple[Contract, Operation]
) -> tuple[str, ...]:
    """Name what the baseline's contract refuses in both requests, and the candidate's does not.

    ``sent`` are the two requests: what the candidate's mends is no proof that its contract asks less.
    """
    requests = [request for request in sent if request.body.kind is BodyKind.JSON]
    if len(requests) < len(sent):
        return ()
    first, second = ([found.place for found in _request_violations(each, *old)] for each in requests)
    still = {found.place for found in _request_violations(sent[1], *new)}
    places = [place for place in dict.fromkeys(first) if place in second and place not in still]
    return tuple(dict.fromkeys(place[-1] for place in places if place))


def dropped_parameters(
    sent: Request, old: tuple[Contract, Operation], new: tuple[Contract, Operation]
) -> tuple[str, ...]:
    """Name the query parameters whose values the baseline refuses, and that the candidate lacks."""
    known, accepted = (
        {parameter.name: parameter for parameter in operation.parameters if parameter.location == "query"}
        for _, operation in (old, new)
    )
    query = parse_qsl(urlsplit(sent.url).query, keep_blank_values=True)
    names = [
        name
        for name, text in query
        if name in known and name not in accepted and not _accepts(old, known[name].schema, text)
    ]
    return tuple(dict.fromkeys(names))


def _request_violations(sent: Request, contract: Contract, operation: Operation) -> Iterator[Violation]:
    schema = operation.request.get("application/json")
    if schema is not None:
        yield from Conformance(contract, operation).violations(schema, sent.body.data)


def _query_facts(
    sent: Request, old: tuple[Contract, Operation], new: tuple[Contract, Operation]
) -> Iterator[Difference]:
    if "?" not in sent.url:
        return
    known, accepted = (
        {parameter.name: parameter for parameter in operation.parameters if parameter.location == "query"}
        for _, operation in (old, new)
    )
    for name, text in parse_qsl(urlsplit(sent.url).query, keep_blank_values=True):
        path = json_path("request", "query", name)
        if name in known and name not in accepted:
            what = f"the query parameter `{name}` is not in {new[0].version}'s contract"
        elif name in accepted and not _accepts(new, accepted[name].schema, text):
            if name in known and not _accepts(old, known[name].schema, text):
                continue
            what = f"the query parameter `{name}` does not take the value `{text}` in {new[0].version}"
        else:
            continue
        yield Difference(kind=Kind.REQUEST, path=path, candidate=text, side=Side.CANDIDATE, detail=what)


def _accepts(of: tuple[Contract, Operation], schema: Schema, text: str) -> bool:
    contract, operation = of
    schema = contract.resolve(operation, schema)
    if schema.items is not None:
        schema = contract.resolve(operation, schema.items)
    return not schema.enum or text in schema.enum
