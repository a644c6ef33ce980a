"""The client: live over loopback, and from a cassette."""

from __future__ import annotations

import gzip
import re
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import httpx
import pytest

from harness.client import Player
from harness.client.live import LARGEST_BODY, MOST_REDIRECTS, USER_AGENT, Client, ReplayTransport
from harness.errors import TargetError
from harness.exchange import Exchange, FailureKind, Request, Response, header
from harness.struct import replace
from tests.client.recorded import URL, cassette, exchange, get
from tests.raw_server import Answer, RawServer

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n" + b'{"id":1}'


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Give a function that starts a server with the given answers."""
    servers: list[RawServer] = []

    def start(*answers: Answer) -> RawServer:
        servers.append(RawServer(answers))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


Start = Callable[..., RawServer]


def call(url: str, *, timeout: float = 5.0) -> Exchange:
    """Make one live call."""
    with Client(timeout=timeout) as client:
        (exchange,) = client.send(get(url))
    return exchange


def failed(exchange: Exchange) -> FailureKind:
    """Return the kind of failure; there is no response then, and one line without controls."""
    assert exchange.response is None
    assert exchange.failure is not None
    assert exchange.failure.message.isprintable()
    assert len(exchange.failure.message) < 400
    return exchange.failure.kind


def test_a_call_is_an_exchange(serve: Start) -> None:
    """Request and response are as on the wire, with the time that it took."""
    server = serve(OK)
    with Client() as client:
        fields = (("X-A", "1"), ("x-a", "é"))
        request = Request(method="POST", url=f"{server.url}/p?x=1", headers=fields, content=b"{}")
        (exchange,) = client.send(request)

    assert exchange.failure is None
    assert exchange.response == Response(
        status=200,
        headers=(("Content-Type", "application/json"), ("Content-Length", "8")),
        content=b'{"id":1}',
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", exchange.started)
    assert 0 < exchange.elapsed < 10
    assert exchange.request.content == b"{}"
    assert exchange.request.url == request.url
    assert [field for field in exchange.request.headers if field[0].lower() == "x-a"] == list(fields)
    assert header(exchange.request.headers, "user-agent") == USER_AGENT
    sent = server.received[0].split(b"\r\n")
    assert sent[0] == b"POST /p?x=1 HTTP/1.1"
    assert sent[1:] == [f"{name}: {value}".encode() for name, value in exchange.request.headers]


def test_this_machine_is_not_called_through_a_proxy(serve: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is for the network, not for the sandbox."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert call(serve(OK).url).response
    assert failed(call("http://api.example.org/")) is FailureKind.CONNECT


def test_a_given_header_replaces_ours(serve: Start) -> None:
    """Nothing is sent twice, and a user may say who calls."""
    server = serve(OK)
    with Client() as client:
        (exchange,) = client.send(get(server.url, ("User-Agent", "me"), ("Accept", "text/plain")))

    assert [
        value for name, value in exchange.request.headers if name.lower() in ("user-agent", "accept")
    ] == [
        "me",
        "text/plain",
    ]


def test_a_coded_body_is_decoded(serve: Start) -> None:
    """The content is what the server meant, the header fields are those of the wire."""
    coded = gzip.compress(b"hello" * 100)
    server = serve(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(coded), coded)
    )
    response = call(server.url).response

    assert response is not None
    assert response.content == b"hello" * 100
    assert header(response.headers, "content-encoding") == "gzip"
    assert header(response.headers, "content-length") == str(len(coded))


def test_repeated_header_fields_survive(serve: Start) -> None:
    """Each field of a response is there, in order, with the spelling of its name."""
    server = serve(b"HTTP/1.1 204 No\r\nSet-Cookie: a=1\r\nX: \xe9\r\nset-cookie: b=2\r\n\r\n")
    response = call(server.url).response

    assert response is not None
    assert response.status == 204
    assert response.headers == (("Set-Cookie", "a=1"), ("X", "é"), ("set-cookie", "b=2"))


def test_cookies_are_not_kept(serve: Start) -> None:
    """A call does not depend on the calls before it."""
    answer = b"HTTP/1.1 204 No\r\nSet-Cookie: a=1\r\nConnection: close\r\n\r\n"
    server = serve(answer, answer)
    with Client() as client:
        client.send(get(server.url))
        client.send(get(server.url))

    assert b"ookie" not in server.received[1]


def redirect(location: str, status: int = 302) -> bytes:
    """Answer with a redirect."""
    head = (
        f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    return head.encode()


def test_a_redirect_is_an_answer(serve: Start) -> None:
    """A redirect is a fact to compare, and not followed."""
    response = call(serve(redirect("/q")).url).response

    assert response is not None
    assert response.status == 302


@pytest.mark.parametrize("location", ["http://[", "http://a:b:c/", "mailto:x", "ftp://h/", "", "//"])
def test_a_redirect_to_nowhere_is_an_answer(serve: Start, location: str) -> None:
    """A Location that makes no sense is what the server said; nothing of it gets lost."""
    response = call(serve(redirect(location)).url).response

    assert response is not None
    assert (response.status, header(response.headers, "location")) == (302, location)


def test_every_hop_is_an_exchange(serve: Start) -> None:
    """Followed on request, each hop is there with its own request; a token does not leave its host."""
    last = serve(OK)
    server = serve(redirect("/q"), redirect(f"{last.url}/r".replace("127.0.0.1", "localhost"), 307))
    with Client(timeout=5) as client:
        hops = client.send(get(f"{server.url}/p", ("Authorization", "Bearer x")), follow_redirects=True)

    assert [hop.response.status for hop in hops if hop.response] == [302, 307, 200]
    assert [hop.request.url.rpartition("/")[2] for hop in hops] == ["p", "q", "r"]
    assert [header(hop.request.headers, "authorization") for hop in hops] == ["Bearer x", "Bearer x", None]
    assert all(hop.elapsed > 0 for hop in hops)


def test_redirects_end(tmp_path: Path) -> None:
    """A circle is a failure after a bounded number of hops, live and replayed."""
    with Client(httpx.MockTransport(lambda _: httpx.Response(302, headers={"location": "/p"}))) as client:
        hops = client.send(get("http://h/p"), follow_redirects=True)
    played = cassette(tmp_path, *hops)
    again = Player(played).send(get("http://h/p"), follow_redirects=True)

    assert len(hops) == MOST_REDIRECTS + 2
    assert failed(hops[-1]) is FailureKind.REDIRECTS
    assert all(hop.response for hop in hops[:-1])
    assert [hop.failure for hop in again] == [hop.failure for hop in hops]
    assert not any(played.holds(hop.request) for hop in hops)


@pytest.mark.parametrize("location", ["ftp://h/", f"http://{'a' * 70}.example/"])
def test_a_redirect_that_cannot_be_followed_is_a_failure(location: str) -> None:
    """Where a server sends a client is not the user's mistake; the redirect itself is kept."""

    def answer(request: httpx.Request) -> httpx.Response:
        if str(request.url) == "http://h/p":
            return httpx.Response(302, headers={"location": location})
        return httpx.HTTPTransport(trust_env=False).handle_request(request)

    with Client(httpx.MockTransport(answer)) as client:
        hops = client.send(get("http://h/p"), follow_redirects=True)

    assert len(hops) == 2
    assert failed(hops[1]) is FailureKind.REDIRECTS


def test_nobody_listens() -> None:
    """A refused connection is a failure to connect."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]

    assert failed(call(f"http://127.0.0.1:{port}/")) is FailureKind.CONNECT


def test_a_server_that_does_not_answer(serve: Start) -> None:
    """No answer in time is a timeout, which took at least that long."""
    done = Event()
    exchange = call(serve(lambda _: done.wait(10)).url, timeout=0.2)
    done.set()

    assert failed(exchange) is FailureKind.TIMEOUT
    assert exchange.elapsed >= 0.2


def test_a_body_that_never_ends(serve: Start) -> None:
    """Data that keeps trickling in does not keep the client for ever."""
    done = Event()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not done.wait(0.02):
            connection.sendall(b".")

    exchange = call(serve(trickle).url, timeout=0.3)
    done.set()

    assert failed(exchange) is FailureKind.TIMEOUT


def reset(connection: socket.socket) -> None:
    """Close with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", FailureKind.DISCONNECT),
        (reset, FailureKind.DISCONNECT),
        (b"HTTP/1.1 200 OK\r\nContent-Le", FailureKind.DISCONNECT),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", FailureKind.DISCONNECT),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", FailureKind.DISCONNECT),
        (b"SSH-2.0-\x1b[31mOpenSSH\r\n\r\n", FailureKind.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n", FailureKind.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", FailureKind.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", FailureKind.PROTOCOL),
    ],
)
def test_a_broken_answer_is_a_failure(serve: Start, answer: Answer, kind: FailureKind) -> None:
    """A lost connection is told from a peer that talks nonsense."""
    assert failed(call(serve(answer).url)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectTimeout("x"), FailureKind.TIMEOUT),
        (httpx.ReadTimeout("x"), FailureKind.TIMEOUT),
        (httpx.WriteTimeout("x"), FailureKind.TIMEOUT),
        (httpx.PoolTimeout("x"), FailureKind.TIMEOUT),
        (httpx.ConnectError("[Errno 111] refused\x1b[2J\nBearer abcdef0123456789"), FailureKind.CONNECT),
        (httpx.ProxyError("407"), FailureKind.CONNECT),
        (httpx.ReadError(""), FailureKind.DISCONNECT),
        (httpx.WriteError("Broken pipe"), FailureKind.DISCONNECT),
        (httpx.CloseError("x"), FailureKind.DISCONNECT),
        (httpx.RemoteProtocolError("illegal status line"), FailureKind.PROTOCOL),
        (httpx.DecodingError("x" * 9999), FailureKind.PROTOCOL),
    ],
)
def test_every_error_of_httpx_has_a_kind(error: Exception, kind: FailureKind) -> None:
    """No exception of the library reaches the caller; messages are one clean line without secrets."""

    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    with Client(httpx.MockTransport(fail)) as client:
        (exchange,) = client.send(get("http://h/"))

    assert failed(exchange) is kind
    assert exchange.failure is not None
    assert "abcdef0123456789" not in exchange.failure.message


def test_a_body_without_measure_is_a_failure() -> None:
    """What a hostile server sends is bounded, also when it is small on the wire."""
    bomb = gzip.compress(bytes(LARGEST_BODY + 1), compresslevel=1)
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(bomb))
    with Client(httpx.MockTransport(lambda _: answer)) as client:
        (exchange,) = client.send(get("http://h/"))

    assert failed(exchange) is FailureKind.PROTOCOL


def test_the_transport_serves_any_httpx_client(tmp_path: Path) -> None:
    """A user's own httpx client can play a cassette: it sees a body that is not coded any more."""
    fields = (("content-encoding", "gzip"), ("content-length", "99"), ("content-type", "application/json"))
    played = cassette(tmp_path, exchange(get(URL), Response(status=201, headers=fields, content=b'{"a":1}')))
    with httpx.Client(transport=ReplayTransport(played)) as client:
        response = client.get(URL)

    assert (response.status_code, response.json()) == (201, {"a": 1})


def test_what_was_recorded_live_is_replayed(serve: Start, tmp_path: Path) -> None:
    """Live, saved, loaded and played: the exchanges are equal."""
    server = serve(OK.replace(b"200 OK", b"200 OK\r\nConnection: close"), b"")
    with Client() as client:
        live = (*client.send(get(f"{server.url}/a")), *client.send(get(f"{server.url}/b")))
    rounded = [replace(one, elapsed=round(one.elapsed, 6)) for one in live]
    player = Player(cassette(tmp_path, *live))
    played = [*player.send(get("http://elsewhere/a")), *player.send(get("http://elsewhere/b"))]

    assert played == rounded


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        (get("http://h/", ("X-A", "hunter2\r\nX: y")), "'X-A' cannot be sent"),
        (get("http://h/", ("bad name", "hunter2")), "'bad name' cannot be sent"),
        (get("http://h/", ("X-A", " hunter2")), "'X-A' cannot be sent"),
        (get("http://a:b:c/?password=hunter2"), "its URL is not valid"),
        (get(f"http://{'a' * 70}.example/?password=hunter2"), "its URL is not valid"),
        (get("/p?password=hunter2"), "does not begin with http"),
        (get("ftp://user:hunter2@h/"), "does not begin with http"),
        (Request(method="BAD METHOD", url="http://127.0.0.1:9/"), "HTTP does not allow it"),
    ],
)
def test_what_cannot_be_sent_is_the_users_mistake(serve: Start, request_: Request, what: str) -> None:
    """A request that HTTP does not allow is an error, not an exchange, and shows no secret."""
    url = request_.url.replace("http://127.0.0.1:9", serve(OK).url)
    with Client() as client, pytest.raises(TargetError, match=what) as caught:
        client.send(Request(method=request_.method, url=url, headers=request_.headers))

    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)
