"""``harness inspect``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cassette import CassetteWriter
from tests.calling import harness, refreshed, refused
from tests.cassette import PROVENANCE
from tests.documentation import ROOT
from tests.draft import IAM, call, id_


def test_recordings_are_inspected() -> None:
    """The shipped cassettes call everything, and an exit code tells CI that something breaks."""
    called = harness("inspect", ROOT / "cassettes")

    assert (called.code, called.err) == (1, "")
    assert "80 operations of v1beta1." in called.out
    assert "v1 does not support 10 of them" in called.out


def test_other_formats() -> None:
    """For programs and for tickets."""
    users = ROOT / "cassettes" / "users"

    assert json.loads(harness("inspect", users, "--format", "json").out)["newer"] > 0
    assert harness("inspect", users, "--format", "markdown").out.startswith("# What v1 will break")
    assert harness("inspect", users).code == 0


def test_a_directory_without_cassettes(tmp_path: Path) -> None:
    """A mistake of the caller is told without a traceback."""
    assert "there are no cassettes here" in refused(harness("inspect", tmp_path))


def test_recordings_are_inspected_by_the_projects_own_contracts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that a refreshed contract of v1 has is supported; for what it lacks there is advice."""
    alerts = ROOT / "cassettes" / "alerts"
    without = harness("inspect", alerts)
    refreshed(tmp_path)
    monkeypatch.chdir(tmp_path)
    called = harness("inspect", alerts)

    assert "v1 does not support 5 of them" in without.out
    assert "does not support" not in called.out


def test_what_was_drafted_is_not_counted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts of the same name have their cassettes below the recording; drafted again, it gives the same."""
    monkeypatch.chdir(tmp_path)
    writer = CassetteWriter()
    writer.add(call("POST", f"{IAM}/teams", {"id": id_(1)}, body={"name": "n"}))
    writer.add(call("GET", f"{IAM}/teams/{id_(1)}", {"id": id_(1)}, at=1))
    writer.save(tmp_path / "cassettes" / "mine" / "baseline.yaml", PROVENANCE)
    before = harness("inspect", "cassettes/mine").out
    harness("draft", "cassettes/mine", "-o", "scenarios/mine")
    after = harness("inspect", "cassettes/mine").out
    again = json.loads(harness("draft", "cassettes/mine", "-o", "scenarios/again", "--format", "json").out)

    assert "2 calls in 1 cassette" in before
    assert [line for line in after.splitlines() if "Left aside" not in line] == before.splitlines()
    assert "Left aside: 1 cassette of scenarios" in after
    assert [each["calls"] for each in again["drafts"]] == [2]
