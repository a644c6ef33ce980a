"""The report of a run as the summary of a CI job: Markdown within the size that GitHub takes."""

from __future__ import annotations

from urllib.parse import urlsplit

from harness.errors import Problem, UsageError
from harness.history import History
from harness.readiness import Assessment
from harness.report.fitting import fitted
from harness.report.markdown import LIMIT, render_markdown
from harness.result import RunResult

LARGEST_SUMMARY = 900_000
"""Bytes of a summary at most; GitHub drops the whole of one that has more than 1 MiB (1,048,576)."""

_OF_A_LINK = 2_000


def render_job_summary(
    run: RunResult, assessment: Assessment, history: History | None = None, *, link: str = ""
) -> str:
    """Write the summary, worst first and cut between findings; never more than :data:`LARGEST_SUMMARY` bytes.

    ``link`` is where the whole report can be had.

    Raises:
        UsageError: the link is no URL that can stand in Markdown.
    """
    whole = f"The whole report: [artifact of this run]({checked_link(link)})\n\n" if link else ""
    room = LARGEST_SUMMARY - len(whole)
    text = fitted(
        lambda limit: render_markdown(run, assessment, history, limit=limit),
        room,
        size=lambda text: len(text.encode()),
        least=LIMIT,
    )
    return whole + text


def checked_link(link: str) -> str:
    """Return the URL of a page that can stand in Markdown, and in wiki markup.

    Raises:
        UsageError: it is none.
    """
    url = urlsplit(link)
    plain = link.isascii() and link.isprintable() and not set(link) & set(" ()<>[]{}|*\"'`\\")
    if url.scheme not in ("http", "https") or not url.netloc or not plain or len(link) > _OF_A_LINK:
        what = "this is not the URL of a page"
        raise UsageError(Problem(where="--link", what=what, advice="Write one that begins with https://."))
    return link
