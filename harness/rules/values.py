"""Types, nulls, values, enums and lists."""

from __future__ import annotations

import re

from harness.difference import Difference, Kind
from harness.exchange import Json
from harness.rules.rule import Check, Circumstances, Rule, Severity, leaf, rule
from harness.values import ValueClass, value_class

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
_VOLATILE = frozenset({"requestId", "traceId", "correlationId"})
_MADE = frozenset(ValueClass) - {ValueClass.TEXT, ValueClass.EMAIL}
_SHORTEST_ID = 6
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9]{6,}")
_WORDS = re.compile(r"([^A-Za-z0-9]+)")
_STRUCTURED = re.compile(r"[./:]")
_OPAQUE = re.compile(r"(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_-]{6,}")


def _volatile(difference: Difference, _: Circumstances) -> bool:
    if leaf(difference.path) in _VOLATILE:
        return True
    values = difference.baseline, difference.candidate
    return all(isinstance(value, str) and value_class(value) is ValueClass.SECRET for value in values)


def _made_by_the_side(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether the value is one that a server makes up for each new resource."""
    old, new = difference.baseline, difference.candidate
    if not circumstances.own or not isinstance(old, str) or not isinstance(new, str):
        return False
    place = circumstances.old_place
    if place is not None and place.schema.enum:
        return False
    if value_class(old) in _MADE or (_OPAQUE.fullmatch(old) and _OPAQUE.fullmatch(new)):
        return True
    return _same_form(old, new)


def _same_form(old: str, new: str) -> bool:
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


def _base(value: Json) -> str:
    scheme, _, rest = value.partition("://") if isinstance(value, str) else ("", "", "")
    # Not `urlsplit`: it refuses some of what servers write.
    return f"{scheme}://{re.split('[/?#]', rest, maxsplit=1)[0]}"


def _link_base(difference: Difference, _: Circumstances) -> bool:
    old = difference.baseline
    return (
        isinstance(old, str)
        and value_class(old) is ValueClass.URL
        and _base(old) != _base(difference.candidate)
    )


def _new_enum_value(difference: Difference, circumstances: Circumstances) -> bool:
    place = circumstances.old_place
    return bool(place and place.schema.enum and difference.candidate not in place.schema.enum)


def _both_nullable(_: Difference, circumstances: Circumstances) -> bool:
    old, new = circumstances.old_place, circumstances.new_place
    return bool(old and new and old.nullable and new.nullable)


RULES: tuple[Rule, ...] = (
    rule(
        "body-type-changed",
        Kind.TYPE,
        Check.RESPONSES,
        _B,
        applies=lambda d, _: d.path == "$.body",
        says="{operation}: the body's JSON type is another one in v1.",
        consequence="Code that reads the body fails.",
        remedy="Read the new form from v1.",
    ),
    rule(
        "type-changed",
        Kind.TYPE,
        Check.RESPONSES,
        _B,
        says="{operation}: {path} is {old} in v1beta1 and {new}, of another JSON type, in v1{count}.",
        consequence="Code that computes with the value fails.",
        remedy="Convert the value, or read the new type.",
    ),
    rule(
        "nullable-variance",
        Kind.NULL,
        Check.RESPONSES,
        _I,
        applies=_both_nullable,
        says="{operation}: {path} is null on one side only{count}; both contracts allow null.",
        consequence="None for clients that keep to the contract.",
        remedy="Handle null.",
    ),
    rule(
        "became-nullable",
        Kind.NULL,
        Check.RESPONSES,
        _B,
        applies=lambda d, _: d.candidate is None,
        says="{operation}: {path} has a value in v1beta1 and is null in v1{count}.",
        consequence="Code that uses the value fails on null.",
        remedy="Handle null.",
    ),
    rule(
        "became-not-nullable",
        Kind.NULL,
        Check.RESPONSES,
        _I,
        says="{operation}: {path} is null in v1beta1 and has a value in v1{count}.",
        consequence="None for most clients.",
        remedy="Nothing to do.",
    ),
    rule(
        "volatile-value",
        (Kind.VALUE, Kind.FORMAT, Kind.CASE),
        Check.BEHAVIOUR,
        _I,
        applies=_volatile,
        says="{operation}: {path} differs, as it does between any two calls.",
        consequence="None.",
        remedy="Nothing to do.",
    ),
    rule(
        "error-message-changed",
        (Kind.VALUE, Kind.CASE, Kind.FORMAT),
        Check.ERRORS,
        _I,
        applies=lambda d, c: c.error and leaf(d.path) == "message",
        says="{operation}: the error's text is another one in v1 ({old} became {new}).",
        consequence="Code that searches the text for words stops finding them.",
        remedy="Branch on the status and on `fieldErrors[].code`, never on the text.",
    ),
    rule(
        "error-status-follows",
        Kind.VALUE,
        Check.ERRORS,
        _I,
        applies=lambda d, c: c.error and d.path == "$.body.statusCode" and c.old_status != c.new_status,
        says="{operation}: the error body's statusCode follows the HTTP status ({old}, then {new}).",
        consequence="None beyond the changed status itself.",
        remedy="See the finding about the status.",
    ),
    rule(
        "error-code-changed",
        (Kind.VALUE, Kind.CASE, Kind.FORMAT),
        Check.ERRORS,
        _B,
        applies=lambda d, c: c.error and leaf(d.path) in {"code", "reason", "statusCode", "field"},
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1{count}.",
        consequence="Code that branches on it takes another branch.",
        remedy="Handle both values until the cutover is done.",
    ),
    rule(
        "value-made-by-side",
        (Kind.VALUE, Kind.INSTANT),
        Check.RESPONSES,
        _I,
        applies=_made_by_the_side,
        says="{operation}: {path} differs because each side made its own resource; the form is the same.",
        consequence="None.",
        remedy="Nothing to do.",
    ),
    rule(
        "time-precision-changed",
        Kind.INSTANT,
        Check.RESPONSES,
        (_P, _I),
        says="{operation}: {path} is the same instant, written {old} by v1beta1 and {new} by v1{count}.",
        consequence="Code that compares timestamps as text, or parses one form only, fails.",
        remedy="Parse timestamps with a library that reads RFC 3339.",
    ),
    rule(
        "enum-case-changed",
        Kind.CASE,
        Check.RESPONSES,
        _B,
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1{count}.",
        consequence="Code that compares the value takes another branch.",
        remedy="Compare without case.",
    ),
    rule(
        "format-changed",
        Kind.FORMAT,
        Check.RESPONSES,
        _B,
        says="{operation}: {path} has another form in v1: {old} became {new}{count}.",
        consequence="Columns, patterns and parsers made for the old form fail.",
        remedy="Make room for the new form.",
    ),
    rule(
        "total-count-changed",
        Kind.VALUE,
        Check.RESPONSES,
        _P,
        applies=lambda d, _: leaf(d.path) in {"totalCount", "total"},
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1.",
        consequence="One of the two shows more than the other: filters or permissions may differ.",
        remedy="Compare the lists element by element; call both sides with the same token.",
    ),
    rule(
        "page-size-changed",
        Kind.VALUE,
        Check.BEHAVIOUR,
        _B,
        applies=lambda d, _: d.path in {"$.body.limit", "$.body.offset"},
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1.",
        consequence="A client that reads one page sees another part of the list.",
        remedy="Send `limit` and `offset` in each call, and read until `totalCount`.",
    ),
    rule(
        "enum-value-added",
        Kind.VALUE,
        Check.RESPONSES,
        (_P, _I),
        applies=_new_enum_value,
        says="{operation}: {path} is {new} in v1{count}, a value that v1beta1 does not have.",
        consequence="A closed list of values in the client refuses it.",
        remedy="Handle unknown values.",
    ),
    rule(
        "link-base-changed",
        Kind.VALUE,
        Check.RESPONSES,
        _P,
        applies=_link_base,
        says="{operation}: the link at {path} points to another place: {old} became {new}{count}.",
        consequence="Clients that follow or store the link, and firewalls that know its host, are affected.",
        remedy="Allow the new host; do not build links by hand.",
    ),
    rule(
        "value-changed",
        Kind.VALUE,
        Check.RESPONSES,
        _P,
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1{count}.",
        consequence="The two versions do not agree about the same thing.",
        remedy="Find out which value is right; call both sides again to rule out a change in between.",
    ),
    rule(
        "list-elements-missing",
        Kind.ELEMENT_REMOVED,
        Check.RESPONSES,
        _P,
        applies=lambda d, _: d.present is not None and not d.present[1],
        says="{operation}: v1beta1 lists elements of {path}, v1's list is empty.",
        consequence="An empty list proves nothing about its elements; the client sees none of them.",
        remedy="Compare the query and the token's permissions; compare where v1 lists something.",
    ),
    rule(
        "list-elements-missing",
        Kind.ELEMENT_REMOVED,
        Check.RESPONSES,
        _B,
        says="{operation}: elements of {path} that v1beta1 lists are not in v1's list{count}.",
        consequence="The client does not see them any more.",
        remedy="Compare the query, the page size and the token's permissions.",
    ),
    rule(
        "list-elements-extra",
        Kind.ELEMENT_ADDED,
        Check.RESPONSES,
        _P,
        says="{operation}: v1 lists elements of {path} that v1beta1 does not{count}.",
        consequence="The client handles things that it never saw before.",
        remedy="Find out why they are listed; filter them where they do harm.",
    ),
    rule(
        "list-order-changed",
        Kind.ORDER,
        Check.RESPONSES,
        _B,
        applies=lambda _, c: c.ordered,
        says="{operation}: the order of {path} is another one, although the request asked for an order.",
        consequence="Code that takes the first or the last element takes another one.",
        remedy="Sort in the client.",
    ),
    rule(
        "list-order-unspecified",
        Kind.ORDER,
        Check.BEHAVIOUR,
        _I,
        says="{operation}: the order of {path} is another one; no order was asked for.",
        consequence="None for clients that do not rely on an order that nobody promised.",
        remedy="Send `sorts` where the order matters.",
    ),
)
