"""What was written and holds a secret: it never becomes the file that it was to be, and is put away."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from harness.errors import CassetteError, Problem
from harness.leaks.check import LeakCheck

_SHOWN: Final = 3
_IGNORED: Final = "# Secrets are in these files: they belong into no repository.\n*\n"


class Quarantine:
    """Reviews cassettes that were written: reads each back, and puts away what must not be seen."""

    def __init__(self, check: LeakCheck, directory: Path) -> None:
        """Take the check, and where files with secrets go; git leaves that directory alone."""
        self._check = check
        self._directory = directory

    def __call__(self, written: Path, path: Path) -> None:
        """Look through a file that is to become ``path``.

        Raises:
            CassetteError: a secret is in it; it is in the quarantine now, for its owner alone.
            UsageError: it cannot be read back.
        """
        leaks = self._check.written(written, path)
        if not leaks:
            return
        shown = "; ".join(
            f"{leak.place}: {leak.what}" if leak.place else leak.what for leak in leaks[:_SHOWN]
        )
        more = f"; and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
        kept = self._put_away(written, path)
        raise CassetteError(
            Problem(
                where=str(path),
                what=f"the cassette was not written, because a secret would be in it: {shown}{more}",
                advice=(
                    f"It is kept at {kept}, for you alone. Add the name or a pattern to "
                    "[tool.harness.secrets], make the cassette again, and delete what is kept."
                ),
            )
        )

    def _put_away(self, written: Path, path: Path) -> Path:
        """Move a file into the quarantine, under a name that was not taken."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Before the file, so that no `git add` between the two takes it in.
        (self._directory / ".gitignore").write_text(_IGNORED, "utf-8")
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        kept = self._directory / f"{now}-{path.parent.name}-{path.name}"
        written.chmod(0o600)
        shutil.move(written, kept)
        return kept
