"""Tests of the sandbox on a socket."""

from __future__ import annotations

import io
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from harness.errors import UsageError
from harness.sandbox import (
    MARK,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_TOKEN,
    Setup,
    chosen,
    parse_faults,
    running,
    serve,
)
from harness.sandbox.server import _deviations

PROGRAM = "from harness.sandbox import serve; serve(port=0, seed=5)"


@pytest.fixture(name="program")
def _program() -> Iterator[subprocess.Popen[str]]:
    """Give a sandbox in a process of its own, which is ended afterwards."""
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        yield process
        process.kill()


def _greeting(process: subprocess.Popen[str]) -> list[str]:
    """Read what the sandbox says when it is ready."""
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(8)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(program: subprocess.Popen[str], number: signal.Signals) -> None:
    """It says where it serves, serves there, and ends with exit code 0 and no word on Ctrl-C and SIGTERM."""
    lines = _greeting(program)
    base = next(line.split()[1] for line in lines if line.split()[0] == "v1")
    answer = httpx.get(f"{base}/organizations", headers={"authorization": f"Bearer {SANDBOX_TOKEN}"})
    program.send_signal(number)
    _, errors = program.communicate(timeout=30)

    assert "seed 5" in lines[0]
    assert SANDBOX_ORGANIZATION_ID in "".join(lines)
    assert answer.json()["totalCount"] == 2
    assert (program.returncode, errors) == (0, "")


def test_a_port_in_use_is_said() -> None:
    """A port that another program has is a usage error with the next port to try."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as caught:
            serve(port=port, output=io.StringIO())

    assert str(caught.value) == (
        f"--port: port {port} of 127.0.0.1 is in use. "
        f"Stop the program that has it, or choose another: harness sandbox --port {port + 1}"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com", ""])  # noqa: S104 - the subject
def test_other_machines_are_kept_out(host: str) -> None:
    """A host that is not loopback is refused unless it is allowed by name."""
    with pytest.raises(UsageError, match=r"add --allow-remote"):
        serve(host, 0, output=io.StringIO())


@pytest.mark.parametrize(
    ("host", "port", "advice"),
    [
        ("192.0.2.1", 0, "Use --host 127.0.0.1 and a port above 1023."),
        ("no such host", 0, "Use 127.0.0.1."),
        ("127.0.0.1", 99_999, "Use a number from 0 to 65535."),
    ],
)
def test_an_address_that_cannot_be_had_is_said(host: str, port: int, advice: str) -> None:
    """An address of another machine, an unknown name and an impossible port are usage errors."""
    with pytest.raises(UsageError, match=re.escape(advice)):
        serve(host, port, allow_remote=True, output=io.StringIO())


def test_two_can_run_at_once() -> None:
    """Each running sandbox has a port and a store of its own, and its port is free afterwards."""
    headers = {"authorization": f"Bearer {SANDBOX_TOKEN}"}
    path = f"/v1/organizations/{SANDBOX_ORGANIZATION_ID}/teams"
    with running() as one, running() as other:
        made = httpx.post(f"{one}{path}", json={"name": "x"}, headers=headers).json()["id"]
        there = httpx.get(f"{other}{path}/{made}", headers=headers)

    assert one != other
    assert there.status_code == 404
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{one}{path}")


def test_answers_carry_no_real_time() -> None:
    """A response has no Date or Server header, so that recordings do not differ; it has the mark."""
    with running() as url:
        headers = httpx.get(f"{url}/v1/nothing").headers

    assert set(headers) == {"content-length", "content-type", MARK[0]}


def test_it_starts_and_stops_at_once() -> None:
    """A sandbox that nobody calls ends, and leaves no thread behind."""
    before = set(threading.enumerate())
    for _ in range(3):
        with running() as url:
            assert url.startswith("http://127.0.0.1:")

    assert set(threading.enumerate()) <= before


def test_it_is_set_up_as_told() -> None:
    """What is switched off is not served: without differences, v1 still shows supportPlan."""
    headers = {"authorization": f"Bearer {SANDBOX_TOKEN}"}
    with running(setup=Setup(on=chosen(without=["supportPlan-removed"]))) as url:
        shown = httpx.get(f"{url}/v1/organizations/{SANDBOX_ORGANIZATION_ID}", headers=headers).json()

    assert shown["supportPlan"] == "BUSINESS_CRITICAL"


def test_it_says_how_it_is_set_up() -> None:
    """What is left out, what drifts, what fails and what is limited is said before it serves."""
    setup = Setup(
        on=chosen(without=["supportPlan-removed"], added=["enum-case"]),
        faults=parse_faults(["v1:*:503"]),
        limits=True,
    )

    assert list(_deviations(setup)) == [
        "  without   supportPlan-removed",
        "  with      enum-case",
        "  faults    503",
        "  limits    enforced",
    ]
    assert list(_deviations(Setup())) == []
