"""Paths without symbolic links: each step of the way to a file is a call of the system, so few are made."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


def without_links(path: Path) -> Path:
    """Return the absolute path of a file without links, as ``path.resolve()`` does.

    The way to its directory is looked at once for all files in it.
    """
    return path.resolve() if path.is_symlink() else directory_without_links(path.parent) / path.name


@lru_cache(maxsize=1024)
def _resolved(directory: Path) -> Path:
    return directory.resolve()


def directory_without_links(directory: Path) -> Path:
    """Return the absolute path of a directory without links, looked at once in a process."""
    return _resolved(directory.absolute())
