"""Exchanges as vcrpy's interactions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.interaction import to_exchange, to_interaction, to_request
from harness.exchange import Exchange, Failure, FailureKind, Headers, Request, Response
from harness.struct import replace
from tests.cassette import answer, exchange, get, post


def test_the_file_is_true_of_the_stored_text() -> None:
    """Other players see the length and the coding of what is in the file, we those of the wire."""
    content = b'{"a":1}'
    headers = (("Date", "x"), ("Content-Encoding", "gzip"), ("Content-Length", "27"), ("Vary", "a"))
    original = exchange(response=Response(status=200, headers=headers, content=content))
    stored = to_interaction(original, "s", readable=True)

    assert stored["response"]["body"] == {"string": '{\n  "a": 1\n}'}
    assert stored["response"]["headers"] == {"Date": ["x"], "Content-Length": ["12"], "Vary": ["a"]}
    assert to_exchange(stored) == original


def test_an_empty_body_keeps_its_length() -> None:
    """The answer to HEAD tells the length of a body that is not there."""
    original = exchange(response=Response(status=200, headers=(("content-length", "512"),)))
    stored = to_interaction(original, "s", readable=True)

    assert stored["response"]["headers"] == {"content-length": ["512"]}
    assert to_exchange(stored) == original


def test_repeated_fields_keep_their_order() -> None:
    """Fields of one name stay apart, in order, with the spelling of their names."""
    headers = (("Set-Cookie", "a"), ("X", "1"), ("Set-Cookie", "b"), ("set-cookie", "c"), ("x", "2"))
    original = exchange(response=Response(status=200, headers=headers))
    stored = to_interaction(original, "s", readable=True)

    assert stored["response"]["headers"]["Set-Cookie"] == ["a", "b"]
    assert to_exchange(stored) == original


@pytest.mark.parametrize("kind", FailureKind)
def test_a_failure_is_an_interaction(kind: FailureKind) -> None:
    """A failure is kept with its kind, and no other player can take it for an answer."""
    failed = Exchange(request=get(), failure=Failure(kind=kind, message="no"), started="x", elapsed=30.0)
    stored = to_interaction(failed, "s", readable=True)

    assert stored["response"]["status"]["code"] == 599
    assert to_exchange(stored) == failed


def test_a_request_without_a_body_has_an_empty_one() -> None:
    """Stock vcrpy compares it to what httpx sends, which is empty and not null."""
    stored = to_interaction(exchange(), "s", readable=True)

    assert stored["request"]["body"] == ""
    assert to_request(stored) == get()


def test_a_json_file_holds_bytes_as_base64() -> None:
    """JSON has no bytes, and text stays as it was on the wire."""
    original = exchange(post({"a": 1}), answer(b"\xff\x00", media="image/png"))
    stored = to_interaction(original, "s", readable=False)

    assert stored["request"]["body"] == '{"a":1}'
    assert stored["response"]["body"] == {"string": "/wA="}
    assert to_exchange(stored) == original


names = st.sampled_from(
    ["content-length", "Content-Length", "content-encoding", "a", "A", "set-cookie", "date"]
)
fields = st.lists(st.tuples(names, st.sampled_from(["1", "7", "gzip", "x, y"])), max_size=6).map(tuple)
bodies = st.binary(max_size=9) | st.sampled_from(
    [b'{"a":1}', b'{"a": [1, 2]}\n', "é\u2028\U0001f600".encode()]
)


@given(
    headers=fields,
    other=fields,
    content=bodies,
    readable=st.booleans(),
    version=st.sampled_from(["HTTP/1.1", "HTTP/2"]),
)
def test_any_exchange_comes_back(
    headers: Headers, other: Headers, content: bytes, version: str, *, readable: bool
) -> None:
    """Whatever the header fields and bodies are, the exchange is restored to the byte."""
    original = Exchange(
        request=Request(method="PUT", url="http://h/", headers=headers, content=content),
        response=Response(status=207, headers=other, content=content, http_version=version),
        started="2026-01-01T00:00:00.000Z",
        elapsed=0.000001,
    )

    assert to_exchange(to_interaction(original, "s", readable=readable)) == original


@pytest.mark.parametrize("readable", [True, False])
def test_a_repeat_is_one_afterwards(*, readable: bool) -> None:
    """That a call was only made again to tell noise stands in the file, and nothing where it was not."""
    original = replace(exchange(), repeat=True)
    stored = to_interaction(original, "s", readable=readable)

    assert stored["harness"]["repeat"] is True
    assert to_exchange(stored) == original
    assert "repeat" not in to_interaction(exchange(), "s", readable=readable)["harness"]
