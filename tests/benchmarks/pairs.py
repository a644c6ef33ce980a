"""Made-up pairs of exchanges for measuring: nine operations, about 1.5 KB a body, a rename in each."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_lowercase, digits
from typing import Final

from harness.contract import BASE_URLS, V1, V1BETA1, Operation, load_contract
from harness.exchange import Exchange, Headers, Json, Request, Response, Side
from harness.variables import parameters, variable_for

ORGANIZATION: Final = "clbenchmark00000000000000"
_SENT: Final[Headers] = (
    ("Host", "api.astronomer.io"),
    ("accept-encoding", "gzip, deflate"),
    ("connection", "keep-alive"),
    ("user-agent", "benchmark"),
    ("Accept", "application/json"),
    ("Authorization", "Bearer [ASTRO_API_TOKEN]"),
)
_ANSWERED: Final[Headers] = (
    ("content-type", "application/json; charset=utf-8"),
    ("x-request-id", "cm0000000000000000000000"),
)
_TOKENS = ("type", "scope")
_DEPLOYMENTS = ("workloadIdentity", "effectiveWorkloadIdentity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One pair: the operation, what its scenario needs besides it, and the exchange of each side.

    ``values`` are the variables that fill the path. ``sent`` is the request's JSON body (None: none).
    ``renamed`` are the place that v1beta1 shows and the one that v1 shows instead, as JSONPaths.
    """

    number: int
    operation: str
    method: str
    values: Mapping[str, Json]
    query: Mapping[str, Json]
    sent: Json
    renamed: tuple[str, str]
    exchanges: Mapping[Side, Exchange]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """How an operation answers: ``many`` elements under ``key`` (empty: one resource and no list)."""

    make: Callable[[random.Random], dict[str, Json]]
    rename: tuple[str, str]
    key: str = ""
    many: int = 1
    sent: Json = None


def samples(count: int) -> Iterator[Sample]:
    """Yield that many pairs, the operations in turn; the same number always gives the same pair."""
    names = list(_SHAPES)
    for number in range(count):
        yield sample(number, names[number % len(names)])


def sample(number: int, operation: str) -> Sample:
    """Make one pair for an operation of both contracts."""
    shape = _SHAPES[operation]
    chance = random.Random(number)  # noqa: S311 - the values only have to be the same every time
    old, new = (load_contract(version).operation(operation) for version in (V1BETA1, V1))
    if old is None or new is None:
        raise ValueError(operation)
    values: dict[str, Json] = {variable_for(name): _id(chance) for name in parameters(old.path)}
    values["organization_id"] = ORGANIZATION
    query: dict[str, Json] = {"limit": 20} if shape.key else {}
    before = _body(shape, [shape.make(chance) for _ in range(shape.many)])
    after = _renamed(before, shape)
    place = f"$.body.{shape.key}[*]" if shape.key else "$.body"
    return Sample(
        number=number,
        operation=operation,
        method=old.method,
        values=values,
        query=query,
        sent=shape.sent,
        renamed=(f"{place}.{shape.rename[0]}", f"{place}.{shape.rename[1]}"),
        exchanges={
            side: _exchange(of, values, query, shape.sent, body)
            for side, of, body in ((Side.BASELINE, old, before), (Side.CANDIDATE, new, after))
        },
    )


def deployments(count: int) -> tuple[Json, Json]:
    """Return two lists of deployments that differ by a rename in each element."""
    chance = random.Random(count)  # noqa: S311 - see above
    shape = _SHAPES["ListDeployments"]
    before = _body(shape, [_deployment(chance) for _ in range(count)])
    return before, _renamed(before, shape)


def changed_deployments(count: int) -> tuple[Json, Json]:
    """Return two lists of deployments: each element lost, gained and renamed a field; then shuffled."""
    chance = random.Random(count)  # noqa: S311 - see above
    shape = _SHAPES["ListDeployments"]
    before = _body(shape, [_deployment(chance) for _ in range(count)])
    after = _renamed(before, shape)
    listed = after[shape.key]
    assert isinstance(listed, list)
    for element in listed:
        assert isinstance(element, dict)
        del element["imageTag"]
        element["isDevelopmentMode"] = False
    chance.shuffle(listed)
    return before, after


def _body(shape: _Shape, resources: list[dict[str, Json]]) -> dict[str, Json]:
    if not shape.key:
        return resources[0]
    listed: list[Json] = [*resources]
    return {shape.key: listed, "limit": 20, "offset": 0, "totalCount": len(resources)}


def _renamed(body: dict[str, Json], shape: _Shape) -> dict[str, Json]:
    old, new = shape.rename
    copy: dict[str, Json] = json.loads(json.dumps(body))
    listed = copy[shape.key] if shape.key else [copy]
    for resource in listed if isinstance(listed, list) else []:
        if isinstance(resource, dict):
            resource[new] = resource.pop(old)
    return copy


def _exchange(
    operation: Operation, values: Mapping[str, Json], query: Mapping[str, Json], sent: Json, body: Json
) -> Exchange:
    path = operation.path
    for name in parameters(path):
        path = path.replace(f"{{{name}}}", str(values[variable_for(name)]))
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    content = b"" if sent is None else _compact(sent)
    typed: Headers = (("Content-Type", "application/json"),) if content else ()
    return Exchange(
        request=Request(
            method=operation.method,
            url=f"{BASE_URLS[operation.api]}{path}{'?' if pairs else ''}{pairs}",
            headers=(*_SENT, *typed),
            content=content,
        ),
        response=Response(status=200, headers=_ANSWERED, content=_compact(body)),
        started="2026-11-02T09:30:00.000Z",
        elapsed=0.120,
    )


def _compact(body: Json) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _id(chance: random.Random) -> str:
    return "cl" + "".join(chance.choices(ascii_lowercase + digits, k=23))


def _time(chance: random.Random) -> str:
    return f"2026-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}T08:15:{chance.randint(0, 59):02}.000Z"


def _subject(chance: random.Random) -> dict[str, Json]:
    name = "".join(chance.choices(ascii_lowercase, k=8))
    return {
        "id": _id(chance),
        "subjectType": "USER",
        "username": f"{name}@meridian-freight.example",
        "fullName": f"{name.title()} Calloway",
    }


def _api_token(chance: random.Random) -> dict[str, Json]:
    workspaces = [_id(chance) for _ in range(6)]
    return {
        "id": _id(chance),
        "name": f"ci-{chance.randint(100, 999)}",
        "description": "Deploys from the build server",
        "shortToken": "ZXlKaGJH",
        "type": "ORGANIZATION",
        "kind": "STANDARD",
        "expiryPeriodInDays": chance.randint(30, 90),
        "createdAt": _time(chance),
        "updatedAt": _time(chance),
        "startAt": _time(chance),
        "endAt": _time(chance),
        "lastUsedAt": _time(chance),
        "createdBy": _subject(chance),
        "updatedBy": _subject(chance),
        "roles": [
            {"entityId": workspace, "entityType": "WORKSPACE", "role": "WORKSPACE_OPERATOR"}
            for workspace in workspaces
        ],
    }


def _new_token(chance: random.Random) -> dict[str, Json]:
    return {**_api_token(chance), "token": "REDACTED-0f1e2d3c"}


def _short_token(chance: random.Random) -> dict[str, Json]:
    whole = _api_token(chance)
    roles = whole["roles"]
    return {**whole, "roles": roles[:1]} if isinstance(roles, list) else whole


def _deployment(chance: random.Random) -> dict[str, Json]:
    own = _id(chance)
    host = f"{ORGANIZATION}.astronomer.run/d{own[-7:]}"
    return {
        "id": own,
        "name": f"prod-{chance.randint(100, 999)}",
        "description": "Shipment events",
        "organizationId": ORGANIZATION,
        "workspaceId": _id(chance),
        "workspaceName": "Data Platform",
        "clusterId": _id(chance),
        "namespace": f"stellar-meridian-{chance.randint(1000, 9999)}",
        "airflowVersion": "3.1.3",
        "astroRuntimeVersion": "3.1-4",
        "runtimeVersion": "3.1-4",
        "cloudProvider": "AWS",
        "region": "us-east-1",
        "executor": "CELERY",
        "type": "DEDICATED",
        "status": "HEALTHY",
        "contactEmails": ["data-oncall@meridian-freight.example"],
        "createdAt": _time(chance),
        "updatedAt": _time(chance),
        "createdBy": _subject(chance),
        "updatedBy": _subject(chance),
        "isCicdEnforced": True,
        "isDagDeployEnabled": True,
        "isHighAvailability": chance.random() < 0.5,
        "imageTag": "deploy-2026-01-04",
        "imageRepository": f"images.astronomer.cloud/{ORGANIZATION}/{own}",
        "webServerUrl": host,
        "webServerIngressHostname": host,
        "webServerAirflowApiUrl": f"{host}/api/v2",
        "environmentVariables": [
            {"key": "STAGE", "value": "prod", "isSecret": False, "updatedAt": _time(chance)}
        ],
        "workloadIdentity": f"arn:aws:iam::000000000000:role/AirflowS3Logs-{own}",
    }


_SHAPES: Final[Mapping[str, _Shape]] = {
    "ListApiTokens": _Shape(make=_short_token, rename=_TOKENS, key="tokens", many=2),
    "GetApiToken": _Shape(make=_api_token, rename=_TOKENS),
    "CreateAgentToken": _Shape(make=_new_token, rename=_TOKENS, sent={"name": "ci"}),
    "RotateApiToken": _Shape(make=_new_token, rename=_TOKENS),
    "ListAgentTokens": _Shape(make=_short_token, rename=_TOKENS, key="tokens", many=2),
    "GetAgentToken": _Shape(make=_api_token, rename=_TOKENS),
    "ListDeployments": _Shape(make=_deployment, rename=_DEPLOYMENTS, key="deployments"),
    "GetDeployment": _Shape(make=_deployment, rename=_DEPLOYMENTS),
    "UpdateApiToken": _Shape(make=_api_token, rename=_TOKENS, sent={"name": "ci", "description": "Deploys"}),
}
