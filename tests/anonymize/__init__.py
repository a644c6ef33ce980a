"""Tests of what makes recordings anonymous, and exchanges for them."""

from __future__ import annotations

import json
from typing import Any

from harness.anonymize import Anonymizer
from harness.exchange import Exchange, Headers, Request, Response

KEY = b"a key for the tests of pseudonyms"
ORGANIZATION = "clx7ru6zw0001l5t6g3b2k9qa"
USER = "cm4h1x0aa0002m8y7d5e6f4gh"
BASE = "https://api.astronomer.io/iam/v1beta1"
USERS = f"{BASE}/organizations/{ORGANIZATION}/users"


def called(
    url: str = USERS,
    answer: Any = None,
    *,
    method: str = "GET",
    body: Any = None,
    headers: Headers = (),
) -> Exchange:
    """Make an exchange; what is no bytes is JSON."""
    content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind: Headers = (("content-type", "application/json"),)
    return Exchange(
        request=Request(method=method, url=url, headers=(*kind, *headers), content=sent),
        response=Response(status=200, headers=kind, content=content),
        started="2026-11-23T22:00:00.123Z",
        elapsed=0.25,
    )


def anonymous(*exchanges: Exchange) -> list[Exchange]:
    """Return what becomes of the exchanges of one recording."""
    made = Anonymizer(KEY)
    for each in exchanges:
        made.learn(each)
    return [made.exchange(each) for each in exchanges]


def answer_of(exchange: Exchange) -> Any:
    """Return the answer's JSON."""
    assert exchange.response is not None
    return json.loads(exchange.response.content)
