"""Organizations and workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.sandbox.assumptions import NO_USER_MESSAGE
from harness.sandbox.call import Call, Handler, Refusal
from harness.sandbox.family import Family, field_among, field_is
from harness.sandbox.store import Resource, Scene


def _plan_is(name: str, wanted: str, resource: Resource) -> bool:
    return any(plan[name] == wanted for plan in resource["productPlans"])


def _fill_organization(resource: Resource, _: Scene) -> None:
    plans = resource.setdefault("productPlans", [])
    for plan in plans:
        plan["organizationId"] = resource["id"]
    # v1beta1 shows the plan of Astro beside the list of plans; v1 has only the list.
    resource["supportPlan"] = next(
        (plan["productPlanName"] for plan in plans if plan["astronomerProduct"] == "ASTRO"), "INACTIVE"
    )
    defaults = {
        "allowEnhancedSupportAccess": False,
        "isBlockedEnableAiFeatures": False,
        "isScimEnabled": False,
        "managedDomains": [],
        "paymentMethod": "INVOICE",
        "product": "HOSTED",
        "shouldEnforceDedicatedClusters": False,
        "status": "ACTIVE",
    }
    for name, value in defaults.items():
        resource.setdefault(name, value)


def _show_organization(resource: Resource, scene: Scene) -> Resource:
    ranges = scene.store.all("allowed-ip-address-ranges")
    limited = any(item["organizationId"] == resource["id"] for item in ranges)
    return {**resource, "hasAllowedIpAddressRanges": limited}


def _fill_workspace(resource: Resource, _: Scene) -> None:
    resource.setdefault("cicdEnforcedDefault", False)
    resource.setdefault("description", "")


def _show_workspace(resource: Resource, scene: Scene) -> Resource:
    return {**resource, "organizationName": scene.organization_name(resource["organizationId"])}


ORGANIZATIONS: Final = Family(
    name="organizations",
    path="/organizations",
    parameters=("organizationId",),
    what="organization",
    fill=_fill_organization,
    show=_show_organization,
    filters={
        "supportPlan": field_is("supportPlan"),
        "productPlan": lambda item, wanted: _plan_is("productPlanName", wanted, item),
        "astronomerProduct": lambda item, wanted: _plan_is("astronomerProduct", wanted, item),
        "product": field_is("product"),
    },
)

WORKSPACES: Final = Family(
    name="workspaces",
    path="/organizations/{organizationId}/workspaces",
    parameters=("workspaceId",),
    what="workspace",
    fill=_fill_workspace,
    show=_show_workspace,
    filters={"workspaceIds": field_among("id"), "names": field_among("name")},
    references={"defaultClusterId": "clusters"},
)


def _self_user(call: Call) -> dict[str, Any]:
    """Return the user that the token stands for, with all roles in one list.

    Raises:
        Refusal: 400, because the token is an API token.
    """
    user = call.scene.store.get("users", call.scene.principal.profile["id"])
    if user is None:
        raise Refusal(400, NO_USER_MESSAGE)
    scopes = (
        ("workspaceRoles", "workspaceId", "WORKSPACE"),
        ("deploymentRoles", "deploymentId", "DEPLOYMENT"),
    )
    roles = [
        {"role": role["role"], "scope": {"type": kind, "entityId": role[key]}}
        for name, key, kind in scopes
        for role in user.get(name) or ()
    ]
    if user.get("organizationRole"):
        scope = {"type": "ORGANIZATION", "entityId": user["organizationId"]}
        roles.insert(0, {"role": user["organizationRole"], "scope": scope})
    return {**user, "roles": roles, "invites": [], "featureFlags": []}


FAMILIES: Final = (ORGANIZATIONS, WORKSPACES)
ACTIONS: Final[Mapping[str, Handler]] = {"GetSelfUser": _self_user}
