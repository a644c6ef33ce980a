"""Secrets that an answer repeats: a name gave them away elsewhere, and none stands beside them there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final
from urllib.parse import unquote

from harness.exchange import Exchange, Headers
from harness.packing import Change, SealedError, repacked
from harness.struct import replace

_WORD: Final = re.compile(rb"[A-Za-z0-9_\-+/.~]{12,}={0,2}")
_ODD: Final = re.compile(rb"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])(?![0-9]{4}-?[0-9]{2}-?[0-9]{2}T[0-9]{2})")
"""The beginning of what has a digit and a letter, and is no time."""
_ID: Final = re.compile(rb'"(?:id|\w*Id|\w*_id)"\s*:\s*"([^"\\]{12,})"')
_ESCAPE: Final = rb"\\[nrtbf]|%[0-9A-Fa-f]{2}"
_RUN: Final = re.compile(rb"(?:" + _ESCAPE + rb")?([A-Za-z0-9_-]+)")
"""What a word is made of, also behind an escape of JSON or of a URL."""
_FEW: Final = 16
"""So many words are looked for one by one; more, among the runs of a text."""
_BEFORE: Final = rb"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf])|(?<=%[0-9A-Fa-f]{2}))"
_BEHIND: Final = rb"(?![A-Za-z0-9_-])"
"""Around a whole word: what is longer is something else."""


def without_echoes(raw: Exchange, clean: Exchange, hide: Callable[[str], str]) -> Exchange:
    """Take out of an answer, or of a failure, the values that were taken out of its exchange elsewhere.

    Only such as nobody could take for an ordinary word: at least 12 characters with a digit and a letter.
    What the request still shows, or the answer calls an id, is no secret: later steps ask by it.
    """
    words = sorted(_taken_out(raw, clean), key=len, reverse=True)
    if not words:
        return clean
    response, failure, change = clean.response, clean.failure, partial(_hidden, words, hide)
    if failure is not None and (message := _hidden_text(failure.message, change)) != failure.message:
        failure = replace(failure, message=message)
    if response is not None:
        headers = tuple((name, _hidden_text(text, change)) for name, text in response.headers)
        content = _changed(response.content, change)
        if headers != response.headers or content != response.content:
            response = replace(response, headers=headers, content=content)
    if response is clean.response and failure is clean.failure:
        return clean
    return replace(clean, response=response, failure=failure)


def _hidden(words: Iterable[bytes], hide: Callable[[str], str], content: bytes) -> bytes:
    """Replace words by their placeholders; the same object where there is none."""
    for word in _standing(words, content):
        placeholder = hide(word.decode("ascii")).encode()
        content = _whole(word).sub(placeholder, content)
    return content


def _whole(word: bytes) -> re.Pattern[bytes]:
    return re.compile(_BEFORE + re.escape(word) + _BEHIND)


def _standing(words: Iterable[bytes], content: bytes) -> list[bytes]:
    """Return those of the words that a text has, also as a part of longer ones."""
    left = list(words)
    if len(left) > _FEW:
        runs = _runs(content)
        left = [word for word in left if all(run in runs for run in _RUN.findall(word))]
    return [word for word in left if word in content]


def _runs(content: bytes) -> Counter[bytes]:
    return Counter(_RUN.findall(content))


def _hidden_text(text: str, change: Change) -> str:
    return change(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def _changed(content: bytes, change: Change) -> bytes:
    """Change a body, packed or not; what cannot be unpacked stays."""
    try:
        return repacked(content, change)
    except SealedError:
        return content


def _taken_out(raw: Exchange, clean: Exchange) -> set[bytes]:
    """Return the words that stand less often in a part of an exchange than they did."""
    found: set[bytes] = set()
    parts = [*_parts(clean)]
    for old, new in zip(_parts(raw), parts, strict=True):
        if old != new:
            gone = Counter(_WORD.findall(old)) - Counter(_WORD.findall(new))
            # What is only spelled otherwise, or has other neighbours, is still there.
            runs = _runs(old) - _runs(new)
            found |= {
                word for word in gone if _ODD.match(word) and not runs.keys().isdisjoint(_RUN.findall(word))
            }
    asked = b"\n".join(parts[:_OF_REQUEST])
    found.difference_update([word for word in _standing(found, asked) if _whole(word).search(asked)])
    if clean.response is not None and _standing(found, parts[-1]):
        found.difference_update(_ID.findall(parts[-1]))
    return found


_OF_REQUEST: Final = 3
"""The first parts are those of the request."""


def _parts(exchange: Exchange) -> Iterator[bytes]:
    """Give URL, header fields and bodies; a segment of a path is a word of its own."""
    yield unquote(exchange.request.url.replace("/", " ")).encode("utf-8", "replace")
    yield from _message(exchange.request.headers, exchange.request.content)
    if exchange.response is not None:
        yield from _message(exchange.response.headers, exchange.response.content)


def _message(headers: Headers, content: bytes) -> Iterator[bytes]:
    yield "\n".join(value for _, value in headers).encode("utf-8", "replace")
    leaves: list[bytes] = []

    def read(leaf: bytes) -> bytes:
        leaves.append(leaf)
        return leaf

    _changed(content, read)
    yield b"\n".join(leaves)
