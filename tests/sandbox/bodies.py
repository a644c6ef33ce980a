"""Request bodies for property tests: what a contract asks for, with mistakes strewn in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from harness.contract import Contract, Operation, Schema

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, 10**400, "", "x", "\ud800", [], {}, [{}], {"a": None}]
)


def bodies(contract: Contract, operation: Operation, known: Mapping[str, str]) -> st.SearchStrategy[Any]:
    """Give bodies for an operation; ``known`` has ids of resources by the names of path parameters."""
    schema = next(iter(operation.request.values()))
    return st.one_of(_value(contract, operation, schema, "", known), JUNK)


def _value(
    contract: Contract, operation: Operation, schema: Schema, name: str, known: Mapping[str, str]
) -> st.SearchStrategy[Any]:
    schema = contract.resolve(operation, schema)

    def inner(part: Schema, part_name: str) -> st.SearchStrategy[Any]:
        good = st.deferred(lambda: _value(contract, operation, part, part_name, known))
        return st.integers(0, 19).flatmap(lambda dice: JUNK if dice == 0 else good)

    if schema.discriminator:
        variants = [
            inner(Schema(ref=ref), name).map(lambda body, key=key: _marked(body, schema.discriminator, key))  # type: ignore[misc]
            for key, ref in schema.mapping.items()
        ]
        return st.one_of(variants)
    if schema.enum:
        return st.sampled_from(schema.enum)
    if "object" in schema.types:
        parts = {key: inner(part, key) for key, part in schema.properties.items()}
        return st.fixed_dictionaries(
            {key: part for key, part in parts.items() if key in schema.required},
            optional={key: part for key, part in parts.items() if key not in schema.required},
        )
    if "array" in schema.types and schema.items is not None:
        return st.lists(inner(schema.items, name.removesuffix("s")), max_size=3)
    return _scalar(schema, name, known)


def _scalar(schema: Schema, name: str, known: Mapping[str, str]) -> st.SearchStrategy[Any]:
    """Give numbers in the bounds, or texts that can mean something in a field of that name."""
    if "integer" in schema.types:
        return st.integers(int(schema.minimum or 0), int(schema.maximum or 40))
    if "boolean" in schema.types:
        return st.booleans()
    ids = [value for key, value in known.items() if name.lower().endswith(key.lower())]
    ids += [known["workspaceId"], known["deploymentId"]] if name.endswith("ntityId") else []
    return st.sampled_from(ids or ["x", "10.0.0.0/8", "2026-10-01T00:00:00Z", "ORGANIZATION_MEMBER"])


def _marked(body: Any, key: str, value: str) -> Any:
    return {**body, key: value} if isinstance(body, dict) else body
