"""Comments on, and attachments of, a ticket of Jira Cloud or Data Center, by version 2 of its REST API.

Source: https://developer.atlassian.com/cloud/jira/platform/rest/v2/. Version 3 wants comments as a document
tree; version 2 takes wiki markup, and Data Center has no other.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from harness.client import Sender
from harness.errors import Problem, UsageError
from harness.trackers.service import MOST_PAGES, Published, Service, checked_base

PERMISSION: Final = (
    "Its user needs to browse the project, to add and to edit own comments, and to create attachments."
)

_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]{1,10}")
_TYPES: Final = {".html": "text/html", ".md": "text/markdown", ".zip": "application/zip"}


def checked_key(text: str) -> str:
    """Return the key of a ticket.

    Raises:
        UsageError: it is none.
    """
    if not _KEY.fullmatch(text):
        what = f"{text!r} is not the key of a ticket"
        raise UsageError(Problem(where="--jira", what=what, advice="Write it as `PLAT-412`."))
    return text


class Jira:
    """One ticket, the comment on it that is ours, and its attachments."""

    def __init__(self, key: str, *, base: str, email: str, token: str, sender: Sender) -> None:
        """Take the key, the base URL of the site and a token: of Cloud with its email, of Data Center alone.

        Raises:
            TargetError: the base URL is none.
        """
        basic = base64.b64encode(f"{email}:{token}".encode()).decode()
        self._issue = f"/rest/api/2/issue/{quote(key, safe='')}"
        self._service = Service(
            name="Jira",
            where=key,
            base=checked_base(base, "JIRA_BASE_URL"),
            headers=(
                ("Authorization", f"Basic {basic}" if email else f"Bearer {token}"),
                ("Accept", "application/json"),
            ),
            credential="JIRA_API_TOKEN (in Jira Cloud with JIRA_EMAIL)",
            address="JIRA_BASE_URL",
            permission=PERMISSION,
            sender=sender,
            secrets={"JIRA_API_TOKEN": token, "JIRA_CREDENTIALS": basic},
        )
        self._key = key

    def publish(self, body: str, mark: str, files: Mapping[str, bytes]) -> Published:
        """Attach the files that are not there yet, then create the comment, or edit the one with the mark.

        Raises:
            TargetError: it could not be done; files that were sent stay.
        """
        names = self._attached()
        there = tuple(name for name in files if name in names)
        sent = tuple(name for name in files if name not in names)
        for name in sent:
            self._attach(name, files[name])
        made, done = self._written(body, mark)
        id_ = made.get("id") if isinstance(made, dict) else None
        if not isinstance(id_, str):
            self._service.unexpected(f"{done} the comment", "it has no `id`")
        url = f"{self._service.base}/browse/{self._key}?focusedCommentId={quote(id_, safe='')}"
        return Published(done=done, url=url, sent=sent, there=there)

    def _attached(self) -> frozenset[str]:
        doing = "look for attachments"
        data, _ = self._service.json("GET", f"{self._issue}?fields=attachment", doing)
        fields = data.get("fields") if isinstance(data, dict) else None
        listed = fields.get("attachment") if isinstance(fields, dict) else None
        if not isinstance(fields, dict) or not isinstance(listed or [], list):
            self._service.unexpected(doing, "a ticket without `fields`")
        return frozenset(str(each.get("filename")) for each in listed or [] if isinstance(each, dict))

    def _attach(self, name: str, content: bytes) -> None:
        doing = f"attach {name} ({len(content):,} bytes)"
        kind, packed = multipart(name, content)
        # Jira refuses uploads without the second field: it is how it tells programs from forged forms.
        headers = (("Content-Type", kind), ("X-Atlassian-Token", "no-check"))
        self._service.call("POST", f"{self._issue}/attachments", doing, packed, headers)

    def _written(self, body: str, mark: str) -> tuple[Any, str]:
        """Return the comment as it is now, and what was done; one that was deleted meanwhile is none."""
        for comment in [each for each in self._all() if _marked(str(each.get("body")), mark)]:
            if str(comment.get("body")).replace("\r\n", "\n").rstrip() == body.rstrip():
                return comment, "unchanged"
            if (made := self._edit(comment, body)) is not None:
                return made, "updated"
        made, _ = self._service.json("POST", f"{self._issue}/comment", "create the comment", {"body": body})
        return made, "created"

    def _edit(self, comment: dict[str, Any], body: str) -> Any:
        """Return the edited comment; None where it is gone, or is another's and may not be edited."""
        path = f"{self._issue}/comment/{quote(str(comment['id']), safe='')}"
        doing = "update the comment"
        # Jira says 400 or 403 of what the user may not edit, and 404 of what is gone.
        made, answer = self._service.json("PUT", path, doing, {"body": body}, allowed=(400, 403, 404, 410))
        if answer.status in (400, 403) and not self._is_anothers(comment):
            self._service.refused(answer, doing)
        # An answer of another kind is told; it does not mean that the comment is gone.
        return (made or {}) if answer.status < 300 else None

    def _is_anothers(self, comment: dict[str, Any]) -> bool:
        """Whether it is known that somebody else wrote it: Cloud has ids of accounts, Data Center keys."""
        doing = "ask whose the token is"
        me, _ = self._service.json("GET", "/rest/api/2/myself", doing, allowed=(401, 403, 404))
        both = [each if isinstance(each, dict) else {} for each in (me, comment.get("author"))]
        known = [name for name in ("accountId", "key", "name") if all(each.get(name) for each in both)]
        return bool(known) and both[0][known[0]] != both[1][known[0]]

    def _all(self) -> Iterator[dict[str, Any]]:
        """Yield the comments of all pages, oldest first."""
        doing = "look for the comment"
        start = 0
        for _ in range(MOST_PAGES):
            path = f"{self._issue}/comment?startAt={start}&maxResults=100&orderBy=created"
            page, _answer = self._service.json("GET", path, doing)
            comments = page.get("comments") if isinstance(page, dict) else None
            if not isinstance(comments, list):
                self._service.unexpected(doing, "a page without `comments`")
            for comment in comments:
                if not isinstance(comment, dict) or "id" not in comment:
                    self._service.unexpected(doing, "an entry of `comments` is none")
                yield comment
            start += len(comments)
            total = page.get("total")
            if not comments or not isinstance(total, int) or start >= total:
                return
        self._service.refuse(f"{doing}: there are more than {MOST_PAGES:,} pages", "Use another ticket.")


def _marked(body: str, mark: str) -> bool:
    """Whether a comment ends with the mark; who quotes it, or speaks of it, writes something after it."""
    # Cloud keeps comments as trees, and may write its escapes otherwise than it read them.
    return body.replace("\\", "").rstrip(" \r\n\t_").endswith(mark)


def multipart(name: str, content: bytes) -> tuple[str, bytes]:
    """Return the media type and the bytes of a form with one file, whose name is plain ASCII."""
    boundary = f"harness-{hashlib.sha256(content).hexdigest()[:32]}"
    kind = _TYPES.get(PurePath(name).suffix, "application/octet-stream")
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    packed = b"".join([head.encode(), content, f"\r\n--{boundary}--\r\n".encode()])
    return f"multipart/form-data; boundary={boundary}", packed
