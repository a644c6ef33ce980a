"""``harness scan``: where source trees call v1beta1."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from harness.commands.contract import project_judge
from harness.commands.printing import put

if TYPE_CHECKING:
    from harness.leaks import LeakCheck
    from harness.redact import Redactor
    from harness.scan import Found, Scan
    from harness.settings import Settings

_WITHHELD: Final = "[this line has a secret, and is not shown]"


def add_scan(commands: Any) -> None:
    """Add ``harness scan``."""
    scan = commands.add_parser(
        "scan",
        help="find calls of v1beta1 in source code, and say where they land in v1",
        description=(
            "Read source trees (what git ignores is left out) and say where they call v1beta1: base URLs, "
            "endpoints, and fields next to them that v1 lacks or calls otherwise. Exits with 0 where there "
            "is nothing to do, with 1 where there is, and with 2 for mistakes in what it was given."
        ),
    )
    scan.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a directory or a file")
    scan.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="how to write it; github: annotations of GitHub Actions",
    )
    scan.set_defaults(run=_scan)


def _scan(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.report.scan import scan_annotations, scan_json, scan_text
    from harness.scan import scan
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    own = (settings.cassettes, settings.reports, settings.state)
    found = _without_secrets(scan(arguments.paths, project_judge(), without=own), settings)
    render = {"github": scan_annotations, "json": scan_json, "text": scan_text}
    put(out, render[arguments.format](found), arguments.format)
    return found.exit_code


def _without_secrets(scan: Scan, settings: Settings) -> Scan:
    """Take out what somebody wrote into the lines that are shown: they go to logs that others read.

    A line in which the independent check still finds something is not shown.
    """
    from harness.commands.files import known_secrets, page_redactor
    from harness.leaks import LeakCheck
    from harness.struct import replace

    redactor = page_redactor(settings, os.environ)
    check = LeakCheck(known_secrets(settings, os.environ), settings.secrets)
    return replace(scan, found=tuple(_shown(each, redactor, check) for each in scan.found))


def _shown(found: Found, redactor: Redactor, check: LeakCheck) -> Found:
    from harness.struct import replace

    text, replacement = redactor.code(found.text), redactor.code(found.replacement)
    if check.has_secret(text):
        text, replacement = _WITHHELD, ""
    return replace(
        found,
        text=text,
        replacement=replacement,
        endpoint=redactor.code(found.endpoint),
        says=tuple(map(redactor.code, found.says)),
    )
