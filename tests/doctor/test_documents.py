"""The contracts against the published documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.doctor import Diagnosis, State
from harness.doctor.documents import compared_contracts
from harness.exchange import Failure, FailureKind, Request, Response
from harness.settings import load_settings
from harness.struct import replace
from tests.doctor.test_service import Canned
from tests.sandbox.documents import openapi_document

APIS = {**load_contract(V1BETA1).apis, **load_contract(V1).apis}


@cache
def _text(name: str) -> str:
    return json.dumps(openapi_document(APIS[name], lambda *_: {}))


def _published(name: str) -> Any:
    """Return the document of an API as its vendor would publish it today."""
    document = json.loads(_text(name))
    for path in document["paths"].values():
        for operation in path.values():
            for status in ("400", "401", "403"):
                operation["responses"].pop(status, None)
    return document


def _answer(name: str, change: Callable[[Any], object] = lambda _: None) -> Response:
    document = _published(name)
    change(document)
    return Response(status=200, headers=(), content=json.dumps(document).encode())


def _compared(tmp_path: Path, answers: dict[str, Response | Failure]) -> tuple[dict[str, Diagnosis], Canned]:
    documents = {name: f"https://docs.example.com/{name}" for name in answers}
    settings = replace(load_settings(tmp_path), documents=documents)
    client = Canned(lambda request: answers[request.url.rpartition("/")[2]])
    return {each.name: each for each in compared_contracts(settings, client)}, client


def test_documents_that_did_not_change(tmp_path: Path) -> None:
    """All three are as they were; no token is sent to where they are published."""
    found, client = _compared(tmp_path, {name: _answer(name) for name in APIS})

    assert {name: each.state for name, each in found.items()} == {
        "contract iam": State.OK,
        "contract platform": State.OK,
        "contract v1": State.OK,
    }
    assert found["contract v1"].found.startswith(f"as of {APIS['v1'].date}; ")
    assert not any(name == "Authorization" for each in client.requests for name, _ in each.headers)


def test_a_newer_document_with_the_same_facts(tmp_path: Path) -> None:
    """Its day is told."""
    dated = (("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT"),)
    answer = replace(_answer("v1"), headers=dated)
    found, _ = _compared(tmp_path, {"v1": answer})

    assert found["contract v1"].state is State.OK
    assert "is of 2026-11-02" in found["contract v1"].found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda document: document["paths"].pop("/users/self"),
            "1 operation less (GetSelfUser)",
        ),
        (
            lambda document: document["paths"].update(
                {"/bundles": {"get": {"operationId": "ListBundles", "responses": {"204": {}}}}}
            ),
            "1 operation more (ListBundles)",
        ),
        (
            lambda document: document["paths"]["/organizations"]["get"]["parameters"].append(
                {"name": "region", "in": "query", "schema": {"type": "string"}}
            ),
            "other parameters or properties in 1 operation (ListOrganizations)",
        ),
    ],
)
def test_a_document_that_changed(tmp_path: Path, change: Callable[[Any], object], said: str) -> None:
    """What came, what went and what is called otherwise is named, and how the facts are made anew."""
    found, _ = _compared(tmp_path, {"v1": _answer("v1", change)})

    assert found["contract v1"].state is State.WRONG
    assert found["contract v1"].found.endswith(said)
    assert "harness contract build" in found["contract v1"].advice


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Failure(kind=FailureKind.CONNECT, message="could not connect"), "could not connect"),
        (Response(status=404, headers=(), content=b""), "answers 404"),
        (Response(status=200, headers=(), content=b"<html>"), "is no OpenAPI document"),
        (Response(status=200, headers=(), content=b"\xff\xfe"), "is no OpenAPI document"),
        (
            Response(status=200, headers=(), content=b"openapi: 3.1.0\npaths: {}\n"),
            "has no operations",
        ),
    ],
)
def test_a_document_that_cannot_be_had(tmp_path: Path, answer: Response | Failure, said: str) -> None:
    """It stays unknown, and is not wrong: a run does not need it."""
    found, _ = _compared(tmp_path, {"v1": answer})

    assert found["contract v1"].state is State.UNKNOWN
    assert said in found["contract v1"].found


def test_the_documents_are_fetched_where_redirects_lead(tmp_path: Path) -> None:
    """Only one request is ours; the client follows."""
    _, client = _compared(tmp_path, {"v1": _answer("v1")})

    assert client.requests == [Request(method="GET", url="https://docs.example.com/v1")]
