"""Text in bodies that is not UTF-8: by the charset of the content type, by its mark, or by its looks.

UTF-16 and UTF-32 hide ASCII from whoever looks for its bytes; charsets of other alphabets hide the rest.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from harness.exchange import Headers, header

Change: TypeAlias = Callable[[str], str]
"""Returns a text with something in it changed, or the same object."""

_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MARKS: Final = tuple(mark for mark, _ in _MARKS)
"""What text in UTF-16 or UTF-32 may begin with."""

_WIDE: Final = tuple(codec for _, codec in _MARKS)
_PLAIN: Final = frozenset({"utf-8", "ascii", "iso8859-1"})
"""What is read as it is anyway."""
_OF_TEXT: Final = ("utf", "cp", "iso", "koi8", "mac", "big5", "gb", "euc", "shift", "hz", "johab", "tis")
_RUNS: Final = (
    ("utf-32-le", re.compile(rb"(?:[\x01-\xff]\0{3}){6,}")),
    ("utf-32-be", re.compile(rb"(?:\0{3}[\x01-\xff]){6,}")),
    ("utf-16-le", re.compile(rb"(?:[\x01-\xff]\0){6,}")),
    ("utf-16-be", re.compile(rb"(?:\0[\x01-\xff]){6,}")),
)
"""Wide text in the middle of other bytes, wherever it begins."""
_SAMPLE: Final = 4096


def declared_charset(headers: Headers) -> str:
    """Return the charset that a content type names; empty for none, and for what is read as UTF-8 is."""
    return _charset_of(header(headers, "content-type") or "")


@lru_cache(maxsize=256)
def _charset_of(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return found[1] if found and _codec(found[1]) else ""


def rewritten(content: bytes, charset: str, change: Change) -> bytes:
    """Change the text of bytes that are in another charset than UTF-8; the same object if nothing is.

    ``charset`` is what somebody says that it is; where that is wrong, or nobody says it, marks and zeros
    tell. Wide text in the middle of other bytes is changed, too.
    """
    mark, codec = _read_as(content, charset)
    if codec:
        text = content[len(mark) :].decode(codec, "surrogatepass" if codec in _WIDE else "strict")
        new = change(text)
        if new is not text:
            content = mark + new.encode(codec, "surrogatepass" if codec in _WIDE else "xmlcharrefreplace")
    if b"\0" not in content:
        return content
    for codec, run in _RUNS:
        made = run.sub(lambda match, codec=codec: _changed(match[0], codec, change), content)  # type: ignore[misc]
        content = content if made == content else made
    return content


def _changed(run: bytes, codec: str, change: Change) -> bytes:
    text = run.decode(codec)
    new = change(text)
    return run if new is text else new.encode(codec, "surrogatepass")


def _read_as(content: bytes, charset: str) -> tuple[bytes, str]:
    """Return the mark at the beginning, and the codec that reads what follows; empty for UTF-8 and noise."""
    for mark, codec in _MARKS:
        if content.startswith(mark) and _reads(content[len(mark) :], codec):
            return mark, codec
    named = _codec(charset)
    # Without a mark, UTF-16 is what its first zero says.
    for codec in {"utf-16": ("utf-16-le", "utf-16-be"), "utf-32": ("utf-32-le", "utf-32-be")}.get(
        named, (named,)
    ):
        if codec and _reads(content, codec) and (codec not in _WIDE or _looks_right(content, codec)):
            return b"", codec
    if b"\0" in content:
        for codec in _WIDE:
            if _reads(content, codec) and _looks_right(content, codec):
                return b"", codec
    return b"", ""


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name if charset else ""
    except (LookupError, ValueError):
        return ""
    return name if name.startswith(_OF_TEXT) and name not in _PLAIN else ""


def _reads(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec, "surrogatepass" if codec in _WIDE else "strict")
    except (UnicodeError, ValueError):
        return False
    return True


def _looks_right(content: bytes, codec: str) -> bool:
    """Whether most characters are of what the world's interfaces are written in: ASCII."""
    text = content[:_SAMPLE].decode(codec, "replace")
    return sum("\0" < letter < "\u0250" for letter in text) * 2 > len(text)
