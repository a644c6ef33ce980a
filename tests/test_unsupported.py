"""What v1 lacks of what scenarios use."""

from __future__ import annotations

from harness.result import Policy, Verdict
from harness.unsupported import lacking, let_through, undecided
from tests.report.builders import run, scenario, step

LACKS = step(operation="ListAlerts", verdict=Verdict.UNSUPPORTED)
UNSURE = step(verdict=Verdict.INCONCLUSIVE)
LOOSE = Policy(unsupported=True)


def test_what_v1_lacks_is_named() -> None:
    """By the operations, or by the scenarios where no step tells one; of nothing nothing is said."""
    whole = scenario(LACKS, id="alerts/list", verdict=Verdict.UNSUPPORTED)
    bare = scenario(id="alerts/old", verdict=Verdict.UNSUPPORTED)

    assert lacking(run(whole)) == "v1 does not support 1 operation used here: ListAlerts"
    assert lacking(run(bare)) == "v1 does not support what these scenarios use: alerts/old"
    assert lacking(run(scenario(step()))) == ""


def test_only_a_policy_lets_it_through() -> None:
    """And nothing else with it."""
    assert let_through(LACKS, LOOSE)
    assert not let_through(LACKS, Policy())
    assert not let_through(UNSURE, LOOSE)


def test_what_came_to_no_verdict_does_not_hide_behind_it() -> None:
    """The verdict of such a scenario is unsupported; where that is let through, the other steps count."""
    mixed = scenario(LACKS, UNSURE, id="alerts/mixed", verdict=Verdict.UNSUPPORTED)
    open_one = scenario(UNSURE, id="open", verdict=Verdict.INCONCLUSIVE)
    made = run(mixed, scenario(LACKS, id="alerts/list", verdict=Verdict.UNSUPPORTED), open_one)

    assert undecided(made, Policy()) == ["open"]
    assert undecided(made, LOOSE) == ["alerts/mixed", "open"]
