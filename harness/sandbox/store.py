"""The one store behind every version: resources by family and id.

A resource is a plain dictionary with the superset of the fields of all versions; what a version's
response shows of it is the business of ``project.py``. Fields that no contract knows stay inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from harness.sandbox.clock import Chance, timestamp
from harness.struct import Struct

Resource: TypeAlias = dict[str, Any]
"""One stored resource: a JSON object with the fields of all versions."""


class Store:
    """Resources by family name and id; a family keeps the order in which its resources came."""

    def __init__(self) -> None:
        """Begin empty."""
        self._families: dict[str, dict[str, Resource]] = {}

    def add(self, family: str, id: str, resource: Resource) -> Resource:  # noqa: A002 - the API's own word
        """Keep a resource, or put it in the place of the one with that id; return it."""
        self._families.setdefault(family, {})[id] = resource
        return resource

    def get(self, family: str, id: str) -> Resource | None:  # noqa: A002 - the API's own word
        """Return the resource of that id, or None."""
        return self._families.get(family, {}).get(id)

    def remove(self, family: str, id: str) -> None:  # noqa: A002 - the API's own word
        """Forget a resource; one that is not there is no mistake."""
        self._families.get(family, {}).pop(id, None)

    def all(self, family: str) -> Iterator[Resource]:
        """Yield the resources of a family in the order in which they came."""
        yield from tuple(self._families.get(family, {}).values())

    def count(self, family: str) -> int:
        """Return how many resources a family has."""
        return len(self._families.get(family, ()))

    def families(self) -> tuple[str, ...]:
        """Return the names of the families that hold or held something."""
        return tuple(self._families)


class Grant(Struct, frozen=True, kw_only=True):
    """A role in one entity: the id of an organization, or of a workspace or deployment inside it."""

    role: str
    entity: str
    organization: str


class Principal(Struct, frozen=True, kw_only=True):
    """Who calls: the profile that ``createdBy`` shows, and the roles that decide what is allowed.

    ``permissions`` are those of a custom role; without one there are none to ask for.
    """

    profile: Mapping[str, str]
    grants: tuple[Grant, ...]
    permissions: frozenset[str] = frozenset()


class Scene(Struct, frozen=True, kw_only=True):
    """What surrounds a change of a resource: the store, the caller, the time, the chance.

    ``source`` is the API version that the request came through, or ``seed`` for the first resources.
    """

    store: Store
    chance: Chance
    principal: Principal
    moment: datetime
    source: str

    @property
    def now(self) -> str:
        """The time as a timestamp."""
        return timestamp(self.moment)

    def new_id(self, *parts: str) -> str:
        """Return a new id; equal parts through one version give the same ids in the same order."""
        return self.chance.id(self.source, *parts)

    def organization_name(self, id: str) -> str:  # noqa: A002 - the API's own word
        """Return the name of an organization, empty if there is no such one."""
        return str((self.store.get("organizations", id) or {}).get("name", ""))


Change: TypeAlias = Callable[[Resource, Scene], None]
"""Fills in, in place, what the service decides about a resource."""
