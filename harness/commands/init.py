"""``harness init``: what a repository begins with, written into it without a question."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from harness.starting import Start


def add_init(commands: Any) -> None:
    """Add ``harness init``."""
    init = commands.add_parser(
        "init",
        help="write first scenarios, settings and a nightly job into a repository",
        description=(
            "Write into a repository: a first scenario for each operation, [tool.harness] in pyproject.toml, "
            "lines of .gitignore, and a nightly job. What is there is never overwritten; nothing is asked."
        ),
    )
    init.add_argument(
        "operations", nargs="*", metavar="OPERATION", help="such as ListUsers, which is the default"
    )
    init.add_argument(
        "--ci",
        choices=("github", "gitlab", "both", "none"),
        default="github",
        help="for which service the nightly job is (default: github)",
    )
    init.add_argument(
        "--dir", type=Path, default=Path(), metavar="DIR", help="the repository (default: this directory)"
    )
    init.set_defaults(run=_init)


def _init(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.starting import CI, plan_start, write_start

    start = plan_start(arguments.dir, arguments.operations, CI(arguments.ci))
    write_start(start)
    out.write(_told(start))
    return 0


def _told(start: Start) -> str:
    from harness.starting import Written

    lines = []
    for entry in start.entries:
        path = entry.path.relative_to(start.directory)
        if isinstance(entry, Written):
            lines.append(f"{'added to' if entry.adds else 'wrote'} {path}")
        else:
            lines.append(f"left {path} alone: {entry.why}{entry.advice and f'. {entry.advice}'}")
    lines.append("Next: `harness doctor`, then `pytest scenarios/ --mode record` (see --environment).")
    return "\n".join(lines) + "\n"
