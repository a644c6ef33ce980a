"""What it takes to record a day's traffic by the proxy, and to draft scenarios of it.

It takes a quarter of a minute and is run by its name: ``python -m tests.benchmarks draft``.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from tests.benchmarks.measure import ROOT, Row, python
from tests.benchmarks.proxy import recorder
from tests.benchmarks.workspace import Workspace

_BASE: Final = "/iam/v1beta1/organizations/clx000000000000000000000org"
_CLIENTS: Final = 8
_PAGE: Final = 20
_PAGES: Final = 3
_BAR: Final = 30_000
_IN_A_ROUND: Final = _PAGES + 1 + 3 + 3
_HARNESS: Final = ("-c", "from harness.cli import console; console()")


def drafting(workspace: Workspace) -> Iterator[Row]:
    """Let clients work side by side, end the recording, and draft; the clock runs all the time."""
    number = 100 if workspace.quick else 10_000
    project = workspace.directory / "draft"
    with _service() as upstream, recorder(project, upstream) as ours:
        began = time.perf_counter()
        calls = asyncio.run(_work(ours.port, number // _CLIENTS // _IN_A_ROUND + 1))
        called = time.perf_counter()
        ours.process.send_signal(signal.SIGINT)
        ours.process.wait()
        written = time.perf_counter()
        # Drafts of clients that worked side by side may ask in another order: that is no failure.
        python(*_HARNESS, "draft", "rec", "-o", "scenarios/recorded", directory=project, ends=(0, 1))()
        drafted = time.perf_counter()
    drafts = len([*(project / "scenarios").rglob("*.yaml")])
    yield Row(
        what=f"record {number:,} exchanges and draft from them",
        ours=1000 * (drafted - began),
        bar=_BAR,
        against=(
            f"{calls:,} calls {called - began:.1f} s, cassette {written - called:.1f} s, "
            f"{drafts:,} drafts {drafted - written:.1f} s"
        ),
    )


async def _work(port: int, rounds: int) -> int:
    """Let clients do their rounds; return how many calls they made."""
    return sum(await asyncio.gather(*(_client(port, rounds) for _ in range(_CLIENTS))))


async def _client(port: int, rounds: int) -> int:
    """Page through users, read one and change its role; make a team, read it and delete it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    calls = 0

    async def call(method: str, path: str, body: object = None) -> dict[str, Any]:
        nonlocal calls
        calls += 1
        content = json.dumps(body).encode() if body else b""
        head = [f"{method} {_BASE}{path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {'x' * 40}"]
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}", "", ""]
        writer.write("\r\n".join(head).encode() + content)
        answer = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        read = await reader.readexactly(int(found[1]) if found else 0)
        data: dict[str, Any] = json.loads(read) if read else {}
        return data

    for _ in range(rounds):
        pages = [await call("GET", f"/users?limit={_PAGE}&offset={_PAGE * page}") for page in range(_PAGES)]
        user = random.choice(pages[0]["users"])["id"]  # noqa: S311 - any one
        await call("GET", f"/users/{user}")
        await call("POST", f"/users/{user}/roles", {"organizationRole": "ORGANIZATION_MEMBER"})
        team = (await call("POST", "/teams", {"name": "recorded", "memberIds": [user]}))["id"]
        await call("GET", f"/teams/{team}")
        await call("GET", f"/teams/{team}/members?limit={_PAGE}")
        await call("DELETE", f"/teams/{team}")
        await call("GET", f"/teams/{team}")
    writer.close()
    return calls


@contextmanager
def _service() -> Iterator[int]:
    """Serve from a process of its own; give the port."""
    command = [sys.executable, "-c", "from tests.benchmarks.drafting import serve; serve()"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _id(number: int) -> str:
    return f"clx{random.Random(number).getrandbits(108):022d}"[:25]  # noqa: S311 - no secret


_USERS: Final = [
    {
        "id": _id(number),
        "username": f"user{number}@example.org",
        "fullName": f"User {number}",
        "status": "ACTIVE",
        "organizationRole": "ORGANIZATION_MEMBER",
        "avatarUrl": f"https://avatars.example.org/{number}.png",
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }
    for number in range(_PAGE * (_PAGES - 1))
]


class _Service(asyncio.Protocol):
    """Answers as the vendor's service would, about users that are there and teams that come and go."""

    teams: Final[dict[str, bool]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, rest = self._data.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        length = int(found[1]) if found else 0
        if end and len(rest) >= length:
            self._data = rest[length:]
            method, target, _ = head.split(b" ", 2)
            status, answer = self._answer(method.decode(), target.decode().removeprefix(_BASE))
            body = json.dumps(answer).encode() if answer else b""
            lines = [f"HTTP/1.1 {status}", "Content-Type: application/json"]
            lines += [f"Content-Length: {len(body)}"] if body else []
            self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)

    def _answer(self, method: str, target: str) -> tuple[str, object]:
        path, _, query = target.partition("?")
        parts = path.strip("/").split("/")
        if parts == ["users"] or parts[-1] == "members":
            start = int((re.search(r"offset=(\d+)", query) or ("", "0"))[1])
            page = _USERS[start : start + _PAGE]
            known = {"limit": _PAGE, "offset": start, "totalCount": len(_USERS)}
            return "200 OK", {**known, "users" if len(parts) == 1 else "teamMembers": page}
        if parts[0] == "users":
            return "200 OK", next(user for user in _USERS if user["id"] == parts[1])
        id_ = parts[1] if len(parts) > 1 else _id(len(self.teams) + 1_000_000)
        if method == "DELETE":
            self.teams[id_] = False
            return "204 No Content", None
        if method == "POST":
            self.teams[id_] = True
        if not self.teams[id_]:
            return "404 Not Found", {"message": "not found", "requestId": id_, "statusCode": 404}
        return "200 OK", {"id": id_, "name": "recorded", "organizationId": _BASE.rpartition("/")[2]}


def serve() -> None:
    """Serve on a free port until the process is killed, and say which one."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Service, "127.0.0.1", 0)
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()

    asyncio.run(run())
