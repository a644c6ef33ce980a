"""The list of commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import harness.commands
from harness.commands.every import COMMANDS
from tests.calling import harness as called


def test_every_command_is_in_the_list() -> None:
    """Each file that adds commands is there, and the help names them in that order."""
    directory = Path(harness.commands.__file__).parent
    files = {path for path in directory.glob("*.py") if "\ndef add_" in path.read_text("utf-8")}
    told = called("--help").out

    assert {f"harness.commands.{path.stem}" for path in files} >= {each.__module__ for each in COMMANDS}
    assert {each.__module__ for each in COMMANDS} == {
        f"harness.commands.{path.stem}"
        for path in files
        if f"\ndef add_{path.stem}(" in path.read_text("utf-8")
    }
    places = [told.index(f"\n    {name} ") for name in ("contract", "rules", "sandbox", "record", "sweep")]
    assert places == sorted(places)


def test_one_command_is_not_all_of_them() -> None:
    """A run of pytest needs two of their modules at its start, and not thirty."""
    code = "import sys, harness.commands.judged; print(*sorted(n for n in sys.modules if 'harness.com' in n))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert done.stdout.split() == ["harness.commands", "harness.commands.judged"]
