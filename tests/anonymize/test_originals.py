"""Originals in texts."""

from __future__ import annotations

import pytest

from harness.anonymize.kinds import Kind
from harness.anonymize.originals import Originals, is_distinct
from tests.anonymize import USER


def learned(*names: str, kind: Kind = Kind.NAME) -> Originals:
    """Return what knows some names."""
    made = Originals()
    for name in names:
        made.add(kind, name)
    return made


def found(originals: Originals, text: str) -> list[str]:
    """Return the originals in a text, each as it stands there."""
    assert all(text[each.start : each.end] == each.original for each in originals.within(text))
    return [each.original for each in originals.within(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"user {USER}, again {USER}.", [USER, USER]),
        (f"x{USER}", []),
        ("3FA85F64-5717-4562-b3fc-2c963f66afa6!", ["3FA85F64-5717-4562-b3fc-2c963f66afa6"]),
        ("mail <ines.c+x@mail.meridian.example>", ["ines.c+x@mail.meridian.example"]),
        ("https://clx.astronomer.run/d7l9wrz5/login", ["clx.astronomer.run", "d7l9wrz5"]),
        ("https://clx.astronomer.run/login/x", ["clx.astronomer.run"]),
        ("https://h/x?a=1&orgId=org_one&valid=yes", ["org_one"]),
        ("arn:aws:iam::123456789012:role/reports", ["123456789012", "reports"]),
        ("https://api.astronomer.io/v1", []),
    ],
)
def test_some_looks_tell_what_they_are(text: str, expected: list[str]) -> None:
    """Without anything learned: cuids, UUIDs, addresses, hosts of deployments."""
    assert found(Originals(), text) == expected


@pytest.mark.parametrize(
    ("names", "text", "expected"),
    [
        (("Data Platform",), "of Data Platform.", ["Data Platform"]),
        (("Data Platform",), "of Data Platforms", []),
        (("Freight", "Meridian Freight"), "Meridian Freight, Freight", ["Meridian Freight", "Freight"]),
        (("Data Platform", "Platform Team"), "Data Platform Team", ["Data Platform"]),
        (("calloway",), "to ines.calloway@x.example", ["ines.calloway@x.example"]),
        (("api", "x", "true"), "the api is x, and true", []),
        (("users", "DEPLOYMENT", "fullName"), "users of DEPLOYMENT by fullName", []),
        (("(team) one",), "the (team) one,", ["(team) one"]),
        (("山田太郎",), "山田太郎さん", ["山田太郎"]),
        (("Zoë Müller",), "by Zoë Müller", ["Zoë Müller"]),
        (("***",), "a *** b", []),
    ],
)
def test_names_are_found_where_they_stand_apart(
    names: tuple[str, ...], text: str, expected: list[str]
) -> None:
    """No part of a word, no short name, no word of the contracts; of two that overlap the longer one."""
    assert found(learned(*names), text) == expected


def test_an_id_wins_over_a_name_that_is_the_same() -> None:
    """In whatever order they are learned."""
    originals = learned("org_one")
    originals.add(Kind.ID, "org_one")
    originals.add(Kind.NAME, "org_one")

    assert originals.known == {"org_one": Kind.ID}


def test_what_cannot_be_told_from_words() -> None:
    """Short ones, words of the contracts, and few digits; other scripts need fewer letters."""
    told = {
        "api": False,
        "Deployment": False,
        "meridian": True,
        "山田": True,
        USER: True,
        "a@b.example": True,
    }

    assert {name: is_distinct(Kind.NAME, name) for name in told if "@" not in name} == {
        name: value for name, value in told.items() if "@" not in name
    }
    assert is_distinct(Kind.EMAIL, "a@b.example")
    assert not is_distinct(Kind.ID, "1234567")
    assert is_distinct(Kind.ID, "123456789012")


def test_a_long_text_takes_time_in_proportion() -> None:
    """Runs without a blank, and many originals in one text."""
    text = "a" * 300_000 + "@" + f" {USER}" * 20_000

    assert len(Originals().within(text)) == 20_000
