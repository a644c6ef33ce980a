"""How a run is made: from where exchanges come, against which environment, and what it may do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from harness.errors import Problem, UsageError
from harness.settings import LIMITS, Environment, Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


class Mode(StrEnum):
    """Where exchanges come from."""

    REPLAY = "replay"
    """From cassettes; no socket is opened."""
    RECORD = "record"
    """From the environment, and cassettes are written."""
    LIVE = "live"
    """From the environment; nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is made. ``environ`` stands for the process's environment variables.

    ``production`` is the name of a production environment, typed by who wants to write there.
    ``enforce_limits`` keeps the vendor's limits where the environment has none of its own.
    ``today`` is the day in UTC by which acceptances expire. ``run`` is the id of the run, in hex digits.
    """

    settings: Settings
    environment: Environment
    mode: Mode = Mode.REPLAY
    allow_writes: bool = False
    production: str = ""
    acceptances: bool = True
    enforce_limits: bool = False
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @property
    def may_write(self) -> bool:
        """Whether steps that change something may be sent."""
        named = not self.environment.production or self.production == self.environment.name
        return (self.allow_writes and named) or self.mode is Mode.REPLAY or self.environment.sandbox

    def check(self) -> None:
        """Refuse what would write where nobody meant to, before anything is called.

        Raises:
            UsageError: writes are allowed in a production environment whose name was not typed, or a name
                was typed that is not that of the production environment which is called.
        """
        name = self.environment.name
        if self.production and not (self.environment.production and self.production == name):
            called = f"the run calls `{name}`" + ("" if self.environment.production else ", which is none")
            what = f"`--production {self.production}` names a production environment, and {called}"
            advice = "Leave it out, or choose the environment that is meant with `--environment`."
            raise UsageError(Problem(where="", what=what, advice=advice))
        if self.allow_writes and not self.may_write:
            what = f"`--allow-writes` would change things in `{name}`, which is a production environment"
            advice = f"Type its name as well if that is what you want: `--production {name}`."
            raise UsageError(Problem(where="", what=what, advice=advice))

    @property
    def limits(self) -> Mapping[str, float]:
        """Requests a second that a token may make, by method."""
        return {**(LIMITS if self.enforce_limits else {}), **self.environment.limits}
