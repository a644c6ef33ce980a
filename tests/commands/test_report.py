"""``harness report``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.report.events import EventLog, RunStarted
from harness.result import ScenarioResult, Verdict
from tests.calling import harness, refused
from tests.report.builders import failing_run


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


def test_the_summary_names_what_stands_beside_the_page(tmp_path: Path) -> None:
    """The log does where the reports are written beside it, and nowhere else."""
    path = log(tmp_path / "events.jsonl", "r1", ("a",), ("a",))
    elsewhere = harness("report", path, "--output", tmp_path / "out").out
    beside = harness("report", path, "--output", tmp_path).out

    assert elsewhere.endswith("report.html (report.md and run.json beside it)\n")
    assert beside.endswith("report.html (report.md, run.json and events.jsonl beside it)\n")


def test_a_log_that_was_cut_short(tmp_path: Path) -> None:
    """What a killed run left can be reported: its last half line is not counted."""
    path = log(tmp_path / "1.jsonl", "r1", ("a", "b"), ("a", "b"))
    text = path.read_bytes()
    path.write_bytes(text[: text.rindex(b'"b"') + 2])
    called = harness("report", path, "--output", tmp_path / "out")

    assert called.code == 0
    assert "1 of 2 planned scenarios finished" in called.out


def _found(directory: Path) -> Path:
    """Write the log of the last run, one with an open finding and one without a verdict."""
    path = directory / "reports" / "latest" / "events.jsonl"
    with EventLog.join(path) as events:
        made = failing_run()
        planned = tuple(each.id for each in made.scenarios)
        events.run_started(
            RunStarted(
                run="r1",
                tool=made.tool,
                mode=made.mode,
                environment=made.environment,
                profile=made.profile,
                planned=planned,
                started=made.started,
            )
        )
        for each in made.scenarios:
            events.scenario_finished(each)
    return path


def test_what_ci_services_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Summary, annotations and code quality of the last run go to standard output; no file is written."""
    _found(tmp_path)
    monkeypatch.chdir(tmp_path)
    summary = harness("report", "--format", "summary", "--link", "https://ci.example.com/1")
    annotations = harness("report", "--format", "github")
    quality = harness("report", "--format", "gitlab")

    assert (summary.code, annotations.code, quality.code) == (0, 0, 0)
    assert summary.out.startswith("The whole report: [artifact of this run](https://ci.example.com/1)\n")
    assert all(line.startswith("::") for line in annotations.out.splitlines())
    assert json.loads(quality.out)
    assert not (tmp_path / "reports" / "merged").exists()


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("--format", "junit", "--link", "https://ci.example.com/1"), "--link"),
        (("--link", "https://ci.example.com/1"), "--link"),
        (("--format", "markdown", "--tracker", "jira"), "--tracker"),
        (("--format", "markdown", "--tracker", "jira", "--ticket", "PLAT-1"), "--tracker"),
        (("--tracker", "github"), "--tracker"),
    ],
)
def test_what_a_format_does_not_heed_is_refused(arguments: tuple[str, ...], option: str) -> None:
    """Nobody may believe that it did something."""
    said = refused(harness("report", *arguments))

    assert said.startswith(f"{option}: ")
    assert said.endswith("or leave it out.")


def test_files_are_named_from_the_root_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the project is a directory of the repository, annotations still meet their lines."""
    (tmp_path / ".git").mkdir()
    project = tmp_path / "tools" / "astro"
    _found(project)
    monkeypatch.chdir(project)
    called = harness("report", "--format", "github")

    assert " file=tools/astro/scenarios/" in called.out


def test_without_a_run_there_is_nothing_to_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, on one line."""
    monkeypatch.chdir(tmp_path)

    assert "there is no log of a run" in refused(harness("report", "--format", "summary"))


def test_a_format_goes_into_the_file_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds what standard output would have had; its directory is made."""
    _found(tmp_path)
    monkeypatch.chdir(tmp_path)
    shown = harness("report", "--format", "junit")
    written = harness("report", "--format", "junit", "-o", "ci/harness.xml")

    assert (written.code, written.out) == (0, "Written: ci/harness.xml\n")
    assert Path("ci/harness.xml").read_bytes().decode() == shown.out
    assert [path.name for path in Path("ci").iterdir()] == ["harness.xml"]


def test_a_file_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, on one line; nothing is left behind."""
    _found(tmp_path)
    (tmp_path / "taken" / "x").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    assert refused(harness("report", "--format", "ctrf", "-o", "taken")).startswith(
        "taken: the file cannot be written"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reports", "taken"]
