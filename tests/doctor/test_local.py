"""Versions, and directories that can be written."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

import pytest

from harness.doctor import State
from harness.doctor.local import directories, scenarios, versions
from harness.settings import load_settings
from harness.struct import replace


def test_the_versions_that_matter_are_told() -> None:
    """They stand in every report of a mistake."""
    found = versions()

    assert found.state is State.OK
    for name in ("httpx", "pytest", "vcrpy"):
        assert f"{name} {metadata.version(name)}" in found.found
    assert f"Python {platform.python_version()}" in found.found


def test_what_is_too_old_or_missing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages are named, and how they get there."""

    def version(name: str) -> str:
        if name == "vcrpy":
            raise metadata.PackageNotFoundError(name)
        return "0.1" if name == "httpx" else "99.0.0rc1"

    monkeypatch.setattr(metadata, "version", version)
    found = versions()

    assert found.state is State.WRONG
    assert found.found.endswith("vcrpy is missing; missing or too old: httpx, vcrpy")
    assert "pip" in found.advice


def test_directories_that_can_be_written(tmp_path: Path) -> None:
    """Also where they are not there yet; nothing is left behind."""
    found = list(directories(load_settings(tmp_path)))

    assert [(each.name, each.state) for each in found] == [
        ("reports", State.OK),
        ("cassettes", State.OK),
        ("state", State.OK),
    ]
    assert not list(tmp_path.iterdir())


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    """A file stands where the directory should be."""
    (tmp_path / "taken").write_text("", "utf-8")
    settings = replace(load_settings(tmp_path), reports=tmp_path / "taken" / "reports")
    found = {each.name: each for each in directories(settings)}

    assert found["reports"].state is State.WRONG
    assert found["reports"].found.startswith("taken/reports cannot be written (")
    assert "`reports` in [tool.harness]" in found["reports"].advice
    assert found["state"].state is State.OK


def test_scenarios_that_are_not_there(tmp_path: Path) -> None:
    """A directory that is named in vain is wrong; one that is there needs no line."""
    (tmp_path / "pyproject.toml").write_text("[tool.harness]\nscenarios = ['there', 'ther']\n", "utf-8")
    (tmp_path / "there").mkdir()
    (found,) = scenarios(load_settings(tmp_path))

    assert (found.name, found.state) == ("scenarios", State.WRONG)
    assert found.found == "ther is not there, and nothing of it runs"
    assert found.advice == "Correct the name in `scenarios` in [tool.harness], or remove it."
