"""Connections to the service."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing

import h11
import pytest

from harness.exchange import FailureKind
from harness.proxy.peer import Peer
from harness.proxy.pool import Pool, UnreachableError
from harness.proxy.routing import Origin
from tests.proxy import serving


def origin(port: int) -> Origin:
    """Return an origin on this machine."""
    return Origin(scheme="http", host="127.0.0.1", port=port, authority=f"127.0.0.1:{port}")


def serve(work: Callable[[Pool, Origin], Awaitable[None]]) -> None:
    """Give a pool a service that answers every request with 204."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def run() -> None:
        async with serving(answer) as port:
            pool = Pool(timeout=20)
            await work(pool, origin(port))
            pool.close()

    asyncio.run(run())


async def exchanged(peer: Peer) -> None:
    """Ask something over a connection."""
    await peer.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    await peer.send(h11.EndOfMessage())
    assert [type(await peer.receive()) for _ in range(2)] == [h11.Response, h11.EndOfMessage]


def test_a_connection_serves_again() -> None:
    """When its exchange is over; where a fresh one is asked for it does not."""

    async def work(pool: Pool, to: Origin) -> None:
        first, used = await pool.take(to)
        await exchanged(first)
        pool.give_back(to, first)
        second, reused = await pool.take(to)
        await exchanged(second)
        pool.give_back(to, second)
        third, again = await pool.take(to, fresh=True)
        third.close()

        assert first is second
        assert third is not second
        assert (used, reused, again) == (False, True, False)

    serve(work)


def test_an_exchange_that_is_not_over_ends_its_connection() -> None:
    """The next one would read the rest of it."""

    async def work(pool: Pool, to: Origin) -> None:
        first, _ = await pool.take(to)
        await first.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
        pool.give_back(to, first)
        second, reused = await pool.take(to)
        second.close()

        assert not reused
        assert not first.is_open

    serve(work)


def test_a_connection_that_was_closed_does_not_serve_again() -> None:
    """Where that is known before it is taken."""

    async def work(pool: Pool, to: Origin) -> None:
        first, _ = await pool.take(to)
        await exchanged(first)
        pool.give_back(to, first)
        first.reader.feed_eof()
        second, reused = await pool.take(to)
        second.close()

        assert not reused

    serve(work)


def test_nobody_listens() -> None:
    """It is told why."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UnreachableError, match="could not connect: Connect") as caught:
        asyncio.run(Pool(timeout=20).take(origin(port)))

    assert caught.value.kind is FailureKind.CONNECT


def test_nobody_answers() -> None:
    """After the seconds that it may take: a full queue lets no one in, and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as listener:
        waiting = []
        for _ in range(4):
            each = socket.socket()
            each.setblocking(False)  # noqa: FBT003 - that is how sockets have it
            each.connect_ex(listener.getsockname())
            waiting.append(each)
        with pytest.raises(UnreachableError, match=r"no connection in 0\.2 s") as caught:
            asyncio.run(Pool(timeout=0.2).take(origin(listener.getsockname()[1])))
        for each in waiting:
            each.close()

    assert caught.value.kind is FailureKind.TIMEOUT
