"""The seam in ``httpcore``, for both of its pools."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpcore
import httpx
import pytest

from harness.recorder.injected import httpcore as seam
from tests.raw_server import Answer, RawServer
from tests.recorder.injected import Box

HOST = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
BROKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"


class Calls:
    """Calls with httpx through pools with the seam; those of the tests' own process stay as they are."""

    def __init__(self, box: Box) -> None:
        kinds = (httpcore.ConnectionPool, httpcore.AsyncConnectionPool)
        self.pool, self.asynchronous = (type(kind.__name__, (kind,), {}) for kind in kinds)
        given = SimpleNamespace(ConnectionPool=self.pool, AsyncConnectionPool=self.asynchronous)
        seam.patch(given, box)  # type: ignore[arg-type] # as a recorder

    def call(self, url: str, *, whole: bool = True, **given: Any) -> bytes:
        """Call, and read the response or only its first bytes."""
        transport = httpx.HTTPTransport()
        transport._pool = self.pool()
        with httpx.Client(transport=transport) as client, client.stream("POST", url, **given) as response:
            return response.read() if whole else next(response.iter_raw())

    def call_async(self, url: str, *, whole: bool = True, **given: Any) -> bytes:
        """Do the same with the asynchronous client."""

        async def call() -> bytes:
            transport = httpx.AsyncHTTPTransport()
            transport._pool = self.asynchronous()
            async with (
                httpx.AsyncClient(transport=transport) as client,
                client.stream("POST", url, **given) as response,
            ):
                return await response.aread() if whole else await anext(response.aiter_raw())

        return asyncio.run(call())


@pytest.fixture
def box() -> Box:
    """Record what goes to this machine."""
    return Box(HOST)


@pytest.fixture(params=["call", "call_async"])
def call(request: pytest.FixtureRequest, box: Box) -> Any:
    """Call with one of the two clients."""
    return getattr(Calls(box), request.param)


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


@pytest.mark.parametrize("answer", [OK, CHUNKED])
def test_an_exchange_is_taken(box: Box, call: Any, serve: Callable[..., str], answer: bytes) -> None:
    """Request, response and headers, and the client has its answer."""
    url = serve(answer)

    assert call(f"{url}/a?b=c", content=b"sent", headers={"X-A": "1"}) == b"hello"

    ((event, sent, body),) = box.ended

    assert (event["status"], sent, body, event["version"]) == (200, b"sent", b"hello", "HTTP/1.1")
    assert ("X-A", "1") in event["request_headers"]
    assert box.begun == [("POST", f"{url}/a?b=c")]
    assert (event["failure"], event["part"], box.errors) == ("", False, [])


def test_what_nobody_reads_is_what_was_read(box: Box, call: Any, serve: Callable[..., str]) -> None:
    """A client that closes has what it wanted."""

    def slowly(connection: socket.socket) -> None:
        connection.sendall(BROKEN)
        connection.recv(65536)

    assert call(serve(slowly), whole=False) == b"hello"

    ((event, _, body),) = box.ended

    assert (event["part"], event["failure"], body) == (True, "", b"hello")


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (BROKEN, "RemoteProtocolError"),
        (b"", "RemoteProtocolError"),
        (b"nonsense\r\n\r\n", "RemoteProtocolError"),
    ],
)
def test_a_response_that_is_not_whole_is_a_failure(
    box: Box, call: Any, serve: Callable[..., str], answer: bytes, failure: str
) -> None:
    """The client is told what it would have been told."""
    with pytest.raises(httpx.RemoteProtocolError):
        call(serve(answer))

    assert [event["failure"] for event, _, _ in box.ended] == [failure]


def test_a_connection_that_is_refused_is_a_failure(box: Box, call: Any) -> None:
    """The call was made, and nobody answered."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        call(f"http://{HOST}:{port}/")

    assert [event["failure"] for event, _, _ in box.ended] == ["ConnectError"]


def test_other_hosts_are_not_touched(box: Box, call: Any, serve: Callable[..., str]) -> None:
    """Nothing is taken of them."""
    assert call(serve(OK).replace(HOST, "localhost")) == b"hello"
    assert (box.begun, box.ended) == ([], [])


def test_a_response_that_is_dropped_ends(box: Box) -> None:
    """Nobody will read or close it; a finalizer only leaves it for the next one."""
    reading = seam.Reading(iter([b"a", b"b"]), box.took())
    reading._taken.answered(200, [], "HTTP/1.1")
    del reading

    assert [(event["part"], event["later"]) for event, _, _ in box.ended] == [(True, True)]


def test_a_body_that_is_sent_again_replaces_itself(box: Box) -> None:
    """As after a connection that turned out to be closed."""
    sending = seam.Sending([b"a", b"b"], box.took())

    assert [list(sending), list(sending)] == [[b"a", b"b"]] * 2
    assert sending._taken.request.content == b"ab"
