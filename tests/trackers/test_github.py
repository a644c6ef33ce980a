"""Comments on GitHub."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
import respx

from harness.client.live import Client
from harness.errors import TargetError, UsageError
from harness.trackers.github import GitHub, Issue
from harness.trackers.service import MOST_PAGES
from tests.trackers.server import PAGE, Tracker, serving

ISSUE = Issue.named("acme/cut.over#12")
MARK = "<!-- harness-0123456789ab -->"


@pytest.fixture(name="tracker")
def _tracker() -> Iterator[Tracker]:
    with serving("github") as tracker:
        yield tracker


def _github(tracker: Tracker, token: str = "") -> GitHub:
    return GitHub(ISSUE, base=tracker.url, token=token or tracker.token, sender=tracker.sender)


def test_the_first_time_a_comment_is_created(tracker: Tracker) -> None:
    """Beside those of others; the answer says where it is."""
    tracker.add("hello")
    done = _github(tracker).publish(f"{MARK}\nreport", MARK)

    assert (done.done, done.url) == ("created", "https://github.example.com/12#1001")
    assert tracker.comments == {1000: "hello", 1001: f"{MARK}\nreport"}
    assert tracker.calls() == ["GET", "POST"]
    assert tracker.came[0].headers["accept"] == "application/vnd.github+json"
    assert tracker.came[0].headers["x-github-api-version"] == "2022-11-28"


def test_the_next_time_it_is_edited(tracker: Tracker) -> None:
    """Also where it is on a later page, and somebody quoted it before."""
    for number in range(2 * PAGE):
        tracker.add(f"> {MARK}\n> report {number}")
    _github(tracker).publish(f"{MARK}\nold", MARK)
    count = len(tracker.comments)
    done = _github(tracker).publish(f"{MARK}\nnew", MARK)

    assert done.done == "updated"
    assert len(tracker.comments) == count
    assert tracker.comments[1000 + 2 * PAGE] == f"{MARK}\nnew"
    assert tracker.calls()[-4:] == ["GET", "GET", "GET", "PATCH"]


def test_what_is_there_already_is_not_sent_again(tracker: Tracker) -> None:
    """The service may keep other ends of lines."""
    _github(tracker).publish(f"{MARK}\na\nb\n", MARK)
    done = _github(tracker).publish(f"{MARK}\na\nb\n", MARK)

    assert done.done == "unchanged"
    assert tracker.calls() == ["GET", "POST", "GET"]


def test_other_marks_are_other_comments(tracker: Tracker) -> None:
    """Two tickets on one issue have a comment each."""
    _github(tracker).publish(f"{MARK}\na", MARK)
    _github(tracker).publish("<!-- other -->\nb", "<!-- other -->")

    assert len(tracker.comments) == 2


def test_a_token_that_is_not_accepted(tracker: Tracker) -> None:
    """Nothing is written."""
    with pytest.raises(TargetError, match=r"^acme/cut\.over#12: look for the comment: GitHub answered 401"):
        _github(tracker, "wrong").publish(MARK, MARK)
    assert tracker.comments == {}


def test_an_issue_that_is_not_there(tracker: Tracker) -> None:
    """Or that the token does not see: GitHub says the same of both."""
    other = GitHub(Issue.named("acme/other#1"), base=tracker.url, token=tracker.token, sender=tracker.sender)

    with pytest.raises(TargetError, match="There is no such ticket, or the token may not see it"):
        other.publish(MARK, MARK)


def test_a_comment_that_is_deleted_before_it_is_edited(tracker: Tracker) -> None:
    """It is created again."""
    tracker.vanishing.add(tracker.add(f"{MARK}\nold"))
    tracker.add("hello")
    done = _github(tracker).publish(f"{MARK}\nnew", MARK)

    assert done.done == "created"
    assert tracker.comments == {1001: "hello", 1002: f"{MARK}\nnew"}


def test_somebody_else_who_begins_with_the_mark_is_left_alone(tracker: Tracker) -> None:
    """Ours is created beside it, and found the next time."""
    tracker.add(f"{MARK}\nI copied this", author="mallory")
    first = _github(tracker).publish(f"{MARK}\none", MARK)
    second = _github(tracker).publish(f"{MARK}\ntwo", MARK)

    assert (first.done, second.done) == ("created", "updated")
    assert tracker.comments == {1000: f"{MARK}\nI copied this", 1001: f"{MARK}\ntwo"}


def test_an_own_comment_that_may_not_be_edited_is_not_repeated(tracker: Tracker) -> None:
    """The refusal is told; a second comment each night would be worse."""
    tracker.add(f"{MARK}\nold")
    listed = json.dumps([{"id": 1000, "body": MARK, "user": {"login": "me"}}]).encode()
    tracker.instead = [(200, {}, listed), (403, {}, b'{"message": "Read only"}')]

    with pytest.raises(TargetError, match="update the comment: GitHub answered 403: Read only"):
        _github(tracker).publish(f"{MARK}\nnew", MARK)
    assert tracker.calls() == ["GET", "PATCH", "GET"]


def test_too_many_calls_at_the_edit_make_no_second_comment(tracker: Tracker) -> None:
    """403 with no calls left is not a refusal of the comment."""
    tracker.add(f"{MARK}\nold", author="mallory")
    listed = json.dumps([{"id": 1000, "body": MARK, "user": {"login": "mallory"}}]).encode()
    tracker.instead = [(200, {}, listed), (403, {"x-ratelimit-remaining": "0"}, b"{}")]

    with pytest.raises(TargetError, match="It allows no more calls for now"):
        _github(tracker).publish(f"{MARK}\nnew", MARK)
    assert tracker.calls() == ["GET", "PATCH"]


@pytest.mark.parametrize("body", [b"{}", b"null", b"[]"])
def test_an_edit_that_is_answered_otherwise_makes_no_second_comment(tracker: Tracker, body: bytes) -> None:
    """It may have been done."""
    tracker.add(f"{MARK}\nold")
    listed = json.dumps([{"id": 1000, "body": MARK}]).encode()
    tracker.instead = [(200, {}, listed), (200, {}, body)]

    with pytest.raises(TargetError, match="no `html_url`"):
        _github(tracker).publish(f"{MARK}\nnew", MARK)
    assert tracker.calls() == ["GET", "PATCH"]


def test_the_place_of_a_comment_cannot_move_the_cursor(tracker: Tracker) -> None:
    """It is printed."""
    tracker.instead = [
        (200, {}, b"[]"),
        (201, {}, json.dumps({"id": 7, "html_url": "x\x1b[2J\n::"}).encode()),
    ]

    assert _github(tracker).publish(MARK, MARK).url == r"x\x1b[2J\n::"


def test_somebody_elses_comment_with_the_mark(tracker: Tracker) -> None:
    """GitHub refuses to edit it, and the message says who can."""
    tracker.add(f"{MARK}\nold")
    tracker.instead = [
        (200, {"content-type": "application/json"}, json.dumps([{"id": 1, "body": MARK}]).encode()),
        (403, {"content-type": "application/json"}, b'{"message": "Must have admin rights"}'),
    ]

    with pytest.raises(TargetError, match="can be edited by its author only"):
        _github(tracker).publish(f"{MARK}\nnew", MARK)


@pytest.mark.parametrize("body", [b"{}", b'[{"body": "x"}]', b"[7]", b'"x"'])
def test_an_answer_of_another_kind(tracker: Tracker, body: bytes) -> None:
    """JSON that is no list of comments is not taken for an empty one: it would make a second comment."""
    tracker.instead = [(200, {"content-type": "application/json"}, body)]

    with pytest.raises(TargetError, match="this is not an answer of GitHub's API"):
        _github(tracker).publish(MARK, MARK)
    assert tracker.calls() == ["GET"]


def test_a_comment_without_a_place(tracker: Tracker) -> None:
    """What was created must have a URL to tell."""
    tracker.instead = [(200, {}, b"[]"), (201, {}, b'{"id": 7}')]

    with pytest.raises(TargetError, match="no `html_url`"):
        _github(tracker).publish(MARK, MARK)


def test_pages_without_end() -> None:
    """It is given up, and nothing is written."""
    with respx.mock() as router, Client() as sender:
        route = router.get(url__startswith="https://api.github.com/").respond(
            200, json=[], headers={"link": '<https://api.github.com/x>; rel="next"'}
        )
        github = GitHub(ISSUE, base="https://api.github.com", token="t", sender=sender)
        with pytest.raises(TargetError, match="more than 1,000 pages"):
            github.publish(MARK, MARK)
    assert route.call_count == MOST_PAGES


def test_a_link_is_not_followed_elsewhere() -> None:
    """Pages are counted; where the server says that the next one is, the token does not go."""
    with respx.mock() as router, Client() as sender:
        pages = [
            httpx.Response(200, json=[], headers={"link": '<https://evil.example.com/?page=2>; rel="next"'}),
            httpx.Response(200, json=[]),
        ]
        router.get(url__startswith="https://api.github.com/").mock(side_effect=pages)
        router.post(url__startswith="https://api.github.com/").respond(201, json={"id": 1, "html_url": "u"})

        github = GitHub(ISSUE, base="https://api.github.com", token="t", sender=sender)
        assert github.publish(MARK, MARK).done == "created"


@pytest.mark.parametrize(
    "name", ["a/b", "a/b#", "a/b#x", "a/../b#1", "a/..#1", "-a/b#1", "a/b#1 ", "a b/c#1", ""]
)
def test_names_that_are_none(name: str) -> None:
    """The message says how to write it."""
    with pytest.raises(UsageError, match=r"^--github: .* names no issue\. Write it as `OWNER/REPO#12`\.$"):
        Issue.named(name)


def test_a_name_is_written_as_it_was_read() -> None:
    """Owner, repository and number."""
    assert str(ISSUE) == "acme/cut.over#12"
    assert (ISSUE.owner, ISSUE.repository, ISSUE.number) == ("acme", "cut.over", 12)
