"""Headers: what clients act on, and what only says how a message travelled."""

from __future__ import annotations

import re

from harness.difference import Difference, Kind
from harness.exchange import Json, Side
from harness.rules.rule import Check, Circumstances, Rule, Severity, leaf, rule

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
_MEANINGFUL = frozenset({"link", "location", "retry-after", "allow"})
_REQUEST_IDS = frozenset({"request-id", "x-correlation-id", "x-request-id"})
_CACHING = frozenset({"cache-control", "etag", "expires", "last-modified"})
_LIMITS = ("ratelimit", "x-ratelimit", "x-rate-limit")
_COUNTING = ("remaining", "reset", "used")
_BASES = ("/iam/v1beta1/", "/platform/v1beta1/", "/v1/")
"""What the base URLs of the versions end in."""

_LINKED = re.compile(r"<(?:\w+(:))?[^<>?#]*?/(?:(?:iam|platform)/v1beta1|v1)/")
"""The beginning of a target of a `link` header, up to the end of the base URL; a colon, if absolute."""


def _is_limit(difference: Difference, _: Circumstances) -> bool:
    """Whether it is about a limit of calls, or how long to wait; not about how many are left."""
    name = leaf(difference.path)
    if difference.kind is Kind.HEADER_VALUE and (name.endswith(_COUNTING) or name == "ratelimit"):
        return False
    return name.startswith(_LIMITS) or name == "retry-after"


def _is_absolute(value: Json) -> bool:
    return "://" in str(value).partition("?")[0]


def _location_style(difference: Difference, _: Circumstances) -> bool:
    if leaf(difference.path) != "location":
        return False
    if difference.kind is Kind.HEADER_REMOVED:
        return True
    return _is_absolute(difference.baseline) != _is_absolute(difference.candidate)


def _below_base(value: Json) -> str:
    """Return the part of a link that does not name the version of the API."""
    path = str(value)
    return next((path.partition(base)[2] for base in _BASES if base in path), path)


def _meaningful(difference: Difference, circumstances: Circumstances) -> bool:
    name = leaf(difference.path)
    if name == "link":
        old, new = str(difference.baseline), str(difference.detail or difference.candidate)
        return _LINKED.sub(r"<\1", old) != _LINKED.sub(r"<\1", new)
    if name == "location":
        # Of resources that each side made for itself, the links name two ids.
        old, new = _below_base(difference.baseline), _below_base(difference.detail or difference.candidate)
        return old != new and not (circumstances.own and old.count("/") == new.count("/"))
    return name in _MEANINGFUL


RULES: tuple[Rule, ...] = (
    rule(
        "deprecation-announced-already",
        Kind.ANNOUNCED,
        Check.BEHAVIOUR,
        _I,
        applies=lambda d, _: d.side is Side.BASELINE,
        says="{operation}: v1beta1 announces its end with {path}: {old} ({detail}); v1 does not.",
        consequence="It is the last day by which callers must have moved.",
        remedy="Plan the cutover before it.",
    ),
    rule(
        "request-id-lost",
        Kind.HEADER_REMOVED,
        Check.BEHAVIOUR,
        (_P, _I),
        applies=lambda d, _: leaf(d.path) in _REQUEST_IDS,
        says="{operation}: v1beta1 names the call in {path}, v1 does not.",
        consequence="Nothing in a log tells the vendor's support which call is meant.",
        remedy="Log the requestId of the error body, and the time of the call.",
    ),
    rule(
        "content-encoding-changed",
        (Kind.HEADER_REMOVED, Kind.HEADER_ADDED, Kind.HEADER_VALUE),
        Check.RESPONSES,
        _I,
        applies=lambda d, _: leaf(d.path) == "content-encoding",
        says="{operation}: the body is packed otherwise: {path} is {old} in v1beta1 and {new} in v1.",
        consequence="None for clients that unpack what the header names; code that unpacks by itself fails.",
        remedy="Leave the unpacking to the HTTP client.",
    ),
    rule(
        "charset-changed",
        Kind.HEADER_VALUE,
        Check.RESPONSES,
        (_P, _I),
        applies=lambda d, _: leaf(d.path) == "content-type",
        says="{operation}: the charset of the body is {old} in v1beta1 and {new} in v1.",
        consequence="Letters beyond ASCII are read as others where the client has one charset built in.",
        remedy="Decode the body by the charset that {path} names.",
    ),
    rule(
        "www-authenticate-changed",
        (Kind.HEADER_REMOVED, Kind.HEADER_ADDED, Kind.HEADER_VALUE),
        Check.AUTH,
        (_P, _I),
        applies=lambda d, _: leaf(d.path) == "www-authenticate",
        says="{operation}: the header {path} is {old} in v1beta1 and {new} in v1.",
        consequence="A client that reads from it how to authenticate does not, or does so in another way.",
        remedy="Send the bearer token with each call, unasked.",
    ),
    rule(
        "location-style-changed",
        (Kind.HEADER_REMOVED, Kind.HEADER_VALUE),
        Check.BEHAVIOUR,
        _P,
        applies=_location_style,
        says="{operation}: the header {path} is {old} in v1beta1 and {new} in v1.",
        consequence="Code that follows it, or cuts the id out of it, fails.",
        remedy="Resolve it against the URL of the request; take ids from the body.",
    ),
    rule(
        "rate-limit-changed",
        (Kind.HEADER_REMOVED, Kind.HEADER_VALUE),
        Check.BEHAVIOUR,
        (_P, _I),
        applies=_is_limit,
        says="{operation}: the limit of calls in {path} is {old} in v1beta1 and {new} in v1.",
        consequence="A client that paces itself by it calls too fast or too slowly.",
        remedy="Back off on 429 whatever the headers say.",
    ),
    rule(
        "caching-changed",
        Kind.HEADER_REMOVED,
        Check.BEHAVIOUR,
        (_P, _I),
        applies=lambda d, _: leaf(d.path) in _CACHING,
        says="{operation}: v1beta1 says with {path} how its answer may be kept, v1 does not.",
        consequence="Conditional requests and caches do not work, or keep what is stale.",
        remedy="Read the resource again where its age matters.",
    ),
    rule(
        "caching-changed",
        Kind.HEADER_VALUE,
        Check.BEHAVIOUR,
        (_P, _I),
        applies=lambda d, _: leaf(d.path) == "cache-control",
        says="{operation}: the header {path} is {old} in v1beta1 and {new} in v1.",
        consequence="A cache keeps the answer longer than before, or not at all.",
        remedy="Read the resource again where its age matters.",
    ),
    rule(
        "set-cookie-added",
        Kind.HEADER_ADDED,
        Check.BEHAVIOUR,
        (_P, _I),
        applies=lambda d, _: leaf(d.path) == "set-cookie",
        says="{operation}: v1 sets cookies that v1beta1 does not: {new}.",
        consequence="A client that keeps cookies may carry state from one call, or one token, to the next.",
        remedy="Turn cookies off in the client; a bearer token needs none.",
    ),
    rule(
        "header-removed",
        Kind.HEADER_REMOVED,
        Check.BEHAVIOUR,
        (_P, _I),
        says="{operation}: v1beta1 answers with the header {path}, v1 does not.",
        consequence="Code that reads the header gets nothing.",
        remedy="Stop reading it, or treat it as optional.",
    ),
    rule(
        "deprecation-announced",
        Kind.ANNOUNCED,
        Check.BEHAVIOUR,
        _P,
        says="{operation}: v1 itself announces an end with {path}: {new} ({detail}).",
        consequence="The new endpoint will go too.",
        remedy="Read the announcement before building on it.",
    ),
    rule(
        "header-added",
        Kind.HEADER_ADDED,
        Check.BEHAVIOUR,
        _I,
        says="{operation}: v1 answers with the header {path} as well.",
        consequence="None.",
        remedy="Nothing to do.",
    ),
    rule(
        "header-changed",
        Kind.HEADER_VALUE,
        Check.BEHAVIOUR,
        (_P, _I),
        applies=_meaningful,
        says="{operation}: the header {path} is {old} in v1beta1 and {new} in v1.",
        consequence="Clients act on this header.",
        remedy="Check what the client does with it.",
    ),
    rule(
        "header-value-varied",
        Kind.HEADER_VALUE,
        Check.BEHAVIOUR,
        _I,
        says="{operation}: the header {path} is {old} in v1beta1 and {new} in v1.",
        consequence="None for most clients.",
        remedy="Nothing to do unless the client reads it.",
    ),
)
"""Rules of headers; what no other one speaks of was removed, added, or has another value."""
