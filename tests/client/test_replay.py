"""The client that plays a cassette."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.keys import place
from harness.client.replay import _PLAIN_URL, Player
from harness.errors import CassetteError
from harness.exchange import Failure, FailureKind, Response
from tests.client.recorded import URL, cassette, exchange, get


@pytest.mark.usefixtures("socket_disabled")
def test_a_replay_gives_back_the_exchange(tmp_path: Path) -> None:
    """Played without a socket, the exchange is the recorded one: bytes, header fields, times."""
    fields = (("Content-Encoding", "gzip"), ("Set-Cookie", "a"), ("X", "é"), ("Set-Cookie", "b"))
    recorded = exchange(
        get(URL, ("authorization", "Bearer [T]")), Response(status=200, headers=fields, content=b"{}")
    )
    client = Player(cassette(tmp_path, recorded))
    hops = client.send(get(URL, ("authorization", "Bearer real")))

    assert hops == (recorded,)


@pytest.mark.usefixtures("socket_disabled")
@pytest.mark.parametrize("kind", FailureKind)
def test_a_failure_is_replayed(tmp_path: Path, kind: FailureKind) -> None:
    """A call that failed fails again in the same way."""
    recorded = exchange(get(URL), failure=Failure(kind=kind, message="as it was"))
    client = Player(cassette(tmp_path, recorded))
    assert client.send(get(URL)) == (recorded,)


@pytest.mark.usefixtures("socket_disabled")
def test_redirects_are_replayed(tmp_path: Path) -> None:
    """Hops come from the cassette one by one, also one that leads nowhere."""
    hops = (
        exchange(get(URL), Response(status=302, headers=(("location", "/q"),))),
        exchange(get("https://api.example.org/q"), Response(status=302, headers=(("location", "mailto:x"),))),
    )
    client = Player(cassette(tmp_path, *hops))
    assert client.send(get(URL), follow_redirects=True) == hops


def test_a_miss_is_an_error(tmp_path: Path) -> None:
    """Nothing is called instead, and the error says what to do."""
    with pytest.raises(CassetteError, match="record me"):
        Player(cassette(tmp_path)).send(get(URL))


@pytest.mark.parametrize(
    "path",
    ["", "/é", "/a b", "/a/../b", "/a'b", "/%7Ea", "/A%2fb", "/p?q=a b", "/p?q='x'&r=%7e", "/p?q=é", "/p?"],
)
def test_a_url_is_played_however_it_is_spelled(tmp_path: Path, path: str) -> None:
    """A URL that httpx spells in its own way before it sends it is recorded so, and found all the same."""
    url = f"https://api.example.org{path}"
    recorded = exchange(get(str(httpx.URL(url))), Response(status=200, content=b"{}"))
    client = Player(cassette(tmp_path, recorded))
    assert client.send(get(url)) == (recorded,)


@given(url=st.from_regex(_PLAIN_URL, fullmatch=True))
def test_a_plain_url_is_sent_as_it_is(url: str) -> None:
    """The URLs that are played without asking httpx are those that it would not change."""
    try:
        sent = str(httpx.URL(url))
    except httpx.InvalidURL:
        return
    assert place("GET", sent) == place("GET", url)


def test_httpx_is_left_alone() -> None:
    """What only plays does not pay for the import of a client that calls."""
    code = "import sys, harness.plugin, harness.runner; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code

    assert done.stdout == "False\n"
