"""Comments on issues and pull requests of GitHub, by its REST API.

Source: https://docs.github.com/en/rest/issues/comments. A pull request is an issue there. The API has no way
to attach a file to an issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Self

from harness.client import Sender
from harness.errors import Problem, UsageError
from harness.exchange import header
from harness.report.words import visible
from harness.struct import Struct
from harness.trackers.service import MOST_PAGES, Published, Service, checked_base

API: Final = "https://api.github.com"
PERMISSION: Final = (
    "It needs the permission to write issues (`Issues: write`; in a workflow `permissions: {issues: write}`, "
    "for pull requests `pull-requests: write`); a comment of somebody else can be edited by its author only."
)

_NAMED: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)/([A-Za-z0-9._-]+)#([0-9]{1,10})")
_NEXT: Final = re.compile(r'<[^>]*>\s*;[^,]*\brel="?next"?')


class Issue(Struct, frozen=True, kw_only=True):
    """An issue or a pull request, as people name it: ``OWNER/REPO#N``."""

    owner: str
    repository: str
    number: int

    @classmethod
    def named(cls, text: str) -> Self:
        """Read a name.

        Raises:
            UsageError: it is none.
        """
        match = _NAMED.fullmatch(text)
        if match is None or match[2] in (".", ".."):
            what = f"{text!r} names no issue"
            raise UsageError(Problem(where="--github", what=what, advice="Write it as `OWNER/REPO#12`."))
        return cls(owner=match[1], repository=match[2], number=int(match[3]))

    def __str__(self) -> str:
        """Write the name."""
        return f"{self.owner}/{self.repository}#{self.number}"


class GitHub:
    """One issue, and the comment on it that is ours."""

    def __init__(self, issue: Issue, *, base: str, token: str, sender: Sender) -> None:
        """Take the issue, the base URL of the API and a token.

        Raises:
            TargetError: the base URL is none.
        """
        self._comments = f"/repos/{issue.owner}/{issue.repository}/issues/{issue.number}/comments"
        self._edited = f"/repos/{issue.owner}/{issue.repository}/issues/comments"
        self._service = Service(
            name="GitHub",
            where=str(issue),
            base=checked_base(base, "GITHUB_API_URL"),
            headers=(
                ("Authorization", f"Bearer {token}"),
                ("Accept", "application/vnd.github+json"),
                ("X-GitHub-Api-Version", "2022-11-28"),
            ),
            credential="GITHUB_TOKEN",
            address="GITHUB_API_URL",
            permission=PERMISSION,
            sender=sender,
            secrets={"GITHUB_TOKEN": token},
        )

    def publish(self, body: str, mark: str) -> Published:
        """Create the comment, or edit the first one that begins with the mark and may be edited.

        One that was deleted meanwhile, and one of somebody else who begins with the mark too, is none.

        Raises:
            TargetError: it could not be done.
        """
        # Who quotes the comment begins with something else.
        for comment in [each for each in self._all() if str(each.get("body")).startswith(mark)]:
            if _same(str(comment.get("body")), body):
                return Published(done="unchanged", url=self._url(comment, "find the comment"))
            if (made := self._edit(comment, body)) is not None:
                return Published(done="updated", url=self._url(made, "update the comment"))
        made, _ = self._service.json("POST", self._comments, "create the comment", {"body": body})
        return Published(done="created", url=self._url(made, "create the comment"))

    def _edit(self, comment: dict[str, Any], body: str) -> Any:
        """Return the edited comment; None where it is gone, or is another's and may not be edited."""
        path, doing = f"{self._edited}/{int(comment['id'])}", "update the comment"
        made, answer = self._service.json("PATCH", path, doing, {"body": body}, allowed=(403, 404, 410))
        if answer.status == 403 and not self._is_anothers(comment):
            self._service.refused(answer, doing)
        # An answer of another kind is told; it does not mean that the comment is gone.
        return (made or {}) if answer.status < 300 else None

    def _is_anothers(self, comment: dict[str, Any]) -> bool:
        """Whether it is known that somebody else wrote it; tokens of workflows are nobody's."""
        me, _ = self._service.json("GET", "/user", "ask whose the token is", allowed=(401, 403, 404))
        logins = [each.get("login") if isinstance(each, dict) else None for each in (me, comment.get("user"))]
        return all(isinstance(login, str) for login in logins) and logins[0] != logins[1]

    def _all(self) -> Iterator[dict[str, Any]]:
        """Yield the comments of all pages, oldest first."""
        doing = "look for the comment"
        for page in range(1, MOST_PAGES + 1):
            path = f"{self._comments}?per_page=100&page={page}"
            comments, response = self._service.json("GET", path, doing)
            if not isinstance(comments, list):
                self._service.unexpected(doing, "not a list of comments")
            for comment in comments:
                if not isinstance(comment, dict) or not isinstance(comment.get("id"), int):
                    self._service.unexpected(doing, "an entry of the list is no comment")
                yield comment
            if not _NEXT.search(header(response.headers, "link") or ""):
                return
        self._service.refuse(f"{doing}: there are more than {MOST_PAGES:,} pages", "Use another issue.")

    def _url(self, comment: Any, doing: str) -> str:
        url = comment.get("html_url") if isinstance(comment, dict) else None
        if not isinstance(url, str):
            self._service.unexpected(doing, "the comment has no `html_url`")
        return visible(url)


def _same(there: str, wanted: str) -> bool:
    """Whether a comment says it already; GitHub may keep other ends of lines."""
    return there.replace("\r\n", "\n").rstrip() == wanted.rstrip()
