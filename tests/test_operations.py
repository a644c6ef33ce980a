"""Readiness of single operations."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harness.operations import OperationAssessment, assess_operations
from harness.origins import Origins
from harness.result import Policy, Readiness, ScenarioResult, Source, Verdict, operation_name
from harness.struct import replace
from tests.report.builders import provenance, run, scenario, step

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NO_POLICY = Policy()
_GO, _NO, _OPEN = Readiness.GO, Readiness.NO_GO, Readiness.NOT_PROVEN


def _assess(*scenarios: ScenarioResult, policy: Policy = NO_POLICY) -> tuple[OperationAssessment, ...]:
    named = [replace(each, id=f"s{number}") for number, each in enumerate(scenarios)]
    return assess_operations(run(*named), Origins(policy=policy, now=NOW))


def _from(
    source: Source, verdict: Verdict = Verdict.MATCH, recorded: str = "2026-11-20T00:00:00Z"
) -> ScenarioResult:
    return scenario(step(verdict=verdict), provenance=provenance(source, recorded=recorded))


@pytest.mark.parametrize(
    ("scenarios", "readiness", "reasons"),
    [
        ([_from(Source.CASSETTE)], _GO, ["1 step compared; nothing open."]),
        ([_from(Source.LIVE, Verdict.ACCEPTED)] * 2, _GO, ["2 steps compared; nothing open."]),
        ([_from(Source.SANDBOX)], _OPEN, ["Its evidence comes from the sandbox."]),
        ([_from(Source.SANDBOX), _from(Source.LIVE)], _GO, ["2 steps compared; nothing open."]),
        (
            [scenario(step(), provenance=None)],
            _OPEN,
            ["Its evidence does not say where it came from."],
        ),
        (
            [_from(Source.CASSETTE), _from(Source.CASSETTE, Verdict.INCONCLUSIVE)],
            _OPEN,
            ["1 step gives no verdict."],
        ),
        (
            [scenario(step(verdict=Verdict.INCONCLUSIVE, baseline=None, candidate=None))],
            _OPEN,
            ["1 step gives no verdict.", "No step compared it."],
        ),
        (
            [_from(Source.SANDBOX, Verdict.MISMATCH)],
            _NO,
            ["1 step differs in ways that nobody accepted.", "Its evidence comes from the sandbox."],
        ),
        ([_from(Source.LIVE, Verdict.UNSUPPORTED)], _NO, ["v1 does not support it."]),
        (
            [_from(Source.SANDBOX, Verdict.UNSUPPORTED)],
            _NO,
            ["v1 does not support it.", "Its evidence comes from the sandbox."],
        ),
    ],
)
def test_an_operation_is_ready_when_its_steps_prove_it(
    scenarios: list[ScenarioResult], readiness: Readiness, reasons: list[str]
) -> None:
    """The readiness and every reason for it; the sandbox's evidence alone proves nothing."""
    (found,) = _assess(*scenarios)

    assert (found.readiness, list(found.reasons)) == (readiness, reasons)


@pytest.mark.parametrize(
    ("made", "policy", "readiness", "reason"),
    [
        (_from(Source.SANDBOX), Policy(evidence=Source.SANDBOX), _GO, "1 step compared; nothing open."),
        (_from(Source.CASSETTE), Policy(evidence=Source.LIVE), _OPEN, "Its evidence is recorded, not live."),
        (
            _from(Source.CASSETTE, recorded="2026-10-01T00:00:00Z"),
            Policy(max_age=30),
            _OPEN,
            "Its evidence is older than 30 days.",
        ),
        (
            _from(Source.CASSETTE, recorded=""),
            Policy(max_age=30),
            _OPEN,
            "Its evidence does not say when it was recorded.",
        ),
        (_from(Source.LIVE, Verdict.ERROR), Policy(max_breaking=3), _NO, "1 step could not be carried out."),
        (
            _from(Source.SANDBOX, Verdict.UNSUPPORTED),
            Policy(max_breaking=3),
            _OPEN,
            "Its evidence comes from the sandbox.",
        ),
        (
            _from(Source.LIVE, Verdict.MISMATCH),
            Policy(max_breaking=3),
            _GO,
            "1 step compared; the policy counts what breaks.",
        ),
    ],
)
def test_a_policy_asks_for_more_or_for_less(
    made: ScenarioResult, policy: Policy, readiness: Readiness, reason: str
) -> None:
    """Its least evidence and greatest age count here; where it counts breaking findings, the run's decide."""
    (found,) = _assess(made, policy=policy)

    assert (found.readiness, found.reasons[0]) == (readiness, reason)


def test_operations_come_worst_first_with_their_strongest_evidence() -> None:
    """Then by name; the ids of the scenarios are sorted, each once."""
    found = _assess(
        scenario(step(), step(operation="B", verdict=Verdict.MISMATCH), step(operation="A")),
        _from(Source.LIVE),
    )

    assert [(each.operation, each.readiness, each.scenarios, each.evidence) for each in found] == [
        ("B", _NO, ("s0",), Source.CASSETTE),
        ("A", _GO, ("s0",), Source.CASSETTE),
        ("ListApiTokens", _GO, ("s0", "s1"), Source.LIVE),
    ]


def test_a_cleanup_that_was_not_needed_says_nothing() -> None:
    """Its operation was not called, and need not be."""
    assert _assess(scenario(step(baseline=None, candidate=None))) == ()


def test_a_call_without_an_operation_is_called_by_method_and_path() -> None:
    """And what called nothing has no name."""
    assert operation_name(step(operation="")).startswith("GET /iam/v1beta1/organizations/")
    assert operation_name(step(operation="", baseline=None, candidate=None)) == ""
