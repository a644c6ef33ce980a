"""Live runs against the sandbox: the time that the budget allows, what the harness adds, and its memory.

They take minutes and are run by their names: ``python -m tests.benchmarks budget overhead memory``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import httpx

from harness.options import Mode, Options
from harness.runner import Runner
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN
from harness.scenario import read_scenario
from harness.settings import LIMITS, load_settings
from tests.benchmarks.measure import ROOT, Row
from tests.benchmarks.workspace import HARNESS, Workspace

_OPERATIONS: Final = ("ListUsers", "ListTeams", "ListWorkspaces", "ListRoles")
_PATHS: Final = ("iam", "users"), ("iam", "teams"), ("platform", "workspaces"), ("iam", "roles")
_LIVE: Final = ("--mode", "live", "--environment", "box")
_MEBIBYTE: Final = 1024 * 1024


def budget(workspace: Workspace) -> Iterator[Row]:
    """Run reads within the vendor's limits and 150 ms of latency, in one process and in four workers."""
    count = 15 if workspace.quick else 300
    floor = 2 * count / LIMITS["GET"]
    for name, options in (("one process", ()), ("-n 4", ("-p", "xdist.plugin", "-n", "4"))):
        with _sandbox("--enforce-limits", "--latency", "150ms") as url:
            project = _project(workspace.directory / f"budget{len(options)}", count, url)
            began = perf_counter()
            _pytest(project, *options, "--enforce-limits")
            taken = perf_counter() - began
        refused = _statuses(project)[429]
        what = f"{count:,} live reads within the limits, {name}"
        # Workers take their time to start, and only what they cause is asked of them.
        bar = None if options else 1.2
        yield Row(what=f"{what}, of the floor", ours=taken / floor, bar=bar, unit="x")
        yield Row(what=f"{what}, answers 429", ours=refused, bar=0, unit="answers")


def overhead(workspace: Workspace) -> Iterator[Row]:
    """Run pairs one after the other, and call the same with httpx alone."""
    count = 40 if workspace.quick else 1000
    with _sandbox() as url:
        project = _project(workspace.directory / "overhead", 4, url)
        bare = min(_bare(url, count) for _ in range(workspace.times))
        ours = min(_run(project, count) for _ in range(workspace.times))
    yield Row(what="a live pair, without limits and latency", ours=ours, theirs=bare, against="httpx alone")
    yield Row(what="what the harness adds to a live pair", ours=ours - bare, bar=3)


def memory(workspace: Workspace) -> Iterator[Row]:
    """Run many scenarios live in one process, reports included, and ask how much memory it ever had."""
    count = 100 if workspace.quick else 10_000
    with _sandbox() as url:
        project = _project(workspace.directory / "memory", count, url)
        peak = _pytest(project)
    yield Row(what=f"peak memory of {count:,} live scenarios with reports", ours=peak, bar=300, unit="MiB")


@contextmanager
def _sandbox(*options: str) -> Iterator[str]:
    """Serve from a process of its own; give the URL."""
    code = "from harness.cli import console; console()"
    command = [sys.executable, "-u", "-c", code, "sandbox", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        try:
            url = next(line.split()[1] for line in process.stdout if line.split()[:1] == ["v1"])
            yield url.removesuffix("/v1")
        finally:
            process.terminate()


def _project(directory: Path, count: int, url: str) -> Path:
    """Write scenarios that read one thing each."""
    bases = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    lines = [f'{api} = "{url}{path}"' for api, path in bases.items()]
    scenarios = directory / "scenarios"
    for number in range(count):
        path = scenarios / f"{number // 500:03}" / f"{number:05}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        operation = _OPERATIONS[number % len(_OPERATIONS)]
        path.write_text(f"scenario: Read {number}\nsteps:\n  - operation: {operation}\n", "utf-8")
    settings = ["[tool.harness.environments.box]", *lines, "sandbox = true", ""]
    (directory / "pyproject.toml").write_text("\n".join(settings), "utf-8")
    return directory


def _pytest(project: Path, *options: str) -> float:
    """Run all scenarios of a project in a process; return the most memory that it had, in MiB."""
    code = (
        "import resource, sys, pytest\n"
        "code = pytest.main(sys.argv[1:])\n"
        "print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        "sys.exit(code)\n"
    )
    arguments = (*HARNESS[2:], *_LIVE, *options, "scenarios")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code, *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"the run ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        raise RuntimeError(message)
    peak = int(done.stdout.rsplit("peak ", 1)[1])
    return (peak if sys.platform == "darwin" else peak * 1024) / _MEBIBYTE


def _statuses(project: Path) -> Counter[int]:
    """Count the statuses of all answers of the last run, those that were retried too."""
    run: Any = json.loads((project / "reports" / "latest" / "run.json").read_text("utf-8"))
    steps = [step for each in run["scenarios"] for step in each["steps"]]
    calls = [step[side] for step in steps for side in ("baseline", "candidate")]
    retries = [retry["status"] for call in calls for retry in call["retries"]]
    return Counter([*(call["status"] for call in calls), *retries])


def _bare(url: str, count: int) -> float:
    """Return the milliseconds of a pair of calls by httpx, one after the other over open connections."""
    headers = {"authorization": f"Bearer {SANDBOX_TOKEN}"}
    with httpx.Client(headers=headers) as client:
        began = perf_counter()
        for number in range(count):
            api, path = _PATHS[number % len(_PATHS)]
            for base in (f"{api}/v1beta1", "v1"):
                client.get(f"{url}/{base}/organizations/{SANDBOX_ORGANIZATION_ID}/{path}").json()
        return 1000 * (perf_counter() - began) / count


def _run(project: Path, count: int) -> float:
    """Return the milliseconds of a scenario of one pair, from opening it to its result."""
    settings = load_settings(project)
    environment = settings.environment_named("box")
    root = project / "scenarios"
    scenarios = [read_scenario(path, root=root) for path in sorted(root.rglob("*.yaml"))]
    runner = Runner(Options(settings=settings, environment=environment, mode=Mode.LIVE))
    try:
        runner.run(scenarios[0], scenarios[0].rows()[0])
        began = perf_counter()
        for number in range(count):
            scenario = scenarios[number % len(scenarios)]
            runner.run(scenario, scenario.rows()[0])
        return 1000 * (perf_counter() - began) / count
    finally:
        runner.close()
