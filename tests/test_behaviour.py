"""What a run as a whole shows of how the two sides behave."""

from __future__ import annotations

import pytest

from harness.behaviour import behaviour_of
from harness.readiness import assess
from harness.result import Policy, Readiness
from harness.rules import Check, Severity
from harness.struct import replace
from tests.report.builders import every_check, provenance, run, scenario, timed_run


def test_everything_is_there() -> None:
    """Latencies, what is announced, the findings of the run, and how long v1beta1 lasts."""
    found = behaviour_of(timed_run(40, 0.2, 0.5))

    assert [each.operation for each in found.latencies] == ["ListApiTokens"]
    assert [each.rule for each in found.findings] == ["latency-regressed"]
    assert found.endings == ()
    assert found.countdown.startswith("v1beta1 ends in January 2027")


@pytest.mark.parametrize(
    ("profile", "severity"),
    [("strict", Severity.RISKY), ("tolerant", Severity.INFO), ("strict, tolerant", Severity.RISKY)],
)
def test_the_profile_is_the_runs(profile: str, severity: Severity) -> None:
    """Of merged runs with two profiles, the stricter holds."""
    found = behaviour_of(replace(timed_run(40, 0.2, 0.5), profile=profile))

    assert [each.severity for each in found.findings] == [severity]


def test_a_slower_operation_stands_against_a_cutover() -> None:
    """It is risky and nobody accepted it: NO-GO, counted with the check, unless the project lets it be."""
    made = timed_run(40, 0.2, 0.5)
    made = run(*made.scenarios, scenario(every_check(), id="all", provenance=provenance()))
    against = assess(made)
    let = assess(made, severities={"latency-regressed": Severity.INFO})
    behaviour = next(check for check in against.checks if check.check is Check.BEHAVIOUR)

    assert against.readiness is Readiness.NO_GO
    assert against.reasons[0] == ("v1 answers 1 operation more slowly, as many samples show: ListApiTokens.")
    assert (behaviour.readiness, behaviour.risky) == (Readiness.NO_GO, 1)
    assert (against.operations[0].readiness, against.operations[0].reasons) == (
        Readiness.NO_GO,
        ("v1 answers it more slowly.",),
    )
    assert {each.readiness for each in let.operations} == {Readiness.GO}
    assert let.readiness is Readiness.GO
    assert assess(made, Policy(max_breaking=0)).readiness is Readiness.GO
