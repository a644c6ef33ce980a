"""``harness report``: the reports of a run, or of merged shards, again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, TextIO


def add_report(commands: Any) -> None:
    """Add ``harness report``."""
    report = commands.add_parser("report", help="write the reports of a run, or of merged shards, again")
    report.add_argument("logs", nargs="+", type=Path, metavar="LOG", help="events.jsonl of one or more runs")
    report.add_argument(
        "--output", type=Path, default=Path("reports/merged"), metavar="DIR", help="default: reports/merged"
    )
    report.set_defaults(run=_report)


def _report(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.contract import load_contracts
    from harness.readiness import assess
    from harness.report.events import read_run
    from harness.report.text import summary_text
    from harness.report.write import write_reports
    from harness.settings import load_settings

    run = read_run(*arguments.logs)
    contracts = load_contracts(load_settings(Path.cwd()).contracts)
    assessment = assess(run, contracts=contracts)
    write_reports(run, assessment, arguments.output)
    out.write("\n".join(summary_text(run, assessment, arguments.output)) + "\n")
    return 0
