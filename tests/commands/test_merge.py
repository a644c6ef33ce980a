"""``harness merge``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.report.events import read_run
from tests.calling import harness, refused
from tests.report.test_merging import shard_log


def test_a_report_of_all_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One directory has the reports and the log of the whole run, and the summary is printed."""
    monkeypatch.chdir(tmp_path)
    logs = [shard_log(tmp_path, number) for number in (1, 2, 3)]
    called = harness("merge", *logs, "--output", "out", "--shards", 3)
    document = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))

    assert (called.code, called.err) == (0, "")
    assert "Scenarios: 7 of 7 planned scenarios finished: 7 match" in called.out
    assert (document["planned"], document["unfinished"], document["missing"]) == (7, [], [])
    assert read_run(tmp_path / "out" / "events.jsonl").planned == 7
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "events.jsonl",
        "report.html",
        "report.md",
        "run.json",
    ]


def test_nothing_is_written_where_a_shard_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, the shard is named, and no report looks as if it were of the whole run."""
    monkeypatch.chdir(tmp_path)
    logs = [shard_log(tmp_path, number) for number in (1, 3)]
    line = refused(harness("merge", *logs, "--output", "out"))

    assert line == "shard 2/3 is missing. Name the log of each shard, or run the missing ones."
    assert not (tmp_path / "out").exists()


def test_a_log_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that the shell found nothing for is a mistake, too."""
    monkeypatch.chdir(tmp_path)

    assert refused(harness("merge", "shards/*/events.jsonl")).startswith("shards/*/events.jsonl: ")
