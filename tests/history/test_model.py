"""What is told of a run in the light of earlier ones."""

from __future__ import annotations

from harness.history import History, State
from harness.history.model import OTHERS, purpose_of
from tests.history.builders import past_run
from tests.report.builders import run


def test_every_state_is_counted() -> None:
    """States without a finding are counted as 0, in the order in which they are told."""
    assert dict(History().counts) == dict.fromkeys(State, 0)
    assert list(History().counts) == list(State)


def test_what_is_open_is_breaking_or_risky() -> None:
    """Accepted findings are not open."""
    assert past_run(1, breaking=2, risky=3, accepted=4).open == 5


def test_runs_of_drift_are_a_series_of_their_own() -> None:
    """What v1 changed since its recording is never compared with what v1beta1 and v1 differ in."""
    assert purpose_of(run(mode="live")) == ""
    assert {purpose_of(run(mode=mode)) for mode in OTHERS} == OTHERS
