"""What recording a command adds to a call of its client, beside vcrpy in the client's own process.

The call ends when it is in the recorder's journal; vcrpy keeps it in memory until the job has ended.
It takes a minute and is run by its name: ``python -m tests.benchmarks jobs``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks.measure import ROOT, Row
from tests.benchmarks.proxy import PATH, make_project, service
from tests.benchmarks.workspace import Workspace

_CLIENTS: Final = ("httpx", "requests", "aiohttp")
_BAR: Final = 0.5
_RECORD: Final = ("-c", "from harness.cli import console; console()", "record", "-o", "rec", "--")

_JOB: Final = """
import asyncio, sys, time
client, url, number, how = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]

def synchronous():
    if client == "httpx":
        import httpx
        session = httpx.Client()
    else:
        import requests
        session = requests.Session()
    with session:
        for _ in range(number):
            began = time.perf_counter()
            session.get(url).content
            print(time.perf_counter() - began)

async def asynchronous():
    import aiohttp
    async with aiohttp.ClientSession() as session:
        for _ in range(number):
            began = time.perf_counter()
            async with session.get(url) as response:
                await response.read()
            print(time.perf_counter() - began)

def work():
    asyncio.run(asynchronous()) if client == "aiohttp" else synchronous()

if how == "vcrpy":
    import vcr
    with vcr.use_cassette("vcrpy.yaml", record_mode="all"):
        work()
else:
    work()
"""


def jobs(workspace: Workspace) -> Iterator[Row]:
    """Run a job bare, recorded and with vcrpy in turns; what is added is taken within a turn.

    A machine that is slow for a while is so for all three of them.
    """
    number, turns = (30, 1) if workspace.quick else (200, 9)
    project = workspace.directory / "jobs"
    with service() as port:
        make_project(project, port)
        (project / "job.py").write_text(_JOB, "utf-8")
        for client in _CLIENTS:
            taken: dict[str, list[float]] = {"bare": [], "recorded": [], "vcrpy": []}
            for turn in range(turns):
                for how, medians in taken.items():
                    medians.append(median(_times(project / f"{client}{turn}", how, client, port, number)))
            yield Row(
                what=f"recorded job, median that it adds to a call of {client}, waiting for the journal",
                ours=_added(taken["recorded"], taken["bare"]),
                bar=_BAR,
                theirs=_added(taken["vcrpy"], taken["bare"]),
                against=f"vcrpy, which waits for nothing; a call takes {median(taken['bare']):.2f} ms",
            )


def _added(more: Sequence[float], bare: Sequence[float]) -> float:
    return max(median(each - less for each, less in zip(more, bare, strict=True)), 0.001)


def _times(directory: Path, how: str, client: str, port: int, number: int) -> list[float]:
    """Run the job in a directory of its own; give the milliseconds of its calls but the first ones."""
    place = directory.with_name(f"{directory.name}-{how}")
    place.mkdir()
    for name in ("job.py", "pyproject.toml"):
        (place / name).write_bytes((directory.parent / name).read_bytes())
    url = f"http://127.0.0.1:{port}{PATH}"
    job = (sys.executable, "job.py", client, url, str(number), how)
    command = (sys.executable, *_RECORD, *job) if how == "recorded" else job
    done = subprocess.run(  # noqa: S603 - the command is ours
        command, cwd=place, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    return [1000 * float(line) for line in done.stdout.splitlines()][number // 10 :]
