"""SARIF."""

from __future__ import annotations

from typing import Any

import pytest

from harness.readiness import assess
from harness.report.sarif import MOST_RESULTS, render_sarif
from harness.result import RunResult, Source, Verdict
from harness.rules import RULES, Severity
from tests.report.builders import (
    accepted,
    difference,
    failing_run,
    finding,
    good_run,
    hostile_run,
    lens_run,
    missed,
    provenance,
    run,
    sandbox_run,
    scenario,
    step,
)
from tests.schemas import held


def _read(made: RunResult, below: str = "") -> Any:
    return held(render_sarif(made, assess(made), below), "sarif")["runs"][0]


@pytest.mark.parametrize("made", [failing_run(), good_run(), hostile_run(), lens_run(), sandbox_run(), run()])
def test_it_keeps_to_the_format(made: RunResult) -> None:
    """The schema has nothing against it, and each result names its rule by id and index."""
    read = _read(made)
    rules = read["tool"]["driver"]["rules"]

    assert {rule["id"] for rule in rules} >= set(RULES)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in read["results"])


def test_a_finding_stands_at_its_line() -> None:
    """The step's line, from the root of the repository, with the severity as level."""
    (moved,) = [
        result
        for result in _read(failing_run(), "tools/astro")["results"]
        if result["properties"]["operation"] == "GetDeployment" and result["level"] == "error"
    ]

    assert moved["locations"][0]["physicalLocation"] == {
        "artifactLocation": {
            "uri": "tools/astro/scenarios/deployments/life.yaml",
            "uriBaseId": "%SRCROOT%",
        },
        "region": {"startLine": 21},
    }
    assert moved["partialFingerprints"]["harnessFingerprint/v1"] == "0123456789ab"
    assert "What to do: Read `effectiveWorkloadIdentity`" in moved["message"]["text"]


def test_what_was_agreed_is_suppressed_with_its_reason() -> None:
    """It stays in the file; all results have the list, empty where nobody agreed."""
    open_ = finding(difference(path="$.body.other"), fingerprint="a" * 12)
    made = run(scenario(step(finding(accepted=accepted()), open_, verdict=Verdict.MISMATCH)))
    told = {
        result["partialFingerprints"]["harnessFingerprint/v1"]: result for result in _read(made)["results"]
    }
    (suppression,) = told["0123456789ab"]["suppressions"]

    assert told["a" * 12]["suppressions"] == []
    assert suppression["justification"] == (
        "the client reads scope since 4.2; ticket PLAT-413; until 2027-01-31"
    )
    assert suppression["location"]["physicalLocation"]["region"] == {"startLine": 14}


def test_what_gave_no_verdict_is_open() -> None:
    """Nothing was concluded, so it has no level."""
    doubtful = finding(severity=Severity.INFO, inconclusive=True)
    (result,) = _read(run(scenario(step(doubtful, verdict=Verdict.INCONCLUSIVE))))["results"]

    assert (result["kind"], result["level"]) == ("open", "none")


def test_repetitions_of_a_step_are_one_result() -> None:
    """It says how often; another place on the same line is another result."""
    other = finding(difference(path="$.body.other"), fingerprint="a" * 12)
    repeated = step(finding(), other, verdict=Verdict.MISMATCH)
    results = _read(run(scenario(repeated, repeated, repeated)))["results"]

    assert [result["occurrenceCount"] for result in results] == [3, 3]
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in results}) == 2


def test_what_could_not_be_carried_out_is_a_notification() -> None:
    """An empty list of results then does not look like a clean run."""
    (invocation,) = _read(failing_run())["invocations"]
    (clean,) = _read(good_run())["invocations"]
    said = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]

    assert not invocation["executionSuccessful"]
    assert said == [
        "users/self: scenarios/users/self.yaml:5: the variable user_id has no value",
        "workspaces/life: The scenario was planned and did not finish.",
    ]
    assert clean["executionSuccessful"]
    assert clean["toolExecutionNotifications"] == []


def test_as_many_as_github_takes() -> None:
    """GitHub refuses a larger file as a whole; what is left out is counted."""
    found = [
        finding(difference(path=f"$.body.p{number}"), fingerprint=f"{number:012x}")
        for number in range(MOST_RESULTS + 3)
    ]
    read = _read(run(scenario(step(*found, verdict=Verdict.MISMATCH))))
    (note,) = read["invocations"][0]["toolExecutionNotifications"]

    assert len(read["results"]) == MOST_RESULTS
    assert note["message"]["text"].startswith("3 results more are left out")


def test_a_rule_of_another_version() -> None:
    """A log may have rules that this version does not know."""
    made = run(scenario(step(finding(rule="new-rule"), verdict=Verdict.MISMATCH)))
    read = _read(made)

    assert read["tool"]["driver"]["rules"][-1] == {"id": "new-rule"}


def test_no_message_has_a_link() -> None:
    """A plain message may hold one in the way of Markdown; what a service says does not."""
    link = "[click](https://evil.example) [1](1)"
    told = finding(explanation=f"Op: {link}", remedy=link, accepted=accepted(link))
    made = run(
        scenario(step(told, verdict=Verdict.ACCEPTED)),
        scenario(id="x", verdict=Verdict.ERROR, reason=link),
    )
    written = render_sarif(made, assess(made))

    assert "[click] (https://evil.example) [1] (1)" in written
    assert "](" not in written


def test_what_only_the_sandbox_shows_says_so() -> None:
    """A code scanning service shows the message of a result, and not the reasons of the run."""
    differing = scenario(step(finding(), verdict=Verdict.MISMATCH), provenance=provenance(Source.SANDBOX))
    live = scenario(step(finding(), verdict=Verdict.MISMATCH), id="b", provenance=provenance(Source.LIVE))
    (boxed,) = _read(run(differing))["results"]
    proved = _read(run(differing, live))["results"]

    assert " Seen in the sandbox only, which proves nothing. What to do: " in boxed["message"]["text"]
    assert ["sandbox" in result["message"]["text"] for result in proved] == [False, False]


def test_what_both_sides_missed_are_two_results() -> None:
    """They have one place and one fingerprint, and say different things."""
    results = _read(run(scenario(step(*missed(), verdict=Verdict.MISMATCH))))["results"]

    assert [result["occurrenceCount"] for result in results] == [1, 1]
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in results}) == 2
