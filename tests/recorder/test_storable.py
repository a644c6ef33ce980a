"""What of an exchange goes into a cassette."""

from __future__ import annotations

import gzip
import math
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from harness.cassette import Cassette
from harness.exchange import BODY_CUT, Exchange, Failure, FailureKind, Request, Response
from harness.recorder.storable import cut_field, storable, without_bodies
from harness.struct import replace
from tests.cassette import write
from tests.recorder import TOKEN, exchange

MOST = 1000


def test_what_can_be_kept_stays_the_same() -> None:
    """Not a copy of it."""
    made = exchange(content="ä".encode() * 100)

    assert storable(made, MOST) is made


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(TOKEN.encode() * 9, mtime=0)[:-9],
        gzip.compress(b"", mtime=0) * 2000 + gzip.compress(TOKEN.encode(), mtime=0),
    ],
    ids=["cut short", "many parts"],
)
def test_a_packed_file_that_cannot_be_looked_into_is_its_length_and_hash(content: bytes) -> None:
    """Nobody could take the secrets out of it."""
    made = storable(exchange(content=content), 1_000_000)

    assert made.response is not None
    assert made.response.content == b""
    assert made.response.headers[-1] == cut_field(len(content), sha256(content).hexdigest(), "gzip")
    assert storable(made, MOST) is made


def test_a_packed_file_that_can_is_kept() -> None:
    """As it was sent."""
    made = exchange(content=gzip.compress(b"plain", mtime=0))

    assert storable(made, MOST) is made


@pytest.mark.parametrize("what", ["request", "response"])
def test_a_body_beyond_the_cap_is_its_length_and_hash(what: str) -> None:
    """On both ways."""
    made = exchange()
    large = storable(replace(made, **{what: replace(getattr(made, what), content=bytes(MOST + 1))}), MOST)
    message = getattr(large, what)

    assert message.content == b""
    assert message.headers[-1] == (BODY_CUT, f"1001 bytes, sha256 {sha256(bytes(MOST + 1)).hexdigest()}")


def test_a_cut_body_names_a_coding_that_was_not_undone() -> None:
    """The hash is then of what came, and not of what a client reads."""
    assert cut_field(11, "ab") == (BODY_CUT, "11 bytes, sha256 ab")
    assert cut_field(11, "ab", "br") == (BODY_CUT, "11 bytes of br, sha256 ab")


HALF, ESCAPE = "a\udc80ä", "a\\udc80ä"


@pytest.mark.parametrize(
    ("part", "name"), [("request", "method"), ("request", "url"), ("failure", "message"), ("", "started")]
)
def test_halves_of_characters_become_escapes(part: str, name: str) -> None:
    """No file in UTF-8 could hold them."""
    made: Any = exchange()
    if part == "failure":
        made = replace(made, response=None, failure=Failure(kind=FailureKind.TIMEOUT, message=""))
    changed = {part: replace(getattr(made, part), **{name: HALF})} if part else {name: HALF}
    kept: Any = storable(replace(made, **changed), MOST)

    assert getattr(getattr(kept, part) if part else kept, name) == ESCAPE


@pytest.mark.parametrize("name", ["method", "url"])
def test_line_breaks_in_a_method_or_a_url_become_escapes(tmp_path: Path, name: str) -> None:
    """A cassette has each of them on a line, and could not be read again."""
    made = exchange()
    odd = replace(made, request=replace(made.request, **{name: f"{getattr(made.request, name)}\na\0\x85ä"}))
    kept = storable(odd, MOST)
    path = write(tmp_path / "x.yaml", kept)

    assert getattr(kept.request, name) == f"{getattr(made.request, name)}\\x0aa\\x00\\x85ä"
    assert Cassette.load(path).exchanges[0].request == kept.request


def test_so_do_those_in_headers() -> None:
    """In names and values, of requests and responses."""
    made = exchange()
    assert made.response is not None
    fields = (("x", "y"), (HALF, HALF))
    made = replace(
        made,
        request=replace(made.request, headers=fields),
        response=replace(made.response, headers=fields),
    )
    kept = storable(made, MOST)

    assert kept.response is not None
    assert kept.request.headers == kept.response.headers == (("x", "y"), (ESCAPE, ESCAPE))


@pytest.mark.parametrize("elapsed", [math.nan, math.inf, -math.inf])
def test_a_time_that_is_no_number_is_none(elapsed: float) -> None:
    """Other tools count as they like."""
    assert storable(replace(exchange(), elapsed=elapsed), MOST).elapsed == 0


def test_bodies_that_a_file_lacks_are_told_in_the_fields() -> None:
    """Of the request, of the response, or of neither; a call without an answer has none to lack."""
    made = Exchange(request=Request(method="GET", url="https://x"), response=Response(status=200))
    failed = replace(made, response=None)
    field = ("Harness-Body-Cut", "not in the captured file")
    both = without_bodies(made, request=True, response=True)

    assert (both.request.headers, both.response and both.response.headers) == ((field,), (field,))
    assert without_bodies(made, request=False, response=False) is made
    assert without_bodies(failed, request=False, response=True) == failed
