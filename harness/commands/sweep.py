"""``harness sweep``: what a killed run left behind is deleted."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.leftovers import Sweep
    from harness.settings import Environment, Settings


def add_sweep(commands: Any) -> None:
    """Add ``harness sweep``."""
    sweep = commands.add_parser(
        "sweep",
        help="delete what a killed run left behind",
        description=(
            "Delete what runs that have ended made in an environment and did not delete, on both sides, as "
            "their ledgers tell. What a run may have made is looked for by its name. Exits with 0 where "
            "nothing is left, with 1 where something is, and with 2 for mistakes in the command."
        ),
    )
    sweep.add_argument("--environment", metavar="NAME", help="the environment (default: the project's)")
    sweep.add_argument("--dry-run", action="store_true", help="only list it; nothing is called")
    sweep.add_argument("--allow-writes", action="store_true", help="delete outside the sandbox, too")
    sweep.add_argument(
        "--production",
        metavar="NAME",
        default="",
        help="the name of a production environment, typed as well to delete there",
    )
    sweep.add_argument(
        "--wait", action="store_true", help="wait, minutes at most, for what may still arrive at the service"
    )
    sweep.add_argument(
        "--forget",
        metavar="NAME",
        default="",
        help="only drop what is left from the ledgers; the name of the environment, typed as well",
    )
    sweep.set_defaults(run=_sweep)


def _sweep(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.options import Mode, Options
    from harness.report.sweep import sweep_text
    from harness.settings import load_settings
    from harness.sweeping import sweep, sweep_twice

    settings = load_settings(Path.cwd())
    name = arguments.environment or settings.environment
    if arguments.forget:
        _check_forgotten(arguments.forget, name)
        if not arguments.dry_run:
            return _forget(name, settings, out)
    options = Options(
        settings=settings,
        environment=_environment(name, settings, dry=arguments.dry_run),
        mode=Mode.LIVE,
        allow_writes=arguments.allow_writes,
        production=arguments.production,
        environ=os.environ,
    )
    named = arguments.environment is not None

    def show(came: Sweep) -> None:
        out.write(sweep_text(came))
        out.flush()

    if arguments.wait and not arguments.dry_run:
        came = sweep_twice(options, show, time.sleep, named=named)
    else:
        came = sweep(options, named=named, dry=arguments.dry_run)
        show(came)
    return 0 if came.clean else 1


def _environment(name: str, settings: Settings, *, dry: bool) -> Environment:
    """Return the environment; one that only ledgers know is good enough to be looked at."""
    from harness.settings import Environment
    from harness.sweeping import is_known

    if name in settings.environments or not is_known(settings, name):
        return settings.environment_named(name)
    if not dry:
        what = f"runs have left something behind in `{name}`, and there is no such environment any more"
        advice = (
            f"Add it to [tool.harness.environments] again, or drop it from the ledgers: `harness sweep "
            f"--environment {name} --forget {name}`; --dry-run lists what it is."
        )
        raise UsageError(Problem(where="", what=what, advice=advice))
    return Environment(name=name, base_urls={}, limits={})


def _check_forgotten(typed: str, name: str) -> None:
    if typed != name:
        what = f"`--forget {typed}` names an environment, and the sweep is of `{name}`"
        advice = "Choose the environment that is meant with `--environment`, and type the same name."
        raise UsageError(Problem(where="", what=what, advice=advice))


def _forget(name: str, settings: Settings, out: TextIO) -> int:
    """Drop what is left of one environment from the ledgers, when it was shown."""
    from harness.report.sweep import sweep_text
    from harness.sweeping import forget, is_known

    if not is_known(settings, name):
        settings.environment_named(name)

    def show(came: Sweep) -> None:
        out.write(sweep_text(came))
        out.flush()

    forget(settings, name, show)
    return 0
