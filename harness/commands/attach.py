"""``harness attach``: what belongs to a ticket as a comment on it, which is kept up to date, and as files."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from harness.commands.files import known_secrets, logs_of
from harness.commands.judged import judged, ticket_part
from harness.commands.outgoing import refuse_secrets
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.client import Sender
    from harness.report.comment import Comment
    from harness.report.ticket import TicketPart
    from harness.trackers import GitHub, Jira

_TOKENS: Final = ("GITHUB_TOKEN", "JIRA_API_TOKEN")


def add_attach(commands: Any) -> None:
    """Add ``harness attach``."""
    attach = commands.add_parser(
        "attach",
        help="put what belongs to a ticket on it, as a comment that is kept up to date",
        description=(
            "Write a comment on an issue or a pull request of GitHub, or on a ticket of Jira; the next time "
            "the same comment is edited. Jira gets the bundle of `harness report --ticket` as attachments, "
            "too. GitHub's API takes no files: say with --link where the report can be had. Tokens come from "
            "the environment: GITHUB_TOKEN (and GITHUB_API_URL for GitHub Enterprise); JIRA_BASE_URL, "
            "JIRA_API_TOKEN and, for Jira Cloud, JIRA_EMAIL."
        ),
    )
    tracker = attach.add_mutually_exclusive_group(required=True)
    tracker.add_argument("--github", metavar="OWNER/REPO#N", help="an issue or a pull request of GitHub")
    tracker.add_argument("--jira", metavar="KEY", help="a ticket of Jira, such as PLAT-412")
    attach.add_argument(
        "--ticket",
        metavar="TICKET",
        help="attach what belongs to this ticket (default: with --jira to KEY, with --github the whole run)",
    )
    attach.add_argument(
        "--from",
        dest="logs",
        nargs="+",
        default=(),
        type=Path,
        metavar="LOG",
        help="events.jsonl of runs (default: that of the last)",
    )
    attach.add_argument("--link", default="", metavar="URL", help="where the whole report can be had")
    attach.add_argument("--dry-run", action="store_true", help="print what would be sent, and send nothing")
    attach.set_defaults(run=_attach)


def _attach(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.report.events import read_run
    from harness.settings import load_settings
    from harness.struct import replace
    from harness.trackers import Issue, checked_key, open_sender

    # Mistakes in names are told before a large log is read.
    issue = Issue.named(arguments.github) if arguments.github is not None else None
    key = checked_key(arguments.jira) if arguments.jira is not None else ""
    settings = load_settings(Path.cwd())
    run = read_run(*logs_of(arguments.logs, settings))
    ticket = arguments.ticket if arguments.ticket is not None else key or None
    part = ticket_part(judged(run, settings), settings, ticket)
    if part.history and part.history.trouble:
        part = replace(part, history=None)
    comment = _comment(part, arguments)
    secrets = known_secrets(settings, os.environ, _TOKENS)
    refuse_secrets(part.run, {"the comment": comment.body, **comment.texts}, secrets, settings.secrets)
    if arguments.dry_run:
        _show(comment, str(issue or key), out)
        return 0
    with open_sender(settings, _pause) as sender:
        if issue is not None:
            _to_github(_github(issue, os.environ, sender), comment, arguments, out)
        else:
            _to_jira(_jira(key, os.environ, sender), comment, out)
    return 0


def _comment(part: TicketPart, arguments: argparse.Namespace) -> Comment:
    from harness.report.comment import github_comment, jira_comment

    make = jira_comment if arguments.jira is not None else github_comment
    return make(part, arguments.link)


def _show(comment: Comment, where: str, out: TextIO) -> None:
    out.write(f"Nothing is sent. A comment on {where} would be created, or the one with its mark edited:\n\n")
    out.write(f"{comment.body}\n")
    sizes = {name: len(content) for name, content in comment.files.items()}
    out.writelines(f"Attached if it is not there: {name} ({size:,} bytes)\n" for name, size in sizes.items())


def _github(issue: Any, environ: Mapping[str, str], sender: Sender) -> GitHub:
    from harness.trackers import GITHUB_API, GitHub

    token = _wanted("GITHUB_TOKEN", "a token that may write issues", environ)
    return GitHub(issue, base=environ.get("GITHUB_API_URL") or GITHUB_API, token=token, sender=sender)


def _jira(key: str, environ: Mapping[str, str], sender: Sender) -> Jira:
    from harness.trackers import Jira

    base = _wanted("JIRA_BASE_URL", "the URL of your Jira, such as https://example.atlassian.net", environ)
    token = _wanted("JIRA_API_TOKEN", "an API token (Cloud) or a personal access token", environ)
    return Jira(key, base=base, email=environ.get("JIRA_EMAIL", ""), token=token, sender=sender)


def _wanted(name: str, what: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "").strip()
    if not value:
        advice = f"Set it to {what}. `--dry-run` needs none and shows what would be sent."
        raise UsageError(Problem(where=name, what="the environment variable is not set", advice=advice))
    return value


def _pause(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def _to_github(github: GitHub, comment: Comment, arguments: argparse.Namespace, out: TextIO) -> None:
    done = github.publish(comment.body, comment.mark)
    out.write(f"Comment {done.done}: {done.url}\n")
    if not arguments.link:
        out.write("No file was attached: GitHub's API takes none. Name with `--link` where the report is.\n")


def _to_jira(jira: Jira, comment: Comment, out: TextIO) -> None:
    done = jira.publish(comment.body, comment.mark, comment.files)
    out.write(f"Comment {done.done}: {done.url}\n")
    for said, names in (("Attached", done.sent), ("Attached before", done.there)):
        if names:
            out.write(f"{said}: {', '.join(names)}\n")
