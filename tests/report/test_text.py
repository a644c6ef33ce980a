"""What pytest prints: everything that is needed to act, and nothing that moves the terminal."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.acceptances import accept
from harness.difference import Difference, Kind, json_path
from harness.document import read_document
from harness.readiness import assess
from harness.report.text import (
    MOST_CAUSES,
    MOST_FINDINGS,
    MOST_LINES,
    acceptance_yaml,
    failure_text,
    summary_text,
)
from harness.result import Finding, RunResult, Verdict
from harness.rules import Severity
from harness.scenario import Acceptance
from tests.report.builders import (
    accepted,
    contracts,
    difference,
    failing_run,
    finding,
    good_run,
    hostile_run,
    run,
    sandbox_run,
    scenario,
    step,
)

_SEGMENT = st.text(min_size=1, max_size=12)


def _pasted(finding: Finding, text: str) -> tuple[Finding, ...]:
    """Paste an acceptance as a person would, fill in the reason, and judge with it."""
    data = read_document(text, "scenario.yaml").data
    assert isinstance(data, dict)
    entries = data["accept"]
    assert isinstance(entries, list)
    (entry,) = entries
    assert isinstance(entry, dict)
    assert entry["reason"] == ""
    acceptance = Acceptance.model_validate({**entry, "reason": "agreed"})
    judged, used = accept([finding], [acceptance], date(2026, 11, 21))
    assert used == {0}
    return judged


@given(path=st.lists(_SEGMENT, min_size=1, max_size=3), to=st.lists(_SEGMENT, max_size=2))
def test_the_acceptance_to_paste_is_yaml_and_matches_its_finding(path: list[str], to: list[str]) -> None:
    """Whatever a property is called."""
    fact = difference(path=json_path("body", *path), to=json_path("body", *to) if to else "")
    (judged,) = _pasted(finding(fact), acceptance_yaml(finding(fact)))
    assert judged.accepted is not None
    assert judged.accepted.reason == "agreed"


def test_the_acceptance_in_the_failure_text_can_be_pasted_as_it_stands() -> None:
    """Indented as in the text, cut out by hand."""
    found = finding()
    lines = failure_text(scenario(step(found, verdict=Verdict.MISMATCH))).splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == "accept:")
    (judged,) = _pasted(found, "\n".join(lines[start : start + 5]))
    assert judged.accepted is not None


def test_a_failure_says_where_what_and_what_to_do() -> None:
    """Place in the YAML, both calls, severity, rule, both sides, contracts, remedy."""
    text = failure_text(scenario(step(finding(), verdict=Verdict.MISMATCH)))
    for part in (
        'scenarios/tokens/list.yaml:9 step "first page" ListApiTokens: mismatch',
        "v1beta1 (baseline): GET http://127.0.0.1:8765/iam/v1beta1/",
        "v1 (candidate):     GET http://127.0.0.1:8765/v1/",
        "BREAKING property-renamed at $.body.tokens[*].type -> $.body.tokens[*].scope (seen in 3 of 3",
        "The property `type` of v1beta1 is called `scope` in v1.",
        '"type": "WORKSPACE"                              | "scope": "WORKSPACE"',
        "Contracts: documented",
        "What to do: Read `scope` instead.",
        "write this into the step:",
    ):
        assert part in text


def test_a_probe_is_accepted_in_the_scenario() -> None:
    """It has no step in the file that could hold the acceptance."""
    text = failure_text(scenario(step(finding(), verdict=Verdict.MISMATCH, probe="missing")))
    assert "write this at the top level of scenarios/tokens/list.yaml:" in text


def test_a_stale_acceptance_cannot_be_accepted() -> None:
    """The way out is to remove it."""
    stale = finding(
        Difference(kind=Kind.ACCEPTANCE, path="", to="property-renamed"), rule="acceptance-unused"
    )
    text = failure_text(scenario(step(stale, verdict=Verdict.MISMATCH)))
    assert "BREAKING acceptance-unused at any place\n" in text
    assert "accept:" not in text


def test_what_does_not_fail_the_step_is_counted_only() -> None:
    """Information and accepted findings stay in the report."""
    mixed = step(
        finding(),
        finding(severity=Severity.INFO),
        finding(accepted=accepted()),
        verdict=Verdict.MISMATCH,
    )
    text = failure_text(scenario(mixed))
    assert text.count("property-renamed at") == 1
    assert "Not shown here: 1 finding for information, 1 accepted finding; the report has them." in text


def test_many_findings_and_long_values_are_cut() -> None:
    """A failure of a thousand fields stays readable."""
    long = finding(difference(baseline="x" * 10_000))
    text = failure_text(scenario(step(*[long] * (MOST_FINDINGS + 5), verdict=Verdict.MISMATCH)))
    assert text.count("property-renamed at") == MOST_FINDINGS
    assert "5 findings like these" in text
    assert "more lines" in text
    assert len(text.splitlines()) < MOST_FINDINGS * (MOST_LINES + 20)


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("users/self", "the variable user_id has no value"),
        ("deployments/life", 'step "update it" UpdateDeployment: inconclusive: it was not run'),
        ("users/list", 'scenario "List users": match: both sides answered alike'),
    ],
)
def test_errors_and_open_questions_are_one_line_each(id_: str, expected: str) -> None:
    """There is no pair to show."""
    result = next(each for each in failing_run().scenarios if each.id == id_)
    assert expected in failure_text(result)


@pytest.mark.parametrize("made", [hostile_run(), failing_run()], ids=["hostile", "failing"])
def test_nothing_from_a_response_reaches_the_terminal_as_control(made: RunResult) -> None:
    """No escape sequence, no line break of its own, no turned writing direction."""
    texts = [failure_text(result) for result in made.scenarios]
    texts.append("\n".join(summary_text(made, assess(made, contracts=contracts()), Path("reports"))))
    for text in texts:
        hidden = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")}
        assert hidden <= {"\n"}
        assert "\n# heading" not in text


def test_the_summary_counts_judges_and_points_to_the_report() -> None:
    """Verdicts, four checks, readiness, reasons, file."""
    made = sandbox_run()
    lines = summary_text(made, assess(made, contracts=contracts()), Path("reports/latest"))
    assert lines[0] == "Scenarios: 3 of 3 planned scenarios finished: 1 match, 1 accepted, 1 unsupported"
    assert [line.split()[0] for line in lines[2:6]] == ["Responses", "Auth", "Errors", "Behaviour"]
    assert "Migration from v1beta1 to v1: NO-GO" in lines
    assert any("comes from the sandbox" in line for line in lines)
    assert lines[-1].startswith("Report: reports/latest/report.html")


def test_the_summary_of_a_good_run_says_go() -> None:
    """The word that everyone waits for."""
    lines = summary_text(good_run(), assess(good_run()), Path("reports/latest"))
    assert "Migration from v1beta1 to v1: GO" in lines


def test_the_summary_names_the_worst_causes_with_their_evidence() -> None:
    """One line a cause that is open, worst first; what does not fit is counted."""
    made = failing_run()
    lines = summary_text(made, assess(made), Path("reports/latest"))
    renamed = "$.body.workloadIdentity -> $.body.effectiveWorkloadIdentity"
    shown = [line for line in lines if line.startswith(("Breaking: ", "Risky: "))]

    assert shown[-2:] == [
        f"Breaking: property-renamed at {renamed} in 1 of 1 sample, 1 of 1 scenario, GetDeployment",
        "Risky: latency-regressed at $.elapsed in 1 of 1 sample, 1 of 1 scenario, GetDeployment",
    ]

    many = [finding(difference(path=f"$.body.x{number}")) for number in range(MOST_CAUSES + 3)]
    crowded = run(scenario(step(*many, verdict=Verdict.MISMATCH)))

    assert "3 causes more: the report has them." in summary_text(crowded, assess(crowded), Path("reports"))
