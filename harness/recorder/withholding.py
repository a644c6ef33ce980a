"""What the redaction could not clean and an independent look finds: it is withheld, not the recording.

A secret that stands there as it is stops the cassette: a rule of the project takes it out, and nothing is
lost. One that is hidden in an encoding that nobody wrote down could never be taken out, and its recording
never be had: of a body with such a secret the length and the hash are kept, of a field or a part of a URL a
placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Final

from harness.exchange import BODY_CUT, Exchange, Failure, FailureKind, Headers, Request, Response
from harness.leaks import LeakCheck
from harness.recorder.storable import cut
from harness.redact import Redactor
from harness.struct import replace

_PARTS = re.compile(r"([/?&=#])")
_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]{1,64}", re.ASCII)
_IN: Final = ", in "
"""Stands in what a leak is before the encodings that it is in."""
_BY_NAME: Final = "the value by the name"
_BODY_CUT: Final = "is packed in a way that nobody can look into; its length and hash are kept"
_BODY_WITHHELD: Final = "has a secret that cannot be taken out; its length and hash are kept"
_REPLACED: Final = "had a secret, and has a placeholder for it"
_NO_REPLAY: Final = f"{_REPLACED}: no replay finds the request"


class HiddenError(Exception):
    """A file has secrets that no rule could reach; ``numbers`` are its exchanges that have them, from 1."""

    def __init__(self, numbers: frozenset[int]) -> None:
        """Take the numbers."""
        super().__init__(f"hidden secrets in exchanges {sorted(numbers)}")
        self.numbers = numbers


def refuse_hidden(written: Path, path: Path, check: LeakCheck, bare: frozenset[int]) -> None:
    """Look through a cassette for what only shows in a file: its own encodings are one more layer.

    Raises:
        HiddenError: some exchanges have a secret of the kind, beside those in ``bare``.
    """
    leaks = [leak for leak in check.written(written, path) if leak.line and _is_coded(leak.what)]
    if leaks:
        # Each exchange is an entry of a list, whose mark is the first of a line.
        lines = written.read_bytes().split(b"\n")
        before = [*accumulate(line.startswith(b"- ") for line in lines)]
        numbers = frozenset(before[leak.line - 1] for leak in leaks) - {0} - bare
        if numbers:
            raise HiddenError(numbers)


def withhold(
    exchange: Exchange, check: LeakCheck, redactor: Redactor, *, all_of_it: bool = False
) -> tuple[Exchange, tuple[str, ...]]:
    """Return an exchange without what could not be cleaned, and what that was, each a clause.

    The same object where there is nothing of the kind. With ``all_of_it`` no body is kept.
    """
    hidden = {part for part, what, _ in check.exchange(exchange) if _is_hidden(exchange, part, what)}
    if all_of_it:
        bodies = {"request body": exchange.request, "response body": exchange.response}
        hidden |= {part for part, message in bodies.items() if message is not None and message.content}
    if not hidden:
        return exchange, ()
    told: list[str] = []
    request, response = exchange.request, exchange.response
    if "method" in hidden:
        request = replace(request, method=redactor.placeholder(request.method))
        told.append(f"its method {_NO_REPLAY}")
    if "URL" in hidden:
        request = replace(request, url=_url(request, check, redactor))
        told.append(f"its URL {_NO_REPLAY}")
    headers, content = _message("request", request.headers, request.content, hidden, check, redactor)
    request = Request(method=request.method, url=request.url, headers=headers, content=content)
    if response is not None:
        headers, content = _message("response", response.headers, response.content, hidden, check, redactor)
        response = replace(response, headers=headers, content=content)
    for part in ("request", "response"):
        if f"{part} headers" in hidden:
            told.append(f"a field of its {part} {_REPLACED}")
        if f"{part} body" in hidden:
            told.append(f"the body of its {part} {_BODY_WITHHELD}")
    return replace(exchange, request=request, response=response), tuple(told)


def lacking(before: Exchange, sealed: Exchange, clean: Exchange) -> Iterator[str]:
    """Yield what a recording lacks of an exchange: as it came, as it can be kept, and clean."""
    for part, old, new in (
        ("request", before.request, sealed.request),
        ("response", before.response, sealed.response),
    ):
        if old is not None and new is not None and old.content and _is_sealed(new):
            yield f"the body of its {part} {_BODY_CUT}"
    if clean.request.method != sealed.request.method:
        yield f"its method {_NO_REPLAY}"


def said(exchange: Exchange, clause: str) -> str:
    """Return the sentence that says of which exchange a clause is."""
    started = f" of {exchange.started}" if exchange.started else ""
    return f"{exchange.request.method} {exchange.request.url}{started}: {clause}."


def _is_sealed(message: Request | Response) -> bool:
    """Whether a body was left out that is packed; one beyond the cap is what the caller asked for."""
    return not message.content and any(
        name == BODY_CUT and " of " in value for name, value in message.headers
    )


def _is_hidden(exchange: Exchange, part: str, what: str) -> bool:
    """Whether a secret is where no rule of a project could reach it."""
    message = exchange.response if part.startswith("response") else exchange.request
    if message is not None and part.endswith("body") and not _is_text(message.content):
        return True
    return _is_coded(what)


def _is_coded(what: str) -> bool:
    """Whether what a leak is says that it is in an encoding; a name may say anything."""
    return _IN in what and not what.startswith(_BY_NAME)


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _message(
    part: str,
    headers: Headers,
    content: bytes,
    hidden: Collection[str],
    check: LeakCheck,
    redactor: Redactor,
) -> tuple[Headers, bytes]:
    if f"{part} headers" in hidden:
        words = [(_word(name, check, redactor), _word(value, check, redactor)) for name, value in headers]
        if _has_secret("\n".join(f"{name}: {value}" for name, value in words), check):
            # They have it only together, or in a way that nobody thought of.
            words = [
                (name if _NAME.fullmatch(name) else redactor.placeholder(name), redactor.placeholder(value))
                for name, value in words
            ]
        headers = tuple(words)
    if f"{part} body" in hidden:
        return (*headers, cut(content)), b""
    return headers, content


def _url(request: Request, check: LeakCheck, redactor: Redactor) -> str:
    """Replace the parts of what is behind the host, or all of it where they only have a secret together."""
    scheme, _, rest = request.url.partition("://")
    host, _, path = rest.partition("/")
    parts = _PARTS.split(path)
    parts[::2] = [_word(part, check, redactor) for part in parts[::2]]
    made = f"{scheme}://{host}/{''.join(parts)}"
    return f"{scheme}://{host}/{redactor.placeholder(path)}" if _has_secret(made, check) else made


def _word(word: str, check: LeakCheck, redactor: Redactor) -> str:
    return redactor.placeholder(word) if _has_secret(word, check) else word


def _has_secret(text: str, check: LeakCheck) -> bool:
    """Whether a text has a secret in any encoding: the message of a failure may be any text."""
    failure = Failure(kind=FailureKind.PROTOCOL, message=text)
    return bool(check.exchange(Exchange(request=Request(method="GET", url=""), failure=failure)))
