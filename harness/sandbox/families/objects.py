"""Environment objects: connections, variables and metrics exports of workspaces and deployments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.sandbox.assumptions import HIDDEN_SECRET
from harness.sandbox.call import Call, Handler, Refusal, refuse_field
from harness.sandbox.family import Family, field_is
from harness.sandbox.store import Resource, Scene

_KINDS: Final = {
    "AIRFLOW_VARIABLE": "airflowVariable",
    "CONNECTION": "connection",
    "ENVIRONMENT_VARIABLE": "environmentVariable",
    "METRICS_EXPORT": "metricsExport",
}
_SCOPES: Final = {"WORKSPACE": "workspaces", "DEPLOYMENT": "deployments"}
_SECRETS: Final = ("password", "basicToken")


def _fill(resource: Resource, scene: Scene) -> None:
    """Check what the object is for, hide secrets and work out which fields are set.

    Raises:
        Refusal: Its workspace or deployment does not exist, or the content for its type is missing.
    """
    scope, entity = resource["scope"], resource["scopeEntityId"]
    if scene.store.get(_SCOPES[scope], entity) is None:
        refuse_field("scopeEntityId", "not_found", f"refers to {entity}, which does not exist")
    name = _KINDS[resource["objectType"]]
    content = resource.get(name)
    if content is None:
        refuse_field(name, "required", f"is required for the type {resource['objectType']}")
    for other in _KINDS.values():
        resource.pop(other, None)
    resource[name] = _hidden(content)
    if "Variable" in name:
        resource[name].setdefault("value", "")
        resource[name].setdefault("isSecret", False)
    resource["sourceScope"], resource["sourceScopeEntityId"] = scope, entity
    resource.setdefault("autoLinkDeployments", False)
    resource.setdefault("excludeLinks", [])
    resource["setFields"] = sorted(
        field for field, value in resource[name].items() if value not in (None, "")
    )
    resource["links"] = [_link(link) for link in resource.get("links") or ()]


def _hidden(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content without secrets; the sandbox does not keep them."""
    hidden = {name: HIDDEN_SECRET if name in _SECRETS else value for name, value in content.items()}
    if hidden.get("isSecret") and "value" in hidden:
        hidden["value"] = HIDDEN_SECRET
    return hidden


def _link(link: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the link of a request, with its overrides in one field, into that of a response."""
    overrides = dict(link.get("overrides") or {})
    overrides.pop("unsetFields", None)
    named = {f"{name}Overrides": _hidden(content) for name, content in overrides.items()}
    fields = sorted(field for content in named.values() for field in content)
    for name, content in named.items():
        if "Variable" in name:
            content.setdefault("value", "")
    kept = {name: value for name, value in link.items() if name != "overrides"}
    return {"setFields": fields, **kept, **named}


OBJECTS: Final = Family(
    name="environment-objects",
    path="/organizations/{organizationId}/environment-objects",
    parameters=("environmentObjectId",),
    what="environment object",
    fill=_fill,
    filters={
        "objectType": field_is("objectType"),
        "objectKey": field_is("objectKey"),
        "workspaceId": field_is("scopeEntityId"),
        "deploymentId": field_is("scopeEntityId"),
    },
)


def _create(call: Call) -> Resource:
    """Make an object; its key must be new in its workspace or deployment."""
    for item in OBJECTS.select(call):
        if all(item[name] == call.body[name] for name in ("objectKey", "objectType", "scopeEntityId")):
            raise Refusal(409, f"environment object {item['objectKey']} already exists")
    return OBJECTS.create(call)


def _update(call: Call) -> Resource:
    """Put the body into the object, field by field inside its content."""
    item = OBJECTS.named(call)
    name = _KINDS[item["objectType"]]
    body = dict(call.body)
    if name in body:
        body[name] = {**item[name], **body[name]}
    return OBJECTS.change(item, body, call.scene)


def _exclude(call: Call) -> None:
    item = OBJECTS.named(call)
    links = [link for link in item["excludeLinks"] if link["scopeEntityId"] != call.body["scopeEntityId"]]
    OBJECTS.change(item, {"excludeLinks": [*links, dict(call.body)]}, call.scene)


FAMILIES: Final = (OBJECTS,)
ACTIONS: Final[Mapping[str, Handler]] = {
    "CreateEnvironmentObject": _create,
    "UpdateEnvironmentObject": _update,
    "ExcludeLinkingEnvironmentObject": _exclude,
}
