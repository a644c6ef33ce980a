"""The way out of networks whose only door is a proxy: HTTPS_PROXY and NO_PROXY, as live calls heed them."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from typing import Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from harness.listening import is_loopback
from harness.proxy.routing import Origin
from harness.struct import Struct

_MOST: Final = 64 * 1024
_LOST: Final = "the connection was lost"
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


class Tunnel(Struct, frozen=True, kw_only=True):
    """A proxy that connects us; ``credentials`` are those of Basic, empty without any."""

    host: str
    port: int
    credentials: str = ""

    def __repr__(self) -> str:
        """Show it without its credentials."""
        return f"Tunnel({self.host}:{self.port})"


def tunnel_to(scheme: str, host: str) -> Tunnel | None:
    """Return the proxy by which a host is reached; None where it is called directly.

    Only https is tunnelled: plain http stays on this machine, or in a network of one's own.
    """
    if scheme != "https" or is_loopback(host) or proxy_bypass(host):
        return None
    found = getproxies()
    address = found.get("https") or found.get("all")
    if not address:
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    credentials = ""
    if parts.username is not None:
        plain = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credentials = base64.b64encode(plain.encode()).decode()
    return Tunnel(host=parts.hostname or "", port=parts.port or 80, credentials=credentials)


async def opened(
    through: Tunnel, origin: Origin, context: ssl.SSLContext, protocol: asyncio.StreamReaderProtocol
) -> asyncio.Transport:
    """Connect a protocol to an origin by a proxy.

    Raises:
        OSError: The proxy cannot be reached, or does not let us through.
    """
    loop = asyncio.get_running_loop()
    asking = _Asking(loop)
    transport, _ = await loop.create_connection(lambda: asking, through.host, through.port)
    try:
        transport.write(_request(through, origin))
        await asking.connected
        inner = await loop.start_tls(transport, protocol, context, server_hostname=origin.host)
    except BaseException:
        transport.abort()
        raise
    if inner is None:
        raise OSError(_LOST)
    protocol.connection_made(inner)
    return inner


def _request(through: Tunnel, origin: Origin) -> bytes:
    name = f"[{origin.host}]" if ":" in origin.host else origin.host
    target = f"{name}:{origin.port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if through.credentials:
        lines.append(f"Proxy-Authorization: Basic {through.credentials}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class _Asking(asyncio.Protocol):
    """Waits for what the proxy says to CONNECT; it sends nothing else before we do."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.connected: asyncio.Future[None] = loop.create_future()
        self._read = b""

    def data_received(self, data: bytes) -> None:
        """Read the answer's header."""
        self._read += data
        if b"\r\n\r\n" not in self._read and len(self._read) < _MOST:
            return
        found = _STATUS.match(self._read)
        if found is None:
            self._end("it does not answer CONNECT as a proxy does")
        else:
            self._end("" if found[1].startswith(b"2") else f"it answered CONNECT with {found[1].decode()}")

    def connection_lost(self, _: Exception | None) -> None:
        """Note that there will be no answer."""
        self._end(_LOST)

    def _end(self, trouble: str) -> None:
        if self.connected.done():
            return
        if trouble:
            self.connected.set_exception(OSError(trouble))
        else:
            self.connected.set_result(None)
