"""What is kept of a run."""

from __future__ import annotations

import pytest

from harness.history import Place, Series, Unit
from harness.history.rows import line_of, outcomes_of, places_of
from harness.result import Verdict
from harness.rules import Severity
from harness.struct import replace
from tests.history.builders import SERIES, found
from tests.report.builders import accepted, difference, failing_run, run, scenario, step

ASKED = Unit("", "ListApiTokens")
STALE = Unit("", "")


def test_only_findings_that_matter_are_kept() -> None:
    """What is for information, or takes the verdict away, is not followed."""
    made = step(
        found("a"),
        found("b", severity=Severity.INFO),
        found("c", inconclusive=True),
        verdict=Verdict.MISMATCH,
    )
    (outcome,) = outcomes_of(run(scenario(made))).values()

    assert [(each.fingerprint, each.unit) for each in outcome.sightings] == [("a", ASKED)]
    assert set(places_of(run(scenario(made)))) == {"a"}


def test_one_unit_shows_a_finding_once() -> None:
    """Of several steps, the worst severity counts, and an acceptance only where all have one."""
    first = step(found("a", severity=Severity.RISKY, accepted=accepted()), verdict=Verdict.ACCEPTED)
    second = step(found("a"), verdict=Verdict.MISMATCH)
    (outcome,) = outcomes_of(run(scenario(first, second))).values()

    assert [(each.severity, each.accepted) for each in outcome.sightings] == [(Severity.BREAKING, False)]


@pytest.mark.parametrize(
    ("verdicts", "concluded"),
    [
        ((Verdict.MATCH,), {ASKED, STALE}),
        ((Verdict.MISMATCH, Verdict.ACCEPTED, Verdict.UNSUPPORTED), {ASKED, STALE}),
        ((Verdict.MATCH, Verdict.INCONCLUSIVE), set()),
        ((Verdict.ERROR,), set()),
    ],
)
def test_what_is_concluded(verdicts: tuple[Verdict, ...], concluded: set[Unit]) -> None:
    """A unit is concluded where all of its steps are."""
    (outcome,) = outcomes_of(run(scenario(*(step(verdict=each) for each in verdicts)))).values()

    assert outcome.concluded == concluded


def test_probes_are_units_of_their_own() -> None:
    """A probe that came to no conclusion leaves what the author's step says, and the other way round."""
    made = scenario(step(), step(probe="missing", verdict=Verdict.INCONCLUSIVE), verdict=Verdict.MISMATCH)
    (outcome,) = outcomes_of(run(made)).values()

    assert outcome.concluded == {ASKED}


def test_a_scenario_that_stopped_concludes_nothing() -> None:
    """Steps that ran before the trouble prove no absence: those that did not run might have shown it."""
    made = scenario(step(), verdict=Verdict.ERROR, reason="the disk is full")
    (outcome,) = outcomes_of(run(made)).values()

    assert outcome.concluded == frozenset()


def test_the_series_is_that_of_the_evidence() -> None:
    """Environment and kind come from the evidence: a replay calls no environment itself."""
    (outcome,) = outcomes_of(run(scenario(step()), environment="as recorded")).values()
    (drifted,) = outcomes_of(run(scenario(step(), provenance=None), mode="drift")).values()

    assert outcome.series == SERIES
    assert drifted.series == Series(purpose="drift", environment="", source="", profile="strict")


def test_no_value_is_kept() -> None:
    """Of a difference, its place is kept and neither of its values."""
    fact = difference(baseline="secret of v1beta1", candidate="secret of v1")
    made = run(scenario(step(found("a", difference=fact), verdict=Verdict.MISMATCH)))

    assert places_of(made) == {
        "a": Place(rule="property-renamed", operation="ListApiTokens", path=fact.path, to=fact.to)
    }
    assert "secret" not in repr(outcomes_of(made))


def test_a_run_in_one_line() -> None:
    """Findings are counted by fingerprint, open ones by severity."""
    made = replace(failing_run(), id="r1")
    line = line_of(made, outcomes_of(made), "NO-GO")

    assert (line.id, line.planned, line.scenarios, line.readiness) == ("r1", 6, 5, "NO-GO")
    assert (line.environments, line.sources) == (("production",), ("cassette",))


def test_a_fingerprint_is_counted_once() -> None:
    """What is open in one scenario and accepted in another is open, and counts once."""
    one = scenario(step(found("a", accepted=accepted()), found("b"), verdict=Verdict.MISMATCH), id="one")
    two = scenario(step(found("a"), found("c", accepted=accepted()), verdict=Verdict.MISMATCH), id="two")
    made = run(one, two)
    line = line_of(made, outcomes_of(made), "NO-GO")

    assert (line.breaking, line.risky, line.accepted) == (2, 0, 1)
