"""The scenarios that a run leaves out."""

from __future__ import annotations

import os
from pathlib import Path

from harness.plugin.leaving import scenario_files


def test_files_that_were_not_read_are_found(tmp_path: Path) -> None:
    """In every directory in which pytest looks, whatever else is there; each with the root that it is in."""
    files = ["a.yaml", "b/c.yml", "b/d.yaml", "b/e.txt", "build/f.yaml", ".old/g.yaml", "b/shared.yaml"]
    for name in files:
        path = tmp_path / "scenarios" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    root = tmp_path / "scenarios"
    (root / "b" / "gone.yaml").symlink_to("nowhere.yaml")
    os.mkfifo(root / "b" / "pipe.yaml")
    roots = [root, tmp_path / "nowhere"]
    found = scenario_files(roots, {root / "a.yaml"}, [".*", "build"], lambda path: path.stem != "shared")

    assert list(found) == [(root / "b" / "c.yml", root), (root / "b" / "d.yaml", root)]
