"""The proxy on a socket: what it refuses, and how it ends."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from harness.cassette import Cassette
from harness.exchange import FailureKind
from harness.listening import listen, url_of
from harness.proxy import Proxy, Routes, Stop
from harness.recorder import scope_of
from tests.proxy import IAM, OK, answering, box, get, read_all, read_until, recording, status, talk
from tests.recorder import keeper

POST = f"POST {IAM}/a HTTP/1.1\r\nHost: localhost\r\n".encode()


@pytest.mark.parametrize(
    ("sent", "code", "message"),
    [
        (get("http://example.org/v1/a"), 400, "no proxy for whatever else"),
        (b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n", 405, "no proxy"),
        (get("/v1beta1/a"), 404, "below none of the recorder's base URLs"),
        (b"GET /v1/a HTTP/1.1\r\nHost: rebound.example.org\r\n\r\n", 421, "names another server"),
        (b"GET /v1/a HTTP/1.1\r\n\r\n", 400, "not HTTP/1.1"),
        (b"GET /v1/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "not HTTP/1.1"),
        (POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "in two ways"),
        (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400, "in two ways"),
        (POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n", 400, "in two ways"),
        (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody!", 400, "not HTTP/1.1"),
        (POST + b"Content-Length: +4\r\n\r\nbody", 400, "not HTTP/1.1"),
        (POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n", 400, "not HTTP/1.1"),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, "not HTTP/1.1"),
        (POST + b"X: a\x00b\r\n\r\n", 400, "not HTTP/1.1"),
        (get("/v1/a", "X: " + "x" * 200_000), 431, "too large"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "not HTTP/1.1"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, ""),
    ],
)
def test_what_is_refused(tmp_path: Path, sent: bytes, code: int, message: str) -> None:
    """With a reason and what to do, in JSON that says who speaks; nothing of it reaches the service."""
    with recording(tmp_path, "http://127.0.0.1:9") as made:
        seen = talk(made.address, sent)
    said = json.loads(seen.partition(b"\r\n\r\n")[2])

    assert status(seen) == code
    assert message in said["message"]
    assert said["saidBy"] == "harness record"
    assert said["advice"]
    assert made.kept.exchanges == 0


def test_nothing_is_smuggled_behind_a_request(tmp_path: Path) -> None:
    """What follows a request that ends in two places is never read as one."""
    inner = get("/v1/smuggled")
    outer = POST + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(inner))
    with answering(OK) as service, recording(tmp_path, service.url) as made:
        seen = talk(made.address, outer + inner)

    assert seen.count(b"HTTP/1.1 ") == 1
    assert service.received == []


def test_each_trouble_is_told_once(tmp_path: Path) -> None:
    """And counted as often as it came."""
    told: list[str] = []
    listener = listen("127.0.0.1", 0)
    with keeper(tmp_path) as kept:
        proxy = Proxy(Routes(box("http://x"), url_of(listener)), kept, timeout=20, alert=told.append)
        stop = Stop()
        thread = Thread(target=lambda: asyncio.run(proxy.serve(listener, stop)))
        thread.start()
        for _ in range(3):
            httpx.get(f"{url_of(listener)}/nowhere")
        stop.ask()
        thread.join()

    assert len(told) == 1
    assert told[0].startswith("a request was refused with 404: ")
    assert proxy.refused == {"base URL": 3}


@contextmanager
def _serving(directory: Path, upstream: str) -> Iterator[tuple[tuple[str, int], Stop, Thread]]:
    """Give the address of a proxy that is stopped by hand; what it kept is a cassette afterwards."""
    listener = listen("127.0.0.1", 0)
    environment = box(upstream)
    with keeper(directory, scope_of([environment])) as kept:
        proxy = Proxy(Routes(environment, url_of(listener)), kept, timeout=20)
        stop = Stop()
        thread = Thread(target=lambda: asyncio.run(proxy.serve(listener, stop)))
        thread.start()
        yield listener.getsockname(), stop, thread
        thread.join()
        kept.finish()


def test_what_is_under_way_ends_first(tmp_path: Path) -> None:
    """Asked to stop, it takes no more connections, closes idle ones, and waits for the answer."""
    began, go = Event(), Event()

    def said(connection: socket.socket) -> None:
        began.set()
        assert go.wait(20)
        connection.sendall(OK)

    with answering(said) as service, _serving(tmp_path, service.url) as (address, stop, thread):
        with (
            closing(socket.create_connection(address)) as idle,
            closing(socket.create_connection(address)) as busy,
        ):
            busy.sendall(get().replace(b"Connection: close\r\n", b""))
            assert began.wait(20)
            stop.ask()

            assert idle.recv(1) == b""
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address)
            go.set()
            assert read_all(busy).endswith(b"ok")
        thread.join()

    (exchange,) = Cassette.load(tmp_path / "baseline.yaml").exchanges
    assert exchange.response is not None


def test_asked_twice_it_cuts_what_is_under_way(tmp_path: Path) -> None:
    """Which is kept as a failure, and its client sees it."""
    began = Event()

    def said(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        began.set()
        connection.recv(1)

    with answering(said) as service, _serving(tmp_path, service.url) as (address, stop, thread):
        with closing(socket.create_connection(address)) as client:
            client.sendall(get())
            read_until(client, b"half")
            assert began.wait(20)
            stop.ask()
            stop.ask()

            assert read_all(client) == b""
        thread.join()

    (exchange,) = Cassette.load(tmp_path / "baseline.yaml").exchanges
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.DISCONNECT
    assert exchange.failure.message == "the recorder was stopped"


def test_who_waits_for_an_answer_is_told_why_there_is_none(tmp_path: Path) -> None:
    """Cut off before an answer began, a client gets one that says who stopped."""
    began = Event()

    def said(connection: socket.socket) -> None:
        began.set()
        connection.recv(1)

    with (
        answering(said) as service,
        _serving(tmp_path, service.url) as (address, stop, _),
        closing(socket.create_connection(address)) as client,
    ):
        client.sendall(get())
        assert began.wait(20)
        stop.ask()
        stop.ask()
        seen = read_all(client)

    assert status(seen) == 502
    assert b"the recorder was stopped" in seen


@pytest.mark.parametrize(("path", "code"), [("/nowhere", 404), (f"{IAM}/a", 502)])
def test_head_gets_no_body_from_us_either(tmp_path: Path, path: str, code: int) -> None:
    """Its header says how long that would be."""
    with recording(tmp_path, "http://127.0.0.1:9") as made:
        seen = talk(made.address, get(path, method="HEAD"))

    assert status(seen) == code
    assert seen.endswith(b"\r\n\r\n")
