"""Small functions that build exchanges, pairs, questions and answers; arguments have harmless defaults."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from harness.compare import Context, compare
from harness.contract import V1, V1BETA1, Api, Contract, Operation, load_contract
from harness.exchange import Exchange, Failure, FailureKind, Headers, Json, Pair, Request, Response, Side
from harness.judge import Judge, Question
from harness.result import Finding
from harness.rules import Severity
from harness.schema import Schema
from harness.struct import replace
from harness.values import Correspondence

JSON_HEADERS: Headers = (("content-type", "application/json"),)
ABSENT: Any = object()
"""Stands for a body that is not there; None is JSON's null."""

CUID, OTHER_CUID = "clabcdefghij0123456789xyz", "clabcdefghij0123456789xy0"

BREAKING, RISKY, INFO = Severity.BREAKING, Severity.RISKY, Severity.INFO
Brief = tuple[str, Severity, str, str]
"""Rule, severity, path and new path of a finding."""


def exchange(
    data: Json = ABSENT,
    status: int = 200,
    *,
    headers: Headers = (),
    content: bytes = b"",
    sent: Request | None = None,
    elapsed: float = 0.1,
) -> Exchange:
    """Build an exchange with a JSON body; without ``data``, ``content`` and ``headers`` stand alone."""
    if data is not ABSENT:
        content, headers = json.dumps(data).encode(), (*JSON_HEADERS, *headers)
    return Exchange(
        request=sent or request(),
        response=Response(status=status, headers=headers, content=content),
        elapsed=elapsed,
    )


def request(method: str = "GET", query: str = "", data: Json = ABSENT) -> Request:
    """Build a request; ``query`` is the text after the question mark."""
    url = "https://api.example.com/v1/things" + (f"?{query}" if query else "")
    if data is ABSENT:
        return Request(method=method, url=url)
    return Request(method=method, url=url, headers=JSON_HEADERS, content=json.dumps(data).encode())


def failed(kind: FailureKind = FailureKind.TIMEOUT, message: str = "no answer within 30 s") -> Exchange:
    """Build an exchange without a response."""
    return Exchange(request=request(), failure=Failure(kind=kind, message=message))


def pair(old: Json = ABSENT, new: Json = ABSENT, *, statuses: tuple[int, int] = (200, 200)) -> Pair:
    """Build a pair with two JSON bodies; both are answers to one GET."""
    return Pair(baseline=exchange(old, statuses[0]), candidate=exchange(new, statuses[1]))


def error(status: int, **changes: Json) -> dict[str, Json]:
    """Build the vendor's error body for a status."""
    return {"message": "no such thing", "requestId": "r-1", "statusCode": status, **changes}


def operations(name: str) -> tuple[Operation | None, Operation | None]:
    """Return the operation of that id in both contracts."""
    return load_contract(V1BETA1).operation(name), load_contract(V1).operation(name)


def question(name: str = "GET /things", **changes: Any) -> Question:
    """Build the question of a step; the operations are looked up in the shipped contracts."""
    baseline, candidate = operations(name)
    return replace(Question(name=name, baseline=baseline, candidate=candidate), **changes)


def small_contract(answer: Schema, version: str = V1, *statuses: str) -> tuple[Contract, Operation]:
    """Build a contract of one operation that answers 200, and other statuses, with one schema."""
    operation = Operation(
        id="GetThing",
        api="v1",
        method="GET",
        path="/things",
        responses={status: {"application/json": answer} for status in ("200", *statuses)},
    )
    api = Api(
        name="v1",
        version=version,
        date="2026-01-01",
        base_url="https://api.example.com/v1",
        operations=(operation,),
    )
    return Contract(version=version, apis={"v1": api}), operation


Known = tuple[Contract, Operation]
"""A contract and one of its operations."""


def judged_by(old: Known, new: Known, made: Pair, *, own: bool = False) -> tuple[Finding, ...]:
    """Judge a pair by two contracts of one operation."""
    asked = Question(name="GetThing", baseline=old[1], candidate=new[1], own=own)
    return judged(made, asked, by=Judge(baseline=old[0], candidate=new[0]))


@cache
def judge() -> Judge:
    """Return a judge with the shipped contracts and the strict profile."""
    return Judge(baseline=load_contract(V1BETA1), candidate=load_contract(V1))


def judged(
    made: Pair,
    asked: Question | None = None,
    *,
    by: Judge | None = None,
    same: Iterable[tuple[str, str]] = (),
) -> tuple[Finding, ...]:
    """Compare a pair and judge what differs; ``same`` are values that correspond."""
    context = Context(correspondence=Correspondence(same))
    return (by or judge()).findings(made, compare(made, context), asked or question())


def brief(findings: Iterable[Finding], *but: Severity) -> list[Brief]:
    """Return rule, severity, path and new path of findings, those of some severities left out."""
    return [
        (found.rule, found.severity, found.difference.path, found.difference.to)
        for found in findings
        if found.severity not in but
    ]


def rules_of(findings: Iterable[Finding]) -> list[str]:
    """Return the rules of findings, in their order."""
    return [found.rule for found in findings]


def answers(operation: str, status: int = 200) -> tuple[Any, Any]:
    """Make two whole answers that the contracts document; places that both have hold equal values."""
    old, new = (_answer(side, operation, status) for side in Side)
    return _like(old, new), new


def _answer(side: Side, operation: str, status: int) -> Json:
    contract = load_contract(V1BETA1 if side is Side.BASELINE else V1)
    of = contract.operation(operation)
    assert of is not None, operation
    schema = contract.response(of, status, "application/json")
    assert schema is not None, f"{operation} documents no JSON for {status}"
    return sample(contract, of, schema)


def _like(value: Json, other: Json) -> Json:
    """Return a value with the scalars of another one where both have one of the same type."""
    if isinstance(value, dict) and isinstance(other, dict):
        return {key: _like(inner, other.get(key, inner)) for key, inner in value.items()}
    if isinstance(value, list) and isinstance(other, list):
        return [_like(first, second) for first, second in zip(value, other, strict=True)]
    return other if type(value) is type(other) else value


def sample(contract: Contract, operation: Operation, schema: Schema, name: str = "body") -> Json:
    """Make a value that a schema documents, the same for the same name and type wherever it stands."""
    schema = contract.resolve(operation, schema)
    while schema.any_of:
        schema = contract.resolve(operation, schema.any_of[0])
    if schema.enum:
        return schema.enum[0]
    kind = next((kind for kind in schema.types if kind != "null"), "string")
    if kind == "object":
        return {key: sample(contract, operation, inner, key) for key, inner in schema.properties.items()}
    if kind == "array":
        return [sample(contract, operation, schema.items, name)] if schema.items else []
    scalars: dict[str, Json] = {"boolean": True, "integer": 7, "number": 1.5}
    return scalars.get(kind, "2026-01-02T03:04:05Z" if schema.format == "date-time" else f"the {name}")
