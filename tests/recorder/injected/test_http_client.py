"""The seam in ``http.client``, and what urllib3 does with it."""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from harness.recorder.injected import http_client
from tests.raw_server import Answer, RawServer
from tests.recorder.injected import Box

HOST = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n"
UNTIL_CLOSE = b"HTTP/1.0 200 OK\r\n\r\nhello"


def seamed(box: Box) -> Any:
    """Return a kind of connection with the seam; that of the tests' own process stays as it is."""
    kind = type("Connection", (http.client.HTTPConnection,), {})
    http_client.patch(SimpleNamespace(HTTPConnection=kind), box)  # type: ignore[arg-type] # as a recorder
    return kind


@pytest.fixture
def box() -> Box:
    """Record what goes to this machine."""
    return Box(HOST)


@pytest.fixture
def connect(box: Box) -> Iterator[Callable[..., Any]]:
    """Connect to a server that gives some answers."""
    servers, connections = [], []

    def connect(*answers: Answer) -> Any:
        server = RawServer(answers)
        connection = seamed(box)(HOST, int(server.url.rpartition(":")[2]), timeout=10)
        servers.append(server)
        connections.append(connection)
        return connection

    yield connect
    for connection in connections:
        connection.close()
    for server in servers:
        server.stop()


READS: dict[str, Callable[[Any], object]] = {
    "all": lambda response: response.read(),
    "to its length": lambda response: response.read(5),
    "by one": lambda response: [response.read(1) for _ in range(6)],
    "what is there": lambda response: [response.read1() for _ in range(6)],
    "into a buffer": lambda response: [response.readinto(bytearray(2)) for _ in range(4)],
    "by lines": lambda response: response.readlines(),
    "peeked at": lambda response: (response.peek(), response.read()),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("answer", [OK, CHUNKED, UNTIL_CLOSE], ids=["length", "chunks", "close"])
def test_a_response_is_taken_however_it_is_read(
    box: Box, connect: Callable[..., Any], answer: bytes, read: Callable[[Any], object]
) -> None:
    """What the client gets, without the coding of the wire, once."""
    connection = connect(answer)
    connection.request("GET", "/things?a=b", headers={"X-A": "1"})
    response = connection.getresponse()
    read(response)
    response.close()
    ((event, sent, body),) = box.ended

    assert (event["status"], body, sent) == (200, b"hello", b"")
    assert (event["failure"], box.errors) == ("", [])
    assert ("X-A", "1") in event["request_headers"]
    assert box.begun == [("GET", f"http://{HOST}:{connection.port}/things?a=b")]


@pytest.mark.parametrize("answer", [OK, CHUNKED])
def test_what_nobody_reads_is_what_was_read(box: Box, connect: Callable[..., Any], answer: bytes) -> None:
    """A client that closes has what it wanted."""
    connection = connect(answer)
    connection.request("GET", "/")
    response = connection.getresponse()
    response.read(2)
    response.close()
    ((event, _, body),) = box.ended

    assert (event["part"], body) == (True, b"he")


def bodies() -> dict[str, Any]:
    """Return bodies of every kind that ``http.client`` sends, each anew."""
    return {
        "bytes": b"hello",
        "array": bytearray(b"hello"),
        "text": "hello",
        "file": io.BytesIO(b"hello"),
        "text file": io.StringIO("hello"),
        "iterator": iter([b"hel", b"lo"]),
        "list": [b"hel", b"lo"],
    }


@pytest.mark.parametrize("name", bodies())
def test_a_request_is_taken_as_it_is_sent(box: Box, connect: Callable[..., Any], name: str) -> None:
    """Files and iterators are read once, by the client."""
    connection = connect(OK)
    # With its length, as this server knows no chunks.
    connection.request("POST", "/", body=bodies()[name], headers={"Content-Length": "5"})
    connection.getresponse().read()
    ((_, sent, _),) = box.ended

    assert (sent, box.errors) == (b"hello", [])


@pytest.mark.parametrize("made", [io.BytesIO, lambda data: iter([data])])
def test_a_client_may_send_by_itself(
    box: Box, connect: Callable[..., Any], made: Callable[[bytes], Any]
) -> None:
    """After the head: a file, or an iterator."""
    connection = connect(OK)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "5")
    connection.endheaders()
    connection.send(made(b"hello"))
    connection.getresponse().read()
    ((_, sent, _),) = box.ended

    assert (sent, box.errors) == (b"hello", [])


def reset(connection: socket.socket) -> None:
    """Break a connection in the middle of an answer."""
    connection.sendall(OK[:-2])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (OK[:-2], "IncompleteRead"),
        (CHUNKED[:-8], "IncompleteRead"),
        (b"", "RemoteDisconnected"),
        (b"nonsense\r\n\r\n", "BadStatusLine"),
    ],
)
def test_a_response_that_is_not_whole_is_a_failure(
    box: Box, connect: Callable[..., Any], answer: bytes, failure: str
) -> None:
    """The client is told what it would have been told; the exchange says what took the response's place."""
    connection = connect(answer)
    connection.request("GET", "/")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.getresponse().read()
    ((event, _, _),) = box.ended

    assert event["failure"] == failure


def test_a_connection_that_is_refused_is_a_failure(box: Box) -> None:
    """The call was made, and nobody answered."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    connection = seamed(box)(HOST, port)
    with pytest.raises(ConnectionRefusedError):
        connection.request("GET", "/")

    assert box.ended == []

    connection.close()

    assert [event["failure"] for event, _, _ in box.ended] == ["ConnectionRefusedError"]


def test_calls_on_one_connection_are_apart(box: Box, connect: Callable[..., Any]) -> None:
    """Each has its own bodies."""

    def twice(connection: socket.socket) -> None:
        connection.sendall(OK)
        connection.recv(65536)
        connection.sendall(OK.replace(b"hello", b"again"))

    connection = connect(twice)
    for body in (b"one", b"two"):
        connection.request("POST", "/", body=body)
        connection.getresponse().read()

    assert [(sent, body) for _, sent, body in box.ended] == [(b"one", b"hello"), (b"two", b"again")]


@pytest.mark.parametrize(
    ("host", "url", "begun"),
    [
        (HOST, "/a", f"http://{HOST}:80/a"),
        ("proxy.example", f"https://{HOST}/a?b", f"https://{HOST}:0/a?b"),
        ("proxy.example", f"http://{HOST}:8080", f"http://{HOST}:8080/"),
        ("other.example", "/a", ""),
    ],
)
def test_a_url_is_the_one_that_is_asked_for(box: Box, host: str, url: str, begun: str) -> None:
    """By a proxy, too; and only those of recorded hosts are begun."""
    seamed(box)(host).putrequest("GET", url)

    assert box.begun == ([("GET", begun)] if begun else [])


def test_a_tunnel_is_not_the_host(box: Box) -> None:
    """What is asked for is behind it."""
    connection = seamed(box)("proxy.example", 3128)
    connection.set_tunnel(HOST, 443)
    connection.putrequest("GET", "/a")

    assert box.begun == [("GET", f"http://{HOST}:443/a")]


@pytest.mark.parametrize(("method", "body"), [("POST", b"hello"), ("GET", None)])
def test_what_is_said_to_a_proxy_is_not_the_request(
    box: Box, connect: Callable[..., Any], method: str, body: Any
) -> None:
    """The first bytes open the tunnel, by which proxies get credentials of their own."""

    def tunnel(wire: socket.socket) -> None:
        wire.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        while b"/things" not in wire.recv(65536):
            pass
        wire.sendall(OK)

    connection = connect(tunnel)
    connection.set_tunnel(HOST, 443, headers={"Proxy-Authorization": "Basic bWU6cHc="})
    connection.request(method, "/things", body=body, headers={"Content-Length": "5"} if body else {})
    connection.getresponse().read()
    ((event, sent, answer),) = box.ended

    assert (sent, answer, event["failure"]) == (b"hello" if body else b"", b"hello", "")
    assert [name for name, _ in event["request_headers"]][:2] == ["Host", "Accept-Encoding"]
    assert "Proxy-Authorization" not in dict(event["request_headers"])


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b""])
def test_a_tunnel_that_is_refused_is_a_failure(box: Box, connect: Callable[..., Any], answer: bytes) -> None:
    """The call was made, and did not get there."""
    connection = connect(answer)
    connection.set_tunnel(HOST, 443)
    with pytest.raises((OSError, http.client.HTTPException), match=r"Tunnel|closed"):
        connection.request("GET", "/things")
    connection.close()

    assert [(bool(event["failure"]), sent) for event, sent, _ in box.ended] == [(True, b"")]


def test_what_a_file_of_a_response_can_do_it_still_can(box: Box, connect: Callable[..., Any]) -> None:
    """Libraries look inside."""
    connection = connect(OK)
    connection.request("GET", "/")
    response = connection.getresponse()

    assert response.fp.fileno() > 0
    assert response.fp.closed is False

    response.read()

    assert box.errors == []
