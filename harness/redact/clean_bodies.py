"""Bodies that had nothing to redact, remembered: the same ones come many times in a recording."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

_MOST: Final = 1 << 15
"""How many are remembered, by their hashes."""


def mark_of(content: bytes, charset: str) -> bytes:
    """Return what a body is remembered by; what it says depends on the charset that is declared for it."""
    return blake2b(content, digest_size=16).digest() + charset.encode("utf-8", "surrogatepass")


class CleanBodies:
    """The marks of what was looked through and had no secret; may be used by several threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._marks: set[bytes] = set()

    def __contains__(self, mark: bytes) -> bool:
        """Whether a body was added."""
        return mark in self._marks

    def add(self, mark: bytes) -> None:
        """Add a body."""
        if len(self._marks) >= _MOST:
            self._marks.clear()
        self._marks.add(mark)
