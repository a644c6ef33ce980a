"""What ``harness drift`` writes."""

from __future__ import annotations

import json

from harness.drift import Drift, Left
from harness.report.drift import drift_json, drift_text
from harness.result import Verdict
from harness.rules import Severity
from tests.report.builders import finding, run, scenario, step
from tests.report.histories import every_state, first_run

CALL = "cassettes/tokens/list/candidate.yaml call 1"
WHY = "v1 gave no answer: could not connect"
DRIFT = Drift(
    run=run(
        scenario(
            step(
                finding(explanation="ListApiTokens: it is gone from v1 today\x1b[31m."),
                finding(severity=Severity.INFO, explanation="untold"),
                verdict=Verdict.MISMATCH,
                name="GET /tokens",
                where=CALL,
            ),
            step(verdict=Verdict.MATCH),
            title="recorded 2026-11-01",
        ),
        scenario(step(verdict=Verdict.ERROR, reason=WHY, where=CALL), id="users/list"),
        environment="staging",
    ),
    left=(
        Left(scenario="tokens/list", number=2, why="it changes something"),
        Left(scenario="tokens/life", number=3, why="it changes something"),
        Left(scenario="tokens/life", number=1, why="it is a probe"),
    ),
)


def test_what_differs_is_told() -> None:
    """What is new, the numbers, each call that differs or is in trouble, and what was not asked."""
    assert drift_text(DRIFT, first_run()).splitlines() == [
        "No earlier run to compare with; this one is kept for the next.",
        "v1 and its recording, environment staging: 3 calls, 1 differ, 1 without a conclusion, 6 not asked",
        f"tokens/list: ListApiTokens, {CALL} (recorded 2026-11-01): GET /tokens",
        "  BREAKING property-renamed at $.body.tokens[*].type -> $.body.tokens[*].scope",
        "    It is gone from v1 today\\x1b[31m.",
        "    Code that reads `type` gets nothing.",
        f"users/list: ListApiTokens, {CALL} (List API tokens): first page: error: {WHY}",
        "Not asked: 5 calls of 2 scenarios: it changes something",
        "Not asked: 1 call of 1 scenario: it is a probe",
    ]


def test_without_a_history_the_numbers_come_first() -> None:
    """A pin is named in place of the recording."""
    pinned = Drift(run=run(environment="staging"), left=(), pinned="1.0")

    assert drift_text(pinned, None) == (
        "v1 without a pin and pinned to 1.0, environment staging: 0 calls, 0 differ\n"
    )


def test_programs_get_it_all() -> None:
    """The scenarios with their findings, what was left by scenario, and the history."""
    document = json.loads(drift_json(DRIFT, every_state()))

    assert (document["drifted"], document["environment"], document["pinned"]) == (True, "staging", "")
    assert document["left"][0] == {"scenario": "tokens/list", "number": 2, "why": "it changes something"}
    assert document["history"]["counts"]["new"] == 1
    assert document["scenarios"][0]["steps"][0]["findings"][0]["rule"] == "property-renamed"
    assert json.loads(drift_json(DRIFT, None))["history"] is None
