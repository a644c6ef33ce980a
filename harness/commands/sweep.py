"""``harness sweep``: what a killed run left behind is deleted."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, TextIO


def add_sweep(commands: Any) -> None:
    """Add ``harness sweep``."""
    sweep = commands.add_parser(
        "sweep",
        help="delete what a killed run left behind",
        description=(
            "Delete what runs that have ended made in an environment and did not delete, on both sides, as "
            "their ledgers tell. What a run may have made is looked for by its name. Exits with 0 where "
            "nothing is left, with 1 where something is, and with 2 for mistakes in the command."
        ),
    )
    sweep.add_argument("--environment", metavar="NAME", help="the environment (default: the project's)")
    sweep.add_argument("--dry-run", action="store_true", help="only list it; nothing is called")
    sweep.add_argument("--allow-writes", action="store_true", help="delete outside the sandbox, too")
    sweep.add_argument(
        "--production",
        metavar="NAME",
        default="",
        help="the name of a production environment, typed as well to delete there",
    )
    sweep.set_defaults(run=_sweep)


def _sweep(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.options import Mode, Options
    from harness.report.sweep import sweep_text
    from harness.settings import load_settings
    from harness.sweeping import sweep

    settings = load_settings(Path.cwd())
    options = Options(
        settings=settings,
        environment=settings.environment_named(arguments.environment),
        mode=Mode.LIVE,
        allow_writes=arguments.allow_writes,
        production=arguments.production,
        environ=os.environ,
    )
    came = sweep(options, dry=arguments.dry_run)
    out.write(sweep_text(came))
    return 0 if came.clean else 1
