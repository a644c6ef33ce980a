"""How a run is made: from where exchanges come, against which environment, and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

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

    ``enforce_limits`` keeps the vendor's limits where the environment has none of its own.
    ``today`` is the day in UTC by which acceptances expire.
    """

    settings: Settings
    environment: Environment
    mode: Mode = Mode.REPLAY
    allow_writes: bool = False
    acceptances: bool = True
    enforce_limits: bool = False
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def may_write(self) -> bool:
        """Whether steps that change something may be sent."""
        return self.allow_writes or self.mode is Mode.REPLAY or self.environment.sandbox

    @property
    def limits(self) -> Mapping[str, float]:
        """Requests a second that a token may make, by method."""
        return {**(LIMITS if self.enforce_limits else {}), **self.environment.limits}
