"""``harness report``."""

from __future__ import annotations

import json
from pathlib import Path

from harness.report.events import EventLog, RunStarted
from harness.result import ScenarioResult, Verdict
from tests.calling import harness


def log(path: Path, run: str, planned: tuple[str, ...], finished: tuple[str, ...]) -> Path:
    """Write the log of a run in which some scenarios finished."""
    with EventLog.join(path) as events:
        events.run_started(
            RunStarted(
                run=run,
                tool="t",
                mode="replay",
                environment="staging",
                profile="strict",
                planned=planned,
                started="2026-11-01T00:00:00.000Z",
            )
        )
        for scenario in finished:
            result = ScenarioResult(id=scenario, title=scenario, where="a.yaml:1", verdict=Verdict.MATCH)
            events.scenario_finished(result)
        events.run_finished(run, "2026-11-01T00:00:09.000Z")
    return path


def test_reports_of_several_runs(tmp_path: Path) -> None:
    """The logs of shards make one report, and the summary is printed."""
    logs = [
        log(tmp_path / "1.jsonl", "r1", ("a", "b"), ("a", "b")),
        log(tmp_path / "2.jsonl", "r2", ("c", "d"), ("c",)),
    ]
    called = harness("report", *logs, "--output", tmp_path / "out")
    document = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))

    assert (called.code, called.err) == (0, "")
    assert "Scenarios: 3 of 4 planned scenarios finished: 3 match" in called.out
    assert (document["planned"], document["unfinished"]) == (4, ["d"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "report.html",
        "report.md",
        "run.json",
    ]


def test_a_log_that_was_cut_short(tmp_path: Path) -> None:
    """What a killed run left can be reported: its last half line is not counted."""
    path = log(tmp_path / "1.jsonl", "r1", ("a", "b"), ("a", "b"))
    text = path.read_bytes()
    path.write_bytes(text[: text.rindex(b'"b"') + 2])
    called = harness("report", path, "--output", tmp_path / "out")

    assert called.code == 0
    assert "1 of 2 planned scenarios finished" in called.out
