"""Tests of API tokens and agent tokens."""

from __future__ import annotations

import pytest

from tests.sandbox.api import ORGANIZATION, Api, life

TOKENS = f"{ORGANIZATION}/tokens"
OLD = {"name": "reader", "role": "ORGANIZATION_MEMBER", "type": "ORGANIZATION"}
NEW = {"name": "reader", "role": "ORGANIZATION_MEMBER", "scope": "ORGANIZATION"}


@pytest.mark.parametrize(("one", "other", "body"), [("iam", "v1", OLD), ("v1", "iam", NEW)])
def test_a_token_lives_in_both_versions(api: Api, one: str, other: str, body: dict[str, str]) -> None:
    """A token made through one version is read, changed and deleted through the other."""
    life(api, one, other, TOKENS, body, {"name": "renamed", "description": ""})


def test_v1_says_scope_where_v1beta1_says_type(api: Api) -> None:
    """B1: the same tokens have a type in v1beta1 and a scope with the same value in v1."""
    old = api.call("GET", "iam", TOKENS)["tokens"]
    new = api.call("GET", "v1", TOKENS)["tokens"]

    assert [token["type"] for token in old] == [token["scope"] for token in new]
    assert {token["type"] for token in old} == {"ORGANIZATION", "WORKSPACE", "DEPLOYMENT"}
    assert all("scope" not in token for token in old)
    assert all("type" not in token for token in new)


@pytest.mark.parametrize(("side", "body", "field"), [("iam", NEW, "type"), ("v1", OLD, "scope")])
def test_a_create_in_the_other_versions_words_is_refused(
    api: Api, side: str, body: dict[str, str], field: str
) -> None:
    """B2: each version requires its own name for the scope and ignores the other's."""
    answer = api.send("POST", side, TOKENS, body=body)

    assert answer.status_code == 400
    assert answer.json()["fieldErrors"] == [
        {"field": field, "code": "required", "message": f"{field} is required"}
    ]


@pytest.mark.parametrize("entity", [{}, {"entityId": "clunknown0000000000000000"}])
def test_a_workspace_token_needs_its_workspace(api: Api, entity: dict[str, str]) -> None:
    """B2: a token for a workspace needs the id of one that exists."""
    body = {"name": "x", "role": "WORKSPACE_MEMBER", "scope": "WORKSPACE", **entity}
    answer = api.send("POST", "v1", TOKENS, body=body)

    assert answer.status_code == 400
    assert answer.json()["fieldErrors"][0]["field"] == "entityId"


def test_the_secret_is_shown_once(api: Api) -> None:
    """A create shows the secret, no read does."""
    made = api.call("POST", "iam", TOKENS, body={**OLD, "tokenExpiryPeriodInDays": 30})
    read = api.call("GET", "iam", f"{TOKENS}/{made['id']}")

    assert made["token"].startswith("sandbox-secret-")
    assert made["shortToken"] in made["token"]
    assert made["expiryPeriodInDays"] == 30
    assert made["endAt"] > made["startAt"]
    assert {**read, "token": made["token"]} == made
    assert made["token"] not in api.send("GET", "iam", TOKENS, query={"limit": 100}).text


@pytest.mark.parametrize(("one", "other", "body"), [("iam", "v1", OLD), ("v1", "iam", NEW)])
def test_a_rotation_changes_the_secret(api: Api, one: str, other: str, body: dict[str, str]) -> None:
    """A rotated token has another secret; the old one is refused from then on."""
    made = api.call("POST", one, TOKENS, body=body)
    rotated = api.call("POST", other, f"{TOKENS}/{made['id']}/rotate")
    before = Api(api.url, api.client, made["token"])
    after = Api(api.url, api.client, rotated["token"])

    assert rotated["token"] != made["token"]
    assert rotated["lastRotatedAt"] >= made["createdAt"]
    assert before.send("GET", one, TOKENS).status_code == 401
    assert after.send("GET", one, TOKENS).status_code == 200


def test_roles_of_a_token_are_replaced(api: Api) -> None:
    """New roles take the place of all roles of a token; the answer has the form for subjects."""
    token = api.call("POST", "v1", TOKENS, body=NEW)["id"]
    workspace = api.seeded("v1", f"{ORGANIZATION}/workspaces", "Data Platform")["id"]
    deployment = api.seeded("v1", f"{ORGANIZATION}/deployments", "ml-training")["id"]
    organization = ORGANIZATION.rpartition("/")[2]
    roles = [
        {"entityType": "ORGANIZATION", "entityId": organization, "role": "ORGANIZATION_MEMBER"},
        {"entityType": "WORKSPACE", "entityId": workspace, "role": "WORKSPACE_MEMBER"},
        {"entityType": "DAG", "entityId": "eta", "deploymentId": deployment, "role": "DAG_VIEWER"},
    ]
    answer = api.call("POST", "iam", f"{TOKENS}/{token}/roles", body={"roles": roles})

    assert answer == {
        "organizationRole": "ORGANIZATION_MEMBER",
        "workspaceRoles": [{"workspaceId": workspace, "role": "WORKSPACE_MEMBER"}],
        "dagRoles": [{"dagId": "eta", "deploymentId": deployment, "role": "DAG_VIEWER"}],
    }
    assert api.call("GET", "v1", f"{TOKENS}/{token}")["roles"] == roles
    assert token in str(api.call("GET", "v1", TOKENS, query={"workspaceId": workspace}))


def test_roles_for_nothing_are_refused(api: Api) -> None:
    """A token gets no role in a workspace that does not exist."""
    token = api.call("POST", "v1", TOKENS, body=NEW)["id"]
    roles = [{"entityType": "WORKSPACE", "entityId": "clnothing", "role": "WORKSPACE_MEMBER"}]
    answer = api.send("POST", "v1", f"{TOKENS}/{token}/roles", body={"roles": roles})

    assert answer.status_code == 400
    assert answer.json()["fieldErrors"][0]["field"] == "roles[0].entityId"


def test_tokens_of_the_organization_alone(api: Api) -> None:
    """The filter includeOnlyOrganizationTokens leaves out those of workspaces and deployments."""
    query = {"includeOnlyOrganizationTokens": "true", "limit": 100}
    found = api.call("GET", "v1", TOKENS, query=query)["tokens"]

    assert {token["scope"] for token in found} == {"ORGANIZATION"}


@pytest.mark.parametrize(("one", "other"), [("iam", "v1"), ("v1", "iam")])
def test_an_agent_token_lives_in_both_versions(api: Api, one: str, other: str) -> None:
    """An agent token has the same difference of names as an API token, and its deployment's scope."""
    deployment = api.seeded("v1", f"{ORGANIZATION}/deployments", "prod-ingest")["id"]
    path = f"{ORGANIZATION}/deployments/{deployment}/agent-tokens"
    made = api.call("POST", one, path, body={"name": "agent"})
    read = api.call("GET", other, f"{path}/{made['id']}")
    names = {"iam": "type", "v1": "scope"}

    assert made["token"]
    assert (made[names[one]], read[names[other]]) == ("DEPLOYMENT", "DEPLOYMENT")
    assert read["roles"][0]["entityId"] == deployment
    assert api.send("DELETE", other, f"{path}/{made['id']}").status_code == 204
    assert api.send("GET", one, f"{path}/{made['id']}").status_code == 404
