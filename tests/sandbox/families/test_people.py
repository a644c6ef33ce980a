"""Tests of users, invites and teams."""

from __future__ import annotations

import pytest

from tests.sandbox.api import ORGANIZATION, Api, life

USERS = f"{ORGANIZATION}/users"
TEAMS = f"{ORGANIZATION}/teams"
BOTH = pytest.mark.parametrize(("one", "other"), [("iam", "v1"), ("v1", "iam")])


def test_both_versions_list_the_same_users(api: Api) -> None:
    """A list of users is the same in both versions, as nothing documents a difference."""
    old, new = (api.call("GET", side, USERS, query={"sorts": "username:asc"}) for side in ("iam", "v1"))

    assert old == new
    assert old["totalCount"] == 24
    assert len(old["users"]) == 20


def test_users_of_a_workspace(api: Api) -> None:
    """The filter workspaceId leaves the users with a role in that workspace."""
    workspace = api.seeded("v1", f"{ORGANIZATION}/workspaces", "Data Platform")["id"]
    found = api.call("GET", "iam", USERS, query={"workspaceId": workspace})

    assert found["totalCount"] == 4
    assert all(user["workspaceRoles"][0]["workspaceId"] == workspace for user in found["users"])


@BOTH
def test_roles_of_a_user_are_replaced(api: Api, one: str, other: str) -> None:
    """New roles take the place of all roles of a user; the other version shows them."""
    user = api.seeded(one, USERS, "mateo.fuentes@meridian-freight.example")
    workspace = api.seeded("v1", f"{ORGANIZATION}/workspaces", "Finance Analytics")["id"]
    body = {
        "organizationRole": "ORGANIZATION_BILLING_ADMIN",
        "workspaceRoles": [{"workspaceId": workspace, "role": "WORKSPACE_AUTHOR"}],
    }
    answer = api.call("POST", one, f"{USERS}/{user['id']}/roles", body=body)
    seen = api.call("GET", other, f"{USERS}/{user['id']}")

    assert answer == body
    assert {key: seen[key] for key in body} == body
    assert "deploymentRoles" not in seen


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"organizationRole": "KING"}, "organizationRole"),
        (
            {"workspaceRoles": [{"workspaceId": "x", "role": "WORKSPACE_OWNER"}]},
            "workspaceRoles[0].workspaceId",
        ),
        ({"workspaceRoles": [{"workspaceId": "x", "role": "KING"}]}, "workspaceRoles[0].role"),
    ],
)
def test_wrong_roles_are_refused(api: Api, body: dict[str, object], field: str) -> None:
    """An unknown role, or a role in a place that does not exist, is a field error."""
    user = api.seeded("iam", USERS, "nils.aaberg@meridian-freight.example")
    answer = api.send("POST", "iam", f"{USERS}/{user['id']}/roles", body=body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["fieldErrors"]] == [field]


@BOTH
def test_a_team_lives_in_both_versions(api: Api, one: str, other: str) -> None:
    """A team made through one version is read, changed and deleted through the other."""
    body = {"name": "Customs", "description": "Clears", "organizationRole": "ORGANIZATION_MEMBER"}

    life(api, one, other, TEAMS, body, {"name": "Customs and Tax"})


@BOTH
def test_members_come_and_go(api: Api, one: str, other: str) -> None:
    """Members added through one version are listed and removed through the other."""
    user = api.seeded(one, USERS, "ivy.chandler@meridian-freight.example")["id"]
    team = api.call("POST", one, TEAMS, body={"name": "Night Shift"})["id"]
    members = f"{TEAMS}/{team}/members"
    added = api.send("POST", one, members, body={"memberIds": [user, user]})
    listed = api.call("GET", other, members)
    removed = api.send("DELETE", other, f"{members}/{user}")

    assert (added.status_code, added.content) == (204, b"")
    assert [item["userId"] for item in listed["teamMembers"]] == [user]
    assert removed.status_code == 204
    assert api.send("DELETE", one, f"{members}/{user}").status_code == 404
    assert api.call("GET", one, members)["totalCount"] == 0


def test_a_team_of_strangers_is_refused(api: Api) -> None:
    """Members that are no users of the organization are a field error."""
    answer = api.send("POST", "v1", TEAMS, body={"name": "Ghosts", "memberIds": ["clnobody"]})

    assert answer.status_code == 400
    assert answer.json()["fieldErrors"][0]["field"] == "memberIds"


def test_roles_of_a_team(api: Api) -> None:
    """A team's roles are replaced as a whole and counted."""
    team = api.call("POST", "iam", TEAMS, body={"name": "Auditors"})["id"]
    workspace = api.seeded("v1", f"{ORGANIZATION}/workspaces", "Data Platform")["id"]
    body = {
        "organizationRole": "ORGANIZATION_MEMBER",
        "workspaceRoles": [{"workspaceId": workspace, "role": "WORKSPACE_ACCESSOR"}],
    }

    assert api.call("POST", "v1", f"{TEAMS}/{team}/roles", body=body) == body
    assert api.call("GET", "iam", f"{TEAMS}/{team}")["rolesCount"] == 2


def test_an_invite_of_a_user_names_the_user(api: Api) -> None:
    """An invite to an address that a user has is for that user."""
    user = api.seeded("v1", USERS, "hugo.marchetti@meridian-freight.example")
    body = {"inviteeEmail": user["username"], "role": "ORGANIZATION_MEMBER"}
    invite = api.call("POST", "v1", f"{ORGANIZATION}/invites", body=body)

    assert (invite["userId"], invite["invitee"]["fullName"]) == (user["id"], "Hugo Marchetti")


def test_only_v1_filters_teams_by_workspace(api: Api) -> None:
    """The filter workspaceId of teams is v1's; v1beta1 does not know it and lists all."""
    query = {"workspaceId": api.seeded("v1", f"{ORGANIZATION}/workspaces", "Finance Analytics")["id"]}

    assert api.call("GET", "v1", TEAMS, query=query)["totalCount"] == 0
    assert api.call("GET", "iam", TEAMS, query=query)["totalCount"] >= 3


def test_teams_of_a_user(api: Api) -> None:
    """Only v1 lists the teams of a user."""
    user = api.seeded("v1", USERS, "ines.calloway@meridian-freight.example")["id"]
    teams = api.call("GET", "v1", f"{USERS}/{user}/teams")["teams"]

    assert [team["name"] for team in teams] == ["Platform Engineering"]
    assert api.send("GET", "iam", f"{USERS}/{user}/teams").status_code == 404


@BOTH
def test_an_invite_is_made_and_withdrawn(api: Api, one: str, other: str) -> None:
    """An invite made through one version is withdrawn through the other, once."""
    body = {"inviteeEmail": f"new-{one}@example.com", "role": "ORGANIZATION_MEMBER"}
    invite = api.call("POST", one, f"{ORGANIZATION}/invites", body=body)
    place = f"{ORGANIZATION}/invites/{invite['inviteId']}"

    assert invite["invitee"]["username"] == body["inviteeEmail"]
    assert invite["expiresAt"] > "2026-10-01"
    assert api.send("DELETE", other, place).status_code == 204
    assert api.send("DELETE", one, place).status_code == 404
