"""The state of a finding is a function of what runs came to, and of nothing else."""

from __future__ import annotations

import pytest

from harness.history import Outcome, Sighting, State, Unit
from harness.history.states import RECENT, Course, courses
from harness.rules import Severity
from harness.struct import replace
from tests.history.builders import UNIT, outcome


def _courses(*scenarios: str, older: bool = False) -> dict[str, Course]:
    """Follow the finding ``f`` through runs: a sign each; a blank where the scenario did not run."""
    runs: list[dict[str, Outcome]] = [
        {str(number): outcome(sign) for number, sign in enumerate(column) if sign != " "}
        for column in zip(*scenarios, strict=True)
    ]
    return courses(runs[:-1], runs[-1], frozenset({"f"}) if older else frozenset())


@pytest.mark.parametrize(
    ("runs", "state"),
    [
        ("x", State.NEW),
        (".x", State.NEW),
        ("xx", State.KNOWN),
        ("x x", State.KNOWN),
        ("x?x", State.KNOWN),
        ("a", State.ACCEPTED),
        ("xa", State.ACCEPTED),
        (".a", State.ACCEPTED),
        ("ax", State.KNOWN),
        ("x.", State.FIXED),
        ("a.", State.FIXED),
        ("x?.", State.FIXED),
        ("x .", State.FIXED),
        ("x.x", State.REGRESSED),
        ("x..x", State.REGRESSED),
        ("x.?x", State.REGRESSED),
        ("x.xx", State.KNOWN),
        ("x.x.", State.FLAKY),
        ("x.x.x", State.FLAKY),
        ("x.x.xx", State.FLAKY),
        ("x.a.a", State.ACCEPTED),
        ("x.x." + "x" * (RECENT - 4), State.FLAKY),
        ("x.x." + "x" * (RECENT - 3), State.KNOWN),
    ],
)
def test_the_state_of_a_finding(runs: str, state: State) -> None:
    """By the signs of its runs, oldest first: shown, accepted, not shown, not known, not run."""
    assert _courses(runs)["f"].state is state


@pytest.mark.parametrize("runs", [".", "?", "x?", "x ", "x..", "x. ", "x.x..", " ."])
def test_what_is_not_told(runs: str) -> None:
    """What was never there, was gone already, or was not looked for now is in no state."""
    assert _courses(runs) == {}


@pytest.mark.parametrize(
    ("scenarios", "state"),
    [
        (("x.", "x."), State.FIXED),
        (("x.", "x "), None),
        (("x ", "x."), None),
        (("xx", "x."), State.KNOWN),
        (("x.", " x"), State.KNOWN),
        (("a", "a"), State.ACCEPTED),
        (("a", "x"), State.NEW),
        (("x.x", "x.."), State.REGRESSED),
        (("x.", "?."), State.FIXED),
    ],
)
def test_a_finding_of_several_scenarios(scenarios: tuple[str, ...], state: State | None) -> None:
    """It is gone only where each scenario that had it concluded without it, and accepted only in all."""
    found = _courses(*scenarios)

    assert (found["f"].state if "f" in found else None) is state


@pytest.mark.parametrize(
    ("runs", "state"),
    [("..x", State.REGRESSED), ("  x", State.KNOWN), ("??x", State.KNOWN), ("xx", State.KNOWN)],
)
def test_what_runs_before_the_window_showed(runs: str, state: State) -> None:
    """A finding of long ago is not new; it is back only if a run looked for it in vain."""
    assert _courses(runs, older=True)["f"].state is state


def test_first_and_last_are_positions_of_runs() -> None:
    """A fixed finding was last shown before this run; the severity is that of the last showing."""
    risky = replace(outcome("x"), sightings=(Sighting("f", UNIT, Severity.RISKY, accepted=False),))
    found = courses([{}, {"s": outcome("x")}, {"s": risky}], {"s": outcome(".")})

    assert found["f"] == Course(state=State.FIXED, severity=Severity.RISKY, first=1, last=2)


def test_a_step_that_is_gone_proves_nothing() -> None:
    """A scenario that concluded without asking what showed the finding does not fix it."""
    other = replace(
        outcome("."), concluded=frozenset({Unit("", "GetApiToken"), Unit("missing", UNIT.operation)})
    )

    assert courses([{"s": outcome("x")}], {"s": other}) == {}


def test_the_worst_of_one_run_is_told() -> None:
    """A finding that is risky in one scenario and breaking in another is breaking."""
    risky = replace(outcome("x"), sightings=(Sighting("f", UNIT, Severity.RISKY, accepted=False),))

    assert courses([], {"a": outcome("x"), "b": risky})["f"].severity is Severity.BREAKING
