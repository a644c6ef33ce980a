"""Tests of the documented differences, and the small contracts that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.contract import V1, V1BETA1, Api, Contract, Operation
from harness.contract_diff import Documented, contract_diff
from harness.judge import Judge
from harness.schema import Schema
from harness.struct import replace

STRING, INTEGER, NUMBER, BOOLEAN = (
    Schema(types=(name,)) for name in ("string", "integer", "number", "boolean")
)


def record(*required: str, **properties: Schema) -> Schema:
    """Build an object; a property whose name is in ``required`` is always there."""
    return Schema(types=("object",), properties=properties, required=required)


def many(items: Schema) -> Schema:
    """Build a list."""
    return Schema(types=("array",), items=items)


def one_of(*values: str) -> Schema:
    """Build a string of listed values."""
    return Schema(types=("string",), enum=values)


def ref(name: str) -> Schema:
    """Refer to a schema of the contract."""
    return Schema(ref=name)


def contract(version: str, *operations: Operation, schemas: Mapping[str, Schema] | None = None) -> Contract:
    """Build a contract of one API."""
    name = "iam" if version == V1BETA1 else "v1"
    api = Api(
        name=name,
        version=version,
        date="2026-01-01",
        base_url=f"https://api.example.com/{name}",
        operations=tuple(replace(operation, api=name) for operation in operations),
        schemas=schemas or {},
    )
    return Contract(version=version, apis={name: api})


def operation(
    answer: Schema | None = None, asked: Schema | None = None, name: str = "GetThing", **fields: Any
) -> Operation:
    """Build an operation that answers 200, takes a body, or both."""
    made = Operation(
        id=name,
        api="",
        method="POST",
        path=f"/{name}",
        request={"application/json": asked} if asked else {},
        responses={"200": {"application/json": answer} if answer else {}},
    )
    return replace(made, **fields)


def judge_of(
    old: Operation,
    new: Operation,
    old_schemas: Mapping[str, Schema] | None = None,
    new_schemas: Mapping[str, Schema] | None = None,
) -> Judge:
    """Build a judge of two contracts of one operation each."""
    return Judge(
        baseline=contract(V1BETA1, old, schemas=old_schemas),
        candidate=contract(V1, new, schemas=new_schemas),
    )


def documented(
    old: Operation,
    new: Operation,
    old_schemas: Mapping[str, Schema] | None = None,
    new_schemas: Mapping[str, Schema] | None = None,
) -> tuple[Documented, ...]:
    """Return what two contracts of one operation document."""
    return contract_diff(judge_of(old, new, old_schemas, new_schemas)).operations[0].documented


def brief(found: tuple[Documented, ...]) -> list[tuple[str, str, str]]:
    """Return rule, severity and path of each."""
    return [(each.finding.rule, each.finding.severity.value, each.finding.difference.path) for each in found]
