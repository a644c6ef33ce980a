"""What a body is packed in without saying so."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable

import pytest

from harness import packing
from harness.packing import SealedError, repacked, sealed


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _inflate(data: bytes) -> bytes:
    return zlib.decompress(data, -15)


def _zip(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", data)
        archive.writestr("empty/", b"")
    return made.getvalue()


def _unzip(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("a.txt")


BOTH: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "gzip": (gzip.compress, gzip.decompress),
    "zlib": (zlib.compress, zlib.decompress),
    "deflate": (_deflate, _inflate),
    "zip": (_zip, _unzip),
}


def upper(leaf: bytes) -> bytes:
    """Change one word."""
    return leaf.replace(b"word", b"WORD") if b"word" in leaf else leaf


@pytest.mark.parametrize("outer", BOTH)
@pytest.mark.parametrize("inner", BOTH)
def test_what_is_packed_is_changed_and_packed_again(outer: str, inner: str) -> None:
    """In each other, too."""
    content = BOTH[outer][0](BOTH[inner][0](b"a word \xe9 " * 9))
    made = repacked(content, upper)

    assert BOTH[inner][1](BOTH[outer][1](made)) == b"a WORD \xe9 " * 9


@pytest.mark.parametrize("pack", [pair[0] for pair in BOTH.values()], ids=BOTH)
def test_what_needs_no_change_stays_the_same(pack: Callable[[bytes], bytes]) -> None:
    """Not packed once more, which would give other bytes."""
    content = pack(b"nothing \xe9 of the kind")

    assert repacked(content, upper) is content


@pytest.mark.parametrize(
    "content", [b"", b"a word", b"x^ a word", b"\xff a word", b"H\x89 \xff word", b"PK a word"]
)
def test_what_is_not_packed_is_changed_as_it_is(content: bytes) -> None:
    """Text, noise, and what only begins like something packed."""
    assert repacked(content, upper) == upper(content)


def test_what_stands_behind_a_stream_is_changed_as_well() -> None:
    """Text, and other streams."""
    made = repacked(gzip.compress(b"a") + zlib.compress(b"a word") + b" and a word", upper)
    rest = zlib.decompressobj(31)
    rest.decompress(made)
    last = zlib.decompressobj()

    assert last.decompress(rest.unused_data) == b"a WORD"
    assert last.unused_data == b" and a WORD"


@pytest.mark.parametrize("name", ["word.txt", "a.txt"])
def test_names_in_archives_are_changed(name: str) -> None:
    """Of gzip and zip; and comments."""
    named, archived = io.BytesIO(), io.BytesIO()
    with gzip.GzipFile(f"{name}.gz", "wb", fileobj=named) as file:
        file.write(b"plain")
    with zipfile.ZipFile(archived, "w") as archive:
        archive.writestr(name, b"plain")
        archive.comment = b"no word" if name == "a.txt" else b""

    assert b"word" not in repacked(named.getvalue(), upper)
    assert b"word" not in repacked(archived.getvalue(), upper)


def _quine(depth: int) -> bytes:
    content = b"a word"
    for _ in range(depth):
        content = gzip.compress(content)
    return content


def _encrypted() -> bytes:
    content = bytearray(_zip(b"a word"))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (gzip.compress(bytes(range(256)))[:-9], "gzip"),
        (b"\x1f\x8b and no more", "gzip"),
        (gzip.compress(b"") * 2000, "gzip"),
        (zlib.compress(bytes(range(256)))[:-9], "zlib"),
        (b"PK\x03\x04 and no more", "zip"),
        (_zip(b"a word" * 99)[:-30], "zip"),
        (_encrypted(), "zip"),
        (b"BZh91AY&SY and what follows", "bzip2"),
        (b"\xfd7zXZ\x00 and what follows", "xz"),
        (b"\x28\xb5\x2f\xfd and what follows", "zstd"),
        (_quine(7), "gzip"),
        (_zip(_zip(_zip(gzip.compress(b"x")[:-9]))), "gzip"),
    ],
)
def test_what_nobody_can_look_into_is_told(content: bytes, name: str) -> None:
    """Damaged, cut short, encrypted, unknown here, or packed again and again."""
    assert sealed(content) == name
    with pytest.raises(SealedError, match=f"packed as {name}, which cannot be undone"):
        repacked(content, upper)


@pytest.mark.parametrize("content", [b"", b"text", b"BZh9 is no archive", _quine(6), bytes(range(256))])
def test_what_can_be_looked_into_is_not_sealed(content: bytes) -> None:
    """Also where it is noise."""
    assert sealed(content) == ""


@pytest.mark.parametrize("pack", [pair[0] for pair in BOTH.values()], ids=BOTH)
def test_a_bomb_is_sealed(monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]) -> None:
    """One that unpacks to too much at once, and one that does so little by little."""
    monkeypatch.setattr(packing, "MAX_BODY", 10_000)
    monkeypatch.setattr(packing, "_MOST", 20_000)

    assert sealed(pack(b"\xe9" * 10_001))
    assert not sealed(pack(b"\xe9" * 9_999))
    assert sealed(pack(zlib.compress(b"\xe9" * 9_000) * 3))


def test_many_small_files_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that an archive unpacks to is limited, and how many files it has."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.txt", bytes(900))

    assert not sealed(made.getvalue())
    monkeypatch.setattr(packing, "_MOST_PARTS", 4)
    assert sealed(made.getvalue()) == "zip"
    monkeypatch.undo()
    monkeypatch.setattr(packing, "_MOST", 1000)
    assert sealed(made.getvalue()) == "zip"
