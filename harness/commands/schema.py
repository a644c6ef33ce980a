"""``harness schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, TextIO

from harness.commands.files import write_text
from harness.commands.printing import put


def add_schema(commands: Any) -> None:
    """Add ``harness schema``."""
    schema = commands.add_parser("schema", help="print the JSON Schema of scenario files, for editors")
    schema.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")
    schema.set_defaults(run=_schema)


def _schema(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.scenario import schema_text

    if arguments.output is None:
        put(out, schema_text(), "json")
    else:
        write_text(arguments.output, schema_text())
    return 0
