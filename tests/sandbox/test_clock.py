"""Tests of the sandbox's time and chance."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sandbox.clock import START, Chance, Clock, instant, timestamp

ID = re.compile(r"c[a-z0-9]{24}")


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive
def test_timestamps_are_read_back(moment: datetime) -> None:
    """A timestamp is RFC 3339 in UTC with milliseconds and reads back as the same millisecond."""
    text = timestamp(moment)

    assert len(text) == len("2026-09-01T08:00:00.000Z")
    assert instant(text) == moment - timedelta(microseconds=moment.microsecond % 1000)


def test_timestamps_are_in_utc() -> None:
    """A moment of another zone is written in UTC."""
    moment = datetime(2075, 4, 25, 12, 58, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    assert timestamp(moment) == "2075-04-25T07:28:00.000Z"


@pytest.mark.parametrize("text", ["2026-09-01", "2026-09-01T08:00:00", "2026-09-01 08:00:00Z", "soon", ""])
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    """A date, a time without a zone and other texts are no timestamps."""
    with pytest.raises(ValueError, match=r"."):
        instant(text)


def test_each_version_has_its_own_time() -> None:
    """A request moves the time of its version alone."""
    clock = Clock()
    clock.tick("v1")

    assert clock.tick("v1") == START + timedelta(seconds=2)
    assert clock.tick("v1beta1") == START + timedelta(seconds=1)


def test_a_test_can_move_the_time() -> None:
    """Advancing the clock moves every version, those that were not called yet, too."""
    clock = Clock()
    clock.tick("v1")
    clock.advance(60)

    assert clock.tick("v1") == START + timedelta(seconds=62)
    assert clock.tick("v1beta1") == START + timedelta(seconds=61)


def test_a_version_overtakes_what_it_sees() -> None:
    """A version that sees a later time moves past it, and never goes back."""
    clock = Clock()
    later = START + timedelta(minutes=1)

    assert clock.overtake("v1", later) == later + timedelta(seconds=1)
    assert clock.overtake("v1", START) == later + timedelta(seconds=1)


def test_ids_look_like_cuids() -> None:
    """Ids have 25 characters, and no two of the same parts are equal."""
    chance = Chance(0)
    ids = [chance.id("v1", "teams", "{}") for _ in range(100)]

    assert len(set(ids)) == 100
    assert all(ID.fullmatch(one) for one in ids)


def test_ids_depend_on_seed_source_and_parts_alone() -> None:
    """Equal seeds give equal ids whatever was drawn for other sources; other seeds give others."""
    busy, quiet = Chance(7), Chance(7)
    for number in range(5000):
        busy.id("v1beta1", "teams", str(number))

    assert busy.id("v1", "teams") == quiet.id("v1", "teams")
    assert Chance(8).id("v1", "teams") != Chance(7).id("v1", "teams")


def test_secrets_say_that_they_are_none() -> None:
    """A secret begins with words that nobody takes for a real token's, and differs each time."""
    chance = Chance(0)
    first, second = chance.secret("v1", "a"), chance.secret("v1", "a")

    assert first != second
    assert re.fullmatch(r"sandbox-secret-[0-9a-f]{32}", first)


@given(st.integers(1, 10_000), st.text())
def test_numbers_are_below_their_bound(below: int, part: str) -> None:
    """A number is at least 0 and below its bound, for any text."""
    assert 0 <= Chance(0).number(below, "v1", part) < below
