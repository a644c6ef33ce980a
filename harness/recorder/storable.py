"""What of an exchange goes into a cassette: bodies up to a size, and nothing that no file could hold."""

from __future__ import annotations

import math
import re
from hashlib import sha256
from itertools import chain

from harness.exchange import BODY_CUT, Exchange, Failure, Headers, Request, Response
from harness.packing import sealed
from harness.struct import replace

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def storable(exchange: Exchange, most: int) -> Exchange:
    """Return an exchange as it can be kept; the same one where nothing needs to be changed.

    A body of more than ``most`` bytes is left out, and so is a packed file that cannot be unpacked: nobody
    could take the secrets out of it. Halves of characters, which other tools make of bytes that are no text,
    become escapes, and so do line breaks in methods and URLs; a time that is no number is none.
    """
    request = _request(exchange.request, most)
    response = None if exchange.response is None else _response(exchange.response, most)
    failure = None if exchange.failure is None else _failure(exchange.failure)
    started = _text(exchange.started)
    elapsed = exchange.elapsed if math.isfinite(exchange.elapsed) else 0.0
    if (
        request is exchange.request
        and response is exchange.response
        and failure is exchange.failure
        and started is exchange.started
        and elapsed == exchange.elapsed
    ):
        return exchange
    return replace(
        exchange, request=request, response=response, failure=failure, started=started, elapsed=elapsed
    )


def cut(content: bytes, coding: str = "") -> tuple[str, str]:
    """Return the field that stands for a body that is not kept; ``coding`` as for :func:`cut_field`."""
    return cut_field(len(content), sha256(content).hexdigest(), coding)


def cut_field(length: int, digest: str, coding: str = "") -> tuple[str, str]:
    """Return the field that stands for a body that is not kept; ``digest`` is the hex of its SHA-256.

    ``coding`` is the content coding of the bytes that were counted; empty where it was undone before.
    """
    of = f" of {coding}" if coding else ""
    return BODY_CUT, f"{length} bytes{of}, sha256 {digest}"


def without_bodies(exchange: Exchange, *, request: bool, response: bool) -> Exchange:
    """Say in the header fields that the file an exchange was captured in does not hold its bodies."""
    field = BODY_CUT, "not in the captured file"
    sent, answer = exchange.request, exchange.response
    if request:
        sent = replace(sent, headers=(*sent.headers, field))
    if response and answer is not None:
        answer = replace(answer, headers=(*answer.headers, field))
    return replace(exchange, request=sent, response=answer) if request or response else exchange


def _request(request: Request, most: int) -> Request:
    method, url = _line(request.method), _line(request.url)
    headers, content = _message(request.headers, request.content, most)
    if method is request.method and url is request.url and headers is request.headers:
        return request
    return Request(method=method, url=url, headers=headers, content=content)


def _response(response: Response, most: int) -> Response:
    headers, content = _message(response.headers, response.content, most)
    return response if headers is response.headers else replace(response, headers=headers, content=content)


def _failure(failure: Failure) -> Failure:
    message = _text(failure.message)
    return failure if message is failure.message else Failure(kind=failure.kind, message=message)


def _message(headers: Headers, content: bytes, most: int) -> tuple[Headers, bytes]:
    if not "".join(chain.from_iterable(headers)).isascii():
        texts = tuple((_text(name), _text(value)) for name, value in headers)
        headers = headers if texts == headers else texts
    packing = sealed(content)
    if len(content) <= most and not packing:
        return headers, content
    return (*headers, cut(content, packing)), b""


def _text(text: str) -> str:
    return text if _is_text(text) else text.encode("utf-8", "backslashreplace").decode()


def _line(text: str) -> str:
    """Write what controls as escapes: a cassette has methods and URLs on a line each."""
    text = _text(text)
    return text if text.isprintable() else _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _is_text(text: str) -> bool:
    """Whether there are only whole characters in it."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
