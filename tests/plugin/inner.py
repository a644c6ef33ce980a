"""What tests of the plugin do: pytest inside pytest, on projects of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx

# What runs import is imported before: pytester forgets what an inner run imports, and each would do it anew.
import hypothesis  # noqa: F401 - its plugin wants it
import jsonpath_rfc9535  # noqa: F401 - part of it cannot be imported twice
import pytest

import harness.report.write
import harness.runner  # noqa: F401 - for the inner runs
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN

REPOSITORY: Final = Path(__file__).parent.parent.parent

USERS: Final = "users/list"

PLANS: Final = "organizations/get"
"""A shipped scenario with an accepted breaking finding."""

Pytest = Callable[..., pytest.RunResult]

MISTAKES: Final = """\
scenario: Wrong
tags: [a, skip]
steps:
  - operation: ListUser
    expct: {status: 200}
    request: {query: {q: "${nothing}"}}
"""

USAGE: Final = {
    "an unknown environment": (
        "",
        ["--environment", "stagging"],
        "ERROR: there is no environment `stagging`. Use one of production, sandbox.",
    ),
    "writes in production whose name was not typed": (
        "",
        ["--mode", "live", "--allow-writes"],
        "ERROR: `--allow-writes` would change things in `production`, * `--production production`.",
    ),
    "an unknown setting": (
        "[tool.harness]\nscenarois = ['a']\n",
        [],
        "ERROR: pyproject.toml: `tool.harness.scenarois` is not a setting. Write `scenarios`.",
    ),
    "an environment that is not there": (
        "[tool.harness]\nenvironment = 'prod'\n",
        [],
        "ERROR: pyproject.toml: `tool.harness.environment`: there is no environment `prod`. *",
    ),
    "contracts that are not there": (
        "[tool.harness]\ncontracts = 'facts'\n",
        [],
        "ERROR: pyproject.toml: `tool.harness.contracts`: there is no directory `facts`. *",
    ),
}

MAKES: Final = """\
scenario: Make a workspace
tags: [write]
vars: {name: "harness ${run_id} ${side}"}
steps:
  - {operation: CreateWorkspace, request: {body: {name: "${name}"}}, capture: {workspace_id: $.id}}
  - operation: GetWorkspace
    poll: {until: {status: 418}, every: 0.05, timeout: 600}
cleanup:
  - {operation: DeleteWorkspace}
"""

PAGES = """\
scenario: All pages
steps:
  - operation: ListUsers
    request: {query: {limit: 7}}
    walk: true
  - operation: ListWorkspaces
    walk: true
  - operation: CreateTeam
    request: {body: {name: "walk ${run_id} ${side}"}}
    capture: {team_id: $.id}
  - operation: ListTeams
    request: {query: {limit: 1}}
    walk: true
  - operation: GetTeam
  - operation: DeleteTeam
    again: true
cleanup:
  - operation: DeleteTeam
"""


def ship(pytester: pytest.Pytester, *scenarios: str, cassettes: bool = True) -> None:
    """Copy shipped scenarios and their cassettes into the project."""
    for scenario in scenarios:
        target = pytester.path / "scenarios" / f"{scenario}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "scenarios" / f"{scenario}.yaml", target)
        if cassettes:
            shutil.copytree(REPOSITORY / "cassettes" / scenario, pytester.path / "cassettes" / scenario)


def ship_table(pytester: pytest.Pytester, accept: str) -> None:
    """Copy a shipped scenario with three rows, and their cassettes; it accepts what is given."""
    name = "clusters/options"
    ship(pytester, name, cassettes=False)
    for path in (REPOSITORY / "cassettes" / "clusters").glob("options*"):
        shutil.copytree(path, pytester.path / "cassettes" / "clusters" / path.name)
    path = pytester.path / "scenarios" / f"{name}.yaml"
    path.write_text(f"{path.read_text('utf-8')}accept:\n  - {accept}\n", "utf-8")


def write(pytester: pytest.Pytester, name: str, text: str) -> Path:
    """Write a file of the project."""
    path = pytester.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def report(pytester: pytest.Pytester, directory: str = "reports/latest") -> Any:
    """Read the run.json of the last run."""
    return json.loads((pytester.path / directory / "run.json").read_text("utf-8"))


def collected(result: pytest.RunResult) -> list[str]:
    """Return the node ids that `--collect-only -q` lists."""
    return [line for line in result.outlines if "::" in line]


def staging(pytester: pytest.Pytester, url: str, *, sandbox: bool) -> None:
    """Configure an environment `box` at a URL."""
    bases = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    lines = [f'{api} = "{url}{path}"' for api, path in bases.items()]
    lines.append(f"sandbox = {str(sandbox).lower()}")
    write(pytester, "pyproject.toml", "\n".join(["[tool.harness.environments.box]", *lines, ""]))


def workspaces(url: str) -> list[str]:
    """Return the names of the workspaces that scenarios made and did not delete."""
    answer = httpx.get(
        f"{url}/v1/organizations/{SANDBOX_ORGANIZATION_ID}/workspaces",
        params={"limit": 100},
        headers={"authorization": f"Bearer {SANDBOX_TOKEN}"},
    )
    names = [workspace["name"] for workspace in answer.json()["workspaces"]]
    return [name for name in names if name.startswith("harness ")]


def python(pytester: pytest.Pytester, code: str, **environ: str) -> subprocess.Popen[str]:
    """Start Python in the project; Ctrl-C works there even if these tests run in the background."""
    prelude = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    return subprocess.Popen(  # noqa: S603 - it runs what the tests write
        [sys.executable, "-c", prelude + code],
        cwd=pytester.path,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def pytest_in(pytester: pytest.Pytester, *arguments: str) -> subprocess.Popen[str]:
    """Start pytest in a process of its own."""
    return python(pytester, f"import pytest; sys.exit(pytest.main({list(arguments)!r}))")


def until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something holds that a process brings about."""
    deadline = time.monotonic() + 50
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the process did not get there:\n{process.communicate()[0]}")
        time.sleep(0.02)
