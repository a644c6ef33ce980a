"""The proxy on a socket: connections of clients, one exchange after the other, until it is to stop."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

import h11

from harness.listening import url_of
from harness.proxy.fields import is_ambiguous, value_of
from harness.proxy.forwarding import Forwarding, Services, refuse
from harness.proxy.notary import Notary
from harness.proxy.peer import BrokenError, Event, Peer, reader_of
from harness.proxy.pool import Pool
from harness.proxy.routing import Destination, Refusal, Routes
from harness.proxy.stopping import Stop
from harness.recorder import Keeper
from harness.settings import Environment

_PATIENCE: Final = 5.0
"""Seconds that a stopping proxy waits for exchanges that are under way."""

_CUTTING: Final = 2.0
_SWITCH: Final = 0.0005

_NOT_HTTP: Final = Refusal(
    status=400, kind="HTTP", message="The request is not HTTP/1.1.", advice="Call it with http, not https."
)
_TOO_LARGE: Final = Refusal(
    status=431,
    kind="header",
    message="The header of the request is too large.",
    advice="Send at most 64 KiB.",
)
_AMBIGUOUS: Final = Refusal(
    status=400,
    kind="length",
    message="The request says in two ways where it ends.",
    advice="Send either Content-Length or, with HTTP/1.1, Transfer-Encoding.",
)


class Proxy:
    """Forwards to the hosts of one environment, and keeps what goes by."""

    def __init__(
        self,
        routes: Routes,
        keeper: Keeper,
        *,
        timeout: float,
        alert: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Take the ways through, who keeps, and the seconds that connecting to a host may take.

        ``alert`` gets each kind of trouble once, as a clause.
        """
        self._routes = routes
        self._keeper = keeper
        self._timeout = timeout
        self._tell = alert
        self._told: set[str] = set()
        self._refused: Counter[str] = Counter()
        self._serving: dict[asyncio.Task[None], Peer] = {}
        self._running: dict[asyncio.Task[None], Forwarding] = {}
        self._stopping = False

    @property
    def refused(self) -> Mapping[str, int]:
        """How many requests went nowhere, by kind."""
        return self._refused

    async def serve(self, listener: socket.socket, stop: Stop) -> None:
        """Serve until it is to stop, and until what was under way has ended or was cut."""
        notary = Notary(self._keeper)
        pool = Pool(timeout=self._timeout)
        services = Services(pool=pool, notary=notary, alert=self._alert)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: self._protocol(services), sock=listener)
        # The thread that writes must not keep the loop from its work for the 5 ms that are usual.
        switch = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        try:
            await stop.asked(1)
            server.close()
            await self._end(stop)
        finally:
            stop.left()
            pool.close()
            notary.close()
            sys.setswitchinterval(switch)

    async def _end(self, stop: Stop) -> None:
        """Let what is under way end, for a while or until it is asked again; then cut it."""
        self._stopping = True
        for task, peer in self._serving.items():
            if task not in self._running:
                peer.close()
        again = asyncio.create_task(stop.asked(2))
        ended = asyncio.create_task(self._all_ended())
        await asyncio.wait({again, ended}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for forwarding in [*self._running.values()]:
            forwarding.stop("the recorder was stopped")
        await asyncio.wait({ended}, timeout=_CUTTING)
        for peer in self._serving.values():
            peer.abort()  # its client does not read to the end
        left = [again, ended, *self._serving]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _all_ended(self) -> None:
        while self._serving:
            await asyncio.wait({*self._serving})

    def _protocol(self, services: Services) -> asyncio.StreamReaderProtocol:
        loop = asyncio.get_running_loop()
        reader = reader_of(loop)

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            client = Peer(h11.SERVER, reader, writer)
            task = loop.create_task(self._serve(client, services))
            self._serving[task] = client
            task.add_done_callback(self._serving.pop)

        return asyncio.StreamReaderProtocol(reader, connected, loop)

    async def _serve(self, client: Peer, services: Services) -> None:
        """Serve one connection."""
        try:
            with suppress(BrokenError):
                while not self._stopping and await self._exchange(client, services):
                    pass
        finally:
            await client.closed()

    async def _exchange(self, client: Peer, services: Services) -> bool:
        """Serve one request; return whether another one may follow."""
        try:
            head = await client.receive()
        except BrokenError as error:
            if client.reader.ended:
                raise
            await self._refuse(client, _TOO_LARGE if error.status == 431 else _NOT_HTTP)
            return False
        if type(head) is not h11.Request:
            return False
        found = self._found(head)
        if isinstance(found, Refusal):
            await self._refuse(client, found, head.method)
            return False
        forwarding = Forwarding(client, head, found, services)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - for the type checker
        self._running[task] = forwarding
        try:
            return await forwarding.run()
        finally:
            del self._running[task]

    def _found(self, head: Event) -> Destination | Refusal:
        fields = head.headers.raw_items()
        if is_ambiguous(fields, head.http_version):
            return _AMBIGUOUS
        method, target = head.method.decode("latin-1"), head.target.decode("latin-1")
        return self._routes.find(method, target, value_of(fields, b"host"))

    async def _refuse(self, client: Peer, refusal: Refusal, method: bytes = b"") -> None:
        self._refused[refusal.kind] += 1
        self._alert(f"a request was refused with {refusal.status}: {refusal.message} {refusal.advice}")
        await refuse(client, refusal.status, refusal.message, refusal.advice, method=method)

    def _alert(self, said: str) -> None:
        if said not in self._told:
            self._told.add(said)
            self._tell(said)


@contextmanager
def running(
    listener: socket.socket,
    environment: Environment,
    keeper: Keeper,
    *,
    timeout: float = 30.0,
    alert: Callable[[str], object] = lambda _: None,
) -> Iterator[str]:
    """Serve from a thread; give the URL, without a trailing slash. The listener is closed at the end."""
    url = url_of(listener)
    proxy = Proxy(Routes(environment, url), keeper, timeout=timeout, alert=alert)
    stop = Stop()
    thread = threading.Thread(
        target=lambda: asyncio.run(proxy.serve(listener, stop)), name="proxy", daemon=True
    )
    thread.start()
    try:
        yield url
    finally:
        stop.ask()
        thread.join()
