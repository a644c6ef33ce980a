"""Writing: whole files or none, and a clear word about a disk that does not take them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.exchange import Body, BodyKind
from harness.readiness import assess
from harness.redact import Redactor
from harness.report.write import write_reports
from harness.result import RunResult, Verdict
from tests.report.builders import contracts, evidence, failing_run, finding, good_run, run, scenario, step


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


def test_what_an_earlier_page_had_beside_it_is_removed(tmp_path: Path) -> None:
    """What nobody here wrote stays."""
    beside = tmp_path / "report-details"
    beside.mkdir()
    (beside / "scenarios-3.html").write_text("old")
    (beside / "notes.html").write_text("somebody's")
    _write(good_run(), tmp_path)
    assert [path.name for path in beside.iterdir()] == ["notes.html"]
    (beside / "notes.html").unlink()
    _write(good_run(), tmp_path)
    assert not beside.exists()


def test_files_beside_the_page_are_written_with_it(tmp_path: Path) -> None:
    """The page links to them by these names."""
    large = evidence("v1", body=Body(kind=BodyKind.TEXT, data="x" * 10_000))
    made = run(
        *(scenario(step(candidate=large, verdict=Verdict.INCONCLUSIVE), id=f"a{each}") for each in range(500))
    )
    paths = _write(made, tmp_path)
    names = [path.relative_to(tmp_path).as_posix() for path in paths]
    assert names[:4] == ["run.json", "report.md", "report.html", "report-details/scenarios-1.html"]
    assert 'href="report-details/scenarios-1.html#' in paths[2].read_text("utf-8")
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(paths)


def test_known_secrets_do_not_reach_a_report(tmp_path: Path) -> None:
    """Each is looked through once more for the values that this process knows; JSON stays JSON."""
    secret = 'sturdy "walrus" 42'
    told = finding(explanation=f"v1 says {secret}")
    made = run(scenario(step(told, candidate=evidence("v1", {"x": secret}), verdict=Verdict.MISMATCH)))
    for path in write_reports(made, assess(made), tmp_path, redactor=Redactor({"MY_TOKEN": secret})):
        text = path.read_text("utf-8")
        assert "walrus" not in text, path.name
        assert "MY_TOKEN" in text, path.name
    assert "[MY_TOKEN]" in str(json.loads((tmp_path / "run.json").read_text("utf-8")))
