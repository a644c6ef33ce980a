"""``harness compare``: two recorded exchanges judged without a scenario."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, TextIO

from harness.commands.files import known_secrets
from harness.commands.printing import put


def add_compare(commands: Any) -> None:
    """Add ``harness compare``."""
    compare = commands.add_parser(
        "compare",
        help="judge two recorded exchanges, HAR files or cassettes without a scenario",
        description=(
            "Judge what v1beta1 and v1 answered. Each file is an exchange document (JSON or YAML), "
            "a HAR file or a cassette. Exits with 0 where nothing breaking is open, with 1 where something "
            "is or v1 does not have the operation, with 2 where a file has mistakes or neither side answered."
        ),
    )
    compare.add_argument("baseline", type=Path, metavar="BASELINE", help="what v1beta1 answered")
    compare.add_argument("candidate", type=Path, metavar="CANDIDATE", help="what v1 answered")
    compare.add_argument(
        "--operation", default="", metavar="OP", help="such as ListUsers (default: found from the URLs)"
    )
    compare.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="how to write it"
    )
    compare.add_argument("--profile", metavar="P", help="strict or tolerant (default: the project's)")
    compare.add_argument(
        "--accept", type=Path, metavar="FILE", help="YAML with `accept:`, a list of acceptances"
    )
    compare.set_defaults(run=_compare)


def _compare(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.comparison import compare_files
    from harness.contract import V1, V1BETA1, load_contract
    from harness.exchange import Side
    from harness.judge import Judge
    from harness.redact import Redactor
    from harness.report.comparison import comparison_json, comparison_markdown, comparison_text
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    if arguments.profile is not None:
        settings = settings.with_profile(arguments.profile)
    judge = Judge(
        baseline=load_contract(V1BETA1, settings.contracts),
        candidate=load_contract(V1, settings.contracts),
        profile=settings.profile,
        severities=settings.severity,
    )
    secrets = known_secrets(settings, os.environ)
    comparison = compare_files(
        {Side.BASELINE: arguments.baseline, Side.CANDIDATE: arguments.candidate},
        judge,
        Redactor(secrets, rules=settings.secrets),
        operation=arguments.operation,
        accepted=arguments.accept,
    )
    render = {"json": comparison_json, "markdown": comparison_markdown, "text": comparison_text}
    put(out, render[arguments.format](comparison), arguments.format)
    return comparison.exit_code
