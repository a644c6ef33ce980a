"""How a run is made: the three modes, and who may write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.options import SAFE_METHODS, Mode, Options
from harness.settings import LIMITS, PRODUCTION, SANDBOX, Environment, load_settings


def options(root: Path, environment: Environment) -> Options:
    """Return the options of a run that nothing was asked of."""
    return Options(settings=load_settings(root), environment=environment)


def test_a_run_replays_and_accepts_unless_told_otherwise(tmp_path: Path) -> None:
    """By default nothing is called, nothing is written, and acceptances are in force as of today in UTC."""
    made = options(tmp_path, PRODUCTION)

    assert (made.mode, made.allow_writes, made.acceptances) == (Mode.REPLAY, False, True)
    assert abs((made.today - datetime.now(UTC).date()).days) <= 1


@pytest.mark.parametrize(
    ("mode", "environment", "told", "may"),
    [
        (Mode.REPLAY, PRODUCTION, "", "may"),
        (Mode.RECORD, PRODUCTION, "", "may not"),
        (Mode.LIVE, PRODUCTION, "", "may not"),
        (Mode.LIVE, PRODUCTION, "--allow-writes", "may"),
        (Mode.RECORD, SANDBOX, "", "may"),
        (Mode.LIVE, SANDBOX, "", "may"),
    ],
)
def test_who_may_write(tmp_path: Path, mode: Mode, environment: Environment, told: str, may: str) -> None:
    """Writes need permission wherever they reach something real: not in a replay, not in the sandbox."""
    made = replace(options(tmp_path, environment), mode=mode, allow_writes=bool(told))

    assert made.may_write is (may == "may")


def test_methods_that_change_nothing() -> None:
    """Only methods that HTTP calls safe count as reading."""
    assert sorted(SAFE_METHODS) == ["GET", "HEAD", "OPTIONS"]


def test_limits_are_those_of_the_environment_unless_they_are_enforced(tmp_path: Path) -> None:
    """The sandbox has no limits; with the option it has the vendor's, and its own ones win over those."""
    given = options(tmp_path, SANDBOX)
    strict = replace(given, enforce_limits=True)
    own = replace(strict, environment=replace(SANDBOX, limits={"GET": 3}))

    assert given.limits == {}
    assert strict.limits == LIMITS
    assert own.limits == {**LIMITS, "GET": 3}
