"""Tests of damaged answers as a client on a socket meets them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest

from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running
from harness.sandbox.app import FAULT_HEADER
from harness.sandbox.faults import LARGE, MOST_BYTES

HEADERS = {"authorization": f"Bearer {SANDBOX_TOKEN}"}


@pytest.fixture(name="url", scope="module")
def _url() -> Iterator[str]:
    """Give the URL of a list from a running sandbox, which must not log that it failed."""
    with running() as url:
        yield f"{url}/v1/organizations"


def _asked(url: str, fault: str) -> httpx.Response:
    return httpx.get(url, headers={**HEADERS, FAULT_HEADER: fault})


def test_a_reset_gives_no_answer(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A reset connection is an error of the transport, and the sandbox serves on without a word."""
    with pytest.raises(httpx.ReadError):
        _asked(url, "reset")

    assert httpx.get(url, headers=HEADERS).status_code == 200
    assert caplog.text == ""


def test_a_truncated_body_ends_early(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """The announced length is that of the whole body, and half of it comes before the connection ends."""
    place = urlsplit(url)
    with closing(http.client.HTTPConnection(str(place.hostname), place.port)) as connection:
        connection.request("GET", place.path, headers={**HEADERS, FAULT_HEADER: "truncated"})
        answer = connection.getresponse()
        announced = int(answer.headers["content-length"])
        with pytest.raises(http.client.IncompleteRead) as caught:
            answer.read()

    assert len(caught.value.partial) == announced // 2
    assert caplog.text == ""


def test_a_slow_body_is_whole(url: str) -> None:
    """A body that trickles comes whole, in the announced length."""
    whole = httpx.get(url, headers=HEADERS).json()
    slow = _asked(url, "slow=100ms")

    assert slow.json()["organizations"] == whole["organizations"]
    assert slow.headers["content-length"] == str(len(slow.content))
    assert slow.elapsed.total_seconds() >= 0.1


def test_an_endless_body_has_no_length(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A body without an end has no length; a client that has had enough goes, and the sandbox serves on."""
    with httpx.stream("GET", url, headers={**HEADERS, FAULT_HEADER: "endless"}) as answer:
        pieces = answer.iter_raw()
        size = 0
        while size < 1024 * 1024:
            size += len(next(pieces))

    assert "content-length" not in answer.headers
    assert httpx.get(url, headers=HEADERS).status_code == 200
    assert caplog.text == ""


def test_an_endless_body_is_capped(url: str) -> None:
    """A client that reads on and on is cut off in the end."""
    sizes: list[int] = []
    with httpx.stream("GET", url, headers={**HEADERS, FAULT_HEADER: "endless"}) as answer:
        pieces = answer.iter_raw()
        with pytest.raises(httpx.RemoteProtocolError):
            sizes.extend(len(piece) for piece in pieces)

    assert MOST_BYTES <= sum(sizes) < MOST_BYTES + 1024 * 1024


def test_a_large_body_is_the_same_with_blanks(url: str) -> None:
    """A large body comes whole, in the announced length, and says what it would say without the blanks."""
    whole = httpx.get(url, headers=HEADERS).json()
    large = _asked(url, "large")

    assert large.json()["organizations"] == whole["organizations"]
    assert large.headers["content-length"] == str(len(large.content)) == str(LARGE)


@pytest.mark.parametrize("fault", ["slow=1s", "truncated", "large", "endless"])
def test_what_has_no_body_has_none_to_damage(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    """A 204 is answered as it is, and the sandbox does not log that it failed."""
    with running() as url:
        teams = f"{url}/v1/organizations/{SANDBOX_ORGANIZATION_ID}/teams"
        team = httpx.post(teams, headers=HEADERS, json={"name": "t"}).json()["id"]
        answer = httpx.delete(f"{teams}/{team}", headers={**HEADERS, FAULT_HEADER: fault})

    assert (answer.status_code, answer.content) == (204, b"")
    assert caplog.text == ""


def test_a_page_of_a_gateway_is_no_json(url: str) -> None:
    """The page of a gateway says what it is."""
    answer = _asked(url, "html=503")

    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    assert answer.text.startswith("<html>")


def test_a_delay_comes_before_the_answer(url: str) -> None:
    """A latency passes before anything is answered."""
    assert _asked(url, "latency=80ms").elapsed.total_seconds() >= 0.08


def test_a_wrong_fault_is_refused(url: str) -> None:
    """A header that asks for no fault answers 400 and says what there is."""
    answer = _asked(url, "tea")

    assert answer.status_code == 400
    assert "there is no kind of fault `tea`" in json.loads(answer.content)["message"]
