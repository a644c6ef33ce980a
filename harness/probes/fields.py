"""The fields of a request that both contracts document: of its body, or of its query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from harness.contract import Contract, Operation
from harness.exchange import Json, Side
from harness.probes.known import Known, with_request
from harness.scenario import RequestSpec, Step
from harness.schema import Schema
from harness.struct import Struct

JSON = "application/json"
"""The media type of the bodies that both APIs take."""


class Field(Struct, frozen=True, kw_only=True):
    """One property of a body, or one query parameter, by its name.

    ``schemas`` are those of the two contracts, without references. ``required``: both contracts require it.
    ``sent``: the step sends it on both sides.
    """

    name: str
    schemas: tuple[Schema, Schema]
    required: bool
    sent: bool

    @property
    def types(self) -> frozenset[str]:
        """Every type that one of the contracts allows, without null; empty where one says nothing."""
        if any(not schema.types or schema.any_of for schema in self.schemas):
            return frozenset()
        return frozenset(name for schema in self.schemas for name in schema.types) - {"null"}

    @property
    def is_listed(self) -> bool:
        """Whether both contracts list the values that it may have."""
        return all(schema.enum for schema in self.schemas)

    def most(self, bound: Callable[[Schema], float | None]) -> float | None:
        """Return the larger one of a bound that the contracts state; None where neither states it."""
        return max((found for schema in self.schemas if (found := bound(schema)) is not None), default=None)


def body_fields(known: Known, contracts: Mapping[Side, Contract], *, unsent: bool) -> list[Field]:
    """Return the properties of a step's body: those that it sends first, then ``unsent`` others."""
    bodies = bodies_of(known.step)
    schemas = [operation.request.get(JSON) for operation in (known.baseline, known.candidate)]
    old, new = schemas
    if bodies is None or old is None or new is None:
        return []
    roots = [
        (contracts[side], operation, schema, body)
        for side, operation, schema, body in zip(
            Side, (known.baseline, known.candidate), (old, new), bodies, strict=True
        )
    ]
    names = dict.fromkeys(bodies[0])
    if unsent:
        names |= dict.fromkeys(name for root in roots for name in _documented(*root))
    return [field for name in names if (field := _property(name, roots))]


_Root = tuple[Contract, Operation, Schema, dict[str, Json]]


def _documented(contract: Contract, operation: Operation, schema: Schema, body: Json) -> Iterable[str]:
    place = contract.place(operation, schema, (), body)
    return place.schema.properties if place else ()


def _property(name: str, roots: list[_Root]) -> Field | None:
    places = [contract.place(operation, schema, (name,), body) for contract, operation, schema, body in roots]
    old, new = places
    if old is None or new is None:
        return None
    return Field(
        name=name,
        schemas=(old.schema, new.schema),
        required=old.required and new.required,
        sent=all(name in body for _, _, _, body in roots),
    )


def query_fields(known: Known, contracts: Mapping[Side, Contract]) -> list[Field]:
    """Return the query parameters of a step's operation; ``limit`` and ``offset`` come first."""
    documented = [
        _parameters(contracts[side], operation)
        for side, operation in zip(Side, (known.baseline, known.candidate), strict=True)
    ]
    old, new = documented
    fields = [
        Field(
            name=name,
            schemas=(old[name][0], new[name][0]),
            required=old[name][1] and new[name][1],
            sent=all(name in known.step.request_for(side).query for side in Side),
        )
        for name in old
        if name in new
    ]
    return sorted(fields, key=lambda field: (field.name != "limit", field.name != "offset"))


def _parameters(contract: Contract, operation: Operation) -> dict[str, tuple[Schema, bool]]:
    """Return schema and necessity by name; a list of values is looked at by its elements."""
    return dict(_read(contract, operation))


def _read(contract: Contract, operation: Operation) -> Iterator[tuple[str, tuple[Schema, bool]]]:
    for parameter in operation.parameters:
        if parameter.location == "query":
            schema = contract.resolve(operation, parameter.schema)
            if "array" in schema.types and schema.items is not None:
                schema = contract.resolve(operation, schema.items)
            yield parameter.name, (schema, parameter.required)


def bodies_of(step: Step) -> tuple[dict[str, Json], dict[str, Json]] | None:
    """Return the bodies of both sides as they are written; None where one is no object."""
    old, new = (step.request_for(side) for side in Side)
    if old.has_body and new.has_body and isinstance(old.body, dict) and isinstance(new.body, dict):
        return old.body, new.body
    return None


def with_changed_body(known: Known, change: Callable[[dict[str, Json]], dict[str, Json]]) -> Step:
    """Return the step with a change of its body, of that of each side where they differ."""
    request, candidate = known.step.request, known.step.candidate
    return with_request(known, request=_changed(request, change), candidate=_changed(candidate, change))


def _changed(spec: RequestSpec, change: Callable[[dict[str, Json]], dict[str, Json]]) -> RequestSpec:
    if not spec.has_body or not isinstance(spec.body, dict):
        return spec
    return spec.model_copy(update={"body": change(spec.body)})
