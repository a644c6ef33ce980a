"""``harness record``: traffic becomes cassettes, captured or as it goes by; recordings are recovered."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from harness.commands.files import known_secrets, tell
from harness.commands.record_child import record_child
from harness.commands.record_proxy import add_listening, opened, record_clients
from harness.errors import HarnessError, Problem, UsageError

if TYPE_CHECKING:
    from harness.recorder import Keeper, Kept, Secrecy
    from harness.settings import Environment, Settings

_LOST: Final = HarnessError.exit_code
"""The exit code where something could not be kept."""


def add_record(commands: Any) -> None:
    """Add ``harness record``."""
    record = commands.add_parser(
        "record",
        help="make cassettes of traffic that goes by, or that another tool captured",
        description=(
            "Run a command and record its Python processes as they are (-- COMMAND), or forward what a "
            "client sends to the hosts of an environment (--listen), or read HAR files, access logs, "
            "cassettes of this tool or of vcrpy, and exchange documents (--from), and keep the exchanges "
            "with the hosts of the project's environments as cassettes: without secrets, one file a side. "
            "Nothing is replaced. Exits with 0 where everything was kept, with 1 where a journal is damaged "
            "in places, and with 2 where something could not be kept, or for mistakes in what it was given. "
            "A command that ran has its own exit code."
        ),
    )
    record.add_argument("command_line", nargs="*", metavar="-- COMMAND", help="a command to run and record")
    what = record.add_mutually_exclusive_group()
    what.add_argument("--from", nargs="+", type=Path, dest="files", metavar="FILE", help="captured traffic")
    add_listening(record, what)
    what.add_argument("--addon-path", action="store_true", help="print the path of the addon for mitmproxy")
    what.add_argument("--recover", action="store_true", help="finish a recording that was killed")
    record.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("cassettes", "recorded"),
        metavar="DIR",
        help="where the cassettes go (default: cassettes/recorded)",
    )
    record.add_argument(
        "--anonymize",
        action="store_true",
        help="replace ids, e-mail addresses and names by others that look alike, the same ones everywhere",
    )
    record.add_argument("--environment", metavar="NAME", help="which environment the traffic is of")
    record.add_argument(
        "--ignore", action="append", default=[], metavar="REGEX", help="paths that are not kept; repeatable"
    )
    record.add_argument("--every", type=int, default=1, metavar="N", help="keep one of N exchanges")
    for cap, what_for in (
        ("body", "of a body; beyond it the length and a hash are (such as 4MiB)"),
        ("disk", "of all (such as 2GiB)"),
    ):
        record.add_argument(
            f"--{cap}-cap", type=_size, metavar="SIZE", help=f"the most that is kept {what_for}"
        )
    record.set_defaults(run=_record)


def _record(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.recorder import is_anonymous, recover
    from harness.report.recording import recording_text, unread_text
    from harness.settings import load_settings

    _only_one(arguments)
    if arguments.addon_path:
        from harness.recorder import ADDON

        out.write(f"{ADDON}\n")
        return 0
    settings = load_settings(Path.cwd())
    if arguments.every < 1:
        raise UsageError(Problem(where="", what="`--every` must be 1 or more", advice="Write `--every 1`."))
    if arguments.environment is not None:
        settings.environment_named(arguments.environment)
    name = arguments.environment or "unknown"
    exchanges: Sequence[Any] = ()
    unread: Sequence[Problem] = ()
    if arguments.command_line:
        return _ran(arguments, settings, name)
    if arguments.recover:
        anonymize = arguments.anonymize or is_anonymous(arguments.output)
        of = arguments.environment or ""  # the recording knows it
        kept = recover(arguments.output, of, _secrecy(settings, anonymize=anonymize))
    elif arguments.listen is not None:
        kept = _listened(arguments, settings, out)
    else:
        exchanges, unread = _read(arguments.files, settings)
        with _keeper(arguments, settings, settings.environments.values(), name) as keeper:
            _keep(keeper, exchanges)
            kept = keeper.finish()
    out.write(recording_text(kept, arguments.output))
    requests, responses = (sum(bool(getattr(each, of)) for each in exchanges) for of in ("lost", "cut"))
    out.write(unread_text(unread, responses, requests))
    return _LOST if kept.lost or kept.withheld or unread else int(bool(kept.damaged))


def _ran(arguments: argparse.Namespace, settings: Settings, name: str) -> int:
    """Record a command; its own exit code is ours."""
    told: list[str] = []
    with _keeper(arguments, settings, settings.environments.values(), name, told.append) as keeper:
        return record_child(keeper, arguments.command_line, arguments.output, told)


def _listened(arguments: argparse.Namespace, settings: Settings, out: TextIO) -> Kept:
    """Record clients until it is to stop."""
    environment = settings.environment_named(arguments.environment)
    with (
        closing(opened(arguments.listen)) as listener,
        _keeper(arguments, settings, [environment], environment.name) as keeper,
    ):
        return record_clients(listener, settings, environment, keeper, out)


def _keeper(
    arguments: argparse.Namespace,
    settings: Settings,
    environments: Iterable[Environment],
    name: str,
    alert: Callable[[str], object] = tell,
) -> Keeper:
    from harness.recorder import Keeper, scope_of

    caps = {"body": arguments.body_cap, "disk": arguments.disk_cap}
    return Keeper(
        arguments.output,
        scope_of(
            environments,
            ignored=arguments.ignore,
            every=arguments.every,
            **{cap: size for cap, size in caps.items() if size is not None},
        ),
        _secrecy(settings, anonymize=arguments.anonymize),
        environment=name,
        fsync=arguments.fsync,
        alert=alert,
    )


def _secrecy(settings: Settings, *, anonymize: bool) -> Secrecy:
    from harness.anonymize import Anonymizer
    from harness.leaks import LeakCheck, Quarantine
    from harness.recorder import Secrecy
    from harness.redact import Redactor, lasting_key

    secrets, key = known_secrets(settings, os.environ), lasting_key(settings.state)
    check = LeakCheck(secrets, settings.secrets, tell)
    return Secrecy(
        redactor=Redactor(secrets, key=key, rules=settings.secrets),
        secrets=secrets,
        review=Quarantine(check, settings.quarantine),
        check=check,
        anonymizer=Anonymizer(key) if anonymize else None,
    )


def _size(text: str) -> int:
    found = re.fullmatch(r"(\d+)(|KiB|MiB|GiB)", text)
    if not found:
        message = f"`{text}` is no size; write bytes, or for example 512KiB, 4MiB or 2GiB"
        raise argparse.ArgumentTypeError(message)
    return int(found[1]) << 10 * ("", "KiB", "MiB", "GiB").index(found[2])


def _only_one(arguments: argparse.Namespace) -> None:
    """Refuse none and several of what a recording can be made of."""
    ways = [arguments.command_line, arguments.files, arguments.recover, arguments.addon_path]
    if sum(bool(way) for way in (*ways, arguments.listen is not None)) != 1:
        what = "a recording is made of a command, or with `--listen`, `--from` or `--recover`"
        advice = "Write one of them, such as `harness record -- python job.py`."
        raise UsageError(Problem(where="harness record", what=what, advice=advice))


def _read(files: Sequence[Path], settings: Settings) -> tuple[list[Any], list[Problem]]:
    """Return the samples of all files, and lines of logs that are none; every mistake is told at once."""
    from harness.contract import load_contracts
    from harness.intake import read_recording

    contracts = load_contracts(settings.contracts).values()
    known = {each.id for contract in contracts for each in contract.operations}
    problems: list[Problem] = []
    samples: list[Any] = []
    unread: list[Problem] = []
    for file in files:
        try:
            recording = read_recording(file, known)
            samples += recording.samples
            unread += recording.unread
        except HarnessError as error:
            problems += error.problems
    if problems:
        raise UsageError(*problems)
    return samples, unread


def _keep(keeper: Keeper, samples: Sequence[Any]) -> None:
    from harness.recorder import without_bodies

    for sample in samples:
        if sample.asked:
            lost, cut = bool(sample.lost), bool(sample.cut)
            exchange = without_bodies(sample.exchange, request=lost, response=cut)
            keeper.ended(keeper.began(exchange.request), exchange)
