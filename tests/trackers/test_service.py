"""Calls of a tracker's API, and what goes wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import respx

from harness.client import Sender
from harness.errors import TargetError
from harness.settings import Retries, Settings
from harness.trackers.service import Service, checked_base, open_sender

TOKEN = "t0ken-of-the-tracker"
BASE = "https://tracker.example.com/api"
pauses: list[float] = []


def _wait(seconds: float) -> bool:
    pauses.append(seconds)
    return True


@pytest.fixture(name="sender")
def _sender(tmp_path: Path) -> Iterator[Sender]:
    pauses.clear()
    settings = Settings(
        root=tmp_path,
        scenarios=(),
        cassettes=tmp_path,
        reports=tmp_path,
        state=tmp_path / "state",
        timeout=5,
        retries=Retries(attempts=3),
    )
    with open_sender(settings, _wait) as sender:
        yield sender


def _service(sender: Sender) -> Service:
    return Service(
        name="Tracker",
        where="PLAT-412",
        base=BASE,
        headers=(("Authorization", f"Bearer {TOKEN}"),),
        credential="TRACKER_TOKEN",
        address="TRACKER_URL",
        permission="It needs to write.",
        sender=sender,
        secrets={"TRACKER_TOKEN": TOKEN},
    )


def _refused(sender: Sender, response: httpx.Response | Exception, method: str = "POST") -> str:
    """Return the one message of a call that the service answers so, each time."""
    with respx.mock() as router:
        router.route(url__startswith=BASE).mock(side_effect=lambda _: _raised(response))
        with pytest.raises(TargetError) as caught:
            _service(sender).json(method, "/x", "create the comment", {"body": "x"})
    said = str(caught.value)
    assert "\n" not in said
    assert TOKEN not in said
    return said


def _raised(response: httpx.Response | Exception) -> httpx.Response:
    if isinstance(response, Exception):
        raise response
    return response


def test_what_is_sent_and_read(sender: Sender) -> None:
    """JSON both ways, with the headers of the service."""
    with respx.mock() as router:
        route = router.post(f"{BASE}/x").respond(201, json={"id": 7})
        data, response = _service(sender).json("POST", "/x", "create", {"body": "é"})

    request = route.calls[0].request
    assert (data, response.status) == ({"id": 7}, 201)
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert request.content == b'{"body": "\\u00e9"}'


@pytest.mark.parametrize(
    ("status", "body", "said", "advice"),
    [
        (401, {"message": "Bad credentials"}, "answered 401: Bad credentials", "set TRACKER_TOKEN to one"),
        (403, {"message": "not accessible"}, "answered 403: not accessible", "It needs to write."),
        (404, {"message": "Not Found"}, "answered 404: Not Found", "There is no such ticket, or the token"),
        (410, {"message": "gone"}, "answered 410: gone", "There is no such ticket"),
        (413, {}, "answered 413", "It is larger than this tracker takes."),
        (422, {"message": "x", "errors": [{"message": "too long"}]}, "422: x; too long", "a refusal of what"),
        (
            400,
            {"errorMessages": ["no"], "errors": {"comment": "long"}},
            "400: no; comment: long",
            "`--dry-run`",
        ),
        (500, {"message": "oops"}, "answered 500: oops", "it finds what it made"),
    ],
)
def test_a_refusal_is_one_message_with_advice(
    sender: Sender, status: int, body: object, said: str, advice: str
) -> None:
    """What was to be done, what the tracker says, and what to do about it."""
    message = _refused(sender, httpx.Response(status, json=body))

    assert message.startswith("PLAT-412: create the comment: Tracker ")
    assert said in message
    assert advice in message


def test_limits(sender: Sender) -> None:
    """After some attempts the message says when to come back; GitHub says 403 for it, too."""
    busy = _refused(sender, httpx.Response(429, headers={"retry-after": "7"}))
    attempts = len(pauses)
    later = _refused(sender, httpx.Response(403, headers={"x-ratelimit-remaining": "0"}, json={}))

    assert "Run the same command again in 7 s." in busy
    assert attempts == 2
    assert all(pause >= 7 for pause in pauses)
    assert "It allows no more calls for now. Run the same command again later." in later


def test_what_may_succeed_later_is_called_again(sender: Sender) -> None:
    """A read after 500 and 503, a create only after 429: nothing is made twice."""
    with respx.mock() as router:
        router.get(f"{BASE}/x").mock(
            side_effect=[httpx.Response(500), httpx.Response(503), httpx.Response(200, json=[])]
        )
        route = router.post(f"{BASE}/x").mock(
            side_effect=[httpx.Response(429), httpx.Response(201, json={}), httpx.Response(500)]
        )
        service = _service(sender)

        assert service.json("GET", "/x", "look")[0] == []
        assert service.json("POST", "/x", "create", {})[0] == {}
        with pytest.raises(TargetError, match="answered 500"):
            service.json("POST", "/x", "create", {})
    assert route.call_count == 3


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, html="<html>Log in</html>"),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=b"[" * 100_000),
    ],
)
def test_an_answer_that_is_not_the_apis(sender: Sender, response: httpx.Response) -> None:
    """A login page that says 200 is none."""
    message = _refused(sender, response)

    assert "this is not an answer of Tracker's API" in message
    assert "Look at TRACKER_URL" in message


def test_a_page_in_place_of_an_error(sender: Sender) -> None:
    """A proxy's page says nothing that helps, so it is not shown."""
    message = _refused(sender, httpx.Response(404, html="<html>\x1b[31mno</html>"))

    assert message.startswith("PLAT-412: create the comment: Tracker answered 404. ")


@pytest.mark.parametrize("body", [b"[" * 200_000, b"", b"7", b'{"message": 7, "errors": [7, null]}', b"\xff"])
def test_an_error_of_another_shape(sender: Sender, body: bytes) -> None:
    """Only the status is told, in one message."""
    message = _refused(sender, httpx.Response(422, content=body))

    assert message.startswith("PLAT-412: create the comment: Tracker answered 422. This is a refusal")


def test_a_redirect_is_not_followed(sender: Sender) -> None:
    """The token goes nowhere else; the message says where it would have gone."""
    message = _refused(sender, httpx.Response(301, headers={"location": "https://new.example.com/x"}))

    assert "(a redirect to https://new.example.com/x)" in message
    assert "Redirects are not followed." in message


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("disconnected")])
def test_no_answer_to_a_create(sender: Sender, error: Exception) -> None:
    """It is not known whether it was done, and the next run finds out."""
    message = _refused(sender, error)

    assert "Tracker did not answer: " in message
    assert "it is not known whether it was done. Run the same command again" in message


def test_nobody_there(sender: Sender) -> None:
    """The message names what to look at."""
    message = _refused(sender, httpx.ConnectError("refused"))

    assert "could not connect" in message
    assert f"Look at TRACKER_URL ({BASE})" in message


def test_what_the_tracker_says_is_harmless(sender: Sender) -> None:
    """On one line, cut, without what moves the cursor, and without the token if it is repeated."""
    evil = f"a\nb\x1b[2J {TOKEN} {'x' * 1000}"
    message = _refused(sender, httpx.Response(422, json={"message": evil}))

    assert "a\\nb\\x1b[2J [TRACKER_TOKEN] xxx" in message
    assert len(message) < 700


@pytest.mark.parametrize("length", range(280, 300))
@pytest.mark.parametrize("redirect", [False, True])
def test_no_part_of_the_token_is_left_where_it_is_cut(sender: Sender, length: int, *, redirect: bool) -> None:
    """The token is taken out of the whole text, before the text is cut to what a message has room for."""
    said = f"{'x' * length} {TOKEN}"
    headers = {"location": f"https://h/{said.replace(' ', '/')}"[10:]} if redirect else {}
    message = _refused(
        sender, httpx.Response(301 if redirect else 422, json={"message": said}, headers=headers)
    )

    assert TOKEN[:6] not in message


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("api.github.com", "this is not the base URL of an API"),
        ("ftp://x.example.com", "this is not the base URL of an API"),
        ("https://u:p@x.example.com", "this is not the base URL of an API"),
        ("https://x.example.com?y=1", "this is not the base URL of an API"),
        ("http://[::1", "this is not the base URL of an API"),
        ("http://x.example.com", "the token would travel unencrypted"),
    ],
)
def test_base_urls_that_are_none(base: str, said: str) -> None:
    """The message names the variable, and not what is in it: it may be a secret in the wrong place."""
    with pytest.raises(TargetError) as caught:
        checked_base(base, "TRACKER_URL")

    assert str(caught.value).startswith(f"TRACKER_URL: {said}")
    assert "u:p" not in str(caught.value)


def test_base_urls() -> None:
    """The slash at the end is no part of it; this machine may be called without encryption."""
    assert checked_base("https://ghe.example.com/api/v3/", "X") == "https://ghe.example.com/api/v3"
    assert checked_base("http://127.0.0.1:80", "X") == "http://127.0.0.1:80"
