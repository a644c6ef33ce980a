"""The command line: ``harness compare``, ``contract``, ``rules``, ``explain``, ``schema`` and others.

Heavy modules are imported by the command that needs them, so that ``harness --help`` answers at once.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from harness import __version__
from harness.errors import ContractError, HarnessError, Problem, UsageError


def main(argv: Sequence[str], stdout: TextIO, stderr: TextIO) -> int:
    """Run one command and return its exit code: 0 done, 1 not supported in v1, 2 a mistake of the caller."""
    try:
        # argparse writes to the process's streams, whatever ours are.
        with redirect_stdout(stdout), redirect_stderr(stderr):
            arguments = _parser().parse_args(argv)
    except SystemExit as exit_:
        return int(exit_.code or 0)
    try:
        return int(arguments.run(arguments, stdout))
    except HarnessError as error:
        stderr.write(f"harness: {error}\n")
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness",
        description="Migration test harness for the Astro API, v1beta1 to v1. Scenarios run with pytest.",
    )
    parser.add_argument("--version", action="version", version=f"harness {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_contract(commands)
    _add_rules(commands)
    _add_schema(commands)
    _add_sandbox(commands)
    _add_report(commands)
    _add_compare(commands)
    return parser


def _add_contract(commands: Any) -> None:
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

    landing = where(arguments.method, arguments.url)
    out.write("\n".join(landing.lines()) + "\n")
    return 0 if landing.supported else 1


def _contract_build(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.openapi import build_api, dump_api

    today = arguments.date or datetime.now(UTC).date().isoformat()
    api = build_api(_read(arguments.document), str(arguments.document), name=arguments.api, date=today)
    if not api.operations:
        # Such facts would say that every endpoint is gone.
        advice = "Build from the whole document that the vendor publishes."
        what = "the document has no operations"
        raise ContractError(Problem(where=str(arguments.document), what=what, advice=advice))
    if arguments.output is None:
        out.write(dump_api(api))
        return 0
    _write(arguments.output, dump_api(api))
    out.write(f"{arguments.output}: {len(api.operations)} operations, {len(api.schemas)} schemas\n")
    return 0


def _contract_diff(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.contract_diff import contract_diff
    from harness.report.contract_diff import contract_diff_json, contract_diff_markdown, contract_diff_text

    render = {"json": contract_diff_json, "markdown": contract_diff_markdown, "text": contract_diff_text}
    out.write(render[arguments.format](contract_diff(_judge(), arguments.operation)))
    return 0


def _contract_show(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.contract_diff import outline
    from harness.report.contract_diff import outline_json, outline_text

    render = {"json": outline_json, "text": outline_text}
    out.write(render[arguments.format](outline(_judge(), arguments.operation)))
    return 0


def _judge() -> Any:
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


def _add_rules(commands: Any) -> None:
    rules = commands.add_parser("rules", help="list the rules that judge differences")
    rules.add_argument("--format", choices=("text", "json"), default="text", help="how to list them")
    rules.set_defaults(run=_rules)
    explain = commands.add_parser("explain", help="explain one rule")
    explain.add_argument("rule", metavar="RULE", help="its id, such as property-renamed")
    explain.set_defaults(run=_explain)


def _rules(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.rules import RULES

    if arguments.format == "json":
        listed = [
            {
                "id": rule.id,
                "check": rule.check,
                "strict": rule.strict,
                "tolerant": rule.tolerant,
                "consequence": _plain(rule.consequence),
                "remedy": _plain(rule.remedy),
            }
            for rule in RULES.values()
        ]
        out.write(json.dumps(listed, indent=2) + "\n")
        return 0
    width = max(map(len, RULES))
    out.writelines(
        f"{rule.id:<{width}}  {rule.strict:<8}  {rule.check:<9}  {_plain(rule.consequence)}\n"
        for rule in RULES.values()
    )
    return 0


def _explain(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.rules import RULES

    rule = RULES.get(arguments.rule)
    if rule is None:
        nearest = difflib.get_close_matches(arguments.rule, RULES, n=1)
        advice = f"Write `{nearest[0]}`." if nearest else "`harness rules` lists them."
        raise UsageError(Problem(where="", what=f"there is no rule `{arguments.rule}`", advice=advice))
    out.write(
        f"{rule.id}\n"
        f"  severity:    {rule.strict} (profile strict), {rule.tolerant} (profile tolerant)\n"
        f"  check:       {rule.check}\n"
        f"  consequence: {_plain(rule.consequence)}\n"
        f"  remedy:      {_plain(rule.remedy)}\n"
    )
    return 0


def _plain(text: str) -> str:
    """Write a rule's text without a finding: what a finding would name is said in words."""
    return text.format(
        operation="the operation",
        path="the place",
        to="the new place",
        old="the old value",
        new="the new value",
        side="the side",
        count="",
        detail="",
    )


def _add_schema(commands: Any) -> None:
    schema = commands.add_parser("schema", help="print the JSON Schema of scenario files, for editors")
    schema.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")
    schema.set_defaults(run=_schema)


def _schema(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.scenario import schema_text

    if arguments.output is None:
        out.write(schema_text())
    else:
        _write(arguments.output, schema_text())
    return 0


def _add_sandbox(commands: Any) -> None:
    sandbox = commands.add_parser("sandbox", help="serve both API versions locally, without a token")
    sandbox.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    sandbox.add_argument("--port", type=int, default=8765, help="the port to listen on (default: 8765)")
    sandbox.add_argument("--seed", type=int, default=0, help="what ids and data are drawn from (default: 0)")
    sandbox.add_argument("--allow-remote", action="store_true", help="allow an address other than loopback")
    sandbox.set_defaults(run=_sandbox)


def _sandbox(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.sandbox import serve

    serve(
        host=arguments.host,
        port=arguments.port,
        seed=arguments.seed,
        allow_remote=arguments.allow_remote,
        output=out,
    )
    return 0


def _add_report(commands: Any) -> None:
    report = commands.add_parser("report", help="write the reports of a run, or of merged shards, again")
    report.add_argument("logs", nargs="+", type=Path, metavar="LOG", help="events.jsonl of one or more runs")
    report.add_argument(
        "--output", type=Path, default=Path("reports/merged"), metavar="DIR", help="default: reports/merged"
    )
    report.set_defaults(run=_report)


def _report(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.readiness import assess
    from harness.report.events import read_run
    from harness.report.text import summary_text
    from harness.report.write import write_reports

    run = read_run(*arguments.logs)
    assessment = assess(run)
    write_reports(run, assessment, arguments.output)
    out.write("\n".join(summary_text(run, assessment, arguments.output)) + "\n")
    return 0


def _add_compare(commands: Any) -> None:
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
    tokens = {each.token for each in settings.environments.values()}
    secrets = {name: os.environ[name] for name in tokens if os.environ.get(name)}
    comparison = compare_files(
        {Side.BASELINE: arguments.baseline, Side.CANDIDATE: arguments.candidate},
        judge,
        Redactor(secrets),
        operation=arguments.operation,
        accepted=arguments.accept,
    )
    render = {"json": comparison_json, "markdown": comparison_markdown, "text": comparison_text}
    out.write(render[arguments.format](comparison))
    return comparison.exit_code


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(Problem(where=str(path), what=f"the file cannot be read ({why})")) from error


def _write(path: Path, text: str) -> None:
    """Write by atomic rename: a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        what = f"the file cannot be written ({error.strerror})"
        raise UsageError(Problem(where=str(path), what=what)) from error


def console() -> None:
    """Be the ``harness`` command."""
    try:
        code = main(sys.argv[1:], sys.stdout, sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away, as `harness rules | head` does; that is not our mistake.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
