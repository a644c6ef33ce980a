"""What makes two requests the same: method, path, query, body, and whether a token was sent.

The host does not count, nor do other header fields. Secrets count as equal to each other: the file has
placeholders where the request that is played may have the real value.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote

from harness.exchange import Headers, Request, header
from harness.redact import PLACEHOLDER, PROBE, Redactor

Place = tuple[str, str, tuple[tuple[str, str], ...]]
"""Method, path and sorted query parameters."""

NO_TOKEN: Final = "none"  # noqa: S105 - a marker
TOKEN: Final = "token"  # noqa: S105 - a marker

_ANY_SECRET = "REDACTED"  # noqa: S105 - stands for secrets
_REDACTOR = Redactor(key=b"")  # its placeholders are thrown away
_HASHED = re.compile(r"REDACTED-[0-9a-f]{8}")
_IN_JSON = re.compile(rf'{_HASHED.pattern}|(?<=")\[[A-Z][A-Z0-9_]*\](?=")')
_OTHERS: Final = ("EXPIRED", "READONLY", "WORKSPACE")
_OF_PROBE = re.compile(rf"\[[A-Z0-9_]+_({'|'.join(_OTHERS)})\]")
"""The placeholder of a token that a probe sent; only its end is the same in all environments."""
_NAMED = re.compile(r"\[[A-Z][A-Z0-9_]*\]")
_LONGEST_REMEMBERED = 8192
_BOUNDARY = re.compile(r'boundary="?([^\s";]+)', re.IGNORECASE)


def place(method: str, url: str) -> Place:
    """Return where a request goes: method, path in one spelling, query without order."""
    rest = url.partition("://")[2] or url
    address, _, query = rest.partition("#")[0].partition("?")
    _, slash, path = address.partition("/")
    return method.upper(), _path(slash + path) if slash else "/", _query(query) if query else ()


@lru_cache(maxsize=4096)
def _path(path: str) -> str:
    """Decode a path; an encoded slash stays apart from a slash."""
    if "%" not in path and "REDACTED" not in path:
        return path
    return "/".join(_same_secret(unquote(part)).replace("/", "%2F") for part in path.split("/"))


@lru_cache(maxsize=4096)
def _query(query: str) -> tuple[tuple[str, str], ...]:
    cleaned = _REDACTOR.url("?" + query)[1:]
    return tuple(
        sorted((name, _same_secret(value)) for name, value in parse_qsl(cleaned, keep_blank_values=True))
    )


def body_key(request: Request) -> bytes:
    """Return the body in one spelling: JSON without order of keys and spacing, else the bytes."""
    content = request.content
    if not content:
        return b""
    media = header(request.headers, "content-type") or ""
    return _remembered(content, media) if len(content) <= _LONGEST_REMEMBERED else _key(content, media)


def _key(content: bytes, media: str) -> bytes:
    content = _REDACTOR.content(content)
    if content.lstrip()[:1] in (b"{", b"["):
        try:
            text = json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"))
        except (ValueError, RecursionError):
            pass
        else:
            return _IN_JSON.sub(_ANY_SECRET, text).encode()
    boundary = _BOUNDARY.search(media)
    if boundary:  # clients make it up anew for each request
        content = content.replace(boundary[1].encode(), b"boundary")
    return re.sub(_HASHED.pattern.encode(), _ANY_SECRET.encode(), content)


# Both sides send the same body, and it is the recorded one; so it is with the token.
_remembered = lru_cache(maxsize=256)(_key)


def token_marker(headers: Headers) -> str:
    """Return ``none``, ``token``, or what a probe sent in its place: a made-up value, or another token."""
    return _marker(header(headers, "authorization"))


@lru_cache(maxsize=256)
def _marker(value: str | None) -> str:
    if value is None:
        return NO_TOKEN
    if PROBE in value:
        return value
    other = _OF_PROBE.search(value)
    return f"{TOKEN} {other[1]}" if other else TOKEN


def answering_markers(headers: Headers, *, foreign: bool) -> tuple[str, ...]:
    """Return the markers of recorded requests whose answers a request may have, the best one first.

    A file that vcrpy wrote (``foreign``) may lack the header. A token that a scenario writes itself may be
    one that was known when it was recorded, and has a name in the file: a replay knows no token.
    """
    return _answering(header(headers, "authorization"), foreign)


@lru_cache(maxsize=256)
def _answering(value: str | None, foreign: bool) -> tuple[str, ...]:  # noqa: FBT001 - what is remembered has no names
    marker = _marker(value)
    if marker != TOKEN:
        return (marker,)
    if foreign:
        return TOKEN, NO_TOKEN
    if value and _NAMED.search(value):
        return (TOKEN,)
    return TOKEN, *(f"{TOKEN} {other}" for other in _OTHERS)


def _same_secret(value: str) -> str:
    """Make secrets equal. A name in brackets counts only as a whole: ``[DEV] jobs`` is ordinary text."""
    return _ANY_SECRET if PLACEHOLDER.fullmatch(value) else _HASHED.sub(_ANY_SECRET, value)
