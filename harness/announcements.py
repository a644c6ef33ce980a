"""How an API announces its end: the header fields Deprecation (RFC 9745) and Sunset (RFC 8594).

``Deprecation: @1767225600`` is a date of structured fields: seconds since 1970. ``Sunset`` is an HTTP-date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

FIELDS: Final = ("deprecation", "sunset")
"""The names of the header fields."""

WANTED: Final = {
    "deprecation": "RFC 9745 wants `@` and seconds since 1970",
    "sunset": "RFC 8594 wants a date such as `Sun, 31 Jan 2027 00:00:00 GMT`",
}
"""What must stand in each of them, as a clause."""

# An item of structured fields may have parameters, which mean nothing here (RFC 9651, section 3.1.2).
_STRUCTURED = re.compile(r"@(-?[0-9]{1,15})(?:;.*)?")
_HTTP_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAP_SECOND: Final = 60


def read_announcement(name: str, value: str) -> datetime | None:
    """Read the value of one of the :data:`FIELDS` as a time in UTC; None where it is malformed."""
    text = value.strip()
    try:
        if name == "deprecation":
            found = _STRUCTURED.fullmatch(text)
            return datetime.fromtimestamp(int(found[1]), UTC) if found else None
        return _http_date(text)
    except (ValueError, OverflowError, OSError):
        return None


def _http_date(text: str) -> datetime | None:
    """Read a date as HTTP has it (RFC 9110, section 5.6.7), where a minute may have a second more."""
    found = _HTTP_DATE.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second = found.groups()
    leap = int(second) == _LEAP_SECOND
    moment = datetime(
        int(year),
        _MONTHS.index(month) + 1,
        int(day),
        int(hour),
        int(minute),
        int(second) - leap,
        tzinfo=UTC,
    )
    return moment + timedelta(seconds=leap)
