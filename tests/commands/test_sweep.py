"""``harness sweep``, after runs that were killed."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from harness.ledger import DIRECTORY, ledgers, read_ledger
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, Setup, parse_faults, running
from tests.calling import harness
from tests.leaving import NEW, leave
from tests.plugin.inner import MAKES, pytest_in, staging, until, workspaces, write

STORE = f"/v1/organizations/{SANDBOX_ORGANIZATION_ID}"
TEAM = """\
scenario: A team with a token
tags: [write]
steps:
  - {operation: CreateTeam, request: {body: {name: "harness ${run_id} ${side}"}}, capture: {team_id: $.id}}
  - operation: CreateApiToken
    request: {body: {name: "harness ${run_id} ${side}", type: ORGANIZATION, role: ORGANIZATION_MEMBER}}
    candidate: {body: {name: "harness ${run_id} ${side}", scope: ORGANIZATION, role: ORGANIZATION_MEMBER}}
  - operation: GetTeam
    poll: {until: {status: 418}, every: 0.05, timeout: 600}
cleanup:
  - {operation: DeleteTeam}
"""
LIVE = ("-q", "--mode", "live", "--environment", "box")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Give a project with the token and the organization of a sandbox."""
    monkeypatch.setenv("ASTRO_API_TOKEN", SANDBOX_TOKEN)
    monkeypatch.setenv("ASTRO_ORGANIZATION_ID", SANDBOX_ORGANIZATION_ID)
    return pytester


@pytest.fixture
def far() -> Iterator[str]:
    """Give the URL of a sandbox that is far away: a kill meets calls under way."""
    with running(setup=Setup(faults=parse_faults([], "100ms"))) as url:
        yield url


def store(url: str) -> dict[str, list[str]]:
    """Return the ids of everything that the scenarios here make."""
    found = {}
    for collection, name in (("workspaces", "workspaces"), ("teams", "teams"), ("tokens", "tokens")):
        answer = httpx.get(
            f"{url}{STORE}/{collection}",
            params={"limit": 100},
            headers={"authorization": f"Bearer {SANDBOX_TOKEN}"},
        )
        found[collection] = sorted(each["id"] for each in answer.json()[name])
    return found


def made(root: Path) -> int:
    """Count what the ledgers know to be there."""
    paths = ledgers(root / ".harness" / DIRECTORY)
    return sum(bool(entry.made) for path in paths for entry in read_ledger(path).entries)


def kill(process: subprocess.Popen[str], root: Path) -> None:
    """Kill a run with all its processes, so that none of them can clean up."""
    workers = {read_ledger(path).process for path in ledgers(root / ".harness" / DIRECTORY)}
    for worker in workers - {process.pid}:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    process.kill()
    process.communicate()


def test_a_killed_run_is_swept(project: pytest.Pytester, far: str) -> None:
    """After kill -9 in the middle of what makes things, the service is as it was, on both sides."""
    before = store(far)
    staging(project, far, sandbox=True)
    write(project, "scenarios/a.yaml", MAKES)
    write(project, "scenarios/b.yaml", TEAM)
    process = pytest_in(project, *LIVE)
    until(lambda: made(project.path) == 6, process)
    alive = harness("sweep", "--environment", "box")
    assert (alive.code, alive.out.count(" still runs, as process ")) == (0, 1)
    kill(process, project.path)
    assert sum(map(len, store(far).values())) == sum(map(len, before.values())) + 6

    dry = harness("sweep", "--environment", "box", "--dry-run")
    assert (dry.code, dry.out.splitlines()[-1]) == (1, "box: 6 to settle.")
    swept = harness("sweep", "--environment", "box")
    assert (swept.code, swept.err, swept.out.splitlines()[-1]) == (0, "", "box: 6 deleted.")
    assert store(far) == before
    assert ledgers(project.path / ".harness" / DIRECTORY) == ()


def test_workers_are_swept(project: pytest.Pytester, far: str) -> None:
    """Each has a ledger of its own, and one sweep settles all of them."""
    before = store(far)
    staging(project, far, sandbox=True)
    write(project, "scenarios/a.yaml", MAKES)
    write(project, "scenarios/b.yaml", TEAM)
    process = pytest_in(project, *LIVE, "-n", "2")
    until(lambda: made(project.path) == 6, process)
    assert len(ledgers(project.path / ".harness" / DIRECTORY)) == 2
    kill(process, project.path)

    assert harness("sweep", "--environment", "box").out.endswith("box: 6 deleted.\n")
    assert store(far) == before


@pytest.mark.parametrize("fault", ["slow=20s", "truncated"])
def test_what_nobody_knows_the_id_of_is_found(project: pytest.Pytester, fault: str) -> None:
    """A kill between request and answer, or an answer that is cut short: it is found by its name."""
    with running(setup=Setup(faults=parse_faults([f"*:CreateWorkspace:{fault}"]))) as url:
        before = store(url)
        staging(project, url, sandbox=True)
        write(project, "scenarios/a.yaml", MAKES)
        process = pytest_in(project, *LIVE)
        if fault == "truncated":
            process.communicate(timeout=50)
        else:
            until(lambda: len(workspaces(url)) == 2, process)
            kill(process, project.path)
        paths = ledgers(project.path / ".harness" / DIRECTORY)
        assert [entry.made for path in paths for entry in read_ledger(path).entries] == ["", ""]
        swept = harness("sweep", "--environment", "box")

        assert (swept.code, swept.out.splitlines()[-1]) == (0, "box: 2 deleted.")
        assert store(url) == before


def test_a_run_says_what_it_left(project: pytest.Pytester) -> None:
    """Where the cleanup was refused, the summary names the command."""
    with running(setup=Setup(faults=parse_faults(["*:DeleteWorkspace:500"]))) as url:
        staging(project, url, sandbox=True)
        text = MAKES.replace("timeout: 600", "timeout: 0.1")
        write(project, "scenarios/a.yaml", text)
        result = project.runpytest_subprocess(*LIVE)
        result.stdout.fnmatch_lines(
            ["Left behind: 2 things, perhaps. Look with `harness sweep --environment box --dry-run`."]
        )
        swept = harness("sweep", "--environment", "box")

        assert swept.code == 1
        assert "the DELETE was answered with 500" in swept.out


def test_production_is_not_swept_without_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, and the message says what to type; nothing is called."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTRO_API_TOKEN", "a-token-0123456")
    leave(tmp_path, (f"{NEW}/teams", "t1"), environment="production")
    for options, advice in (
        ([], "Add --allow-writes --production production; --dry-run lists what it is."),
        (["--allow-writes"], "Type its name as well if that is what you want: `--production production`."),
        (["--allow-writes", "--production", "staging"], "Leave it out"),
    ):
        called = harness("sweep", *options)

        assert (called.code, called.out) == (2, "")
        assert advice in called.err

    # The ledger speaks of another host, to which the token does not go.
    named = harness("sweep", "--allow-writes", "--production", "production")
    assert (named.code, "it is not below a base URL of `production`" in named.out) == (1, True)


def test_nothing_is_left_where_nothing_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 0, without a token and without permission."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASTRO_API_TOKEN", raising=False)

    assert harness("sweep") == (0, "production: nothing is left of runs that have ended.\n", "")
    assert harness("sweep", "--environment", "nowhere").code == 2


def test_what_can_never_be_swept_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an environment that is not there any more, too, but only by its name typed as well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASTRO_API_TOKEN", raising=False)
    leave(tmp_path, (f"{NEW}/teams", "t1"), environment="old")
    where = ("sweep", "--environment", "old")
    refused = harness(*where)
    assert (refused.code, refused.out) == (2, "")
    assert "`harness sweep --environment old --forget old`; --dry-run lists what it is." in refused.err
    other = harness(*where, "--forget", "production")
    assert (other.code, other.out) == (2, "")
    assert "`--forget production` names an environment, and the sweep is of `old`" in other.err
    dry = harness(*where, "--dry-run", "--forget", "old")
    assert (dry.code, dry.out.splitlines()[-1]) == (1, "old: 1 to settle.")

    forgotten = harness(*where, "--forget", "old")
    assert (forgotten.code, forgotten.err) == (0, "")
    assert forgotten.out.splitlines() == [
        f'forgotten: v1 {NEW}/teams/t1, name "harness 3fa9c10b2e44 baseline" (teams/life, run 3fa9c1d20b7e)',
        "old: 1 forgotten.",
    ]
    assert ledgers(tmp_path / ".harness" / DIRECTORY) == ()
    assert harness(*where, "--forget", "old").code == 2
    assert harness("sweep", "--forget", "production").out == (
        "production: nothing is left of runs that have ended.\n"
    )
