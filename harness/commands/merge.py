"""``harness merge``: the logs of all shards of a run as one report, or exit code 2."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, TextIO


def add_merge(commands: Any) -> None:
    """Add ``harness merge``."""
    merge = commands.add_parser(
        "merge",
        help="make one report of the logs of all shards, for CI",
        description=(
            "Merge the logs of the shards of a run (`pytest --shard 2/5`) into one log and its reports. "
            "Exits with 2, and writes nothing, where a shard is missing or was stopped, where the logs are "
            "not of one run, or where a planned scenario did not finish; `harness report` takes such logs."
        ),
    )
    merge.add_argument("logs", nargs="+", type=Path, metavar="LOG", help="events.jsonl of each shard")
    merge.add_argument(
        "--output", type=Path, default=Path("reports/merged"), metavar="DIR", help="default: reports/merged"
    )
    merge.add_argument(
        "--shards", type=int, metavar="N", help="how many there must be (default: as many as the logs say)"
    )
    merge.set_defaults(run=_merge)


def _merge(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.commands.files import page_redactor, write_bytes
    from harness.commands.judged import judged
    from harness.contract import load_contracts
    from harness.report.events import read_run
    from harness.report.merging import merge_logs
    from harness.report.text import summary_text
    from harness.report.write import write_reports
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    # What cannot be read is told before anything is written.
    load_contracts(settings.contracts)
    merged = merge_logs(arguments.logs, shards=arguments.shards)
    log = arguments.output / "events.jsonl"
    write_bytes(log, merged)
    run = read_run(log)
    told = judged(run, settings, keep=True)
    redactor = page_redactor(settings, os.environ)
    write_reports(run, told.assessment, arguments.output, told.history, redactor=redactor)
    out.write("\n".join(summary_text(run, told.assessment, arguments.output, told.history)) + "\n")
    return 0
