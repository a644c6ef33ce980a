"""The probes that are made once: of an unknown id, of an invalid query, of an invalid body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harness.contract import Contract, Operation
from harness.exchange import Json, Side
from harness.probes.known import UNKNOWN_ID, Known, Steps, WrittenPath, with_request, with_unknown_id
from harness.scenario import RequestSpec, Step
from harness.schema import Schema
from harness.struct import replace
from harness.variables import parameters

INVALID_NUMBER: Final = "not-a-number"
"""What is sent where a number is asked for."""


def not_found(steps: Steps) -> Step | None:
    """Return a step that asks for one resource by an id that nobody has."""
    for known in steps.reads:
        if known.names_one:
            return with_unknown_id(known)
    for known in steps.reads:
        item = _item(known, steps)
        if item is not None:
            return item
    return next((with_unknown_id(known) for known in steps.reads if known.parameters), None)


def invalid_query(steps: Steps) -> Step | None:
    """Return a step with text for a number that both contracts document."""
    for known in steps.reads:
        numbers = _numbers(known.baseline) & _numbers(known.candidate)
        if numbers:
            name = min(numbers, key=lambda number: (number != "limit", number != "offset", number))
            return with_query(known, name, INVALID_NUMBER)
    return None


def invalid_body(steps: Steps) -> Step | None:
    """Return a step with a body that neither contract accepts: creations first, they need no id."""
    writes = [known for known in steps.known if known.method in {"POST", "PUT", "PATCH"}]
    for known in sorted(writes, key=lambda known: known.names_one):
        body = refused_body(known, steps)
        if body is not None:
            return with_body(known, body)
    return None


def with_query(known: Known, name: str, value: Json) -> Step:
    """Return the step with a value for one query parameter, the same on both sides; null leaves it out."""
    kept = {key: given for key, given in known.step.candidate.query.items() if key != name}
    return with_request(
        known,
        request=known.step.request.model_copy(update={"query": {**known.step.request.query, name: value}}),
        candidate=known.step.candidate.model_copy(update={"query": kept}),
    )


def with_body(known: Known, body: Json) -> Step:
    """Return the step with another body, the same on both sides."""
    candidate = known.step.candidate
    return with_request(
        known,
        request=known.step.request.model_copy(update={"body": body}),
        candidate=RequestSpec(
            method=candidate.method, path=candidate.path, query=candidate.query, headers=candidate.headers
        ),
    )


def refused_body(known: Known, steps: Steps) -> Json:
    """Return a body that both contracts refuse; None where they do not say enough."""
    variants: list[Schema] = []
    for side, operation in ((Side.BASELINE, known.baseline), (Side.CANDIDATE, known.candidate)):
        schema = operation.request.get("application/json")
        if schema is None:
            return None
        variants += _variants(steps.contracts[side], operation, schema)
    if any(variant.types != ("object",) for variant in variants):
        return None
    return {} if all(variant.required for variant in variants) else []


def _item(known: Known, steps: Steps) -> Step | None:
    """Make a step for one element of what a step lists, where both contracts have such an operation."""
    baseline = steps.contracts[Side.BASELINE].find("GET", f"{known.baseline.path}/{UNKNOWN_ID}")
    candidate = steps.contracts[Side.CANDIDATE].find("GET", f"{known.candidate.path}/{UNKNOWN_ID}")
    if baseline is None or candidate is None or baseline.id != candidate.id:
        return None
    name = parameters(baseline.path)[-1]
    step, override = known.step, known.step.candidate
    return step.model_copy(
        update={
            "operation": step.operation and baseline.id,
            "request": _of_item(step.request, _item_path(step.request.path, name)),
            "candidate": _of_item(override, _item_path(override.path, name) if override.path else {}),
        }
    )


def _of_item(spec: RequestSpec, path: WrittenPath) -> RequestSpec:
    """Return the request with another path and no query: that of a list means nothing for one element."""
    return RequestSpec(method=spec.method, path=path, headers=spec.headers)


def _item_path(path: WrittenPath, name: str) -> WrittenPath:
    return f"{path.rstrip('/')}/{UNKNOWN_ID}" if isinstance(path, str) else {**path, name: UNKNOWN_ID}


def _numbers(operation: Operation) -> set[str]:
    return {
        parameter.name
        for parameter in operation.parameters
        if parameter.location == "query" and "integer" in parameter.schema.types
    }


def _variants(contract: Contract, operation: Operation, schema: Schema) -> Iterator[Schema]:
    """Yield the shapes of a body without references and unions, each with all that it requires."""
    schema = contract.resolve(operation, schema)
    if not schema.any_of:
        yield schema
    for choice in schema.any_of:
        for variant in _variants(contract, operation, choice):
            yield replace(
                variant, types=variant.types or schema.types, required=(*schema.required, *variant.required)
            )
