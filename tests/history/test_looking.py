"""What is kept of a finding, or of a scenario, run by run."""

from __future__ import annotations

from pathlib import Path

from harness.history import FILE, opened, passages, remember, trails
from harness.result import Readiness, Verdict
from tests.history.builders import found, night
from tests.report.builders import accepted


def _keep(state: Path) -> Path:
    runs = [
        night(1, found("a"), found("b", rule="type-changed")),
        night(2),
        night(3, found("a", accepted=accepted())),
    ]
    for run in runs:
        remember(run, Readiness.NO_GO, state)
    return state / FILE


def test_the_trail_of_a_finding(tmp_path: Path) -> None:
    """The runs that showed it, oldest first, with whether it was accepted."""
    with opened(_keep(tmp_path), write=False) as store:
        (trail,) = trails(store, "a")

    assert [(each.run.id, each.scenarios, each.accepted) for each in trail.appearances] == [
        ("night1", ("tokens/list",), False),
        ("night3", ("tokens/list",), True),
    ]


def test_a_rule_stands_for_its_findings(tmp_path: Path) -> None:
    """A rule's id gives the trails of all that it found; another name gives none."""
    with opened(_keep(tmp_path), write=False) as store:
        assert [trail.fingerprint for trail in trails(store, "type-changed")] == ["b"]
        assert trails(store, "no-such-rule") == ()


def test_the_passages_of_a_scenario(tmp_path: Path) -> None:
    """Each run with its verdict and its numbers."""
    with opened(_keep(tmp_path), write=False) as store:
        found_ = passages(store, "tokens/list")
        assert passages(store, "tokens") == ()

    assert [(each.run.id, each.verdict, each.open, each.accepted) for each in found_] == [
        ("night1", Verdict.MISMATCH, 2, 0),
        ("night2", Verdict.MATCH, 0, 0),
        ("night3", Verdict.MISMATCH, 0, 1),
    ]
    assert {(each.environment, each.source) for each in found_} == {("production", "cassette")}
