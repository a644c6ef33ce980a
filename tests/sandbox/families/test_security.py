"""Tests of custom roles, permissions, allowed IP address ranges and audit logs."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.sandbox.api import ORGANIZATION, Api, life

RANGES = f"{ORGANIZATION}/allowed-ip-address-ranges"
ROLES = f"{ORGANIZATION}/roles"
BOTH = pytest.mark.parametrize(("one", "other"), [("iam", "v1"), ("v1", "iam")])


@BOTH
def test_a_custom_role_lives_in_both_versions(api: Api, one: str, other: str) -> None:
    """A custom role made through one version is read, changed and deleted through the other."""
    body = {"name": "Looker", "permissions": ["deployment.get"], "scopeType": "DEPLOYMENT"}

    life(api, one, other, ROLES, body, {"name": "Gazer", "permissions": ["deployment.get"]})


def test_default_roles_on_request(api: Api) -> None:
    """A list of roles has those of every organization only if they are asked for."""
    plain = api.call("GET", "iam", ROLES)
    full = api.call("GET", "iam", ROLES, query={"includeDefaultRoles": "true", "scopeTypes": ["WORKSPACE"]})

    assert "defaultRoles" not in plain
    assert {role["scopeType"] for role in full["defaultRoles"]} == {"WORKSPACE"}


@pytest.mark.parametrize("side", ["iam", "v1"])
def test_templates_and_permissions(api: Api, side: str) -> None:
    """Role templates and permission groups can be narrowed to a scope."""
    templates = api.call("GET", side, f"{ORGANIZATION}/role-templates", query={"scopeTypes": ["DEPLOYMENT"]})
    groups = api.call("GET", side, "/authorization/permission-groups", query={"scopeType": "WORKSPACE"})

    assert [role["name"] for role in templates] == ["DEPLOYMENT_ADMIN"]
    assert [group["name"] for group in groups] == ["workspace.deployments"]


def test_v1_knows_permissions_of_dags(api: Api) -> None:
    """The scope DAG is v1's; the v1beta1 document that is carried over does not have it."""
    path, query = "/authorization/permission-groups", {"scopeType": "DAG"}

    assert api.send("GET", "v1", path, query=query).status_code == 200
    assert api.send("GET", "iam", path, query=query).status_code == 400


@BOTH
def test_a_range_comes_and_goes(api: Api, one: str, other: str) -> None:
    """An address range made through one version is listed and deleted through the other."""
    made = api.call("POST", one, RANGES, body={"ipAddressRange": "198.51.100.7/24"})
    listed = api.call("GET", other, RANGES)["allowedIpAddressRanges"]

    assert made["ipAddressRange"] == "198.51.100.0/24"
    assert made["id"] in [item["id"] for item in listed]
    assert api.call("GET", "v1", ORGANIZATION)["hasAllowedIpAddressRanges"] is True
    assert api.send("DELETE", other, f"{RANGES}/{made['id']}").status_code == 204
    assert api.send("DELETE", one, f"{RANGES}/{made['id']}").status_code == 404


def test_a_wrong_range_is_refused(api: Api) -> None:
    """What is no address range is a field error."""
    answer = api.send("POST", "iam", RANGES, body={"ipAddressRange": "home"})

    assert answer.json()["fieldErrors"][0] == {
        "field": "ipAddressRange",
        "code": "format",
        "message": "ipAddressRange must be an IP address range",
    }


def test_ranges_in_bulk(api: Api) -> None:
    """Only v1 makes and deletes ranges in bulk, and a range that is there already is a conflict."""
    wanted = {"allowedIpAddressRanges": ["192.0.2.0/28", "192.0.2.16/28"]}
    made = api.call("POST", "v1", f"{RANGES}/bulk-create", body=wanted)["allowedIpAddressRanges"]
    again = api.send("POST", "v1", f"{RANGES}/bulk-create", body=wanted)
    ids = {"allowedIpAddressRangeIds": [item["id"] for item in made]}
    deleted = api.send("POST", "v1", f"{RANGES}/bulk-delete", body=ids)

    assert [item["ipAddressRange"] for item in made] == wanted["allowedIpAddressRanges"]
    assert again.status_code == 409
    assert deleted.status_code == 204
    assert api.send("POST", "iam", f"{RANGES}/bulk-create", body=wanted).status_code == 405


def test_audit_logs(api: Api) -> None:
    """T1: v1 says that its audit logs are compressed, v1beta1 sends the compressed bytes as they are."""
    old = api.send("GET", "platform", f"{ORGANIZATION}/audit-logs")
    new = api.send("GET", "v1", f"{ORGANIZATION}/audit-logs")
    lines = [json.loads(line) for line in new.text.splitlines()]

    assert old.headers["content-type"] == new.headers["content-type"] == "application/octet-stream"
    assert "content-encoding" not in old.headers
    assert new.headers["content-encoding"] == "gzip"
    assert gzip.decompress(old.content) == new.content
    assert len(lines) >= 11


def test_audit_logs_of_a_time(api: Api) -> None:
    """Audit logs can be narrowed to a time; what is no time is refused."""
    path = f"{ORGANIZATION}/audit-logs"
    none = api.send("GET", "v1", path, query={"startDate": "2030-01-01T00:00:00Z"})
    some = api.send("GET", "v1", path, query={"endDate": "2026-01-01T00:00:00Z"})
    wrong = api.send("GET", "v1", path, query={"startDate": "yesterday"})

    assert none.text == ""
    assert some.text
    assert wrong.json()["fieldErrors"][0]["code"] == "format"
