"""Connections to the service, kept open between requests."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from typing import Final

import h11

from harness.client.trust import tls_trust
from harness.exchange import FailureKind
from harness.proxy.peer import Peer, reader_of
from harness.proxy.routing import Origin
from harness.proxy.tunnel import Tunnel, opened, tunnel_to

_IDLE: Final = 4.0
"""Seconds that a connection may have been idle: less than the 5 that many servers wait, so that none closes
it while it is taken."""


class UnreachableError(Exception):
    """No connection could be made; ``why`` is a clause for people."""

    def __init__(self, kind: FailureKind, why: str) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why


class Pool:
    """Open connections by origin; used from one event loop."""

    def __init__(self, *, timeout: float) -> None:
        """Take the seconds that connecting may take."""
        self._timeout = timeout
        self._idle: defaultdict[Origin, list[tuple[float, Peer]]] = defaultdict(list)
        self._tls: ssl.SSLContext | None = None

    async def take(self, origin: Origin, *, fresh: bool = False) -> tuple[Peer, bool]:
        """Return a connection, and whether it served before; ``fresh`` asks for one that did not.

        Raises:
            UnreachableError: there is none to be had.
        """
        now = asyncio.get_running_loop().time()
        idle = self._idle[origin]
        while idle:
            since, peer = idle.pop()
            if peer.is_open and peer.is_quiet and now - since < _IDLE and not fresh:
                return peer, True
            peer.close()
        return await self._connect(origin), False

    def give_back(self, origin: Origin, peer: Peer) -> None:
        """Keep a connection for the next request, where it can serve one."""
        if peer.next_cycle() and peer.is_open and peer.is_quiet:
            self._idle[origin].append((asyncio.get_running_loop().time(), peer))
        else:
            peer.abort()  # what it might still send or take is for nobody

    def close(self) -> None:
        """Close what is idle."""
        for idle in self._idle.values():
            for _, peer in idle:
                peer.abort()
        self._idle.clear()

    async def _connect(self, origin: Origin) -> Peer:
        through = tunnel_to(origin.scheme, origin.host)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._opened(origin, through)
        except TimeoutError as error:
            raise UnreachableError(FailureKind.TIMEOUT, f"no connection in {self._timeout:g} s") from error
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
            by = f" by the proxy {through.host}:{through.port}" if through else ""
            raise UnreachableError(FailureKind.CONNECT, f"could not connect{by}: {why}") from error

    async def _opened(self, origin: Origin, through: Tunnel | None) -> Peer:
        loop = asyncio.get_running_loop()
        reader = reader_of(loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        if origin.scheme == "http":
            transport, _ = await loop.create_connection(lambda: protocol, origin.host, origin.port)
            return Peer(h11.CLIENT, reader, asyncio.StreamWriter(transport, protocol, reader, loop))
        # It takes a while, and who calls this machine has no use for it.
        if self._tls is None:
            self._tls = await asyncio.to_thread(tls_trust)
        if through is None:
            transport, _ = await loop.create_connection(
                lambda: protocol, origin.host, origin.port, ssl=self._tls, server_hostname=origin.host
            )
        else:
            transport = await opened(through, origin, self._tls, protocol)
        return Peer(h11.CLIENT, reader, asyncio.StreamWriter(transport, protocol, reader, loop))
