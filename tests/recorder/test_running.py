"""A command runs as if nobody stood between it and its caller, and what it exchanges is kept."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import vcr

from harness.cassette import Cassette
from harness.exchange import Exchange
from harness.sandbox import SANDBOX_ORGANIZATION_ID, running
from tests.recorder.jobs import BAD, CLIENTS, PARTED, TEAM
from tests.recorder.recording import CONSOLE, JOBS, RECORD, Recorded, environment, project, python, record

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
    if signal.getsignal(signal.Signals[name]) is signal.SIG_IGN:
        pytest.skip(
            f"these tests were started with {name} ignored, as `nohup` and `&` do, and so is what they start"
        )
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


FAULTS = ("Scope.keeps", "Journal.began", "Journal.ended", "Redactor.exchange", "Redactor.url")
FAULTY = """
from harness.recorder.journal import Journal
from harness.recorder.scope import Scope
from harness.redact import Redactor
def fails(*_, **__):
    raise RuntimeError("sandbox-token")
{} = fails
Journal.lost = fails
"""


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_the_recorder_meets_the_job(tmp_path: Path, sandbox: str, fault: str) -> None:
    """Each client has its answers whatever raises; what is not kept is counted and told."""
    base = f"{sandbox}/iam/v1beta1/organizations/{SANDBOX_ORGANIZATION_ID}"
    code = """
import os, sys
sys.path.append(os.path.dirname(sys.argv[1]))
import jobs
for client in ("httpx", "requests", "urllib3", "aiohttp"):
    jobs.work(client, sys.argv[2])
"""
    script = project(tmp_path, sandbox) / "job.py"
    script.write_text(code, "utf-8")
    faulty = (sys.executable, "-c", FAULTY.format(fault) + CONSOLE, "record", "-o", "rec")
    recorded = record(tmp_path, sys.executable, script, JOBS, base, recorder=faulty)

    assert recorded.code == 0, recorded.err
    assert len(recorded.out.splitlines()) == 4 * CALLS
    if fault == "Journal.began":  # a note only
        assert len(recorded.exchanges) == 4 * CALLS
    else:
        assert recorded.exchanges == ()
        assert f"harness: Lost: {4 * CALLS} exchanges that could not be kept." in recorded.err
        assert "(RuntimeError); the client got its answer, the recording lacks it." in recorded.err
    assert "sandbox-token" not in recorded.err


WORKING = """
import httpx, os, sys, threading, time
def work(name):
    with httpx.Client() as client, open(f"{name}.log", "w") as log:
        for number in range(100_000):
            url = f"{sys.argv[1]}/iam/v1beta1/organizations/o/users?n={number}&name={name}"
            client.get(url)
            ended = time.monotonic()
            print(ended, url, file=log, flush=True)
            if number == 3:
                os.write(1, b"ready\\n")
threads = [threading.Thread(target=work, args=(name,), daemon=True) for name in "abc"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
"""A job of three threads, each of which writes down what it has the answer of, and when it had that."""


def _killed(directory: Path, sandbox: str, seconds: float, *options: str, whole: bool) -> list[list[str]]:
    """Kill the recorder, or its whole group, after a while; give what each thread had by then."""
    (project(directory, sandbox) / "job.py").write_text(WORKING, "utf-8")
    # What a killed recorder leaves there has no secrets in it, and goes with the test.
    private = tempfile.TemporaryDirectory(prefix="kill-")
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*RECORD, *options, "--", sys.executable, "job.py", sandbox],
        cwd=directory,
        env=environment(TMPDIR=private.name),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        # Each thread says so, and on a busy machine one may be long about it.
        assert [process.stdout.readline() for _ in range(3)] == ["ready\n"] * 3
        time.sleep(seconds)
        killed = time.monotonic()
        if whole:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        private.cleanup()
    logs = [path.read_text("utf-8").splitlines() for path in sorted(directory.glob("*.log"))]
    return [[line.split()[1] for line in log if float(line.split()[0]) < killed] for log in logs]


def _recovered(directory: Path) -> list[str]:
    command = [*RECORD, "--recover"]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=directory, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    path = directory / "rec" / "baseline.yaml"
    exchanges = Cassette.load(path).exchanges if path.exists() else ()
    return [exchange.request.url for exchange in exchanges]


@pytest.mark.parametrize("options", [(), ("--fsync",)])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("turn", range(3))
def test_a_kill_of_the_recorder_loses_nothing(
    tmp_path: Path,
    sandbox: str,
    turn: int,
    whole: bool,  # noqa: FBT001
    options: tuple[str, ...],
) -> None:
    """What any thread of the job had the answer of is there, once; also when the job is killed with it."""
    moment = random.Random(turn).uniform(0, 0.5)  # noqa: S311 - a moment, no secret
    logs = _killed(tmp_path, sandbox, moment, *options, whole=whole)
    kept = _recovered(tmp_path)

    assert min(map(len, logs)) > 0
    assert {url for log in logs for url in log} <= set(kept)
    assert len(kept) == len(set(kept))


@pytest.mark.parametrize("turn", range(3))
def test_a_kill_of_the_job_loses_nothing(tmp_path: Path, sandbox: str, turn: int) -> None:
    """The kernel delivers what it had handed over, and it had handed over what it had."""
    moment = random.Random(turn).uniform(0, 0.5)  # noqa: S311 - a moment, no secret
    killing = WORKING.replace(
        "for thread in threads:\n    thread.join()",
        f"import os, signal\ntime.sleep(0.5 + {moment})\nos.kill(os.getpid(), signal.SIGKILL)",
    )
    recorded = python(project(tmp_path, sandbox), killing, sandbox)
    had = [line.split()[1] for path in tmp_path.glob("*.log") for line in path.read_text().splitlines()]
    kept = [each.request.url for each in recorded.exchanges]

    assert recorded.code == 128 + signal.SIGKILL
    assert set(had) <= set(kept)
    assert len(kept) == len(set(kept))
