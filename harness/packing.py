"""What a body is packed in without saying so: gzip, zlib, deflate and zip, in each other too.

A content coding is undone by :mod:`harness.coding`, as the header says. This is about bodies that are packed
files themselves. What they hold is handed over and packed again; whatever they unpack to is bounded.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Final, TypeAlias

from harness.exchange import MAX_BODY

Change: TypeAlias = Callable[[bytes], bytes]
"""Returns bytes with something in them changed, or the same object."""

_DEEPEST: Final = 6
"""Packed files in each other: some unpack to themselves."""
_MOST: Final = 2 * MAX_BODY
"""Bytes that all of it may unpack to, on all levels together."""
_MOST_PARTS: Final = 1024
"""Parts of one packed file: what is left is copied for each of them."""
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OF_ZIP: Final = "zip"
_OTHERS: Final = {b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_HEAD_OF_BZIP2: Final = (b"1AY&SY", b"\x17rE8P\x90")
_NAMED_GZIP: Final = 0b11100
"""The flags of a gzip file by which it has more than what is packed: names, comments, fields."""


class SealedError(ValueError):
    """Bytes are packed, and nobody can look into all of them; ``coding`` says in what."""

    def __init__(self, coding: str) -> None:
        """Take the name of the packing."""
        super().__init__(f"a body is packed as {coding}, which cannot be undone")
        self.coding = coding


def sealed(content: bytes) -> str:
    """Return the name of a packing that nobody can look into; empty where there is none."""
    if not _packing(content):
        return ""
    try:
        repacked(content, lambda leaf: leaf)
    except SealedError as error:
        return error.coding
    return ""


def repacked(content: bytes, change: Change) -> bytes:
    """Change what is packed in some bytes, or the bytes where they are not packed.

    ``change`` gets what is no packed file; and packed files as they are, to tell whether their own names and
    comments are fine: where it would change those, the file is packed anew without them.

    Raises:
        SealedError: something in it is packed, and damaged, unknown, too large or too deep to be looked into.
    """
    return _Repacking(change).run(content, 0)


class _Repacking:
    """One walk; ``left`` are the bytes that may still come out."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._left = _MOST

    def run(self, content: bytes, depth: int) -> bytes:
        name = _packing(content)
        if not name:
            return self._change(content)
        if depth >= _DEEPEST:
            raise SealedError(name)
        if name == _OF_ZIP:
            return self._zip(content, depth + 1)
        found = self._unpacked(name, content)
        if found is None:
            return self._change(content)
        plain, rest = found
        new, new_rest = self.run(plain, depth + 1), self.run(rest, depth + 1) if rest else rest
        named = name == "gzip" and content[3] & _NAMED_GZIP
        if new is plain and new_rest is rest and not (named and self._change(content) is not content):
            return content
        return _packed(name, new) + new_rest

    def _unpacked(self, name: str, content: bytes) -> tuple[bytes, bytes] | None:
        """Return what a stream holds, and what is behind it; None where it only looked like one."""
        if name in _OTHERS.values():
            raise SealedError(name)
        plain, rest, window = b"", content, _WINDOWS[name]
        for _ in range(_MOST_PARTS):
            decoder = zlib.decompressobj(window)
            try:
                part = decoder.decompress(rest, max(1, min(self._left, MAX_BODY - len(plain)) + 1))
            except zlib.error:
                if name == "gzip":
                    raise SealedError(name) from None
                return None
            plain += part
            self._left -= len(part)
            if self._left < 0 or len(plain) > MAX_BODY:
                raise SealedError(name)
            if not decoder.eof:
                if name != "deflate" and (part or name == "gzip"):
                    raise SealedError(name)
                return None
            rest = decoder.unused_data
            if name != "gzip" or not rest.startswith(_GZIP):
                # Deflate has no mark by which to know it: noise that ends somewhere is none.
                return None if name == "deflate" and (rest or not plain) else (plain, rest)
        raise SealedError(name)

    def _zip(self, content: bytes, depth: int) -> bytes:
        made = io.BytesIO()
        changed = False
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
                for entry in old.infolist()[: _MOST_PARTS + 1]:
                    name, data, same = self._entry(old, entry, depth)
                    changed = changed or not same
                    info = zipfile.ZipInfo(name, entry.date_time)
                    info.external_attr = entry.external_attr
                    info.compress_type = zipfile.ZIP_DEFLATED if entry.compress_type else zipfile.ZIP_STORED
                    new.writestr(info, data)
                    if len(new.infolist()) > _MOST_PARTS:
                        raise SealedError(_OF_ZIP)  # noqa: TRY301 - the walk ends here, too
        except SealedError:
            raise
        except Exception as error:  # the library raises whatever a damaged file makes it stumble over
            raise SealedError(_OF_ZIP) from error
        return made.getvalue() if changed or self._change(content) is not content else content

    def _entry(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> tuple[str, bytes, bool]:
        """Return what an entry is to be called and to hold, and whether it is and does already."""
        most = min(self._left, MAX_BODY)
        with archive.open(entry) as file:
            data = file.read(most + 1)
        self._left -= len(data)
        if len(data) > most:
            raise SealedError(_OF_ZIP)
        name = entry.filename.encode("utf-8", "surrogatepass")
        new_name, new_data = self._change(name), self.run(data, depth) if data else data
        return new_name.decode("utf-8", "surrogatepass"), new_data, new_name is name and new_data is data


_WINDOWS: Final = {"gzip": zlib.MAX_WBITS | 16, "zlib": zlib.MAX_WBITS, "deflate": -zlib.MAX_WBITS}


def _packing(content: bytes) -> str:
    """Return what bytes look to be packed in; empty for none."""
    if content.startswith(_GZIP):
        return "gzip"
    if content.startswith(_ZIP):
        return _OF_ZIP
    for magic, name in _OTHERS.items():
        if content.startswith(magic) and (name != "bzip2" or content.startswith(_HEAD_OF_BZIP2, 4)):
            return name
    return "zlib" if _is_zlib(content) else "" if _is_text(content) else "deflate"


def _is_text(content: bytes) -> bool:
    if content.isascii():
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_zlib(content: bytes) -> bool:
    """Whether it begins as zlib streams do, without a dictionary, which the other side would have to know."""
    if len(content) < 6:
        return False
    method, flags = content[0], content[1]
    return method & 0x8F == 8 and (method << 8 | flags) % 31 == 0 and not flags & 0x20


def _packed(name: str, plain: bytes) -> bytes:
    if name == "gzip":
        return gzip.compress(plain, mtime=0)
    packer = zlib.compressobj(wbits=_WINDOWS[name])
    return packer.compress(plain) + packer.flush()
