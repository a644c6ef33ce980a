"""The digest: one cause is one row, worst first, and nothing is lost on the way."""

from __future__ import annotations

from harness.difference import Kind
from harness.readiness import assess
from harness.report import words
from harness.report.digest import Digest, digest, found
from harness.result import RunResult, Verdict
from harness.rules import Documentation, Severity
from harness.struct import replace
from tests.report.builders import accepted, difference, failing_run, finding, run, sandbox_run, scenario, step


def _digest(made: RunResult) -> Digest:
    return digest(made, assess(made))


def test_one_rename_in_many_operations_is_one_cause() -> None:
    """Same rule, same place, same new place: the places are listed."""
    steps = [step(finding(), operation=operation, verdict=Verdict.MISMATCH) for operation in ("B", "A", "B")]
    (cause,) = _digest(run(scenario(*steps))).causes
    assert len(cause.places) == 3
    assert cause.operations == ("A", "B")


def test_accepted_and_open_findings_are_different_causes() -> None:
    """What is agreed in one place is not agreed in another; open ones come first."""
    causes = _digest(run(scenario(step(finding(accepted=accepted()), finding())))).causes
    assert [cause.accepted for cause in causes] == [False, True]
    assert found(causes) == "2 findings of 2 causes, 1 accepted"


def test_causes_come_worst_first_then_the_most_frequent() -> None:
    """Severity, then open before accepted, then how often."""
    rare, often = difference(path="$.body.a"), difference(path="$.body.b")
    info = finding(difference(path="$.body.c"), severity=Severity.INFO)
    made = run(scenario(step(info, info, info, finding(rare), finding(often), finding(often))))
    assert [cause.difference.path for cause in _digest(made).causes] == ["$.body.b", "$.body.a", "$.body.c"]


def test_what_is_named_first_is_open() -> None:
    """Breaking and risky causes that nobody accepted come before accepted ones; information is no part."""
    agreed = finding(difference(path="$.body.a"), accepted=accepted())
    risky = finding(difference(path="$.body.b"), severity=Severity.RISKY)
    info = finding(difference(path="$.body.c"), severity=Severity.INFO)
    worst = _digest(run(scenario(step(agreed, risky, info)))).worst
    assert [(cause.difference.path, cause.accepted) for cause in worst] == [
        ("$.body.b", False),
        ("$.body.a", True),
    ]


def test_a_cause_of_several_operations_names_them() -> None:
    """A sentence that names the operation of one place would hide that the others go, too."""
    gone = [
        step(
            finding(difference(kind=Kind.UNMAPPED, path="$.request"), explanation=f"{name} is not in v1."),
            operation=name,
        )
        for name in ("ListAlerts", "GetAlert")
    ]
    one, both = (_digest(run(scenario(*steps))).causes[0] for steps in (gone[:1], gone))
    assert words.title(one) == words.sentence(one.example)
    assert words.title(both) == "GetAlert and ListAlerts are not in v1's contract."


def test_a_cause_knows_everything_that_was_said_of_it() -> None:
    """Different acceptances and different contracts are all kept."""
    made = run(
        scenario(
            step(
                finding(accepted=accepted("one")),
                finding(accepted=accepted("two"), documentation=Documentation.UNDOCUMENTED),
                finding(accepted=replace(accepted("one"), where="scenarios/tokens/list.yaml:40")),
            )
        )
    )
    (cause,) = _digest(made).causes
    assert [(each.reason, places) for each, places in cause.acceptances] == [
        ("one", ("scenarios/tokens/list.yaml:14", "scenarios/tokens/list.yaml:40")),
        ("two", ("scenarios/tokens/list.yaml:14",)),
    ]
    assert cause.documentation == (Documentation.DOCUMENTED, Documentation.UNDOCUMENTED)


def test_unsupported_operations_carry_their_advice() -> None:
    """Each remedy once, however many steps."""
    (gone,) = _digest(sandbox_run()).unsupported
    assert gone.operation == "ListAlerts"
    assert gone.remedies == ("Remove the call, or ask the vendor's support what to use instead.",)
    assert [step.where for _, step in gone.steps] == ["scenarios/alerts/list.yaml:6"]


def test_what_was_not_proved_is_listed_with_its_reason() -> None:
    """What did not finish, what was not run, and what broke."""
    assert _digest(failing_run()).unproved == (
        ("workspaces/life", "it was planned and did not finish"),
        ("deployments/life: update it", "it was not run, because the step before it failed"),
        ("users/self", "scenarios/users/self.yaml:5: the variable user_id has no value"),
    )


def test_an_inconclusive_finding_is_not_a_cause_but_a_reason() -> None:
    """It says why there is no verdict."""
    throttled = finding(inconclusive=True, severity=Severity.INFO, explanation="v1 answered 429.")
    shown = _digest(run(scenario(step(throttled, verdict=Verdict.INCONCLUSIVE)), planned=3))
    assert shown.causes == ()
    assert shown.unproved == (
        ("2 more", "planned and did not finish"),
        ("Check Auth", "no step exercised it"),
        ("Check Errors", "no step exercised it"),
        ("Check Behaviour", "no step exercised it"),
        ("tokens/list: first page", "v1 answered 429."),
    )


def test_a_step_without_a_verdict_or_a_reason_is_listed_all_the_same() -> None:
    """Silence is not proof."""
    unproved = _digest(run(scenario(step(verdict=Verdict.INCONCLUSIVE)), scenario(id="empty"))).unproved
    assert ("tokens/list: first page", "nothing could be concluded") in unproved
    assert ("empty", "it has no steps") in unproved


def test_scenarios_come_worst_first_and_all_of_them() -> None:
    """The good news is in the report, after the bad."""
    assert [result.verdict for result in _digest(failing_run()).scenarios] == [
        Verdict.ERROR,
        Verdict.MISMATCH,
        Verdict.UNSUPPORTED,
        Verdict.ACCEPTED,
        Verdict.MATCH,
    ]
