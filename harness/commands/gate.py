"""``harness gate``: an exit code for CI by the readiness of a run under the project's policy."""

from __future__ import annotations

import argparse
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from harness.commands.files import logs_of


def add_gate(commands: Any) -> None:
    """Add ``harness gate``."""
    gate = commands.add_parser(
        "gate",
        help="exit by the readiness of a run, for CI",
        description=(
            "Assess a run by the policy in [tool.harness.gate]. Exits with 0 for GO, with 1 for NO-GO, with "
            "3 for NOT PROVEN, and with 2 for mistakes in what it was given."
        ),
    )
    gate.add_argument(
        "logs", nargs="*", type=Path, metavar="LOG", help="events.jsonl of runs (default: that of the last)"
    )
    gate.add_argument(
        "--allow-unsupported",
        action="store_true",
        help="let v1 lack what scenarios declare `unsupported`, as for a nightly job before the cutover",
    )
    gate.set_defaults(run=_gate)


def _gate(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.readiness import assess
    from harness.report.events import read_run
    from harness.report.text import gate_text
    from harness.result import Readiness
    from harness.settings import load_settings
    from harness.struct import replace

    settings = load_settings(Path.cwd())
    run = read_run(*logs_of(arguments.logs, settings))
    policy = settings.gate
    if arguments.allow_unsupported:
        policy = replace(policy, unsupported=True)
    assessment = assess(
        run,
        policy,
        severities=settings.severity,
        accept=settings.accept,
        now=datetime.now(UTC),
    )
    with suppress(BrokenPipeError):  # a reader that went away must not turn NO-GO into the code of GO
        out.write(gate_text(assessment))
    return {Readiness.GO: 0, Readiness.NO_GO: 1, Readiness.NOT_PROVEN: 3}[assessment.readiness]
