"""Who calls: bearer tokens, and what their roles may do where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from harness.sandbox.assumptions import (
    EVERYBODY_READS,
    FORBIDDEN_MESSAGE,
    INVALID_TOKEN_MESSAGE,
    MALFORMED_TOKEN_MESSAGE,
    MISSING_TOKEN_MESSAGE,
    READ_ONLY_ROLES,
)
from harness.sandbox.call import Refusal
from harness.sandbox.store import Grant, Principal, Resource, Scene, Store
from harness.settings import SANDBOX_TOKEN, SANDBOX_TOKENS
from harness.struct import Struct

READ_ONLY_TOKEN: Final = SANDBOX_TOKENS["readonly"]
"""The token of the sandbox that gets 403 for everything but reading."""

WORKSPACE_TOKEN: Final = SANDBOX_TOKENS["workspace"]
DEPLOYMENT_TOKEN: Final = "sandbox-deployment-token"  # noqa: S105 - everybody may know it
TEAM_MANAGER_TOKEN: Final = "sandbox-team-manager-token"  # noqa: S105 - everybody may know it
EXPIRED_TOKEN: Final = SANDBOX_TOKENS["expired"]

TOKENS: Final[Mapping[str, str]] = {
    SANDBOX_TOKEN: "ORGANIZATION_OWNER of both organizations",
    READ_ONLY_TOKEN: "ORGANIZATION_MEMBER: reads, gets 403 for everything else",
    WORKSPACE_TOKEN: "WORKSPACE_OWNER of Data Platform, nothing elsewhere",
    DEPLOYMENT_TOKEN: "DEPLOYMENT_ADMIN of prod-ingest, nothing elsewhere",
    TEAM_MANAGER_TOKEN: "a custom role for teams and users, without permission for roles in v1",
    EXPIRED_TOKEN: "gets 401",
}
"""The sandbox's own tokens, and what they are for."""

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CUSTOM: Final = "CUSTOM"
_PLACED: Final = frozenset(
    {
        "agent-tokens",
        "alerts",
        "deployments",
        "deploys",
        "environment-objects",
        "notification-channels",
        "organizations",
        "tokens",
        "workspaces",
    }
)
"""The families whose resources lie in workspaces and deployments; a list has those that one may read."""

_PLACES: Final = ("organizationId", "workspaceId", "deploymentId", "scopeEntityId", "entityId")
"""The fields of resources, bodies and queries that name a place."""


class Holder(Struct, frozen=True, kw_only=True):
    """Whom a token of the sandbox stands for, and when it ends ("" for never)."""

    principal: Principal
    ends: str = ""


def authenticate(authorization: str | None, known: Mapping[str, Holder], store: Store, now: str) -> Principal:
    """Return who an ``Authorization`` header stands for.

    Args:
        authorization: The header's value, None if there is none.
        known: The sandbox's own tokens.
        store: Where tokens that were made through the API are.
        now: The time as a timestamp.

    Raises:
        Refusal: 401, because the header is missing, malformed, or its token is not known or has ended.
    """
    if not authorization:
        raise Refusal(401, MISSING_TOKEN_MESSAGE)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, MALFORMED_TOKEN_MESSAGE)
    holder = known.get(token.strip()) or _made(token.strip(), store)
    # Timestamps of one form and zone sort as text.
    if holder is None or (holder.ends and holder.ends < now):
        raise Refusal(401, INVALID_TOKEN_MESSAGE)
    return holder.principal


def _made(token: str, store: Store) -> Holder | None:
    """Return who a token made through the API stands for, None if it is none."""
    for family in ("tokens", "agent-tokens"):
        for resource in store.all(family):
            if resource["_secret"] == token:
                return Holder(principal=_principal(resource), ends=resource.get("endAt", ""))
    return None


def _principal(token: Resource) -> Principal:
    profile = {"id": token["id"], "apiTokenName": token["name"], "subjectType": "SERVICEKEY"}
    grants = (
        # A role for DAGs is one in their deployment.
        Grant(
            role=role["role"],
            entity=role.get("deploymentId") or role["entityId"],
            organization=token["organizationId"],
        )
        for role in token["roles"]
    )
    return Principal(profile=profile, grants=tuple(grants))


def custom(organization: str, *permissions: str) -> tuple[tuple[Grant, ...], frozenset[str]]:
    """Return the grants and the permissions of a custom role in an organization."""
    grant = Grant(role=_CUSTOM, entity=organization, organization=organization)
    return (grant,), frozenset(permissions)


class Gate(Struct, frozen=True, kw_only=True):
    """What one call may do: its principal, its method, and the family that it is about ("" for none)."""

    principal: Principal
    method: str
    family: str

    @property
    def reads(self) -> bool:
        """Say whether nothing is changed."""
        return self.method in _READS

    def enter(self) -> None:
        """Let in whose roles may do such a thing anywhere.

        Raises:
            Refusal: 403, because no role may.
        """
        if not self.reads and not any(self._writes(grant) for grant in self.principal.grants):
            raise Refusal(403, FORBIDDEN_MESSAGE)

    def reach(self, path: Mapping[str, Resource], query: Mapping[str, Any], store: Store) -> None:
        """Let through to the resource that the path leads to.

        Raises:
            Refusal: 403, because no role is for where the resource lies.
        """
        if not path:
            return
        organization = path.get("organizationId", {}).get("id", "")
        if organization not in {grant.organization for grant in self.principal.grants}:
            raise Refusal(403, FORBIDDEN_MESSAGE)
        resource = list(path.values())[-1]
        if len(path) > 1:
            open_to_all = self.reads and self.family in EVERYBODY_READS
            self._need(places(resource, store), otherwise=open_to_all)
        elif self.reads:
            named = _expanded((query.get(name) for name in _PLACES), store)
            open_to_all = self.family in ("", *EVERYBODY_READS) or self.family in _PLACED
            self._need(named | {organization}, otherwise=open_to_all)
        elif self.family == "organizations":
            self._need({organization})

    def put(self, path: Mapping[str, Resource], body: Mapping[str, Any], store: Store) -> None:
        """Let a change name where it makes or moves something.

        Raises:
            Refusal: 403, because no role is for a place that the body names.
        """
        if self.reads:
            return
        named = [body[name] for name in _PLACES if isinstance(body.get(name), str)]
        organization = path.get("organizationId", {}).get("id", "")
        if not named and len(path) == 1:
            self._need({organization})
        for place in named:
            self._need(_expanded([place], store) | {organization})

    def _need(self, where: frozenset[str] | set[str], *, otherwise: bool = False) -> None:
        if not otherwise and not any(
            grant.entity in where and (self.reads or self._writes(grant)) for grant in self.principal.grants
        ):
            raise Refusal(403, FORBIDDEN_MESSAGE)

    def _writes(self, grant: Grant) -> bool:
        if grant.role == _CUSTOM:
            return f"organization.{self.family}.update" in self.principal.permissions
        return not grant.role.endswith(READ_ONLY_ROLES)


def places(resource: Resource, store: Store) -> frozenset[str]:
    """Return the ids of the organization, workspaces and deployments that a resource is, or lies in."""
    named = [resource.get(name) for name in _PLACES]
    named += [role["entityId"] for role in resource.get("roles") or () if "entityId" in role]
    return _expanded([resource.get("id"), *named], store)


def _expanded(ids: Iterable[Any], store: Store) -> frozenset[str]:
    """Return ids with those of the workspaces that the deployments among them lie in."""
    return frozenset(_with_workspaces(filter(None, ids), store))


def _with_workspaces(ids: Iterable[str], store: Store) -> Iterator[str]:
    for one in ids:
        yield one
        deployment = store.get("deployments", one)
        if deployment:
            yield deployment["workspaceId"]


def visible(family: str, resources: list[Resource], scene: Scene) -> list[Resource]:
    """Return those of some resources that the caller may read."""
    entities = {grant.entity for grant in scene.principal.grants}
    organizations = {grant.organization for grant in scene.principal.grants}
    if family not in _PLACED or (organizations <= entities and family != "organizations"):
        return resources
    if family == "organizations":
        return [one for one in resources if one["id"] in organizations]
    return [one for one in resources if entities & places(one, scene.store)]
