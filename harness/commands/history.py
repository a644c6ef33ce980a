"""``harness history``: the runs that are kept, and when a finding first and last appeared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harness.commands.printing import put

if TYPE_CHECKING:
    from harness.history import Store


def add_history(commands: Any) -> None:
    """Add ``harness history``."""
    history = commands.add_parser(
        "history",
        help="list the runs that are kept, or those of a finding or a scenario",
        description=(
            "List the runs that are kept, oldest first, with their open findings: a trend to zero. With "
            "--finding, say when a finding first and last appeared; with --scenario, what runs made of one."
        ),
    )
    which = history.add_mutually_exclusive_group()
    which.add_argument(
        "--finding", metavar="F", help="a fingerprint of run.json, or a rule such as property-renamed"
    )
    which.add_argument("--scenario", metavar="S", help="the id of a scenario, such as tokens/list")
    history.add_argument("--format", choices=("text", "json"), default="text", help="how to write it")
    history.set_defaults(run=_history)


def _history(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.errors import Problem, UsageError
    from harness.history import FILE, opened
    from harness.settings import load_settings

    path = load_settings(Path.cwd()).state / FILE
    if not path.is_file():
        advice = "Run `pytest scenarios/` first."
        raise UsageError(Problem(where=str(path), what="no run is kept", advice=advice))
    with opened(path, write=False) as store:
        text = _told(store, arguments)
    put(out, text, arguments.format)
    return 0


def _told(store: Store, arguments: argparse.Namespace) -> str:
    from harness.errors import Problem, UsageError
    from harness.history import passages, trails
    from harness.report.history import history_json, passages_text, runs_text, trails_text

    as_json = arguments.format == "json"
    if arguments.finding:
        found = trails(store, arguments.finding)
        if not found:
            advice = "Name a fingerprint of `causes` in run.json, or a rule; `harness rules` lists them."
            what = f"no run that is kept has `{arguments.finding}` as a breaking or risky finding"
            raise UsageError(Problem(where="--finding", what=what, advice=advice))
        return history_json(found) if as_json else trails_text(found)
    if arguments.scenario:
        passed = passages(store, arguments.scenario)
        if not passed:
            what = f"no run that is kept has the scenario `{arguments.scenario}`"
            advice = "Its id is the path of its file without suffix; run.json lists those of the last run."
            raise UsageError(Problem(where="--scenario", what=what, advice=advice))
        return history_json(passed) if as_json else passages_text(passed)
    return history_json(store.runs()) if as_json else runs_text(store.runs())
