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
from tests.builders import BREAKING, CUID, INFO, RISKY, answers

ORIGIN = "https://api.astronomer.io"
IAM, PLATFORM, V1 = "iam/v1beta1", "platform/v1beta1", "v1"
ORGANIZATION = "/organizations/clorg00000000000000000000"
DROP: Any = object()
"""Stands for a property that is taken out."""

Document = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A pair, its verdict, and one finding that it must have (``rule`` empty: no finding above info).

    ``documented`` is what the contracts must say of that finding; empty where that is not the point.
    """

    name: str
    pair: tuple[Document, Document]
    verdict: str
    rule: str = ""
    path: str = ""
    to: str = ""
    severity: Severity = INFO
    operation: str = ""
    documented: str = ""

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


FIELDS: Json = [{"field": "scope", "code": "required", "message": "scope is required"}]
LINES = b'{"id": "e1", "action": "login"}\n{"id": "e2", "action": "logout"}\n'
STREAM: Document = {"content-type": "application/octet-stream"}
PACKED: Document = {**STREAM, "content-encoding": "gzip"}
LOGS = sent("GET", PLATFORM, "/audit-logs")


def stream(content: bytes, headers: Document, request: Document | None = None) -> Document:
    """Build the document of a body that is bytes."""
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
_UPDATE_DEPLOYMENT: Document = {
    "environmentVariables": [],
    "executor": "CELERY",
    "isCicdEnforced": False,
    "isDagDeployEnabled": False,
    "isHighAvailability": False,
    "name": "n",
    "schedulerSize": "SMALL",
    "type": "STANDARD",
    "workspaceId": "w",
}
_LEFT_OUT = {
    "CreateDeployment": "executor",
    "UpdateDeployment": "astroMachine",
    "CreateDeploy": "git.account",
}
_PERMITTED = {
    "UpdateTeamRoles": sent("POST", IAM, "/teams/t/roles", {"organizationRole": "ORGANIZATION_MEMBER"}),
    "UpdateUserRoles": sent("POST", IAM, "/users/u/roles", {"organizationRole": "ORGANIZATION_MEMBER"}),
    "ListApiTokens": sent("GET", IAM, "/tokens"),
    "CreateApiToken": sent("POST", IAM, "/tokens", {"name": "n", "role": "R"}),
}
"""Calls whose permission is another one in v1."""

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
    refused = asked(_CREATE_TOKEN, (tokens[0], error(400, fieldErrors=FIELDS)))
    yield _found("B2 refused", refused, BREAKING, "status-success-lost", "$.status")
    for name, value in (("supportPlan", "BUSINESS"), ("astronomerProduct", "OBSERVE")):
        request: Document = {"method": "GET", "url": f"{_ORGANIZATIONS}?{name}={value}"}
        path = f"$.request.query.{name}"
        pair = asked(request, of("ListOrganizations"))
        yield _found(f"B4 {name}", pair, BREAKING, "request-not-accepted", path)


def _transport() -> Iterator[Proof]:
    changed = LINES.replace(b"logout", b"LOGOUT")
    body, coding = "$.body[*].action", "$.headers['content-encoding']"
    plain, media = stream(LINES, STREAM, LOGS), "$.headers['content-type']"
    packed = stream(gzip.compress(LINES, mtime=0), PACKED)
    other = stream(gzip.compress(changed, mtime=0), PACKED)
    yield _found("T1 coding", (plain, packed), INFO, "content-encoding-changed", coding)
    yield _found("T1 decoded bodies", (plain, other), BREAKING, "enum-case-changed", body)
    file = stream(gzip.compress(LINES, mtime=0), STREAM, LOGS)
    yield _found("T1 file unpacked", (file, packed), BREAKING, "media-type-changed", media)
    queues = sent("POST", V1, "/deployments/d", {"name": "n", "workerQueues": []})
    without = sent("POST", PLATFORM, "/deployments/d", {"name": "n"})
    old = {"request": without, **answer(answers("UpdateDeployment")[0])}
    new = {"request": queues, **error(400, fieldErrors=FIELDS)}
    yield _found("T2", (old, new), BREAKING, "status-success-lost", "$.status")
    yield from _hibernation()
    for operation, request in _PERMITTED.items():
        denied = asked(request, (of(operation)[0], error(403)))
        yield _found(f"T4 {operation}", denied, BREAKING, "scope-changed", "$.status")
        granted = asked(request, (error(403), of(operation)[1]))
        name = f"T4 {operation} the other way"
        yield _found(name, granted, BREAKING, "auth-required-removed", "$.status")


def _without(old: Any, new: Any) -> Any:
    """Return v1beta1's answer without what v1 has not, so that only what v1 adds differs."""
    return {key: value for key, value in old.items() if key in new}


def _hibernation() -> Iterator[Proof]:
    """T3: null becomes absent, where only v1beta1's contract has null; each name, in both answers."""
    override = sent("POST", PLATFORM, "/deployments/d/hibernation-override", {"isHibernating": True})
    states: Document = {"isActive": None, "isHibernating": None, "overrideUntil": None}
    old, new = answers("GetDeployment")
    place = "scalingSpec", "hibernationSpec", "override"
    pairs = (
        ("", "$.body", asked(override, (answer(states), answer({})))),
        (
            "GetDeployment",
            "$.body.scalingSpec.hibernationSpec.override",
            (answer(edited(_without(old, new), *place, to=states)), answer(edited(new, *place, to={}))),
        ),
    )
    for operation, path, pair in pairs:
        for name in states:
            yield Proof(
                name=f"T3 {operation} {name}",
                pair=pair,
                verdict="mismatch",
                rule="absent-vs-null",
                path=f"{path}.{name}",
                severity=RISKY,
                operation=operation,
                documented="documented",
            )


def _relaxed() -> Iterator[Proof]:
    """Negative tests flip where v1 asks less of a request."""
    deployment = {key: value for key, value in _UPDATE_DEPLOYMENT.items() if key != "workerQueues"}
    queue: Document = {
        "isDefault": True,
        "maxWorkerCount": 2,
        "minWorkerCount": 1,
        "name": "q",
        "workerConcurrency": 5,
    }
    update = sent("POST", PLATFORM, "/deployments/d", {**deployment, "workerQueues": [queue]})
    git: Document = {"commitSha": "abc", "provider": "GITHUB"}
    deploy = sent("POST", PLATFORM, "/deployments/d/deploys", {"type": "IMAGE_ONLY", "git": git})
    generic: Document = {"type": "IMAGE_ONLY", "git": {"commitSha": "abc", "provider": "GENERIC"}}
    cases = (
        ("CreateDeployment", _CREATE_DEPLOYMENT),
        ("UpdateDeployment", update),
        ("CreateDeploy", deploy),
        ("CreateDeploy", sent("POST", PLATFORM, "/deployments/d/deploys", generic)),
    )
    for number, (operation, request) in enumerate(cases, 1):
        refusals = (error(400), error(400, fieldErrors=_required(_LEFT_OUT[operation])))
        for refusal in refusals:
            named = "named" if refusal is refusals[1] else "unnamed"
            yield Proof(
                name=f"relaxed {number} {operation} {named}",
                pair=asked(request, (refusal, of(operation)[1])),
                verdict="match",
                rule="request-relaxed",
                path="$.status",
                documented="documented",
            )


def _required(name: str) -> Json:
    return [{"field": name, "code": "required", "message": f"{name} is required"}]


def _more() -> Iterator[Proof]:
    for operation, path in (
        ("GetOrganization", "$.body.hasAllowedIpAddressRanges"),
        ("GetOrganization", "$.body.isBlockedEnableAiFeatures"),
        ("GetOrganization", "$.body.hasAiFeaturesDisabled"),
        ("GetWorkspace", "$.body.defaultClusterId"),
        ("GetWorkspace", "$.body.defaultCloudProvider"),
        ("GetDeployment", "$.body.workerQueues[*].podEphemeralStorage"),
        ("ListDeploys", "$.body.deploys[*].git"),
        ("GetWorkspace", "$.body.defaultRegion"),
        ("GetCluster", "$.body.isPrivateNetworkEgressEnabled"),
        ("GetDeploy", "$.body.git"),
        ("GetEnvironmentObject", "$.body.setFields"),
        ("GetEnvironmentObject", "$.body.description"),
    ):
        yield Proof(
            name=f"additive {operation} {path}",
            pair=(answer(_without(*answers(operation))), answer(answers(operation)[1])),
            verdict="match",
            rule="property-added",
            path=path,
            operation=operation,
        )
    old, new = answers("GetEnvironmentObject")
    for place, value in ((("objectType",), "ENVIRONMENT_VARIABLE"), (("metricsExport", "authType"), "SIGV4")):
        path = "$.body." + ".".join(place)
        yield Proof(
            name=f"enum {path}",
            pair=(answer(old), answer(edited(new, *place, to=value))),
            verdict="mismatch",
            rule="enum-value-added",
            path=path,
            severity=RISKY,
            operation="GetEnvironmentObject",
            documented="documented",
        )
    yield Proof(
        name="enum in a list",
        pair=(
            answer(answers("ListEnvironmentObjects")[0]),
            answer(
                edited(
                    answers("ListEnvironmentObjects")[1],
                    *("environmentObjects", 0, "objectType"),
                    to="ENVIRONMENT_VARIABLE",
                )
            ),
        ),
        verdict="mismatch",
        rule="enum-value-added",
        path="$.body.environmentObjects[*].objectType",
        severity=RISKY,
        operation="ListEnvironmentObjects",
        documented="documented",
    )


BREAKS_OR_DIFFERS = (
    *_renamed_tokens(),
    *_requests(),
    *_removed_plans(),
    *_identities(),
    *_endpoints(),
    *_transport(),
    *_relaxed(),
    *_more(),
)
"""Every documented difference, each with the finding that it must give."""
