"""What was written and holds a secret: it never becomes the file that it was to be, and is put away."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from harness.errors import CassetteError, Problem
from harness.leaks.check import LeakCheck
from harness.privacy import private_directory

_SHOWN: Final = 3
_LONGEST: Final = 40
"""Characters of a name: what was put away is told apart by its time."""


class Quarantine:
    """Reviews cassettes that were written: reads each back, and puts away what must not be seen."""

    def __init__(self, check: LeakCheck, directory: Path) -> None:
        """Take the check, and where files with secrets go; git leaves that directory alone."""
        self._check = check
        self._directory = directory

    def __call__(self, written: Path, path: Path) -> None:
        """Look through a file that is to become ``path``.

        Raises:
            CassetteError: a secret is in it; it is in the quarantine now, for its owner alone, or deleted.
            UsageError: it cannot be read back.
        """
        leaks = self._check.written(written, path)
        if not leaks:
            return
        shown = "; ".join(
            f"{leak.place}: {leak.what}" if leak.place else leak.what for leak in leaks[:_SHOWN]
        )
        more = f"; and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
        what = f"the cassette was not written, because a secret would be in it: {shown}{more}"
        raise CassetteError(Problem(where=str(path), what=what, advice=self._put_away(written, path)))

    def _put_away(self, written: Path, path: Path) -> str:
        """Move a file into the quarantine, and say so; a file with a secret stays nowhere else."""
        try:
            kept = self._moved(written, path)
        except OSError as error:
            with suppress(OSError):
                written.unlink()
            return (
                f"It could not be kept at {self._directory} ({error.strerror or error}), and was deleted. "
                "Add the name or a pattern to [tool.harness.secrets], and make the cassette again."
            )
        return (
            f"It is kept at {kept}, for you alone. Add the name or a pattern to "
            "[tool.harness.secrets], make the cassette again, and delete what is kept."
        )

    def _moved(self, written: Path, path: Path) -> Path:
        """Move it under a name that was not taken."""
        private_directory(self._directory)
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        names = f"{path.parent.name[:_LONGEST]}-{path.stem[:_LONGEST]}{path.suffix[:_LONGEST]}"
        kept = self._directory / f"{now}-{names}"
        written.chmod(0o600)
        try:
            written.rename(kept)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy(written, kept)
            written.unlink()
        return kept


def _copy(source: Path, target: Path) -> None:
    """Copy to another disk; the copy is its owner's alone before anything is in it, and left if whole."""
    file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as copied, source.open("rb") as original:
            shutil.copyfileobj(original, copied)
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise
