"""Paths without symbolic links: each step of the way to a file is a call of the system, so few are made."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path


def without_links(path: Path) -> Path:
    """Return the absolute path of a file without links, as ``path.resolve()`` does.

    The way to its directory is looked at once for all files in it.
    """
    way = os.fspath(path)
    if not path.is_absolute():
        way = os.path.join(os.getcwd(), way)  # noqa: PTH109, PTH118 - thousands of files are asked for
    directory, name = os.path.split(way)
    if name in {"", ".."} or os.path.islink(way):  # noqa: PTH114 - the same
        return path.resolve()
    return _resolved(directory) / name


@lru_cache(maxsize=1024)
def _resolved(directory: str) -> Path:
    return Path(directory).resolve()


def directory_without_links(directory: Path) -> Path:
    """Return the absolute path of a directory without links, looked at once in a process."""
    return _resolved(os.fspath(directory.absolute()))
