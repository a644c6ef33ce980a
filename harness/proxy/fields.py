"""Header fields on their way through: what belongs to one connection stays there (RFC 9110, section 7.6.1).

No Via is added, which RFC 9110 asks of a gateway: the recorder stands for the client itself, and some
servers answer otherwise where they read one, as without compression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from harness.exchange import Headers

Fields: TypeAlias = list[tuple[bytes, bytes]]
"""Header fields as h11 has them, in the order and spelling of the wire."""

CODINGS: Final = frozenset({"gzip", "x-gzip", "deflate", "identity"})
"""The content codings that can be undone here; in another one no secret could be found."""

_OF_THE_CONNECTION = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# They say where a message goes or ends, whatever Connection claims.
_NEVER_OF_IT = frozenset({b"content-length", b"host"})
_ITEM = re.compile(r"\s*([^\s;,]+)[^,]*")


def value_of(fields: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """Return the values of a field, joined by commas as HTTP joins them; None without any."""
    values = [value.decode("latin-1") for key, value in fields if key.lower() == name]
    return ", ".join(values) if values else None


def end_to_end(fields: Sequence[tuple[bytes, bytes]]) -> Fields:
    """Return the fields that are for the other end."""
    named = (value_of(fields, b"connection") or "").lower().encode("latin-1").split(b",")
    dropped = (_OF_THE_CONNECTION | {name.strip() for name in named}) - _NEVER_OF_IT
    if value_of(fields, b"transfer-encoding") is not None:
        # RFC 9112, section 6.3: the length counts for nothing then.
        dropped |= {b"content-length"}
    return [(name, value) for name, value in fields if name.lower() not in dropped]


def to_upstream(fields: Sequence[tuple[bytes, bytes]], authority: str) -> Fields:
    """Return the fields of a request as the service gets them."""
    kept = [(name, value) for name, value in end_to_end(fields) if name.lower() != b"host"]
    sent = [(b"Host", authority.encode("latin-1")), *(_readable(name, value) for name, value in kept)]
    if value_of(fields, b"transfer-encoding") is not None:
        sent.append((b"Transfer-Encoding", b"chunked"))
    return sent


def is_ambiguous(fields: Sequence[tuple[bytes, bytes]], version: bytes) -> bool:
    """Whether two readers could disagree about where a request ends: that is how requests are smuggled."""
    coded = value_of(fields, b"transfer-encoding") is not None
    return coded and (version < b"1.1" or value_of(fields, b"content-length") is not None)


def has_body(fields: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether a body follows the header of a request."""
    length = value_of(fields, b"content-length")
    return value_of(fields, b"transfer-encoding") is not None or length not in (None, "0")


def as_headers(fields: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return fields as exchanges have them."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)


def _readable(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Ask only for codings that can be undone."""
    if name.lower() != b"accept-encoding":
        return name, value
    items = _ITEM.finditer(value.decode("latin-1"))
    kept = [item[0].strip() for item in items if item[1].lower() in CODINGS]
    return name, ", ".join(kept or ["identity"]).encode("latin-1")
