"""``harness doctor``: what must be in order before a run, each with what to do about it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, TextIO

from harness.commands.printing import put


def add_doctor(commands: Any) -> None:
    """Add ``harness doctor``."""
    doctor = commands.add_parser(
        "doctor",
        help="look at what a run against an environment needs",
        description=(
            "Look at settings, token, organization, clock, contracts and versions before a run. Only "
            "reads are sent. Exits with 0 where nothing is wrong (what could not be found out is told, and "
            "is not wrong), with 1 where something is, and with 2 for mistakes in the command."
        ),
    )
    doctor.add_argument(
        "--environment", "--env", metavar="NAME", help="the environment (default: the project's)"
    )
    doctor.add_argument("--format", choices=("text", "json"), default="text", help="how to write it")
    doctor.set_defaults(run=_doctor)


def _doctor(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.doctor import diagnoses_json, diagnoses_text, examine, is_well

    diagnoses = examine(Path.cwd(), arguments.environment, os.environ)
    render = {"json": diagnoses_json, "text": diagnoses_text}[arguments.format]
    put(out, render(diagnoses), arguments.format)
    return 0 if is_well(diagnoses) else 1
