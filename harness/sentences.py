"""How reasons count and name things, and the reasons themselves: plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.struct import Struct

NAMED = 5
"""How many scenarios or operations a reason names before it counts the rest."""


class Reason(Struct, frozen=True, kw_only=True):
    """A sentence that says why, and one that says what to do about it (empty: nothing)."""

    said: str
    remedy: str = ""


def named(names: Iterable[str]) -> str:
    """Name the first few, count the rest."""
    every = list(names)
    more = len(every) - NAMED
    # One name more costs as much room as the words that would replace it.
    return ", ".join(every) if more <= 1 else f"{', '.join(every[:NAMED])} and {more:,} more"


def listed(names: Sequence[str]) -> str:
    """Write ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def counted(number: int, noun: str) -> str:
    """Write ``1 step``, ``2 steps``, ``1,000 steps``; the plural takes an s."""
    return f"{number:,} {plural(number, noun)}"


def every(number: int, noun: str) -> str:
    """Write ``the one step``, ``all 2 steps``."""
    return f"the one {noun}" if number == 1 else f"all {number:,} {noun}s"


def plural(number: int, noun: str) -> str:
    """Return the noun, with an s unless there is one."""
    return noun if number == 1 else f"{noun}s"
