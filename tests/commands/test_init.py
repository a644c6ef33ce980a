"""``harness init``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.calling import harness, refused


def test_it_says_what_it_wrote_and_what_it_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line a file; nothing is asked, and a second run changes nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".gitignore").write_text("*.pyc\n", "utf-8")
    first, second = harness("init"), harness("init")

    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines()[:4] == [
        "wrote scenarios/users/list-users.yaml",
        "wrote pyproject.toml",
        "added to .gitignore",
        "wrote .github/workflows/astro-migration.yml",
    ]
    assert second.code == 0
    assert [line.split()[0] for line in second.out.splitlines()[:-1]] == ["left"] * 4


def test_another_directory_and_operations(tmp_path: Path) -> None:
    """The repository may be elsewhere, and the operations are the user's."""
    called = harness("init", "GetWorkspace", "--dir", tmp_path, "--ci", "none")

    assert called.code == 0
    assert (tmp_path / "scenarios" / "workspaces" / "get-workspace.yaml").is_file()
    assert not (tmp_path / ".github").exists()


def test_a_mistake_is_one_line(tmp_path: Path) -> None:
    """Exit code 2, and nothing is written."""
    line = refused(harness("init", "ListUser", "--dir", tmp_path))

    assert line.startswith("OPERATION: there is no operation `ListUser` in v1beta1. ")
    assert not list(tmp_path.iterdir())
