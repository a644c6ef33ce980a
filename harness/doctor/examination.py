"""Everything that is looked at, in the order in which one thing rests on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from harness.client import Sender, live_clients
from harness.contract import Contract, load_contracts
from harness.doctor.diagnosis import Diagnosis, ok, wrong
from harness.doctor.documents import compared_contracts
from harness.doctor.local import directories, scenarios, versions
from harness.doctor.service import Service
from harness.errors import HarnessError
from harness.exchange import Side
from harness.redact import Redactor
from harness.settings import (
    COPY_TOKEN,
    NO_TOKEN,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_TOKEN,
    Environment,
    Retries,
    Settings,
    is_token,
    load_settings,
)
from harness.struct import replace

PATIENCE: Final = 10.0
"""Seconds for one answer at most: a service that is slower than that is worth a line."""


def examine(root: Path, name: str | None, environ: Mapping[str, str]) -> tuple[Diagnosis, ...]:
    """Look at everything that a run against an environment needs; only reads are sent.

    ``root`` is the project's directory, ``name`` the environment's (None: the project's own), ``environ``
    the process's environment variables. No token and no secret is in what is returned.
    """
    secrets: dict[str, str] = {}
    # The secrets are known when all has been looked at.
    diagnoses = [*_examined(root, name, environ, secrets)]
    redactor = Redactor(secrets)
    return tuple(replace(each, found=_shown(each.found, redactor)) for each in diagnoses)


def _examined(
    root: Path, name: str | None, environ: Mapping[str, str], secrets: dict[str, str]
) -> Iterator[Diagnosis]:
    yield versions()
    try:
        settings = load_settings(root)
    except HarnessError as error:
        for problem in error.problems:
            yield wrong("settings", str(replace(problem, advice="")), problem.advice or "Correct it.")
        return
    where = "pyproject.toml" if (root / "pyproject.toml").is_file() else "no pyproject.toml, so the defaults"
    yield ok("settings", where)
    yield from directories(settings)
    yield from scenarios(settings)
    try:
        environment = settings.environment_named(name)
    except HarnessError as error:
        yield wrong("environment", error.problems[0].what, error.problems[0].advice)
        return
    yield _environment(environment)
    used, broken = _contracts(settings)
    yield from broken
    secrets.update(_secrets(settings, environ))
    # A handful of reads, each made once: what would succeed later is worth knowing now.
    clients = live_clients(
        timeout=min(settings.timeout, PATIENCE), retries=Retries(attempts=1), limits={}, state=settings.state
    )
    with closing(clients), closing(clients.client(lambda _: True)) as client:
        yield from _asked(environment, environ, client, used)
        if not broken:
            yield from _compared(settings, environment, client)


def _environment(environment: Environment) -> Diagnosis:
    kind = ", marked as production" if environment.production else ""
    kind = ", a sandbox" if environment.sandbox else kind
    return ok("environment", f"{environment.name} at {environment.base_urls['v1']}{kind}")


def _secrets(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    names = {each.token for each in settings.environments.values()}
    return {name: environ[name] for name in names if environ.get(name)}


def _contracts(settings: Settings) -> tuple[Mapping[Side, Contract], tuple[Diagnosis, ...]]:
    """Return the contracts to ask by, and what is wrong with the project's own where they cannot be read."""
    try:
        return load_contracts(settings.contracts), ()
    except HarnessError as error:
        said = ((str(replace(each, advice="")), each.advice) for each in error.problems)
        return load_contracts(), tuple(wrong("contracts", what, advice) for what, advice in said)


def _compared(settings: Settings, environment: Environment, client: Sender) -> Iterator[Diagnosis]:
    if not environment.sandbox:
        yield from compared_contracts(settings, client)
    elif settings.contracts is None:
        yield ok("contracts", "a sandbox is built from the contracts that the harness judges by")
    else:
        yield ok("contracts", "a sandbox is built from the packaged contracts, not from the project's own")


def _asked(
    environment: Environment,
    environ: Mapping[str, str],
    client: Sender,
    contracts: Mapping[Side, Contract],
) -> Iterator[Diagnosis]:
    token, diagnosis = _token(environment, environ)
    yield diagnosis
    organization = environ.get(environment.organization) or (
        SANDBOX_ORGANIZATION_ID if environment.sandbox else ""
    )
    if organization:
        yield ok("organization", organization)
    else:
        advice = f"Run `export {environment.organization}=...` first."
        yield wrong("organization", f"the variable {environment.organization} is not set", advice)
    yield from Service(
        client=client, environment=environment, token=token, organization=organization, contracts=contracts
    ).examine()


def _token(environment: Environment, environ: Mapping[str, str]) -> tuple[str, Diagnosis]:
    """Return the token, empty where it cannot be sent, and what is to be said of it."""
    name = environment.token
    token = environ.get(name, "")
    if not token and environment.sandbox:
        return SANDBOX_TOKEN, ok("token", f"the sandbox's own; {name} is not set")
    if not token:
        return "", wrong("token", f"the variable {name} is not set", f"Run `export {name}=...` first.")
    if not is_token(token):
        return "", wrong("token", f"{name} {NO_TOKEN}", COPY_TOKEN)
    if token.lower().startswith("bearer"):
        return "", wrong("token", f"{name} begins with `Bearer`", "Set the token alone.")
    return token, ok("token", f"{name} is set")


def _shown(text: str, redactor: Redactor) -> str:
    """Take secrets out, and what a terminal would obey."""
    clean = redactor.text(text)
    return "".join(letter if letter.isprintable() else " " for letter in clean)
