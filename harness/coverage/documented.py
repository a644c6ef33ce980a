"""What a contract documents of an operation's answers: statuses, and the values that it lists for a place.

A place is found once for each operation, so that an answer costs little: only what leads to a listed value
is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from harness.contract import Contract, Operation, Schema
from harness.difference import ITEM, json_path
from harness.exchange import BodyKind, Json
from harness.result import Evidence
from harness.struct import Struct, field

STATUS: Final = "$.status"
"""The place of the status."""

_JSON: Final = "application/json"
_SCALARS: Final = (str, int, float, bool)

Shown = tuple[str, Json]
"""A place, and a value that stood there: a documented status as text, or a value that the contract lists."""


class _Node(Struct):
    """A place of a body that holds values from a list, or leads to some."""

    path: str
    values: frozenset[Json] = frozenset()
    properties: dict[str, _Node] = field(default_factory=dict)
    inner: _Node | None = None


class Documented:
    """The answers of one operation as its contract documents them.

    Server errors (5xx) are left out: nobody can ask for one.
    """

    def __init__(self, contract: Contract, operation: Operation) -> None:
        """Take an operation of the contract."""
        self.statuses: tuple[str, ...] = tuple(
            status for status in operation.responses if not status.startswith("5")
        )
        self._bodies: dict[str, _Node | None] = {
            status: _body(contract, operation, operation.responses[status].get(_JSON))
            for status in self.statuses
        }
        self.values: frozenset[Shown] = frozenset(
            shown for node in self._bodies.values() if node for shown in _listed(node)
        )

    def shown(self, evidence: Evidence) -> Iterator[Shown]:
        """Yield what an answer shows of the documented statuses and values, perhaps more than once."""
        status = self._status(evidence.status)
        if status is None:
            return
        yield STATUS, status
        node = self._bodies[status]
        if node is not None and evidence.body.kind is BodyKind.JSON:
            yield from _found(node, evidence.body.data)

    def _status(self, status: int) -> str | None:
        """Return how the contract names a status; None where it does not, or there was no answer."""
        names = (str(status), f"{status // 100}XX", "default") if status else ()
        return next((name for name in names if name in self._bodies), None)


@lru_cache(maxsize=8)
def documented(contract: Contract) -> Mapping[str, Documented]:
    """Return what a contract documents of each operation, by its id; made once for each contract."""
    return {operation.id: Documented(contract, operation) for operation in contract.operations}


def _body(contract: Contract, operation: Operation, schema: Schema | None) -> _Node | None:
    return _Tree(contract, operation).node([schema], (), frozenset()) if schema is not None else None


class _Tree:
    """Makes the nodes of one operation; places without listed values at or below them have none."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._contract = contract
        self._operation = operation

    def node(self, schemas: Iterable[Schema], place: tuple[str, ...], above: frozenset[str]) -> _Node | None:
        variants: list[Schema] = []
        refs: set[str] = set()
        for schema in schemas:
            self._collect(schema, above, variants, refs)
        inside = above | refs if refs else above
        children: dict[str, list[Schema]] = {}
        inner: list[Schema] = []
        values: set[Json] = set()
        for each in variants:
            values.update(value for value in each.enum if isinstance(value, _SCALARS))
            inner += [child for child in (each.items, each.additional) if child and _may_list(child)]
            for name, child in each.properties.items():
                if _may_list(child):
                    children.setdefault(name, []).append(child)
        node = _Node(path=json_path("body", *place) if values else "", values=frozenset(values))
        for name, found in children.items():
            below = self.node(found, (*place, name), inside)
            if below is not None:
                node.properties[name] = below
        node.inner = self.node(inner, (*place, ITEM), inside) if inner else None
        return node if values or node.properties or node.inner else None

    def _collect(self, schema: Schema, above: frozenset[str], variants: list[Schema], refs: set[str]) -> None:
        """Follow references and unions; a schema within itself documents nothing new."""
        if schema.ref:
            if schema.ref in above or schema.ref in refs:
                return
            refs.add(schema.ref)
            schema = self._contract.resolve(self._operation, schema)
        variants.append(schema)
        for variant in schema.any_of:
            self._collect(variant, above, variants, refs)


def _may_list(schema: Schema) -> bool:
    """Whether there can be listed values at a schema or below it: most are scalars of a type."""
    return bool(
        schema.ref or schema.enum or schema.properties or schema.items or schema.additional or schema.any_of
    )


def _listed(node: _Node) -> Iterator[Shown]:
    for value in node.values:
        yield node.path, value
    for child in (*node.properties.values(), node.inner):
        if child is not None:
            yield from _listed(child)


def _found(node: _Node, value: Json) -> Iterator[Shown]:
    # A loop: generators within each other would hand every value up level by level.
    waiting = [(node, value)]
    while waiting:
        node, value = waiting.pop()
        if isinstance(value, dict):
            properties, inner = node.properties, node.inner
            if inner is None:  # few of an object's properties lead to listed values
                waiting += [(properties[name], value[name]) for name in properties if name in value]
            else:
                waiting += [(properties.get(name, inner), below) for name, below in value.items()]
        elif isinstance(value, list):
            if node.inner is not None:
                waiting += [(node.inner, element) for element in value]
        elif node.values and isinstance(value, _SCALARS) and value in node.values:
            yield node.path, value
