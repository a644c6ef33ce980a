"""``harness inspect``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.calling import harness, refused
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
