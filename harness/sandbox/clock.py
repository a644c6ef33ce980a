"""The sandbox's own time and chance: both depend on nothing but a seed and the requests made.

Two sides call the sandbox at the same moment, and which request arrives first is luck. So each API
version has its own time and its own counts, and a side's answers do not depend on the other's pace.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import UTC, datetime, timedelta
from typing import Final

from harness.struct import Struct, field

START: Final = datetime(2026, 9, 1, 8, 0, 0, tzinfo=UTC)
"""When the sandbox's time begins, unless told otherwise."""

_BASE36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_SLOTS: Final = 4096


def timestamp(moment: datetime) -> str:
    """Return RFC 3339 in UTC with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """Read an RFC 3339 timestamp.

    Raises:
        ValueError: The text is not a timestamp with a zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or "T" not in text.upper():
        what = f"not an RFC 3339 timestamp: {text}"
        raise ValueError(what)
    return moment


class Clock(Struct, kw_only=True):
    """A time for each API version that moves on by ``step`` with each of its requests.

    A test holds the clock that it gave to ``create_app`` and moves it with :meth:`advance`.
    """

    start: datetime = START
    step: timedelta = timedelta(seconds=1)
    _now: dict[str, datetime] = field(default_factory=dict)

    def tick(self, version: str) -> datetime:
        """Move the version's time on by one step and return it."""
        self._now[version] = self._now.get(version, self.start) + self.step
        return self._now[version]

    def overtake(self, version: str, moment: datetime) -> datetime:
        """Move the version's time on until it is past a moment of another version's time; return it.

        Without this, a resource made through one version could be changed before it was made.
        """
        self._now[version] = max(self._now.get(version, self.start), moment + self.step)
        return self._now[version]

    def advance(self, seconds: float) -> None:
        """Move the time of every version on."""
        self.start += timedelta(seconds=seconds)
        for version in self._now:
            self._now[version] += timedelta(seconds=seconds)


class Chance:
    """Ids and secrets that look random and are the same for the same seed and requests.

    A value comes from its source (an API version), from what it is for (the parts), and from how often
    that was asked before. So one scenario recorded again gets the ids it had, whatever else ran before
    it. The counts live in a fixed number of slots: memory stays flat however many requests arrive.
    """

    def __init__(self, seed: int) -> None:
        """Start counting at zero."""
        self._seed = seed
        self._counts: dict[str, list[int]] = {}

    def id(self, source: str, *parts: str) -> str:
        """Return an id of 25 characters in the form of a cuid."""
        number = int(self._draw(source, parts), 16)
        digits = []
        for _ in range(23):
            number, digit = divmod(number, 36)
            digits.append(_BASE36[digit])
        return "cm" + "".join(digits)

    def secret(self, source: str, *parts: str) -> str:
        """Return a token's secret. It says what it is, so that nobody takes it for a real one."""
        return f"sandbox-secret-{self._draw(source, parts)[:32]}"

    def number(self, below: int, source: str, *parts: str) -> int:
        """Return a number from 0 up to, not including, ``below``."""
        return int(self._draw(source, parts), 16) % below

    def _draw(self, source: str, parts: tuple[str, ...]) -> str:
        # A name may hold what is no valid UTF-8, as JSON can escape half a character.
        key = "\x1f".join((str(self._seed), source, *parts)).encode("utf-8", "surrogatepass")
        counts = self._counts.setdefault(source, [0] * _SLOTS)
        slot = zlib.crc32(key) % _SLOTS
        counts[slot] += 1
        return hashlib.sha256(key + b"\x1f%d" % counts[slot]).hexdigest()
