"""``harness check-secrets``: whether files hold secrets."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harness.commands.files import known_secrets, tell
from harness.commands.printing import put
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.settings import Settings


def add_check_secrets(commands: Any) -> None:
    """Add ``harness check-secrets``."""
    check = commands.add_parser(
        "check-secrets",
        help="look for secrets in cassettes, scenarios, reports and any other files",
        description=(
            "Look through files by a check that shares nothing with the redaction: for the values of tokens "
            "and secret variables that are set, under any encoding; for what looks like a secret; and for "
            "values of names such as `password` that are no placeholders. Archives are looked into. Exits "
            "with 0 where nothing was found, with 1 where something was, and with 2 for mistakes in what it "
            "was given."
        ),
    )
    check.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files and directories (default: the project's cassettes, scenarios and reports)",
    )
    check.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="how to write it; github: annotations of GitHub Actions",
    )
    check.set_defaults(run=_check_secrets)


def _check_secrets(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.leaks import LeakCheck
    from harness.report.leaks import leaks_annotations, leaks_json, leaks_text
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    check = LeakCheck(known_secrets(settings, os.environ), settings.secrets, tell)
    files = [*dict.fromkeys(_files(arguments.paths or _own(settings), settings))]
    leaks = [leak for file in files for leak in check.file(file)]
    render = {"github": leaks_annotations, "json": leaks_json, "text": leaks_text}
    put(out, render[arguments.format](leaks, len(files)), arguments.format)
    return int(bool(leaks))


def _own(settings: Settings) -> list[Path]:
    here = Path.cwd()
    own = (settings.cassettes, *settings.scenarios, settings.reports)
    return [each.relative_to(here) if each.is_relative_to(here) else each for each in own if each.is_dir()]


def _files(paths: Sequence[Path], settings: Settings) -> Iterator[Path]:
    """Give the files that are meant; of directories all that are in them, also what git ignores."""
    missing = [Problem(where=str(path), what="there is no such file") for path in paths if not path.exists()]
    others = (path for path in paths if path.exists() and not (path.is_file() or path.is_dir()))
    missing += [Problem(where=str(path), what="it is no file, and no directory") for path in others]
    if missing:
        raise UsageError(*missing)
    for path in paths:
        if path.is_file():
            yield path
            continue
        for directory, names, files in os.walk(path):
            inside = Path(directory)
            names[:] = sorted(
                name for name in names if name != ".git" and (inside / name).absolute() != settings.quarantine
            )
            yield from (inside / name for name in sorted(files) if (inside / name).is_file())
