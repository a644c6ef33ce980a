"""``harness record``: captured traffic becomes cassettes; interrupted recordings are recovered."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harness.commands.files import known_secrets
from harness.errors import HarnessError, Problem, UsageError

if TYPE_CHECKING:
    from harness.recorder import Keeper


def add_record(commands: Any) -> None:
    """Add ``harness record``."""
    record = commands.add_parser(
        "record",
        help="make cassettes of traffic that another tool captured",
        description=(
            "Read HAR files, cassettes of this tool or of vcrpy, and exchange documents, and keep the "
            "exchanges with the hosts of the project's environments as cassettes: without secrets, one file "
            "a side. Nothing is replaced. Exits with 0 where everything was kept, with 1 where something "
            "could not be, and with 2 for mistakes in what it was given."
        ),
    )
    what = record.add_mutually_exclusive_group(required=True)
    what.add_argument("--from", nargs="+", type=Path, dest="files", metavar="FILE", help="captured traffic")
    what.add_argument("--recover", action="store_true", help="finish a recording that was killed")
    record.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("cassettes", "recorded"),
        metavar="DIR",
        help="where the cassettes go (default: cassettes/recorded)",
    )
    record.add_argument("--environment", metavar="NAME", help="which environment the traffic is of")
    record.add_argument(
        "--ignore", action="append", default=[], metavar="REGEX", help="paths that are not kept; repeatable"
    )
    record.add_argument("--every", type=int, default=1, metavar="N", help="keep one of N exchanges")
    record.set_defaults(run=_record)


def _record(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.recorder import Keeper, recover, scope_of
    from harness.redact import Redactor
    from harness.report.recording import recording_text
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    if arguments.every < 1:
        raise UsageError(Problem(where="", what="`--every` must be 1 or more", advice="Write `--every 1`."))
    if arguments.environment is not None:
        settings.environment_named(arguments.environment)
    name = arguments.environment or "unknown"
    secrets = known_secrets(settings, os.environ)
    if arguments.recover:
        kept = recover(arguments.output, name, secrets)
    else:
        exchanges = _read(arguments.files)
        scope = scope_of(settings.environments.values(), ignored=arguments.ignore, every=arguments.every)
        with Keeper(
            arguments.output,
            scope,
            Redactor(secrets, rules=settings.secrets),
            secrets=secrets,
            environment=name,
            alert=lambda said: sys.stderr.write(f"harness: {said}\n"),
        ) as keeper:
            _keep(keeper, exchanges)
            kept = keeper.finish()
    out.write(recording_text(kept, arguments.output))
    return int(bool(kept.lost or kept.damaged))


def _read(files: Sequence[Path]) -> list[Any]:
    """Return the samples of all files; every mistake in any of them is told at once."""
    from harness.contract import V1, V1BETA1, load_contract
    from harness.intake import read_recording

    known = {each.id for version in (V1BETA1, V1) for each in load_contract(version).operations}
    problems: list[Problem] = []
    samples: list[Any] = []
    for file in files:
        try:
            samples += read_recording(file, known).samples
        except HarnessError as error:
            problems += error.problems
    if problems:
        raise UsageError(*problems)
    return samples


def _keep(keeper: Keeper, samples: Sequence[Any]) -> None:
    for sample in samples:
        if sample.asked:
            keeper.ended(keeper.began(sample.exchange.request), sample.exchange)
