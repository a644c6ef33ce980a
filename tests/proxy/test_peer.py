"""One end of a connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any

import h11
import pytest

from harness.exchange import FailureKind
from harness.proxy.peer import LARGEST_HEADER, BrokenError, Peer, reader_of


def run(work: Callable[[Peer, socket.socket], Coroutine[Any, Any, None]]) -> None:
    """Let a peer serve one end of a connection whose other end is ours."""

    async def connect() -> None:
        ours, theirs = socket.socketpair()
        loop = asyncio.get_running_loop()
        reader = reader_of(loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.create_connection(lambda: protocol, sock=ours)
        peer = Peer(h11.SERVER, reader, asyncio.StreamWriter(transport, protocol, reader, loop))
        with closing(theirs):
            await work(peer, theirs)
        peer.close()

    asyncio.run(connect())


def test_events_come_as_they_are_sent() -> None:
    """And more exchanges follow on the same connection."""

    async def work(peer: Peer, other: socket.socket) -> None:
        for _ in range(2):
            other.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            events = [type(await peer.receive()) for _ in range(2)]
            await peer.send(h11.Response(status_code=204, headers=[]))
            await peer.send(h11.EndOfMessage())

            assert events == [h11.Request, h11.EndOfMessage]
            assert peer.is_open
            assert peer.next_cycle()

    run(work)


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"no HTTP\r\n\r\n", FailureKind.PROTOCOL, 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * LARGEST_HEADER, FailureKind.PROTOCOL, 431),
        (b"GET / HTTP/1.1\r\nHos", FailureKind.DISCONNECT, 400),
    ],
)
def test_what_is_no_http_is_told_without_its_words(data: bytes, kind: FailureKind, status: int) -> None:
    """It may hold secrets; a message that just ends is another matter."""

    async def work(peer: Peer, other: socket.socket) -> None:
        other.sendall(data)
        other.shutdown(socket.SHUT_WR)
        with pytest.raises(BrokenError) as caught:
            await peer.receive()

        assert (caught.value.peer, caught.value.kind, caught.value.status) == (peer, kind, status)
        assert str(caught.value) in {"what came is not HTTP/1.1", "it was closed too early"}

    run(work)


def test_the_end_is_told_at_once() -> None:
    """Also while nobody reads."""

    async def work(peer: Peer, other: socket.socket) -> None:
        told = asyncio.Event()
        peer.reader.on_end = told.set
        other.close()
        await asyncio.wait_for(told.wait(), 20)

        assert not peer.is_open

    run(work)


def test_who_lingers_is_heard() -> None:
    """The other end reads what it was sent although it was still sending."""

    async def work(peer: Peer, other: socket.socket) -> None:
        other.sendall(b"x" * 50_000)
        await peer.write(b"enough")
        waiting = asyncio.create_task(peer.linger())
        heard = await asyncio.to_thread(other.recv, 100)
        end = await asyncio.to_thread(other.recv, 100)
        other.close()
        await waiting

        assert (heard, end) == (b"enough", b"")

    run(work)


def test_a_connection_that_is_gone_takes_nothing() -> None:
    """Whoever writes is told."""

    async def work(peer: Peer, other: socket.socket) -> None:
        other.close()
        with pytest.raises(BrokenError) as caught:
            await _write_on(peer)

        assert caught.value.kind is FailureKind.DISCONNECT

    run(work)


async def _write_on(peer: Peer) -> None:
    for _ in range(100):
        await peer.write(b"x" * 65536)
        await asyncio.sleep(0)


def test_what_came_before_a_connection_was_lost_can_be_read() -> None:
    """A service may answer, hang up, and break the pipe that the rest of the request is written to."""

    async def work(peer: Peer, _: socket.socket) -> None:
        peer.reader.feed_data(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        peer.reader.set_exception(BrokenPipeError(32, "Broken pipe"))
        events = [type(await peer.receive()) for _ in range(2)]

        assert events == [h11.Request, h11.EndOfMessage]
        assert not peer.is_open

    run(work)


def test_a_connection_that_was_lost_is_told_by_its_cause() -> None:
    """After what came before."""

    async def work(peer: Peer, _: socket.socket) -> None:
        peer.reader.feed_data(b"GET / HTTP")
        peer.reader.set_exception(BrokenPipeError(32, "Broken pipe"))
        with pytest.raises(BrokenError, match="Broken pipe") as caught:
            await peer.receive()

        assert caught.value.kind is FailureKind.DISCONNECT

    run(work)
