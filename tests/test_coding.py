"""Content codings that are undone."""

from __future__ import annotations

import gzip
import zlib

import pytest

from harness import coding
from harness.coding import decoded, gunzipped

_PLAIN = b'{"id": 1}\n' * 20


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gzip", gzip.compress(_PLAIN, mtime=0)),
        ("x-gzip", gzip.compress(_PLAIN, mtime=0)),
        ("GZIP", gzip.compress(_PLAIN, mtime=0)),
        ("gzip", gzip.compress(_PLAIN[:50], mtime=0) + gzip.compress(_PLAIN[50:], mtime=0)),
        ("deflate", zlib.compress(_PLAIN)),
        ("deflate", zlib.compress(_PLAIN)[2:-4]),
        ("gzip, gzip", gzip.compress(gzip.compress(_PLAIN, mtime=0), mtime=0)),
        ("deflate, gzip", gzip.compress(zlib.compress(_PLAIN), mtime=0)),
        ("identity", _PLAIN),
        ("", _PLAIN),
        ("gzip", _PLAIN),
        ("br", _PLAIN),
    ],
)
def test_codings_are_undone_and_plain_bodies_stay(name: str, content: bytes) -> None:
    """Whatever coding the header names, and whether it was undone before, the plain bytes come out."""
    assert decoded((("Content-Encoding", name),), content) == _PLAIN


def test_no_header_changes_nothing() -> None:
    """A gzip file without a content coding is the body itself."""
    assert decoded((), gzip.compress(_PLAIN, mtime=0)) == gzip.compress(_PLAIN, mtime=0)


def test_an_empty_body_has_no_coding() -> None:
    """The header of an answer to HEAD names a coding of nothing."""
    assert decoded((("content-encoding", "gzip"),), b"") == b""


def test_bytes_in_an_unknown_coding_are_refused() -> None:
    """What cannot be undone and is no text must not pass for the body."""
    with pytest.raises(ValueError, match="coded as br, which cannot be undone"):
        decoded((("content-encoding", "br"),), b"\x1b\xff\xfe")


def test_a_body_that_was_cut_short_is_refused() -> None:
    """A part of a body must not pass for all of it."""
    with pytest.raises(ValueError, match="cannot be undone"):
        decoded((("content-encoding", "gzip"),), gzip.compress(_PLAIN, mtime=0)[:-9])


@pytest.mark.parametrize(
    ("codings", "content"),
    [
        (["gzip"], gzip.compress(b"", mtime=0) * 200_000),
        (["gzip"] * 9, gzip.compress(_PLAIN, mtime=0)),
    ],
)
def test_what_would_take_for_ever_is_refused(codings: list[str], content: bytes) -> None:
    """Many small parts, or codings of codings: whoever waits for the recorder would wait for minutes."""
    with pytest.raises(ValueError, match="more than can be undone"):
        decoded((("content-encoding", ", ".join(codings)),), content)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that unpack to more than the limit are an error, not a full memory."""
    monkeypatch.setattr(coding, "MAX_BODY", 1000)
    packed = gzip.compress(b"0" * 1001, mtime=0)
    with pytest.raises(ValueError, match="larger than 1000 bytes"):
        decoded((("content-encoding", "gzip"),), packed)
    assert gunzipped(packed) is None
    assert gunzipped(gzip.compress(b"0" * 1000, mtime=0)) == b"0" * 1000


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b", b"\x1f\x8bnot gzip", gzip.compress(_PLAIN, mtime=0)[:-9], _PLAIN]
)
def test_what_is_no_gzip_file_is_told_from_one(content: bytes) -> None:
    """Damaged bytes and plain ones are no gzip file."""
    assert gunzipped(content) is None


def test_a_gzip_file_is_unpacked() -> None:
    """The content of a gzip file comes out whole."""
    assert gunzipped(gzip.compress(_PLAIN, mtime=0)) == _PLAIN
