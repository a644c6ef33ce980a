"""When the two sides end."""

from __future__ import annotations

import pytest

from harness.endings import Ending, countdown, endings
from harness.exchange import Side
from tests.report.builders import evidence, run, scenario, step

SUNSET = "Sun, 31 Jan 2027 00:00:00 GMT"


def test_announcements_are_told_by_value() -> None:
    """Operations that announce the same are together; v1's announcements stand first; days are of the run."""
    old = evidence("iam", headers=(("Deprecation", "@1769558400"), ("Sunset", SUNSET)))
    new = evidence("v1", headers=(("Sunset", "soon"),))
    steps = [step(operation=name, baseline=old, candidate=new) for name in ("ListUsers", "GetUser")]

    assert endings(run(scenario(*steps, step()))) == (
        Ending(
            side=Side.CANDIDATE,
            header="sunset",
            value="soon",
            moment="",
            days=None,
            operations=("GetUser", "ListUsers"),
        ),
        Ending(
            side=Side.BASELINE,
            header="deprecation",
            value="@1769558400",
            moment="2026-01-28T00:00:00Z",
            days=-297,
            operations=("GetUser", "ListUsers"),
        ),
        Ending(
            side=Side.BASELINE,
            header="sunset",
            value=SUNSET,
            moment="2027-01-31T00:00:00Z",
            days=71,
            operations=("GetUser", "ListUsers"),
        ),
    )


def test_a_step_without_a_call_announces_nothing() -> None:
    """Where nothing was asked, nothing is told."""
    assert endings(run(scenario(step(baseline=None, candidate=None)))) == ()


@pytest.mark.parametrize(
    ("started", "said"),
    [
        ("2026-11-21T10:00:00.000Z", "v1beta1 ends in January 2027: 41 days to 1 January."),
        ("2026-12-31T23:59:59.000Z", "v1beta1 ends in January 2027: 1 day to 1 January."),
        ("2026-12-31T23:30:00.000-01:00", "v1beta1 ends this month, January 2027."),
        ("2027-01-31T23:59:59.000Z", "v1beta1 ends this month, January 2027."),
        ("2027-02-01T00:00:00.000Z", "v1beta1 was to end in January 2027, which is past."),
        ("", ""),
    ],
)
def test_days_are_counted_from_the_run(started: str, said: str) -> None:
    """A report that is made again says what it said; the day is that in UTC."""
    assert countdown(started) == said
