"""A run as a list of test cases."""

from __future__ import annotations

import pytest

from harness.report.cases import STATUSES, Status, cases_of, counts, elapsed
from harness.result import Verdict
from harness.rules import Severity
from tests.report.builders import failing_run, finding, good_run, run, scenario, step


def test_every_planned_scenario_is_a_case() -> None:
    """Those that found nothing, those that failed, and those without a result."""
    cases = cases_of(failing_run())

    assert [(case.name, case.status) for case in cases] == [
        ("alerts/list", Status.PASSED),
        ("deployments/life", Status.FAILED),
        ("tokens/list", Status.PASSED),
        ("users/self", Status.BROKEN),
        ("users/list", Status.PASSED),
        ("workspaces/life", Status.ABSENT),
    ]
    assert sum(counts(cases).values()) == len(cases)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_status(verdict: Verdict) -> None:
    """And a case that did not pass says why, on one line."""
    (case,) = cases_of(run(scenario(step(verdict=verdict), verdict=verdict)))

    assert case.status is STATUSES[verdict]
    assert bool(case.message) is (case.status is not Status.PASSED)
    assert "\n" not in case.message


def test_a_failure_says_its_findings_worst_first() -> None:
    """Each sentence once; what is for information or accepted is not what failed."""
    breaking = finding(explanation="ListApiTokens: it is gone.")
    risky = finding(severity=Severity.RISKY, explanation="ListApiTokens: it may hurt.")
    told = finding(severity=Severity.INFO, explanation="ListApiTokens: by the way.")
    failed = step(risky, told, breaking, verdict=Verdict.MISMATCH)
    (case,) = cases_of(run(scenario(failed, failed)))

    assert case.message == "4 findings: It is gone. It may hurt."
    assert "BREAKING property-renamed" in case.text


def test_rows_and_shards() -> None:
    """The name of a row may have slashes, and what is missing has no directory."""
    made = run(scenario(id="a/b[c/d]"), planned=4, unfinished=("e/f",), missing=("2/3",))
    cases = cases_of(made)

    assert [case.directory for case in cases] == [("a",), ("e",), (), ()]
    assert [case.name for case in cases] == ["a/b[c/d]", "e/f", "shard 2/3", "2 scenarios more"]


def test_how_long_it_took() -> None:
    """By the clock where the run ended, else by what its scenarios took."""
    assert elapsed(good_run()) == pytest.approx(2.5)
    assert elapsed(run(scenario(), scenario(), finished="")) == pytest.approx(0.06)
