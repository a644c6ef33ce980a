"""Drafts of a recording, each checked."""

from __future__ import annotations

from harness.draft import draft
from harness.result import Source
from tests.draft import IAM, JUDGE, call, drafted, id_, only


def test_drafts_are_named_by_what_they_are_about() -> None:
    """The resource, and the first call that changes something; a second one gets a number."""
    made = [call("POST", f"{IAM}/teams", {"id": id_(n)}, body={"name": f"n{n}"}) for n in (1, 2)]
    gets = [call("GET", f"{IAM}/teams/{id_(n)}", {}) for n in (1, 2)]
    names = [each.name for each in drafted(*made, *gets, call("GET", f"{IAM}/users", {})).drafts]

    assert names == ["teams/create-team", "teams/create-team-2", "users/list-users"]


def test_the_sandbox_is_named_at_the_top() -> None:
    """Whoever finds the file must know that it proves nothing."""
    (found,) = drafted(call("GET", f"{IAM}/users", {}), source=Source.SANDBOX).drafts

    assert "recorded from the sandbox" in found.text.partition("scenario:")[0]


def test_a_fold_that_does_not_hold_is_undone() -> None:
    """Then each call is a step; what does not hold even so is told."""
    asked = [call("GET", f"{IAM}/users?limit=1", {"users": []})] * 2
    undone = draft(asked, JUDGE, None, "", lambda each: "no" if "Recorded 2 times" in each.text else "")
    broken = draft(asked, JUDGE, None, "", lambda _: "no")

    assert undone.drafts[0].text.count("- operation:") == 2
    assert (undone.drafts[0].unproved, broken.drafts[0].unproved) == ("", "no")


def test_nothing_of_a_recording_is_dropped() -> None:
    """Every exchange is in a draft, or listed with the reason."""
    exchanges = [call("GET", f"{IAM}/users", {}), call("GET", f"{IAM}/nothing", {})]
    found = drafted(*exchanges)

    assert sum(each.calls for each in found.drafts) + len(found.left) == len(exchanges)


def test_pages_that_are_no_walk_are_told() -> None:
    """A list that grows has more pages than were recorded."""
    pages = [call("GET", f"{IAM}/users?limit=1&offset={at}", {"users": [{}]}) for at in range(2)]
    (found,) = drafted(*pages).drafts
    (walked,) = drafted(*pages, call("GET", f"{IAM}/users?limit=1&offset=2", {"users": []})).drafts

    assert "ListUsers is asked for the recorded pages" in " ".join(found.review)
    assert walked.review == ()


def test_another_token_than_most_is_told() -> None:
    """Also where a draft has that one only: it is sent with the environment's."""
    other = (("authorization", "Bearer REDACTED-0123abcd"),)
    users = call("GET", f"{IAM}/users", {})
    first, second = drafted(users, users, call("GET", f"{IAM}/teams", {}, status=403, headers=other)).drafts

    assert first.review == ()
    assert "recorded with another token than most of the recording" in " ".join(second.review)


def test_tags_say_what_it_does() -> None:
    """So that `pytest -m read` runs what changes nothing."""
    assert "tags: [users, recorded, read]" in only(call("GET", f"{IAM}/users", {}))
