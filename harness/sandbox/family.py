"""A resource family as data, and what every family can do.

An operation is bound to a family by its path alone: ``GET`` of the collection lists, ``POST`` to it
creates, and below an id ``GET``, ``POST`` and ``DELETE`` get, update and delete. Which of them exist is
the contract's business; deleting is in ``surface.py``, as it takes resources of other families along.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

from harness.sandbox.access import visible
from harness.sandbox.assumptions import DEFAULT_ORDER, FULL_MESSAGE, INVALID_BODY_MESSAGE, MOST_RESOURCES
from harness.sandbox.call import Call, NotFound, Refusal, refuse_field
from harness.sandbox.store import Change, Resource, Scene
from harness.struct import Struct, field

Filter: TypeAlias = Callable[[Resource, Any], bool]
"""Says whether a resource passes a query parameter's value."""

Show: TypeAlias = Callable[[Resource, Scene], Resource]
"""Returns a resource with the fields that are worked out when it is read."""


def _as_is(resource: Resource, _: Scene) -> Resource:
    return resource


def _nothing(_: Resource, __: Scene) -> None:
    return None


class Family(Struct, frozen=True, kw_only=True):
    """Resources of one kind.

    Attributes:
        name: The key of the family in the store.
        path: The path of the collection, as in the contracts.
        parameters: The names of the path parameter that holds an id of this family.
        what: What messages call one of them.
        fill: Fills in, on create and on update, what the service decides.
        show: Works out, on every read, what depends on the time or on other resources.
        filters: Query parameters of the list that choose resources.
        references: Fields of a request that hold ids, and the family that the ids must be of.
        owners: Fields that hold the id of a resource with which this one goes away.
        same: Pairs of names, one a version, of one value.
        once: Response fields that only a create shows, and the hidden field with the value.
        id_field: The field with the id.
    """

    name: str
    path: str
    parameters: tuple[str, ...]
    what: str
    fill: Change = _nothing
    show: Show = _as_is
    filters: Mapping[str, Filter] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    once: Mapping[str, str] = field(default_factory=dict)
    id_field: str = "id"

    def create(self, call: Call) -> Resource:
        """Make a resource of the body and keep it."""
        resource = self.make({**call.body, **call.ids}, call.scene)
        shown = self.show(resource, call.scene)
        return {**shown, **{name: resource[hidden] for name, hidden in self.once.items()}}

    def make(self, values: Mapping[str, Any], scene: Scene) -> Resource:
        """Make a resource of plain values and keep it; an id among them stays.

        Raises:
            Refusal: A value refers to a resource that is not there, or the sandbox is full.
        """
        if scene.store.count(self.name) >= MOST_RESOURCES:
            raise Refusal(400, f"{INVALID_BODY_MESSAGE}: {FULL_MESSAGE.format(most=MOST_RESOURCES)}")
        sent = self._checked(values, scene)
        body = json.dumps(sent, sort_keys=True, separators=(",", ":"))
        resource: Resource = {
            self.id_field: scene.new_id(self.name, body),
            "createdAt": scene.now,
            "createdBy": dict(scene.principal.profile),
            **sent,
        }
        self._changed(resource, scene)
        return scene.store.add(self.name, resource[self.id_field], resource)

    def get(self, call: Call) -> Resource:
        """Return the resource that the path leads to."""
        return self.show(self.named(call), call.scene)

    def update(self, call: Call) -> Resource:
        """Put the body's fields into the resource; fields that it omits stay."""
        return self.show(self.change(self.named(call), call.body, call.scene), call.scene)

    def change(self, resource: Resource, values: Mapping[str, Any], scene: Scene) -> Resource:
        """Put values into a resource, work out the rest again, keep and return it."""
        changed = {**resource, **self._checked(values, scene)}
        self._changed(changed, scene)
        return scene.store.add(self.name, changed[self.id_field], changed)

    def select(self, call: Call) -> list[Resource]:
        """Return the stored resources of the collection that pass the filters of the query."""
        found = [item for item in call.scene.store.all(self.name) if _belongs(item, call.ids)]
        for name, passes in self.filters.items():
            wanted = call.query.get(name)
            if wanted is not None:
                found = [item for item in found if passes(item, wanted)]
        return visible(self.name, found, call.scene)

    def page(self, call: Call, name: str) -> dict[str, Any]:
        """Return one page of the collection; ``name`` is what the envelope calls the items."""
        envelope = page(self.select(call), name, call.query)
        envelope[name] = [self.show(item, call.scene) for item in envelope[name]]
        return envelope

    def named(self, call: Call) -> Resource:
        """Return the stored resource that the path leads to."""
        return next(call.path[name] for name in self.parameters if name in call.path)

    def find(self, id: str, ids: Mapping[str, str], scene: Scene) -> Resource:  # noqa: A002 - the API's own word
        """Return the resource of that id below the other ids of a path.

        Raises:
            NotFound: There is none.
        """
        resource = scene.store.get(self.name, id)
        others = {name: value for name, value in ids.items() if name not in self.parameters}
        if resource is None or not _belongs(resource, others):
            raise NotFound(id, self.what)
        return resource

    def _checked(self, values: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
        """Return the values under the names of both versions, their references looked up."""
        sent = dict(values)
        for one, other in self.same:
            if one in sent or other in sent:
                sent[one] = sent[other] = sent.get(one, sent.get(other))
        for name, family in self.references.items():
            value = sent.get(name)
            ids = value if isinstance(value, list) else [value]
            unknown = [one for one in ids if one is not None and scene.store.get(family, one) is None]
            if unknown:
                refuse_field(name, "not_found", f"refers to {unknown[0]}, which does not exist")
        return sent

    def _changed(self, resource: Resource, scene: Scene) -> None:
        resource["updatedAt"] = scene.now
        resource["updatedBy"] = dict(scene.principal.profile)
        self.fill(resource, scene)


def _belongs(resource: Resource, ids: Mapping[str, str]) -> bool:
    """Say whether a resource lies below the ids of a path; names that it does not have do not count."""
    return all(resource.get(name, value) == value for name, value in ids.items())


def in_order(items: Iterable[Resource], sorts: Iterable[str]) -> list[Resource]:
    """Return resources ordered by ``sorts`` (``name:asc``), then by the default order."""
    ordered = list(items)
    for sort in reversed([*sorts, *DEFAULT_ORDER]):
        name, _, direction = sort.partition(":")
        ordered.sort(key=partial(_rank, name), reverse=direction == "desc")
    return ordered


def _rank(name: str, item: Resource) -> str:
    """Return what a resource is sorted by; ``createdById`` is the id inside ``createdBy``."""
    value = item.get(name, item.get(name.removesuffix("Id"), ""))
    return str(value.get("id", "") if isinstance(value, dict) else value)


def page(items: Iterable[Resource], name: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return one page of a list in its envelope; ``name`` is that of the items in it."""
    ordered = in_order(items, query.get("sorts") or ())
    offset, limit = query["offset"], query["limit"]
    return {
        name: ordered[offset : offset + limit],
        "limit": limit,
        "offset": offset,
        "totalCount": len(ordered),
    }


def field_is(name: str) -> Filter:
    """Return the filter for a parameter that a field must equal."""
    return lambda resource, wanted: resource.get(name) == wanted


def field_among(name: str) -> Filter:
    """Return the filter for a parameter that lists the values a field may have."""
    return lambda resource, wanted: resource.get(name) in wanted


def role_on(roles: str, name: str) -> Filter:
    """Return the filter for an id that one of the subject's roles must be for."""
    return lambda resource, wanted: any(role.get(name) == wanted for role in resource.get(roles) or ())
