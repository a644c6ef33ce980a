"""What goes by, as far as it is kept."""

from __future__ import annotations

import gzip
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from harness.exchange import Exchange, Failure, FailureKind, Request, Response
from harness.proxy.tape import Body, Tape

GZIP = (("Content-Encoding", "gzip"),)


def body(*pieces: bytes, most: int = 100) -> Body:
    """Let pieces go by."""
    made = Body(most)
    for piece in pieces:
        made.add(piece)
    return made


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_a_body_is_kept_whole_or_by_its_hash(pieces: list[bytes]) -> None:
    """Wherever it was cut into pieces; exactly the most that is kept is still kept."""
    whole = b"".join(pieces)
    headers, content = body(*pieces).kept(())
    told = f"{len(whole)} bytes, sha256 {hashlib.sha256(whole).hexdigest()}"

    assert (headers, content) == (((), whole) if len(whole) <= 100 else ((("Harness-Body-Cut", told),), b""))


def test_a_body_is_kept_decoded() -> None:
    """Its fields still name the coding."""
    assert body(gzip.compress(b"plain")).kept(GZIP) == (GZIP, b"plain")


def test_a_damaged_body_is_not_kept() -> None:
    """The bytes that no one can read are counted as they came."""
    headers, content = body(b"\xffbroken").kept(GZIP)

    assert content == b""
    assert headers[1][1].startswith("7 bytes of gzip, sha256 ")


def test_a_large_coded_body_is_counted_as_it_came() -> None:
    """And says so: the hash is not that of what the client reads."""
    ((_, _), (_, told)) = body(b"\x1f" * 101).kept(GZIP)[0]

    assert told.startswith("101 bytes of gzip, sha256 ")


def test_a_tape_becomes_an_exchange() -> None:
    """With its answer, or with what took the answer's place."""
    tape = Tape(
        method="POST",
        url="https://api.example.org/a",
        headers=(("A", "1"),),
        asked=body(b"question"),
        answered=body(b"answer"),
        started="2026-11-27T10:00:00.000Z",
        status=201,
        http_version="HTTP/1.0",
        answer_headers=(("B", "2"),),
        elapsed=0.5,
    )
    request = Request(method="POST", url=tape.url, headers=tape.headers, content=b"question")
    response = Response(status=201, headers=(("B", "2"),), content=b"answer", http_version="HTTP/1.0")

    assert tape.exchange() == Exchange(
        request=request, response=response, started="2026-11-27T10:00:00.000Z", elapsed=0.5
    )
    tape.failure = Failure(kind=FailureKind.TIMEOUT, message="no")
    failed = tape.exchange()
    assert (failed.request, failed.response, failed.failure) == (request, None, tape.failure)
