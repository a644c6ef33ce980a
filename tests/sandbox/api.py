"""A client for the sandbox's tests: every answer that it gets is held against its own contract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import httpx
from jsonschema import Draft202012Validator, FormatChecker

from harness.contract import API_VERSIONS, Contract, Operation, Schema, load_contract
from harness.sandbox import BASES, MARK, SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN
from tests.sandbox.documents import json_schema

ORGANIZATION: Final = f"/organizations/{SANDBOX_ORGANIZATION_ID}"
"""The path of the sandbox's organization, below any base URL."""

_PLACE: Final = "#/$defs/{name}"
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_FORMATS: Final = FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _is_timestamp(value: object) -> bool:
    return not isinstance(value, str) or _TIMESTAMP.fullmatch(value) is not None


class Api:
    """Calls the sandbox at ``url``; ``token`` None sends no ``Authorization``."""

    def __init__(self, url: str, client: httpx.Client, token: str | None = SANDBOX_TOKEN) -> None:
        """Keep the client, whose owner closes it."""
        self.url = url
        self.client = client
        self.token = token

    def send(
        self,
        method: str,
        api: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request to a path below the base URL of ``api``; check the answer, return it."""
        sent = {} if self.token is None else {"authorization": f"Bearer {self.token}"}
        response = self.client.request(
            method,
            f"{self.url}{BASES[api]}{path}",
            params=query,
            json=body,
            content=content,
            headers={**sent, **(headers or {})},
        )
        assert response.headers[MARK[0]] == MARK[1]
        hold(response, method, api, path)
        return response

    def call(self, method: str, api: str, path: str, **request: Any) -> Any:
        """Send a request that must succeed; return the JSON of its answer, None without a body."""
        response = self.send(method, api, path, **request)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def seeded(self, api: str, path: str, name: str) -> dict[str, Any]:
        """Return the resource of that name in the first page of a collection."""
        envelope = self.call("GET", api, path, query={"limit": 100})
        items = next(value for value in envelope.values() if isinstance(value, list))
        return next(dict(item) for item in items if name in (item.get("name"), item.get("username")))


def life(
    api: Api, one: str, other: str, path: str, made: Mapping[str, Any], change: Mapping[str, Any]
) -> None:
    """Live a resource's life: made through one API, read, changed and deleted through the other.

    ``made`` is the body that makes it through ``one``, ``change`` the body of an update through ``other``.
    """
    resource = api.call("POST", one, path, body=made)
    place = f"{path}/{resource['id']}"
    seen = api.call("GET", other, place)
    # The state of a deployment moves on with the time.
    moves = {"status": "", "statusReason": ""}
    one_view, other_view = {**resource, **moves}, {**seen, **moves}

    assert _common(other_view, one_view) == _common(one_view, other_view)
    assert seen["id"] in str(api.call("GET", other, path, query={"limit": 1000}))

    api.call("POST", other, place, body=change)
    read = api.call("GET", one, place)

    assert read["name"] == change["name"]
    assert read["updatedAt"] >= read["createdAt"]
    assert api.send("DELETE", other, place).status_code == 204
    assert api.send("GET", one, place).status_code == 404
    assert api.send("DELETE", one, place).status_code == 404


def _common(value: Any, other: Any) -> Any:
    """Return what a value has in the places that another has, too."""
    if isinstance(value, dict) and isinstance(other, dict):
        return {key: _common(value[key], other[key]) for key in value.keys() & other.keys()}
    if isinstance(value, list) and isinstance(other, list):
        return [_common(*pair) for pair in zip(value, other, strict=True)]
    return value


def hold(response: httpx.Response, method: str, api: str, path: str) -> None:
    """Hold an answer against the contract of the version that was called: status, media type, body."""
    contract = load_contract(API_VERSIONS[api])
    operation = contract.find(method, path)
    if response.is_error:
        _hold_error(response, contract, api)
    if operation is None or operation.api != api:
        return
    assert contract.documents_status(operation, response.status_code) or _undocumented(operation, response)
    media = response.headers.get("content-type", "")
    schema = contract.response(operation, response.status_code, media)
    if not media:
        assert response.content == b""
    elif media == "application/json" and schema is not None:
        _validate(response.json(), contract, api, schema)


def _undocumented(operation: Operation, response: httpx.Response) -> bool:
    """Say whether a status that no document states is one of those that the sandbox assumes."""
    if operation.id == "GetOrganizationAuditLogs" and operation.api == "platform":
        return response.status_code == 403
    silent = operation.id.endswith("EnvironmentObject") or operation.id == "ListEnvironmentObjects"
    return response.status_code in (413, 500) or (silent and response.status_code == 400)


def _hold_error(response: httpx.Response, contract: Contract, api: str) -> None:
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    _validate(body, contract, api, Schema(ref="Error"))
    assert body["statusCode"] == response.status_code


def _validate(value: Any, contract: Contract, api: str, schema: Schema) -> None:
    document = json_schema(schema, _PLACE, shown=True)
    document["$defs"] = {
        name: json_schema(inner, _PLACE, shown=True) for name, inner in contract.apis[api].schemas.items()
    }
    errors = Draft202012Validator(document, format_checker=_FORMATS).iter_errors(value)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []
