"""What can be switched about v1's answers: a place of its contract, or what it does with a call.

The sandbox's answers follow from the contracts. So a documented difference is switched off by putting
v1's contract back to what v1beta1's says in that place; nothing else of the sandbox knows of it. Only
what no contract can say (a permission, a header) is a hook around v1's handlers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final, TypeAlias

from harness.contract import LABS, V1, V1BETA1, Api, Contract, Operation, Schema, load_contract
from harness.sandbox.answers import Answer
from harness.sandbox.call import Call
from harness.struct import Struct, field, replace

Before: TypeAlias = Callable[[Call], None]
"""Looks at a call of v1 before it is done, and may refuse it."""

After: TypeAlias = Callable[[Answer], Answer]
"""Returns what v1 answers in the place of an answer."""


class Switch(Struct, frozen=True, kw_only=True):
    """One way in which v1 differs, or can be made to differ, from v1beta1.

    Attributes:
        name: What it is called on the command line, in kebab case.
        key: What it belongs to: B1 to B6 breaking, T1 to T4 behaviour, relaxed, additive, open-enum,
            or drift (which no document has).
        says: One line about it.
        properties: The places of v1's contract that it is about: properties by schema.
        parameters: The same for query parameters by operation.
        operations: Operations that only one of the versions has because of it.
        before: What v1 does because of it before a call, for the operations of ``meets``.
        after: What v1 makes of an answer because of it, for the operations of ``meets``.
        meets: Ids of the operations that the hooks are for; empty for all, errors included.
        inferred: It is concluded from what clients do; no published document says it.
    """

    name: str
    key: str
    says: str
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    operations: tuple[str, ...] = ()
    before: Before | None = None
    after: After | None = None
    meets: tuple[str, ...] = ()
    inferred: bool = False

    def is_for(self, operation: str) -> bool:
        """Say whether the hooks are for an operation; an unknown path has an empty id."""
        return not self.meets or operation in self.meets


@cache
def packaged() -> Mapping[str, Contract]:
    """Return the contracts that the sandbox serves, by version."""
    return {version: load_contract(version) for version in (V1BETA1, V1, LABS)}


def without(contracts: Mapping[str, Contract], off: Iterable[Switch]) -> Mapping[str, Contract]:
    """Return the contracts with v1's put back to v1beta1's in the places of some switches."""
    switches = list(off)
    if not switches or not {V1, V1BETA1} <= contracts.keys():
        return contracts
    edit = _Edit(contracts[V1], contracts[V1BETA1])
    for switch in switches:
        edit.put_back(switch)
    return {**contracts, V1: edit.contract()}


_API: Final = "v1"
"""The one API of v1."""


class _Edit:
    """v1's facts while some places are put back to those of v1beta1."""

    def __init__(self, contract: Contract, earlier: Contract) -> None:
        self.api = contract.apis[_API]
        self.schemas = dict(self.api.schemas)
        self.operations = {operation.id: operation for operation in self.api.operations}
        self.earlier = earlier

    def put_back(self, switch: Switch) -> None:
        for name in switch.operations:
            self._operation(name)
        for name, places in switch.parameters.items():
            self._parameters(name, places)
        for name, places in switch.properties.items():
            self._properties(name, places)

    def contract(self) -> Contract:
        operations = sorted(self.operations.values(), key=lambda one: (one.path, one.method))
        api = replace(self.api, operations=tuple(operations), schemas=self.schemas)
        return Contract(version=V1, apis={_API: api})

    def _operation(self, name: str) -> None:
        """Let v1 have an operation if, and only if, v1beta1 has it."""
        self.operations.pop(name, None)
        old = self.earlier.operation(name)
        if old is not None:
            self.operations[name] = replace(old, api=_API)
            self._adopt(self.earlier.apis[old.api], _schemas_of(old))

    def _parameters(self, operation: str, names: tuple[str, ...]) -> None:
        """Let an operation have the parameters of these names as v1beta1 has them."""
        new, old = self.operations[operation], self.earlier.operation(operation)
        kept = [one for one in new.parameters if one.name not in names]
        kept += [one for one in (old.parameters if old else ()) if one.name in names]
        self.operations[operation] = replace(new, parameters=tuple(kept))

    def _properties(self, name: str, names: tuple[str, ...]) -> None:
        """Let a schema have the properties of these names as v1beta1 has them."""
        schema = self.schemas[name]
        owner = next((api for api in self.earlier.apis.values() if name in api.schemas), None)
        old = owner.schemas[name] if owner else Schema()
        inner = {key: value for key, value in schema.properties.items() if key not in names}
        inner |= {key: value for key, value in old.properties.items() if key in names}
        required = [key for key in schema.required if key not in names]
        required += [key for key in old.required if key in names]
        self.schemas[name] = replace(schema, properties=inner, required=tuple(required))
        if owner:
            self._adopt(owner, (inner[key] for key in names if key in inner))

    def _adopt(self, owner: Api, schemas: Iterable[Schema]) -> None:
        """Take along what schemas refer to, where v1 does not have it."""
        waiting = list(schemas)
        while waiting:
            schema = waiting.pop()
            waiting += _inside(schema)
            for ref in filter(None, (schema.ref, *schema.mapping.values())):
                if ref not in self.schemas:
                    self.schemas[ref] = owner.schemas[ref]
                    waiting.append(owner.schemas[ref])


def _schemas_of(operation: Operation) -> Iterator[Schema]:
    yield from (parameter.schema for parameter in operation.parameters)
    yield from operation.request.values()
    for bodies in operation.responses.values():
        yield from bodies.values()


def _inside(schema: Schema) -> Iterator[Schema]:
    yield from schema.properties.values()
    yield from schema.any_of
    yield from filter(None, (schema.items, schema.additional))
