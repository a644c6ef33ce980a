"""``harness learn``: acceptances for the noise that a run proved."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from harness.commands.files import logs_of, write_bytes
from harness.errors import Problem, UsageError

_MOST_DAYS = 366


def add_learn(commands: Any) -> None:
    """Add ``harness learn``."""
    learn = commands.add_parser(
        "learn",
        help="propose acceptances for the noise that a run proved",
        description=(
            "Read the log of a run and print, as a diff of the scenarios, an acceptance for each value about "
            "which v1beta1 disagreed with itself when it was asked again. Exits with 0 where nothing is left "
            "to propose, with 1 where something is, and with 2 for mistakes in what it was given."
        ),
    )
    learn.add_argument(
        "logs", nargs="*", type=Path, metavar="LOG", help="events.jsonl of runs (default: that of the last)"
    )
    learn.add_argument("--write", action="store_true", help="write the acceptances into the scenarios")
    learn.add_argument(
        "--days", type=int, default=30, metavar="N", help="how many days they hold (default: 30)"
    )
    learn.set_defaults(run=_learn)


def _learn(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.learning import learn
    from harness.report.events import read_run
    from harness.report.learning import lessons_text
    from harness.settings import load_settings

    if not 1 <= arguments.days <= _MOST_DAYS:
        advice = f"Use a number from 1 to {_MOST_DAYS}."
        raise UsageError(
            Problem(where="--days", what=f"`{arguments.days}` is too few or too many", advice=advice)
        )
    settings = load_settings(Path.cwd())
    run = read_run(*logs_of(arguments.logs, settings))
    lessons = learn(run, settings.root, datetime.now(UTC).date(), arguments.days)
    for each in lessons.files if arguments.write else ():
        # Where the scenario is a link, what it leads to is written.
        write_bytes(each.path.resolve(), each.after.encode())
    out.write(lessons_text(lessons, written=arguments.write))
    return int(bool(lessons.proposals) and not arguments.write)
