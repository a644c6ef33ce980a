"""Facts: a place, what was there, what is there. No fact says whether it matters.

A place is a JSONPath into the exchange seen as one document:
``{"request": {"query", "body"}, "status", "headers", "body", "failure", "elapsed"}``, and where all pages
of a list were read, ``{"pages": [body, ...]}``. Indices of
lists are generic, so ``$.body.tokens[*].type`` is one place for all tokens, and ``seen`` of
``samples`` says in how many of the aligned elements the difference was found.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from harness.exchange import Json, Side
from harness.struct import Struct

ITEM = "*"
"""The segment that stands for every element of a list."""

ABSENT: Final = "is required and absent"
"""How ``detail`` ends where a contract's required property is not there, so that there is no value."""

PACKED_NOTHING: Final = "a gzip file of nothing"
"""What ``detail`` says of a body that came or went and holds nothing but its packing."""

FOLLOWS: Final = "counts the listed elements"
"""What ``detail`` says of a total that differs by the elements that came and went."""

NAMESAKE: Final = "the element has the same name"
"""What ``detail`` says of an element's id that differs where the elements were aligned by their names."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SEGMENT = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\*|\d+)\]|\['((?:[^'\\]|\\.)*)'\]")
_ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@lru_cache(maxsize=4096)
def json_path(*segments: str) -> str:
    """Write segments as a JSONPath: ``("body", "tokens", "*", "a b")`` is ``$.body.tokens[*]['a b']``."""
    return "$" + "".join(map(_written, segments))


@lru_cache(maxsize=4096)
def _written(segment: str) -> str:
    if segment == ITEM:
        return "[*]"
    if _PLAIN.fullmatch(segment):
        return f".{segment}"
    escaped = segment.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escape(escaped)}']"


def escape(text: str) -> str:
    """Write what cannot stand in one line of a terminal or a file as JSON would escape it."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _unescape(match: re.Match[str]) -> str:
    code, character = match.groups()
    return chr(int(code, 16)) if code else character


@lru_cache(maxsize=8192)
def segments(path: str) -> tuple[str, ...]:
    """Read a path that :func:`json_path` wrote; indices come back as :data:`ITEM`.

    Raises:
        ValueError: the text is not such a path (filters, slices, ``..``).
    """
    if not path.startswith("$"):
        raise ValueError(path)
    found, at = [], 1
    while at < len(path):
        match = _SEGMENT.match(path, at)
        if match is None:
            raise ValueError(path)
        name, index, quoted = match.groups()
        if name is not None:
            found.append(name)
        elif index is not None:
            found.append(ITEM)
        else:
            found.append(_ESCAPED.sub(_unescape, quoted))
        at = match.end()
    return tuple(found)


class Kind(StrEnum):
    """What sort of fact a difference is."""

    FAILURE = "failure"
    """One side has a response, the other a failure; or both failed, differently."""
    STATUS = "status"
    """The HTTP statuses differ."""
    REDIRECTED = "redirected"
    """The sides were redirected, and followed, in different ways; the values say how, None: not at all."""
    MEDIA_TYPE = "media-type"
    """The media types of the bodies differ (parameters apart)."""
    HEADER_REMOVED = "header-removed"
    HEADER_ADDED = "header-added"
    HEADER_VALUE = "header-value"
    """The values of a field differ; of ``content-type`` they are the charsets."""
    ANNOUNCED = "announced"
    """An answer says when its API ends; ``side`` says whose, None: both say so."""
    BODY_REMOVED = "body-removed"
    """The baseline has a body, the candidate none."""
    BODY_ADDED = "body-added"
    BODY_INVALID = "body-invalid"
    """A body that says it is JSON is not; ``side`` says whose, None: both."""
    REMOVED = "removed"
    """A property that the baseline has and the candidate has not."""
    ADDED = "added"
    RENAMED = "renamed"
    """A removed and an added property that are one and the same; ``to`` is the new path."""
    TYPE = "type"
    """The JSON types differ, null apart."""
    NULL = "null"
    """One side has null where the other has a value."""
    VALUE = "value"
    """Same JSON type, other value, of the same value class or of none."""
    FORMAT = "format"
    """Two strings of different value classes, such as a UUID and a cuid."""
    INSTANT = "instant"
    """Two timestamps written differently that are the same instant."""
    CASE = "case"
    """Two strings that differ in case only."""
    ELEMENT_REMOVED = "element-removed"
    """List elements, by identity, that only the baseline has."""
    ELEMENT_ADDED = "element-added"
    ORDER = "order"
    """Same elements, other order."""
    KEYS = "keys"
    """The keys of a map have another form; the values are one of each, ``seen`` counts those that went."""
    WRAPPED = "wrapped"
    """The whole body stands in the property ``to``; the values are its JSON type and the names beside it."""
    UNWRAPPED = "unwrapped"
    """What stood in a property of the body is the whole body; the values are those of ``WRAPPED``, turned."""
    LATENCY = "latency"
    """Elapsed seconds of one pair differ by more than a ratio and a floor."""
    LATENCIES = "latencies"
    """The medians of a whole run do; the samples make it sure."""
    BUDGET = "budget"
    """The comparison gave up at this place: too deep or too large. Never the same as equal."""
    UNDOCUMENTED = "undocumented"
    """One side shows a property or status that its own contract does not name."""
    BROKEN = "broken"
    """One side breaks its own contract: a required property is absent, a type or enum is wrong."""
    REQUEST = "request"
    """The candidate's contract does not accept the request that was sent."""
    UNMAPPED = "unmapped"
    """The operation is not in the candidate's contract."""
    ANSWERED = "answered"
    """It is not, and both sides answered it with the same status of success."""
    ACCEPTANCE = "acceptance"
    """An acceptance in the scenario matches nothing any more, or is past its last day."""
    EXPECTATION = "expectation"
    """What the step expects is not there; ``side`` says on which side."""
    ERROR_STATUS = "error-status"
    """An error body's ``statusCode`` is not the HTTP status; ``side`` says whose, None: both."""
    PROBE = "probe"
    """A probe that must be refused was not, or a valid token was refused; ``side`` says where."""
    APPEARED = "appeared"
    """Only the candidate's contract has the operation. What follows are facts about contracts alone."""
    STATUSES = "statuses"
    """Only one contract documents the status; the other side's value is None."""
    PRESENCE = "presence"
    """Both contracts have the property in answers, and one promises it: ``required``, ``optional``."""
    NULLABLE = "nullable"
    """Only one of the contracts allows null in answers; that side's value is None."""
    TYPES = "types"
    """The contracts give different JSON types in answers; the values are names of types."""
    VALUES = "values"
    """The contracts list different values in answers; None lists none, so that any value may come."""
    DEFAULT = "default"
    """The contracts give different defaults for what a request leaves out."""
    RELAXED = "relaxed"
    """The candidate's contract asks less of a request."""
    EXTENDED = "extended"
    """The candidate's contract takes more in a request."""
    WALK = "walk"
    """All pages of a list together have other elements; the values name some that only that side has."""
    OVERLAP = "overlap"
    """Elements, named by the values, stand more than once on the pages of ``side``, None: of both."""
    TOTAL = "total"
    """The total that ``side`` (None: both) states is not the number of elements on all its pages."""
    PAGE_SIZE = "page-size"
    """The first pages have different numbers of elements, and more follow; ``detail``: what was asked for."""
    PAGE_END = "page-end"
    """The page past the last one is answered in different ways; the values are words."""
    UNWALKED = "unwalked"
    """The pages of ``side`` were not all read, or the list changed meanwhile. Never the same as equal."""


class Difference(Struct, frozen=True, kw_only=True):
    """One fact about a pair.

    ``baseline`` and ``candidate`` are JSON values, an example where ``seen`` is more than one; where
    the kind says that a side has nothing there, its value is None. ``example`` is a concrete path
    of such an example, with indices. ``detail`` is a short clause for what values cannot say; of a header
    it is the candidate's value with the baseline's ids in place of its own. ``alike``
    belongs to a removed property: the paths of what was added, or stands in an added object, with the
    same value, and how often. ``present`` belongs to removed and added properties: how many of the
    samples have it on each side; and to list elements: how many each side's lists have.
    """

    kind: Kind
    path: str
    baseline: Json = None
    candidate: Json = None
    seen: int = 1
    samples: int = 1
    to: str = ""
    side: Side | None = None
    example: str = ""
    detail: str = ""
    alike: tuple[tuple[str, int], ...] = ()
    present: tuple[int, int] | None = None
