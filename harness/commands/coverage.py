"""``harness coverage``: which operations a run exercised, and what is missing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, TextIO

from harness.commands.files import logs_of
from harness.commands.printing import put


def add_coverage(commands: Any) -> None:
    """Add ``harness coverage``."""
    coverage = commands.add_parser(
        "coverage",
        help="say which operations a run exercised, by check and evidence; gaps first",
        description=(
            "A matrix of the operations of v1beta1: whether v1 has them, the strongest evidence of each of "
            "the guide's four checks, and which documented statuses and values were seen in answers."
        ),
    )
    coverage.add_argument(
        "logs", nargs="*", type=Path, metavar="LOG", help="events.jsonl of runs (default: that of the last)"
    )
    coverage.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="how to write it"
    )
    coverage.add_argument(
        "--against",
        action="append",
        default=[],
        type=Path,
        metavar="PATH",
        help="only operations that cassettes (of this tool or vcrpy) use; a file or a directory, repeatable",
    )
    coverage.set_defaults(run=_coverage)


def _coverage(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.contract import load_contracts
    from harness.coverage import cover, narrowed
    from harness.exchange import Side
    from harness.origins import sandbox_reason
    from harness.report.coverage import coverage_json, coverage_markdown, coverage_text
    from harness.report.events import read_run
    from harness.settings import load_settings
    from harness.traffic import read_traffic

    settings = load_settings(Path.cwd())
    contracts = load_contracts(settings.contracts)
    traffic = read_traffic(arguments.against, contracts[Side.BASELINE]) if arguments.against else None
    run = read_run(*logs_of(arguments.logs, settings))
    coverage = cover(run, contracts)
    if traffic is not None:
        coverage = narrowed(coverage, traffic.operations)
    if arguments.format == "json":
        written = coverage_json(coverage, traffic)
    else:
        render = {"markdown": coverage_markdown, "text": coverage_text}[arguments.format]
        written = render(coverage, traffic, sandbox_reason(run))
    put(out, written, arguments.format)
    return 0
