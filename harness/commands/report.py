"""``harness report``: the reports of a run, or of merged shards, again; and what CI services show of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harness.commands.files import logs_of

if TYPE_CHECKING:
    from harness.history import History
    from harness.readiness import Assessment
    from harness.result import RunResult


def add_report(commands: Any) -> None:
    """Add ``harness report``."""
    report = commands.add_parser(
        "report",
        help="write the reports of a run, or of merged shards, again",
        description=(
            "Write the reports of a run again. The other formats go to standard output, and no file is "
            "written: `summary` is Markdown for the summary of a GitHub job; `github` (annotations) and "
            "`gitlab` (a report on code quality) are notes on the lines of scenarios."
        ),
    )
    report.add_argument(
        "logs", nargs="*", type=Path, metavar="LOG", help="events.jsonl of runs (default: that of the last)"
    )
    report.add_argument(
        "--output", type=Path, default=Path("reports/merged"), metavar="DIR", help="default: reports/merged"
    )
    report.add_argument(
        "--format",
        choices=("files", "summary", "github", "gitlab"),
        default="files",
        help="files (default) writes run.json, report.md and report.html into DIR",
    )
    report.add_argument("--link", default="", metavar="URL", help="where `summary` says the whole report is")
    report.set_defaults(run=_report)


def _report(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.contract import load_contracts
    from harness.history import recall
    from harness.readiness import assess
    from harness.report.events import read_run
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    run = read_run(*logs_of(arguments.logs, settings))
    assessment = assess(run, contracts=load_contracts(settings.contracts), severities=settings.severity)
    history = None
    if settings.history:
        history = recall(run, assessment.readiness, settings.state, assessment.behaviour)
    if arguments.format == "files":
        _write(run, assessment, history, arguments.output, out)
    else:
        out.write(_rendered(run, assessment, history, arguments))
    return 0


def _write(
    run: RunResult, assessment: Assessment, history: History | None, directory: Path, out: TextIO
) -> None:
    from harness.report.text import summary_text
    from harness.report.write import write_reports

    write_reports(run, assessment, directory, history)
    out.write("\n".join(summary_text(run, assessment, directory, history)) + "\n")


def _rendered(
    run: RunResult, assessment: Assessment, history: History | None, arguments: argparse.Namespace
) -> str:
    from harness.report.job_summary import render_job_summary
    from harness.report.notes import code_quality, github_annotations, notes_of

    if arguments.format == "summary":
        return render_job_summary(run, assessment, history, link=arguments.link)
    notes = notes_of(run, assessment, _below_repository(Path.cwd()))
    return github_annotations(notes) if arguments.format == "github" else code_quality(notes)


def _below_repository(directory: Path) -> str:
    """Return where a directory is in its repository, by which CI services name files; empty for its root."""
    root = next((each for each in (directory, *directory.parents) if (each / ".git").exists()), directory)
    return "" if root == directory else directory.relative_to(root).as_posix()
