"""Directories for what nobody else may see: their owner's alone, and kept out of git by themselves."""

from __future__ import annotations

import os
import stat
from errno import ENOTDIR
from pathlib import Path
from typing import Final

MODE: Final = 0o700
"""The permissions of a private directory."""

_IGNORED: Final = "# Secrets may be in these files: they belong into no repository.\n*\n"
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)


def private_directory(path: Path) -> None:
    """Make a directory, or one that is there, private before anything can be put into it.

    What is there may be of an earlier version, or of a person, and be open to others: it is closed.

    Raises:
        OSError: It cannot be made or is another user's, or something else has its name, such as a link.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=MODE)
    except FileExistsError:
        if not stat.S_ISDIR(path.lstat().st_mode):
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(path)) from None
        path.chmod(MODE)
    # Before any other file, so that no `git add` between the two takes that in.
    file = os.open(path / ".gitignore", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NO_LINK, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as ignored:
        ignored.write(_IGNORED)
