"""What the recording proxy adds to a call, beside mitmdump; its throughput and memory.

They take minutes and are run by their names: ``python -m tests.benchmarks proxy proxy-memory``.
mitmdump is found on the path, or where ``HARNESS_MITMDUMP`` says.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from harness.listening import listen
from tests.benchmarks.measure import ROOT, Row
from tests.benchmarks.workspace import Workspace

_RATE: Final = 200
_LARGE: Final = 50 * 1024 * 1024
_MEBIBYTE: Final = 1024 * 1024
PATH: Final = "/iam/v1beta1/organizations/o/users"
USERS: Final = json.dumps(
    {
        "users": [
            {"id": f"clx{number:021}", "username": f"user{number}@example.org", "status": "ACTIVE"}
            for number in range(30)
        ]
    }
).encode()
"""What the service answers with, behind a number."""

_NUMBERS: Final = itertools.count()
_WITHOUT: Final = "mitmdump, which is not there: set HARNESS_MITMDUMP"


def proxy(workspace: Workspace) -> Iterator[Row]:
    """Call a service directly, by the proxy and by mitmdump in turns, at a steady rate."""
    seconds = 0.5 if workspace.quick else 8
    tool = os.environ.get("HARNESS_MITMDUMP") or shutil.which("mitmdump")
    with (
        service() as upstream,
        recorder(workspace.directory / "proxy", upstream) as ours,
        _mitmdump(tool, upstream, workspace.directory / "flows") as theirs,
    ):
        ports = [port for port in (upstream, ours.port, theirs) if port]
        taken: dict[int, list[float]] = {port: [] for port in ports}
        for _ in range(workspace.times):
            for port in ports:
                taken[port] += asyncio.run(_steadily(port, seconds))
        rates = {port: asyncio.run(_busily(port, seconds)) for port in ports}
    direct = taken[upstream]
    against = "mitmdump" if theirs else _WITHOUT
    for what, bar, of in (("median", 1.5, median), ("p99", 10.0, _p99)):
        yield Row(
            what=f"proxy, {what} that it adds to a call at {_RATE} a second",
            ours=max(of(taken[ours.port]) - of(direct), 0.001),
            bar=bar,
            theirs=of(taken[theirs]) - of(direct) if theirs else None,
            against=against,
        )
    yield Row(
        what="proxy, time of a call when 16 clients are busy",
        ours=1000 / rates[ours.port],
        theirs=1000 / rates[theirs] if theirs else None,
        against=f"{against}; {rates[ours.port]:.0f} calls a second",
    )


def proxy_memory(workspace: Workspace) -> Iterator[Row]:
    """Record many exchanges, and large bodies both ways; ask how much the memory grew."""
    exchanges, large = (400, 2) if workspace.quick else (100_000, 20)
    with service() as upstream, recorder(workspace.directory / "proxy-memory", upstream) as ours:
        asyncio.run(_busily(ours.port, count=200))
        before = _resident(ours.process.pid)
        asyncio.run(_busily(ours.port, count=exchanges))
        grown = _resident(ours.process.pid) - before
        yield Row(what=f"proxy, memory over {exchanges:,} exchanges", ours=grown, bar=50, unit="MiB")
        before = _peak(ours.process.pid)
        for _ in range(large):
            _large(ours.port)
        grown = _peak(ours.process.pid) - before
        what = f"proxy, peak memory of {large} bodies of 50 MiB both ways"
        yield Row(what=what, ours=grown, bar=50, unit="MiB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """A recorder in a process of its own, and the port that it listens on."""

    process: subprocess.Popen[str]
    port: int


@contextmanager
def service() -> Iterator[int]:
    """Serve from a process of its own, as fast as Python can; give the port."""
    command = [sys.executable, "-c", "from tests.benchmarks.proxy import _serve; _serve()"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def make_project(project: Path, upstream: int) -> None:
    """Make a project whose environment ``box`` is the service on a port."""
    project.mkdir()
    apis = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    bases = [f'{api} = "http://127.0.0.1:{upstream}{path}"' for api, path in apis.items()]
    settings = ["[tool.harness.environments.box]", *bases, "sandbox = true", ""]
    (project / "pyproject.toml").write_text("\n".join(settings), "utf-8")


@contextmanager
def recorder(project: Path, upstream: int) -> Iterator[Recorder]:
    """Record from a process of its own, in a project of its own."""
    make_project(project, upstream)
    what = ["record", "--listen", "127.0.0.1:0", "--environment", "box", "-o", "rec"]
    with subprocess.Popen(  # noqa: S603 - our own program
        harness(*what), cwd=project, env=here(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                found = re.search(r"-> +http://127\.0\.0\.1:(\d+)/labs", line)
                if found:
                    yield Recorder(process=process, port=int(found[1]))
                    break
        finally:
            process.kill()


@contextmanager
def _mitmdump(tool: str | None, upstream: int, flows: Path) -> Iterator[int]:
    """Let mitmdump record the same; give its port, 0 where it is not there."""
    if tool is None:
        yield 0
        return
    with closing(listen("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    where = ["--listen-host", "127.0.0.1", "--listen-port", str(port), "--set", f"confdir={flows}.conf"]
    command = [tool, "--mode", f"reverse:http://127.0.0.1:{upstream}", "-q", "-w", str(flows), *where]
    with subprocess.Popen(command) as process:  # noqa: S603 - the command is the caller's
        try:
            _wait_for(port)
            yield port
        finally:
            process.kill()


def harness(*arguments: str) -> list[str]:
    """Return the command that runs the harness with some arguments."""
    return [sys.executable, "-c", "from harness.cli import console; console()", *arguments]


def here() -> dict[str, str]:
    """Return an environment in which a project elsewhere finds the harness."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _wait_for(port: int) -> None:
    for _ in range(300):
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port))):
            return
        time.sleep(0.1)
    message = f"nothing listens on port {port}"
    raise RuntimeError(message)


async def _steadily(port: int, seconds: float) -> list[float]:
    """Begin a call every so often, whether the others have ended or not; return the times in ms."""
    loop = asyncio.get_running_loop()
    clients = _Clients(port)
    tasks = []
    began = loop.time() + 0.05
    for number in range(int(_RATE * seconds)):
        await asyncio.sleep(began + number / _RATE - loop.time())
        tasks.append(asyncio.create_task(clients.call()))
    await asyncio.gather(*tasks)
    clients.close()
    # The first ones open connections.
    return clients.taken[len(tasks) // 10 :]


async def _busily(port: int, seconds: float = 0, *, count: int = 0) -> float:
    """Let 16 clients call as fast as they can; return the calls a second."""
    loop = asyncio.get_running_loop()
    clients = _Clients(port)
    began = loop.time()

    async def work() -> None:
        while len(clients.taken) < count or loop.time() < began + seconds:
            await clients.call()

    await asyncio.gather(*(work() for _ in range(16)))
    clients.close()
    return len(clients.taken) / (loop.time() - began)


@dataclass(slots=True)
class _Clients:
    """Connections that are used again; ``taken`` are the times of calls in ms."""

    port: int
    taken: list[float] = field(default_factory=list)
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def call(self) -> None:
        began = time.perf_counter()
        reader, writer = (
            self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
        )
        writer.write(request(f"{PATH}?n={len(self.taken)}"))
        head = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert head.startswith(b"HTTP/1.1 200"), head
        assert found, head
        await reader.readexactly(int(found[1]))
        self.taken.append(1000 * (time.perf_counter() - began))
        self.idle.append((reader, writer))

    def close(self) -> None:
        for _, writer in self.idle:
            writer.close()


def request(target: str) -> bytes:
    """Return the bytes of a call with a token."""
    lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*", f"Authorization: Bearer {'x' * 40}"]
    return "\r\n".join([*lines, "", ""]).encode()


def _large(port: int) -> None:
    """Send a large body, and read it again."""
    with closing(socket.create_connection(("127.0.0.1", port))) as client:
        lines = [
            f"POST {PATH} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Content-Length: {_LARGE}",
        ]
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        piece = os.urandom(_MEBIBYTE)
        for _ in range(_LARGE // _MEBIBYTE):
            client.sendall(piece)
        read = 0
        while more := client.recv(_MEBIBYTE):
            read += len(more)
        assert read > _LARGE, read


def _resident(pid: int) -> float:
    return _memory(pid, "VmRSS")


def _peak(pid: int) -> float:
    return _memory(pid, "VmHWM")


def _memory(pid: int, name: str) -> float:
    """Return a figure of a process in MiB; 0 where the system does not tell."""
    path = Path(f"/proc/{pid}/status")
    found = re.search(rf"{name}:\s+(\d+) kB", path.read_text("utf-8")) if path.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def _p99(taken: list[float]) -> float:
    return sorted(taken)[int(0.99 * len(taken))]


class _Service(asyncio.Protocol):
    """Answers a GET with users, and a POST with as many bytes as it has."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._head = b""
        self._left = 0

    def data_received(self, data: bytes) -> None:
        if self._left:
            self._body(len(data))
            return
        self._head += data
        while b"\r\n\r\n" in self._head and not self._left:
            head, _, self._head = self._head.partition(b"\r\n\r\n")
            found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if found is None:
                # No two are the same: what was seen before costs a recorder less.
                body = f'{{"answer": {next(_NUMBERS)}, '.encode() + USERS[1:]
                self._transport.write(_answer(len(body)) + body)
            else:
                self._left = int(found[1])
                self._body(len(self._head))
                self._head = b""

    def _body(self, read: int) -> None:
        self._left -= read
        if self._left <= 0:
            self._left = 0
            self._transport.write(_answer(_LARGE))
            for _ in range(_LARGE // _MEBIBYTE):
                self._transport.write(bytes(_MEBIBYTE))


def _answer(length: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()


def _serve() -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Service, "127.0.0.1", 0)
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()

    asyncio.run(run())
