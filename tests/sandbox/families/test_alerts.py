"""Tests of alerts, notification channels and the alerts of the Labs API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import ORGANIZATION, Api

ALERTS = f"{ORGANIZATION}/alerts"
CHANNELS = f"{ORGANIZATION}/notification-channels"


def _deployment(api: Api) -> str:
    return str(api.seeded("v1", f"{ORGANIZATION}/deployments", "prod-reporting")["id"])


def _alert(api: Api, **values: Any) -> dict[str, Any]:
    deployment = _deployment(api)
    return {
        "name": "late",
        "type": "DAG_DURATION",
        "severity": "WARNING",
        "entityType": "DEPLOYMENT",
        "entityId": deployment,
        "notificationChannelIds": [api.seeded("platform", CHANNELS, "ops-slack")["id"]],
        "rules": {
            "properties": {"deploymentId": deployment, "dagDurationSeconds": 60},
            "patternMatches": [{"entityType": "DAG_ID", "operatorType": "IS", "values": ["revenue"]}],
        },
        **values,
    }


@pytest.mark.parametrize("path", [ALERTS, CHANNELS])
@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("POST", ""), ("GET", "/x"), ("POST", "/x"), ("DELETE", "/x")]
)
def test_v1_has_no_alerts(api: Api, method: str, path: str, tail: str) -> None:
    """B6: the ten operations of v1beta1 are unknown paths in v1, with the documented error body."""
    answer = api.send(method, "v1", f"{path}{tail}")

    assert answer.status_code == 404
    assert answer.json()["message"] == f"no route found for {method} /v1{path}{tail}"


def test_an_alert_lives(api: Api) -> None:
    """An alert is made, listed, changed rule by rule and deleted, once."""
    made = api.call("POST", "platform", ALERTS, body=_alert(api))
    place = f"{ALERTS}/{made['id']}"
    listed = api.call("GET", "platform", ALERTS, query={"alertIds": [made["id"]]})
    change = {"type": "DAG_DURATION", "rules": {"properties": {"dagDurationSeconds": 90}}}
    changed = api.call("POST", "platform", place, body=change)

    assert (made["entityName"], made["notificationChannels"][0]["name"]) == ("prod-reporting", "ops-slack")
    assert [item["id"] for item in listed["alerts"]] == [made["id"]]
    assert changed["rules"]["properties"] == {"deploymentId": made["entityId"], "dagDurationSeconds": 90}
    assert changed["rules"]["patternMatches"] == made["rules"]["patternMatches"]
    assert api.call("GET", "platform", place) == changed
    assert api.send("DELETE", "platform", place).status_code == 204
    assert api.send("DELETE", "platform", place).status_code == 404


def test_an_update_may_omit_the_type(api: Api) -> None:
    """An update without a type is read as one of the type that the alert has."""
    made = api.call("POST", "platform", ALERTS, body=_alert(api))
    body = {"rules": {"properties": {"dagDurationSeconds": "long"}}}
    answer = api.send("POST", "platform", f"{ALERTS}/{made['id']}", body=body)

    assert [error["field"] for error in answer.json()["fieldErrors"]] == [
        "rules.properties.dagDurationSeconds"
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"entityId": "clnothing"}, "entityId"),
        ({"notificationChannelIds": ["clnothing"]}, "notificationChannelIds"),
    ],
)
def test_an_alert_for_nothing_is_refused(api: Api, values: dict[str, Any], field: str) -> None:
    """An alert needs a deployment and channels that exist."""
    answer = api.send("POST", "platform", ALERTS, body=_alert(api, **values))

    assert answer.status_code == 400
    assert answer.json()["fieldErrors"][0]["field"] == field


def test_a_channel_lives(api: Api) -> None:
    """A notification channel is made for the organization, listed, changed and deleted, once."""
    body = {
        "name": "pager",
        "type": "EMAIL",
        "entityType": "ORGANIZATION",
        "entityId": ORGANIZATION.rpartition("/")[2],
        "definition": {"recipients": ["a@example.com"]},
    }
    made = api.call("POST", "platform", CHANNELS, body=body)
    place = f"{CHANNELS}/{made['id']}"
    listed = api.call("GET", "platform", CHANNELS, query={"entityType": "ORGANIZATION"})
    changed = api.call("POST", "platform", place, body={"type": "EMAIL", "name": "renamed"})

    assert made["entityName"] == "Meridian Freight"
    assert [item["id"] for item in listed["notificationChannels"]] == [made["id"]]
    assert (changed["name"], changed["definition"]) == ("renamed", body["definition"])
    assert api.send("DELETE", "platform", place).status_code == 204
    assert api.send("DELETE", "platform", place).status_code == 404


def test_labs_changes_the_alerts_of_v1beta1(api: Api) -> None:
    """Alerts made in bulk through Labs are those that v1beta1 has; its list has no numbers."""
    bodies = [_alert(api, name="first"), _alert(api, name="second")]
    made = api.call("POST", "labs", f"{ORGANIZATION}/create-alerts", body={"alerts": bodies})["alerts"]
    ids = [item["id"] for item in made]
    updates = [{"id": ids[0], "type": "DAG_DURATION", "name": "renamed"}]
    api.call("POST", "labs", f"{ORGANIZATION}/update-alerts", body={"alerts": updates})
    listed = api.call("GET", "labs", ALERTS, query={"alertIds": ids})
    read = api.call("GET", "platform", f"{ALERTS}/{ids[0]}")
    deleted = api.send("POST", "labs", f"{ORGANIZATION}/delete-alerts", body={"alertIds": ids})

    assert list(listed) == ["alerts"]
    assert {item["id"] for item in listed["alerts"]} == set(ids)
    assert read["name"] == "renamed"
    assert deleted.status_code == 204
    assert api.send("GET", "platform", f"{ALERTS}/{ids[1]}").status_code == 404


def test_labs_deletes_all_or_nothing(api: Api) -> None:
    """A bulk call with one unknown id changes nothing."""
    made = api.call("POST", "platform", ALERTS, body=_alert(api))
    ids = [made["id"], "clunknown0000000000000000"]
    answer = api.send("POST", "labs", f"{ORGANIZATION}/delete-alerts", body={"alertIds": ids})

    assert answer.status_code == 404
    assert api.call("GET", "platform", f"{ALERTS}/{made['id']}")["id"] == made["id"]


def test_rules_that_say_nothing_change_nothing(api: Api) -> None:
    """An update whose rules are empty leaves the rules that an alert has."""
    before = api.call("GET", "platform", f"{ORGANIZATION}/alerts")["alerts"][0]
    body = {"type": before["type"], "rules": {}}
    after = api.call("POST", "platform", f"{ORGANIZATION}/alerts/{before['id']}", body=body)

    assert after["rules"] == before["rules"]
