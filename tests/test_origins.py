"""What evidence is worth."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.endings import countdown
from harness.origins import OLD, Origins, moment, proves, sandbox_reason, strongest
from harness.readiness import assess
from harness.report.markdown import render_markdown
from harness.result import Policy, ScenarioResult, Source, Verdict
from harness.rules import Check
from harness.struct import replace
from tests.report.builders import evidence, finding, provenance, run, scenario, step

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RECENT = "2026-11-20T00:00:00Z"
OLD_DAY = "2026-01-01T00:00:00Z"


def _origins(evidence: Source = Source.CASSETTE, max_age: int | None = None) -> Origins:
    return Origins(policy=Policy(evidence=evidence, max_age=max_age), now=NOW)


def _from(source: Source, recorded: str = RECENT, name: str = "a") -> ScenarioResult:
    return scenario(step(), id=name, provenance=provenance(source, recorded=recorded))


@pytest.mark.parametrize("least", Source)
@pytest.mark.parametrize("source", Source)
def test_evidence_must_be_worth_what_the_policy_asks_for(source: Source, least: Source) -> None:
    """Live is worth more than recorded, and recorded more than the sandbox's."""
    lack = _origins(least).lack(_from(source))

    assert bool(lack) is (source.rank < least.rank)


@pytest.mark.parametrize(
    ("recorded", "lack"),
    [
        ("2026-11-20T12:00:00Z", ""),
        ("2026-11-11T12:00:00.000Z", ""),
        ("2026-11-11T11:59:59Z", "is older than 10 days"),
        ("2026-11-11T13:00:00+02:00", "is older than 10 days"),
        ("2027-01-01T00:00:00Z", ""),
        ("", "does not say when it was recorded"),
        ("yesterday", "does not say when it was recorded"),
    ],
)
def test_evidence_must_not_be_older_than_the_policy_allows(recorded: str, lack: str) -> None:
    """To the second; what has no date may be of any age."""
    assert _origins(max_age=10).lack(_from(Source.CASSETTE, recorded)) == lack


def test_a_limit_may_be_larger_than_any_span_of_time() -> None:
    """A number that somebody wrote for `any age` is no trouble."""
    assert _origins(max_age=10**15).lack(_from(Source.LIVE, OLD_DAY)) == ""


def test_a_limit_of_one_day_is_said_in_the_singular() -> None:
    """A sentence for people."""
    assert _origins(max_age=1).lack(_from(Source.LIVE, OLD_DAY)) == "is older than 1 day"


def test_each_lack_is_one_reason_with_its_scenarios_and_a_remedy() -> None:
    """The sandbox comes first, because every report shows it first; no evidence needs no origin."""
    made = run(
        _from(Source.CASSETTE, OLD_DAY, "old"),
        _from(Source.CASSETTE, "", "undated"),
        _from(Source.SANDBOX, name="local"),
        scenario(step(), id="unknown", provenance=None),
        scenario(id="never opened", provenance=None, verdict=Verdict.ERROR),
    )

    reasons = list(_origins(max_age=10).reasons(made))

    assert [reason.said for reason in reasons] == [
        sandbox_reason(made),
        "The evidence of 1 scenario is older than 10 days: old.",
        "The evidence of 1 scenario does not say when it was recorded: undated.",
        "The evidence of 1 scenario does not say where it came from: unknown.",
    ]
    assert sandbox_reason(made).startswith("The evidence of 1 of 5 scenarios comes from the sandbox")
    assert all("pytest scenarios/ --mode record" in reason.remedy for reason in reasons)


def test_recordings_that_are_not_live_enough_are_to_be_run_live() -> None:
    """Recording them again would not help."""
    (reason,) = _origins(Source.LIVE).reasons(run(_from(Source.CASSETTE)))

    assert reason.said == "The evidence of 1 scenario is recorded, not live: a."
    assert "--mode live" in reason.remedy


def test_without_a_limit_old_and_undated_recordings_are_remarked_on() -> None:
    """They count, and a reader is told; with a limit there is a reason instead."""
    made = run(
        _from(Source.CASSETTE, "", "undated"),
        _from(Source.CASSETTE, OLD_DAY, "old"),
        _from(Source.LIVE, OLD_DAY, "live"),
    )

    assert [reason.said for reason in _origins().remarks(made)] == [
        "The evidence of 1 scenario does not say when it was recorded: undated.",
        f"The evidence of 1 scenario is older than {OLD} days: old.",
    ]
    assert list(_origins().reasons(made)) == []
    assert list(_origins(max_age=10).remarks(made)) == []


@pytest.mark.parametrize("max_age", [None, 10])
def test_an_edited_recording_is_remarked_on(max_age: int | None) -> None:
    """It counts as what it says that it is, and every reader is told."""
    edited = _from(Source.CASSETTE, name="edited")
    assert edited.provenance is not None
    made = run(replace(edited, provenance=replace(edited.provenance, edited=True)), _from(Source.CASSETTE))
    remarks = list(_origins(max_age=max_age).remarks(made))

    assert [reason.said for reason in remarks] == [
        "The evidence of 1 scenario was edited by hand since it was recorded: edited."
    ]
    assert "pytest scenarios/ --mode record" in remarks[0].remedy


def test_a_policy_that_takes_the_sandbox_still_says_what_it_is_worth() -> None:
    """Nobody reads such a GO without the warning."""
    made = run(_from(Source.SANDBOX))
    origins = _origins(Source.SANDBOX)

    assert list(origins.reasons(made)) == []
    assert [reason.said for reason in origins.remarks(made)] == [sandbox_reason(made)]


def test_the_strongest_source_wins() -> None:
    """None where no source is known."""
    unknown = replace(_from(Source.LIVE), provenance=None)

    assert strongest([unknown]) is None
    assert strongest([unknown, *map(_from, (Source.SANDBOX, Source.LIVE, Source.CASSETTE))]) is Source.LIVE


@given(st.text(max_size=30))
def test_a_time_is_read_or_is_none(text: str) -> None:
    """Whatever stands there, nothing is raised, and every time has a zone."""
    read = moment(text)

    assert read is None or read.tzinfo is not None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-13-01", ""])
def test_a_time_beyond_the_calendar_is_none(text: str) -> None:
    """UTC has no such time, and a report of a log that says so is made all the same."""
    made = replace(run(), started=text)

    assert moment(text) is None
    assert countdown(text) == ""
    assert "NOT PROVEN" in render_markdown(made, assess(made))


@pytest.mark.parametrize(
    ("status", "verdict", "checks", "expected"),
    [
        (200, Verdict.MATCH, (), True),
        (200, Verdict.INCONCLUSIVE, (), False),
        (200, Verdict.MISMATCH, (Check.BEHAVIOUR,), True),
        (0, Verdict.MISMATCH, (Check.BEHAVIOUR,), False),
        (302, Verdict.MISMATCH, (Check.BEHAVIOUR,), False),
        (500, Verdict.MISMATCH, (Check.RESPONSES,), True),
        (404, Verdict.ACCEPTED, (Check.BEHAVIOUR,), True),
    ],
)
def test_a_step_proves_what_it_compared(
    status: int, verdict: Verdict, checks: tuple[Check, ...], *, expected: bool
) -> None:
    """An answer that never came, or was no success on one side only, has nothing that could be compared."""
    findings = [finding(check=check) for check in checks]
    made = step(*findings, candidate=evidence("v1", status=status), verdict=verdict)

    assert proves(made, Check.RESPONSES) is expected


def test_a_step_proves_nothing_of_what_it_left_open() -> None:
    """A body that could not be compared is not proved by a mismatch in a header."""
    uncompared = finding(check=Check.RESPONSES, inconclusive=True)
    made = step(finding(check=Check.BEHAVIOUR), uncompared, verdict=Verdict.MISMATCH)

    assert not proves(made, Check.RESPONSES)
    assert proves(made, Check.BEHAVIOUR)
    assert proves(made, Check.AUTH)
