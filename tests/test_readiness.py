"""Readiness: what stands against a cutover, what is not proved, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.difference import Kind
from harness.readiness import NAMED, Breaking, assess, sandbox_reason
from harness.result import Finding, Policy, Readiness, RunResult, ScenarioResult, Source, Verdict
from harness.rules import Check, Severity
from harness.struct import replace
from tests.report.builders import (
    accepted,
    difference,
    every_check,
    evidence,
    failing_run,
    finding,
    good_run,
    provenance,
    run,
    sandbox_run,
    scenario,
    step,
)

SANDBOX = "comes from the sandbox: it proves nothing about the vendor's service."


def _run(*more: ScenarioResult, **changes: Any) -> RunResult:
    """Build a run that would be GO but for what is added to it."""
    return run(scenario(every_check()), *more, **changes)


def test_a_run_that_matches_and_exercises_everything_is_go() -> None:
    """GO has a reason, too."""
    assessment = assess(good_run())
    assert assessment.readiness is Readiness.GO
    assert assessment.reasons == ("The one scenario ran, and no open finding is breaking or risky.",)
    assert {check.readiness for check in assessment.checks} == {Readiness.GO}
    assert [operation.readiness for operation in assessment.operations] == [Readiness.GO]


@pytest.mark.parametrize(
    ("made", "readiness", "reason"),
    [
        (
            _run(scenario(step(finding(), verdict=Verdict.MISMATCH), id="a")),
            Readiness.NO_GO,
            "1 scenario differs in ways that nobody accepted (1 breaking finding): a.",
        ),
        (
            _run(scenario(id="a", verdict=Verdict.ERROR)),
            Readiness.NO_GO,
            "1 scenario could not be carried out: a.",
        ),
        (
            _run(scenario(step(operation="ListAlerts", verdict=Verdict.UNSUPPORTED), id="a")),
            Readiness.NO_GO,
            "v1 does not support 1 operation used here: ListAlerts.",
        ),
        (
            _run(scenario(id="a", verdict=Verdict.UNSUPPORTED)),
            Readiness.NO_GO,
            "v1 does not support what these scenarios use: a.",
        ),
        (
            _run(scenario(step(verdict=Verdict.INCONCLUSIVE), id="a")),
            Readiness.NOT_PROVEN,
            "1 scenario gave no verdict: a.",
        ),
        (
            _run(planned=3, unfinished=("b", "c")),
            Readiness.NOT_PROVEN,
            "2 of 3 planned scenarios did not finish: b, c.",
        ),
        (_run(finished=""), Readiness.NOT_PROVEN, "The run was stopped before its end."),
        (run(), Readiness.NOT_PROVEN, "No scenario ran, so nothing is proved."),
        (
            _run(scenario(step(), provenance=provenance(Source.SANDBOX))),
            Readiness.NOT_PROVEN,
            f"The evidence of 1 of 2 scenarios {SANDBOX}",
        ),
        (
            _run(scenario(step(), id="a", provenance=None)),
            Readiness.NOT_PROVEN,
            "The evidence of 1 scenario does not say where it came from: a.",
        ),
        (
            run(scenario(step(checks=(Check.RESPONSES, Check.AUTH)))),
            Readiness.NOT_PROVEN,
            "No step exercised the guide's checks Errors and Behaviour.",
        ),
    ],
)
def test_each_rule_gives_its_readiness_and_says_why(
    made: RunResult, readiness: Readiness, reason: str
) -> None:
    """What stands in the way of GO is the first reason."""
    assessment = assess(made)
    assert assessment.readiness is readiness
    assert assessment.reasons[0] == reason


def test_accepted_breaking_findings_allow_go_and_are_counted() -> None:
    """Someone agreed, so it is GO; the reader is told what it rests on."""
    agreed = step(finding(accepted=accepted()), finding(accepted=accepted()), verdict=Verdict.ACCEPTED)
    assessment = assess(_run(scenario(agreed)))
    assert assessment.readiness is Readiness.GO
    assert assessment.reasons[-1].startswith("2 breaking findings are accepted: ")


def test_a_run_without_acceptances_says_so() -> None:
    """The option changes the verdicts, so the report names it."""
    assert "asked to ignore the acceptances" in assess(_run(acceptances=False)).reasons[-1]


@pytest.mark.parametrize("made", [sandbox_run(), _run(scenario(provenance=provenance(Source.SANDBOX)))])
def test_the_sandbox_sentence_is_there_whatever_the_readiness_is(made: RunResult) -> None:
    """A NO-GO from the sandbox proves as little as a GO."""
    assessment = assess(made)
    assert assessment.readiness is Readiness.NO_GO
    assert any(reason.endswith(SANDBOX) for reason in assessment.reasons)


def test_reasons_come_worst_first() -> None:
    """Errors before differences, before what is unsupported, before what is not proved."""
    starts = ["1 scenario could not", "1 scenario differs", "v1 does not support", "The run was stopped"]
    reasons = assess(failing_run()).reasons
    for reason, start in zip(reasons, starts, strict=False):
        assert reason.startswith(start)
    assert reasons[-1].startswith("1 breaking finding is accepted")


def test_long_lists_of_names_are_cut_and_counted() -> None:
    """A reason stays a sentence however many scenarios it is about."""
    broken = [scenario(id=f"s{number}", verdict=Verdict.ERROR) for number in range(NAMED + 3)]
    assert (
        assess(run(*broken)).reasons[0]
        == "8 scenarios could not be carried out: s0, s1, s2, s3, s4 and 3 more."
    )


def test_a_check_counts_steps_probes_and_findings() -> None:
    """Open findings by severity, accepted ones apart."""
    probe = step(probe="missing", checks=(Check.AUTH,))
    mixed = step(
        finding(check=Check.AUTH),
        finding(check=Check.AUTH, severity=Severity.RISKY),
        finding(check=Check.AUTH, severity=Severity.INFO),
        finding(check=Check.AUTH, accepted=accepted()),
        finding(check=Check.AUTH, severity=Severity.RISKY, accepted=accepted()),
        verdict=Verdict.MISMATCH,
    )
    auth = next(
        check for check in assess(run(scenario(probe, probe, mixed))).checks if check.check is Check.AUTH
    )
    assert (auth.steps, auth.probes, auth.readiness) == (3, {"missing": 2}, Readiness.NO_GO)
    assert (auth.breaking, auth.risky, auth.info, auth.accepted, auth.accepted_breaking) == (1, 1, 1, 2, 1)


@pytest.mark.parametrize(
    ("check", "severity", "readiness"),
    [
        (Check.ERRORS, Severity.BREAKING, Readiness.NO_GO),
        (Check.BEHAVIOUR, Severity.RISKY, Readiness.NO_GO),
        (Check.BEHAVIOUR, Severity.INFO, Readiness.GO),
    ],
)
def test_what_is_wrong_with_a_probe_counts_against_its_check(
    check: Check, severity: Severity, readiness: Readiness
) -> None:
    """A refusal in another format, a redirect or a reset in its place is not the same refusal."""
    found = finding(check=check, severity=severity)
    probe = step(found, probe="missing", checks=(Check.AUTH,), verdict=Verdict.MISMATCH)
    checks = {each.check: each for each in assess(run(scenario(step(checks=(Check.AUTH,)), probe))).checks}

    assert checks[Check.AUTH].readiness is readiness
    assert checks[Check.AUTH].breaking == (severity is Severity.BREAKING)
    assert checks[Check.AUTH].risky == (severity is Severity.RISKY)
    assert checks[Check.AUTH].info == 0


@pytest.mark.parametrize("status", [0, 302, 401])
def test_a_check_is_not_go_by_answers_that_could_not_be_compared(status: int) -> None:
    """Where v1 never answered, redirected or refused, Responses are not proved, whatever check says so."""
    lost = step(
        finding(check=Check.BEHAVIOUR),
        candidate=evidence("v1", status=status),
        verdict=Verdict.MISMATCH,
    )
    alone, beside = (assess(run(scenario(*steps))).checks[0] for steps in ([lost, lost], [lost, step()]))

    assert (alone.check, alone.steps, alone.readiness) == (Check.RESPONSES, 2, Readiness.NOT_PROVEN)
    assert beside.readiness is Readiness.GO


def test_a_finding_that_concludes_nothing_counts_for_nothing() -> None:
    """It takes the verdict away; it does not stand against v1."""
    throttled = finding(severity=Severity.RISKY, inconclusive=True)
    assessment = assess(_run(scenario(step(throttled, verdict=Verdict.INCONCLUSIVE))))
    assert assessment.readiness is Readiness.NOT_PROVEN
    assert all(check.risky == 0 for check in assessment.checks)
    assert assessment.checks[0].readiness is Readiness.NOT_PROVEN


@pytest.mark.parametrize(
    ("verdict", "source", "readiness"),
    [
        (Verdict.MATCH, Source.LIVE, Readiness.GO),
        (Verdict.ACCEPTED, Source.CASSETTE, Readiness.GO),
        (Verdict.MATCH, Source.SANDBOX, Readiness.NOT_PROVEN),
        (Verdict.INCONCLUSIVE, Source.LIVE, Readiness.NOT_PROVEN),
        (Verdict.UNSUPPORTED, Source.SANDBOX, Readiness.NO_GO),
        (Verdict.MISMATCH, Source.LIVE, Readiness.NO_GO),
        (Verdict.ERROR, Source.LIVE, Readiness.NO_GO),
    ],
)
def test_an_operation_is_judged_by_its_worst_step_and_its_evidence(
    verdict: Verdict, source: Source, readiness: Readiness
) -> None:
    """The rules for a run hold for one operation."""
    made = run(scenario(step(), step(verdict=verdict), provenance=provenance(source)))
    (operation,) = assess(made).operations
    assert (operation.readiness, operation.verdict) == (readiness, verdict)
    assert operation.scenarios == ("tokens/list",)


def test_operations_without_an_id_are_named_by_method_and_path() -> None:
    """A step may call what no contract documents."""
    (operation,) = assess(run(scenario(step(operation="")))).operations
    assert operation.operation == "GET /iam/v1beta1/organizations/clsandboxorg0000000000000/tokens"


def test_a_step_that_called_nothing_proves_nothing() -> None:
    """A cleanup step that was not needed and the stale acceptances of a scenario exercise nothing."""
    idle = step(operation="DeleteWorkspace", baseline=None, candidate=None, checks=tuple(Check))
    stale = step(finding(difference(kind=Kind.ACCEPTANCE)), operation="", baseline=None, candidate=None)
    assessment = assess(run(scenario(idle, stale, verdict=Verdict.MATCH)))
    assert assessment.operations == ()
    assert [check.steps for check in assessment.checks] == [0, 0, 0, 0]
    assert assessment.readiness is Readiness.NOT_PROVEN


@given(verdicts=st.lists(st.sampled_from(list(Verdict)), max_size=6), lost=st.integers(0, 2))
def test_go_needs_every_planned_scenario_to_have_a_good_verdict(verdicts: list[Verdict], lost: int) -> None:
    """GO is exactly: something ran, all that was planned ran, and all matches or is accepted."""
    scenarios = [
        scenario(replace(every_check(), verdict=verdict), id=f"s{number}")
        for number, verdict in enumerate(verdicts)
    ]
    assessment = assess(run(*scenarios, planned=len(scenarios) + lost))
    good = bool(verdicts) and not lost and set(verdicts) <= {Verdict.MATCH, Verdict.ACCEPTED}
    assert (assessment.readiness is Readiness.GO) == good
    assert assessment.reasons
    assert sum(assessment.verdicts.values()) == len(verdicts)


def _lens(*findings: Finding) -> Breaking:
    return assess(_run(scenario(step(*findings, verdict=Verdict.MISMATCH), id="a"))).breaking


def test_breaking_for_you_is_counted_against_all() -> None:
    """What is not read and was breaking counts in all; what is not declared counts as read."""
    unread = finding(severity=Severity.RISKY, read=False)
    risky = finding(severity=Severity.RISKY, read=True)
    lowered = finding(severity=Severity.INFO, read=False)

    assert _lens(
        finding(read=True), finding(accepted=accepted(), read=True), unread, risky, lowered
    ) == Breaking(yours=2, all=3, accepted=1, declared=True)
    assert _lens(finding(), finding()) == Breaking(yours=2, all=2, accepted=0, declared=False)
    assert _lens(finding(inconclusive=True)) == Breaking(yours=0, all=0, accepted=0, declared=False)


def test_what_to_do_is_said_once_for_each_kind_of_reason() -> None:
    """Two reasons with one remedy give it once; GO has none."""
    assessment = assess(_run(finished="", planned=3, unfinished=("b", "c")))

    assert assessment.remedies == ("Run all scenarios to the end, or name the logs of all shards.",)
    assert assess(good_run()).remedies == ()


@pytest.mark.parametrize(
    ("most", "readiness"),
    [(None, Readiness.NO_GO), (0, Readiness.NO_GO), (1, Readiness.NO_GO), (2, Readiness.GO)],
)
def test_a_policy_may_allow_some_open_breaking_findings(most: int | None, readiness: Readiness) -> None:
    """Then their number decides, and risky ones are only remarked on."""
    risky = finding(severity=Severity.RISKY)
    made = _run(scenario(step(finding(), finding(), risky, verdict=Verdict.MISMATCH), id="a"))

    assessment = assess(made, Policy(max_breaking=most))

    assert assessment.readiness is readiness
    if most is not None:
        assert "1 risky finding is open, as the policy allows." in assessment.reasons
        assert {check.readiness for check in assessment.checks if check.breaking} <= {readiness}


def test_required_operations_must_be_proved() -> None:
    """One that nobody called keeps a run from being GO, and so does one that is not proved."""
    local = scenario(step(operation="ListUsers"), id="a", provenance=provenance(Source.SANDBOX))

    assessment = assess(_run(local), Policy(operations=("GetUser", "ListUsers", "ListApiTokens")))

    assert assessment.readiness is Readiness.NOT_PROVEN
    assert assessment.reasons[1:3] == (
        "No scenario calls the required operation GetUser.",
        "The required operation ListUsers is NOT PROVEN: Its evidence comes from the sandbox.",
    )


_POLICIES = st.builds(
    Policy,
    operations=st.lists(st.sampled_from(["ListApiTokens", "ListUsers"]), unique=True).map(tuple),
    max_breaking=st.none() | st.integers(0, 3),
    evidence=st.sampled_from(Source),
    max_age=st.none() | st.integers(0, 1000),
)


@given(_POLICIES)
def test_nothing_ran_is_never_go_under_any_policy(policy: Policy) -> None:
    """No scenario, or scenarios that called nothing, prove nothing whatever is allowed."""
    idle = scenario(step(baseline=None, candidate=None, verdict=Verdict.MATCH, checks=()))

    assert assess(run(), policy).readiness is Readiness.NOT_PROVEN
    assert assess(run(idle), policy).readiness is not Readiness.GO


@given(_POLICIES, st.sampled_from(Verdict))
def test_go_has_evidence_and_no_remedy_but_remarks(policy: Policy, verdict: Verdict) -> None:
    """Under any policy, a GO compared something, and its first reason says that all ran."""
    assessment = assess(_run(scenario(step(verdict=verdict), id="a")), policy)

    if assessment.readiness is Readiness.GO:
        assert assessment.reasons[0].startswith("All 2 scenarios ran, and ")
        assert verdict not in (Verdict.ERROR, Verdict.INCONCLUSIVE)
        assert all(each.readiness is Readiness.GO for each in assessment.operations)


def test_go_says_what_was_left_out() -> None:
    """A filtered run may be GO for what was chosen, and says of what nothing is known."""
    assessment = assess(replace(good_run(), omitted=("a", "b")))

    assert assessment.readiness is Readiness.GO
    assert assessment.reasons == (
        "The one chosen scenario ran, and no open finding is breaking or risky.",
        "2 scenarios were left out, and nothing is known of them: a, b.",
    )
    assert "without `-k`" in assessment.remedies[0]


def test_a_report_writes_a_number_in_one_way() -> None:
    """Reasons have the commas that the counts of scenarios beside them have."""
    box = provenance(Source.SANDBOX)
    made = run(*(scenario(id=str(number), provenance=box) for number in range(1000)), planned=2001)

    assert "1,001 of 2,001 planned scenarios did not finish." in assess(made).reasons
    assert sandbox_reason(made).startswith("The evidence of all 1,000 scenarios comes from the sandbox")
