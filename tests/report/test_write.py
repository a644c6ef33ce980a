"""Writing: whole files or none, and a clear word about a disk that does not take them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.readiness import assess
from harness.report.write import write_reports
from harness.result import RunResult
from tests.report.builders import contracts, failing_run, good_run


def _write(made: RunResult, directory: Path) -> tuple[Path, ...]:
    return write_reports(made, assess(made, contracts=contracts()), directory)


def test_three_files_of_one_run_are_written(tmp_path: Path) -> None:
    """The directory is made, nothing else is left in it, and others may read."""
    directory = tmp_path / "reports" / "latest"
    paths = _write(good_run(), directory)
    assert [path.name for path in paths] == ["run.json", "report.md", "report.html"]
    assert sorted(directory.iterdir()) == sorted(paths)
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in paths)
    assert json.loads(paths[0].read_bytes())["assessment"]["readiness"] == "GO"


def test_earlier_reports_are_replaced(tmp_path: Path) -> None:
    """No part of the last run stays."""
    _write(failing_run(), tmp_path)
    _, markdown, page = _write(good_run(), tmp_path)
    assert "NO-GO" not in markdown.read_text(encoding="utf-8")
    assert "no-go" not in page.read_text(encoding="utf-8").partition("<body>")[2]


def test_a_file_that_cannot_be_replaced_is_named_and_nothing_half_written_stays(tmp_path: Path) -> None:
    """A directory stands where the report should go."""
    (tmp_path / "report.md").mkdir()
    with pytest.raises(UsageError) as caught:
        _write(good_run(), tmp_path)
    (problem,) = caught.value.problems
    assert problem.where == str(tmp_path / "report.md")
    assert problem.advice
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.md", "run.json"]


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands in the way."""
    (tmp_path / "reports").write_text("in the way")
    with pytest.raises(UsageError, match="the report cannot be written"):
        _write(good_run(), tmp_path / "reports")
