"""``harness scan``: where source trees call v1beta1."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, TextIO

from harness.commands.contract import project_judge
from harness.commands.printing import put


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
    found = scan(arguments.paths, project_judge(), without=own)
    render = {"github": scan_annotations, "json": scan_json, "text": scan_text}
    put(out, render[arguments.format](found), arguments.format)
    return found.exit_code
