"""Puts an answer onto the connection, whole or damaged as a fault wants it."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harness.sandbox.answers import rendered
from harness.sandbox.faults import LARGE, LONGEST, MOST_BYTES, Struck, Wire

TRANSPORT: Final = "transport"
"""The key in an ASGI scope's state where the server puts the connection's transport."""

_PIECES: Final = 20
_BLOCK: Final = 64 * 1024
# Closing then sends a reset in place of an orderly end.
_LINGER: Final = struct.pack("ii", 1, 0)


async def send(struck: Struck, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer in the way that belongs to it."""
    await asyncio.sleep(struck.answer.delay)
    response = rendered(struck.answer)
    bodiless = not response.body and struck.wire is not Wire.RESET
    if struck.wire is Wire.WHOLE or bodiless:
        await response(scope, receive, send)
    elif struck.wire is Wire.SLOW:
        await _slow(response, struck.seconds, send)
    elif struck.wire is Wire.LARGE:
        await _large(response, send)
    else:
        transport: asyncio.Transport = scope["state"][TRANSPORT]
        if struck.wire is Wire.RESET:
            _reset(transport)
        elif struck.wire is Wire.TRUNCATED:
            await _start(response, response.raw_headers, send)
            await _more(bytes(response.body)[: len(response.body) // 2], send)
            transport.close()
        else:
            await _endless(response, transport, send)
        # The server is not to mend what is meant to be broken: it goes on when the connection is gone.
        await receive()


def _reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    transport.abort()


async def _slow(response: Response, seconds: float, send: Send) -> None:
    body = bytes(response.body)
    size = max(1, -(-len(body) // _PIECES))
    await _start(response, response.raw_headers, send)
    for begin in range(0, len(body), size):
        await asyncio.sleep(seconds * size / len(body))
        await _more(body[begin : begin + size], send)
    await send({"type": "http.response.body", "body": b""})


async def _large(response: Response, send: Send) -> None:
    body = bytes(response.body)
    blanks = max(LARGE - len(body), 0)
    headers = [pair for pair in response.raw_headers if pair[0] != b"content-length"]
    await _start(response, [*headers, (b"content-length", str(len(body) + blanks).encode())], send)
    await _more(body, send)
    for begin in range(0, blanks, _BLOCK):
        await _more(b" " * min(_BLOCK, blanks - begin), send)
    await send({"type": "http.response.body", "body": b""})


async def _endless(response: Response, transport: asyncio.Transport, send: Send) -> None:
    """Send the body and then blanks, which JSON allows, until the caller goes or the limit is met."""
    headers = [pair for pair in response.raw_headers if pair[0] != b"content-length"]
    await _start(response, headers, send)
    await _more(bytes(response.body), send)
    end = time.monotonic() + LONGEST
    sent = 0
    while sent < MOST_BYTES and time.monotonic() < end and not transport.is_closing():
        await _more(b" " * _BLOCK, send)
        sent += _BLOCK
        await asyncio.sleep(0)
    transport.close()


async def _start(response: Response, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": response.status_code,
        "headers": headers,
    }
    await send(start)


async def _more(body: bytes, send: Send) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
