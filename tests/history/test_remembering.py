"""A run in the light of earlier ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.behaviour import behaviour_of
from harness.history import FILE, WINDOW, History, State, recall, remember
from harness.result import Readiness, RunResult
from harness.struct import replace
from tests.history.builders import found, night
from tests.report.builders import accepted, timed_run


def _remember(run: RunResult, state: Path) -> History:
    return remember(run, Readiness.NO_GO, state)


def _states(history: History) -> dict[str, State]:
    return {each.fingerprint: each.state for each in history.tracked}


def test_the_first_run_has_no_earlier_one(tmp_path: Path) -> None:
    """Nothing is new where nothing was known; the run itself is the beginning of the trend."""
    history = _remember(night(1, found("a")), tmp_path)

    assert (history.since, history.tracked, history.trouble) == ("", (), "")
    assert [run.id for run in history.trend] == ["night1"]


def test_nights_one_after_the_other(tmp_path: Path) -> None:
    """New, known, accepted, fixed and regressed findings are told with when they were first and last seen."""
    _remember(night(1, found("a"), found("b"), found("c")), tmp_path)
    second = _remember(night(2, found("a"), found("d"), found("c", accepted=accepted())), tmp_path)
    third = _remember(night(3, found("b"), found("a")), tmp_path)

    assert second.since == "2026-11-01T03:00:00.000Z"
    assert _states(second) == {
        "a": State.KNOWN,
        "b": State.FIXED,
        "c": State.ACCEPTED,
        "d": State.NEW,
    }
    assert _states(third) == {
        "a": State.KNOWN,
        "b": State.REGRESSED,
        "c": State.FIXED,
        "d": State.FIXED,
    }
    gone = next(each for each in third.tracked if each.fingerprint == "d")
    assert (gone.place.rule, gone.first, gone.last) == (
        "property-renamed",
        *["2026-11-02T03:00:00.000Z"] * 2,
    )
    assert [run.open for run in third.trend] == [3, 2, 2]


@pytest.mark.parametrize(("part", "nights"), [(1, [1, 3]), (2, [1, 2, 3])])
def test_a_run_of_a_few_scenarios_is_no_step_of_the_trend(
    tmp_path: Path, part: int, nights: list[int]
) -> None:
    """Fewer findings of fewer scenarios are no progress; half of them are worth a bar."""
    whole = night(1, found("a")).scenarios
    many = tuple(replace(whole[0], id=f"s{number}") for number in range(4))
    for number, scenarios in ((1, many), (2, many[:part]), (3, many)):
        history = _remember(replace(night(number), scenarios=scenarios), tmp_path)

    assert [run.id for run in history.trend] == [f"night{number}" for number in nights]


def test_a_run_that_says_nothing_of_the_cutover_has_no_readiness(tmp_path: Path) -> None:
    """It is kept as a run without one."""
    history = remember(night(1), None, tmp_path)

    assert [run.readiness for run in history.trend] == [""]


def test_states_are_told_in_order(tmp_path: Path) -> None:
    """The order of the findings is that of states, then of severities and places: never that of a set."""
    _remember(night(1, found("a")), tmp_path)
    history = _remember(night(2, found("c"), found("b")), tmp_path)

    assert [each.fingerprint for each in history.tracked] == ["b", "c", "a"]


def test_a_report_made_again_says_the_same(tmp_path: Path) -> None:
    """A run that is kept is seen as it was then, whatever came after it; and nothing is kept of it twice."""
    runs = [night(1, found("a")), night(2), night(3, found("a"))]
    told = [_remember(run, tmp_path) for run in runs]

    assert [recall(run, Readiness.NO_GO, tmp_path) for run in runs] == told


def test_recalling_keeps_nothing(tmp_path: Path) -> None:
    """Where nothing was ever kept there is no history; a run that is only looked at is not kept."""
    assert recall(night(1), Readiness.GO, tmp_path) is None
    assert list(tmp_path.iterdir()) == []

    _remember(night(1), tmp_path)
    recall(night(2), Readiness.GO, tmp_path)

    assert [run.id for run in _remember(night(3), tmp_path).trend] == ["night1", "night3"]


def test_the_trend_ends(tmp_path: Path) -> None:
    """It has the last runs, this one at its end."""
    for number in range(WINDOW + 2):
        history = _remember(night(1, id=f"r{number}", started=f"2026-11-01T03:00:{number:02}.000Z"), tmp_path)

    assert [run.id for run in history.trend] == [f"r{number}" for number in range(2, WINDOW + 2)]


def test_what_was_gone_for_long_is_back(tmp_path: Path) -> None:
    """A finding of before the window is a regression and not new."""
    _remember(night(1, found("a")), tmp_path)
    for number in range(WINDOW):
        _remember(night(2, id=f"r{number}", started=f"2026-11-02T03:00:{number:02}.000Z"), tmp_path)

    assert _states(_remember(night(3, found("a")), tmp_path)) == {"a": State.REGRESSED}


def test_other_evidence_is_another_history(tmp_path: Path) -> None:
    """What cassettes showed says nothing of what live calls show."""
    _remember(night(1, found("a")), tmp_path)
    (scenario,) = night(2).scenarios
    assert scenario.provenance is not None
    moved = replace(scenario, provenance=replace(scenario.provenance, environment="staging"))
    history = _remember(night(2, scenarios=(moved,)), tmp_path)

    assert (history.since, len(history.trend)) == ("", 1)


def test_trouble_takes_nothing_away(tmp_path: Path) -> None:
    """A damaged file is told in one line, and stays as it is."""
    (tmp_path / FILE).write_bytes(b"no database " * 100)
    history = _remember(night(1, found("a")), tmp_path)

    assert history.trouble.startswith(f"{tmp_path / FILE}: the history of runs cannot be used")
    assert "\n" not in history.trouble
    assert (history.tracked, history.trend) == ((), ())
    assert recall(night(1), Readiness.GO, tmp_path) == history


def test_findings_of_the_whole_run_are_followed(tmp_path: Path) -> None:
    """An operation that v1 answers more slowly is new, known, and fixed when enough samples say so."""
    told = []
    for number, (samples, new) in enumerate([(40, 0.5), (40, 0.6), (5, 0.6), (40, 0.2)], start=1):
        made = replace(
            timed_run(samples, 0.2, new), id=f"r{number}", started=f"2026-11-0{number}T03:00:00.000Z"
        )
        told.append(_states(remember(made, Readiness.NO_GO, tmp_path, behaviour_of(made))))
    (fingerprint,) = told[1]

    assert told == [{}, {fingerprint: State.KNOWN}, {}, {fingerprint: State.FIXED}]
