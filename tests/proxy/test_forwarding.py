"""Exchanges on their way through: whatever happens to them, the client sees it, and it is kept."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from harness.exchange import Exchange, Failure, FailureKind
from harness.recorder import Keeper, Scope
from harness.recorder.journal import Journal
from harness.redact import Redactor
from tests.proxy import IAM, OK, answering, get, read_all, read_until, recording, status, talk
from tests.raw_server import RawServer
from tests.recorder import TOKEN

CUT = "Harness-Body-Cut"
BYTES = bytes(range(256)) * 20_000
POST = f"POST {IAM}/a HTTP/1.1\r\nHost: localhost\r\n".encode()


def answer(*fields: str, body: bytes = b"", status: str = "200 OK") -> bytes:
    """Write an answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode() + body


def chunks(body: bytes, size: int) -> bytes:
    """Write a body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def lost(recorded: list[Exchange]) -> Failure:
    """Return the failure of the only exchange."""
    (exchange,) = recorded
    assert exchange.failure is not None
    return exchange.failure


def content(recorded: list[Exchange]) -> bytes:
    """Return the content of the answer of the only exchange."""
    (exchange,) = recorded
    assert exchange.response is not None
    return exchange.response.content


def test_a_request_and_its_answer_go_through(tmp_path: Path) -> None:
    """The service reads its own name as Host; nobody reads the fields of the other's connection."""
    said = answer("X-Fine: a", "Connection: X-Hop", "X-Hop: b", "Content-Length: 2", body=b"ok")
    with answering(said) as service, recording(tmp_path, service.url) as made:
        fields = ("X-Own: 1", f"Authorization: Bearer {TOKEN}", "Te: trailers", "Keep-Alive: 5")
        seen = talk(made.address, get(f"{IAM}/a?b=%20c", *fields))
    (exchange,) = made.exchanges

    assert service.received[0].decode().splitlines() == [
        f"GET {IAM}/a?b=%20c HTTP/1.1",
        f"Host: {service.url.removeprefix('http://')}",
        "X-Own: 1",
        f"Authorization: Bearer {TOKEN}",
    ]
    assert seen.startswith(b"HTTP/1.1 200 OK\r\nX-Fine: a\r\nContent-Length: 2\r\n")
    assert b"X-Hop" not in seen
    assert exchange.request.url == f"{service.url}{IAM}/a?b=%20c"
    assert dict(exchange.request.headers)["Authorization"] == "Bearer [ASTRO_API_TOKEN]"
    assert exchange.elapsed > 0
    assert content(made.exchanges) == b"ok"


@pytest.mark.parametrize("chunked", [False, True])
def test_large_bodies_go_through_and_are_hashed(tmp_path: Path, *, chunked: bool) -> None:
    """Both ways, byte for byte; beyond the cap the recording has the length and the hash."""
    lines = chunks(BYTES, 70_001)

    def said(connection: socket.socket) -> None:
        if chunked:
            while not service.bodies[-1].endswith(b"0\r\n\r\n"):
                service.bodies[-1] += connection.recv(65536)
            connection.sendall(answer("Transfer-Encoding: chunked", body=lines))
        else:
            connection.sendall(answer(f"Content-Length: {len(BYTES)}", body=BYTES))

    with answering(said) as service, recording(tmp_path, service.url, body=1000) as made:
        sent: Any = iter([BYTES[:100], BYTES[100:]]) if chunked else BYTES
        seen = httpx.post(f"{made.url}{IAM}/a", content=sent)
    (exchange,) = made.exchanges

    assert seen.content == BYTES
    assert (_unchunked(service.bodies[0]) if chunked else service.bodies[0]) == BYTES
    assert exchange.response is not None
    for headers in (exchange.request.headers, exchange.response.headers):
        assert dict(headers)[CUT] == f"{len(BYTES)} bytes, sha256 {hashlib.sha256(BYTES).hexdigest()}"


def _unchunked(data: bytes) -> bytes:
    body = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        body, data = body + data[: int(size, 16)], data[int(size, 16) + 2 :]
    return body


def test_a_packed_body_stays_packed_and_is_kept_unpacked(tmp_path: Path) -> None:
    """The client gets the bytes of the service; people read the recording."""
    packed = gzip.compress(b'{"users": []}')
    said = answer("Content-Encoding: gzip", f"Content-Length: {len(packed)}", body=packed)
    with answering(said) as service, recording(tmp_path, service.url) as made:
        seen = talk(made.address, get(f"{IAM}/a", "Accept-Encoding: br;q=1.0, gzip;q=0.8, zstd, *;q=0.1"))

    assert b"Accept-Encoding: gzip;q=0.8\r\n" in service.received[0] + b"\r\n"
    assert seen.endswith(packed)
    assert content(made.exchanges) == b'{"users": []}'


def test_what_cannot_be_unpacked_is_not_kept(tmp_path: Path) -> None:
    """Secrets in it could not be found, so only its length and its hash are there."""
    body = b"\x8b\x00 brotli"
    said = answer("Content-Encoding: br", f"Content-Length: {len(body)}", body=body)
    with answering(said) as service, recording(tmp_path, service.url) as made:
        seen = talk(made.address, get())
    (exchange,) = made.exchanges

    assert seen.endswith(body)
    assert content(made.exchanges) == b""
    assert exchange.response is not None
    digest = hashlib.sha256(body).hexdigest()
    assert dict(exchange.response.headers)[CUT] == f"{len(body)} bytes of br, sha256 {digest}"


@pytest.mark.parametrize(
    ("method", "said", "code"),
    [
        ("HEAD", answer("Content-Length: 500"), 200),
        ("GET", answer(status="204 No Content"), 204),
        ("GET", answer("Content-Length: 500", status="304 Not Modified"), 304),
        ("GET", answer("Location: https://api.example.org/b", "Content-Length: 0", status="302 Found"), 302),
        ("DELETE", answer("Content-Length: 0"), 200),
    ],
)
def test_answers_without_a_body(tmp_path: Path, method: str, said: bytes, code: int) -> None:
    """They end with their header, which goes through as it is; a Location too."""
    with answering(said) as service, recording(tmp_path, service.url) as made:
        seen = talk(made.address, get(method=method))

    assert status(seen) == code
    assert seen.endswith(b"\r\n\r\n")
    assert set(said.splitlines()) <= set(seen.splitlines())
    assert content(made.exchanges) == b""


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_an_answer_that_ends_with_its_connection(tmp_path: Path, version: str) -> None:
    """HTTP/1.1 gets chunks, HTTP/1.0 the same end."""
    with answering(answer(body=b"all of it")) as service, recording(tmp_path, service.url) as made:
        seen = talk(made.address, get().replace(b"HTTP/1.1", f"HTTP/{version}".encode()))

    assert seen.endswith(b"\r\n\r\nall of it" if version == "1.0" else b"9\r\nall of it\r\n0\r\n\r\n")
    assert content(made.exchanges) == b"all of it"


def test_a_client_that_waits_is_told_to_continue(tmp_path: Path) -> None:
    """100 comes from the service, and so does 103; only then the body is sent."""

    def said(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
        service.bodies[-1] += connection.recv(4)
        connection.sendall(OK)

    with (
        answering(said) as service,
        recording(tmp_path, service.url) as made,
        closing(socket.create_connection(made.address, timeout=20)) as client,
    ):
        client.sendall(POST + b"Content-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        seen = read_until(client, b"100 Continue\r\n\r\n")
        client.sendall(b"body")
        end = read_until(client, b"ok")

    assert b"103 Early Hints\r\nLink: </a>\r\n\r\n" in seen
    assert status(end) == 200
    assert service.bodies == [b"body"]
    assert made.exchanges[0].request.content == b"body"


def test_an_answer_may_come_before_the_request_is_whole(tmp_path: Path) -> None:
    """A service that refuses a body is heard while the client still sends."""
    said = answer("Content-Length: 3", body=b"no!", status="413 Content Too Large")
    with answering(said) as service, recording(tmp_path, service.url) as made:
        seen = talk(made.address, POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")

    assert status(seen) == 413
    assert seen.endswith(b"no!")
    assert content(made.exchanges) == b"no!"


def test_an_answer_is_there_though_its_service_hung_up(tmp_path: Path) -> None:
    """It refused a request without reading its body: the client sees the refusal, and not a broken pipe."""
    refusal = answer("Content-Length: 3", "Connection: close", body=b"big", status="413 Payload Too Large")
    closed = Event()

    def said(connection: socket.socket) -> None:
        connection.sendall(refusal)
        connection.close()
        closed.set()

    with (
        answering(said) as service,
        recording(tmp_path, service.url) as made,
        closing(socket.create_connection(made.address, timeout=20)) as client,
    ):
        client.sendall(POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        assert closed.wait(20)
        with suppress(OSError):
            for _ in range(20):
                client.sendall(b"f4240\r\n" + bytes(1_000_000) + b"\r\n")
        seen = read_until(client, b"big")
    (exchange,) = made.exchanges

    assert status(seen) == 413
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.content) == (413, b"big")


POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"


@pytest.mark.parametrize("later", [True, False])
@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("GET", OK),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 54\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 54\r\n\r\n"),
    ],
)
def test_what_follows_an_answer_is_no_answer_to_another(
    tmp_path: Path,
    method: str,
    said: bytes,
    later: bool,  # noqa: FBT001
) -> None:
    """Bytes that nobody asked for, at once or while the connection is idle, end the connection."""
    first, sent = Event(), Event()

    def says(connection: socket.socket) -> None:
        connection.sendall(said if later else said + POISON)
        if later:
            assert first.wait(20)
            connection.sendall(POISON)
        sent.set()
        connection.recv(65536)

    with answering(says, OK) as service, recording(tmp_path, service.url) as made:
        talk(made.address, get(method=method))
        first.set()
        assert sent.wait(20)
        seen = talk(made.address, get(f"{IAM}/second"))

    assert seen.endswith(b"\r\n\r\nok")
    assert len(service.received) == 2


def test_pieces_go_on_as_they_come(tmp_path: Path) -> None:
    """The first piece is with the client before the service has sent the second one."""
    read = Event()

    def said(connection: socket.socket) -> None:
        connection.sendall(answer("Transfer-Encoding: chunked", body=b"5\r\nfirst\r\n"))
        assert read.wait(20)
        connection.sendall(b"6\r\nsecond\r\n0\r\n\r\n")

    with (
        answering(said) as service,
        recording(tmp_path, service.url) as made,
        httpx.stream("GET", f"{made.url}{IAM}/a", timeout=20) as streamed,
    ):
        pieces = streamed.iter_raw()
        seen = [next(pieces)]
        read.set()
        seen += pieces

    assert b"".join(seen) == b"firstsecond"
    assert content(made.exchanges) == b"firstsecond"


@pytest.mark.parametrize(
    "said",
    [
        answer("Transfer-Encoding: chunked", body=chunks(b"all of it", 9)),
        answer("Content-Length: 9", body=b"all of it"),
        answer("X: all of it", status="204 No Content"),
    ],
    ids=["chunks", "length", "no body"],
)
def test_the_end_comes_when_the_exchange_is_kept(tmp_path: Path, said: bytes) -> None:
    """A client never has a whole answer that a kill could still take from the recording."""
    clients: list[socket.socket] = []
    before: list[bytes] = []
    kept = Event()

    class Looking(Keeper):
        def ended(self, id_: int, exchange: Exchange, step: str = "") -> None:
            with suppress(BlockingIOError):
                before.append(clients[0].recv(65536, socket.MSG_PEEK | socket.MSG_DONTWAIT))
            super().ended(id_, exchange, step)
            kept.set()

    with (
        answering(said) as service,
        recording(tmp_path, service.url, keeper=Looking) as made,
        closing(socket.create_connection(made.address)) as client,
    ):
        clients.append(client)
        client.sendall(get())
        assert kept.wait(20)
        seen = read_all(client)

    assert b"all of it" in seen
    assert before in ([], [seen.partition(b"0\r\n\r\n")[0]])
    assert len(b"".join(before)) < len(seen)


def test_requests_share_connections(tmp_path: Path) -> None:
    """Both to the client and to the service, also where the client does not wait for answers."""

    def said(connection: socket.socket) -> None:
        connection.sendall(answer("Content-Length: 1", body=b"0"))
        for number in (1, 2):
            service.received.append(read_until(connection, b"\r\n\r\n"))
            connection.sendall(answer("Content-Length: 1", body=b"%d" % number))

    requests = [get(f"{IAM}/{number}").replace(b"Connection: close\r\n", b"") for number in range(2)]
    with answering(said) as service, recording(tmp_path, service.url) as made:
        seen = talk(made.address, b"".join([*requests, get(f"{IAM}/2")]))

    assert re.findall(rb"\r\n\r\n(\d)", seen) == [b"0", b"1", b"2"]
    assert [exchange.request.url[-1] for exchange in made.exchanges] == ["0", "1", "2"]
    assert len(service.bodies) == 1


def _once(service: RawServer) -> Iterator[Any]:
    """Answer one request on the first connection and close it at the next, answer on the second one."""

    def said(connection: socket.socket) -> None:
        connection.sendall(answer("Content-Length: 2", body=b"ok"))
        service.received.append(connection.recv(65536))

    yield said
    yield answer("Content-Length: 5", "Connection: close", body=b"again")


@pytest.mark.parametrize(("method", "code"), [("GET", 200), ("DELETE", 200), ("POST", 502)])
def test_a_connection_that_was_closed_meanwhile(tmp_path: Path, method: str, code: int) -> None:
    """What may be sent twice is sent on a new connection; what might be done twice never is."""
    answers: list[Any] = []
    with answering(*_lazily(answers)) as service:
        answers += _once(service)
        with recording(tmp_path, service.url) as made, httpx.Client(base_url=made.url) as client:
            first = client.get(f"{IAM}/a")
            second = client.request(method, f"{IAM}/b")

    assert (first.text, second.status_code) == ("ok", code)
    assert len(made.exchanges) == 2
    assert (made.exchanges[1].failure is None) is (code == 200)


def _lazily(answers: list[Any]) -> Iterator[Any]:
    """Yield two answers that are there when the first connection is."""
    for number in range(2):
        yield lambda connection, number=number: _say(answers[number], connection)


def _say(said: Any, connection: socket.socket) -> None:
    if isinstance(said, bytes):
        connection.sendall(said)
    else:
        said(connection)


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (b"", FailureKind.DISCONNECT, "the connection was lost"),
        (b"HTTP/1.1 200", FailureKind.DISCONNECT, "the connection was lost"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", FailureKind.PROTOCOL, "the answer is not HTTP"),
        (answer("Content-Length: many"), FailureKind.PROTOCOL, "the answer is not HTTP"),
    ],
)
def test_no_answer_is_told_by_the_recorder(
    tmp_path: Path, said: bytes, kind: FailureKind, message: str
) -> None:
    """The client gets 502, with who says so; the exchange is kept as a failure."""
    with answering(said) as service, recording(tmp_path, service.url) as made:
        seen = httpx.get(f"{made.url}{IAM}/a")
    failure = lost(made.exchanges)

    assert seen.status_code == 502
    assert seen.json()["saidBy"] == "harness record"
    assert message in seen.json()["message"]
    assert failure.kind is kind
    assert failure.message.startswith(message)


def test_a_service_that_is_not_there(tmp_path: Path) -> None:
    """The client gets 502, and the exchange is kept as a failure."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with recording(tmp_path, url) as made:
        seen = httpx.post(f"{made.url}{IAM}/a", json={"name": "x"})
    failure = lost(made.exchanges)

    assert (seen.status_code, failure.kind) == (502, FailureKind.CONNECT)
    assert "could not connect" in seen.json()["message"]
    assert dict(made.exchanges[0].request.headers)["Content-Type"] == "application/json"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("fields", [("Content-Length: 9",), ("Transfer-Encoding: chunked",)])
def test_an_answer_that_breaks_off(tmp_path: Path, version: str, fields: tuple[str, ...]) -> None:
    """The client sees that it is not whole, and the exchange is a failure."""
    said = answer(*fields, body=b"4\r\nhalf")
    with (
        answering(said) as service,
        recording(tmp_path, service.url) as made,
        closing(socket.create_connection(made.address, timeout=20)) as client,
    ):
        client.sendall(get().replace(b"HTTP/1.1", f"HTTP/{version}".encode()))
        broken = http.client.HTTPResponse(client, method="GET")
        # Without a length and without chunks only a reset tells HTTP/1.0 that this is not the end.
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            _read(broken)

    assert lost(made.exchanges).kind is FailureKind.DISCONNECT


def _read(response: http.client.HTTPResponse) -> None:
    response.begin()
    response.read()


def test_a_client_that_leaves_is_not_waited_for(tmp_path: Path) -> None:
    """The service sees the end of the connection as well, and the exchange is a failure."""
    ended = Event()

    def said(connection: socket.socket) -> None:
        connection.sendall(answer("Content-Length: 9", body=b"half"))
        if not connection.recv(1):
            ended.set()

    with answering(said) as service, recording(tmp_path, service.url) as made:
        with closing(socket.create_connection(made.address, timeout=20)) as client:
            client.sendall(get())
            read_until(client, b"half")

        assert ended.wait(20)

    failure = lost(made.exchanges)
    assert failure.kind is FailureKind.DISCONNECT
    assert failure.message == "the client closed the connection before the answer was whole"


def test_a_client_that_leaves_in_the_middle_of_its_request(tmp_path: Path) -> None:
    """What it had sent is kept, with the failure."""
    ended = Event()

    def said(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass
        ended.set()

    with answering(said) as service, recording(tmp_path, service.url) as made:
        with closing(socket.create_connection(made.address, timeout=20)) as client:
            client.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")

        assert ended.wait(20)

    assert lost(made.exchanges).kind is FailureKind.DISCONNECT
    assert made.exchanges[0].request.content in (b"", b"half")


def test_a_bad_chunk_is_the_client_s_mistake(tmp_path: Path) -> None:
    """It is answered with 400, and the service does not get a whole request."""

    def said(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with answering(said) as service, recording(tmp_path, service.url) as made:
        seen = talk(made.address, POST + b"Transfer-Encoding: chunked\r\n\r\nno size\r\n")

    assert status(seen) == 400
    assert json.loads(seen.partition(b"\r\n\r\n")[2])["saidBy"] == "harness record"
    assert lost(made.exchanges).kind is FailureKind.PROTOCOL


def test_what_cannot_be_kept_is_forwarded_all_the_same(tmp_path: Path) -> None:
    """The client has its answers, and what is missing is counted."""
    said = answer("Content-Length: 2", "Connection: close", body=b"ok")
    with answering(*[said] * 5) as service, recording(tmp_path, service.url, disk=300) as made:
        seen = [httpx.get(f"{made.url}{IAM}/a").text for _ in range(5)]

    assert seen == ["ok"] * 5
    assert made.kept.lost > 0
    assert made.kept.exchanges + made.kept.lost == 5


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        *((Scope, name) for name in ("allows", "keeps")),
        *((Redactor, name) for name in ("exchange", "request", "response", "url", "headers", "content")),
        *((Journal, name) for name in ("began", "ended", "lost")),
        *((Keeper, name) for name in ("began", "ended", "lost")),
    ],
)
def test_no_fault_of_the_recorder_meets_the_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str
) -> None:
    """Whatever raises: each call has its answer, and what is not kept is counted or told."""
    told: list[str] = []

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(TOKEN)

    said = answer("Content-Length: 2", "Connection: close", body=b"ok")
    keeper = partial(Keeper, alert=told.append)
    with (
        answering(said, said) as service,
        recording(tmp_path, service.url, keeper=keeper, alert=told.append) as made,
        monkeypatch.context() as broken,
    ):
        broken.setattr(owner, name, fails)
        seen = [httpx.get(f"{made.url}{IAM}/{name}").text for name in "ab"]

    assert seen == ["ok", "ok"]
    assert made.kept.exchanges == 2 or told
    assert TOKEN not in "".join(told)


def test_ignored_paths_are_forwarded_and_not_kept(tmp_path: Path) -> None:
    """So is what sampling leaves out."""
    said = answer("Content-Length: 2", "Connection: close", body=b"ok")
    with answering(said, said) as service, recording(tmp_path, service.url, ignored=["/b$"]) as made:
        seen = [httpx.get(f"{made.url}{IAM}/{name}").text for name in "ab"]

    assert seen == ["ok", "ok"]
    assert [exchange.request.url[-1] for exchange in made.exchanges] == ["a"]
    assert made.kept.ignored == 1
