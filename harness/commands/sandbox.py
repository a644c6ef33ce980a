"""``harness sandbox``: the local twin of both API versions."""

from __future__ import annotations

import argparse
from typing import Any, TextIO

_ABOUT = """
A FAULT is VERSION:OPERATION:KIND[:RATE], such as v1:ListUsers:503:0.5; version and operation may be *.
`harness sandbox --list-faults` explains the kinds.
"""


def add_sandbox(commands: Any) -> None:
    """Add ``harness sandbox``."""
    sandbox = commands.add_parser(
        "sandbox", help="serve both API versions locally, without a token", epilog=_ABOUT
    )
    sandbox.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    sandbox.add_argument("--port", type=int, default=8765, help="the port to listen on (default: 8765)")
    sandbox.add_argument("--seed", type=int, default=0, help="what ids and data are drawn from (default: 0)")
    sandbox.add_argument("--allow-remote", action="store_true", help="allow an address other than loopback")
    _add_differences(sandbox)
    _add_faults(sandbox)
    _add_lists(sandbox)
    sandbox.set_defaults(run=_sandbox)


def _add_differences(sandbox: argparse.ArgumentParser) -> None:
    sandbox.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="NAME",
        help="serve both versions without a documented difference; repeatable",
    )
    sandbox.add_argument(
        "--only",
        nargs="*",
        metavar="NAME",
        help="serve no documented differences but these; without any, none",
    )
    sandbox.add_argument(
        "--with",
        action="append",
        default=[],
        dest="added",
        metavar="NAME",
        help="let v1 drift in a way that nobody documented; repeatable",
    )


def _add_faults(sandbox: argparse.ArgumentParser) -> None:
    sandbox.add_argument(
        "--fault", action="append", default=[], metavar="FAULT", help="fail on request; repeatable"
    )
    sandbox.add_argument("--latency", metavar="DURATION", help="answer everything later, as by 150ms")
    sandbox.add_argument(
        "--enforce-limits",
        action="store_true",
        help="answer 429 beyond the vendor's limits (GET 25/s, POST 10/s, DELETE 5/s for each token)",
    )


def _add_lists(sandbox: argparse.ArgumentParser) -> None:
    lists = sandbox.add_mutually_exclusive_group()
    for name, what in (
        ("differences", "name every difference and drift"),
        ("faults", "explain the kinds of faults"),
        ("assumptions", "say what the sandbox does where no document says what the service does"),
        ("tokens", "name the sandbox's tokens and what they may do"),
    ):
        lists.add_argument(
            f"--list-{name}", action="store_const", const=name, dest="listed", help=f"{what}, and end"
        )


def _sandbox(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.sandbox import LISTS, Setup, chosen, parse_faults, serve

    if arguments.listed:
        out.write(LISTS[arguments.listed]())
        return 0
    setup = Setup(
        on=chosen(without=arguments.without, only=arguments.only, added=arguments.added),
        faults=parse_faults(arguments.fault, arguments.latency),
        limits=arguments.enforce_limits,
    )
    serve(
        host=arguments.host,
        port=arguments.port,
        seed=arguments.seed,
        setup=setup,
        allow_remote=arguments.allow_remote,
        output=out,
    )
    return 0
