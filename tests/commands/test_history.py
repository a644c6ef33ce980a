"""``harness history``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.history import FILE, remember
from harness.result import Readiness
from tests.calling import harness, refused
from tests.history.builders import found, night


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a project that keeps two runs."""
    monkeypatch.chdir(tmp_path)
    for run in (night(1, found("aaaaaaaaaaaa")), night(2)):
        remember(run, Readiness.NO_GO, tmp_path / ".harness")
    return tmp_path


@pytest.mark.usefixtures("project")
def test_runs_findings_and_scenarios() -> None:
    """Each is asked for in its way, as text."""
    assert harness("history").out.startswith("2 runs\n")
    assert harness("history", "--finding", "aaaaaaaaaaaa").out.startswith("aaaaaaaaaaaa property-renamed, ")
    assert harness("history", "--finding", "property-renamed").out.count("night1") == 1
    assert harness("history", "--scenario", "tokens/list").out.startswith("tokens/list: 2 runs\n")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "count"),
    [((), 2), (("--finding", "property-renamed"), 1), (("--scenario", "tokens/list"), 2)],
)
def test_each_is_json_too(arguments: tuple[str, ...], count: int) -> None:
    """A list with an object each."""
    assert len(json.loads(harness("history", *arguments, "--format", "json").out)) == count


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("option", ["--finding", "--scenario"])
def test_what_is_not_kept_is_said(option: str) -> None:
    """A name that no run has is a mistake of the caller, with what to name."""
    assert refused(harness("history", option, "nothing")).startswith(f"{option}: no run that is kept has ")


def test_a_project_without_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing was run yet, it says what to run."""
    monkeypatch.chdir(tmp_path)

    assert refused(harness("history")).endswith("no run is kept. Run `pytest scenarios/` first.")


def test_a_damaged_file(project: Path) -> None:
    """Damage is one line, and the file stays."""
    (project / ".harness" / FILE).write_bytes(b"nonsense " * 200)

    assert "it is damaged" in refused(harness("history"))
