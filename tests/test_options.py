"""How a run is made: the three modes, and who may write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.options import SAFE_METHODS, Mode, Options
from harness.settings import LIMITS, PRODUCTION, SANDBOX, Environment, load_settings
from harness.struct import replace

STAGING = Environment(name="staging", base_urls=PRODUCTION.base_urls)


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
        (Mode.LIVE, PRODUCTION, "--allow-writes", "may not"),
        (Mode.LIVE, PRODUCTION, "--allow-writes --production production", "may"),
        (Mode.LIVE, PRODUCTION, "--production production", "may not"),
        (Mode.LIVE, STAGING, "--allow-writes", "may"),
        (Mode.RECORD, SANDBOX, "", "may"),
        (Mode.LIVE, SANDBOX, "", "may"),
    ],
)
def test_who_may_write(tmp_path: Path, mode: Mode, environment: Environment, told: str, may: str) -> None:
    """Writes need permission where they reach something real, and in production its name as well."""
    made = replace(
        options(tmp_path, environment),
        mode=mode,
        allow_writes="--allow-writes" in told,
        production=told.partition("--production ")[2],
    )

    assert made.may_write is (may == "may")


@pytest.mark.parametrize(
    ("environment", "production", "message"),
    [
        (PRODUCTION, "", "Type its name as well if that is what you want: `--production production`."),
        (
            PRODUCTION,
            "prod",
            "`--production prod` names a production environment, and the run calls `production`",
        ),
        (STAGING, "production", "the run calls `staging`, which is none"),
    ],
)
def test_writes_in_production_are_meant(
    tmp_path: Path, environment: Environment, production: str, message: str
) -> None:
    """What was not typed, or is the name of something else, is refused before anything is called."""
    made = replace(options(tmp_path, environment), mode=Mode.LIVE, allow_writes=True, production=production)

    with pytest.raises(UsageError) as refused:
        made.check()
    assert message in str(refused.value)


def test_what_was_meant_is_not_refused(tmp_path: Path) -> None:
    """The name of the production environment that is called; and a replay writes nowhere."""
    made = replace(options(tmp_path, PRODUCTION), allow_writes=True)

    made.check()
    replace(made, mode=Mode.LIVE, production="production").check()
    replace(made, mode=Mode.LIVE, environment=STAGING).check()


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


def test_each_run_has_an_id(tmp_path: Path) -> None:
    """Of twelve hex digits, which begin the names of what it makes."""
    first, second = (Options(settings=load_settings(tmp_path), environment=SANDBOX).run for _ in range(2))

    assert first != second
    assert len(bytes.fromhex(first)) == 6
