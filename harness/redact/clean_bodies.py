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

    def has(self, content: bytes, media: str) -> bool:
        """Whether a body was added; what it is depends on its media type too."""
        return _mark(content, media) in self._marks

    def add(self, content: bytes, media: str) -> None:
        """Add a body."""
        if len(self._marks) >= _MOST:
            self._marks.clear()
        self._marks.add(_mark(content, media))


def _mark(content: bytes, media: str) -> bytes:
    mark = blake2b(f"{len(media)} {media} ".encode("utf-8", "surrogatepass"), digest_size=16)
    mark.update(content)
    return mark.digest()
