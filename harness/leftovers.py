"""What runs that have ended left behind, and what came of it when it was swept."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from harness.errors import Problem
from harness.ledger import Account, Entry
from harness.struct import Struct


class Fate(StrEnum):
    """What came of something that was left behind."""

    DELETED = "deleted"
    GONE = "gone"
    """It was not there any more."""
    ABSENT = "absent"
    """No list shows what may have been made: it never was."""
    PENDING = "pending"
    """No list shows it, and it may have been asked for so lately that its request is still on its way."""
    FORGOTTEN = "forgotten"
    """Nothing was done about it, and nothing will be: its ledger knows of it no more."""
    LEFT = "left"
    """It may still be there."""
    PLANNED = "planned"
    """It would be deleted, or looked for."""


class Swept(Struct, frozen=True, kw_only=True):
    """One entry of a ledger and its fate; ``why`` says what keeps it there, empty otherwise.

    ``url`` is that of the resource; empty where nobody knows it. ``due`` is when it will be known whether
    what is pending was made: RFC 3339 in UTC, empty for all else.
    """

    run: str
    entry: Entry
    fate: Fate
    url: str = ""
    why: str = ""
    due: str = ""


class Sweep(Struct, frozen=True, kw_only=True):
    """What a sweep of one environment came to.

    ``damaged`` are the lines of ledgers that cannot be read, ``nameless`` the ledgers that do not say of
    which environment they are. ``alive`` are the ledgers of runs that are still running; ``elsewhere``
    counts, by environment, what is left in others.
    """

    environment: str
    swept: tuple[Swept, ...] = ()
    damaged: tuple[Problem, ...] = ()
    nameless: tuple[Problem, ...] = ()
    alive: tuple[Account, ...] = ()
    elsewhere: Mapping[str, int]

    @property
    def due(self) -> str:
        """When everything can be known that is pending; empty where nothing is."""
        return max((each.due for each in self.swept), default="")

    @property
    def clean(self) -> bool:
        """Whether nothing is left in the environment, of runs that have ended."""
        fates = {each.fate for each in self.swept}
        settled = fates.isdisjoint({Fate.LEFT, Fate.PENDING, Fate.PLANNED})
        return settled and not self.damaged and not self.nameless
