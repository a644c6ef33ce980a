"""``harness inspect``: what will break for recorded traffic, before any call of v1."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, TextIO

from harness.commands.contract import project_judge
from harness.commands.printing import put


def add_inspect(commands: Any) -> None:
    """Add ``harness inspect``."""
    inspect = commands.add_parser(
        "inspect",
        help="say what v1 will break for recorded traffic, by the contracts alone",
        description=(
            "Read cassettes (of this tool or of vcrpy) and say which operations of v1beta1 they call, how "
            "often, and which documented differences the calls hold. Nothing is called. Exits with 0 where "
            "nothing breaks, with 1 where something does, with 3 where nothing does in what is there and the "
            "recording lacks bodies that would tell, and with 2 for mistakes in what it was given."
        ),
    )
    inspect.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a cassette, or a directory of them"
    )
    inspect.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="how to write it"
    )
    inspect.set_defaults(run=_inspect)


def _inspect(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.inspection import inspect
    from harness.report.inspection import inspection_json, inspection_markdown, inspection_text

    inspection = inspect(arguments.paths, project_judge())
    render = {"json": inspection_json, "markdown": inspection_markdown, "text": inspection_text}
    put(out, render[arguments.format](inspection), arguments.format)
    return inspection.exit_code
