"""How a sandbox is set up: its differences and drifts, its faults, its limits."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Final

from harness.errors import Problem, UsageError
from harness.sandbox.differences import DIFFERENCES
from harness.sandbox.drifts import DRIFTS
from harness.sandbox.faults import LONGEST, Fault, parse_fault, seconds
from harness.sandbox.switches import Switch, packaged
from harness.struct import Struct

SWITCHES: Final = {switch.name: switch for switch in (*DIFFERENCES, *DRIFTS)}
"""Every switch by its name, in the order of the tables."""

DOCUMENTED: Final = frozenset(switch.name for switch in DIFFERENCES)
"""The names of the switches that are on unless told otherwise."""


class Setup(Struct, frozen=True, kw_only=True):
    """What a sandbox is to be like; by default as the documents have it, without faults.

    ``on`` are the names of the differences and drifts in force. ``limits`` says that the vendor's
    limits of requests are enforced.
    """

    on: frozenset[str] = DOCUMENTED
    faults: tuple[Fault, ...] = ()
    limits: bool = False

    @property
    def switches(self) -> tuple[Switch, ...]:
        """The switches in force."""
        return tuple(switch for name, switch in SWITCHES.items() if name in self.on)

    @property
    def off(self) -> tuple[Switch, ...]:
        """The documented differences that are switched off."""
        return tuple(switch for switch in DIFFERENCES if switch.name not in self.on)


def chosen(
    *, without: Iterable[str] = (), only: Iterable[str] | None = None, added: Iterable[str] = ()
) -> frozenset[str]:
    """Return the names of the switches in force.

    Args:
        without: Documented differences to leave out.
        only: The documented differences to serve, in place of all of them.
        added: Drifts to serve as well.

    Raises:
        UsageError: A name is none of those, or is said twice to opposite ends.
    """
    left_out = frozenset(_known("--without", without, DOCUMENTED))
    on = DOCUMENTED if only is None else frozenset(_known("--only", only, DOCUMENTED))
    drifts = frozenset(_known("--with", added, SWITCHES.keys() - DOCUMENTED))
    if only is not None and left_out:
        what = "--only says which differences there are, so there is nothing to leave out"
        raise UsageError(Problem(where="--without", what=what, advice="Use one of the two."))
    return (on - left_out) | drifts


def _known(where: str, names: Iterable[str], valid: Collection[str]) -> Iterable[str]:
    for name in names:
        if name not in valid:
            near = difflib.get_close_matches(name, valid, n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            advice = f"{hint}`harness sandbox --list-differences` names them all."
            raise UsageError(Problem(where=where, what=f"there is no `{name}`", advice=advice))
        yield name


def parse_faults(texts: Iterable[str], latency: str | None = None) -> tuple[Fault, ...]:
    """Read faults, and a latency of every answer.

    Raises:
        UsageError: One of them is none.
    """
    faults = tuple(parse_fault(text, packaged()) for text in texts)
    if latency is None:
        return faults
    if seconds(latency) is None:
        advice = f"Write 150ms or 2s, {LONGEST:g}s at most."
        raise UsageError(Problem(where="--latency", what=f"`{latency}` is no duration", advice=advice))
    return (*faults, Fault(version="*", operation="*", kind="latency", value=latency))
