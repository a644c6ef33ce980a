"""Tests of environment objects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import ORGANIZATION, Api

OBJECTS = f"{ORGANIZATION}/environment-objects"
BOTH = pytest.mark.parametrize(("one", "other"), [("platform", "v1"), ("v1", "platform")])


def _connection(api: Api, key: str, **values: Any) -> dict[str, Any]:
    return {
        "objectKey": key,
        "objectType": "CONNECTION",
        "scope": "WORKSPACE",
        "scopeEntityId": api.seeded("v1", f"{ORGANIZATION}/workspaces", "Data Platform")["id"],
        "connection": {"type": "postgres", "host": "db.example.com", "password": "hush"},
        **values,
    }


@BOTH
def test_an_object_lives_in_both_versions(api: Api, one: str, other: str) -> None:
    """An object lives in both versions, and neither shows its secrets."""
    made = api.call("POST", one, OBJECTS, body=_connection(api, f"warehouse-{one}"))
    place = f"{OBJECTS}/{made['id']}"
    read = api.call("GET", other, place)
    changed = api.call("POST", other, place, body={"connection": {"type": "mysql", "port": 3306}})

    assert list(made) == ["id"]
    assert read["connection"] == {"type": "postgres", "host": "db.example.com", "password": ""}
    assert changed["connection"] == {"type": "mysql", "host": "db.example.com", "password": "", "port": 3306}
    assert made["id"] in str(api.call("GET", one, OBJECTS, query={"objectKey": f"warehouse-{one}"}))
    assert api.send("DELETE", other, place).status_code == 204
    assert api.send("DELETE", one, place).status_code == 404


def test_only_v1_names_the_fields_that_are_set(api: Api) -> None:
    """Additive: v1 shows setFields and a description, v1beta1 neither."""
    made = api.call("POST", "v1", OBJECTS, body=_connection(api, "described", description="for reports"))
    new = api.call("GET", "v1", f"{OBJECTS}/{made['id']}")
    old = api.call("GET", "platform", f"{OBJECTS}/{made['id']}")

    assert (new["setFields"], new["description"]) == (["host", "type"], "for reports")
    assert new.keys() - old.keys() == {"setFields", "description"}


def test_a_key_is_taken_once(api: Api) -> None:
    """A second object with the key of the first in the same workspace is a conflict."""
    api.call("POST", "v1", OBJECTS, body=_connection(api, "twice"))

    assert api.send("POST", "platform", OBJECTS, body=_connection(api, "twice")).status_code == 409


def test_only_v1_has_environment_variables(api: Api) -> None:
    """The type ENVIRONMENT_VARIABLE is v1's; v1beta1 refuses to make one."""
    body = _connection(api, "ENV", objectType="ENVIRONMENT_VARIABLE", environmentVariable={"value": "1"})
    made = api.call("POST", "v1", OBJECTS, body=body)

    assert api.call("GET", "v1", f"{OBJECTS}/{made['id']}")["environmentVariable"] == {
        "value": "1",
        "isSecret": False,
    }
    assert api.send("POST", "platform", OBJECTS, body={**body, "objectKey": "ENV2"}).status_code == 400
    api.call("DELETE", "v1", f"{OBJECTS}/{made['id']}")


def test_secret_variables_are_hidden(api: Api) -> None:
    """The value of a secret variable is never shown; overrides of a variable always have a value."""
    where = {
        "scope": "DEPLOYMENT",
        "scopeEntityId": api.seeded("v1", f"{ORGANIZATION}/deployments", "prod-ingest")["id"],
    }
    body = _connection(
        api,
        "api-key",
        objectType="AIRFLOW_VARIABLE",
        airflowVariable={"value": "hush", "isSecret": True},
        links=[{**where, "overrides": {"airflowVariable": {}}}],
    )
    made = api.call("POST", "platform", OBJECTS, body=body)
    read = api.call("GET", "v1", f"{OBJECTS}/{made['id']}")

    assert read["airflowVariable"] == {"value": "", "isSecret": True}
    assert "connection" not in read
    assert read["links"][0]["airflowVariableOverrides"] == {"value": ""}


@pytest.mark.parametrize(
    ("values", "field"),
    [({"scopeEntityId": "clnothing"}, "scopeEntityId"), ({"connection": None}, "connection")],
)
def test_an_incomplete_object_is_refused(api: Api, values: dict[str, Any], field: str) -> None:
    """An object needs a place that exists and the content of its type."""
    answer = api.send("POST", "v1", OBJECTS, body=_connection(api, "wrong", **values))

    assert answer.status_code == 400
    assert answer.json()["fieldErrors"][0]["field"] == field


@BOTH
def test_links_and_exclusions(api: Api, one: str, other: str) -> None:
    """Overrides of a link are shown by type, and a deployment can be excluded from linking."""
    deployment = api.seeded("v1", f"{ORGANIZATION}/deployments", "prod-ingest")["id"]
    where = {"scope": "DEPLOYMENT", "scopeEntityId": deployment}
    link = {**where, "overrides": {"connection": {"host": "other.example.com", "password": "hush"}}}
    made = api.call("POST", one, OBJECTS, body=_connection(api, f"linked-{one}", links=[link]))
    excluded = api.send("POST", other, f"{OBJECTS}/{made['id']}/exclude-linking", body=where)
    read = api.call("GET", one, f"{OBJECTS}/{made['id']}")

    assert (excluded.status_code, excluded.content) == (200, b"")
    assert read["links"][0]["connectionOverrides"] == {"host": "other.example.com", "password": ""}
    assert read["excludeLinks"] == [where]
