"""Every operation of the contracts, bound to what answers it.

This is the only place that knows all families. An operation that nothing answers is still known, so
that the sandbox can say that it does not have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, Final
from urllib.parse import unquote

from harness.contract import Contract, Operation, Schema
from harness.sandbox.assumptions import DEFAULT_VARIANT
from harness.sandbox.call import Call, Handler, NotFound
from harness.sandbox.families import (
    alerts,
    clusters,
    deployments,
    deploys,
    objects,
    organizations,
    people,
    security,
    tokens,
)
from harness.sandbox.family import Family
from harness.sandbox.form import RequestForm, request_form
from harness.sandbox.project import Projection, projection
from harness.sandbox.store import Resource, Scene, Store
from harness.struct import Struct

_TOPICS: Final = (
    organizations,
    people,
    tokens,
    clusters,
    deployments,
    deploys,
    alerts,
    security,
    objects,
)

FAMILIES: Final[tuple[Family, ...]] = tuple(family for topic in _TOPICS for family in topic.FAMILIES)
"""Every family of the sandbox."""

ACTIONS: Final[Mapping[str, Handler]] = {
    name: handler for topic in _TOPICS for name, handler in topic.ACTIONS.items()
}
"""What answers the operations that are none of the five things every family does, by operation id."""

ORGANIZATION_PATH: Final = "/organizations"
OWN_MATTERS: Final = ("GetOrganizationAuditLogs",)
"""Operations of no family that only a role in the organization may call."""

_BY_PARAMETER: Final[Mapping[str, Family]] = {
    name: family for family in FAMILIES for name in family.parameters
}


class Endpoint(Struct, frozen=True, kw_only=True):
    """One operation, ready to be called.

    ``handler`` is None if the sandbox does not have it. ``status`` is the documented status of success,
    ``show`` the projection of the handler's data onto the response schema (None: as it is), ``body``
    says whether a success has a body. ``family`` is the name of the one that it is about, "" for none.
    """

    operation: Operation
    family: str
    handler: Handler | None
    form: RequestForm
    status: int
    show: Projection | None
    body: bool

    def ids(self, path: str) -> dict[str, str]:
        """Return the values of the path's parameters; ``path`` is below the base URL."""
        names = self.operation.path.strip("/").split("/")
        values = path.strip("/").split("/")
        return {
            name[1:-1]: unquote(value) for name, value in zip(names, values, strict=True) if name[:1] == "{"
        }

    def variants(self, resource: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return values for a discriminator that a body may omit: the resource's own, or the assumed one."""
        assumed = DEFAULT_VARIANT.get(self.operation.id)
        return {"type": assumed} if assumed else resource

    def walk(self, ids: Mapping[str, str], scene: Scene) -> dict[str, Resource]:
        """Return the resources that the path leads to, by parameter.

        Raises:
            NotFound: One of them does not exist.
        """
        found: dict[str, Resource] = {}
        passed: dict[str, str] = {}
        for name, value in ids.items():
            family = _BY_PARAMETER.get(name)
            if family is None:
                raise NotFound(value, name)
            found[name] = family.find(value, passed, scene)
            passed[name] = value
        return found


@lru_cache(maxsize=16)
def endpoints(contract: Contract, twin: Contract | None) -> Mapping[str, Endpoint]:
    """Bind every operation of a contract, by id.

    Args:
        contract: The contract.
        twin: The other version's contract, if there is one. An operation of the same id shares its bounds.
    """
    return {operation.id: _endpoint(contract, operation, twin) for operation in contract.operations}


def _endpoint(contract: Contract, operation: Operation, twin: Contract | None) -> Endpoint:
    other = twin.operation(operation.id) if twin else None
    status = min(int(code) for code in operation.responses if code.isdigit() and code.startswith("2"))
    bodies = operation.responses[str(status)]
    schema = bodies.get("application/json")
    return Endpoint(
        operation=operation,
        family=_about(operation),
        handler=_handler(contract, operation, schema),
        form=request_form(contract, operation, (twin, other) if twin and other else None),
        status=status,
        show=None if schema is None else projection(schema, partial(contract.resolve, operation)),
        body=bool(bodies),
    )


def _about(operation: Operation) -> str:
    """Return the family of the collection, or of the last id in the path before another collection."""
    collection = {family.path: family.name for family in FAMILIES}
    below = [path for path in collection if f"{operation.path}/".startswith(f"{path}/")]
    longest = max(below, key=len, default="")
    if longest == ORGANIZATION_PATH and operation.path.count("/") > 2:
        # A collection of the organization that is no family, such as options or audit logs.
        return operation.path.rpartition("/")[2] if operation.id in OWN_MATTERS else ""
    return collection.get(longest, "")


def _handler(contract: Contract, operation: Operation, schema: Schema | None) -> Handler | None:
    if operation.id in ACTIONS:
        return ACTIONS[operation.id]
    collection, _, last = operation.path.rpartition("/")
    for family in FAMILIES:
        if operation.path == family.path and operation.method == "GET" and schema is not None:
            return partial(family.page, name=_items(contract.resolve(operation, schema)))
        if operation.path == family.path and operation.method == "POST":
            return family.create
        if collection == family.path and last[1:-1] in family.parameters:
            doers: dict[str, Handler] = {
                "GET": family.get,
                "POST": family.update,
                "DELETE": partial(_delete, family),
            }
            return doers.get(operation.method)
    return None


def _items(schema: Schema) -> str:
    """Return what a list's envelope calls its items: the one required array."""
    return next(
        name
        for name, inner in schema.properties.items()
        if name in schema.required and "array" in inner.types
    )


def _delete(family: Family, call: Call) -> None:
    resource = family.named(call)
    remove(call.scene.store, family, resource[family.id_field])


def remove(store: Store, family: Family, id: str) -> None:  # noqa: A002 - the API's own word
    """Remove a resource and all that it owns."""
    store.remove(family.name, id)
    for owned in FAMILIES:
        for field in _shared(owned.owners, family.parameters):
            for resource in store.all(owned.name):
                if resource.get(field) == id:
                    remove(store, owned, resource[owned.id_field])


def _shared(one: Iterable[str], other: Iterable[str]) -> list[str]:
    return [name for name in one if name in other]
