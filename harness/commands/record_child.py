"""``harness record -- COMMAND``: a command runs as ever, and what its Python processes exchange is kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.commands.files import tell
from harness.errors import HarnessError

if TYPE_CHECKING:
    from harness.recorder import Keeper


def record_child(keeper: Keeper, command: Sequence[str], output: Path, told: list[str]) -> int:
    """Run a command and return its exit code; our own words follow its last one on standard error.

    ``told`` are those of the keeper, which must wait so long.

    Raises:
        UsageError: The command cannot be run.
    """
    from harness.recorder import run_job
    from harness.report.recording import job_text

    sys.stdout.flush()
    try:
        job = run_job(command, os.environ, keeper, told.append)
    except HarnessError:
        keeper.finish()  # it did not run: nothing is left behind
        raise
    try:
        text = job_text(keeper.finish(), job, output)
    except HarnessError as error:
        # The job has done its work: its exit code is its own.
        text = f"{error}\n"
    for said in (*told, text):
        tell(said)
    return job.code
