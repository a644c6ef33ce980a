"""One exchange of a job while it goes by: what was sent and read, and how it ended."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .recorder import Recorder

_EMPTY = (204, 304)
_UNPACKERS = {
    "br": (("brotli", "decompress"), ("brotlicffi", "decompress")),
    "zstd": (
        ("compression.zstd", "decompress"),
        ("backports.zstd", "decompress"),
        ("zstandard", "decompress"),
    ),
}
"""What a client that asked for these codings has loaded; the recorder needs none of it."""


class Body:
    """The bytes of a body as they come, up to a limit; of more, their number and their SHA-256."""

    def __init__(self, most: int) -> None:
        """Take the most bytes that are kept."""
        self.length = 0
        self._most = most
        self._parts: list[bytes] = []
        self._hash: Any = None

    def add(self, data: Any) -> None:
        """Take the next bytes; they are copied where they could still change."""
        part = data if type(data) is bytes else bytes(data)
        self.length += len(part)
        if self._hash is None:
            self._parts.append(part)
            if self.length <= self._most:
                return
            import hashlib

            self._hash = hashlib.sha256(b"".join(self._parts))
            self._parts.clear()
        else:
            self._hash.update(part)

    def clear(self) -> None:
        """Forget everything: the body is sent once more."""
        self.length, self._hash = 0, None
        self._parts.clear()

    @property
    def content(self) -> bytes:
        """All bytes; none where there were too many."""
        return b"".join(self._parts)

    @property
    def cut(self) -> list[Any] | None:
        """The number of bytes and their SHA-256 in hex, where there were too many."""
        return None if self._hash is None else [self.length, self._hash.hexdigest()]


class Chunks:
    """Undoes the chunked transfer coding as its bytes come; ``done`` after the last chunk."""

    def __init__(self) -> None:
        """Begin before the first chunk's size."""
        self.done = False
        self._line = b""
        self._left = 0
        self._within = False  # the bytes of a chunk and the line that ends it

    def feed(self, data: bytes) -> Iterable[bytes]:
        """Return the bytes of the body that are in the next ones of the wire."""
        found = []
        while data and not self.done:
            if self._left:
                found.append(data[: self._left])
                data, self._left = data[self._left :], max(self._left - len(data), 0)
                continue
            line, feed, data = data.partition(b"\n")
            self._line += line
            if not feed:
                break
            size, self._line = self._line.partition(b";")[0].strip(), b""
            if self._within:
                self._within = False
                continue
            self._left = int(size, 16)
            self._within = True
            self.done = not self._left
        return found


class Taken:
    """One exchange; ``request`` and ``response`` take bodies, and one of the endings hands it over, once."""

    def __init__(self, recorder: Recorder, id_: int, method: str, url: str) -> None:
        """Note that it begins."""
        self.id = id_
        self.request = Body(recorder.most)
        self.response = Body(recorder.most)
        self.request_headers: Iterable[tuple[Any, Any]] = ()
        self.decoded = False
        self.recorder = recorder
        self._process = os.getpid()
        self._method, self._url = method, url
        self._status = 0
        self._headers: list[tuple[str, str]] = []
        self._version = ""
        self._wanted: int | None = None
        self._ended = False
        self._started, self._clock = time.time(), time.perf_counter()

    def answered(self, status: int, headers: Iterable[tuple[Any, Any]], version: str) -> None:
        """Take the head of the response; one that has no body ends with it."""
        self._status, self._headers, self._version = int(status), _texts(headers), version
        length = self._header("content-length")
        if self._method == "HEAD" or self._status in _EMPTY:
            self._wanted = 0
        elif length.isdigit() and not self.chunked:
            self._wanted = int(length)
        if self._wanted == 0:
            self.ended()

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return "chunked" in self._header("transfer-encoding").lower()

    def sent(self, data: Any) -> None:
        """Take bytes of the request's body."""
        self.recorder.safely(self.request.add, data)

    def read(self, data: Any) -> None:
        """Take bytes of the response that the client is about to get; the last ones end the exchange."""
        self.recorder.safely(self.response.add, data)
        if self._wanted is not None and self.response.length >= self._wanted and not self.decoded:
            self.ended()

    def at_end(self) -> None:
        """End because the connection has: whether that was too early is for the length to say."""
        early = self._wanted is not None and self.response.length < self._wanted and not self.decoded
        self._hand(failure="IncompleteRead" if early or self.chunked else "")

    def ended(self) -> None:
        """End with a whole response."""
        self._hand()

    def closed(self) -> None:
        """End before the end: the client wanted no more of the response than it has read."""
        self._hand(part=True)

    def failed(self, error: BaseException) -> None:
        """End without a response; only the kind of the error is told, its text may hold anything."""
        self.broke(type(error).__name__)

    def broke(self, name: str) -> None:
        """Do the same by the name of an error."""
        self._hand(failure=name)

    def left(self) -> None:
        """End if there is a response; without one it is under way for ever."""
        if self._status:
            self._hand(part=True)

    def dropped(self) -> None:
        """Do the same from a finalizer."""
        if self._status:
            self._hand(part=True, later=True)

    def _hand(self, *, failure: str = "", part: bool = False, later: bool = False) -> None:
        # After a fork both processes have it; it is the parent's.
        if self._ended or self._process != os.getpid():
            return
        self._ended = True
        self.recorder.safely(lambda: self._handed(failure, later=later, part=part))

    def _handed(self, failure: str, *, later: bool, part: bool) -> None:
        body, cut = self._unpacked(self.response.content), self.response.cut
        if len(body) > self.recorder.most:
            whole = Body(self.recorder.most)
            whole.add(body)
            body, cut = whole.content, whole.cut
        event = {
            "event": "ended",
            "id": self.id,
            "method": self._method,
            "url": self._url,
            "request_headers": _texts(self.request_headers),
            "request_cut": self.request.cut,
            "status": self._status,
            "response_headers": self._headers,
            "response_cut": cut,
            "version": self._version,
            "started": self._started,
            "elapsed": time.perf_counter() - self._clock,
            "failure": failure,
            "part": part,
            "decoded": self.decoded,
        }
        self.recorder.hand(self, event, (self.request.content, body), later=later)

    def _unpacked(self, body: bytes) -> bytes:
        """Undo a coding that the standard library does not know, as the client will."""
        coding = self._header("content-encoding").strip().lower()
        for module, name in _UNPACKERS.get(coding, ()) if body and not self.decoded else ():
            unpack = getattr(sys.modules.get(module), name, None)
            if unpack is not None:
                try:
                    found: bytes = unpack(body)
                except Exception:
                    return body  # the recorder says that it could not be undone
                self.decoded = True
                return found
        return body

    def _header(self, wanted: str) -> str:
        return next((value for name, value in self._headers if name.lower() == wanted), "")


def _texts(headers: Iterable[tuple[Any, Any]]) -> list[tuple[str, str]]:
    return [(_text(name), _text(value)) for name, value in headers]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
