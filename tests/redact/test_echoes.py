"""Secrets that an answer repeats."""

from __future__ import annotations

import json

import pytest

from harness.exchange import Exchange, Failure, FailureKind, Request, Response
from harness.redact import Redactor

SECRET = "Zq9xS3cr3tV4lue77"
JSON = (("content-type", "application/json"),)


def _exchange(request: Request, said: object, **fields: str) -> Exchange:
    headers = (*JSON, *((name.replace("_", "-"), value) for name, value in fields.items()))
    return Exchange(
        request=request, response=Response(status=400, headers=headers, content=json.dumps(said).encode())
    )


def _post(body: object) -> Request:
    return Request(method="POST", url="https://h/x", headers=JSON, content=json.dumps(body).encode())


@pytest.mark.parametrize(
    "exchange",
    [
        _exchange(_post({"password": SECRET}), {"fieldErrors": [{"message": f"{SECRET} is too short"}]}),
        _exchange(_post({}), {"token": SECRET, "message": f"Your token is {SECRET}."}),
        _exchange(_post({"apiKey": SECRET}), {"message": "no"}, x_reason=f"unknown: {SECRET}"),
        _exchange(
            Request(method="GET", url=f"https://h/x?access_token={SECRET}", headers=(), content=b""),
            {"message": f"{SECRET} has expired"},
        ),
        _exchange(
            Request(method="GET", url="https://h/x", headers=(("x-api-key", SECRET),), content=b""),
            {"message": f"the key {SECRET} is not known"},
        ),
        Exchange(
            request=_post({"password": SECRET}),
            failure=Failure(kind=FailureKind.TIMEOUT, message=f"no answer to {SECRET}"),
        ),
    ],
    ids=["body", "answer", "field", "query", "header", "failure"],
)
def test_what_an_answer_repeats_is_hidden(exchange: Exchange) -> None:
    """A value that its name gave away is hidden in prose too, under the same placeholder."""
    redactor = Redactor(key=b"k")
    clean = redactor.exchange(exchange)

    assert SECRET not in repr(clean)
    assert redactor.placeholder(SECRET) in repr(clean.response or clean.failure)
    assert redactor.exchange(clean) is clean


@pytest.mark.parametrize("value", ["production", "development-environment", "20260101123456"])
def test_ordinary_words_are_left(value: str) -> None:
    """What may be an ordinary word or number stays where no name says that it is a secret."""
    said = {"message": f"{value} is no password", "environment": value}
    clean = Redactor().exchange(_exchange(_post({"password": value}), said))

    assert clean.response is not None
    assert json.loads(clean.response.content) == said
