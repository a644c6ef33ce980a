"""What can be said of single JSON values: their type, their class, and whether two are the same.

A value class is the form of a string that a caller's code depends on: an id of one form that becomes an
id of another form breaks a column or a pattern, while another id of the same form does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from harness.exchange import Json


class ValueClass(StrEnum):
    """The recognised forms of strings; ``text`` is everything else."""

    TEXT = "text"
    UUID = "UUID"
    CUID = "cuid"
    """The vendor's ids: a ``c`` and 24 lower-case letters and digits."""
    TIMESTAMP = "timestamp"
    DATE = "date"
    URL = "URL"
    EMAIL = "e-mail address"
    CIDR = "IP range"
    IP = "IP address"
    JWT = "JWT"
    SECRET = "redacted secret"  # noqa: S105 - the name of a class, not a secret


_CLASSES: tuple[tuple[ValueClass, re.Pattern[str]], ...] = (
    (ValueClass.CUID, re.compile(r"c[a-z0-9]{24}")),
    (ValueClass.UUID, re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    (
        ValueClass.TIMESTAMP,
        re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?"),
    ),
    (ValueClass.DATE, re.compile(r"\d{4}-\d\d-\d\d")),
    (ValueClass.URL, re.compile(r"[a-z][a-z0-9+.-]*://\S+")),
    (ValueClass.SECRET, re.compile(r"REDACTED-[0-9a-f]{8}|\[[A-Z][A-Z0-9_]*\]")),
    (ValueClass.EMAIL, re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")),
    (ValueClass.CIDR, re.compile(r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}")),
    (ValueClass.IP, re.compile(r"\d{1,3}(\.\d{1,3}){3}")),
    (ValueClass.JWT, re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")),
)


_MADE = frozenset(ValueClass) - {ValueClass.TEXT, ValueClass.EMAIL, ValueClass.CIDR}
_SHORTEST_ID = 6
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9]{6,}")
_NUMBER = re.compile(r"[0-9]{4,}")
_WORDS = re.compile(r"([^A-Za-z0-9]+)")
_STRUCTURED = re.compile(r"[./:]")
_OPAQUE = re.compile(r"(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_-]{6,}")
# The digits of a time, also those of a fraction, which servers cut where they are zeros.
_TIME = re.compile(r"\.?[0-9]+")
_FRACTION = re.compile(r"\.(\d+)")
# Digits that servers cut a second's fraction to; other numbers of them are what is left without zeros.
_PRECISIONS = (0, 3, 6)


def value_class(text: str) -> ValueClass:
    """Return the class of a string; the whole string must have the form."""
    if len(text) <= 2048:
        for found, pattern in _CLASSES:
            if pattern.fullmatch(text):
                return found
    return ValueClass.TEXT


def type_name(value: Json) -> str:
    """Return the JSON type: null, boolean, number, string, array or object."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def instant(text: str) -> datetime | None:
    """Read a timestamp; one without an offset is taken as UTC. None where it is not one."""
    if value_class(text) is not ValueClass.TIMESTAMP:
        return None
    try:
        # Python reads at most six digits of a second's fraction; the rest cannot make another instant here.
        read = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text.upper()))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def same_instant(old: str, new: str) -> bool:
    """Whether both are timestamps of one instant, however they are written; one may be cut, as to ms."""
    if not (old[:1].isdigit() and new[:1].isdigit()):
        return False
    first, second = instant(old), instant(new)
    if first is None or second is None:
        return False
    return first == second or _is_cut((_fraction(old), first), (_fraction(new), second))


def _is_cut(*times: tuple[str, datetime]) -> bool:
    """Whether the less precise one of two timestamps, with their fractions, is the beginning of the other."""
    (shorter, cut), (longer, whole) = sorted(times, key=lambda each: len(each[0]))
    if len(shorter) not in _PRECISIONS or not longer.startswith(shorter):
        return False
    return timedelta(0) <= whole - cut < timedelta(microseconds=10 ** (6 - len(shorter)))


def _fraction(text: str) -> str:
    found = _FRACTION.search(text)
    return found[1] if found else ""


def looks_made(old: str, new: str, *, identifies: bool = False) -> bool:
    """Whether two texts are what a server makes up for each new resource: ids, times, tokens, own hosts.

    ``identifies``: their name says that they are ids, which may then be of any form.
    """
    found = value_class(old)
    if found is ValueClass.URL:
        return same_form(link_base(old), link_base(new))
    if found in (ValueClass.TIMESTAMP, ValueClass.DATE):
        return _TIME.sub("", old) == _TIME.sub("", new)
    if found in _MADE:
        return True
    if _OPAQUE.fullmatch(old) and _OPAQUE.fullmatch(new) and (identifies or (_is_odd(old) and _is_odd(new))):
        return True
    return same_form(old, new)


def _is_odd(text: str) -> bool:
    """Whether a word of it is no word of a language: ``us-east-1`` and ``n2-standard-4`` have none."""
    return any(_MIXED.fullmatch(word) or _NUMBER.fullmatch(word) for word in _WORDS.split(text))


def same_form(old: str, new: str) -> bool:
    """Whether two texts differ only in words that look made up: in a host name, or a link without scheme.

    A word is made up if it mixes letters and digits; or if it is as long on the other side and one of the two
    has a digit, or stands in a text with dots or slashes: a short id may happen to have no digit or letter.
    """
    before, after = _WORDS.split(old), _WORDS.split(new)
    if len(before) != len(after):
        return False
    structured = bool(_STRUCTURED.search(old)) and " " not in old
    for first, second in zip(before, after, strict=True):
        if first == second:
            continue
        mixed = bool(_MIXED.fullmatch(first) and _MIXED.fullmatch(second))
        telling = structured or any(letter.isdigit() for letter in first + second)
        alike = len(first) == len(second) >= _SHORTEST_ID and first.isalnum() and second.isalnum()
        if not (mixed or (alike and telling)):
            return False
    return True


def link_base(value: Json) -> str:
    """Return scheme and host of a URL; ``://`` of what is none."""
    scheme, _, rest = value.partition("://") if isinstance(value, str) else ("", "", "")
    # Not `urlsplit`: it refuses some of what servers write.
    return f"{scheme}://{re.split('[/?#]', rest, maxsplit=1)[0]}"


class Correspondence:
    """Values that differ between the sides by construction, mapped onto each other.

    Each side makes its own resources, so an id captured on the baseline corresponds to the id captured
    at the same place on the candidate, wherever either turns up later.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        """Take (baseline value, candidate value) pairs; equal and empty ones say nothing and are dropped."""
        self._to_old = {new: old for old, new in pairs if old != new and old and new}
        self._to_new = {old: new for new, old in self._to_old.items()}
        # Longest first: an id that contains another value must win over it.
        wanted = sorted(self._to_old, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, wanted))) if wanted else None

    def __bool__(self) -> bool:
        """Whether there is any pair."""
        return self._pattern is not None

    def to_baseline(self, value: Json) -> Json:
        """Return a candidate's value as the baseline would say it, also inside longer strings."""
        if self._pattern is None or not isinstance(value, str):
            return value
        return self._pattern.sub(lambda match: self._to_old[match[0]], value)

    def same(self, old: Json, new: Json) -> bool:
        """Whether two scalars are the same: equal, of one JSON type and spelling, or corresponding."""
        if type(old) is not type(new):
            return False
        # A NaN is not equal to itself; the bodies of exchanges have none.
        if old == new or (old != old and new != new):  # noqa: PLR0124
            return True
        return isinstance(old, str) and self._pattern is not None and self.to_baseline(new) == old
