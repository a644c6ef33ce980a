"""API tokens of organizations, workspaces and deployments, and the agent tokens of a deployment.

A token's secret is shown by the call that makes it and never again; it works as a bearer token.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from harness.sandbox.call import Call, Handler, refuse_field
from harness.sandbox.clock import timestamp
from harness.sandbox.family import Family, Filter, field_is
from harness.sandbox.store import Resource, Scene

_SCOPES: Final = {"ORGANIZATION": "organizations", "WORKSPACE": "workspaces", "DEPLOYMENT": "deployments"}
_SUBJECT_ROLES: Final = {
    "WORKSPACE": ("workspaceRoles", "workspaceId"),
    "DEPLOYMENT": ("deploymentRoles", "deploymentId"),
    "DAG": ("dagRoles", "dagId"),
    "DAG_TAG": ("dagRoles", "dagTag"),
}


def _give_secret(resource: Resource, scene: Scene) -> None:
    """Give the token a new secret and a new life of the same length."""
    resource["_secret"] = scene.chance.secret(scene.source, resource["id"])
    resource["shortToken"] = resource["_secret"].rpartition("-")[2][:8]
    resource["startAt"] = scene.now
    days = resource.get("expiryPeriodInDays")
    if days:
        resource["endAt"] = timestamp(scene.moment + timedelta(days=days))


def _fill_token(resource: Resource, scene: Scene) -> None:
    days = resource.pop("tokenExpiryPeriodInDays", None)
    if days:
        resource["expiryPeriodInDays"] = int(days)
    resource.setdefault("description", "")
    resource.setdefault("kind", "STANDARD")
    if "roles" not in resource:
        resource["roles"] = [_first_role(resource, scene)]
    if "_secret" not in resource:
        _give_secret(resource, scene)


def _first_role(resource: Resource, scene: Scene) -> dict[str, str]:
    """Return the role that a create asks for: of the scope's entity, which must exist.

    Raises:
        Refusal: The entity is not named, or is not there.
    """
    scope = resource["scope"]
    entity = resource.pop("entityId", None)
    if scope == "ORGANIZATION":
        entity = resource["organizationId"]
    if entity is None:
        refuse_field("entityId", "required", f"is required for the scope {scope}")
    if scene.store.get(_SCOPES[scope], entity) is None:
        refuse_field("entityId", "not_found", f"refers to {entity}, which does not exist")
    return {"entityId": entity, "entityType": scope, "role": resource.pop("role")}


def _fill_agent_token(resource: Resource, scene: Scene) -> None:
    resource["type"] = resource["scope"] = "DEPLOYMENT"
    resource.setdefault("entityId", resource["deploymentId"])
    resource.setdefault("role", "DEPLOYMENT_AGENT")
    _fill_token(resource, scene)


def _entity(kind: str) -> Filter:
    def passes(resource: Resource, wanted: str) -> bool:
        return any(role["entityType"] == kind and role["entityId"] == wanted for role in resource["roles"])

    return passes


def _only_organization(resource: Resource, wanted: bool) -> bool:  # noqa: FBT001 - a query parameter's value
    return not wanted or resource["scope"] == "ORGANIZATION"


TOKENS: Final = Family(
    name="tokens",
    path="/organizations/{organizationId}/tokens",
    parameters=("tokenId",),
    what="API token",
    fill=_fill_token,
    filters={
        "workspaceId": _entity("WORKSPACE"),
        "deploymentId": _entity("DEPLOYMENT"),
        "dagId": _entity("DAG"),
        "dagTags": lambda item, wanted: any(
            role["entityType"] == "DAG_TAG" and role["entityId"] in wanted for role in item["roles"]
        ),
        "includeOnlyOrganizationTokens": _only_organization,
        "kind": field_is("kind"),
    },
    same=(("type", "scope"),),
    once={"token": "_secret"},
)

AGENT_TOKENS: Final = Family(
    name="agent-tokens",
    path="/organizations/{organizationId}/deployments/{deploymentId}/agent-tokens",
    parameters=("agentTokenId",),
    what="agent token",
    fill=_fill_agent_token,
    owners=("deploymentId",),
    once={"token": "_secret"},
)


def _rotate(call: Call) -> Resource:
    """Give the token another secret; the old one stops working at once."""
    token = dict(TOKENS.named(call))
    token["lastRotatedAt"] = call.scene.now
    _give_secret(token, call.scene)
    changed = TOKENS.change(token, {}, call.scene)
    return {**changed, "token": changed["_secret"]}


def _replace_token_roles(call: Call) -> dict[str, Any]:
    """Put the body's roles in the place of all that the token has; answer in the form for subjects."""
    for index, role in enumerate(call.body["roles"]):
        family = _SCOPES.get(role["entityType"])
        if family and call.scene.store.get(family, role["entityId"]) is None:
            refuse_field(f"roles[{index}].entityId", "not_found", "refers to nothing that exists")
    changed = TOKENS.change(TOKENS.named(call), {"roles": call.body["roles"]}, call.scene)
    roles: dict[str, Any] = {}
    for role in changed["roles"]:
        if role["entityType"] == "ORGANIZATION":
            roles["organizationRole"] = role["role"]
            continue
        name, key = _SUBJECT_ROLES[role["entityType"]]
        roles.setdefault(name, []).append(
            {"deploymentId": role.get("deploymentId", ""), key: role["entityId"], "role": role["role"]}
        )
    return roles


FAMILIES: Final = (TOKENS, AGENT_TOKENS)
ACTIONS: Final[Mapping[str, Handler]] = {
    "RotateApiToken": _rotate,
    "UpdateApiTokenRoles": _replace_token_roles,
}
