"""``harness drift``: today's v1 compared with its recording, or with a pinned version of itself."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harness.commands.printing import put

if TYPE_CHECKING:
    from harness.drift import Drift
    from harness.history import History
    from harness.settings import Environment, Settings


def add_drift(commands: Any) -> None:
    """Add ``harness drift``."""
    drift = commands.add_parser(
        "drift",
        help="say whether v1 answers as it did when it was recorded",
        description=(
            "Ask v1 again what cassettes recorded of it, only with methods that change nothing, and judge "
            "what differs; say what is new since the last time. Exits with 0 where nothing breaking or risky "
            "differs, with 1 where something does, with 2 where nothing was asked or a call gave no answer."
        ),
    )
    drift.add_argument(
        "scenarios", nargs="*", metavar="SCENARIO", help="ids, or their beginnings (default: all recorded)"
    )
    drift.add_argument("--environment", metavar="NAME", help="which one to ask (default: the project's)")
    drift.add_argument(
        "--pinned",
        default="",
        metavar="VERSION",
        help="compare v1 pinned to a minor version, such as 1.0, with v1 that is not",
    )
    drift.add_argument("--format", choices=("text", "json"), default="text", help="how to write it")
    drift.set_defaults(run=_drift)


def _drift(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.drift import cassettes_of
    from harness.report.drift import drift_json, drift_text
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    environment = settings.environment_named(arguments.environment)
    token = _token(environment)
    cassettes = cassettes_of(settings.cassettes, arguments.scenarios)
    found = _found(settings, environment, token, cassettes, _checked(arguments.pinned))
    history = _history(found, settings)
    render = {"json": drift_json, "text": drift_text}
    put(out, render[arguments.format](found, history), arguments.format)
    return 1 if found.drifted else 2 if found.troubled else 0


def _found(
    settings: Settings, environment: Environment, token: str, cassettes: dict[str, Path], pinned: str
) -> Drift:
    import uuid

    from harness.client import live_clients
    from harness.drift import Asking, find_drift
    from harness.pace import Pace
    from harness.redact import Redactor

    clients = live_clients(
        timeout=settings.timeout,
        retries=settings.retries,
        limits=environment.limits,
        state=settings.state,
    )
    client = clients.client(Pace(threads=False).wait)
    try:
        asking = Asking(
            settings=settings,
            environment=environment,
            client=client,
            token=token,
            redactor=Redactor({environment.token: token}),
            pinned=pinned,
        )
        return find_drift(cassettes, asking, uuid.uuid4().hex[:12])
    finally:
        client.close()
        clients.close()


def _history(found: Drift, settings: Settings) -> History | None:
    from harness.history import remember

    if not settings.history or not found.run.scenarios:
        return None
    # That v1 answers as it did says nothing about v1beta1, and so nothing about the cutover.
    return remember(found.run, None, settings.state)


def _token(environment: Environment) -> str:
    from harness.errors import Problem, UsageError
    from harness.settings import SANDBOX_TOKEN

    token = os.environ.get(environment.token) or (SANDBOX_TOKEN if environment.sandbox else "")
    if not token:
        what = f"v1 of `{environment.name}` needs an API token, and {environment.token} is not set"
        advice = f"Run `export {environment.token}=...` first."
        raise UsageError(Problem(where="", what=what, advice=advice))
    return token


def _checked(pinned: str) -> str:
    import re

    from harness.errors import Problem, UsageError

    if pinned and not re.fullmatch(r"[0-9]{1,4}\.[0-9]{1,4}", pinned):
        what = f"`{pinned}` is no minor version of v1"
        raise UsageError(Problem(where="--pinned", what=what, advice="Write one such as 1.0."))
    return pinned
