"""Each fault of the sandbox on each side, on a read, a create and a delete: the verdict, and what is left.

Nothing may be left that the ledger does not know, since only of that can a sweep be made.
"""

from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path

import pytest

from harness.ledger import DIRECTORY, ledgers, read_ledger
from harness.options import Mode, Options
from harness.report.text import failure_text
from harness.result import ScenarioResult
from harness.runner import Runner
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, Setup, parse_faults, running
from harness.scenario import read_scenario
from harness.settings import Environment, Retries, Settings

READ = "scenario: Reads\nsteps: [{operation: ListTeams}]\n"
WRITES = """\
scenario: Writes
steps:
  - {operation: CreateTeam, request: {body: {name: "t ${run_id} ${side}"}}, capture: {team_id: $.id}}
  - {operation: GetTeam}
cleanup:
  - {operation: DeleteTeam}
"""
SIDES = ("v1beta1", "v1", "*")

BUSY = ("inconclusive", "inconclusive", "inconclusive")
LOST = ("inconclusive", "mismatch", "error")
WRONG = ("mismatch", "mismatch", "inconclusive")
# By fault: the verdicts of a run in which it meets v1beta1, v1 and both, on a read, a create and a delete.
TABLE = {
    "429": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "500": (WRONG, ("mismatch", "mismatch", "error"), ("mismatch", "mismatch", "mismatch")),
    "502": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "503": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "504": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "html": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "html=404": (WRONG, ("mismatch", "mismatch", "error"), ("mismatch", "mismatch", "match")),
    "reset": (LOST, LOST, LOST),
    # A 204 has no body that could be cut or called otherwise.
    "truncated": (LOST, LOST, ("match", "match", "match")),
    "content-type": (
        ("mismatch", "mismatch", "match"),
        ("mismatch", "mismatch", "error"),
        ("match", "match", "match"),
    ),
    "latency=1500ms": (LOST, LOST, LOST),
}


def _run(url: str, root: Path, text: str) -> ScenarioResult:
    bases = {"iam": f"{url}/iam/v1beta1", "platform": f"{url}/platform/v1beta1", "v1": f"{url}/v1"}
    settings = Settings(
        root=root,
        scenarios=(root,),
        cassettes=root / "cassettes",
        reports=root / "reports",
        state=root / ".harness",
        timeout=1,
        retries=Retries(attempts=1),
    )
    (root / "a.yaml").write_text(text)
    runner = Runner(
        Options(
            settings=settings,
            environment=Environment(name="box", base_urls=bases, limits={}),
            mode=Mode.LIVE,
            allow_writes=True,
            environ={
                **os.environ,
                "ASTRO_API_TOKEN": SANDBOX_TOKEN,
                "ASTRO_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID,
            },
        )
    )
    scenario = read_scenario(root / "a.yaml", root=root)
    try:
        return runner.run(scenario, scenario.rows()[0])
    finally:
        runner.close()


def _teams(url: str) -> set[str]:
    """Ask for the names of all teams, by an operation that no fault of these tests meets."""
    request = urllib.request.Request(  # noqa: S310 - the sandbox on loopback
        f"{url}/v1/organizations/{SANDBOX_ORGANIZATION_ID}/teams?limit=1000",
        headers={"Authorization": f"Bearer {SANDBOX_TOKEN}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
        return {team["name"] for team in json.load(answer)["teams"]}


@pytest.mark.parametrize("kind", TABLE)
@pytest.mark.parametrize("side", range(3), ids=SIDES)
def test_a_fault_of_reads_has_its_verdict(tmp_path: Path, kind: str, side: int) -> None:
    """A busy service and a lost v1beta1 are no verdict on v1; a lost or wrong v1 is one."""
    with running(setup=Setup(faults=parse_faults([f"{SIDES[side]}:ListTeams:{kind}"], None))) as url:
        result = _run(url, tmp_path, READ)

    assert result.verdict == TABLE[kind][0][side]
    assert len(result.steps) == 1
    assert "Traceback" not in failure_text(result)


@pytest.mark.parametrize("kind", TABLE)
@pytest.mark.parametrize("side", range(3), ids=SIDES)
@pytest.mark.parametrize("operation", ["CreateTeam", "DeleteTeam"])
def test_a_fault_of_writes_leaves_nothing_that_nobody_knows(
    tmp_path: Path, kind: str, side: int, operation: str
) -> None:
    """Every step and the cleanup have results, and what is left in the store stands in the ledger."""
    with running(setup=Setup(faults=parse_faults([f"{SIDES[side]}:{operation}:{kind}"], None))) as url:
        before = _teams(url)
        result = _run(url, tmp_path, WRITES)
        left = _teams(url) - before
    accounts = [read_ledger(path) for path in ledgers(tmp_path / ".harness" / DIRECTORY)]
    known = {entry.labels["name"] for account in accounts for entry in account.entries}

    assert result.verdict == TABLE[kind][1 if operation == "CreateTeam" else 2][side]
    assert len(result.steps) == 3
    assert left <= known
    assert "Traceback" not in failure_text(result)
