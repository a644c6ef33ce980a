"""Directories for what nobody else may see."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.privacy import private_directory


def test_it_is_its_owners_alone_from_the_first_moment(tmp_path: Path) -> None:
    """Whatever the umask allows, and with the directories above it."""
    before = os.umask(0)
    try:
        private_directory(tmp_path / "a" / "b")
    finally:
        os.umask(before)

    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_one_that_is_open_is_closed(tmp_path: Path) -> None:
    """An earlier version, or a person, may have made it; what is in it stays."""
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o777)
    (there / "file").write_text("mine")
    private_directory(there)

    assert there.stat().st_mode & 0o777 == 0o700
    assert (there / "file").read_text() == "mine"


def test_git_takes_nothing_of_it_in(tmp_path: Path) -> None:
    """Not even that there is such a directory."""
    private_directory(tmp_path / "private")
    (tmp_path / "private" / "file").write_text("secret")
    added = ""
    for words in ("init -q", "add .", "ls-files"):
        command = ["git", "-C", str(tmp_path), *words.split()]
        added = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ours

    assert added == ""


@pytest.mark.parametrize("link", [True, False])
def test_what_is_no_directory_is_refused(tmp_path: Path, link: bool) -> None:  # noqa: FBT001
    """A link may lead to where others look, and that place is not ours to change."""
    elsewhere, there = tmp_path / "elsewhere", tmp_path / "there"
    elsewhere.mkdir()
    if link:
        there.symlink_to(elsewhere)
    else:
        there.write_text("a file")
    with pytest.raises(NotADirectoryError, match="Not a directory"):
        private_directory(there)

    assert list(elsewhere.iterdir()) == []


def test_a_link_in_it_is_not_written_through(tmp_path: Path) -> None:
    """Somebody may have put it there while the directory was open."""
    (tmp_path / "there").mkdir()
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "there" / ".gitignore").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic link"):
        private_directory(tmp_path / "there")

    assert (tmp_path / "precious").read_text() == "precious"
