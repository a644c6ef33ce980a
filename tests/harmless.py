"""The other half of the proof table: what must never be called breaking."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

from harness.contract import V1BETA1, load_contract
from tests.builders import CUID, OTHER_CUID, RISKY, answers
from tests.proof import (
    DROP,
    FIELDS,
    IAM,
    LINES,
    LOGS,
    ORIGIN,
    PACKED,
    PLATFORM,
    STREAM,
    V1,
    Document,
    Proof,
    answer,
    asked,
    edited,
    error,
    like,
    of,
    sent,
    stream,
)

THE_SAME = (
    "ListAllowedIpAddressRanges",
    "CreateAllowedIpAddressRange",
    "DeleteAllowedIpAddressRange",
    "GetOrganizationAuditLogs",
    "GetClusterOptions",
    "DeleteCluster",
    "GetDeploymentOptions",
    "DeleteDeployment",
    "DeleteAgentToken",
    "DeleteDeploymentHibernationOverride",
    "DeleteEnvironmentObject",
    "ExcludeLinkingEnvironmentObject",
    "CreateUserInvite",
    "DeleteUserInvite",
    "ListRoleTemplates",
    "ListRoles",
    "CreateCustomRole",
    "DeleteCustomRole",
    "UpdateCustomRole",
    "GetCustomRole",
    "CreateTeam",
    "DeleteTeam",
    "GetTeam",
    "UpdateTeam",
    "ListTeamMembers",
    "AddTeamMembers",
    "RemoveTeamMember",
    "UpdateTeamRoles",
    "DeleteApiToken",
    "UpdateApiTokenRoles",
    "ListUsers",
    "GetUser",
    "UpdateUserRoles",
    "DeleteWorkspace",
)
"""Operations of which the two contracts document no difference."""

_USERS = answers("ListUsers")[0]
_TWO = edited(_USERS, "users", to=[{**_USERS["users"][0], "id": name} for name in ("u1", "u2")])
_TURNED = {**_TWO, "users": _TWO["users"][::-1]}
_VARIABLE: Document = {"objectType": "ENVIRONMENT_VARIABLE", "objectKey": "k", "scope": "WORKSPACE"}
_VARIABLE["scopeEntityId"] = "w"


def _teams() -> tuple[Document, Document]:
    """Two creates of one team a side, whose names say the side."""
    made = answers("CreateTeam")[0]
    documents = []
    for api, side, id_, at in (
        (IAM, "baseline", CUID, "2026-03-01T08:00:00.123Z"),
        (V1, "candidate", OTHER_CUID, "2026-03-01T08:00:01.456Z"),
    ):
        body = {**made, "id": id_, "name": f"team-{side}", "createdAt": at}
        documents.append(answer(body, request=sent("POST", api, "/teams", {"name": f"team-{side}"})))
    return documents[0], documents[1]


def _harmless(name: str, pair: tuple[Document, Document], operation: str = "ListUsers", **more: Any) -> Proof:
    return Proof(**{"name": name, "pair": pair, "verdict": "match", "operation": operation, **more})


def _throttled() -> Iterator[Proof]:
    for status in (429, 502, 503, 504):
        whole, cut = answer(_USERS), answer(status=status, text="slow down")
        for side, pair in (("v1beta1", (cut, whole)), ("v1", (whole, cut))):
            name = f"{status} of {side}"
            yield _harmless(name, pair, verdict="inconclusive", rule="throttled", path="$.status")


def _undocumented_nowhere() -> Iterator[Proof]:
    """Yield whole answers of the operations that are the same in both contracts."""
    contract = load_contract(V1BETA1)
    for name in THE_SAME:
        operation = contract.operation(name)
        assert operation is not None
        status = next(status for status in operation.responses if status.startswith("2"))
        if "application/json" in operation.responses[status]:
            pair = of(name)
        elif operation.responses[status]:
            pair = stream(LINES, STREAM), stream(LINES, STREAM)
        else:
            pair = answer(status=int(status)), answer(status=int(status))
        yield _harmless(f"the same: {name}", pair, name)


def _headers() -> Iterator[Proof]:
    """Yield headers that say when and how an answer travelled, or mean the same."""
    before: Document = {"location": f"{ORIGIN}/{IAM}/organizations/o/teams/t"}
    after: Document = {"location": f"{ORIGIN}/{V1}/organizations/o/teams/t"}
    deprecated: Document = {"deprecation": "@1769558400", "sunset": "Sun, 31 Jan 2027 00:00:00 GMT"}
    cases: tuple[tuple[str, Document, Document], ...] = (
        ("travel", {"date": "a", "server": "x", "x-request-id": "1"}, {"date": "b", "x-request-id": "2"}),
        ("etag", {"etag": '"a"'}, {"etag": '"b"'}),
        ("calls left", {"x-ratelimit-remaining": "24"}, {"x-ratelimit-remaining": "23"}),
        ("a cookie of the way", {}, {"set-cookie": "__cf_bm=x; path=/"}),
        ("v1beta1 ends", deprecated, {}),
        ("another base", before, after),
        (
            "a spelled charset",
            {"content-type": "application/json"},
            {"content-type": "application/json;charset=UTF-8"},
        ),
    )
    for name, old, new in cases:
        yield _harmless(f"headers: {name}", (answer(_USERS, headers=old), answer(_USERS, headers=new)))


def _requests() -> Iterator[Proof]:
    """Yield requests that v1 takes, with what it added or with what only answers have lost."""
    workspace: Document = {"name": "n", "cicdEnforcedDefault": False, "description": "d"}
    regional = {**workspace, "defaultRegion": "us-east-1", "defaultCloudProvider": "AWS"}
    for name, request, operation in (
        ("team filters", sent("GET", V1, "/teams?workspaceId=w&deploymentId=d"), "ListTeams"),
        ("defaults of a workspace", sent("POST", V1, "/workspaces/w", regional), "UpdateWorkspace"),
        ("minimal create", sent("POST", V1, "/deployments", {"name": "n", "workspaceId": "w"}), ""),
        (
            "identity in a request",
            sent("POST", V1, "/deployments", {"name": "n", "workspaceId": "w", "workloadIdentity": "i"}),
            "",
        ),
    ):
        body: Document = {"id": CUID}
        yield _harmless(f"request: {name}", asked(request, (answer(body), answer(body))), operation)


def _bodies() -> Iterator[Proof]:
    """Yield bodies that are the same in other words, bytes or places."""
    spelled = stream(LINES, STREAM, LOGS), stream(LINES.replace(b": ", b":"), STREAM)
    turned = b"".join(LINES.splitlines(keepends=True)[::-1])
    level = gzip.compress(LINES, 1, mtime=0), gzip.compress(LINES, 9, mtime=0)
    yield _harmless("lines in other bytes", spelled, "")
    yield _harmless("lines in another order", (stream(LINES, STREAM, LOGS), stream(turned, STREAM)), "")
    yield _harmless("packed otherwise", (stream(level[0], PACKED, LOGS), stream(level[1], PACKED)), "")
    keys = dict(reversed(_USERS.items()))
    yield _harmless("order of keys", (answer(_USERS), answer(keys)))
    yield _harmless("no members added", (answer(status=204), answer(status=204)), "AddTeamMembers")
    yield _harmless("null on both sides", like("GetApiToken", "lastUsedAt", old=None, new=None), "GetTeam")
    yield _harmless(
        "other field errors", (error(400, fieldErrors=FIELDS), error(400, fieldErrors=_OTHER_FIELDS))
    )
    yield _harmless(
        "a null that may be absent",
        asked(_OVERRIDE, (answer({"isActive": None}), answer({}))),
        "",
        verdict="mismatch",
        rule="absent-vs-null",
        path="$.body.isActive",
        severity=RISKY,
        documented="documented",
    )
    yield _harmless(
        "free text in capitals",
        like("GetTeam", "name", old="my team", new="My team"),
        "GetTeam",
        verdict="mismatch",
        rule="value-changed",
        path="$.body.name",
        severity=RISKY,
    )
    yield _harmless("refused on both sides", (error(403), error(403)))


_OTHER_FIELDS: list[Any] = [{"field": "name", "code": "required", "message": "name is required"}]
_OVERRIDE = sent("POST", PLATFORM, "/deployments/d/hibernation-override", {"isHibernating": True})

HARMLESS = (
    _harmless("request id", (error(400), error(400, requestId=OTHER_CUID))),
    _harmless("message", (error(400), error(400, message="other words"))),
    _harmless("field errors there", (error(400), error(400, fieldErrors=FIELDS))),
    _harmless("field errors gone", (error(400, fieldErrors=FIELDS), error(400))),
    _harmless("order", (answer(_TWO), answer(_TURNED))),
    _harmless(
        "offset of an instant",
        like(
            "ListUsers",
            *("users", 0, "createdAt"),
            old="2075-04-25T12:58:00+05:30",
            new="2075-04-25T07:28:00Z",
        ),
        verdict="mismatch",
        rule="time-precision-changed",
        path="$.body.users[*].createdAt",
        severity=RISKY,
    ),
    _harmless(
        "null against absent",
        like("GetApiToken", "lastUsedAt", old=None, new=DROP),
        "GetApiToken",
        verdict="mismatch",
        rule="absent-vs-null",
        path="$.body.lastUsedAt",
        severity=RISKY,
    ),
    _harmless(
        "empty list against full",
        like("ListUsers", "users", old=[], new=_USERS["users"]),
        verdict="mismatch",
        rule="list-elements-extra",
        path="$.body.users[*]",
        severity=RISKY,
    ),
    _harmless(
        "full list against empty",
        like("ListUsers", "users", old=_USERS["users"], new=[]),
        verdict="mismatch",
        rule="list-elements-missing",
        path="$.body.users[*]",
        severity=RISKY,
    ),
    *_throttled(),
    _harmless("no body", (answer(status=204), answer(status=204)), "DeleteTeam"),
    _harmless("paired creates", _teams(), ""),
    _harmless(
        "optional on both sides, gone", like("GetUser", "organizationRole", old="R", new=DROP), "GetUser"
    ),
    _harmless(
        "optional on both sides, there",
        like("GetUser", "organizationRole", old=DROP, new="ORGANIZATION_OWNER"),
        "GetUser",
    ),
    _harmless(
        "new enum value in a request",
        asked(
            sent("POST", V1, "/environment-objects", _VARIABLE), (answer({"id": "x"}), answer({"id": "x"}))
        ),
        "",
    ),
    *_undocumented_nowhere(),
    *_headers(),
    *_requests(),
    *_bodies(),
)
"""What differs between any two calls, or is nobody's fault: never breaking."""
