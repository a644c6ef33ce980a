"""Tests of bearer tokens and permissions."""

from __future__ import annotations

import httpx
import pytest

from harness.sandbox import READ_ONLY_TOKEN, SANDBOX_TOKEN, Clock, running
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
