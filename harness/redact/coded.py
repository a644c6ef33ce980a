"""JWTs under base64 and hex: tokens of the vendor are such runs, by names that say nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

# What base64 (wherever it begins) and hex make of the beginning of a JWT; then the same more closely.
_HINTS = ("ZXlK", "leU", "V5S", "65794")
_SHORTEST = 32
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{{_SHORTEST},}}={{0,2}}")
_BEGINNING = re.compile(r"(?:ZXlK|leU[op]|V5S[j-n]|65794[aA])[A-Za-z0-9+/_-]{24,}")
_JWT = re.compile(rb"eyJ[\w-]{5,}\.[\w-]{5,}\.")


def may_hold_coded(text: str) -> bool:
    """Whether a run of base64 or hex in the text may hold a JWT.

    Their first eight characters, which alone are no secret, are in many answers.
    """
    if len(text) < _SHORTEST or not any(map(text.__contains__, _HINTS)):
        return False
    return _BEGINNING.search(text) is not None


def hide_coded(text: str, hide: Callable[[str], str]) -> str:
    """Replace each run of base64 or hex that holds a JWT by what ``hide`` makes of it."""
    return _RUN.sub(lambda run: hide(run[0]) if any(map(_JWT.search, _decoded(run[0]))) else run[0], text)


def _decoded(run: str) -> Iterator[bytes]:
    """Yield what a run may stand for: hex, and base64 that begins with any of its first four characters."""
    with suppress(ValueError):
        yield bytes.fromhex(run)
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        part = plain[start : len(plain) - (len(plain) - start) % 4]
        yield base64.b64decode(part)
