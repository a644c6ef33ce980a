"""Who calls: bearer tokens, and what their roles may do."""

from __future__ import annotations

from typing import Final

from harness.sandbox.assumptions import (
    FORBIDDEN_MESSAGE,
    INVALID_TOKEN_MESSAGE,
    MALFORMED_TOKEN_MESSAGE,
    MISSING_TOKEN_MESSAGE,
    READ_ONLY_ROLES,
)
from harness.sandbox.call import Refusal
from harness.sandbox.store import Principal, Resource, Store

READ_ONLY_TOKEN: Final = "sandbox-read-only-token"  # noqa: S105 - everybody may know it
"""The token of the sandbox that gets 403 for everything but reading."""

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def authenticate(authorization: str | None, known: dict[str, Principal], store: Store, now: str) -> Principal:
    """Return who an ``Authorization`` header stands for.

    Args:
        authorization: The header's value, None if there is none.
        known: The sandbox's own tokens.
        store: Where tokens that were made through the API are.
        now: The time as a timestamp.

    Raises:
        Refusal: 401, because the header is missing, malformed, or its token is not known.
    """
    if not authorization:
        raise Refusal(401, MISSING_TOKEN_MESSAGE)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, MALFORMED_TOKEN_MESSAGE)
    principal = known.get(token.strip()) or _made(token.strip(), store, now)
    if principal is None:
        raise Refusal(401, INVALID_TOKEN_MESSAGE)
    return principal


def _made(token: str, store: Store, now: str) -> Principal | None:
    """Return who a token made through the API stands for, None if it is none or has ended."""
    for family in ("tokens", "agent-tokens"):
        for resource in store.all(family):
            # Timestamps of one form and zone sort as text.
            if resource["_secret"] == token and resource.get("endAt", now) >= now:
                return Principal(profile=_profile(resource), role=resource["roles"][0]["role"])
    return None


def _profile(token: Resource) -> dict[str, str]:
    return {"id": token["id"], "apiTokenName": token["name"], "subjectType": "SERVICEKEY"}


def authorize(method: str, principal: Principal) -> None:
    """Let a principal do what its role allows.

    Raises:
        Refusal: 403, because the role may only read.
    """
    if method not in _READS and principal.role.endswith(READ_ONLY_ROLES):
        raise Refusal(403, FORBIDDEN_MESSAGE)
