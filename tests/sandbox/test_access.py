"""Tests of bearer tokens and permissions."""

from __future__ import annotations

import re

import httpx
import pytest

from harness.sandbox import (
    DEPLOYMENT_TOKEN,
    EXPIRED_TOKEN,
    READ_ONLY_TOKEN,
    SANDBOX_TOKEN,
    TEAM_MANAGER_TOKEN,
    WORKSPACE_TOKEN,
    Clock,
    running,
)
from harness.sandbox import TOKENS as OWN_TOKENS
from tests.sandbox.api import ORGANIZATION, Api

TOKENS = f"{ORGANIZATION}/tokens"


@pytest.mark.parametrize("side", ["iam", "v1"])
@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "missing authorization header"),
        ("", "missing authorization header"),
        ("harness-probe malformed", "authorization header must have the form: Bearer <token>"),
        ("Bearer", "authorization header must have the form: Bearer <token>"),
        ("Bearer harness-probe-invalid-token", "invalid or expired token"),
    ],
)
def test_a_request_without_a_good_token_is_refused(
    api: Api, side: str, header: str | None, message: str
) -> None:
    """A missing, malformed or invalid token answers 401 with the error body, in both versions alike."""
    headers = {} if header is None else {"authorization": header}
    answer = Api(api.url, api.client, token=None).send("GET", side, f"{ORGANIZATION}/users", headers=headers)

    assert answer.status_code == 401
    assert answer.json().keys() == {"message", "requestId", "statusCode"}
    assert answer.json()["message"] == message


def test_the_scheme_is_read_without_case(api: Api) -> None:
    """The word Bearer counts in any case, as the standard for HTTP says."""
    headers = {"authorization": f"bearer {SANDBOX_TOKEN}"}

    assert Api(api.url, api.client, token=None).send("GET", "v1", "/users/self", headers=headers).is_success


@pytest.mark.parametrize("side", ["iam", "v1"])
def test_a_reader_may_not_write(api: Api, side: str) -> None:
    """The read-only token reads, and gets 403 for everything else."""
    reader = Api(api.url, api.client, READ_ONLY_TOKEN)
    answer = reader.send("POST", side, f"{ORGANIZATION}/teams", body={"name": "mine"})

    assert reader.send("GET", side, f"{ORGANIZATION}/teams").status_code == 200
    assert answer.status_code == 403
    assert answer.json()["message"] == "you do not have permission to perform this action"


@pytest.mark.parametrize(("role", "status"), [("ORGANIZATION_OWNER", 200), ("ORGANIZATION_MEMBER", 403)])
def test_a_token_that_was_made_works(api: Api, role: str, status: int) -> None:
    """A token made through the API calls it in its own name, as far as its role goes."""
    body = {"name": "made", "role": role, "scope": "ORGANIZATION"}
    made = api.call("POST", "v1", TOKENS, body=body)
    answer = Api(api.url, api.client, made["token"]).send(
        "POST", "iam", f"{ORGANIZATION}/teams", body={"name": "x"}
    )

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["createdBy"] == {
            "id": made["id"],
            "apiTokenName": "made",
            "subjectType": "SERVICEKEY",
        }


def test_a_deleted_token_is_refused(api: Api) -> None:
    """A token stops working when it is deleted."""
    made = api.call(
        "POST", "v1", TOKENS, body={"name": "x", "role": "ORGANIZATION_OWNER", "scope": "ORGANIZATION"}
    )
    api.call("DELETE", "iam", f"{TOKENS}/{made['id']}")

    assert Api(api.url, api.client, made["token"]).send("GET", "v1", TOKENS).status_code == 401


def test_a_token_ends() -> None:
    """A token stops working when the sandbox's clock has passed its end."""
    clock = Clock()
    body = {"name": "x", "role": "ORGANIZATION_OWNER", "scope": "ORGANIZATION", "tokenExpiryPeriodInDays": 1}
    with running(clock=clock) as url, httpx.Client() as client:
        made = Api(url, client).call("POST", "v1", TOKENS, body=body)
        holder = Api(url, client, made["token"])
        before = holder.send("GET", "v1", TOKENS).status_code
        clock.advance(24 * 3600)
        after = holder.send("GET", "v1", TOKENS).status_code

    assert (before, after) == (200, 401)


def _as(api: Api, token: str) -> Api:
    return Api(api.url, api.client, token)


@pytest.mark.parametrize("side", ["platform", "v1"])
@pytest.mark.parametrize(
    ("token", "method", "path", "status"),
    [
        (WORKSPACE_TOKEN, "GET", "/workspaces/{Data Platform}", 200),
        (WORKSPACE_TOKEN, "GET", "/workspaces/{Machine Learning}", 403),
        (WORKSPACE_TOKEN, "GET", "/deployments/{prod-ingest}", 200),
        (WORKSPACE_TOKEN, "GET", "/deployments/{ml-training}", 403),
        (WORKSPACE_TOKEN, "GET", "/deployments/{prod-ingest}/deploys", 200),
        (WORKSPACE_TOKEN, "DELETE", "/deployments/{ml-training}", 403),
        (WORKSPACE_TOKEN, "GET", "/clusters", 200),
        (WORKSPACE_TOKEN, "GET", "/deployment-options", 200),
        (WORKSPACE_TOKEN, "GET", "/audit-logs", 403),
        (DEPLOYMENT_TOKEN, "GET", "/deployments/{prod-ingest}", 200),
        (DEPLOYMENT_TOKEN, "GET", "/deployments/{staging-ingest}", 403),
        (DEPLOYMENT_TOKEN, "GET", "/workspaces/{Data Platform}", 403),
        (DEPLOYMENT_TOKEN, "DELETE", "/workspaces/{Data Platform}", 403),
        (READ_ONLY_TOKEN, "DELETE", "/workspaces/{Data Platform}", 403),
        (READ_ONLY_TOKEN, "GET", "/audit-logs", 200),
        (EXPIRED_TOKEN, "GET", "/workspaces", 401),
    ],
)
def test_a_token_reaches_as_far_as_its_roles(
    api: Api, side: str, token: str, method: str, path: str, status: int
) -> None:
    """A token of a workspace or deployment reaches what lies in it; elsewhere it gets 403."""
    for name in re.findall(r"\{(.+)\}", path):
        kind = path.split("/")[1]
        path = path.replace(f"{{{name}}}", api.seeded("v1", f"{ORGANIZATION}/{kind}", name)["id"])

    assert _as(api, token).send(method, side, f"{ORGANIZATION}{path}").status_code == status


@pytest.mark.parametrize("side", ["iam", "v1"])
def test_the_organization_s_own_is_not_for_workspaces(api: Api, side: str) -> None:
    """Users are read by roles in the organization, or for the workspace that one has a role in."""
    holder = _as(api, WORKSPACE_TOKEN)
    mine, other = (
        api.seeded("v1", f"{ORGANIZATION}/workspaces", name)["id"]
        for name in ("Data Platform", "Machine Learning")
    )
    path = f"{ORGANIZATION}/users"

    assert holder.send("GET", side, path).status_code == 403
    assert holder.send("GET", side, path, query={"workspaceId": other}).status_code == 403
    assert holder.send("GET", side, path, query={"workspaceId": mine}).status_code == 200


@pytest.mark.parametrize("side", ["platform", "v1"])
def test_a_list_has_what_a_token_may_read(api: Api, side: str) -> None:
    """Lists of what lies in workspaces are cut down to the token's own, totals included."""

    def names(token: str, path: str) -> list[str]:
        listed = _as(api, token).call("GET", side, path, query={"sorts": ["name:asc"]})
        items = next(value for value in listed.values() if isinstance(value, list))
        assert listed["totalCount"] == len(items)
        return [item["name"] for item in items]

    deployments, workspaces = f"{ORGANIZATION}/deployments", f"{ORGANIZATION}/workspaces"

    assert names(WORKSPACE_TOKEN, deployments) == ["prod-ingest", "staging-ingest"]
    assert names(DEPLOYMENT_TOKEN, deployments) == ["prod-ingest"]
    assert names(WORKSPACE_TOKEN, workspaces) == ["Data Platform"]
    assert names(DEPLOYMENT_TOKEN, workspaces) == []
    assert names(SANDBOX_TOKEN, "/organizations") == ["Meridian Freight", "Meridian Labs"]
    assert names(WORKSPACE_TOKEN, "/organizations") == ["Meridian Freight"]


def test_a_token_makes_things_where_its_roles_are(api: Api) -> None:
    """A workspace's token makes deployments in it, and nothing in another or in the organization."""
    holder = _as(api, WORKSPACE_TOKEN)
    path = f"{ORGANIZATION}/deployments"
    for name, status in (("Data Platform", 200), ("Machine Learning", 403)):
        place = api.seeded("v1", f"{ORGANIZATION}/workspaces", name)["id"]
        body = {"name": "mine", "workspaceId": place}
        assert holder.send("POST", "v1", path, body=body).status_code == status

    assert holder.send("POST", "v1", f"{ORGANIZATION}/teams", body={"name": "x"}).status_code == 403
    assert holder.send("POST", "v1", ORGANIZATION, body={}).status_code == 403


def test_a_thing_is_not_moved_where_one_has_no_role(api: Api) -> None:
    """An update that names another workspace needs a role there, too."""
    mine = api.seeded("v1", f"{ORGANIZATION}/deployments", "staging-ingest")
    other = api.seeded("v1", f"{ORGANIZATION}/workspaces", "Machine Learning")["id"]
    body = {
        "type": "STANDARD",
        "name": "moved",
        "workspaceId": other,
        "executor": "CELERY",
        "schedulerSize": "SMALL",
        "isCicdEnforced": False,
        "isDagDeployEnabled": True,
        "isHighAvailability": False,
        "environmentVariables": [],
    }
    path = f"{ORGANIZATION}/deployments/{mine['id']}"

    assert _as(api, WORKSPACE_TOKEN).send("POST", "v1", path, body=body).status_code == 403
    assert api.call("GET", "v1", path)["name"] == "staging-ingest"


def test_a_token_is_for_its_organization() -> None:
    """A token of one organization gets 403 for another one, whatever it asks for there."""
    with running() as url, httpx.Client() as client:
        api = Api(url, client)
        labs = api.seeded("v1", "/organizations", "Meridian Labs")["id"]
        made = api.call(
            "POST", "v1", TOKENS, body={"name": "x", "role": "ORGANIZATION_OWNER", "scope": "ORGANIZATION"}
        )
        holder = _as(api, made["token"])

        assert holder.send("GET", "v1", f"/organizations/{labs}/users").status_code == 403
        assert holder.send("GET", "v1", f"/organizations/{labs}").status_code == 403
        assert holder.send("GET", "v1", f"{ORGANIZATION}/users").status_code == 200


@pytest.mark.parametrize("scope", ["WORKSPACE", "DEPLOYMENT"])
def test_a_made_token_has_the_role_that_it_was_made_with(api: Api, scope: str) -> None:
    """Tokens of workspaces and deployments that were made through the API reach no further than that."""
    kind, name = {
        "WORKSPACE": ("workspaces", "Machine Learning"),
        "DEPLOYMENT": ("deployments", "ml-training"),
    }[scope]
    entity = api.seeded("v1", f"{ORGANIZATION}/{kind}", name)["id"]
    role = {"WORKSPACE": "WORKSPACE_MEMBER", "DEPLOYMENT": "DEPLOYMENT_ADMIN"}[scope]
    body = {"name": "made", "role": role, "scope": scope, "entityId": entity}
    holder = _as(api, api.call("POST", "v1", TOKENS, body=body)["token"])
    deployments = holder.call("GET", "platform", f"{ORGANIZATION}/deployments")["deployments"]
    path = f"{ORGANIZATION}/deployments/{deployments[0]['id']}/hibernation-override"
    answer = holder.send("POST", "platform", path, body={"isHibernating": True})

    assert [item["name"] for item in deployments][-1:] == [
        "dev-playground" if scope == "WORKSPACE" else "ml-training"
    ]
    assert answer.status_code == (403 if scope == "WORKSPACE" else 200)


@pytest.mark.parametrize(("side", "status"), [("iam", 200), ("v1", 403)])
@pytest.mark.parametrize("kind", ["teams", "users"])
def test_a_custom_role_differs(api: Api, side: str, status: int, kind: str) -> None:
    """T4: a custom role for teams and users may change their roles in v1beta1 and not in v1."""
    holder = _as(api, TEAM_MANAGER_TOKEN)
    listed = holder.call("GET", side, f"{ORGANIZATION}/{kind}")[kind]
    path = f"{ORGANIZATION}/{kind}/{listed[-1]['id']}/roles"
    answer = holder.send("POST", side, path, body={"organizationRole": "ORGANIZATION_MEMBER"})

    assert answer.status_code == status
    assert holder.send("POST", side, f"{ORGANIZATION}/roles", body={}).status_code == 403


def test_only_users_have_a_self(api: Api) -> None:
    """An API token is no user: asked who it is, the sandbox answers 400."""
    assert _as(api, WORKSPACE_TOKEN).send("GET", "v1", "/users/self").status_code == 400
    assert api.send("GET", "v1", "/users/self").status_code == 200


def test_every_token_of_the_sandbox_is_known(api: Api) -> None:
    """Each token that is listed calls the sandbox, but for the one that has expired."""
    for token in OWN_TOKENS:
        status = _as(api, token).send("GET", "v1", "/organizations").status_code
        assert status == (401 if token == EXPIRED_TOKEN else 200), token
