"""Calls of a tracker's API: what goes wrong is one message that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from harness.client import Sender, live_clients
from harness.errors import Problem, TargetError
from harness.exchange import Failure, FailureKind, Headers, Request, Response, header, media_type
from harness.redact import Redactor
from harness.report.words import clip, visible
from harness.report.workflow_commands import quieted
from harness.settings import Settings
from harness.settings.reading import is_loopback
from harness.struct import Struct, replace

Wait = Callable[[float], bool]
"""Lets so many seconds pass, and says True."""

MOST_PAGES: Final = 1_000
"""Pages of comments that are read before it is given up."""

_LONGEST: Final = 300
_AGAIN: Final = "Run the same command again later: it finds what it made, and makes nothing twice."
_UNKNOWN: Final = (FailureKind.TIMEOUT, FailureKind.DISCONNECT, FailureKind.PROTOCOL)


class Published(Struct, frozen=True, kw_only=True):
    """What came of it: the comment was created, updated, or unchanged; ``url`` is where it can be read.

    ``sent`` are the names of the files that were sent, ``there`` of those that were there already.
    """

    done: str
    url: str
    sent: tuple[str, ...] = ()
    there: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A tracker's API, and how to call it.

    ``where`` names the ticket in messages. ``base`` has no slash at its end. ``credential`` names the
    environment variable of the token; ``address`` names the one of the base URL. ``permission`` says what the
    token must be allowed to do. ``secrets`` are taken out of what the service says.
    """

    name: str
    where: str
    base: str
    headers: Headers = field(repr=False)
    credential: str
    address: str
    permission: str
    sender: Sender
    secrets: Mapping[str, str] = field(repr=False)

    def json(
        self, method: str, path: str, doing: str, data: Any = None, *, allowed: Collection[int] = ()
    ) -> tuple[Any, Response]:
        """Send JSON, and return the JSON of the answer and the answer; ``doing`` says what for.

        A refusal with one of the ``allowed`` statuses is returned too, with None.

        Raises:
            TargetError: it was refused, there was no answer, or the answer is something else.
        """
        sent = (("Content-Type", "application/json"),) if data is not None else ()
        content = json.dumps(data).encode() if data is not None else b""
        return self.call(method, path, doing, content, sent, allowed=allowed)

    def call(
        self,
        method: str,
        path: str,
        doing: str,
        content: bytes,
        headers: Headers,
        *,
        allowed: Collection[int] = (),
    ) -> tuple[Any, Response]:
        """Do the same with bytes; ``headers`` are added to those of every call."""
        request = Request(
            method=method, url=f"{self.base}{path}", headers=(*self.headers, *headers), content=content
        )
        exchange = self.sender.send(request)[-1]
        if exchange.failure is not None or exchange.response is None:
            self._unanswered(exchange.failure, doing, method)
        response = exchange.response
        if response.status in allowed and not _throttled(response):
            return None, response
        if not 200 <= response.status < 300:
            self.refused(response, doing)
        try:
            return json.loads(response.content), response
        except (ValueError, RecursionError):
            self.unexpected(doing, media_type(response.headers) or "no media type")

    def unexpected(self, doing: str, what: str) -> NoReturn:
        """Refuse an answer that is not the API's."""
        said = f"{doing}: this is not an answer of {self.name}'s API ({visible(what)})"
        advice = f"Look at {self.address}: a login page or a proxy may answer there instead."
        self.refuse(said, advice)

    def refuse(self, what: str, advice: str) -> NoReturn:
        """Raise the error of one message; no secret is in it."""
        shown = quieted(Redactor(self.secrets).text(what))
        raise TargetError(Problem(where=self.where, what=shown, advice=advice))

    def _unanswered(self, failure: Failure | None, doing: str, method: str) -> NoReturn:
        said = f"{doing}: {self.name} did not answer: {visible(failure.message) if failure else ''}"
        if failure and failure.kind in _UNKNOWN and method != "GET":
            self.refuse(f"{said}; it is not known whether it was done", _AGAIN)
        self.refuse(said, f"Look at {self.address} ({self.base}) and at the network, then try again.")

    def _shown(self, said: str) -> str:
        """Return what the service says as far as there is room; a token that is cut would not be found."""
        return clip(visible(Redactor(self.secrets).text(said)), _LONGEST)

    def refused(self, response: Response, doing: str) -> NoReturn:
        """Raise the error of a refusal: what the service says, and what to do about it."""
        status, said = response.status, self._shown(_said(response))
        what = f"{doing}: {self.name} answered {status}{said and f': {said}'}"
        if _throttled(response):
            after = header(response.headers, "retry-after")
            when = f" in {visible(after)} s" if after and after.isdigit() else " later"
            self.refuse(what, f"It allows no more calls for now. Run the same command again{when}.")
        if 300 <= status < 400:
            to = self._shown(header(response.headers, "location") or "nowhere")
            advice = f"Use the new name of the ticket, or correct {self.address}. Redirects are not followed."
            self.refuse(f"{what} (a redirect to {to})", advice)
        if status >= 500:
            self.refuse(what, _AGAIN)
        self.refuse(what, self._advice(status))

    def _advice(self, status: int) -> str:
        if status == 401:
            return f"The token is not accepted: set {self.credential} to one that is valid."
        if status == 403:
            return f"The token is known and may not do this. {self.permission}"
        if status in (404, 410):
            return f"There is no such ticket, or the token may not see it. {self.permission}"
        if status == 413:
            return "It is larger than this tracker takes. Attach less: name a ticket with fewer scenarios."
        return "This is a refusal of what was sent; look at the message. `--dry-run` shows what is sent."


@contextmanager
def open_sender(settings: Settings, wait: Wait) -> Iterator[Sender]:
    """Open a client that makes calls again which may succeed later, as the project's settings say."""
    network = live_clients(
        timeout=settings.timeout,
        # Of a tracker, 500 is no fact to compare.
        retries=replace(settings.retries, also=frozenset({500})),
        limits={},
        state=settings.state,
    )
    with closing(network), closing(network.client(wait)) as sender:
        yield sender


def _throttled(response: Response) -> bool:
    """Whether there were too many calls; 403 is GitHub's way to say so, too."""
    if response.status != 403:
        return response.status == 429
    left = header(response.headers, "x-ratelimit-remaining")
    return left == "0" or header(response.headers, "retry-after") is not None


def _said(response: Response) -> str:
    """Return what an error answer says, on one line."""
    try:
        data = json.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(data, dict):
        return ""
    parts = [data.get("message")]  # GitHub's
    listed = data.get("errorMessages")  # Jira's
    parts += listed if isinstance(listed, list) else []
    errors = data.get("errors")
    if isinstance(errors, dict):
        parts += [f"{name}: {text}" for name, text in errors.items()]
    elif isinstance(errors, list):
        parts += [each.get("message") for each in errors if isinstance(each, dict)]
    return "; ".join(part for part in parts if isinstance(part, str) and part)


def checked_base(base: str, name: str) -> str:
    """Return the base URL of an API without a slash at its end.

    Raises:
        TargetError: it is none, or a token would travel to another machine unencrypted.
    """
    try:
        url = urlsplit(base)
        host = url.hostname if url.port != 0 else None
    except ValueError:
        host = None
    if not host or url.scheme not in ("http", "https") or url.query or url.fragment or url.username:
        what = "this is not the base URL of an API"
        raise TargetError(Problem(where=name, what=what, advice="Write one such as https://example.com."))
    if url.scheme == "http" and not is_loopback(host):
        what = "the token would travel unencrypted to another machine"
        raise TargetError(Problem(where=name, what=what, advice="Write https:// in place of http://."))
    return base.rstrip("/")
