"""Scenario files for tests: written into a directory, and read back."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from harness.errors import ScenarioError
from harness.scenario import Scenario, read_scenario

HEAD = "scenario: A title\nsteps:\n"
STEP = "  - operation: ListUsers\n"


def write(directory: Path, name: str, text: str) -> Path:
    """Write a file, its text without the indentation that it has in the test."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), "utf-8")
    return path


def read(directory: Path, text: str, name: str = "a.yaml") -> Scenario:
    """Write a scenario and read it; names in messages are relative to the directory."""
    return read_scenario(write(directory, name, text), root=directory, base=directory)


def mistakes(directory: Path, text: str, name: str = "a.yaml") -> list[str]:
    """Return the messages of a scenario that cannot be read."""
    with pytest.raises(ScenarioError) as caught:
        read(directory, text, name)
    return [str(problem) for problem in caught.value.problems]
