"""Secrets that an answer repeats: a name gave them away elsewhere, and none stands beside them there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from harness.exchange import Exchange, Headers, Request, Response
from harness.struct import replace

_WORD: Final = re.compile(rb"[A-Za-z0-9_\-+/.~]{12,}={0,2}")


def without_echoes(raw: Exchange, clean: Exchange, hide: Callable[[str], str]) -> Exchange:
    """Take out of an answer, or of a failure, the values that were taken out of its exchange elsewhere.

    Only such as nobody could take for an ordinary word: at least 12 characters with a digit and a letter.
    """
    found = sorted(_taken_out(raw, clean), key=len, reverse=True)
    response, failure = clean.response, clean.failure
    for word in found:
        value = word.decode("ascii")
        if failure is not None and value in failure.message:
            failure = replace(failure, message=failure.message.replace(value, hide(value)))
        if response is not None and word in response.content:
            content = response.content.replace(word, hide(value).encode())
            response = replace(response, content=content)
        if response is not None and any(value in text for _, text in response.headers):
            headers = tuple((name, text.replace(value, hide(value))) for name, text in response.headers)
            response = replace(response, headers=headers)
    if response is clean.response and failure is clean.failure:
        return clean
    return replace(clean, response=response, failure=failure)


def _taken_out(raw: Exchange, clean: Exchange) -> set[bytes]:
    """Return the words that were in a part of an exchange and are not in it any more."""
    found: set[bytes] = set()
    for old, new in zip(_parts(raw), _parts(clean), strict=True):
        if old is not new and old != new:
            found |= {*_WORD.findall(old)} - {*_WORD.findall(new)}
    return {word for word in found if re.search(rb"[0-9]", word) and re.search(rb"[A-Za-z]", word)}


def _parts(exchange: Exchange) -> Iterator[bytes]:
    """Give URL, header fields and bodies; a segment of a path is a word of its own."""
    messages: list[Request | Response] = [exchange.request]
    yield exchange.request.url.replace("/", " ").encode("utf-8", "replace")
    if exchange.response is not None:
        messages.append(exchange.response)
    for message in messages:
        yield _values(message.headers)
        yield message.content


def _values(headers: Headers) -> bytes:
    return "\n".join(value for _, value in headers).encode("utf-8", "replace")
