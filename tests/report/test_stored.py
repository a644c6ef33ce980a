"""Evidence that is left in the log reads as if it were in memory."""

from __future__ import annotations

from pathlib import Path

from harness.readiness import assess
from harness.report.events import EventLog, RunStarted, read_run
from harness.report.write import RENDERERS
from harness.result import RunResult
from tests.report.builders import failing_run


def _logged(directory: Path, run: RunResult) -> Path:
    """Write the log of a run."""
    path = directory / "events.jsonl"
    with EventLog.join(path) as log:
        log.run_started(
            RunStarted(
                run="r",
                tool=run.tool,
                mode=run.mode,
                environment=run.environment,
                profile=run.profile,
                planned=tuple(scenario.id for scenario in run.scenarios),
                started=run.started,
            )
        )
        for scenario in run.scenarios:
            log.scenario_finished(scenario)
        log.run_finished("r", run.finished)
    return path


def test_it_is_equal(tmp_path: Path) -> None:
    """A result whose evidence stayed in the file equals the one that is in memory as a whole, both ways."""
    path = _logged(tmp_path, failing_run())
    whole, stored = read_run(path), read_run(path, kept=0)

    assert stored == whole
    assert whole == stored
    assert stored == read_run(path, kept=0)


def test_reports_are_the_same(tmp_path: Path) -> None:
    """Every report of a long run is to the letter what it would be of a short one."""
    path = _logged(tmp_path, failing_run())
    whole, stored = read_run(path), read_run(path, kept=0)

    for name, render in RENDERERS.items():
        assert "".join(render(stored, assess(stored), None)) == "".join(render(whole, assess(whole), None)), (
            name
        )


def test_the_log_may_be_renamed(tmp_path: Path) -> None:
    """A log that got another name since it was read still gives its evidence."""
    path = _logged(tmp_path, failing_run())
    whole, stored = read_run(path), read_run(path, kept=0)
    path.rename(tmp_path / "elsewhere")

    assert stored == whole


def test_what_is_small_stays_in_memory(tmp_path: Path) -> None:
    """Who asks for a status or a time does not read the file."""
    path = _logged(tmp_path, failing_run())
    stored = read_run(path, kept=0)
    size = path.stat().st_size
    path.write_bytes(b" " * size)
    calls = [step.baseline for scenario in stored.scenarios for step in scenario.steps if step.baseline]

    assert [call.status for call in calls]
    assert all(call.method and call.url for call in calls)
