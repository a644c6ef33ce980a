"""What a run as a whole shows of how the two sides behave."""

from __future__ import annotations

import pytest

from harness.behaviour import behaviour_of
from harness.readiness import assess
from harness.result import Accepted, Policy, Readiness, RunResult, Source
from harness.rules import Check, Severity
from harness.settings import RunAcceptance
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


def agreed(operation: str = "ListApiTokens", **days: str) -> RunAcceptance:
    """Return an acceptance of slower answers."""
    accepted = Accepted(reason="it runs at night", where="pyproject.toml:7", **days)
    return RunAcceptance(rule="latency-regressed", operation=operation, accepted=accepted)


@pytest.mark.parametrize("operation", ["ListApiTokens", ""])
@pytest.mark.parametrize("until", ["", "2026-11-21"])
def test_what_was_agreed_to_does_not_stand_against_a_cutover(operation: str, until: str) -> None:
    """At its operation or at any, up to its last day and on it: it is told with its reason, and counted."""
    made = timed_run(40, 0.2, 0.5)
    made = run(*made.scenarios, scenario(every_check(), id="all", provenance=provenance()))
    acceptance = agreed(operation, until=until)
    found = assess(made, accept=[acceptance])
    behaviour = next(check for check in found.checks if check.check is Check.BEHAVIOUR)

    assert found.readiness is Readiness.GO
    assert found.behaviour.accepted == {"ListApiTokens": acceptance.accepted}
    assert found.behaviour.lapsed == ()
    assert (behaviour.risky, behaviour.accepted) == (0, 1)
    assert {each.readiness for each in found.operations} == {Readiness.GO}


def test_an_acceptance_past_its_last_day_is_told_and_not_in_force() -> None:
    """The finding counts again, and the acceptance is a finding itself, with its line."""
    made = timed_run(40, 0.2, 0.5)
    found = assess(made, accept=[agreed(until="2026-11-20")])

    assert found.behaviour.accepted == {}
    assert [each.rule for each in found.behaviour.lapsed] == ["acceptance-expired"]
    assert found.behaviour.lapsed[0].explanation.endswith("past its last day (expired after 2026-11-20).")
    assert found.readiness is Readiness.NO_GO
    assert found.reasons[:2] == (
        "v1 answers 1 operation more slowly, as many samples show: ListApiTokens.",
        f"pyproject.toml:7: {found.behaviour.lapsed[0].explanation}",
    )


@pytest.mark.parametrize(
    ("made", "operation", "rules"),
    [
        (timed_run(40, 0.2, 0.2), "ListApiTokens", ["acceptance-unused"]),
        (timed_run(40, 0.2, 0.2), "", ["acceptance-unused"]),
        (timed_run(40, 0.2, 0.2), "ListTeams", []),
        (timed_run(4, 0.2, 0.5), "ListApiTokens", []),
        (timed_run(40, 0.2, 0.5, Source.SANDBOX), "", []),
        (run(), "", []),
    ],
)
def test_an_acceptance_that_matches_nothing_is_told_where_that_is_known(
    made: RunResult, operation: str, rules: list[str]
) -> None:
    """Not where its operation was not called, had too few samples, or only the sandbox's."""
    found = behaviour_of(made, accept=[agreed(operation)])

    assert [each.rule for each in found.lapsed] == rules
    assert behaviour_of(replace(made, acceptances=False), accept=[agreed(operation)]).lapsed == ()


def test_a_run_without_acceptances_ignores_them() -> None:
    """As it does those of scenarios."""
    made = replace(timed_run(40, 0.2, 0.5), acceptances=False)

    assert behaviour_of(made, accept=[agreed()]).accepted == {}
    assert assess(made, accept=[agreed()]).readiness is Readiness.NO_GO


def test_the_first_acceptance_in_force_counts() -> None:
    """One that has ended does not hide the one that was agreed to after it."""
    new = agreed(until="2027-01-31")
    found = behaviour_of(timed_run(40, 0.2, 0.5), accept=[agreed(until="2026-11-01"), new])

    assert found.accepted == {"ListApiTokens": new.accepted}
    assert [each.rule for each in found.lapsed] == ["acceptance-expired"]
