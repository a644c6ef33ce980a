"""The command line: arguments in, exit code out; :mod:`harness.commands` does the work."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import TextIO

from harness import __version__
from harness.commands.every import COMMANDS
from harness.commands.printing import Printed
from harness.errors import HarnessError


def main(argv: Sequence[str], stdout: TextIO, stderr: TextIO) -> int:
    """Run one command and return its exit code: 0 done, 2 a mistake of the caller; others are a command's."""
    out, err = Printed(stdout), Printed(stderr)
    try:
        return _run(argv, out, err)
    finally:
        out.finish()
        err.finish()


def _run(argv: Sequence[str], out: TextIO, err: TextIO) -> int:
    try:
        # argparse writes to the process's streams, whatever ours are.
        with redirect_stdout(out), redirect_stderr(err):
            arguments = _parser().parse_args(argv)
    except SystemExit as exit_:
        return int(exit_.code or 0)
    try:
        return int(arguments.run(arguments, out))
    except HarnessError as error:
        with suppress(OSError):  # it is a mistake, also where nobody can be told
            err.write(f"harness: {error}\n")
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness",
        description="Migration test harness for the Astro API, v1beta1 to v1. Scenarios run with pytest.",
    )
    parser.add_argument("--version", action="version", version=f"harness {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in COMMANDS:
        add(commands)
    return parser


def console() -> None:
    """Be the ``harness`` command."""
    code = 0
    # Python has no stream where the caller closed it, as `2>&-` does.
    sys.stdout, sys.stderr = (stream or _nowhere() for stream in (sys.stdout, sys.stderr))
    try:
        code = main(sys.argv[1:], sys.stdout, sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away, as `harness rules | head` does; not our mistake, and no verdict either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        code = 130
    _let_go(sys.stderr)
    sys.exit(code)


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open as long as the process


def _let_go(stream: TextIO) -> None:
    """Drop what a stream cannot be rid of: Python would try once more at its end, and exit with 120."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
