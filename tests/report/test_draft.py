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


def test_what_was_not_kept_is_told() -> None:
    """A draft that the recording has several times has the first one's answers."""
    more = replace(
        FOUND, drafts=(replace(FOUND.drafts[0], times=3, beyond=("GetTeam was answered with 404",)),)
    )

    assert (
        "create-team.yaml: 1 call, 3 times\n"
        "    not in its cassette, which has the first time: GetTeam was answered with 404.\n"
    ) in draft_text(more, "s")
    assert json.loads(draft_json(more, "s"))["drafts"][0]["beyond"] == ["GetTeam was answered with 404"]


def test_json_has_everything() -> None:
    """Programs get what people get."""
    read = json.loads(draft_json(FOUND, "s"))

    assert read["drafts"][0]["scenario"] == "s/teams/create-team.yaml"
    assert [each["number"] for each in read["left"]] == [2, 3]
