"""What is told of drafts."""

from __future__ import annotations

import json

from harness.report.draft import draft_json, draft_text
from harness.struct import replace
from tests.draft import IAM, call, drafted

FOUND = drafted(
    call("POST", f"{IAM}/teams", {"id": "x"}, body={"name": "n"}),
    call("GET", f"{IAM}/nothing", {}),
    call("GET", f"{IAM}/nothing", {}),
)


def test_text_names_what_to_look_at_and_what_is_left() -> None:
    """Each draft with its reviews; what could not be drafted, counted."""
    text = draft_text(FOUND, "scenarios/recorded")

    assert "scenarios/recorded/teams/create-team.yaml: 1 call\n    review: " in text
    assert "1 draft, 1 of which ask exactly what was recorded." in text
    assert "/nothing (2 calls): v1beta1's contract has no such operation." in text


def test_what_does_not_hold_is_told() -> None:
    """Before anybody runs it."""
    broken = replace(FOUND, drafts=(replace(FOUND.drafts[0], unproved="no answer"),))

    assert "it does not ask what was recorded: no answer." in draft_text(broken, "s")


def test_json_has_everything() -> None:
    """Programs get what people get."""
    read = json.loads(draft_json(FOUND, "s"))

    assert read["drafts"][0]["scenario"] == "s/teams/create-team.yaml"
    assert [each["number"] for each in read["left"]] == [2, 3]
