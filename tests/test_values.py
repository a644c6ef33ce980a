"""JSON types, classes of strings, instants, and values that correspond."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.exchange import Json
from harness.values import (
    Correspondence,
    ValueClass,
    instant,
    looks_made,
    same_instant,
    type_name,
    value_class,
)
from tests.builders import CUID

_STAMP = "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "boolean"),
        (False, "boolean"),
        (0, "number"),
        (1.0, "number"),
        (10**400, "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_types_are_those_of_json(value: Json, name: str) -> None:
    """Integers and floats are both numbers, and booleans are not."""
    assert type_name(value) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CUID, ValueClass.CUID),
        (CUID[:-1], ValueClass.TEXT),
        (CUID.upper(), ValueClass.TEXT),
        (f"{CUID}\n", ValueClass.TEXT),
        ("123e4567-e89b-12d3-a456-426614174000", ValueClass.UUID),
        ("123E4567-E89B-12D3-A456-426614174000", ValueClass.UUID),
        ("123e4567e89b12d3a456426614174000", ValueClass.TEXT),
        (_STAMP, ValueClass.TIMESTAMP),
        ("2026-01-02 03:04:05", ValueClass.TIMESTAMP),
        ("2026-01-02T03:04:05.123456789+01:00", ValueClass.TIMESTAMP),
        ("2026-01-02T03:04Z", ValueClass.TEXT),
        ("2026-01-02", ValueClass.DATE),
        ("2026-1-2", ValueClass.TEXT),
        ("https://api.example.com/a?b", ValueClass.URL),
        ("postgresql://host/db", ValueClass.URL),
        ("https://a b", ValueClass.TEXT),
        ("//host/path", ValueClass.TEXT),
        ("ann@example.com", ValueClass.EMAIL),
        ("ann@example", ValueClass.TEXT),
        ("10.0.0.0/8", ValueClass.CIDR),
        ("10.0.0.1", ValueClass.IP),
        ("3.2.1", ValueClass.TEXT),
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", ValueClass.JWT),
        ("REDACTED-0123abcd", ValueClass.SECRET),
        ("[ASTRO_API_TOKEN]", ValueClass.SECRET),
        ("[token]", ValueClass.TEXT),
        ("", ValueClass.TEXT),
        ("HEALTHY", ValueClass.TEXT),
    ],
)
def test_a_string_has_one_class(text: str, found: ValueClass) -> None:
    """A class is given only where the whole string has the form."""
    assert value_class(text) is found


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?"))
def test_any_text_may_be_asked_about(text: str) -> None:
    """No text makes classes or instants fail, and whatever is an instant is the same as itself."""
    assert value_class(text) in ValueClass
    assert same_instant(text, text) == (instant(text) is not None)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (_STAMP, "2026-01-02T03:04:05.000Z", True),
        (_STAMP, "2026-01-02T03:04:05+00:00", True),
        (_STAMP, "2026-01-02T04:04:05+01:00", True),
        (_STAMP, "2026-01-02 03:04:05", True),
        (_STAMP, "2026-01-02t03:04:05z", True),
        ("2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.123456Z", True),
        ("2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.123Z", True),
        ("2026-01-02T03:04:05.123456Z", "2026-01-02T04:04:05.123+01:00", True),
        ("2026-01-02T03:04:05.987Z", _STAMP, True),
        ("2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.124Z", False),
        ("2026-01-02T03:04:05.123Z", "2026-01-02T03:04:05.12Z", False),
        ("2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:06.123Z", False),
        ("2026-01-02T03:04:06.1Z", _STAMP, False),
        ("2026-01-02T03:04:04.999Z", _STAMP, False),
        ("2026-01-02T03:04:04.5Z", "2026-01-02T04:04:05+01:00", False),
        (_STAMP, "2026-01-02T03:04:06Z", False),
        (_STAMP, "2026-01-02T03:04:05-01:00", False),
        (_STAMP, "2026-01-02", False),
        ("2026-13-02T03:04:05Z", "2026-13-02T03:04:05Z", False),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", False),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", False),
        ("٢٠٢٦-01-02T03:04:05Z", _STAMP, False),
        ("", "", False),
        ("soon", "soon", False),
    ],
)
def test_instants_are_compared_however_they_are_written(old: str, new: str, same: bool) -> None:  # noqa: FBT001 - a table's column
    """Two timestamps are one instant whatever their offset and precision; what is none never is."""
    assert same_instant(old, new) is same
    assert same_instant(new, old) is same


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (True, 1),
        (False, 0),
        (1, 1.0),
        ("1", 1),
        ("true", True),
        ("", None),
        (None, False),
        (0, None),
        (2**60, 2**60 + 1),
        (10**400, 10**400 + 1),
        ("a", "A"),
        ("é", "e\u0301"),
    ],
)
def test_values_of_other_types_or_spelling_are_not_the_same(old: Json, new: Json) -> None:
    """Nothing is converted to make two values equal."""
    assert not Correspondence().same(old, new)
    assert not Correspondence().same(new, old)


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text())
@example(float("nan"))
@example(float("inf"))
def test_every_value_is_the_same_as_itself(value: Json) -> None:
    """Any scalar is the same as itself, a NaN too."""
    assert Correspondence().same(value, value)
    assert Correspondence([("a", "b")]).same(value, value)


def test_a_nan_is_no_number() -> None:
    """A NaN is the same as another NaN and as nothing else."""
    assert Correspondence().same(float("nan"), float("nan"))
    assert not Correspondence().same(float("nan"), 1.0)
    assert not Correspondence().same(1.0, float("nan"))


def test_long_text_is_just_text() -> None:
    """Nobody's id or address is thousands of characters long."""
    assert value_class("https://a.example/" + "x" * 2_030) is ValueClass.URL
    assert value_class("https://a.example/" + "x" * 2_031) is ValueClass.TEXT


def test_corresponding_values_are_the_same() -> None:
    """A candidate's value is the same as the baseline's it stands for, also inside text, one way only."""
    known = Correspondence([("cl-old", "cl-new"), ("old name", "new name")])

    assert known
    assert known.same("cl-old", "cl-new")
    assert known.same("/things/cl-old?n=old name", "/things/cl-new?n=new name")
    assert known.same("cl-new", "cl-new")
    assert not known.same("cl-new", "cl-old")
    assert not known.same("cl-old", ["cl-new"])
    assert known.to_baseline(7) == 7


def test_longer_values_win_over_shorter_ones() -> None:
    """A value that contains another one is replaced as a whole."""
    known = Correspondence([("A", "id-1"), ("B", "id-12")])

    assert known.to_baseline("id-12") == "B"
    assert known.to_baseline("id-1,id-12") == "A,B"


def test_special_characters_correspond_literally() -> None:
    """Characters that mean something in patterns mean nothing here."""
    known = Correspondence([("a", ".*"), ("b", "\\1(")])

    assert known.to_baseline("x.*x") == "xax"
    assert known.to_baseline("\\1(") == "b"
    assert known.to_baseline("anything") == "anything"


def test_pairs_that_say_nothing_are_dropped() -> None:
    """Equal and empty values correspond to nothing."""
    assert not Correspondence([("a", "a"), ("", "b"), ("c", "")])
    assert not Correspondence([("a", "a"), ("", "b")]).same("", "b")


@pytest.mark.parametrize(
    ("old", "new", "made"),
    [
        (CUID, f"{CUID[:-1]}z", True),
        ("solar-flare-1234", "lunar-dust-5678", True),
        ("V1StGXR8_Z5jdHi6B-myT", "uakgb_J5m9g-0JDMbcJqL", True),
        ("us-east-1", "us-west-2", False),
        ("n2-standard-4", "e2-standard-8", False),
        ("ORGANIZATION_MEMBER", "ORGANIZATION_OWNER", False),
        ("10.0.0.0/20", "10.1.0.0/20", False),
        ("10.0.0.1", "10.0.0.2", True),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06.123Z", True),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00", False),
        ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05Z", False),
        ("https://a.example/1", "https://a.example/2", True),
        ("https://a.example/1", "https://b.example/1", False),
        ("ann@example.com", "bob@example.com", False),
    ],
)
def test_what_a_server_makes_up_is_told_from_what_it_was_told(old: str, new: str, *, made: bool) -> None:
    """Ids, times in one writing and own hosts are made up; roles, regions and sizes are not."""
    assert looks_made(old, new) is made


def test_what_is_named_an_id_may_have_any_form() -> None:
    """Some services number things, or name them after what they are."""
    assert looks_made("team-1", "team-2", identifies=True)
    assert not looks_made("team-1", "team-2")
