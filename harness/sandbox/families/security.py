"""Custom roles and permissions, allowed IP address ranges, audit logs."""

from __future__ import annotations

import gzip
import ipaddress
import json
from collections.abc import Mapping
from typing import Any, Final

from harness.sandbox.call import Call, Handler, Raw, Refusal, refuse_field
from harness.sandbox.clock import instant
from harness.sandbox.family import Family, field_among, in_order
from harness.sandbox.store import Resource, Scene

_GROUPS: Final = (
    ("workspace.deployments", "Workspace Deployments", "WORKSPACE", ("get", "create", "update", "delete")),
    ("deployment.envVars", "Deployment Environment Variables", "DEPLOYMENT", ("get", "update")),
    ("deployment.deploys", "Deployment Deploys", "DEPLOYMENT", ("get", "create", "rollback")),
    ("organization.teams", "Organization Teams", "ORGANIZATION", ("get", "create", "update", "delete")),
    ("dag.runs", "DAG Runs", "DAG", ("get", "create")),
)
_TEMPLATES: Final = (
    ("ORGANIZATION_OWNER", "ORGANIZATION", "All permissions in the Organization."),
    ("ORGANIZATION_MEMBER", "ORGANIZATION", "View the Organization."),
    ("WORKSPACE_OWNER", "WORKSPACE", "All permissions in the Workspace."),
    ("WORKSPACE_MEMBER", "WORKSPACE", "View the Workspace and its Deployments."),
    ("DEPLOYMENT_ADMIN", "DEPLOYMENT", "All permissions in the Deployment."),
)


def _permissions(scope: str) -> list[str]:
    return [f"{name}.{action}" for name, _, kind, actions in _GROUPS if kind == scope for action in actions]


def _templates() -> list[dict[str, Any]]:
    return [
        {"name": name, "scopeType": scope, "description": text, "permissions": _permissions(scope)}
        for name, scope, text in _TEMPLATES
    ]


def _fill_role(resource: Resource, _: Scene) -> None:
    resource.setdefault("restrictedWorkspaceIds", [])
    resource.setdefault("description", "")


def _fill_range(resource: Resource, _: Scene) -> None:
    try:
        network = ipaddress.ip_network(resource["ipAddressRange"], strict=False)
    except ValueError:
        refuse_field("ipAddressRange", "format", "must be an IP address range")
    resource["ipAddressRange"] = str(network)


ROLES: Final = Family(
    name="roles",
    path="/organizations/{organizationId}/roles",
    parameters=("customRoleId", "roleId"),
    what="role",
    fill=_fill_role,
    filters={"scopeTypes": field_among("scopeType")},
    references={"restrictedWorkspaceIds": "workspaces"},
)

RANGES: Final = Family(
    name="allowed-ip-address-ranges",
    path="/organizations/{organizationId}/allowed-ip-address-ranges",
    parameters=("allowedIpAddressRangeId",),
    what="allowed IP address range",
    fill=_fill_range,
)


def _list_roles(call: Call) -> dict[str, Any]:
    """List custom roles, and on request the roles that every organization has."""
    envelope = ROLES.page(call, "roles")
    if call.query.get("includeDefaultRoles"):
        scopes = call.query.get("scopeTypes")
        known = _templates()
        envelope["defaultRoles"] = [role for role in known if not scopes or role["scopeType"] in scopes]
    return envelope


def _list_templates(call: Call) -> list[dict[str, Any]]:
    scopes = call.query.get("scopeTypes")
    return [role for role in _templates() if not scopes or role["scopeType"] in scopes]


def _list_permissions(call: Call) -> list[dict[str, Any]]:
    wanted = call.query.get("scopeType")
    return [
        {
            "name": name,
            "scope": scope,
            "description": f"What a subject may do with {scope}.",
            "permissions": [
                {"action": action, "description": f"Subject is permitted to {action} the scope."}
                for action in actions
            ],
        }
        for name, scope, kind, actions in _GROUPS
        if wanted in (None, kind)
    ]


def _create_ranges(call: Call) -> dict[str, Any]:
    """Make several ranges; none if one of them is there already."""
    wanted = call.body["allowedIpAddressRanges"]
    present = {item["ipAddressRange"] for item in RANGES.select(call)}
    again = [item for item in wanted if item in present]
    if again:
        raise Refusal(409, f"IP address range {again[0]} already exists")
    for item in wanted:
        _fill_range({"ipAddressRange": item}, call.scene)
    made = [RANGES.make({"ipAddressRange": item, **call.ids}, call.scene) for item in wanted]
    return {"allowedIpAddressRanges": made}


def _delete_ranges(call: Call) -> None:
    for one in call.body["allowedIpAddressRangeIds"]:
        call.scene.store.remove(RANGES.name, one)


def _audit_logs(call: Call) -> Raw:
    """Return what was last changed in the organization, one JSON object a line, as gzip bytes."""
    start, end = (call.query.get(name) for name in ("startDate", "endDate"))
    lines = [
        {"timestamp": item["updatedAt"], "actor": item["updatedBy"]["id"], "entity": f"{family}/{item['id']}"}
        for family in ("workspaces", "deployments", "teams")
        for item in in_order(call.scene.store.all(family), ())
        if item["organizationId"] == call.ids["organizationId"]
        and (start is None or instant(start) <= instant(item["updatedAt"]))
        and (end is None or instant(item["updatedAt"]) <= instant(end))
    ]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    return Raw(
        content=gzip.compress(text.encode(), mtime=0), headers={"content-type": "application/octet-stream"}
    )


FAMILIES: Final = (ROLES, RANGES)
ACTIONS: Final[Mapping[str, Handler]] = {
    "ListRoles": _list_roles,
    "ListRoleTemplates": _list_templates,
    "ListPermissionGroups": _list_permissions,
    "BulkCreateAllowedIpAddressRanges": _create_ranges,
    "BulkDeleteAllowedIpAddressRanges": _delete_ranges,
    "LabsCreateAllowedIpAddressRanges": _create_ranges,
    "LabsDeleteAllowedIpAddressRanges": _delete_ranges,
    "GetOrganizationAuditLogs": _audit_logs,
}
