"""Alerts and notification channels, which v1 does not have, and the alerts of the Labs API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.sandbox.call import Call, Handler, refuse_field
from harness.sandbox.family import Family, field_among, field_is, in_order
from harness.sandbox.store import Resource, Scene

_ENTITIES: Final = {"ORGANIZATION": "organizations", "WORKSPACE": "workspaces", "DEPLOYMENT": "deployments"}


def _fill_entity(resource: Resource, scene: Scene) -> None:
    """Look up what the resource is for.

    Raises:
        Refusal: It does not exist.
    """
    kind, named = resource["entityType"], resource["entityId"]
    entity = scene.store.get(_ENTITIES[kind], named)
    if entity is None:
        refuse_field("entityId", "not_found", f"refers to {named}, which does not exist")
    resource["entityName"] = entity["name"]
    if kind == "DEPLOYMENT":
        resource["deploymentId"], resource["workspaceId"] = named, entity["workspaceId"]
    elif kind == "WORKSPACE":
        resource["workspaceId"] = named


def _fill_alert(resource: Resource, scene: Scene) -> None:
    _fill_entity(resource, scene)
    resource.setdefault("notificationChannelIds", [])


def _show_alert(resource: Resource, scene: Scene) -> Resource:
    found = (scene.store.get("notification-channels", one) for one in resource["notificationChannelIds"])
    return {**resource, "notificationChannels": [channel for channel in found if channel]}


def _fill_channel(resource: Resource, scene: Scene) -> None:
    _fill_entity(resource, scene)
    resource.setdefault("isShared", False)


ALERTS: Final = Family(
    name="alerts",
    path="/organizations/{organizationId}/alerts",
    parameters=("alertId",),
    what="alert",
    fill=_fill_alert,
    show=_show_alert,
    filters={
        "alertIds": field_among("id"),
        "deploymentIds": field_among("deploymentId"),
        "workspaceIds": field_among("workspaceId"),
        "alertTypes": field_among("type"),
        "entityType": field_is("entityType"),
    },
    references={"notificationChannelIds": "notification-channels"},
    owners=("deploymentId",),
)

CHANNELS: Final = Family(
    name="notification-channels",
    path="/organizations/{organizationId}/notification-channels",
    parameters=("notificationChannelId",),
    what="notification channel",
    fill=_fill_channel,
    filters={
        "notificationChannelIds": field_among("id"),
        "deploymentIds": field_among("deploymentId"),
        "workspaceIds": field_among("workspaceId"),
        "channelTypes": field_among("type"),
        "entityType": field_is("entityType"),
    },
    owners=("deploymentId", "workspaceId"),
)


def merged_rules(resource: Resource, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of an update with its rules put into those that the alert has."""
    rules = sent.get("rules")
    if rules is None:
        return dict(sent)
    old = resource["rules"]
    properties = {**(old.get("properties") or {}), **(rules.get("properties") or {})}
    return {**sent, "rules": {**old, **rules, "properties": properties}}


def _update_alert(call: Call) -> Resource:
    alert = ALERTS.named(call)
    return _show_alert(ALERTS.change(alert, merged_rules(alert, call.body), call.scene), call.scene)


def _labs_list(call: Call) -> dict[str, Any]:
    """List alerts the Labs way: an envelope without numbers."""
    alerts = in_order(ALERTS.select(call), ())
    offset = call.query.get("offset", 0)
    limit = call.query.get("limit", len(alerts))
    return {"alerts": [_show_alert(alert, call.scene) for alert in alerts[offset : offset + limit]]}


def _labs_create(call: Call) -> dict[str, Any]:
    made = [ALERTS.make({**body, **call.ids}, call.scene) for body in call.body["alerts"]]
    return {"alerts": [_show_alert(alert, call.scene) for alert in made]}


def _labs_named(call: Call, ids: list[str]) -> list[Resource]:
    """Return all alerts of those ids, or refuse: a bulk call changes all of them or none."""
    return [ALERTS.find(one, call.ids, call.scene) for one in ids]


def _labs_update(call: Call) -> dict[str, Any]:
    bodies = call.body["alerts"]
    alerts = _labs_named(call, [body.get("id", "") for body in bodies])
    changed = [
        ALERTS.change(alert, merged_rules(alert, body), call.scene)
        for alert, body in zip(alerts, bodies, strict=True)
    ]
    return {"alerts": [_show_alert(alert, call.scene) for alert in changed]}


def _labs_delete(call: Call) -> None:
    for alert in _labs_named(call, call.body["alertIds"]):
        call.scene.store.remove("alerts", alert["id"])


FAMILIES: Final = (ALERTS, CHANNELS)
ACTIONS: Final[Mapping[str, Handler]] = {
    "UpdateAlert": _update_alert,
    "LabsListAlerts": _labs_list,
    "LabsCreateAlerts": _labs_create,
    "LabsUpdateAlerts": _labs_update,
    "LabsDeleteAlerts": _labs_delete,
}
