"""Acceptances in a report: each once, what ends first at the head, days counted from the run."""

from __future__ import annotations

import pytest

from harness.causes import causes_of
from harness.difference import Kind
from harness.history import History, State
from harness.report.acceptances import Agreed, agreed, lapsed
from harness.result import RunResult, Verdict
from harness.struct import replace
from tests.report.builders import accepted, difference, finding, run, scenario, step
from tests.report.histories import tracked


def _run(*reasons: tuple[str, str]) -> RunResult:
    """Build a run with an acceptance for each (reason, last day), in a step of its own."""
    steps = [
        step(
            finding(
                difference(path=f"$.body.x{number}"),
                accepted=replace(accepted(reason), until=until, where=f"a.yaml:{number}"),
            ),
            verdict=Verdict.ACCEPTED,
        )
        for number, (reason, until) in enumerate(reasons, start=1)
    ]
    return run(scenario(*steps))


def _agreed(made: RunResult) -> tuple[Agreed, ...]:
    return agreed(causes_of(made), made.started)


def test_the_same_acceptance_at_several_places_is_one() -> None:
    """It names its places and counts its findings."""
    (each,) = _agreed(_run(("fine", "2027-01-31"), ("fine", "2027-01-31")))
    assert each.where == ("a.yaml:1", "a.yaml:2")
    assert (each.findings, each.rules) == (2, ("property-renamed",))


def test_what_ends_first_comes_first() -> None:
    """What never ends comes last."""
    found = _agreed(_run(("forever", ""), ("later", "2027-06-30"), ("now", "2026-12-01")))
    assert [each.accepted.reason for each in found] == ["now", "later", "forever"]
    assert [each.soon for each in found] == [True, False, False]


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-11-22", "2026-11-22, 1 day after the run"),
        ("2026-11-21", "2026-11-21, the day of the run"),
        ("2026-11-19", "2026-11-19, 2 days before the run"),
        ("", "never: no last day is written"),
        ("soon", "soon"),
    ],
)
def test_the_expiry_says_how_long_is_left(until: str, said: str) -> None:
    """A log may hold a date that is none, and it is shown as it is."""
    (each,) = _agreed(_run(("fine", until)))
    assert each.expiry == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2026-11-20",), "2026-11-20, 1 day before the run"),
        (("2026-11-23",), "2026-11-23, 2 days after the run"),
        (("2026-11-11", "", "2026-11-01"), "2026-11-01, 20 days before the run"),
        (("", ""), "not known: no first day is written"),
        (("once",), "once"),
    ],
)
def test_the_age_is_that_of_the_oldest(days: tuple[str, ...], said: str) -> None:
    """What was agreed at several places is as old as the first of them; where no day stands, it says so."""
    steps = [
        step(
            finding(difference(path=f"$.body.x{at}"), accepted=replace(accepted("fine"), since=day)),
            verdict=Verdict.ACCEPTED,
        )
        for at, day in enumerate(days)
    ]
    (each,) = _agreed(run(scenario(*steps)))
    assert each.age == said


def test_a_run_of_unknown_start_counts_no_days() -> None:
    """The date alone is shown."""
    (each,) = agreed(causes_of(_run(("fine", "2027-01-31"))), "")
    assert each.expiry == "2027-01-31"


def test_acceptances_that_hold_no_more_are_told_apart() -> None:
    """They are findings themselves."""
    stale = finding(difference(kind=Kind.ACCEPTANCE, path="$.body.x", to="property-removed"))
    causes = causes_of(run(scenario(step(stale, finding()))))
    assert [cause.difference.kind for cause in lapsed(causes)] == [Kind.ACCEPTANCE]


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (
            "2026-11-01T03:00:00.000Z",
            "no first day is written; first seen in the history on 2026-11-01, 20 days",
        ),
        ("2026-12-24T03:00:00.000Z", "not known: no first day is written"),
    ],
)
def test_the_history_says_since_when_it_is_seen_where_no_day_is_written(first: str, said: str) -> None:
    """That is another fact than since when it is agreed, and this run itself is no history."""
    made = _run(("fine", ""))
    (finding,) = made.scenarios[0].steps[0].findings
    known = replace(tracked(State.ACCEPTED), fingerprint=finding.fingerprint, first=first)
    (each,) = agreed(causes_of(made), made.started, History(since=first, tracked=(known,)))

    assert each.age.startswith(said)


def test_a_day_that_is_written_holds_over_the_history() -> None:
    """Whoever wrote it knows better."""
    made = _run(("fine", ""))
    step_ = made.scenarios[0].steps[0]
    (finding,) = step_.findings
    assert finding.accepted
    dated = replace(finding, accepted=replace(finding.accepted, since="2026-11-20"))
    known = replace(
        tracked(State.ACCEPTED), fingerprint=finding.fingerprint, first="2026-11-01T03:00:00.000Z"
    )
    made = run(scenario(replace(step_, findings=(dated,))))
    (each,) = agreed(causes_of(made), made.started, History(tracked=(known,)))

    assert each.age == "2026-11-20, 1 day before the run"
