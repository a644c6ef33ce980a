"""Both sides of a scenario are opened: cassettes found, secrets gathered, variables given their values."""

from __future__ import annotations

import secrets as randomness
import shlex
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from harness.bookkeeping import Book, BookedSender
from harness.cassette import Cassette
from harness.client import Sender, replay_client
from harness.contract import load_contracts
from harness.errors import CassetteError, Problem, TargetError
from harness.exchange import Json, Side
from harness.ledger import Ledger
from harness.options import Mode, Options
from harness.planning import writing_step
from harness.redact import Redactor, project_redactor
from harness.redact.names import reader_of
from harness.scenario import Row, Scenario
from harness.settings import (
    COPY_TOKEN,
    NO_TOKEN,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_OTHER_ORGANIZATION_ID,
    SANDBOX_TOKEN,
    SANDBOX_TOKENS,
    SecretRules,
    is_token,
)
from harness.target import Keys, Target, contracts_of
from harness.variables import ENVIRONMENT, Variables, placeholders

RUN_DIGITS: Final = 6
"""So many digits of the run's id begin the `run_id` of each of its scenarios."""


def open_targets(
    scenario: Scenario,
    row: Row,
    directory: Path,
    options: Options,
    connect: Callable[[], Sender],
    ledger: Ledger | None = None,
) -> dict[Side, Target]:
    """Open both sides of a scenario.

    ``directory`` holds the scenario's cassettes, ``baseline.yaml`` and ``candidate.yaml``. ``connect`` opens
    the client of a side that has none; what is made with it is booked in ``ledger``.

    Raises:
        HarnessError: no token, or cassettes that are missing or damaged (both sides' problems at once).
    """
    run_id = ""
    definitions = {**scenario.vars, **row.values}
    cassettes = _cassettes(scenario, directory, options)
    keys = _keys(scenario, row, options)
    targets: dict[Side, Target] = {}
    for side in Side:
        cassette = cassettes.get(side)
        if cassette is not None and cassette.provenance is not None:
            variables = Variables.recorded(cassette.variables, definitions)
        else:
            run_id = run_id or _new_id(options)
            variables = _from_outside(side, run_id, options, definitions)
        client = connect() if cassette is None else replay_client(cassette)
        if ledger is not None:
            book = Book(
                ledger=ledger,
                side=side,
                scenario=scenario.id + row.suffix,
                run_id=run_id,
                authorization=f"Bearer {keys.token}",
                base_urls=tuple(options.environment.base_urls.values()),
                contracts=contracts_of(side, options.settings),
                redactor=keys.redactor,
            )
            client = BookedSender(client, book)
        targets[side] = Target(side, options, keys, cassette, variables, client)
    return targets


def _new_id(options: Options) -> str:
    """Make a `run_id`: what a run makes is found by its beginning, and what a scenario makes is its own."""
    return options.run[:RUN_DIGITS] + randomness.token_hex(4)


def _from_outside(side: Side, run_id: str, options: Options, definitions: Mapping[str, Json]) -> Variables:
    """Return the variables of a side that no recording gives: organizations are the environment's."""
    outside: dict[str, Json] = {"run_id": run_id, "side": side.value}
    missing: dict[str, str] = {}
    for name, (variable, known) in _organizations(options).items():
        value = options.environ.get(variable, known if options.environment.sandbox else "")
        if value:
            outside[name] = value
        else:
            missing[name] = f"Set the environment variable {variable}."
    variables = Variables(outside, options.environ, definitions)
    for name, why in missing.items():
        variables.set_missing(name, why)
    return variables


def _organizations(options: Options) -> dict[str, tuple[str, str]]:
    """Return, by variable of scenarios, that of the environment, and its value in the sandbox."""
    return {
        "organization_id": (options.environment.organization, SANDBOX_ORGANIZATION_ID),
        "other_organization_id": (options.environment.other_organization, SANDBOX_OTHER_ORGANIZATION_ID),
    }


def _keys(scenario: Scenario, row: Row, options: Options) -> Keys:
    """Gather what must never be written: the tokens, and variables that are secrets by their names."""
    token = token_for(options)
    tokens = _tokens(token, scenario, options)
    rules = options.settings.secrets
    if options.mode is Mode.REPLAY:
        return Keys(token=token, tokens=tokens, secrets={}, redactor=_redactor_of_replays(rules))
    secrets = {options.environment.token: token}
    secrets |= {options.environment.token_of(probe): given for probe, given in tokens.items()}
    read_name = reader_of(rules.names)
    for name in placeholders([*_written(scenario), row.values]):
        variable = name.removeprefix(ENVIRONMENT)
        if name != variable and read_name(variable).secret and variable in options.environ:
            secrets[variable] = options.environ[variable]
    review = check = None
    if options.mode is Mode.RECORD:
        from harness.leaks import LeakCheck, Quarantine

        check = LeakCheck(secrets, rules)
        review = Quarantine(check, options.settings.quarantine)
    redactor = Redactor(secrets, rules=rules)
    return Keys(token=token, tokens=tokens, secrets=secrets, redactor=redactor, review=review, check=check)


@cache
def _redactor_of_replays(rules: SecretRules) -> Redactor:
    """Return the one redactor of all replays, which know no secrets: it remembers what it has seen."""
    return Redactor(rules=rules)


def _written(scenario: Scenario) -> Iterator[Json]:
    """Yield everything of a scenario that may hold placeholders."""
    yield scenario.vars
    for step in (*scenario.steps, *scenario.cleanup):
        yield step.model_dump(mode="json", include={"request", "candidate", "poll", "foreach", "capture"})


def _cassettes(scenario: Scenario, directory: Path, options: Options) -> dict[Side, Cassette]:
    if options.mode is not Mode.REPLAY:
        return {}
    shown = options.settings.shown(str(scenario.path))
    writes = writing_step(scenario, load_contracts(options.settings.contracts))
    also = " --allow-writes" if writes else ""
    remedy = f"pytest {shlex.quote(shown)} --mode record --environment NAME{also}"
    cassettes: dict[Side, Cassette] = {}
    problems: list[Problem] = []
    redactor = project_redactor(options.settings)
    for side in Side:
        path = directory / f"{side.value}.yaml"
        try:
            cassettes[side] = Cassette.load(path, remedy=remedy, redactor=redactor)
        except CassetteError as error:
            problems += error.problems
    if problems:
        raise CassetteError(*problems)
    return cassettes


def token_for(options: Options) -> str:
    """Return the token of the environment; a replay sends the placeholder that was recorded for it.

    Raises:
        TargetError: there is none, or it can be none.
    """
    name = options.environment.token
    if options.mode is Mode.REPLAY:
        return f"[{name}]"
    token = options.environ.get(name) or (SANDBOX_TOKEN if options.environment.sandbox else "")
    if not token:
        what = f"{options.mode.value} mode needs an API token, and the variable {name} is not set"
        raise TargetError(Problem(where="", what=what, advice=f"Run `export {name}=...` first."))
    _check_token(name, token)
    return token


def _check_token(name: str, token: str) -> None:
    """Refuse what no header can hold, such as the line break at the end of a file; it is not shown."""
    if not is_token(token):
        raise TargetError(Problem(where="", what=f"{name} {NO_TOKEN}", advice=COPY_TOKEN))


def _tokens(token: str, scenario: Scenario, options: Options) -> dict[str, str]:
    """Return the tokens of those probes that have one, by the probe; a replay sends their placeholders.

    Raises:
        TargetError: one of them can be none, or is the token of the environment and would prove nothing.
    """
    environment, found = options.environment, dict[str, str]()
    for probe, known in SANDBOX_TOKENS.items():
        name = environment.token_of(probe)
        if options.mode is Mode.REPLAY:
            found[probe] = f"[{name}]"
        elif given := options.environ.get(name) or (known if environment.sandbox else ""):
            _check_token(name, given)
            found[probe] = given
    if token in found.values() and not {"all", *found}.isdisjoint(scenario.checks.auth):
        names = [environment.token_of(probe) for probe, given in found.items() if given == token]
        what = f"{names[0]} and {environment.token} hold the same token, so a probe with it proves nothing"
        advice = f"Give {names[0]} another token, or run `unset {names[0]}`."
        raise TargetError(Problem(where=scenario.checks.where, what=what, advice=advice))
    return found
