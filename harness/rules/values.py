"""Types, nulls, values, enums and lists."""

from __future__ import annotations

import re

from harness.difference import NAMESAKE, Difference, Kind
from harness.exchange import Json
from harness.rules.rule import Check, Circumstances, Rule, Severity, leaf, rule
from harness.values import ValueClass, link_base, looks_made, value_class

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
_VOLATILE = frozenset({"requestId", "traceId", "correlationId"})
_EXACT = 2**53
"""The largest integer up to which a floating-point number holds each one."""

_LONGEST_ID = 255
_SIGN = re.compile(r"[_-]")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]+")
_PROSE = frozenset({"detail", "helpText", "hint", "message", "warning"})
_CURSORS = frozenset({"cursor", "nextCursor", "nextPageToken", "nextToken", "pageToken"})


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
    told = circumstances.told()
    if (old, new) in told.chosen:
        return True  # each side was told its own, and says just that
    if old in told.alike:
        return False  # both sides were told the value: neither made it
    return looks_made(old, new, identifies=_is_id(leaf(difference.path)))


def _written_otherwise(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether each side writes a time of its own in another way."""
    values = difference.baseline, difference.candidate
    times = all(isinstance(each, str) and value_class(each) is ValueClass.TIMESTAMP for each in values)
    return circumstances.own and times and not looks_made(str(values[0]), str(values[1]))


def _link_base(difference: Difference, _: Circumstances) -> bool:
    old = difference.baseline
    return (
        isinstance(old, str)
        and value_class(old) is ValueClass.URL
        and link_base(old) != link_base(difference.candidate)
    )


def _new_enum_value(difference: Difference, circumstances: Circumstances) -> bool:
    place = circumstances.old_place
    return bool(place and place.schema.enum and difference.candidate not in place.schema.enum)


def _opaque(difference: Difference) -> bool:
    """Whether it is an id or a cursor: a text without blanks, of no form that is known."""
    name = leaf(difference.path)
    values = difference.baseline, difference.candidate
    return (_is_id(name) or name in _CURSORS) and all(
        isinstance(value, str) and " " not in value and value_class(value) is ValueClass.TEXT
        for value in values
    )


def _built_otherwise(difference: Difference) -> bool:
    """Whether two ids have another length, or another prefix before their first ``_`` or ``-``."""
    old, new = str(difference.baseline), str(difference.candidate)
    prefixes = [_SIGN.split(text, maxsplit=1)[:-1] for text in (old, new)]
    return len(old) != len(new) or prefixes[0] != prefixes[1]


def _is_constant(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether a text is one of a few: a contract lists them, or one side writes it in capitals."""
    places = circumstances.old_place, circumstances.new_place
    if any(place and place.schema.enum for place in places):
        return True
    return any(_CONSTANT.fullmatch(str(value)) for value in (difference.baseline, difference.candidate))


def _other_constant(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether v1beta1's contract has this one value at the place, and v1's does not list others beside it."""
    old, new = circumstances.old_place, circumstances.new_place
    constant = old is not None and old.schema.enum == (difference.baseline,)
    return constant and not (new and len(new.schema.enum) > 1)


def _beyond_bound(difference: Difference, circumstances: Circumstances) -> bool:
    place, value = circumstances.old_place, difference.candidate
    if place is None or isinstance(value, bool):
        return False
    schema = place.schema
    if isinstance(value, str):
        return schema.max_length is not None and len(value) > schema.max_length
    if not isinstance(value, int | float):
        return False
    low, high = schema.minimum, schema.maximum
    return (high is not None and value > high) or (low is not None and value < low)


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_fraction(value: Json) -> bool:
    return isinstance(value, float)


def _is_imprecise(value: Json) -> bool:
    return isinstance(value, int) and abs(value) > _EXACT


def _is_generalized(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether an integer became a number with a fraction.

    A number may be whole by chance: the same number, or v1beta1's contract, proves that it was one.
    """
    old, new, place = difference.baseline, difference.candidate, circumstances.old_place
    if not _is_whole(old) or not _is_fraction(new):
        return False
    types = place.schema.types if place else ()
    return "number" not in types and (old == new or "integer" in types)


def _id_written_out(difference: Difference, _: Circumstances) -> bool:
    """Whether an id was a number and is text: told by its name, so that no value decides about the rule."""
    name = leaf(difference.path)
    return _is_id(name) and _is_whole(difference.baseline) and isinstance(difference.candidate, str)


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith(("Id", "_id"))


def _is_prose(difference: Difference, _: Circumstances) -> bool:
    values = difference.baseline, difference.candidate
    return leaf(difference.path) in _PROSE and all(isinstance(each, str) and " " in each for each in values)


def _both_nullable(_: Difference, circumstances: Circumstances) -> bool:
    old, new = circumstances.old_place, circumstances.new_place
    return bool(old and new and old.nullable and new.nullable)


def _of_the_same(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether it is the id of what both sides were asked for, or of what has the same name in their lists."""
    told = isinstance(difference.baseline, str) and difference.baseline in circumstances.told().alike
    asked = (told or not circumstances.own) and not circumstances.supposed and not circumstances.error
    same = difference.path == "$.body.id" or difference.detail == NAMESAKE
    return same and circumstances.old_place is not None and asked


_VALUES = (Kind.VALUE, Kind.CASE, Kind.INSTANT, Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED)
_PRESENCE = (Kind.REMOVED, Kind.ADDED)


def _of_another_thing(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether two things may differ so: in values, in how many parts they have, in optional properties."""
    may = difference.kind in _VALUES or circumstances.optional
    return (
        circumstances.own and circumstances.told().apart and may and not _volatile(difference, circumstances)
    )


APART_RULES: tuple[Rule, ...] = (
    rule(
        "value-made-by-side",
        (*_VALUES, *_PRESENCE),
        Check.RESPONSES,
        _I,
        applies=_of_another_thing,
        says="{operation}: {path} differs because each side was asked for another thing: what the scenario "
        "captured to ask for it differs, as an earlier step says.",
        consequence="None; this step says nothing about the values.",
        remedy="Capture what is the same on both sides, for example by name: `$.teams[?@.name == 'ops'].id`.",
    ),
)
"""Of answers about two things; they come before all other rules of their kinds."""

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
        "item-type-changed",
        Kind.TYPE,
        Check.RESPONSES,
        _B,
        applies=lambda d, _: d.path.endswith("[*]"),
        says="{operation}: the elements of {path} are of another JSON type in v1: {old} became {new}{count}.",
        consequence="Code that reads the elements fails.",
        remedy="Read the new type from v1.",
    ),
    rule(
        "int-precision-risk",
        Kind.TYPE,
        Check.RESPONSES,
        _B,
        applies=_id_written_out,
        says="{operation}: {path} is the number {old} in v1beta1 and the text {new} in v1{count}.",
        consequence="Code that computes with it fails; large numbers keep their last digits.",
        remedy="Read the text as a number without going through a floating-point one.",
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
        "opaque-id-too-long",
        (Kind.VALUE, Kind.FORMAT),
        Check.RESPONSES,
        _P,
        applies=lambda d, _: _opaque(d) and len(str(d.candidate)) > _LONGEST_ID >= len(str(d.baseline)),
        says="{operation}: {path} has more than 255 characters in v1{count}: {old} became {new}.",
        consequence="A column or a key made for 255 characters cuts it or refuses it.",
        remedy="Make room for it.",
    ),
    rule(
        "opaque-id-format-changed",
        Kind.VALUE,
        Check.RESPONSES,
        _I,
        applies=lambda d, c: (c.own or leaf(d.path) in _CURSORS) and _opaque(d) and _built_otherwise(d),
        says="{operation}: {path} is built otherwise in v1{count}: {old} became {new}.",
        consequence="None for code that takes it as it is; patterns made for its prefix or length fail.",
        remedy="Do not look into it.",
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
        Kind.VALUE,
        Check.RESPONSES,
        (_P, _I),
        applies=_written_otherwise,
        says="{operation}: each side writes a time of its own at {path}, {old} and {new} in v1{count}.",
        consequence="Code that compares timestamps as text, or parses one form only, fails.",
        remedy="Parse timestamps with a library that reads RFC 3339.",
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
        applies=_is_constant,
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
        "resource-identity-changed",
        Kind.VALUE,
        Check.RESPONSES,
        _B,
        applies=_of_the_same,
        says="{operation}: the same resource has the id {old} in v1beta1 and {new} in v1.",
        consequence="What the client stored under the old id is not found any more.",
        remedy="Look the resource up by its name, and store the new id.",
    ),
    rule(
        "const-changed",
        Kind.VALUE,
        Check.RESPONSES,
        _B,
        applies=_other_constant,
        says="{operation}: {path} is always {old} in v1beta1, by its contract, and {new} in v1{count}.",
        consequence="Code that takes the value for granted, or checks it, fails.",
        remedy="Handle the new value.",
    ),
    rule(
        "bound-exceeded",
        Kind.VALUE,
        Check.RESPONSES,
        (_B, _P),
        applies=_beyond_bound,
        says="{operation}: {path} is {new} in v1{count}, beyond the bound of v1beta1's contract.",
        consequence="A column, a type or a check made for the bound fails.",
        remedy="Make room for it.",
    ),
    rule(
        "int-precision-risk",
        Kind.VALUE,
        Check.RESPONSES,
        _P,
        applies=lambda d, _: _is_imprecise(d.candidate) and not _is_imprecise(d.baseline),
        says="{operation}: {path} is {new} in v1{count}, more than a floating-point number holds exactly.",
        consequence="JavaScript, and other readers of JSON, round it: its last digits are lost.",
        remedy="Read it as an integer of 64 bits or more.",
    ),
    rule(
        "type-generalized",
        Kind.VALUE,
        Check.RESPONSES,
        (_B, _P),
        applies=_is_generalized,
        says="{operation}: {path} is the integer {old} in v1beta1 and the number {new} in v1{count}.",
        consequence="A decoder that wants an integer fails.",
        remedy="Read it as a number.",
    ),
    rule(
        "type-specialized",
        Kind.VALUE,
        Check.RESPONSES,
        _I,
        applies=lambda d, _: (
            _is_fraction(d.baseline) and _is_whole(d.candidate) and d.baseline == d.candidate
        ),
        says="{operation}: {path} is written {old} in v1beta1 and {new} in v1{count}, the same number.",
        consequence="None: each integer is a number.",
        remedy="Nothing to do.",
    ),
    rule(
        "human-text-changed",
        (Kind.VALUE, Kind.CASE),
        Check.RESPONSES,
        _I,
        applies=_is_prose,
        says="{operation}: the text at {path} is another one in v1{count}: {old} became {new}.",
        consequence="None for code that shows it to people.",
        remedy="Never branch on such a text.",
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
        (Kind.VALUE, Kind.CASE),
        Check.RESPONSES,
        _P,
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1{count}.",
        consequence="The two versions do not agree about the same thing.",
        remedy="Find out which value is right; call both sides again to rule out a change in between.",
    ),
)
