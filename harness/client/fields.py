"""What a request may hold, and how a mistake in it is told: without a secret, on one line."""

from __future__ import annotations

import re

from harness.errors import Problem, TargetError
from harness.exchange import Request
from harness.redact import Redactor

_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"(?:[^\x00-\x20\x7f](?:[^\x00-\x08\x0a-\x1f\x7f]*[^\x00-\x20\x7f])?)?")
_LONGEST_MESSAGE = 300
_REDACTOR = Redactor()


def check_fields(request: Request) -> None:
    """Refuse header fields that HTTP does not allow.

    Raises:
        TargetError: a name or value is not allowed; the value may be a secret and is not shown.
    """
    for name, value in request.headers:
        if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            what = f"the header field {name!r} cannot be sent: HTTP does not allow such a name or value"
            raise TargetError(Problem(where=where(request.method, request.url), what=what))


def where(method: str, url: str) -> str:
    """Name a call in a message."""
    return _one_line(f"{method} {_REDACTOR.url(url)}")


def said_by(error: Exception) -> str:
    """Return the text of an error that may quote what a peer sent."""
    return _REDACTOR.text(_one_line(str(error)))


def _one_line(text: str) -> str:
    """Drop what a terminal would obey from what a peer may have sent, and bound it."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:_LONGEST_MESSAGE]
