"""A command runs as if nobody stood between it and its caller, and what it exchanges is kept."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import vcr

from harness.exchange import Exchange
from harness.sandbox import SANDBOX_ORGANIZATION_ID, running
from tests.recorder.jobs import BAD, CLIENTS, PARTED, TEAM
from tests.recorder.recording import JOBS, RECORD, Recorded, environment, project, python, record

CALLS = 6
"""How many calls the job makes."""


@pytest.fixture
def sandbox() -> Iterator[str]:
    """Serve a sandbox of its own for each job, so that each gets the same answers."""
    with running() as url:
        yield url


def job(directory: Path, sandbox: str, client: str = "httpx", how: str = "here") -> Recorded:
    """Record the job."""
    base = f"{sandbox}/iam/v1beta1/organizations/{SANDBOX_ORGANIZATION_ID}"
    # Warnings are errors, so that what the recorder leaves open would be seen.
    strict = ("-W", "error") if how == "here" else ()
    return record(project(directory, sandbox), sys.executable, *strict, JOBS, client, how, base)


def pair(exchange: Exchange) -> tuple[object, ...]:
    """Return what is the same whichever client it was: not its headers, nor the sandbox's port."""
    assert exchange.response is not None
    url = urlsplit(exchange.request.url)
    body = exchange.response.body.data
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != "requestId"}
    said = (url.path, url.query, exchange.request.content, exchange.response.status, body)
    return exchange.request.method, *said


def printed(recorded: Recorded) -> list[str]:
    """Return what the job printed, as the cassette has it."""
    lines = []
    for each in recorded.exchanges:
        assert each.response is not None
        url = urlsplit(each.request.url)
        path = url.path.rpartition(SANDBOX_ORGANIZATION_ID)[2] + (f"?{url.query}" if url.query else "")
        lines.append(f"{each.request.method} {path} {each.response.status} {len(each.response.content)}")
    return lines


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_makes_the_same_cassette(tmp_path: Path, sandbox: str, client: str) -> None:
    """What httpx says of the work is what the others say; the token is nowhere."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    recorded = job(tmp_path / "one", sandbox, client)
    with running() as fresh:
        expected = job(tmp_path / "two", fresh, "httpx")

    assert recorded.code == 0, recorded.err
    assert [pair(each) for each in recorded.exchanges] == [pair(each) for each in expected.exchanges]
    assert printed(recorded) == recorded.out.splitlines()
    assert [each.request.content for each in recorded.exchanges] == [b"", TEAM, PARTED, BAD, b"", b""]
    assert recorded.err.startswith(f"harness: rec/baseline.yaml: {CALLS} exchanges\n")
    assert "sandbox-token" not in (tmp_path / "one" / "rec" / "baseline.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("client", "how", "times"),
    [
        ("requests", "threads", 8),
        ("aiohttp", "threads", 8),
        ("urllib3", "subprocess", 1),
        ("httpx", "fork", 2),
        ("requests", "fork", 2),
        ("httpx-async", "spawn", 2),
    ],
)
def test_threads_and_processes_of_a_job_are_recorded(
    tmp_path: Path, sandbox: str, client: str, how: str, times: int
) -> None:
    """Each call of each of them once, and none of another."""
    recorded = job(tmp_path, sandbox, client, how)

    assert recorded.code == 0, recorded.err
    assert sorted(printed(recorded)) == sorted(recorded.out.splitlines())
    assert len(recorded.exchanges) == times * CALLS


@pytest.mark.parametrize(("how", "code"), [("crash", 1), ("exit", 7), ("kill", 128 + signal.SIGKILL)])
@pytest.mark.parametrize("client", ["httpx", "requests", "aiohttp"])
def test_a_job_that_ends_badly_loses_nothing(
    tmp_path: Path, sandbox: str, client: str, how: str, code: int
) -> None:
    """Whatever ends it, each finished exchange is in the cassette, and its code is its own."""
    recorded = job(tmp_path, sandbox, client, how)

    assert recorded.code == code
    assert printed(recorded) == recorded.out.splitlines()
    assert len(recorded.exchanges) == CALLS


def test_stock_vcrpy_plays_it(tmp_path: Path, sandbox: str) -> None:
    """The cassette is one like any other."""
    import httpx

    recorded = job(tmp_path, sandbox, "requests")
    url = recorded.exchanges[0].request.url
    with vcr.use_cassette(str(tmp_path / "rec" / "baseline.yaml"), record_mode="none"):
        played = httpx.get(url)

    assert recorded.exchanges[0].response is not None
    assert played.json() == recorded.exchanges[0].response.body.data


def test_a_call_under_way_is_named_when_the_job_is_killed(tmp_path: Path, sandbox: str) -> None:
    """It did not end, so it is in no cassette."""
    code = """
import httpx, os, signal, sys, threading
url = sys.argv[1] + "/iam/v1beta1/organizations"
headers = {"Authorization": "Bearer sandbox-token"}
httpx.get(url, headers=headers)
def body():
    os.kill(os.getpid(), signal.SIGKILL)
    yield b""
httpx.post(url, headers=headers, content=body())
"""
    recorded = python(project(tmp_path, sandbox), code, sandbox)

    assert recorded.code == 128 + signal.SIGKILL
    assert len(recorded.exchanges) == 1
    assert f"harness: In flight when it ended: POST {sandbox}/iam/v1beta1/organizations\n" in recorded.err


def test_other_hosts_pass_untouched(tmp_path: Path, sandbox: str) -> None:
    """Only those of the project's environments are recorded; another is as if nobody looked."""
    code = """
import httpx, sys
httpx.get(sys.argv[1] + "/iam/v1beta1/organizations")
print(type(httpx.get(sys.argv[2] + "/iam/v1beta1/organizations").stream._stream._httpcore_stream).__module__)
"""
    with running() as other:
        recorded = python(project(tmp_path, sandbox), code, sandbox, other)

    assert recorded.out == "httpcore._sync.connection_pool\n"
    assert [each.request.url for each in recorded.exchanges] == [f"{sandbox}/iam/v1beta1/organizations"]


def test_streams_pass_untouched(tmp_path: Path) -> None:
    """Every byte of them, and our own words come after, on standard error."""
    code = """
import sys
data = sys.stdin.read()
sys.stdout.write(data * 2)
sys.stderr.write("mine")
"""
    script = tmp_path / "job.py"
    script.write_text(code, "utf-8")
    recorded = record(tmp_path, sys.executable, script, given="abc\n\n")

    assert (recorded.code, recorded.out) == (0, "abc\n\nabc\n\n")
    assert recorded.err.startswith("mineharness: No process of the command called a host")


def test_arguments_pass_untouched(tmp_path: Path) -> None:
    """Those that look like ours, too."""
    words = ["--", "-o", "x", "--from", "--help", "a b", ""]
    recorded = record(tmp_path, sys.executable, "-c", "import sys; print(sys.argv[1:])", *words)

    assert recorded.out == f"{words}\n"


def test_a_command_that_runs_no_python_of_ours_is_told(tmp_path: Path) -> None:
    """Nothing was recorded, and the reason is said."""
    recorded = record(tmp_path, sys.executable, "-I", "-c", "print(1)")

    assert recorded.out == "1\n"
    assert "No Python of the command was reached" in recorded.err


WAITS = """
import signal, sys, time
def told(number, _):
    print(signal.Signals(number).name, flush=True)
    sys.exit(5)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, told)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_signals_are_passed_on(tmp_path: Path, name: str) -> None:
    """The command gets each once, and what it makes of it is the exit code."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*RECORD, "--", sys.executable, "-c", WAITS],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.Signals[name])
    out, err = process.communicate()

    assert (process.returncode, out) == (5, f"{name}\n"), err


def test_a_signal_that_kills_is_an_exit_code(tmp_path: Path) -> None:
    """As shells have it: 128 and its number."""
    recorded = record(
        tmp_path, sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    )

    assert recorded.code == 128 + signal.SIGTERM


def test_a_command_that_there_is_not_runs_nothing(tmp_path: Path) -> None:
    """One line says so, and nothing is left behind."""
    recorded = record(tmp_path, "no-such-command", "x")

    assert recorded.code == 2
    assert re.fullmatch(
        r"harness: harness record: there is no command `no-such-command`\. .*\n", recorded.err
    )
    assert not (tmp_path / "rec" / ".recording" / "journal.jsonl").exists()


def test_what_goes_wrong_in_the_seam_is_told_and_hurts_nobody(tmp_path: Path, sandbox: str) -> None:
    """The job gets its answer; the recorder says where it had trouble, without any data."""
    code = """
import httpx, sys
import _harness_recorder.exchange as ours
def broken(*_, **__):
    raise ValueError("sandbox-token")
ours.Taken._handed = broken
print(httpx.get(sys.argv[1] + "/iam/v1beta1/organizations").status_code)
"""
    recorded = python(project(tmp_path, sandbox), code, sandbox)

    assert (recorded.code, recorded.out) == (0, "404\n")
    assert (
        "harness: The recorder had trouble in the command, and may lack exchanges: ValueError ("
        in recorded.err
    )
    assert "sandbox-token" not in recorded.err


def test_an_environment_without_our_packages_is_recorded(tmp_path: Path, sandbox: str) -> None:
    """The job's needs nothing of ours: here it is a Python that has only its standard library."""
    code = """
import sys, urllib.request
headers = {"Authorization": "Bearer sandbox-token"}
request = urllib.request.Request(sys.argv[1], headers=headers)
print(urllib.request.urlopen(request).status)
"""
    url = f"{sandbox}/iam/v1beta1/organizations/{SANDBOX_ORGANIZATION_ID}/users"
    made = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)  # noqa: S603 - ours
    script = tmp_path / "job.py"
    script.write_text(code, "utf-8")
    recorded = record(project(tmp_path, sandbox), made / "bin" / "python", script, url)

    assert recorded.out == "200\n", recorded.err
    assert len(recorded.exchanges) == 1
