"""Header fields on their way through."""

from __future__ import annotations

import pytest

from harness.proxy.fields import as_headers, end_to_end, has_body, is_ambiguous, to_upstream, value_of


def test_what_is_of_the_connection_stays_there() -> None:
    """The fields that RFC 9110 lists, and those that Connection names; the rest keeps order and spelling."""
    fields = [
        (b"X-A", b"1"),
        (b"connection", b"keep-alive, X-B"),
        (b"Connection", b"x-c"),
        (b"x-b", b"2"),
        (b"X-C", b"3"),
        (b"Keep-Alive", b"timeout=5"),
        (b"TE", b"trailers"),
        (b"Trailer", b"X"),
        (b"Upgrade", b"h2c"),
        (b"Proxy-Authorization", b"Basic x"),
        (b"Set-Cookie", b"a=1"),
        (b"x-a", b"4"),
        (b"Set-Cookie", b"b=2"),
    ]

    assert end_to_end(fields) == [
        (b"X-A", b"1"),
        (b"Set-Cookie", b"a=1"),
        (b"x-a", b"4"),
        (b"Set-Cookie", b"b=2"),
    ]


def test_connection_cannot_take_what_frames_a_message() -> None:
    """Whoever names the length or the host there is up to something."""
    fields = [(b"Connection", b"content-length, host"), (b"Content-Length", b"4"), (b"Host", b"a")]

    assert end_to_end(fields) == fields[1:]


def test_chunks_have_no_length() -> None:
    """Where both are there the chunks count."""
    fields = [(b"Content-Length", b"4"), (b"Transfer-Encoding", b"chunked")]

    assert end_to_end(fields) == []


def test_the_service_gets_its_own_name() -> None:
    """First, as it is usual; chunks stay chunks."""
    fields = [(b"Accept", b"*/*"), (b"HOST", b"localhost:8700"), (b"transfer-encoding", b"chunked")]

    assert to_upstream(fields, "api.example.org") == [
        (b"Host", b"api.example.org"),
        (b"Accept", b"*/*"),
        (b"Transfer-Encoding", b"chunked"),
    ]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, deflate"),
        (b"br;q=1.0, gzip;q=0.8, *;q=0.1", b"gzip;q=0.8"),
        (b"GZIP", b"GZIP"),
        (b"identity;q=0, gzip", b"identity;q=0, gzip"),
        (b"br", b"identity"),
        (b"*", b"identity"),
        (b"", b"identity"),
    ],
)
def test_only_readable_codings_are_asked_for(asked: bytes, sent: bytes) -> None:
    """What cannot be unpacked here cannot be searched for secrets."""
    assert to_upstream([(b"Accept-Encoding", asked)], "a")[1:] == [(b"Accept-Encoding", sent)]


def test_a_request_that_ends_in_two_places() -> None:
    """Both a length and chunks, or chunks in HTTP/1.0."""
    chunked, length = (b"transfer-encoding", b"chunked"), (b"content-length", b"1")

    assert is_ambiguous([chunked, length], b"1.1")
    assert is_ambiguous([chunked], b"1.0")
    assert not is_ambiguous([chunked], b"1.1")
    assert not is_ambiguous([length], b"1.0")


def test_whether_there_is_a_body() -> None:
    """A length of nothing is none."""
    assert has_body([(b"Content-Length", b"1")])
    assert has_body([(b"Transfer-Encoding", b"chunked")])
    assert not has_body([(b"Content-Length", b"0")])
    assert not has_body([])


def test_values_of_one_name_are_joined() -> None:
    """As HTTP joins them; no field is told from an empty one."""
    fields = [(b"A", b"1"), (b"b", b""), (b"a", b"2")]

    assert value_of(fields, b"a") == "1, 2"
    assert value_of(fields, b"b") == ""
    assert value_of(fields, b"c") is None
    assert as_headers([(b"A", b"caf\xe9")]) == (("A", "caf\xe9"),)
