"""Comments and attachments in Jira."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
import respx

from harness.client.live import Client
from harness.errors import TargetError, UsageError
from harness.trackers.jira import Jira, checked_key, multipart
from harness.trackers.service import MOST_PAGES
from tests.trackers.server import PAGE, Tracker, serving

MARK = "harness-0123456789ab"
END = f"_Kept up to date. Mark: {MARK}_"
FILES = {
    "PLAT-412-report-01.html": b"<p>\r\n--x\r\n",
    "PLAT-412-exchanges-02.zip": bytes(range(256)),
}


@pytest.fixture(name="tracker")
def _tracker() -> Iterator[Tracker]:
    with serving("jira") as tracker:
        yield tracker


def _jira(tracker: Tracker, key: str = "PLAT-412", email: str = "me@example.com", token: str = "") -> Jira:
    return Jira(key, base=tracker.url, email=email, token=token or tracker.token, sender=tracker.sender)


def test_the_first_time_files_are_attached_and_a_comment_is_created(tracker: Tracker) -> None:
    """The files first, because the comment names them; every byte arrives."""
    done = _jira(tracker).publish(f"h2. x\n\n{END}\n", MARK, FILES)

    assert (done.done, done.sent, done.there) == ("created", tuple(FILES), ())
    assert done.url == f"{tracker.url}/browse/PLAT-412?focusedCommentId=1000"
    assert tracker.attachments == FILES
    assert tracker.calls() == ["GET", "POST", "POST", "GET", "POST"]


def test_the_next_time_it_is_edited(tracker: Tracker) -> None:
    """Also on a later page, and where somebody quoted it; equal files are not sent again."""
    for number in range(2 * PAGE):
        tracker.add(f"{{quote}}\n{END}\n{{quote}}\nI agree {number}")
    _jira(tracker).publish(f"old\n{END}", MARK, FILES)
    done = _jira(tracker).publish(f"new\n{END}", MARK, {**FILES, "PLAT-412-report-03.html": b"new"})

    assert (done.done, done.sent) == ("updated", ("PLAT-412-report-03.html",))
    assert done.there == tuple(FILES)
    assert len(tracker.comments) == 2 * PAGE + 1
    assert tracker.comments[1000 + 2 * PAGE] == f"new\n{END}"
    assert tracker.calls()[-1] == "PUT"


def test_a_comment_that_is_deleted_before_it_is_edited(tracker: Tracker) -> None:
    """It is created again."""
    tracker.vanishing.add(tracker.add(f"old\n{END}"))
    tracker.add("hello")
    done = _jira(tracker).publish(f"new\n{END}", MARK, {})

    assert done.done == "created"
    assert tracker.comments == {1001: "hello", 1002: f"new\n{END}"}


def test_somebody_else_who_ends_with_the_mark_is_left_alone(tracker: Tracker) -> None:
    """Ours is created beside it, and found the next time; who only speaks of the mark does not have it."""
    tracker.add(f"I copied this\n{END}", author="mallory")
    tracker.add(f"Who made {MARK} here?")
    first = _jira(tracker).publish(f"one\n{END}", MARK, {})
    second = _jira(tracker).publish(f"two\n{END}", MARK, {})

    assert (first.done, second.done) == ("created", "updated")
    assert tracker.comments == {
        1000: f"I copied this\n{END}",
        1001: f"Who made {MARK} here?",
        1002: f"two\n{END}",
    }


@pytest.mark.parametrize("status", [400, 403])
def test_an_own_comment_that_may_not_be_edited_is_not_repeated(tracker: Tracker, status: int) -> None:
    """The refusal is told."""
    tracker.add(f"old\n{END}")
    fields = b'{"fields": {"attachment": []}}'
    listed = {"total": 1, "comments": [{"id": "1000", "body": END, "author": {"name": "me"}}]}
    tracker.instead = [(200, {}, fields), (200, {}, json.dumps(listed).encode()), (status, {}, b"{}")]

    with pytest.raises(TargetError, match=f"update the comment: Jira answered {status}"):
        _jira(tracker).publish(f"new\n{END}", MARK, {})
    assert tracker.calls() == ["GET", "GET", "PUT", "GET"]


def test_cloud_and_data_center(tracker: Tracker) -> None:
    """With an email the token is a password, without one it stands alone."""
    _jira(tracker).publish(END, MARK, {})
    _jira(tracker, email="").publish(END, MARK, {})
    basic = base64.b64encode(f"me@example.com:{tracker.token}".encode()).decode()

    assert tracker.came[0].headers["authorization"] == f"Basic {basic}"
    assert tracker.came[-1].headers["authorization"] == f"Bearer {tracker.token}"


def test_a_token_that_is_not_accepted(tracker: Tracker) -> None:
    """Nothing is attached; the message names both variables."""
    with pytest.raises(TargetError, match=r"^PLAT-412: look for attachments: .*JIRA_EMAIL"):
        _jira(tracker, token="wrong").publish(END, MARK, FILES)
    assert tracker.attachments == {}


def test_a_ticket_that_is_not_there(tracker: Tracker) -> None:
    """Jira says the same of one that the user does not see."""
    with pytest.raises(TargetError, match="Issue does not exist or you do not have permission"):
        _jira(tracker, key="PLAT-999").publish(END, MARK, FILES)


@pytest.mark.parametrize(
    ("status", "said"),
    [(403, "create attachments"), (413, "larger than this tracker takes"), (500, "makes nothing twice")],
)
def test_an_attachment_that_is_refused(tracker: Tracker, status: int, said: str) -> None:
    """The message names the file and its size; no comment names a file that is not there."""
    tracker.instead = [(200, {}, b'{"fields": {"attachment": []}}'), (status, {}, b"")]

    with pytest.raises(TargetError, match=rf"attach PLAT-412-report-01\.html \(\d+ bytes\): .*{said}"):
        _jira(tracker).publish(END, MARK, FILES)
    assert tracker.comments == {}


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"fields": 7}', b'{"fields": {"attachment": {}}}'])
def test_a_ticket_of_another_kind(tracker: Tracker, body: bytes) -> None:
    """Without the list of attachments nothing is sent."""
    tracker.instead = [(200, {}, body)]

    if body == b'{"fields": {"attachment": {}}}':
        assert _jira(tracker).publish(END, MARK, {}).done == "created"
        return
    with pytest.raises(TargetError, match="this is not an answer of Jira's API"):
        _jira(tracker).publish(END, MARK, FILES)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"comments": [7]}', b'{"comments": [{"body": "x"}]}'])
def test_a_page_of_another_kind(tracker: Tracker, body: bytes) -> None:
    """It is not taken for an empty one: that would make a second comment."""
    tracker.instead = [(200, {}, b'{"fields": {}}'), (200, {}, body)]

    with pytest.raises(TargetError, match="this is not an answer of Jira's API"):
        _jira(tracker).publish(END, MARK, {})
    assert tracker.comments == {}


def test_pages_without_end() -> None:
    """It is given up, and nothing is written."""
    with respx.mock() as router, Client() as sender:
        base = "https://jira.example.com/rest/api/2/issue/PLAT-412"
        router.get(base).respond(200, json={"fields": {}})
        page = {"comments": [{"id": "1", "body": "x"}], "total": 10**9}
        route = router.get(f"{base}/comment").respond(200, json=page)
        jira = Jira("PLAT-412", base="https://jira.example.com", email="", token="t", sender=sender)
        with pytest.raises(TargetError, match="more than 1,000 pages"):
            jira.publish(END, MARK, {})
    assert route.call_count == MOST_PAGES


def test_a_form_with_a_file() -> None:
    """The boundary depends on the content alone, and is not in it."""
    kind, packed = multipart("a.zip", b"\r\n--harness-\r\n")
    boundary = kind.partition("boundary=")[2].encode()

    assert packed.count(boundary) == 2
    assert b"Content-Type: application/zip\r\n\r\n\r\n--harness-\r\n" in packed
    assert multipart("a.zip", b"\r\n--harness-\r\n") == (kind, packed)


@pytest.mark.parametrize("key", ["PLAT-412", "plat-1", "A_B2-7"])
def test_keys(key: str) -> None:
    """A project's key and a number."""
    assert checked_key(key) == key


@pytest.mark.parametrize("key", ["PLAT", "412", "PLAT-412/x", "../x-1", "PLAT-4 ", ""])
def test_keys_that_are_none(key: str) -> None:
    """The message says how to write one."""
    with pytest.raises(UsageError, match=r"^--jira: .* is not the key of a ticket\. Write it as `PLAT"):
        checked_key(key)
