"""What a kill -9 of a recorder at a random moment costs: what clients had is looked for in what is kept.

It takes minutes and is run by its name: ``python -m tests.benchmarks proxy-kills job-kills``. How far it is
goes to standard error.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.cassette import Cassette
from harness.recorder import WORK
from tests.benchmarks.measure import Row
from tests.benchmarks.proxy import (
    PATH,
    USERS,
    Recorder,
    harness,
    here,
    make_project,
    recorder,
    request,
    service,
)
from tests.benchmarks.workspace import Workspace

_KILLS: Final = 200
_CLIENTS: Final = ("httpx", "requests", "aiohttp")

_JOB: Final = """
import asyncio, os, sys, threading, time
ready = threading.Barrier(len(sys.argv) - 2, lambda: os.write(1, b"ready\\n"))
until = {}

def had(client, url, log):
    print(time.monotonic(), url, file=log, flush=True)
    if client not in until:
        ready.wait()
        until[client] = time.monotonic() + 0.5
    return time.monotonic() < until[client]

def urls(client):
    for number in range(1_000_000):
        yield f"{sys.argv[1]}?n={number}&name={client}"

def synchronous(client, log):
    if client == "httpx":
        import httpx
        session = httpx.Client()
    else:
        import requests
        session = requests.Session()
    with session:
        for url in urls(client):
            session.get(url).content
            if not had(client, url, log):
                return

async def asynchronous(client, log):
    import aiohttp
    async with aiohttp.ClientSession() as session:
        for url in urls(client):
            async with session.get(url) as response:
                await response.read()
            if not had(client, url, log):
                return

def work(client):
    with open(f"{client}.log", "w") as log:
        asyncio.run(asynchronous(client, log)) if client == "aiohttp" else synchronous(client, log)

threads = [threading.Thread(target=work, args=(client,)) for client in sys.argv[2:]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
"""A job whose threads write down what they have the answer of, and when they had that; it ends by itself."""


def proxy_kills(workspace: Workspace) -> Iterator[Row]:
    """Kill the proxy at random moments while four clients call."""
    tally = _Tally("proxy", 2 if workspace.quick else _KILLS)
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    with service() as upstream:
        for number in range(tally.planned):
            project = workspace.directory / f"proxy-kill{number}"
            with recorder(project, upstream) as ours:
                answered = _until_killed(ours, chance.uniform(0.02, 0.5))
            tally.add([f"http://127.0.0.1:{upstream}{target}" for target in answered], _kept(project))
    yield from tally.rows()


def job_kills(workspace: Workspace) -> Iterator[Row]:
    """Kill the recorder of a job, or both at once, at random moments: at work, at the end, and after it."""
    tally = _Tally("recorded job", 4 if workspace.quick else _KILLS)
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    with service() as upstream:
        for number in range(tally.planned):
            project = workspace.directory / f"job-kill{number}"
            make_project(project, upstream)
            finished = _job_killed(project, upstream, chance.uniform(0, 0.8), whole=bool(number % 2))
            tally.add(finished, _kept(project))
    yield from tally.rows()


@dataclass(slots=True)
class _Tally:
    """What kills came to; ``finished`` are exchanges that clients had before them."""

    what: str
    planned: int
    kills: int = 0
    finished: int = 0
    missing: int = 0
    doubled: int = 0

    def add(self, finished: Iterable[str], kept: Iterable[str]) -> None:
        """Compare what clients had of one recording with what is kept of it, by URLs that come once each."""
        had, counts = set(finished), Counter(kept)
        self.kills += 1
        self.finished += len(had)
        self.missing += len(had - counts.keys())
        self.doubled += sum(counts.values()) - len(counts)
        if self.kills % 10 == 0 or self.kills == self.planned:
            said = f"{self.finished:,} exchanges finished, {self.missing} missing, {self.doubled} doubled"
            sys.stderr.write(f"{self.what}: {self.kills} of {self.planned} kills, {said}\n")
            sys.stderr.flush()

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the table."""
        for name, number in (("missing", self.missing), ("doubled", self.doubled)):
            yield Row(
                what=f"{self.what}, exchanges {name} after {self.kills} kills",
                ours=number,
                bar=0,
                unit="exchanges",
                against=f"{self.finished:,} that clients had",
            )


def _kept(project: Path) -> list[str]:
    """Recover where the recorder did not come to its end, and return the URLs of what is kept."""
    if (project / "rec" / WORK / "journal.jsonl").exists():
        subprocess.run(  # noqa: S603 - ours
            harness("record", "--recover", "-o", "rec"),
            cwd=project,
            env=here(),
            capture_output=True,
            check=True,
        )
    path = project / "rec" / "baseline.yaml"
    return [exchange.request.url for exchange in Cassette.load(path).exchanges] if path.exists() else []


def _until_killed(ours: Recorder, seconds: float) -> list[str]:
    """Call from four threads until a kill; return what was answered whole."""
    answered: list[str] = []

    def work(name: int) -> None:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", ours.port))) as client:
            for number in range(1_000_000):
                target = f"{PATH}?n={number}&name={name}"
                client.sendall(request(target))
                answer = b""
                while not answer.endswith(USERS[1:]):
                    more = client.recv(65536)
                    if not more:
                        return
                    answer += more
                answered.append(target)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    ours.process.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join()
    return answered


def _job_killed(project: Path, upstream: int, seconds: float, *, whole: bool) -> list[str]:
    """Kill the recorder of a job, or its whole group, a while after each client had an answer.

    Return what clients had: of a job that goes on, before the kill.
    """
    (project / "job.py").write_text(_JOB, "utf-8")
    job = (sys.executable, "job.py", f"http://127.0.0.1:{upstream}{PATH}", *_CLIENTS)
    with subprocess.Popen(  # noqa: S603 - ours
        harness("record", "-o", "rec", "--", *job),
        cwd=project,
        # What a killed recorder leaves there goes with the benchmark.
        env={**here(), "TMPDIR": str(project.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        killed = time.monotonic()
        if whole:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        process.stdout.read()  # until the job has ended, too
    lines = [line.split() for path in project.glob("*.log") for line in path.read_text("utf-8").splitlines()]
    return [url for ended, url in lines if whole or float(ended) < killed]
