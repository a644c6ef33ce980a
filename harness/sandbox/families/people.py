"""Users and their roles, invites, teams and their members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from harness.sandbox.call import Call, Handler, NotFound, refuse_field
from harness.sandbox.clock import timestamp
from harness.sandbox.family import Family, field_among, page, role_on
from harness.sandbox.store import Resource, Scene

_INVITE_DAYS: Final = 30
_ROLES: Final = ("organizationRole", "workspaceRoles", "deploymentRoles", "dagRoles")
_ORGANIZATION_ROLES: Final = (
    "ORGANIZATION_OWNER",
    "ORGANIZATION_OBSERVE_ADMIN",
    "ORGANIZATION_OBSERVE_MEMBER",
    "ORGANIZATION_BILLING_ADMIN",
    "ORGANIZATION_MEMBER",
)
_PLACES: Final = (
    ("workspaceRoles", "workspaceId", "workspaces"),
    ("deploymentRoles", "deploymentId", "deployments"),
    ("dagRoles", "deploymentId", "deployments"),
)


def _fill_user(resource: Resource, _: Scene) -> None:
    handle = resource["username"].partition("@")[0]
    resource.setdefault("avatarUrl", f"https://avatars.example.com/{handle}.png")
    resource.setdefault("status", "ACTIVE")
    resource.setdefault("organizationRole", "ORGANIZATION_MEMBER")


def _fill_team(resource: Resource, _: Scene) -> None:
    resource.setdefault("memberIds", [])
    resource.setdefault("isIdpManaged", False)
    resource.setdefault("organizationRole", "ORGANIZATION_MEMBER")


def _show_team(resource: Resource, _: Scene) -> Resource:
    lists = (resource.get(name) or () for name in _ROLES[1:])
    return {**resource, "rolesCount": 1 + sum(len(roles) for roles in lists)}


def _profile(user: Resource) -> dict[str, str]:
    names = ("id", "fullName", "username", "avatarUrl")
    return {**{name: user[name] for name in names}, "subjectType": "USER"}


def _fill_invite(resource: Resource, scene: Scene) -> None:
    address = resource["inviteeEmail"]
    known = (user for user in scene.store.all("users") if user["username"] == address)
    user = next(known, None)
    resource["inviter"] = dict(scene.principal.profile)
    resource["invitee"] = (
        _profile(user) if user else {"id": scene.new_id("invitee", address), "username": address}
    )
    resource["userId"] = resource["invitee"]["id"]
    resource["expiresAt"] = timestamp(scene.moment + timedelta(days=_INVITE_DAYS))
    resource["organizationName"] = scene.organization_name(resource["organizationId"])


USERS: Final = Family(
    name="users",
    path="/organizations/{organizationId}/users",
    parameters=("userId", "memberId"),
    what="user",
    fill=_fill_user,
    filters={
        "workspaceId": role_on("workspaceRoles", "workspaceId"),
        "deploymentId": role_on("deploymentRoles", "deploymentId"),
        "dagId": role_on("dagRoles", "dagId"),
        "dagTags": lambda item, wanted: any(
            role.get("dagTag") in wanted for role in item.get("dagRoles") or ()
        ),
    },
)

TEAMS: Final = Family(
    name="teams",
    path="/organizations/{organizationId}/teams",
    parameters=("teamId",),
    what="team",
    fill=_fill_team,
    show=_show_team,
    filters={
        "names": field_among("name"),
        "workspaceId": role_on("workspaceRoles", "workspaceId"),
        "deploymentId": role_on("deploymentRoles", "deploymentId"),
    },
    references={"memberIds": "users"},
)

INVITES: Final = Family(
    name="invites",
    path="/organizations/{organizationId}/invites",
    parameters=("inviteId",),
    what="invite",
    id_field="inviteId",
    fill=_fill_invite,
)


def _check_roles(roles: Mapping[str, Any], scene: Scene) -> None:
    """Refuse unknown roles in the organization, and roles in places that do not exist.

    Raises:
        Refusal: There is such a role among them.
    """
    if roles.get("organizationRole") not in (None, *_ORGANIZATION_ROLES):
        # Requests document plain text here, responses a closed list.
        refuse_field("organizationRole", "enum", f"must be one of {', '.join(_ORGANIZATION_ROLES)}")
    for name, key, family in _PLACES:
        for index, role in enumerate(roles.get(name) or ()):
            if scene.store.get(family, role[key]) is None:
                refuse_field(f"{name}[{index}].{key}", "not_found", "refers to nothing that exists")


def _replace_roles(family: Family, call: Call) -> dict[str, Any]:
    """Put the body's roles in the place of all roles that the subject has."""
    _check_roles(call.body, call.scene)
    changed = family.change(family.named(call), {name: call.body.get(name) for name in _ROLES}, call.scene)
    return {name: changed[name] for name in _ROLES}


def _list_members(call: Call) -> dict[str, Any]:
    users = (call.scene.store.get("users", one) for one in call.path["teamId"]["memberIds"])
    members = [{**user, "userId": user["id"]} for user in users if user]
    return page(members, "teamMembers", call.query)


def _add_members(call: Call) -> None:
    team = call.path["teamId"]
    members = dict.fromkeys([*team["memberIds"], *call.body["memberIds"]])
    TEAMS.change(team, {"memberIds": list(members)}, call.scene)


def _remove_member(call: Call) -> None:
    team, member = call.path["teamId"], call.ids["memberId"]
    if member not in team["memberIds"]:
        raise NotFound(member, "team member")
    TEAMS.change(team, {"memberIds": [one for one in team["memberIds"] if one != member]}, call.scene)


def _list_user_teams(call: Call) -> dict[str, Any]:
    user = call.path["userId"]["id"]
    teams = [team for team in call.scene.store.all("teams") if user in team["memberIds"]]
    return page([_show_team(team, call.scene) for team in teams], "teams", call.query)


FAMILIES: Final = (USERS, TEAMS, INVITES)
ACTIONS: Final[Mapping[str, Handler]] = {
    "UpdateUserRoles": lambda call: _replace_roles(USERS, call),
    "UpdateTeamRoles": lambda call: _replace_roles(TEAMS, call),
    "ListTeamMembers": _list_members,
    "AddTeamMembers": _add_members,
    "RemoveTeamMember": _remove_member,
    "ListUserTeams": _list_user_teams,
}
