"""What a request makes, by the contracts: something of a collection, which can be deleted by its id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeGuard
from urllib.parse import quote

from harness.contract import Contract, Operation
from harness.exchange import Json
from harness.struct import Struct
from harness.variables import parameters

_ANY: Final = "any"
"""An id in a path that is only looked up."""


class Creation(Struct, frozen=True, kw_only=True):
    """A request that makes a resource: a POST to a collection from which one can be deleted.

    ``property`` is that of the answer with the id of what was made. ``lists`` are the names of the lists in
    the answer of the operation that lists the collection; empty where there is no such operation.
    """

    operation: Operation
    deletion: Operation
    property: str
    lists: tuple[str, ...] = ()

    def id_of(self, answer: Json) -> str:
        """Return the id of what was made; empty where the answer does not have it."""
        found = answer.get(self.property) if isinstance(answer, Mapping) else None
        return found if is_id(found) else ""


def creation_of(contracts: Iterable[Contract], method: str, path: str) -> Creation | None:
    """Return what a request makes by the first of the contracts that has it; None where it makes nothing.

    ``path`` is the one below the base URL, perhaps with a query. What cannot be deleted, such as a deploy,
    and what has no id of its own, such as a membership, goes with what it belongs to, and is no creation.
    """
    if method != "POST":
        return None
    collection = path.partition("?")[0].rstrip("/")
    for contract in contracts:
        operation = contract.find("POST", collection)
        if operation is None:
            continue
        deletion = contract.find("DELETE", f"{collection}/{_ANY}")
        name = id_property(contract, operation, parameters(deletion.path)[-1]) if deletion else ""
        if deletion is None or not name:
            return None
        listing = contract.find("GET", collection)
        lists = contract.lists(listing) if listing else ()
        return Creation(operation=operation, deletion=deletion, property=name, lists=lists)
    return None


def id_property(contract: Contract, operation: Operation, parameter: str) -> str:
    """Return the property of an answer with the id of what was made; empty where none is documented.

    ``parameter`` is what paths call that id.
    """
    schema = contract.response(operation, 200, "")
    place = contract.place(operation, schema, ()) if schema is not None else None
    known = place.schema.properties if place else {}
    return next((name for name in (parameter, "id") if name in known), "")


def is_id(value: Json) -> TypeGuard[str]:
    """Whether a value can be the id of a resource: dots would lead to what the collection belongs to."""
    return isinstance(value, str) and value not in {"", ".", ".."}


def one_of(collection: str, id_: str) -> str:
    """Return the URL of one resource; ``collection`` is that of its collection, perhaps with a query."""
    return f"{collection.partition('?')[0].rstrip('/')}/{quote(id_, safe='')}"
