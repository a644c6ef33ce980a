"""Tests of drafts, and what they share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from harness.contract import V1, V1BETA1, load_contract
from harness.draft import Drafts, draft
from harness.exchange import Exchange, Json, Request, Response
from harness.judge import Judge
from harness.result import Source

JUDGE = Judge(baseline=load_contract(V1BETA1), candidate=load_contract(V1))
ORGANIZATION = "cmorg00000000000000000001"
IAM = f"https://api.astronomer.io/iam/v1beta1/organizations/{ORGANIZATION}"
PLATFORM = f"https://api.astronomer.io/platform/v1beta1/organizations/{ORGANIZATION}"
AUTHORIZED = (("authorization", "Bearer [ASTRO_API_TOKEN]"), ("content-type", "application/json"))


def id_(number: int) -> str:
    """Return an id as the vendor makes them."""
    return f"cmid{number:021}"


def call(
    method: str,
    url: str,
    answer: Json = None,
    *,
    body: Json = None,
    status: int = 200,
    at: float = 0,
    headers: tuple[tuple[str, str], ...] = AUTHORIZED,
) -> Exchange:
    """Make a recorded call; ``at`` is in seconds."""
    started = datetime(2026, 11, 27, tzinfo=UTC) + timedelta(seconds=at)
    content = b"" if body is None else json.dumps(body).encode()
    made = Response(status=status, headers=AUTHORIZED[1:], content=json.dumps(answer).encode())
    return Exchange(
        request=Request(method=method, url=url, headers=headers, content=content),
        response=made,
        started=started.isoformat().replace("+00:00", "Z"),
    )


def drafted(*exchanges: Exchange, source: Source | None = Source.LIVE) -> Drafts:
    """Draft a recording without asking it."""
    return draft(exchanges, JUDGE, source, "", lambda _: "")


def only(*exchanges: Exchange) -> str:
    """Return the steps of the only draft as they are written."""
    (found,) = drafted(*exchanges).drafts
    return found.text[found.text.index("scenario:") :]
