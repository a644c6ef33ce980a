"""Encodings undone."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from itertools import product
from urllib.parse import quote

import pytest

from harness.leaks import layers as layers_module
from harness.leaks.layers import layers, unpacked

SECRET = 's3cr"t/\u00e9-ABC+xyz 01'.encode()

CODES: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "base64 for URLs": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    "inside base64": lambda data: base64.b64encode(b"user:" + data + b":x"),
    "in a path": lambda data: b"/organizations/x/" + base64.b64encode(data) + b"/y",
    "hex": lambda data: data.hex().encode(),
    "URL": lambda data: quote(data, safe="").encode(),
    "JSON": lambda data: json.dumps(data.decode()).encode(),
    "escapes": lambda data: "".join(f"\\u{ord(letter):04x}" for letter in data.decode()).encode(),
    "HTML": lambda data: html.escape(data.decode()).encode(),
    "gzip": lambda data: base64.b64encode(gzip.compress(data)),
    "latin-1 by mistake": lambda data: data.decode("latin-1").encode(),
}


@pytest.mark.parametrize(("inner", "outer"), list(product(CODES, CODES)))
def test_two_encodings_inside_each_other_are_undone(inner: str, outer: str) -> None:
    """What is encoded twice, in the middle of other text, is found as it was."""
    text = b"before " + CODES[outer](CODES[inner](SECRET)) + b" after"

    assert any(SECRET in layer for layer, _ in layers(text))


def test_what_is_told_is_how_it_was_encoded() -> None:
    """The outermost encoding is named last; what is not encoded needs no word."""
    text = base64.b64encode(quote("a secret/value", safe="").encode())
    told = {how for layer, how in layers(text) if b"a secret/value" in layer}

    assert "URL encoding in base64" in told
    assert next(iter(layers(b"plain"))) == (b"plain", "")


def test_base64_on_several_lines_is_joined() -> None:
    """Keys and mails break base64 into lines."""
    broken = base64.encodebytes(b"x" * 70 + SECRET)

    assert any(SECRET in layer for layer, _ in layers(broken))


def test_wide_characters_are_read() -> None:
    """UTF-16 hides ASCII from a search for bytes."""
    assert any(SECRET in layer for layer, _ in layers(b"a " + SECRET.decode().encode("utf-16-le")))


def test_what_is_not_packed_is_not_unpacked() -> None:
    """Neither text nor a stream that is damaged at once comes out as something."""
    assert unpacked(b"text") == b""
    assert unpacked(b"\x1f\x8b damaged") == b""
    assert unpacked(zlib.compress(b"text")) == b"text"


def test_noise_ends() -> None:
    """Text that could be decoded without end has a bounded number of layers."""
    assert len(list(layers(b"%25" * 200 + b"\\u005c" * 200 + b"QUJD" * 200))) <= 64


@pytest.mark.parametrize("parts", [2, 300])
def test_a_gzip_file_of_several_parts_is_read_to_its_end(parts: int) -> None:
    """Logs are packed piece by piece, one behind the other."""
    assert unpacked(gzip.compress(b"x") * (parts - 1) + gzip.compress(SECRET)).endswith(SECRET)


def test_a_gzip_file_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    """In its first part or in a later one."""
    packed = gzip.compress(SECRET)

    assert unpacked(packed[:-8]) == SECRET
    assert unpacked(packed + packed[:-8]) == SECRET * 2
    assert unpacked(packed + b"behind it") == SECRET


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _zip(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", data)
    return made.getvalue()


PACKS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "quick zlib": lambda data: zlib.compress(data, 2),
    "deflate": _deflate,
    "zip": _zip,
}


@pytest.mark.parametrize("code", [bytes, base64.b64encode, lambda data: data.hex().encode()])
@pytest.mark.parametrize(("inner", "outer"), list(product(PACKS, PACKS)))
def test_what_is_packed_twice_is_unpacked(inner: str, outer: str, code: Callable[[bytes], bytes]) -> None:
    """By whatever packs without saying so, and spelled in base64 or hex."""
    text = code(PACKS[outer](PACKS[inner](b"some noise \xff and " + SECRET)))

    assert any(SECRET in layer for layer, _ in layers(text))


def test_what_ends_by_chance_is_not_deflate() -> None:
    """Only what is packed to its last byte; and a damaged archive is read as far as it goes."""
    assert not [how for _, how in layers(_deflate(SECRET) + b"\xff") if how.endswith("deflate")]
    assert list(layers(b"PK\x03\x04 and no more \xff"))


def test_base64_whose_last_line_is_short_is_joined() -> None:
    """A few characters of it are left over."""
    assert any(
        SECRET in layer for layer, _ in layers(base64.encodebytes(SECRET.hex().encode() + b"00000000"))
    )


def test_what_unpacks_to_too_much_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many runs of base64 may each be packed."""
    monkeypatch.setattr(layers_module, "LARGEST", 1000)
    runs = b" ".join(base64.b64encode(gzip.compress(bytes([number]) * 900)) for number in range(50))

    assert max(len(layer) for layer, _ in layers(runs) if layer != runs) < 10_000
