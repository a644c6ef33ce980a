"""How an API announces its end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.announcements import FIELDS, WANTED, read_announcement

SUNSET = "Sun, 31 Jan 2027 00:00:00 GMT"


@pytest.mark.parametrize(
    ("name", "value", "moment"),
    [
        ("deprecation", "@1769558400", datetime(2026, 1, 28, tzinfo=UTC)),
        ("deprecation", " @0 ", datetime(1970, 1, 1, tzinfo=UTC)),
        ("deprecation", "@-1", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("deprecation", "@1769558400;by=x", datetime(2026, 1, 28, tzinfo=UTC)),
        ("sunset", SUNSET, datetime(2027, 1, 31, tzinfo=UTC)),
        ("sunset", "Thu, 31 Dec 2026 23:59:60 GMT", datetime(2027, 1, 1, tzinfo=UTC)),
        ("sunset", "Mon, 01 Jan 0027 00:00:00 GMT", datetime(27, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_are_read(name: str, value: str, moment: datetime) -> None:
    """Deprecation has seconds since 1970, perhaps with parameters; Sunset an HTTP-date with all its year."""
    assert read_announcement(name, value) == moment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("deprecation", "true"),
        ("deprecation", "1769558400"),
        ("deprecation", "@1769558400.5"),
        ("deprecation", "@999999999999999"),
        ("deprecation", SUNSET),
        ("sunset", "@1769558400"),
        ("sunset", "2027-01-31"),
        ("sunset", "Sun, 31 Feb 2027 00:00:00 GMT"),
        ("sunset", "Sun, 31 Jan 2027 25:00:00 GMT"),
        ("sunset", "Sun, 31 Jan 0000 00:00:00 GMT"),
        ("sunset", "Sun, 31 Jan 2027 00:00:61 GMT"),
        ("sunset", "Fri, 31 Dec 9999 23:59:60 GMT"),
        ("sunset", "soon"),
        ("sunset", f"{SUNSET}, {SUNSET}"),
        ("sunset", ""),
    ],
)
def test_what_is_malformed_is_no_date(name: str, value: str) -> None:
    """What an earlier draft had, another header's form, and days that do not exist."""
    assert read_announcement(name, value) is None


@given(st.sampled_from(FIELDS), st.text(max_size=40) | st.from_regex(r"@-?[0-9]{1,20}", fullmatch=True))
def test_no_value_is_trouble(name: str, value: str) -> None:
    """Whatever a server sends, it is a time in UTC or none."""
    moment = read_announcement(name, value)

    assert moment is None or moment.tzinfo is UTC


def test_each_field_says_what_it_wants() -> None:
    """A malformed value is told with what would be right."""
    assert WANTED.keys() == set(FIELDS)
