"""Which files are scenarios, by where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.plugin.places import Places
from harness.settings import load_settings


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Make those of a project with two directories of scenarios and one file that is named itself."""
    written = 'scenarios = ["scenarios", "more", "alone/one.yaml"]\ncassettes = "scenarios/cassettes"\n'
    (tmp_path / "pyproject.toml").write_text(f"[tool.harness]\n{written}", "utf-8")
    for name in ("scenarios/users", "scenarios/cassettes/users", "more", "alone", "other"):
        (tmp_path / name).mkdir(parents=True)
    return Places(load_settings(tmp_path))


@pytest.mark.parametrize(
    ("file", "root"),
    [
        ("scenarios/list.yaml", "scenarios"),
        ("scenarios/users/list.yaml", "scenarios"),
        ("more/list.yaml", "more"),
        ("alone/one.yaml", "alone/one.yaml"),
        ("alone/two.yaml", None),
        ("other/list.yaml", None),
        ("scenarios/cassettes/users/baseline.yaml", None),
        ("reports/latest/run.yaml", None),
    ],
)
def test_a_file_belongs_to_the_directory_that_is_named(
    tmp_path: Path, places: Places, file: str, root: str | None
) -> None:
    """What the harness writes, and what nobody named, is no scenario."""
    assert places.root(tmp_path / file) == (None if root is None else tmp_path / root)


def test_links_are_followed(tmp_path: Path, places: Places) -> None:
    """A scenario that is reached by a link belongs where it lies, and a link to another's file to nobody."""
    (tmp_path / "other" / "list.yaml").touch()
    (tmp_path / "scenarios" / "linked.yaml").symlink_to(tmp_path / "other" / "list.yaml")
    (tmp_path / "way").symlink_to(tmp_path / "scenarios")

    assert places.root(tmp_path / "way" / "list.yaml") == tmp_path / "scenarios"
    assert places.root(tmp_path / "scenarios" / "linked.yaml") is None
