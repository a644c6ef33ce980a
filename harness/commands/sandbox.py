"""``harness sandbox``: the local twin of both API versions."""

from __future__ import annotations

import argparse
from typing import Any, TextIO


def add_sandbox(commands: Any) -> None:
    """Add ``harness sandbox``."""
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
