"""Bodies that had nothing to redact, remembered: the same ones come many times in a recording."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

_MOST: Final = 1 << 15
"""How many are remembered, by their hashes."""


class CleanBodies:
    """What was looked through and had no secret; may be used by several threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._marks: set[bytes] = set()

    def has(self, content: bytes, charset: str) -> bool:
        """Whether a body was added; what it says depends on the declared charset, too."""
        return _mark(content, charset) in self._marks

    def add(self, content: bytes, charset: str) -> None:
        """Add a body."""
        if len(self._marks) >= _MOST:
            self._marks.clear()
        self._marks.add(_mark(content, charset))


def _mark(content: bytes, charset: str) -> bytes:
    mark = blake2b(f"{len(charset)} {charset} ".encode("utf-8", "surrogatepass"), digest_size=16)
    mark.update(content)
    return mark.digest()
