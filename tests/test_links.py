"""Paths are the same as ``Path.resolve`` gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.links import directory_without_links, without_links


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a directory with a file, a link to it, and a link to the directory that it is in."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.yaml").write_text("a", "utf-8")
    (tmp_path / "real" / "b.yaml").symlink_to("a.yaml")
    (tmp_path / "linked").symlink_to("real")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["real/a.yaml", "real/b.yaml", "linked/a.yaml", "linked/b.yaml", "none/c.yaml"]
)
def test_a_file_is_found_where_it_is(tree: Path, name: str) -> None:
    """Links to files and to directories are followed, and what is not there has a path all the same."""
    assert without_links(tree / name) == (tree / name).resolve()


def test_relative_paths_begin_at_the_working_directory(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They lead elsewhere after it has changed."""
    for directory in (tree / "real", tree):
        monkeypatch.chdir(directory)
        assert without_links(Path("a.yaml")) == directory.resolve() / "a.yaml"
        assert directory_without_links(Path()) == directory.resolve()


def test_a_way_back_is_gone_as_the_system_goes_it(tree: Path) -> None:
    """What is above a linked directory is above the place that the link leads to."""
    (tree / "deep").mkdir()
    (tree / "deep" / "link").symlink_to(tree / "real")

    assert without_links(tree / "deep" / "link" / ".." / "c.yaml") == tree.resolve() / "c.yaml"
    assert without_links(tree / "linked" / "..") == tree.resolve()
    assert without_links(Path("/")) == Path("/")
