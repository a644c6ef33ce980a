"""Ways out by a proxy."""

from __future__ import annotations

import asyncio
import base64
import shutil
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path

import h11
import pytest

from harness.proxy.pool import Pool, UnreachableError
from harness.proxy.routing import Origin
from harness.proxy.tunnel import Tunnel, tunnel_to
from tests.proxy import Handler, serving

_OPENSSL = shutil.which("openssl")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine that tests run on."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        for each in (name, name.upper()):
            monkeypatch.delenv(each, raising=False)


@pytest.mark.parametrize(
    ("address", "tunnel"),
    [
        ("http://proxy.example.org:3128", Tunnel(host="proxy.example.org", port=3128)),
        ("proxy.example.org", Tunnel(host="proxy.example.org", port=80)),
        (
            "http://me:p%40ss@proxy.example.org:3128",
            Tunnel(
                host="proxy.example.org",
                port=3128,
                credentials=base64.b64encode(b"me:p@ss").decode(),
            ),
        ),
    ],
)
def test_the_environment_names_the_proxy(
    monkeypatch: pytest.MonkeyPatch, address: str, tunnel: Tunnel
) -> None:
    """For https, unless the host is this machine or stands in NO_PROXY."""
    assert tunnel_to("https", "api.example.org") is None
    monkeypatch.setenv("HTTPS_PROXY", address)
    monkeypatch.setenv("NO_PROXY", "inner.example.org")

    assert tunnel_to("https", "api.example.org") == tunnel
    assert "p@ss" not in repr(tunnel)
    assert tunnel_to("http", "api.example.org") is None
    assert tunnel_to("https", "127.0.0.1") is None
    assert tunnel_to("https", "inner.example.org") is None


@pytest.mark.skipif(_OPENSSL is None, reason="openssl, which makes the certificate, is not installed")
@pytest.mark.parametrize("tunnelled", [False, True])
def test_https_goes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, tunnelled: bool) -> None:
    """The service is asked over TLS, by a proxy or without one, and its certificate is looked at."""
    context = _context(tmp_path)
    asked: list[bytes] = []

    async def run() -> bytes:
        async with serving(_answer, context) as port, serving(_connector(asked, port)) as proxy:
            if tunnelled:
                monkeypatch.setenv("HTTPS_PROXY", f"http://me:pass@127.0.0.1:{proxy}")
            host = "service.example" if tunnelled else "localhost"
            pool = Pool(timeout=20)
            pool._tls = ssl.create_default_context(cafile=tmp_path / "cert.pem")
            peer, _ = await pool.take(Origin(scheme="https", host=host, port=port, authority=host))
            await peer.send(h11.Request(method="GET", target="/", headers=[("Host", host)]))
            await peer.send(h11.EndOfMessage())
            head = await peer.receive()
            peer.close()
            await peer._writer.wait_closed()
        return bytes(head.headers[0][1])

    assert asyncio.run(run()) == b"over TLS"
    assert [line.split(b"\r\n")[0].split(b":")[0] for line in asked] == (
        [b"CONNECT service.example"] if tunnelled else []
    )
    assert all(b"Proxy-Authorization: Basic " + base64.b64encode(b"me:pass") in each for each in asked)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "it answered CONNECT with 407"),
        (b"hello\r\n\r\n", "it does not answer CONNECT as a proxy does"),
        (b"", "the connection was lost"),
    ],
)
def test_a_proxy_that_lets_nobody_through(monkeypatch: pytest.MonkeyPatch, said: bytes, why: str) -> None:
    """It is named, and what it said."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)

    async def run() -> None:
        async with serving(refuse) as port:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            to = Origin(scheme="https", host="service.example", port=443, authority="service.example")
            with pytest.raises(
                UnreachableError, match=f"could not connect by the proxy 127.0.0.1:{port}: {why}"
            ):
                await Pool(timeout=20).take(to)

    asyncio.run(run())


def _context(directory: Path) -> ssl.SSLContext:
    """Make a certificate for the names of the tests, which also is its own authority."""
    certificate, key = directory / "cert.pem", directory / "key.pem"
    names = "subjectAltName=DNS:localhost,DNS:service.example"
    command = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    files = ["-addext", names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([str(_OPENSSL), *command, *files], check=True, capture_output=True)  # noqa: S603 - ours
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nX: over TLS\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    await reader.read(1)


def _connector(asked: list[bytes], port: int) -> Handler:
    """Be a proxy that connects everybody to one port."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, back), pump(there, writer))
        with suppress(OSError):
            await back.wait_closed()

    return connect
