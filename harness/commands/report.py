"""``harness report``: the reports of a run, or of merged shards, again; and in the formats of other tools."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from harness.commands.bundles import write_bundles
from harness.commands.files import logs_of, page_redactor
from harness.commands.judged import judged, ticket_part
from harness.commands.printing import put
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.redact import Redactor
    from harness.report.ticket import TicketPart

FORMATS: Final = (
    "markdown",
    "html",
    "json",
    "junit",
    "ctrf",
    "sarif",
    "notes",
    "summary",
    "github",
    "gitlab",
)
"""The names of :data:`harness.report.formats.FORMATS`, which is imported when one of them is written."""

MERGED: Final = Path("reports/merged")


def add_report(commands: Any) -> None:
    """Add ``harness report``."""
    report = commands.add_parser(
        "report",
        help="write the reports of a run, or of merged shards, again, or in the formats of other tools",
        description=(
            "Write the reports of a run again. `files` (the default) writes run.json, report.md and "
            "report.html into a directory. The other formats are one text, which goes to standard output or "
            "into a file: `markdown`, `html` and `json` are those three; `junit`, `ctrf` and `sarif` are for "
            "CI services and dashboards; `notes` is what the migration changed, in Markdown to keep; "
            "`summary` is Markdown for the summary of a GitHub job; `github` (annotations) and `gitlab` (a "
            "report on code quality) point at the lines of scenarios."
        ),
    )
    report.add_argument(
        "logs", nargs="*", type=Path, metavar="LOG", help="events.jsonl of runs (default: that of the last)"
    )
    report.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PATH",
        help=(
            "of `files` the directory (default: reports/merged), of a format its file (default: stdout), "
            "of a ticket the directory (default: tickets/TICKET in the reports directory)"
        ),
    )
    report.add_argument("--format", choices=("files", *FORMATS), default="files", help="what to write")
    report.add_argument("--link", default="", metavar="URL", help="where `summary` says the whole report is")
    part = report.add_mutually_exclusive_group()
    part.add_argument(
        "--ticket", metavar="TICKET", help="only what belongs to a ticket, as a bundle of files for it"
    )
    part.add_argument("--by", choices=("ticket",), help="such a bundle for each ticket, in a directory each")
    report.add_argument(
        "--tracker",
        choices=("github", "jira"),
        help="whose limit the Markdown of a bundle keeps: 65,536 (github, the default) or 32,767 characters",
    )
    report.set_defaults(run=_report)


def _report(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.report.events import read_run
    from harness.settings import load_settings

    _refuse_what_does_nothing(arguments)
    settings = load_settings(Path.cwd())
    logs = logs_of(arguments.logs, settings)
    run = read_run(*logs)
    whole = judged(run, settings)
    if arguments.by or (arguments.ticket is not None and arguments.format == "files"):
        return write_bundles(whole, settings, arguments, out)
    part = ticket_part(whole, settings, arguments.ticket)
    redactor = page_redactor(settings, os.environ)
    if arguments.format == "files":
        directory = arguments.output or MERGED
        own = [path.resolve() for path in logs] == [(directory / "events.jsonl").resolve()]
        _write(part, directory, out, redactor=redactor, has_log=own)
    else:
        _write_format(part, arguments, out, redactor=redactor)
    return 0


def _refuse_what_does_nothing(arguments: argparse.Namespace) -> None:
    """Refuse options that the chosen format does not heed.

    Raises:
        UsageError: there is one.
    """
    chosen = f"`--format {arguments.format}`"
    if arguments.by and arguments.format != "files":
        what = f"`--by` and {chosen} do not go together"
        advice = "Name one ticket with `--ticket`, or leave the format out."
        raise UsageError(Problem(where="--by", what=what, advice=advice))
    if arguments.link and arguments.format != "summary":
        what = f"{chosen} has no place for a link"
        raise UsageError(
            Problem(where="--link", what=what, advice="Use `--format summary`, or leave it out.")
        )
    is_bundle = arguments.format == "files" and (arguments.by or arguments.ticket is not None)
    if arguments.tracker and not is_bundle:
        what = "only a bundle for a ticket keeps a tracker's limit"
        advice = "Add `--ticket TICKET` or `--by ticket` without `--format`, or leave it out."
        raise UsageError(Problem(where="--tracker", what=what, advice=advice))


def _write(part: TicketPart, directory: Path, out: TextIO, *, redactor: Redactor, has_log: bool) -> None:
    from harness.report.text import summary_text
    from harness.report.write import write_reports

    write_reports(part.run, part.assessment, directory, part.history, redactor=redactor)
    lines = summary_text(part.run, part.assessment, directory, part.history, has_log=has_log)
    out.write("\n".join(lines) + "\n")


def _write_format(
    part: TicketPart, arguments: argparse.Namespace, out: TextIO, *, redactor: Redactor
) -> None:
    from harness.report.formats import Told, rendered
    from harness.report.write import write_parts

    told = Told(
        run=part.run,
        assessment=part.assessment,
        history=part.history,
        below=_below_repository(Path.cwd()),
        link=arguments.link,
        redactor=redactor,
    )
    parts = rendered(arguments.format, told)
    if arguments.output is None:
        # In the log of a job, a CI service reads along.
        for text in parts:
            put(out, text, arguments.format)
    else:
        write_parts(arguments.output, parts)
        out.write(f"Written: {arguments.output}\n")


def _below_repository(directory: Path) -> str:
    """Return where a directory is in its repository, by which CI services name files; empty for its root."""
    root = next((each for each in (directory, *directory.parents) if (each / ".git").exists()), directory)
    return "" if root == directory else directory.relative_to(root).as_posix()
