"""``harness inspect``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.calling import harness, refreshed, refused
from tests.documentation import ROOT


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
