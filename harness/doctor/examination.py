"""Everything that is looked at, in the order in which one thing rests on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from harness.client import Sender, live_clients
from harness.doctor.diagnosis import Diagnosis, ok, wrong
from harness.doctor.documents import contracts
from harness.doctor.local import directories, versions
from harness.doctor.service import Service
from harness.errors import HarnessError
from harness.redact import Redactor
from harness.settings import (
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_TOKEN,
    Environment,
    Retries,
    Settings,
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
    try:
        environment = settings.environment_named(name)
    except HarnessError as error:
        yield wrong("environment", error.problems[0].what, error.problems[0].advice)
        return
    yield _environment(environment)
    secrets.update(_secrets(settings, environ))
    # A handful of reads, each made once: what would succeed later is worth knowing now.
    clients = live_clients(
        timeout=min(settings.timeout, PATIENCE), retries=Retries(attempts=1), limits={}, state=settings.state
    )
    with closing(clients), closing(clients.client(lambda _: True)) as client:
        yield from _asked(settings, environment, environ, client)


def _environment(environment: Environment) -> Diagnosis:
    kind = ", marked as production" if environment.production else ""
    kind = ", a sandbox" if environment.sandbox else kind
    return ok("environment", f"{environment.name} at {environment.base_urls['v1']}{kind}")


def _secrets(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    names = {each.token for each in settings.environments.values()}
    return {name: environ[name] for name in names if environ.get(name)}


def _asked(
    settings: Settings, environment: Environment, environ: Mapping[str, str], client: Sender
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
        client=client, environment=environment, token=token, organization=organization
    ).examine()
    if environment.sandbox:
        yield ok("contracts", "a sandbox is built from the contracts that the harness judges by")
        return
    try:
        yield from contracts(settings, client)
    except HarnessError as error:
        yield wrong("contracts", error.problems[0].what, error.problems[0].advice)


def _token(environment: Environment, environ: Mapping[str, str]) -> tuple[str, Diagnosis]:
    """Return the token, empty where it cannot be sent, and what is to be said of it."""
    name = environment.token
    token = environ.get(name, "")
    if not token and environment.sandbox:
        return SANDBOX_TOKEN, ok("token", f"the sandbox's own; {name} is not set")
    if not token:
        return "", wrong("token", f"the variable {name} is not set", f"Run `export {name}=...` first.")
    if not token.isascii() or not token.isprintable() or " " in token:
        advice = "Copy the token again, without quotes, spaces and line breaks."
        return "", wrong("token", f"{name} holds what cannot be in a token", advice)
    if token.lower().startswith("bearer"):
        return "", wrong("token", f"{name} begins with `Bearer`", "Set the token alone.")
    return token, ok("token", f"{name} is set")


def _shown(text: str, redactor: Redactor) -> str:
    """Take secrets out, and what a terminal would obey."""
    clean = redactor.text(text)
    return "".join(letter if letter.isprintable() else " " for letter in clean)
