"""The Common Test Report Format."""

from __future__ import annotations

from typing import Any

import pytest

from harness.readiness import assess
from harness.report.ctrf import render_ctrf
from harness.result import RunResult
from tests.report.builders import failing_run, good_run, hostile_run, lens_run, run, sandbox_run
from tests.schemas import held


def _read(made: RunResult, below: str = "") -> Any:
    return held(render_ctrf(made, assess(made), below), "ctrf")["results"]


@pytest.mark.parametrize("made", [failing_run(), good_run(), hostile_run(), lens_run(), sandbox_run(), run()])
def test_it_keeps_to_the_format(made: RunResult) -> None:
    """The schema has nothing against it, and the summary adds up."""
    results = _read(made)
    summary = results["summary"]

    assert summary["tests"] == len(results["tests"])
    assert summary["tests"] == sum(summary[each] for each in ("passed", "failed", "skipped", "pending"))
    assert summary["stop"] - summary["start"] == summary["duration"]


def test_every_planned_scenario_is_a_test() -> None:
    """What did not finish is pending, and the verdict is kept beside the status."""
    tests = {test["name"]: test for test in _read(failing_run(), "tools/astro")["tests"]}
    failed = tests["deployments/life"]

    assert tests["workspaces/life"]["status"] == "pending"
    assert (tests["users/self"]["status"], tests["users/self"]["rawStatus"]) == ("failed", "error")
    assert (failed["status"], failed["rawStatus"]) == ("failed", "mismatch")
    assert failed["filePath"] == "tools/astro/scenarios/deployments/life.yaml"
    assert failed["labels"]["ticket"] == "PLAT-412"
    assert [each["status"] for each in failed["steps"]] == ["failed", "skipped"]
    assert "What to do:" in failed["trace"]


def test_it_says_the_readiness() -> None:
    """Green tests alone do not say GO."""
    extra = _read(sandbox_run())["extra"]

    assert extra["readiness"] == "NO-GO"
    assert extra["reasons"]


def test_times_are_in_milliseconds() -> None:
    """Instants count from 1970."""
    summary = _read(good_run())["summary"]

    assert summary["start"] == 1_795_255_200_000
    assert summary["duration"] == 2_500
