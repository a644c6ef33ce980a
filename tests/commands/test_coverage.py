"""``harness coverage``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.calling import harness, refused
from tests.commands.test_gate import write
from tests.documentation import ROOT
from tests.report.builders import failing_run, good_run


def test_the_matrix_is_printed(tmp_path: Path) -> None:
    """All operations of v1beta1, gaps first."""
    called = harness("coverage", write(tmp_path / "events.jsonl", failing_run()))

    assert (called.code, called.err) == (0, "")
    assert "responses 4 of 80 operations" in called.out
    rows = [line.split()[0] for line in called.out.splitlines() if "cassette " in line or "none " in line]
    assert rows.index("GetWorkspace") < rows.index("ListApiTokens")


def test_several_logs_are_one_run(tmp_path: Path) -> None:
    """As of shards."""
    logs = [
        write(tmp_path / "1.jsonl", good_run()),
        write(tmp_path / "2.jsonl", failing_run(), run="other"),
    ]
    found = json.loads(harness("coverage", *logs, "--format", "json").out)

    assert found["coverage"]["called"] == 4


def test_a_recorded_set_narrows_it(tmp_path: Path) -> None:
    """Only what the cassettes use is a row, with how often."""
    log = write(tmp_path / "events.jsonl", failing_run())
    against = ("--against", ROOT / "cassettes/users/list", "--against", ROOT / "cassettes/alerts/list")
    called = harness("coverage", log, *against, "--format", "markdown")

    rows = [line.split(" | ")[0] for line in called.out.splitlines() if line.startswith("| `")]
    assert called.code == 0
    assert sorted(rows) == ["| `GetAlert`", "| `GetUser`", "| `ListAlerts`", "| `ListUsers`"]
    assert "| Used |" in called.out


def test_the_last_run_is_taken_when_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the project keeps its reports."""
    (tmp_path / "pyproject.toml").write_text('[tool.harness]\nreports = "out"\n', "utf-8")
    monkeypatch.chdir(tmp_path)

    line = refused(harness("coverage"))
    write(tmp_path / "out" / "latest" / "events.jsonl", good_run())

    assert line.endswith("there is no log of a run. Run `pytest scenarios/` first, or name the log of a run.")
    assert harness("coverage").code == 0


def test_a_set_without_cassettes_is_a_mistake(tmp_path: Path) -> None:
    """Nothing is printed that could be taken for a coverage."""
    log = write(tmp_path / "events.jsonl", good_run())

    assert "there are no cassettes here" in refused(harness("coverage", log, "--against", tmp_path))
