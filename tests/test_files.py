"""Whole files."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from harness.files import file_bytes, sync_directory


@pytest.mark.parametrize("content", [b"", b"\r\n", b"\xff\x00" * 3_000_000], ids=["empty", "line", "large"])
def test_a_file_is_read_to_its_end(tmp_path: Path, content: bytes) -> None:
    """Whatever its size, nothing is left out, and nothing is decoded."""
    path = tmp_path / "file"
    path.write_bytes(content)

    assert file_bytes(path) == content


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """What has no size, and comes in parts, is whole."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    content = bytes(range(256)) * 4096
    writer = threading.Thread(target=path.write_bytes, args=[content])
    writer.start()

    assert file_bytes(path) == content
    writer.join()


@pytest.mark.parametrize(("name", "error"), [("", IsADirectoryError), ("none", FileNotFoundError)])
def test_what_cannot_be_read_is_an_error_of_the_system(
    tmp_path: Path, name: str, error: type[OSError]
) -> None:
    """A directory and a missing file are told as ``read_bytes`` tells them."""
    with pytest.raises(error) as told:
        file_bytes(tmp_path / name)
    with pytest.raises(error) as known:
        (tmp_path / name).read_bytes()

    assert told.value.strerror == known.value.strerror


def test_names_are_made_to_last_where_the_system_can(tmp_path: Path) -> None:
    """A directory is synchronized; where that cannot be done, nothing is stopped by it."""
    synchronized: list[bool] = []

    def fsync(handle: int) -> None:
        synchronized.append(stat.S_ISDIR(os.fstat(handle).st_mode))
        raise OSError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        sync_directory(tmp_path)
        sync_directory(tmp_path / "none")

    assert synchronized == [True]
