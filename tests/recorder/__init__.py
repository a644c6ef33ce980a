"""Tests of the recorder, and what they share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.exchange import Exchange, Request, Response
from harness.recorder import Keeper, Scope, Secrecy, scope_of
from harness.redact import Redactor
from harness.settings import PRODUCTION, SANDBOX

IAM = "https://api.astronomer.io/iam/v1beta1"
V1 = "https://api.astronomer.io/v1"
TOKEN = "astro-secret-token-0123456789"
SECRETS = {"ASTRO_API_TOKEN": TOKEN}
SECRECY = Secrecy(redactor=Redactor(SECRETS), secrets=SECRETS)
SCOPE = scope_of([PRODUCTION, SANDBOX])


def exchange(url: str = f"{IAM}/organizations/o/users", content: bytes = b'{"users":[]}') -> Exchange:
    """Make an exchange that carries the token."""
    request = Request(method="GET", url=url, headers=(("Authorization", f"Bearer {TOKEN}"),))
    response = Response(status=200, headers=(("content-type", "application/json"),), content=content)
    return Exchange(request=request, response=response, started="2026-11-27T10:00:00.000Z", elapsed=0.25)


def keeper(directory: Path, scope: Scope = SCOPE, **changes: Any) -> Keeper:
    """Begin a recording that knows the token."""
    return Keeper(directory, scope, SECRECY, **({"environment": "production"} | changes))


def keep(made: Keeper, *exchanges: Exchange) -> None:
    """Let exchanges begin and end."""
    for each in exchanges:
        made.ended(made.began(each.request), each)
