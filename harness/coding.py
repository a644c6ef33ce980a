"""Content codings: what a body was packed in on the wire, undone without a client library."""

from __future__ import annotations

import zlib
from typing import Final

from harness.exchange import MAX_BODY, Headers, header

_ANY_DEFLATE = (zlib.MAX_WBITS, -zlib.MAX_WBITS)  # with and without zlib's header; both are in use
_GZIP = (zlib.MAX_WBITS | 16,)
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ANY_DEFLATE}

_MOST_CODINGS: Final = 8
_MOST_MEMBERS: Final = 1024
"""Parts of one packed body: what is left is copied for each of them."""

GZIP_MAGIC: Final = b"\x1f\x8b"
"""The bytes that every gzip stream begins with."""


def decoded(headers: Headers, content: bytes) -> bytes:
    """Undo the content codings that the headers name; a body that is decoded already stays as it is.

    Raises:
        ValueError: a coding is unknown or the bytes are damaged, or they are larger than ``MAX_BODY``
            when decoded.
    """
    codings = [coding.strip().lower() for coding in (header(headers, "content-encoding") or "").split(",")]
    if len(codings) > _MOST_CODINGS:
        message = f"a body has {len(codings)} codings, more than can be undone"
        raise ValueError(message)
    for coding in reversed(codings):
        if not content or coding in ("", "identity"):
            continue
        content = _undone(coding, content)
    return content


def gunzipped(content: bytes) -> bytes | None:
    """Return what a gzip stream holds; None where the bytes are none, or hold more than ``MAX_BODY``."""
    if not content.startswith(GZIP_MAGIC):
        return None
    try:
        return _inflated(_GZIP, content)
    except ValueError:
        return None


def _undone(coding: str, content: bytes) -> bytes:
    plain = _inflated(_WINDOWS.get(coding, ()), content)
    if plain is not None:
        return plain
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        message = f"a body is coded as {coding}, which cannot be undone here"
        raise ValueError(message) from None
    return content


def _inflated(windows: tuple[int, ...], content: bytes) -> bytes | None:
    """Undo zlib's packing; None where the bytes are none of it, or end before it does."""
    for window in windows:
        try:
            plain = _members(window, content)
        except zlib.error:
            continue
        if plain is not None:
            return plain
    return None


def _members(window: int, content: bytes) -> bytes | None:
    """Undo one packing: a gzip file may be several, one after the other."""
    plain, rest, members = b"", content, 0
    while rest and (rest is content or rest.startswith(GZIP_MAGIC)):
        members += 1
        if members > _MOST_MEMBERS:
            message = f"a body has more than {_MOST_MEMBERS} parts, more than can be undone"
            raise ValueError(message)
        decoder = zlib.decompressobj(window)
        plain += decoder.decompress(rest, MAX_BODY + 1 - len(plain))
        if len(plain) > MAX_BODY:
            message = f"a body is larger than {MAX_BODY} bytes when decoded"
            raise ValueError(message)
        if not decoder.eof:
            return None
        rest = decoder.unused_data
    return plain
