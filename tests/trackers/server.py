"""A small GitHub and a small Jira on this machine: their documented endpoints, and what goes wrong with them.

What they keep can be looked at: comments by id, attachments by name, and every request that came.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from harness.client.live import Client

PAGE = 3
"""Comments of one page, whatever is asked for: a server may give fewer."""


@dataclass
class Came:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Tracker:
    """What a server keeps, and the answers that it gives instead of its own, each once.

    ``authors`` are those of comments that are not of the token's user, by id. ``vanishing`` comments are
    gone when they were listed.
    """

    comments: dict[int, str] = field(default_factory=dict)
    authors: dict[int, str] = field(default_factory=dict)
    vanishing: set[int] = field(default_factory=set)
    attachments: dict[str, bytes] = field(default_factory=dict)
    came: list[Came] = field(default_factory=list)
    instead: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    token: str = "t0ken-of-the-tracker"
    url: str = ""
    sender: Client = field(default_factory=Client)

    def calls(self) -> list[str]:
        """Return the methods of the calls, in order."""
        return [each.method for each in self.came]

    def add(self, body: str, author: str = "me") -> int:
        """Keep a comment."""
        id_ = max(self.comments, default=999) + 1
        self.comments[id_] = body
        if author != "me":
            self.authors[id_] = author
        return id_

    def listed(self, ids: list[int]) -> None:
        """Let go what vanishes after it was listed."""
        for each in self.vanishing & set(ids):
            del self.comments[each]

    def edited(self, id_: int, body: str) -> int:
        """Edit a comment; return 200, 403 where it is somebody else's, 404 where it is gone."""
        if id_ not in self.comments:
            return 404
        if id_ in self.authors:
            return 403
        self.comments[id_] = body
        return 200


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tracker: Tracker

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.tracker.came.append(Came(self.command, self.path, headers, body))
        if self.tracker.instead:
            self._send(*self.tracker.instead.pop(0))
        elif self.tracker.token not in _credentials(headers):
            self._json(401, {"message": "Bad credentials"})
        else:
            self.answer(urlsplit(self.path).path, parse_qs(urlsplit(self.path).query), body)

    do_GET = do_POST = do_PATCH = do_PUT = _do  # noqa: N815 - the names are http.server's

    def answer(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        raise NotImplementedError

    def _json(self, status: int, data: Any, **headers: str) -> None:
        self._send(status, {"content-type": "application/json", **headers}, json.dumps(data).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


def _credentials(headers: dict[str, str]) -> str:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return base64.b64decode(value).decode() if scheme == "Basic" else value


class _GitHub(_Handler):
    def answer(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        kept = self.tracker.comments
        if path == "/repos/acme/cut.over/issues/12/comments":
            if self.command == "POST":
                self._json(201, self._comment(self.tracker.add(json.loads(body)["body"])))
                return
            page, ids = int(query["page"][0]), sorted(kept)
            shown = [self._comment(each) for each in ids[(page - 1) * PAGE : page * PAGE]]
            self.tracker.listed(ids)
            more = f'<{self.tracker.url}{path}?page={page + 1}>; rel="next", <{self.tracker.url}>; rel="last"'
            self._json(200, shown, **({"link": more} if page * PAGE < len(ids) else {}))
        elif match := re.fullmatch(r"/repos/acme/cut\.over/issues/comments/(\d+)", path):
            status = self.tracker.edited(int(match[1]), json.loads(body)["body"])
            self._json(
                status, self._comment(int(match[1])) if status == 200 else {"message": f"Refused: {status}"}
            )
        elif path == "/user":
            self._json(200, {"login": "me"})
        else:
            self._json(404, {"message": "Not Found"})

    def _comment(self, id_: int) -> dict[str, Any]:
        # GitHub keeps the line ends of forms.
        body = self.tracker.comments[id_].replace("\n", "\r\n")
        user = {"login": self.tracker.authors.get(id_, "me")}
        return {"id": id_, "body": body, "html_url": f"https://github.example.com/12#{id_}", "user": user}


class _Jira(_Handler):
    def answer(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        below = path.removeprefix("/rest/api/2/issue/PLAT-412")
        kept = self.tracker.comments
        if below == "" and query["fields"] == ["attachment"]:
            names = [{"filename": name} for name in self.tracker.attachments]
            self._json(200, {"key": "PLAT-412", "fields": {"attachment": names}})
        elif below == "/attachments":
            self._attach(body)
        elif below == "/comment" and self.command == "POST":
            self._json(201, self._comment(self.tracker.add(json.loads(body)["body"])))
        elif below == "/comment":
            start, ids = int(query["startAt"][0]), sorted(kept)
            shown = [self._comment(each) for each in ids[start : start + PAGE]]
            self.tracker.listed(ids)
            self._json(200, {"startAt": start, "maxResults": PAGE, "total": len(ids), "comments": shown})
        elif match := re.fullmatch(r"/comment/(\d+)", below):
            status = self.tracker.edited(int(match[1]), json.loads(body)["body"])
            # Jira says 400 of what somebody else wrote.
            done = (
                self._comment(int(match[1])) if status == 200 else {"errorMessages": [f"Refused: {status}"]}
            )
            self._json(400 if status == 403 else status, done)
        elif path == "/rest/api/2/myself":
            self._json(200, {"key": "JIRAUSER1", "name": "me"})
        else:
            self._json(404, {"errorMessages": ["Issue does not exist or you do not have permission."]})

    def _attach(self, body: bytes) -> None:
        if self.headers.get("x-atlassian-token") != "no-check":
            self._json(403, {"errorMessages": ["XSRF check failed"]})
            return
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        (part,) = [each for each in message_from_bytes(head + body).walk() if each.get_filename()]
        name, content = part.get_filename(), part.get_payload(decode=True)
        assert isinstance(content, bytes)
        self.tracker.attachments[str(name)] = content
        self._json(200, [{"filename": name}])

    def _comment(self, id_: int) -> dict[str, Any]:
        # Cloud writes escapes of its own into what it keeps as a tree.
        author = self.tracker.authors.get(id_, "me")
        who = {"key": "JIRAUSER1" if author == "me" else "JIRAUSER2", "name": author}
        body = self.tracker.comments[id_].replace("harness-", r"harness\-")
        return {"id": str(id_), "body": body, "author": who}


@contextmanager
def serving(kind: str) -> Iterator[Tracker]:
    """Serve a GitHub or a Jira until the block ends."""
    tracker = Tracker(sender=Client(timeout=10))
    handler = type("Handler", ({"github": _GitHub, "jira": _Jira}[kind],), {"tracker": tracker})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        tracker.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield tracker
        finally:
            tracker.sender.close()
            server.shutdown()
            thread.join(10)
