"""Programs in five languages do the same work through ``harness record --listen``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from harness.exchange import Exchange, header
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running
from tests.commands.test_record_proxy import kept, recorder

CLIENTS: Final = Path(__file__).with_name("clients")
STATUSES: Final = [200, 200, 200, 200, 204, 404, 200]
LIMIT: Final = 120
"""Seconds that a program may take: the first one that Go builds on a machine takes half a minute."""


def _with_python(_: Path) -> list[str]:
    return [sys.executable, str(CLIENTS / "client.py")]


def _with_curl(_: Path) -> list[str]:
    return ["sh", str(CLIENTS / "client.sh")]


def _with_node(_: Path) -> list[str]:
    return ["node", str(CLIENTS / "client.mjs")]


def _with_java(_: Path) -> list[str]:
    return ["java", "-XX:TieredStopAtLevel=1", str(CLIENTS / "Client.java")]


def _with_go(directory: Path) -> list[str]:
    """Build with what is on this machine alone; what was built of the library stays for the next time."""
    built = directory / "client"
    cache = Path(tempfile.gettempdir()) / f"harness-go-{os.getuid()}"
    offline = {"CGO_ENABLED": "0", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
    subprocess.run(  # noqa: S603 - our own program
        ["go", "build", "-o", str(built), str(CLIENTS / "client.go")],  # noqa: S607 - wherever it is
        env={**os.environ, **offline, "GOCACHE": os.environ.get("GOCACHE", str(cache))},
        check=True,
        timeout=LIMIT,
    )
    return [str(built)]


def _needs(*programs: str) -> pytest.MarkDecorator:
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


@pytest.mark.parametrize(
    "client",
    [
        pytest.param(_with_curl, marks=_needs("sh", "sed", "curl")),
        pytest.param(_with_node, marks=_needs("node")),
        # A program of one file is compiled when it starts.
        pytest.param(_with_java, marks=_needs("java", "javac")),
        pytest.param(_with_go, marks=_needs("go")),
    ],
    ids=lambda client: client.__name__.removeprefix("_with_"),
)
def test_each_client_leaves_the_same_recording(tmp_path: Path, client: Callable[[Path], list[str]]) -> None:
    """What was asked and answered, in which order and of which side, does not depend on who asked."""
    by_python = _recorded(tmp_path / "python", _with_python)
    by_client = _recorded(tmp_path / "client", client)

    assert [each.response and each.response.status for each in by_client] == STATUSES
    assert list(map(_told, by_client)) == list(map(_told, by_python))
    assert all(each.started and each.elapsed > 0 for each in by_client)
    assert _agents(by_client).isdisjoint(_agents(by_python))


def test_what_was_packed_is_kept_plain(tmp_path: Path) -> None:
    """The audit log comes as gzip to clients that take it, and is readable in the recording."""
    *_, log = _recorded(tmp_path, _with_python)

    assert log.response is not None
    assert "gzip" in (header(log.request.headers, "accept-encoding") or "")
    assert header(log.response.headers, "content-encoding") == "gzip"
    assert log.response.content.startswith(b'{"timestamp":')


def _recorded(project: Path, client: Callable[[Path], list[str]]) -> tuple[Exchange, ...]:
    """Let a program do its work through a recorder, before a sandbox of its own; return both sides."""
    project.mkdir(exist_ok=True)
    command = client(project)
    with running() as upstream, recorder(project, upstream) as made:
        done = subprocess.run(  # noqa: S603 - our own programs
            [*command, made.url, SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN],
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
        ended = made.end()

    assert (done.returncode, done.stderr) == (0, "")
    assert list(map(int, done.stdout.split())) == STATUSES
    assert (ended[0], ended[2]) == (0, "")
    exchanges = (*kept(project), *kept(project, "candidate"))
    assert all(SANDBOX_TOKEN not in str(each) for each in exchanges)
    assert all(each.request.url.startswith(upstream) for each in exchanges)
    return exchanges


def _told(exchange: Exchange) -> tuple[object, ...]:
    """Return what a recording tells, but for the client's own header fields and the moment."""
    request, response = exchange.request, exchange.response
    path = "/" + request.url.split("/", 3)[3]
    token = header(request.headers, "authorization")
    media = header(request.headers, "content-type") if request.content else None
    answer = None
    if response is not None:
        answer = (response.status, response.http_version, sorted(response.headers), response.content)
    return request.method, path, bool(token), media, request.content, answer, exchange.failure


def _agents(exchanges: tuple[Exchange, ...]) -> set[str | None]:
    return {header(each.request.headers, "user-agent") for each in exchanges}
