"""The seam in ``aiohttp``."""

from __future__ import annotations

import asyncio
import gc
import gzip
import io
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from harness.recorder.injected import aiohttp as seam
from tests.raw_server import Answer, RawServer
from tests.recorder.injected import Box

HOST = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
PACKED = gzip.compress(b"hello")
GZIP = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(PACKED), PACKED)
UNTIL_CLOSE = b"HTTP/1.0 200 OK\r\n\r\nhello"
BROKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"

Read = Callable[[aiohttp.ClientResponse], Awaitable[object]]


@pytest.fixture
def box() -> Box:
    """Record what goes to this machine."""
    return Box(HOST)


@pytest.fixture
def call(box: Box) -> Any:
    """Call with a session with the seam; that of the tests' own process stays as it is."""
    request: Any = type("ClientRequest", (aiohttp.ClientRequest,), {})
    response: Any = type("ClientResponse", (aiohttp.ClientResponse,), {})
    seam.patch(SimpleNamespace(ClientRequest=request, ClientResponse=response), box)  # type: ignore[arg-type]

    def call(url: str, read: Read, **given: Any) -> object:
        async def send() -> object:
            kinds = {"request_class": request, "response_class": response}
            async with (
                aiohttp.ClientSession(**kinds) as session,
                session.post(url, **given) as answer,
            ):
                return await read(answer)

        return asyncio.run(send())

    return call


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serve some answers."""
    servers = []

    def serve(*answers: Answer) -> str:
        servers.append(RawServer(answers))
        return servers[-1].url

    yield serve
    for server in servers:
        server.stop()


async def everything(response: aiohttp.ClientResponse) -> object:
    """Read all at once."""
    return await response.read()


async def chunks(response: aiohttp.ClientResponse) -> object:
    """Read by the chunks of the wire."""
    return b"".join([data async for data, _ in response.content.iter_chunks()])


async def bits(response: aiohttp.ClientResponse) -> object:
    """Read two bytes at a time."""
    return b"".join([data async for data in response.content.iter_chunked(2)])


async def lines(response: aiohttp.ClientResponse) -> object:
    """Read by lines."""
    return b"".join([line async for line in response.content])


async def exactly(response: aiohttp.ClientResponse) -> object:
    """Read as many bytes as there are."""
    return await response.content.readexactly(5)


@pytest.mark.parametrize("read", [everything, chunks, bits, lines, exactly])
@pytest.mark.parametrize(
    "answer", [OK, CHUNKED, GZIP, UNTIL_CLOSE], ids=["length", "chunks", "gzip", "close"]
)
def test_a_response_is_taken_however_it_is_read(
    box: Box, call: Any, serve: Callable[..., str], answer: bytes, read: Read
) -> None:
    """What the client gets, decoded, once."""
    url = serve(answer)

    assert call(f"{url}/a?b=c", read, headers={"X-A": "1"}) == b"hello"

    ((event, sent, body),) = box.ended

    assert (event["status"], body, sent, event["failure"]) == (200, b"hello", b"", "")
    assert (event["decoded"], box.errors) == (True, [])
    assert ("X-A", "1") in event["request_headers"]
    assert box.begun == [("POST", f"{url}/a?b=c")]


async def parts() -> AsyncIterator[bytes]:
    """Give a body in parts."""
    yield b"hel"
    yield b"lo"


@pytest.mark.parametrize(
    "made",
    [lambda: b"hello", lambda: "hello", lambda: io.BytesIO(b"hello"), parts],
    ids=["bytes", "text", "file", "iterator"],
)
def test_a_request_is_taken_as_it_is_sent(
    box: Box, call: Any, serve: Callable[..., str], made: Callable[[], Any]
) -> None:
    """Files and iterators are read once, by the client."""
    # With its length, as this server knows no chunks.
    call(serve(OK), everything, data=made(), headers={"Content-Length": "5"})

    assert [(sent, box.errors) for _, sent, _ in box.ended] == [(b"hello", [])]


def test_what_nobody_reads_is_what_was_read(box: Box, call: Any, serve: Callable[..., str]) -> None:
    """A client that closes has what it wanted."""

    def slowly(connection: socket.socket) -> None:
        connection.sendall(BROKEN)
        connection.recv(65536)

    async def some(response: aiohttp.ClientResponse) -> object:
        return await response.content.read(2)

    assert call(serve(slowly), some) == b"he"
    assert [(event["part"], body) for event, _, body in box.ended] == [(True, b"he")]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (BROKEN, "ClientPayloadError"),
        (b"", "ServerDisconnectedError"),
        (b"nonsense\r\n\r\n", "BadStatusLine"),
    ],
)
def test_a_response_that_is_not_whole_is_a_failure(
    box: Box, call: Any, serve: Callable[..., str], answer: bytes, failure: str
) -> None:
    """The client is told what it would have been told."""
    # Twice: an idempotent call is made again by itself, but this is none.
    with pytest.raises(aiohttp.ClientError):
        call(serve(answer), everything)

    assert [event["failure"] for event, _, _ in box.ended][:1] in ([failure], ["ClientResponseError"])


def test_no_body_ends_with_its_head(box: Box, call: Any, serve: Callable[..., str]) -> None:
    """Nobody reads what is not there."""

    async def nothing(response: aiohttp.ClientResponse) -> object:
        return response.status

    assert call(serve(b"HTTP/1.1 204 No Content\r\n\r\n"), nothing) == 204
    assert [(event["status"], event["part"]) for event, _, _ in box.ended] == [(204, False)]


def test_other_hosts_are_not_touched(box: Box, call: Any, serve: Callable[..., str]) -> None:
    """Nothing is taken of them."""
    assert call(serve(OK).replace(HOST, "localhost"), everything) == b"hello"
    assert (box.begun, box.ended) == ([], [])


def test_a_response_that_is_dropped_ends(box: Box) -> None:
    """Nobody will read or close it; a finalizer only leaves it for the next one."""
    held = seam.Held(box.took())
    held.taken.answered(200, [], "HTTP/1.1")
    del held
    gc.collect()

    assert [(event["part"], event["later"]) for event, _, _ in box.ended] == [(True, True)]


def test_nothing_is_held_when_all_is_read(box: Box, call: Any, serve: Callable[..., str]) -> None:
    """A job may run for weeks."""
    call(serve(OK), everything)

    assert seam._taking == {}
    assert len(box.ended) == 1
