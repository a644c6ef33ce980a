"""How an API announces its end: the header fields Deprecation (RFC 9745) and Sunset (RFC 8594).

``Deprecation: @1767225600`` is a date of structured fields: seconds since 1970. ``Sunset`` is an HTTP-date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

FIELDS: Final = ("deprecation", "sunset")
"""The names of the header fields."""

WANTED: Final = {
    "deprecation": "RFC 9745 wants `@` and seconds since 1970",
    "sunset": "RFC 8594 wants a date such as `Sun, 31 Jan 2027 00:00:00 GMT`",
}
"""What must stand in each of them, as a clause."""

_STRUCTURED = re.compile(r"@(-?[0-9]{1,15})")
_HTTP_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)


def read_announcement(name: str, value: str) -> datetime | None:
    """Read the value of one of the :data:`FIELDS` as a time in UTC; None where it is malformed."""
    text = value.strip()
    try:
        if name == "deprecation":
            found = _STRUCTURED.fullmatch(text)
            return datetime.fromtimestamp(int(found[1]), UTC) if found else None
        return parsedate_to_datetime(text).astimezone(UTC) if _HTTP_DATE.fullmatch(text) else None
    except (ValueError, OverflowError, OSError):
        return None
