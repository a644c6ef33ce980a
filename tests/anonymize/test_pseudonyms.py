"""Pseudonyms look like what they stand for."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.anonymize.kinds import Kind
from harness.anonymize.pseudonyms import CUID, EMAIL, Pseudonyms
from harness.values import value_class
from tests.anonymize import KEY, USER

MADE = Pseudonyms(KEY)
KINDS = st.sampled_from(list(Kind))
ORIGINALS = st.one_of(
    st.text(min_size=1),
    st.from_regex(CUID, fullmatch=True),
    st.uuids(allow_nil=False).map(str),
    st.emails(),
    st.integers(10_000).map(str),
    st.sampled_from(
        ["org_sandbox", "a.astronomer.run", "https://x.example/a.png", "db.internal", "DAG", "x"]
    ),
)


@given(KINDS, ORIGINALS)
def test_the_same_original_has_the_same_pseudonym_and_no_other(kind: Kind, original: str) -> None:
    """It depends on the key alone; a pseudonym stays what it is, and is of the same class."""
    made = MADE.of(kind, original)

    assert made == Pseudonyms(KEY).of(kind, original)
    assert MADE.of(kind, made) == made
    assert MADE.is_own(made)
    if value_class(original).value in {"cuid", "UUID"}:
        assert value_class(made) is value_class(original)
        assert made != original
        assert made != Pseudonyms(b"another").of(kind, original)


@given(st.lists(st.text("abcdefghij ABC", min_size=1, max_size=6), unique=True, max_size=60))
def test_two_originals_have_two_pseudonyms(originals: list[str]) -> None:
    """Short ones that are nearly alike, too."""
    assert len({MADE.of(Kind.NAME, each).lower() for each in originals}) == len(originals)
    assert len({MADE.of(Kind.ID, each) for each in originals}) == len(originals)


@given(st.uuids(), st.booleans())
def test_a_uuid_keeps_its_version_and_variant(original: uuid.UUID, upper: bool) -> None:  # noqa: FBT001 - drawn
    """And its case; the one of zeros is nobody's."""
    text = str(original).upper() if upper else str(original)
    made = MADE.of(Kind.ID, text)

    assert uuid.UUID(made).version == original.version
    assert uuid.UUID(made).variant == original.variant
    assert made in (made.upper(), made.lower())
    assert MADE.of(Kind.ID, "00000000-0000-0000-0000-000000000000") == "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("kind", "original", "look"),
    [
        (Kind.ID, USER, CUID.pattern),
        (Kind.NAME, USER, CUID.pattern),
        (Kind.ID, "org_sandbox", r"org_[a-z][a-z0-9]{13}"),
        (Kind.ID, "acme_prod", r"[a-z][a-z0-9]{13}"),
        (Kind.ID, "123456", r"[1-9]\d{11}"),
        (Kind.EMAIL, "Ines@Meridian.example", r"[a-z]{16}@example\.com"),
        (Kind.NAME, "ines@meridian.example", r"[a-z]{16}@example\.com"),
        (Kind.NAME, "Data Platform", r"[A-Z][a-z]{15}"),
        (Kind.NAME, "prod-ingest", r"[a-z]{16}"),
        (Kind.NAME, "meridian.example", r"[a-z]{16}\.example\.com"),
        (Kind.HOST, "db", r"[a-z]{16}\.example\.com"),
        (Kind.HOST, f"{USER}.astronomer.run", CUID.pattern + r"\.astronomer\.run"),
        (Kind.ADDRESS, "https://avatars.example.org/ines.PNG", r"https://example\.com/[a-z]{16}\.png"),
        (Kind.ADDRESS, "http://[", r"https://example\.com/[a-z]{16}"),
    ],
)
def test_the_look_stays(kind: Kind, original: str, look: str) -> None:
    """An id stays an id, an address an address, a name a short word; nothing of the original is in it."""
    made = MADE.of(kind, original)

    assert re.fullmatch(look, made)
    assert EMAIL.fullmatch(original) or "ines" not in made


def test_who_differs_in_case_only_is_the_same_person_by_mail_alone() -> None:
    """E-mail addresses are written in any case; names and ids are not."""
    assert MADE.of(Kind.EMAIL, "A@B.example") == MADE.of(Kind.EMAIL, "a@b.example")
    assert MADE.of(Kind.NAME, "Ab") != MADE.of(Kind.NAME, "AB")
