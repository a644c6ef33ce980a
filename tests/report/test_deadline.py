"""The end of v1beta1, counted from the start of a run."""

from __future__ import annotations

import pytest

from harness.report.deadline import days_left, deadline


@pytest.mark.parametrize(
    ("started", "left"),
    [
        ("2026-11-21T10:00:00.000Z", 41),
        ("2026-12-31T23:59:59Z", 1),
        ("2026-12-31T23:30:00-02:00", 0),
        ("2027-01-01T00:00:00Z", 0),
        ("2027-02-01T00:00:00Z", -31),
        ("soon", None),
        ("", None),
    ],
)
def test_days_are_counted_in_utc_to_the_first_of_the_month(started: str, left: int | None) -> None:
    """The guide names no day, so the first one that may be too late counts."""
    assert days_left(started) == left


@pytest.mark.parametrize(
    ("started", "said"),
    [
        (
            "2026-11-21T10:00:00Z",
            "v1beta1 ends in January 2027: 41 days were left to 1 January when this run started.",
        ),
        (
            "2026-12-31T10:00:00Z",
            "v1beta1 ends in January 2027: 1 day was left to 1 January when this run started.",
        ),
        (
            "2027-01-05T00:00:00Z",
            "v1beta1 ends in January 2027, and this run started after that month began.",
        ),
        ("", "v1beta1 ends in January 2027."),
    ],
)
def test_the_deadline_is_one_sentence(started: str, said: str) -> None:
    """It says the month that the guide names, and days only where the start of the run is known."""
    assert deadline(started) == said
