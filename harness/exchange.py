"""What goes over the wire, as frozen data: requests, responses, exchanges and pairs.

No client library appears here: ``client.py`` and ``cassette.py`` translate theirs into these.
"""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from harness.struct import Struct

if TYPE_CHECKING:
    Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
else:
    # Libraries that read annotations at run time cannot follow an alias that contains itself.
    Json = Any
"""A JSON value as Python's ``json`` module reads it."""

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Header fields in the order of the wire; a name may occur more than once."""

MAX_NESTING = 200
"""Levels that a JSON body may have; a deeper one is invalid, so that whatever walks over bodies ends."""

MAX_BODY = 64 * 1024 * 1024
"""Bytes that a body may have; a larger one is compared by its bytes and never decoded."""


class Side(StrEnum):
    """The part that a target plays in a pair. Nothing below the report asks which is which."""

    BASELINE = "baseline"
    CANDIDATE = "candidate"


class BodyKind(StrEnum):
    """What a body's bytes turned out to be."""

    EMPTY = "empty"
    JSON = "json"
    TEXT = "text"
    BINARY = "binary"
    """No text, or larger than :data:`MAX_BODY`."""
    INVALID = "invalid"
    """The media type says JSON, the bytes are not JSON (``NaN`` is not), hold a number that no double
    holds, or nest too deeply."""


class Body(Struct, frozen=True, kw_only=True):
    """A decoded body: ``data`` is the JSON value, or the text, or None (empty, binary)."""

    kind: BodyKind
    data: Json = None


def timestamp() -> str:
    """Return the time now, as :attr:`Exchange.started` has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


BODY_CUT: Final = "Harness-Body-Cut"
"""The header field of a recording that says what a body was that is not kept: its length in bytes and its
SHA-256.

Both are of the decoded body, or of the coded one where the coding is named with them; of a body with a secret
that could not be taken out, they are of what was left after all others were. Where a captured file did not
hold the body, or its client did not read it to the end, it says that."""


def header(headers: Headers, name: str) -> str | None:
    """Return the first field of that name, compared without case, or None."""
    wanted = name.lower()
    for key, value in headers:
        if key == wanted or key.lower() == wanted:
            return value
    return None


def media_type(headers: Headers) -> str:
    """Return the media type without parameters, in lower case; empty when there is none."""
    return (header(headers, "content-type") or "").partition(";")[0].strip().lower()


def read_body(content: bytes, media: str) -> Body:
    """Decode the bytes of a body: JSON by media type or by look, else text, else binary."""
    return _decode(content, media, [])


def _decode(content: bytes, media: str, repeated: list[str]) -> Body:
    """Decode the bytes of a body; add the names that an object in it has more than once."""
    if not content:
        return Body(kind=BodyKind.EMPTY)
    if len(content) > MAX_BODY:
        return Body(kind=BodyKind.BINARY)
    claims_json = media == "application/json" or media.endswith("+json")
    if claims_json or (not media and content.lstrip()[:1] in (b"{", b"[")):
        try:
            return Body(kind=BodyKind.JSON, data=read_json(content, repeated))
        except (ValueError, RecursionError):
            if claims_json:
                return Body(kind=BodyKind.INVALID, data=content.decode("utf-8", "replace"))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return Body(kind=BodyKind.BINARY)
    return Body(kind=BodyKind.BINARY) if "\x00" in text else Body(kind=BodyKind.TEXT, data=text)


def read_json(content: bytes, repeated: list[str] | None = None) -> Json:
    """Read JSON as RFC 8259 has it; ``repeated`` gets the names that an object has more than once.

    Raises:
        ValueError: it is not JSON, holds a number that no double holds, or nests too deeply.
        RecursionError: it nests far too deeply.
    """
    data = _READER.read(content, [] if repeated is None else repeated)
    if content.count(b"[") + content.count(b"{") > MAX_NESTING and _is_deep(data):
        raise ValueError(MAX_NESTING)
    return data


class _Reader(threading.local):
    """What reads JSON in a thread: to make it anew takes as long as to read a small body."""

    def __init__(self) -> None:
        self._repeated: list[str] = []
        self._decoder = json.JSONDecoder(
            parse_constant=_refuse, parse_float=_finite, object_pairs_hook=self._build
        )

    def read(self, content: bytes, repeated: list[str]) -> Json:
        self._repeated = repeated
        text = content.decode(json.detect_encoding(content), "surrogatepass")
        data: Json = self._decoder.decode(text)
        return data

    def _build(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        built = dict(pairs)
        if len(built) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            self._repeated.extend(name for name, count in counted.items() if count > 1)
        return built


def _is_deep(data: Json) -> bool:
    level = [data] if isinstance(data, dict | list) else []
    for _ in range(MAX_NESTING):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse(constant: str) -> Json:
    raise ValueError(constant)


_READER = _Reader()


class Request(Struct, frozen=True, kw_only=True, dict=True):
    """One request as it was sent; ``url`` is absolute, ``content`` the bytes of the body."""

    method: str
    url: str
    headers: Headers = ()
    content: bytes = b""

    @cached_property
    def body(self) -> Body:
        """The decoded body; read once."""
        return read_body(self.content, media_type(self.headers))


class Response(Struct, frozen=True, kw_only=True, dict=True):
    """One response; ``content`` is decoded from the transfer and content codings.

    ``headers`` are those of the wire, so ``content-encoding`` still names the coding.
    """

    status: int
    headers: Headers = ()
    content: bytes = b""
    http_version: str = "HTTP/1.1"

    @cached_property
    def media(self) -> str:
        """The media type, as :func:`media_type` has it; looked for once."""
        return media_type(self.headers)

    @property
    def body(self) -> Body:
        """The decoded body; read once."""
        return self._read[0]

    @property
    def repeated(self) -> tuple[str, ...]:
        """The names that an object in a JSON body has more than once: parsers keep one or the other."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Body, tuple[str, ...]]:
        repeated: list[str] = []
        body = _decode(self.content, self.media, repeated)
        return body, tuple(dict.fromkeys(repeated))


class FailureKind(StrEnum):
    """Why a call has no response."""

    TIMEOUT = "timeout"
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    """The connection was made and then lost before the response was whole."""
    PROTOCOL = "protocol"
    """The peer did not speak HTTP, or a content coding could not be decoded."""
    REDIRECTS = "redirects"
    """Redirects were followed, as the step asked, and did not end."""


class Failure(Struct, frozen=True, kw_only=True):
    """What took the response's place; ``message`` is one line without secrets."""

    kind: FailureKind
    message: str


class Retry(Struct, frozen=True, kw_only=True):
    """Why a request was sent once more: the status of an answer, or the kind of a failure.

    ``wait`` are the seconds that passed before it was sent again.
    """

    wait: float
    status: int = 0
    failure: FailureKind | None = None


class Exchange(Struct, frozen=True, kw_only=True):
    """One request with its response or failure; exactly one of the two is set.

    ``started`` is RFC 3339 in UTC with milliseconds; ``elapsed`` is in seconds, from sending the
    request to having read the whole response. Played from a cassette, both are the recorded ones.
    ``retries`` are the attempts before this one, in order. ``repeat`` says that the call was made before, and
    again only to see whether the side agrees with itself.
    """

    request: Request
    response: Response | None = None
    failure: Failure | None = None
    started: str = ""
    elapsed: float = 0.0
    retries: tuple[Retry, ...] = ()
    repeat: bool = False


class Pair(Struct, frozen=True, kw_only=True):
    """The two exchanges of one step."""

    baseline: Exchange
    candidate: Exchange

    def exchange(self, side: Side) -> Exchange:
        """Return the exchange of that side."""
        return self.baseline if side is Side.BASELINE else self.candidate
