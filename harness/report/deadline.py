"""When v1beta1 ends, and how long that still is from a run.

The vendor's migration guide names the month, January 2027, and no day: the days are counted to its first.
"""

from __future__ import annotations

from datetime import UTC, date
from typing import Final

from harness.origins import moment
from harness.sentences import counted

END: Final = date(2027, 1, 1)
"""The first day of the month in which v1beta1 ends."""


def days_left(started: str) -> int | None:
    """Return the days from the start of a run (RFC 3339) to :data:`END`, in UTC; None where it is no time.

    Zero and less say that the month has begun.
    """
    began = moment(started)
    return None if began is None else (END - began.astimezone(UTC).date()).days


def deadline(started: str) -> str:
    """Say in one sentence when v1beta1 ends and how many days were left when a run started."""
    left = days_left(started)
    if left is None:
        return "v1beta1 ends in January 2027."
    if left <= 0:
        return "v1beta1 ends in January 2027, and this run started after that month began."
    verb = "was" if left == 1 else "were"
    days = f"{counted(left, 'day')} {verb} left to 1 January"
    return f"v1beta1 ends in January 2027: {days} when this run started."
