"""The proof table: pairs of exchange documents, and what must come of each.

Bodies are whole answers that the contracts document, so that nothing but the case's own difference differs.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harness.exchange import Json
from harness.landing import unsupported
from harness.rules import Severity
from tests.builders import BREAKING, CUID, INFO, OTHER_CUID, RISKY, answers

ORIGIN = "https://api.astronomer.io"
IAM, PLATFORM, V1 = "iam/v1beta1", "platform/v1beta1", "v1"
ORGANIZATION = "/organizations/clorg00000000000000000000"
DROP: Any = object()
"""Stands for a property that is taken out."""

Document = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A pair, its verdict, and one finding that it must have (``rule`` empty: no finding above info)."""

    name: str
    pair: tuple[Document, Document]
    verdict: str
    rule: str = ""
    path: str = ""
    to: str = ""
    severity: Severity = INFO
    operation: str = ""

    def __str__(self) -> str:
        """Name the case in pytest's output."""
        return self.name


def sent(method: str, api: str, path: str, body: Json = DROP, **more: Json) -> Document:
    """Build the request of a document; ``path`` is below the organization."""
    request: Document = {"method": method, "url": f"{ORIGIN}/{api}{ORGANIZATION}{path}", **more}
    return request if body is DROP else {**request, "body": body}


def answer(body: Json = DROP, status: int = 200, request: Document | None = None, **more: Json) -> Document:
    """Build an exchange document."""
    response: Document = {"status": status, **more}
    if body is not DROP:
        response["body"] = body
    return {"response": response} if request is None else {"request": request, "response": response}


def error(status: int, **changes: Json) -> Document:
    """Build the document of the vendor's error."""
    body: Document = {"message": "no", "requestId": CUID, "statusCode": status, **changes}
    return answer(body, status)


def edited(value: Any, *path: str | int, to: Any) -> Any:
    """Return a copy of a body with another value at a place, or without it."""
    if not path:
        return to
    copy = json.loads(json.dumps(value))
    place = copy
    for key in path[:-1]:
        place = place[key]
    if to is DROP:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return copy


def of(operation: str) -> tuple[Document, Document]:
    """Build two whole answers of an operation that both contracts have."""
    old, new = answers(operation)
    return answer(old), answer(new)


def like(operation: str, *path: str | int, old: Any, new: Any) -> tuple[Document, Document]:
    """Build two answers that differ in one place, and otherwise as both contracts want it."""
    body = answers(operation)[0]
    return answer(edited(body, *path, to=old)), answer(edited(body, *path, to=new))


def asked(request: Document, pair: tuple[Document, Document]) -> tuple[Document, Document]:
    """Give the baseline's document a request."""
    return {"request": request, **pair[0]}, pair[1]


_FIELDS: Json = [{"field": "scope", "code": "required", "message": "scope is required"}]
_LINES = b'{"id": "e1", "action": "login"}\n{"id": "e2", "action": "logout"}\n'
_STREAM: Document = {"content-type": "application/octet-stream"}
_PACKED: Document = {**_STREAM, "content-encoding": "gzip"}
_LOGS = sent("GET", PLATFORM, "/audit-logs")


def _stream(content: bytes, headers: Document, request: Document | None = None) -> Document:
    return answer(request=request, headers=headers, base64=base64.b64encode(content).decode())


def _renamed_tokens() -> Iterator[Proof]:
    for operation, place in (
        ("ListApiTokens", "$.body.tokens[*]"),
        ("CreateApiToken", "$.body"),
        ("GetApiToken", "$.body"),
        ("UpdateApiToken", "$.body"),
        ("RotateApiToken", "$.body"),
        ("ListAgentTokens", "$.body.tokens[*]"),
        ("CreateAgentToken", "$.body"),
        ("GetAgentToken", "$.body"),
    ):
        yield Proof(
            name=f"B1 {operation}",
            pair=of(operation),
            verdict="mismatch",
            rule="property-renamed",
            path=f"{place}.type",
            to=f"{place}.scope",
            severity=BREAKING,
            operation=operation,
        )


def _removed_plans() -> Iterator[Proof]:
    for operation, place in (
        ("ListOrganizations", "$.body.organizations[*]"),
        ("GetOrganization", "$.body"),
        ("UpdateOrganization", "$.body"),
    ):
        yield Proof(
            name=f"B3 {operation}",
            pair=of(operation),
            verdict="mismatch",
            rule="property-removed",
            path=f"{place}.supportPlan",
            severity=BREAKING,
            operation=operation,
        )


def _identities() -> Iterator[Proof]:
    names = (
        ("workloadIdentity", "effectiveWorkloadIdentity"),
        ("drWorkloadIdentity", "effectiveDRWorkloadIdentity"),
    )
    for operation in ("GetDeployment", "CreateDeployment", "UpdateDeployment"):
        for name, effective in names:
            old, new = answers(operation)
            yield Proof(
                name=f"B5 {operation} {name}",
                pair=(answer(old), answer(edited(new, effective, to=old[name]))),
                verdict="mismatch",
                rule="property-renamed",
                path=f"$.body.{name}",
                to=f"$.body.{effective}",
                severity=BREAKING,
                operation=operation,
            )
    old, new = answers("ListDeployments")
    value = old["deployments"][0]["workloadIdentity"]
    yield Proof(
        name="B5 ListDeployments",
        pair=(
            answer(old),
            answer(edited(new, "deployments", 0, "effectiveWorkloadIdentity", to=value)),
        ),
        verdict="mismatch",
        rule="property-renamed",
        path="$.body.deployments[*].workloadIdentity",
        to="$.body.deployments[*].effectiveWorkloadIdentity",
        severity=BREAKING,
        operation="ListDeployments",
    )


def _endpoints() -> Iterator[Proof]:
    for operation in unsupported():
        path = operation.path.replace("{organizationId}", "o").replace("{alertId}", "a")
        url = f"{ORIGIN}/{PLATFORM}{path.replace('{notificationChannelId}', 'c')}"
        pair = answer({"id": "x"}, request={"method": operation.method, "url": url}), error(404)
        yield Proof(
            name=f"B6 {operation.id}",
            pair=pair,
            verdict="unsupported",
            rule="endpoint-removed",
            path="$.request",
            severity=BREAKING,
        )


_CREATE_TOKEN = sent("POST", IAM, "/tokens", {"name": "n", "role": "R", "type": "WORKSPACE"})
_CREATE_DEPLOYMENT = sent("POST", PLATFORM, "/deployments", {"name": "n", "workspaceId": "w"})
_TEAM_ROLES = sent("POST", IAM, "/teams/t/roles", {"organizationRole": "ORGANIZATION_MEMBER"})
_ORGANIZATIONS = f"{ORIGIN}/{PLATFORM}/organizations"


def _found(name: str, pair: tuple[Document, Document], severity: Severity, rule: str, path: str) -> Proof:
    """Build a case whose verdict follows from its worst finding."""
    verdict = "match" if severity is INFO else "mismatch"
    return Proof(name=name, pair=pair, verdict=verdict, rule=rule, path=path, severity=severity)


def _requests() -> Iterator[Proof]:
    tokens = of("CreateApiToken")
    for name in ("scope", "type"):
        path = f"$.request.body.{name}"
        yield _found(f"B2 {name}", asked(_CREATE_TOKEN, tokens), BREAKING, "request-not-accepted", path)
    refused = asked(_CREATE_TOKEN, (tokens[0], error(400, fieldErrors=_FIELDS)))
    yield _found("B2 refused", refused, BREAKING, "status-success-lost", "$.status")
    for name, value in (("supportPlan", "BUSINESS"), ("astronomerProduct", "OBSERVE")):
        request: Document = {"method": "GET", "url": f"{_ORGANIZATIONS}?{name}={value}"}
        path = f"$.request.query.{name}"
        pair = asked(request, of("ListOrganizations"))
        yield _found(f"B4 {name}", pair, BREAKING, "request-not-accepted", path)


def _transport() -> Iterator[Proof]:
    changed = _LINES.replace(b"logout", b"LOGOUT")
    body, coding = "$.body[*].action", "$.headers['content-encoding']"
    plain, media = _stream(_LINES, _STREAM, _LOGS), "$.headers['content-type']"
    packed = _stream(gzip.compress(_LINES, mtime=0), _PACKED)
    other = _stream(gzip.compress(changed, mtime=0), _PACKED)
    yield _found("T1 coding", (plain, packed), INFO, "content-encoding-changed", coding)
    yield _found("T1 decoded bodies", (plain, other), BREAKING, "enum-case-changed", body)
    file = _stream(gzip.compress(_LINES, mtime=0), _STREAM, _LOGS)
    yield _found("T1 file unpacked", (file, packed), BREAKING, "media-type-changed", media)
    queues = sent("POST", V1, "/deployments/d", {"name": "n", "workerQueues": []})
    without = sent("POST", PLATFORM, "/deployments/d", {"name": "n"})
    old = {"request": without, **answer(answers("UpdateDeployment")[0])}
    new = {"request": queues, **error(400, fieldErrors=_FIELDS)}
    yield _found("T2", (old, new), BREAKING, "status-success-lost", "$.status")
    override = sent("POST", PLATFORM, "/deployments/d/hibernation-override", {"isHibernating": True})
    states: Document = {"isActive": None, "isHibernating": True, "overrideUntil": None}
    gone = asked(override, (answer(states), answer({"isHibernating": True})))
    for name in ("isActive", "overrideUntil"):
        yield _found(f"T3 {name}", gone, RISKY, "absent-vs-null", f"$.body.{name}")
    denied = asked(_TEAM_ROLES, (of("UpdateTeamRoles")[0], error(403)))
    yield _found("T4", denied, BREAKING, "scope-changed", "$.status")


def _more() -> Iterator[Proof]:
    relaxed = asked(_CREATE_DEPLOYMENT, (error(400), of("CreateDeployment")[1]))
    yield _found("relaxed", relaxed, INFO, "request-relaxed", "$.status")
    for operation, path in (
        ("GetWorkspace", "$.body.defaultRegion"),
        ("GetCluster", "$.body.isPrivateNetworkEgressEnabled"),
        ("GetDeploy", "$.body.git"),
        ("GetEnvironmentObject", "$.body.setFields"),
        ("GetEnvironmentObject", "$.body.description"),
    ):
        yield Proof(
            name=f"additive {operation} {path}",
            pair=of(operation),
            verdict="match",
            rule="property-added",
            path=path,
            operation=operation,
        )
    old, new = answers("GetEnvironmentObject")
    yield Proof(
        name="enum value in an answer",
        pair=(answer(old), answer(edited(new, "objectType", to="ENVIRONMENT_VARIABLE"))),
        verdict="mismatch",
        rule="enum-value-added",
        path="$.body.objectType",
        severity=RISKY,
        operation="GetEnvironmentObject",
    )


BREAKS_OR_DIFFERS = (
    *_renamed_tokens(),
    *_requests(),
    *_removed_plans(),
    *_identities(),
    *_endpoints(),
    *_transport(),
    *_more(),
)
"""Every documented difference, each with the finding that it must give."""

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


HARMLESS = (
    _harmless("request id", (error(400), error(400, requestId=OTHER_CUID))),
    _harmless("message", (error(400), error(400, message="other words"))),
    _harmless("field errors there", (error(400), error(400, fieldErrors=_FIELDS))),
    _harmless("field errors gone", (error(400, fieldErrors=_FIELDS), error(400))),
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
        "optional on both sides, there", like("GetUser", "organizationRole", old=DROP, new="R"), "GetUser"
    ),
    _harmless(
        "new enum value in a request",
        asked(
            sent("POST", V1, "/environment-objects", _VARIABLE), (answer({"id": "x"}), answer({"id": "x"}))
        ),
        "",
    ),
)
"""What differs between any two calls, or is nobody's fault: never breaking."""
