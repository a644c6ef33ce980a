"""Tests of the recording proxy, and what they share."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.cassette import Cassette
from harness.exchange import Exchange, Side
from harness.listening import listen
from harness.proxy import PATHS, running
from harness.recorder import Keeper, Kept, Secrecy, scope_of
from harness.redact import Redactor
from harness.settings import Environment
from tests.raw_server import Answer, RawServer
from tests.recorder import TOKEN

IAM = PATHS["iam"]
SECRETS = {"ASTRO_API_TOKEN": TOKEN}
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def box(upstream: str) -> Environment:
    """Return an environment whose APIs are all on one server."""
    bases = {api: upstream + path for api, path in PATHS.items()}
    return Environment(name="box", base_urls=bases, sandbox=True, limits={})


@dataclass(slots=True)
class Recording:
    """A proxy that records, and what came of it when it has ended."""

    url: str
    exchanges: list[Exchange] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 0)


@contextmanager
def recording(
    directory: Path,
    upstream: str,
    *,
    keeper: Callable[..., Keeper] = Keeper,
    alert: Callable[[str], object] = lambda _: None,
    **caps: Any,
) -> Iterator[Recording]:
    """Record what goes to a server; the exchanges are there after the block, those of v1beta1 first."""
    environment = box(upstream)
    scope = scope_of([environment], **caps)
    made = keeper(directory, scope, Secrecy(redactor=Redactor(SECRETS), secrets=SECRETS), environment="box")
    with made:
        with running(listen("127.0.0.1", 0), environment, made, alert=alert) as url:
            record = Recording(url)
            yield record
        record.kept = made.finish()
    for side in Side:
        path = directory / f"{side.value}.yaml"
        record.exchanges += Cassette.load(path).exchanges if path.exists() else []


@contextmanager
def answering(*answers: Answer) -> Iterator[RawServer]:
    """Serve a service that says exactly these bytes, one answer a connection."""
    server = RawServer(answers)
    try:
        yield server
    finally:
        server.stop()


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handle: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve in this loop until the connections have ended; give the port."""
    tasks: list[asyncio.Task[Any]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        with suppress(OSError):
            await handle(reader, writer)
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await asyncio.gather(*tasks)


def talk(address: tuple[str, int], data: bytes) -> bytes:
    """Send bytes, and return all that is answered until the other end closes."""
    with closing(socket.create_connection(address, timeout=20)) as connection:
        connection.sendall(data)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """Read until the other end closes."""
    answer = b""
    while more := connection.recv(65536):
        answer += more
    return answer


def read_until(connection: socket.socket, mark: bytes) -> bytes:
    """Read until these bytes came, and no further than what came with them."""
    answer = b""
    while mark not in answer:
        more = connection.recv(65536)
        assert more, answer
        answer += more
    return answer


def get(path: str = f"{IAM}/a", *fields: str, method: str = "GET") -> bytes:
    """Write a request without a body, after which the connection is closed."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *fields]
    return "\r\n".join([*lines, "", ""]).encode()


def status(answer: bytes) -> int:
    """Return the status of an answer."""
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    assert found, answer
    return int(found[1])
