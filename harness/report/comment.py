"""The comment on a ticket: what is said there, and the mark that it is found again by.

On GitHub the comment begins with the mark, in a comment of Markdown that nobody sees. Wiki markup has none
that Jira Cloud keeps, so in Jira the mark ends the last line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePath

from harness.report.bundle import bundle_of
from harness.report.exchanges import plain_name
from harness.report.job_summary import checked_link
from harness.report.ticket import TicketPart, ticket_markdown
from harness.report.wiki import render_wiki
from harness.struct import Struct, field


class Comment(Struct, frozen=True, kw_only=True):
    """What goes to a tracker: the comment with its mark, and files by name.

    ``texts`` are those that the files were made of, for whoever looks through them.
    """

    body: str
    mark: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def mark_of(ticket: str) -> str:
    """Return the mark of the comment on what belongs to a ticket; the whole run has the empty ticket's."""
    return f"harness-{hashlib.sha256(ticket.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def github_comment(part: TicketPart, link: str = "") -> Comment:
    """Make the comment for GitHub, which has the whole report as far as there is room, and no files.

    Raises:
        UsageError: the link is no URL that can stand in Markdown.
    """
    mark = f"<!-- {mark_of(part.ticket)} -->"
    whole = f"The whole report: {checked_link(link)}\n\n" if link else ""
    start = f"{mark}\n{whole}"
    elsewhere = "the whole report has them" if link else "`report.html` of the run has them"
    text = ticket_markdown(part, "github", reserved=len(start), elsewhere=elsewhere)
    return Comment(body=start + text, mark=mark)


def jira_comment(part: TicketPart, link: str = "") -> Comment:
    """Make the comment for Jira, and the bundle as files that it names.

    A file's name has a digest of its content: the same file is attached once, however often it is made.

    Raises:
        UsageError: the link is no URL that can stand in wiki markup.
    """
    bundle = bundle_of(part, "jira")
    files = {_named(name, part.ticket, content): content for name, content in bundle.files().items()}
    mark = mark_of(part.ticket)
    link = checked_link(link) if link else ""
    body = render_wiki(part, attached=tuple(files), mark=mark, link=link)
    return Comment(body=body, mark=mark, files=files, texts={**bundle.texts, **bundle.archived})


def _named(name: str, ticket: str, content: bytes) -> str:
    path, digest = PurePath(name), hashlib.sha256(content).hexdigest()[:8]
    return f"{plain_name(ticket)}-{path.stem}-{digest}{path.suffix}"
