"""``harness contract``: look up, compare and refresh the facts of the API versions."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from harness.commands.files import read_text, write_text
from harness.commands.printing import put
from harness.errors import ContractError, Problem


def add_contract(commands: Any) -> None:
    """Add ``harness contract``."""
    contract = commands.add_parser("contract", help="look up and refresh the facts of the API versions")
    actions = contract.add_subparsers(dest="action", metavar="ACTION", required=True)
    where = actions.add_parser(
        "where", help="say where a v1beta1 call lands in v1, or that it is unsupported"
    )
    where.add_argument("method", metavar="METHOD", help="GET, POST, DELETE ...")
    where.add_argument("url", metavar="URL", help="the v1beta1 URL, or its path")
    where.set_defaults(run=_contract_where)
    build = actions.add_parser("build", help="turn a published OpenAPI document into the harness's facts")
    build.add_argument("document", type=Path, metavar="DOCUMENT", help="OpenAPI 3.0 or 3.1, YAML or JSON")
    build.add_argument("--api", required=True, metavar="NAME", help="iam, platform, v1 or labs")
    build.add_argument("--date", default="", metavar="DATE", help="the document's day (default: today)")
    build.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")
    build.set_defaults(run=_contract_build)
    diff = actions.add_parser("diff", help="say what the contracts of v1beta1 and v1 document differently")
    diff.add_argument("operation", nargs="?", default="", metavar="OPERATION", help="such as ListApiTokens")
    diff.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="how to write it"
    )
    diff.set_defaults(run=_contract_diff)
    show = actions.add_parser("show", help="show one operation as both contracts have it")
    show.add_argument("operation", metavar="OPERATION", help="such as ListApiTokens")
    show.add_argument("--format", choices=("text", "json"), default="text", help="how to write it")
    show.set_defaults(run=_contract_show)


def _contract_where(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.landing import where

    judge = project_judge()
    landing = where(arguments.method, arguments.url, judge.baseline, judge.candidate)
    out.write("\n".join(landing.lines()) + "\n")
    return 0 if landing.supported else 1


def _contract_build(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.openapi import build_api, dump_api

    today = arguments.date or datetime.now(UTC).date().isoformat()
    api = build_api(read_text(arguments.document), str(arguments.document), name=arguments.api, date=today)
    if not api.operations:
        # Such facts would say that every endpoint is gone.
        advice = "Build from the whole document that the vendor publishes."
        what = "the document has no operations"
        raise ContractError(Problem(where=str(arguments.document), what=what, advice=advice))
    if arguments.output is None:
        put(out, dump_api(api), "json")
        return 0
    write_text(arguments.output, dump_api(api))
    out.write(f"{arguments.output}: {len(api.operations)} operations, {len(api.schemas)} schemas\n")
    return 0


def _contract_diff(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.contract_diff import contract_diff
    from harness.report.contract_diff import contract_diff_json, contract_diff_markdown, contract_diff_text

    render = {"json": contract_diff_json, "markdown": contract_diff_markdown, "text": contract_diff_text}
    put(out, render[arguments.format](contract_diff(project_judge(), arguments.operation)), arguments.format)
    return 0


def _contract_show(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.contract_diff import outline
    from harness.report.contract_diff import outline_json, outline_text

    render = {"json": outline_json, "text": outline_text}
    put(out, render[arguments.format](outline(project_judge(), arguments.operation)), arguments.format)
    return 0


def project_judge() -> Any:
    """Return a judge with the contracts and severities of the project in the working directory."""
    from harness.contract import V1, V1BETA1, load_contract
    from harness.judge import Judge
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    return Judge(
        baseline=load_contract(V1BETA1, settings.contracts),
        candidate=load_contract(V1, settings.contracts),
        profile=settings.profile,
        severities=settings.severity,
    )
