"""What a text holds under its encodings.

The redaction spells a secret in every encoding and looks for that. Here it is the other way round: whatever
is encoded is decoded, and the secret is looked for as it is. The two share no code.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

_DEEPEST: Final = 4
_MOST: Final = 64
"""Layers of one text: encodings inside each other are few, and noise that looks like one is not."""
LARGEST: Final = 64 << 20
"""Bytes that a packed text may have unpacked."""
_MOST_PARTS: Final = 2048
"""Parts of one packed text; the redaction refuses to keep what has half as many."""
_SHORTEST_RUN: Final = 8

_PACKED = (
    b"\x1f\x8b",
    # What zlib writes for each size of its window and each level.
    *(
        bytes([size << 4 | 8, level << 6 | (31 - ((size << 4 | 8) << 8 | level << 6) % 31)])
        for size in range(8)
        for level in range(4)
    ),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(rb"((?:\\u[0-9A-Fa-f]{4})+)|\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
"""From left to right: of what is escaped twice, this undoes the outer one."""
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"0": b"\0"}
_READABLE = re.compile(
    rb"(?:[\0\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){6,}"
)
_NO_CONTROL = re.compile(rb"[^\x01-\x08\x0b\x0c\x0e-\x1f\x7f]{6,}")
_WRAPPED = re.compile(rb"(?<=[A-Za-z0-9+/_-]{40})\r?\n[ \t]*(?=[A-Za-z0-9+/_-]{2})")
_FOLDED = re.compile(rb"\\?\r?\n[ \t]*\\?")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def layers(data: bytes, shortest: int = 6) -> Iterator[tuple[bytes, str]]:
    """Yield a text and what it holds when encodings are undone, inside each other too.

    With each comes how it is encoded, in words; nothing for the text itself. ``shortest`` is the length
    in bytes of the shortest thing that is looked for: shorter runs of base64 and hex stay as they are.
    """
    return ((layer, how) for layer, _, how in readable_layers(data, shortest))


def readable_layers(data: bytes, shortest: int = 6) -> Iterator[tuple[bytes, bytes, str]]:
    """Yield what :func:`layers` does, and between the two what can be read of the bytes.

    That is all of them where they are text, and so it is of the data itself. Of what was decoded and is no
    text it is the parts that are: most of it is noise, which only looked as if it were encoded.
    """
    seen = {data}
    queue: list[tuple[bytes, tuple[str, ...]]] = [(data, ())]
    unwraps = _unwraps(shortest)
    while queue:
        layer, how = queue.pop(0)
        text = _text(layer)
        yield layer, text if how else layer, " in ".join(how)
        if len(how) >= _DEEPEST:
            continue
        for name, unwrap in unwraps:
            found = unwrap(layer if unwrap in _OF_BYTES else text)
            if found and found not in seen and len(seen) < _MOST:
                seen.add(found)
                queue.append((found, (name, *how)))


@lru_cache(maxsize=64)
def _unwraps(shortest: int) -> tuple[tuple[str, Callable[[bytes], bytes]], ...]:
    longest_of_base64 = max(_SHORTEST_RUN, -(-shortest * 4 // 3))
    base64 = re.compile(rb"[A-Za-z0-9+/_-]{%d,}" % longest_of_base64)
    hexadecimal = re.compile(rb"[0-9A-Fa-f]{%d,}" % max(_SHORTEST_RUN, 2 * shortest))
    return (
        ("gzip", unpacked),
        ("deflate", _deflated),
        ("zip", _zipped),
        ("URL encoding", _percent),
        ("URL encoding", _form),
        ("escapes", _escapes),
        ("HTML entities", _entities),
        ("UTF-16", _wide),
        ("a wrong charset", _misread),
        ("broken lines", _unwrapped),
        ("base64", lambda data: _runs(base64, data, _base64)),
        ("hex", lambda data: _runs(hexadecimal, data, _hex)),
    )


def unpacked(data: bytes) -> bytes:
    """Return what gzip or zlib packed, as far as it can be read; nothing where neither did."""
    plain, rest = b"", data
    for _ in range(_MOST_PARTS):
        if not rest.startswith(_PACKED) or len(plain) >= LARGEST:
            break
        decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            plain += decoder.decompress(rest, LARGEST - len(plain))
        except zlib.error:
            break
        rest = decoder.unused_data
    return plain


def _deflated(data: bytes) -> bytes:
    """Return what deflate packed without a header: what ends exactly where the bytes end is no accident."""
    if len(data) < _SHORTEST_RUN or data[0] & 0b110 == 0b110 or data.isascii():
        return b""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = decoder.decompress(data, LARGEST)
    except zlib.error:
        return b""
    return plain if decoder.eof and not decoder.unused_data else b""


def _zipped(data: bytes) -> bytes:
    """Return what the files of an archive hold, kept apart by line breaks, as far as they can be read."""
    if not data.startswith(_ZIP):
        return b""
    found: list[bytes] = []
    left = LARGEST
    # The library raises whatever a damaged file makes it stumble over; what was read so far counts.
    with suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist()[:_MOST_PARTS]:
            with archive.open(name) as file:
                found.append(file.read(left))
            left -= len(found[-1])
    return b"\n".join(found)


def _percent(data: bytes) -> bytes:
    return unquote_to_bytes(data) if _PERCENT.search(data) else b""


def _form(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b" ")) if b"+" in data else b""


def _escapes(data: bytes) -> bytes:
    if b"\\" not in data:
        return b""
    return _ESCAPE.sub(_escaped, data)


def _escaped(match: re.Match[bytes]) -> bytes:
    if match[1]:
        units = bytes.fromhex(match[1].replace(b"\\u", b"").decode())
        return units.decode("utf-16-be", "replace").encode()
    if match[2]:
        return bytes.fromhex(match[2].decode())
    return _CONTROL.get(match[3], match[3])


def _entities(data: bytes) -> bytes:
    if b"&" not in data:
        return b""
    return html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")


def _wide(data: bytes) -> bytes:
    """Read UTF-16, wherever in the text it is; no secret has characters beyond latin-1, or that control."""
    if b"\0" not in data:
        return b""
    # Most of what has a zero somewhere is noise: without this, all of it would pass for text.
    runs = (run.replace(b"\0", b"") for run in _NO_CONTROL.findall(data) if b"\0" in run)
    return b"\n".join(runs).decode("latin-1").encode()


def _misread(data: bytes) -> bytes:
    """Undo that the bytes of UTF-8 were taken for latin-1, and written as UTF-8 once more."""
    return b"" if data.isascii() else data.decode("utf-8", "ignore").encode("latin-1", "ignore")


def _unwrapped(data: bytes) -> bytes:
    if b"\n" not in data:
        return b""
    return _FOLDED.sub(b"", data) if _WRAPPED.search(data) else b""


_OF_BYTES: Final = (unpacked, _deflated, _zipped, _wide)
"""What these undo is no text yet."""


def _text(layer: bytes) -> bytes:
    """Return what can be read of a layer: what is not text has nothing in it that is encoded once more."""
    try:
        layer.decode()
    except UnicodeDecodeError:
        return b"\n".join(_READABLE.findall(layer))
    return layer


def _runs(pattern: re.Pattern[bytes], data: bytes, decode: Callable[[bytes], Iterator[bytes]]) -> bytes:
    """Decode all runs of an alphabet; what comes out is kept apart by line breaks.

    It ends where more came out than fits: many small runs may each be packed, and unpack to as much.
    """
    pieces: list[bytes] = []
    left = LARGEST
    for run in dict.fromkeys(pattern.findall(data)):
        for piece in decode(run):
            pieces.append(piece)
            left -= len(piece)
        if left < 0:
            break
    return b"\n".join(pieces)


def _base64(run: bytes) -> Iterator[bytes]:
    """Decode a run from each of its first four characters: what was encoded may begin at any of them."""
    run = run.translate(_URL_SAFE)
    for start in range(4):
        part = run[start : len(run) - (len(run) - start) % 4] or run[start:]
        rest = run[start + len(part) :]
        padded = part + (rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b"")
        decoded = b64decode(padded)
        yield decoded
        yield from _held(decoded)


def _hex(run: bytes) -> Iterator[bytes]:
    for start in range(2):
        part = run[start : len(run) - (len(run) - start) % 2]
        decoded = bytes.fromhex(part.decode())
        yield decoded
        yield from _held(decoded)


def _held(decoded: bytes, depth: int = 0) -> Iterator[bytes]:
    """Unpack what was decoded: in a longer text nobody would see where it begins."""
    for unpack in (unpacked, _deflated, _zipped):
        plain = unpack(decoded)
        if plain:
            yield plain
            if depth < _DEEPEST:
                yield from _held(plain, depth + 1)
