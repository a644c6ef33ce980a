"""``harness record --listen``: a client whose base URL can be set is recorded while it works."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, TextIO

from harness.commands.files import tell
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    import socket

    from harness.proxy import Proxy, Routes
    from harness.recorder import Keeper, Kept
    from harness.settings import Environment, Settings


def add_listening(record: argparse.ArgumentParser, what: Any) -> None:
    """Add the options to ``harness record``; ``what`` is the group of what can be recorded."""
    what.add_argument(
        "--listen",
        metavar="HOST:PORT",
        help="forward what a client sends to this address of this machine, and keep it: 127.0.0.1:8700",
    )
    record.add_argument(
        "--fsync",
        action="store_true",
        help="a client, or a command, gets the end of an answer when that survives a loss of power, too",
    )


def opened(address: str) -> socket.socket:
    """Listen on the address of an option; only this machine may reach it.

    Raises:
        UsageError: it is none, can be reached from other machines, or is taken.
    """
    from harness.listening import is_loopback, listen

    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if colon else "127.0.0.1"
    if not port.isascii() or not port.isdigit() or not host:
        what = f"`{address}` is no address"
        raise UsageError(Problem(where="--listen", what=what, advice="Write for example 127.0.0.1:8700."))
    if not is_loopback(host):
        what = f"{host} can be reached from other machines, and what is sent there carries your tokens"
        advice = f"Use 127.0.0.1:{port}. A client in a container reaches it in the host's network."
        raise UsageError(Problem(where="--listen", what=what, advice=advice))
    again = f"`--listen {host}:{{port}}`"
    return listen(host, int(port), options=("--listen", "--listen"), again=again)


def record_clients(
    listener: socket.socket, settings: Settings, environment: Environment, keeper: Keeper, out: TextIO
) -> Kept:
    """Serve until Ctrl-C or SIGTERM, then fold what was kept; neither of them ends it in the middle.

    Raises:
        HarnessError: the cassettes cannot be written; ``harness record --recover`` does that later.
    """
    import asyncio

    from harness.listening import url_of
    from harness.proxy import Proxy, Routes, stopping

    routes = Routes(environment, url_of(listener))
    proxy = Proxy(routes, keeper, timeout=settings.timeout, alert=tell)
    with stopping() as stop:
        out.write(greeting(routes, environment))
        out.flush()
        asyncio.run(proxy.serve(listener, stop))
        out.write("Stopped; writing the cassettes.\n")
        out.flush()
        kept = keeper.finish()
    _say_refused(proxy, out)
    return kept


def greeting(routes: Routes, environment: Environment) -> str:
    """Write what to set in a client, a line for each base URL."""
    from harness.proxy import PATHS

    width = max(map(len, routes.bases.values()))
    lines = [f"Recording {environment.name}. In the client, set each base URL that it uses:"]
    lines += [f"  {base:<{width}}  ->  {routes.own}{PATHS[api]}" for api, base in routes.bases.items()]
    lines.append("Ctrl-C ends the recording, and writes the cassettes.")
    return "\n".join(lines) + "\n"


def _say_refused(proxy: Proxy, out: TextIO) -> None:
    from harness.report.words import count

    number = sum(proxy.refused.values())
    if number:
        out.write(f"Refused: {count(number, 'request')} that no base URL was meant by.\n")
