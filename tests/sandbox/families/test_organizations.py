"""Tests of organizations and workspaces."""

from __future__ import annotations

import pytest

from harness.sandbox import SANDBOX_ORGANIZATION_ID
from tests.sandbox.api import ORGANIZATION, Api, life

WORKSPACES = f"{ORGANIZATION}/workspaces"


def test_v1_has_no_support_plan(api: Api) -> None:
    """B3: v1beta1 shows the support plan of an organization, v1 only the product plans."""
    old = api.call("GET", "platform", ORGANIZATION)
    new = api.call("GET", "v1", ORGANIZATION)

    assert old["supportPlan"] == "BUSINESS_CRITICAL"
    assert "supportPlan" not in new
    assert old["productPlans"] == new["productPlans"]
    assert [plan["productPlanName"] for plan in new["productPlans"]] == ["BUSINESS_CRITICAL"]


def test_v1_adds_fields_to_organizations(api: Api) -> None:
    """The fields that v1 adds to an organization are absent in v1beta1."""
    old = api.call("GET", "platform", ORGANIZATION)
    new = api.call("GET", "v1", ORGANIZATION)

    assert new.keys() - old.keys() == {"hasAllowedIpAddressRanges", "isBlockedEnableAiFeatures"}


def test_v1_ignores_the_filter_by_support_plan(api: Api) -> None:
    """B4: the query parameter supportPlan chooses organizations in v1beta1 and nothing in v1."""
    query = {"supportPlan": "TRIAL"}
    old = api.call("GET", "platform", "/organizations", query=query)
    new = api.call("GET", "v1", "/organizations", query=query)

    assert [item["name"] for item in old["organizations"]] == ["Meridian Labs"]
    assert new["totalCount"] == 2


def test_v1_refuses_the_product_observe(api: Api) -> None:
    """B4: OBSERVE is a value of astronomerProduct in v1beta1 and none in v1."""
    query = {"astronomerProduct": "OBSERVE"}
    old = api.call("GET", "platform", "/organizations", query=query)
    new = api.send("GET", "v1", "/organizations", query=query)

    assert old["totalCount"] == 0
    assert new.status_code == 400
    assert new.json()["fieldErrors"][0]["field"] == "astronomerProduct"


@pytest.mark.parametrize("side", ["platform", "v1"])
def test_both_filter_by_product_plan(api: Api, side: str) -> None:
    """The filter productPlan works in both versions."""
    found = api.call("GET", side, "/organizations", query={"productPlan": "TRIAL"})

    assert [item["name"] for item in found["organizations"]] == ["Meridian Labs"]


def test_an_organization_is_updated(api: Api) -> None:
    """An update through one version is seen through the other; what the body omits stays."""
    body = {"name": "Meridian Freight AG", "billingEmail": "ap@example.com", "isScimEnabled": True}
    api.call("POST", "platform", ORGANIZATION, body=body)
    seen = api.call("GET", "v1", ORGANIZATION)
    api.call("POST", "v1", ORGANIZATION, body={**body, "name": "Meridian Freight", "isScimEnabled": False})

    assert seen["id"] == SANDBOX_ORGANIZATION_ID
    assert {key: seen[key] for key in body} == body
    assert seen["status"] == "ACTIVE"


@pytest.mark.parametrize(("one", "other"), [("platform", "v1"), ("v1", "platform")])
def test_a_workspace_lives_in_both_versions(api: Api, one: str, other: str) -> None:
    """A workspace made through one version is read, changed and deleted through the other."""
    change = {"name": "Renamed", "description": "new", "cicdEnforcedDefault": True}

    life(api, one, other, WORKSPACES, {"name": "Customs"}, change)


def test_v1_adds_defaults_to_workspaces(api: Api) -> None:
    """The default region of a workspace is taken and shown by v1, ignored and hidden by v1beta1."""
    body = {"name": "Regional", "defaultCloudProvider": "AWS", "defaultRegion": "us-east-1"}
    new = api.call("POST", "v1", WORKSPACES, body=body)
    old = api.call("POST", "platform", WORKSPACES, body=body)

    assert new["defaultRegion"] == "us-east-1"
    assert "defaultRegion" not in api.call("GET", "platform", f"{WORKSPACES}/{new['id']}")
    assert "defaultRegion" not in api.call("GET", "v1", f"{WORKSPACES}/{old['id']}")


def test_a_workspace_takes_its_deployments_with_it(api: Api) -> None:
    """Deleting a workspace deletes the deployments in it."""
    workspace = api.call("POST", "v1", WORKSPACES, body={"name": "Short-lived"})
    body = {"name": "gone soon", "workspaceId": workspace["id"]}
    deployment = api.call("POST", "v1", f"{ORGANIZATION}/deployments", body=body)
    api.call("DELETE", "platform", f"{WORKSPACES}/{workspace['id']}")

    assert api.send("GET", "v1", f"{ORGANIZATION}/deployments/{deployment['id']}").status_code == 404


def test_self_is_the_owner_of_the_token(api: Api) -> None:
    """The operation that only v1 has answers with the user behind the token and all roles."""
    user = api.call("GET", "v1", "/users/self")

    assert user["fullName"] == "Ines Calloway"
    assert user["roles"][0] == {
        "role": "ORGANIZATION_OWNER",
        "scope": {"type": "ORGANIZATION", "entityId": SANDBOX_ORGANIZATION_ID},
    }
    assert api.send("GET", "iam", "/users/self").status_code == 404
