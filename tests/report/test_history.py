"""What ``harness history`` writes."""

from __future__ import annotations

import json

from harness.history import Appearance, Passage, Place, Trail
from harness.report.history import history_json, passages_text, runs_text, trails_text
from harness.result import Verdict
from harness.rules import Severity
from tests.history.builders import past_run

PLACE = Place(rule="property-removed", operation="GetUser", path="$.body['\x1b[31m##[a]']")
TRAIL = Trail(
    fingerprint="0123456789ab",
    place=PLACE,
    appearances=tuple(
        Appearance(
            run=past_run(number, 1), scenarios=("users/get",), severity=Severity.BREAKING, accepted=number > 1
        )
        for number in (1, 2)
    ),
)


def test_runs_are_a_table() -> None:
    """A line for each run, with its open findings in columns."""
    text = runs_text([past_run(1, 6, 3), past_run(2, 0, 0, 9)])

    assert [" ".join(line.split()) for line in text.splitlines()] == [
        "2 runs",
        "started (UTC) run mode environment evidence profile readiness scenarios breaking risky accepted",
        "2026-11-01 03:00 night1 live production live strict NO-GO 14 6 3 0",
        "2026-11-02 03:00 night2 live production live strict NO-GO 14 0 0 9",
    ]


def test_a_trail_says_first_and_last() -> None:
    """What the finding is, when it first and last appeared, and each run; foreign text stays text."""
    assert trails_text([TRAIL]).splitlines() == [
        "0123456789ab property-removed, GetUser, $.body['\\x1b[31m\\x23#[a]']",
        "  first 2026-11-01 03:00 UTC, last 2026-11-02 03:00 UTC, in 2 runs",
        "  started (UTC)     run     state     severity  scenarios",
        "  2026-11-01 03:00  night1  open      breaking          1",
        "  2026-11-02 03:00  night2  accepted  breaking          1",
    ]


def test_a_scenario_has_its_verdicts() -> None:
    """A line for each run of it; evidence that was never had is a dash."""
    passage = Passage(
        run=past_run(1),
        scenario="users/get",
        verdict=Verdict.ERROR,
        environment="",
        source="",
        open=0,
        accepted=0,
    )

    assert passages_text([passage]).splitlines() == [
        "users/get: 1 run",
        "  started (UTC)     run     environment  evidence  verdict  open  accepted",
        "  2026-11-01 03:00  night1  -            -         error       0         0",
    ]


def test_json_has_all_fields() -> None:
    """A program gets what people do, and more."""
    (trail,) = json.loads(history_json([TRAIL]))

    assert trail["fingerprint"] == TRAIL.fingerprint
    assert trail["appearances"][1]["run"]["id"] == "night2"
    assert trail["appearances"][1]["accepted"] is True
