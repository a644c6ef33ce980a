"""What goes over the network is booked: a ledger knows of each resource before it is made."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Final

from harness.client import Sender
from harness.contract import Contract
from harness.creation import Creation, creation_of, one_of
from harness.errors import HarnessError
from harness.exchange import BodyKind, Exchange, FailureKind, Json, Request, Response, Side, header
from harness.inquiry import Filled
from harness.ledger import Ledger
from harness.redact import Redactor
from harness.struct import Struct

_GONE: Final = frozenset({404, 410})
_TIMEOUT: Final = 408
"""A gateway says so, too, of what the service behind it may have done."""


class Book(Struct, frozen=True, kw_only=True):
    """Where and how the calls of one side of a scenario are booked.

    ``run_id`` is the value that the names of its resources carry. ``contracts`` are those of the side, then
    of the other one. ``authorization`` is the header of the environment's own token.
    """

    ledger: Ledger
    side: Side
    scenario: str
    run_id: str
    authorization: str
    base_urls: Collection[str]
    contracts: tuple[Contract, ...]
    redactor: Redactor


class BookedSender:
    """Sends as another sender does, and books what is made and what is deleted."""

    def __init__(self, sender: Sender, book: Book) -> None:
        """Take what sends, and where it is booked."""
        self._sender = sender
        self._book = book

    def send(
        self, request: Request, *, follow_redirects: bool = False, timeout: float | None = None
    ) -> tuple[Exchange, ...]:
        """Send a request; see :class:`~harness.client.Sender`.

        Raises:
            UsageError: the ledger cannot be written; nothing was made then.
            HarnessError: as there.
        """
        book = self._book
        creation = creation_of(book.contracts, request.method, below(request.url, book.base_urls))
        if creation is None:
            hops = self._sender.send(request, follow_redirects=follow_redirects, timeout=timeout)
            if self._deletes(hops):
                book.ledger.deleted(book.redactor.url(request.url.partition("?")[0]))
            return hops
        url = book.redactor.url(request.url)
        entry = book.ledger.intend(book.side, book.scenario, url, self._labels(request))
        try:
            hops = self._sender.send(request, follow_redirects=follow_redirects, timeout=timeout)
        except HarnessError:
            # It could not be sent, or the run was interrupted while it waited for its turn.
            book.ledger.refused(entry)
            raise
        self._came(entry, creation, url, hops[-1])
        return hops

    def _labels(self, request: Request) -> Mapping[str, str]:
        """Return the texts of a body that hold the run's id."""
        body = request.body.data if request.body.kind is BodyKind.JSON else None
        clean = self._book.redactor.json(body)
        texts = clean.items() if isinstance(clean, dict) else ()
        return {name: text for name, text in texts if isinstance(text, str) and self._book.run_id in text}

    def _came(self, entry: int, creation: Creation, url: str, exchange: Exchange) -> None:
        ledger, response = self._book.ledger, exchange.response
        if exchange.request.method != "POST":
            # What a redirect led to may be anything, also what is not ours.
            ledger.unknown(entry, "it was redirected")
        elif response is None:
            failure = exchange.failure
            if failure is not None and failure.kind is FailureKind.CONNECT:
                ledger.refused(entry)
            else:
                why = failure.message if failure else "there was no answer"
                ledger.unknown(entry, self._book.redactor.text(why))
        elif 400 <= response.status < 500 and response.status != _TIMEOUT:
            ledger.refused(entry)
        elif 200 <= response.status < 300 and (id_ := creation.id_of(response.body.data)):
            ledger.made(entry, self._book.redactor.url(one_of(url, id_)))
        else:
            ledger.unknown(entry, f"it was answered with {response.status}, without an id")

    def _deletes(self, hops: tuple[Exchange, ...]) -> bool:
        """Whether something is not there any more; a probe's token may be told so of what is there."""
        request, response = hops[0].request, hops[-1].response
        if {request.method, hops[-1].request.method} != {"DELETE"} or response is None:
            return False
        if 200 <= response.status < 300:
            return True
        own = header(request.headers, "authorization") == self._book.authorization
        path = below(request.url, self._book.base_urls).partition("?")[0]
        # Where no operation deletes, the path is what is not there.
        return own and is_gone(response) and self._book.contracts[0].find("DELETE", path) is not None

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()


def is_gone(response: Response) -> bool:
    """Whether an answer says that something is not there: in JSON or without words, as the service does.

    A page of a gateway says nothing of what is behind it.
    """
    return response.status in _GONE and response.body.kind in {BodyKind.JSON, BodyKind.EMPTY}


def below(url: str, base_urls: Collection[str]) -> str:
    """Return the path of a URL below the longest of the base URLs that it has; empty below none."""
    found = [base for base in base_urls if url.startswith(f"{base}/")]
    return url.removeprefix(max(found, key=len)) if found else ""


def unmarked(filled: Filled, contracts: tuple[Contract, ...], run_id: str) -> str:
    """Return the name that a request gives to what it makes if it is without the run's id; else nothing."""
    if creation_of(contracts, filled.request.method, filled.path) is None:
        return ""
    body: Json = filled.request.body.data if filled.request.body.kind is BodyKind.JSON else None
    name = body.get("name") if isinstance(body, dict) else None
    return json.dumps(name) if isinstance(name, str) and run_id not in name else ""
