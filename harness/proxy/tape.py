"""What goes by of an exchange, kept as far as it is to be kept, and made an exchange of at the end."""

from __future__ import annotations

import hashlib
from functools import partial

from harness.coding import decoded
from harness.exchange import Exchange, Failure, Headers, Request, Response, header
from harness.recorder import cut_field
from harness.struct import Struct


class Body:
    """The bytes of one body; beyond the most that is kept, only their number and their hash."""

    def __init__(self, most: int) -> None:
        """Take the most bytes that are kept."""
        self._most = most
        self._pieces: list[bytes] = []
        self._hash: hashlib._Hash | None = None
        self.length = 0

    def add(self, data: bytes) -> None:
        """Take what goes by."""
        self.length += len(data)
        if self._hash is not None:
            self._hash.update(data)
            return
        self._pieces.append(bytes(data))
        if self.length > self._most:
            self._hash = hashlib.sha256()
            for piece in self._pieces:
                self._hash.update(piece)
            self._pieces = []

    def kept(self, headers: Headers) -> tuple[Headers, bytes]:
        """Return the fields and the decoded content as an exchange has them.

        What cannot be decoded is not kept either: nobody could tell what secrets are in it.
        """
        coding = (header(headers, "content-encoding") or "").strip().lower()
        if self._hash is not None:
            return (*headers, cut_field(self.length, self._hash.hexdigest(), _named(coding))), b""
        content = b"".join(self._pieces)
        try:
            return headers, decoded(headers, content)
        except ValueError:
            digest = hashlib.sha256(content).hexdigest()
            return (*headers, cut_field(len(content), digest, _named(coding))), b""


def _named(coding: str) -> str:
    return "" if coding == "identity" else coding


class Tape(Struct, kw_only=True):
    """One exchange while it goes by; ``status`` is 0 until an answer began."""

    method: str
    url: str
    headers: Headers
    asked: Body
    answered: Body
    started: str
    status: int = 0
    http_version: str = ""
    answer_headers: Headers = ()
    failure: Failure | None = None
    elapsed: float = 0.0

    def exchange(self) -> Exchange:
        """Return the exchange; bodies are decoded here, so call it where time may pass."""
        headers, content = self.asked.kept(self.headers)
        request = Request(method=self.method, url=self.url, headers=headers, content=content)
        made = partial(Exchange, request=request, started=self.started, elapsed=self.elapsed)
        if self.failure is not None:
            return made(failure=self.failure)
        headers, content = self.answered.kept(self.answer_headers)
        response = Response(
            status=self.status, headers=headers, content=content, http_version=self.http_version
        )
        return made(response=response)
