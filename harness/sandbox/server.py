"""The sandbox on a socket: for people in the foreground, for tests in a thread."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TextIO

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from harness.contract import Contract
from harness.errors import Problem, UsageError
from harness.listening import is_loopback, listen, url_of
from harness.sandbox.app import BASES, create_app
from harness.sandbox.clock import Clock
from harness.sandbox.setup import DOCUMENTED, Setup
from harness.sandbox.wire import TRANSPORT
from harness.settings import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN

PORT: Final = 8765
"""The port of the sandbox, unless told otherwise."""

_TICK: Final = 0.01
_PATIENCE: Final = 5
"""Seconds that a stopping server waits for requests that are under way."""


def serve(
    host: str = "127.0.0.1",
    port: int = PORT,
    *,
    seed: int = 0,
    setup: Setup | None = None,
    allow_remote: bool = False,
    output: TextIO | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM, then return. The store is forgotten.

    Args:
        host: An address of this machine; only loopback ones are taken.
        port: 0 takes a free one.
        seed: As in :func:`~harness.sandbox.app.create_app`, like ``setup``.
        setup: Its differences, faults and limits.
        allow_remote: Take addresses that other machines can reach, too.
        output: Where the base URLs are written, standard output by default.

    Raises:
        UsageError: The host is not allowed or not known, or the port is taken.
    """
    if not allow_remote and not is_loopback(host):
        what = f"{host} can be reached from other machines, and everybody knows the sandbox's token"
        raise UsageError(Problem(where="--host", what=what, advice="Use 127.0.0.1, or add --allow-remote."))
    server = uvicorn.Server(_config(create_app(seed=seed, setup=setup)))
    listener = listen(host, port, again="harness sandbox --port {port}")
    out = output or sys.stdout
    out.write(_greeting(listener, seed, setup or Setup()))
    out.flush()
    with _quiet_end():
        server.run(sockets=[listener])


@contextmanager
def running(
    *,
    seed: int = 0,
    clock: Clock | None = None,
    contracts: Mapping[str, Contract] | None = None,
    setup: Setup | None = None,
) -> Iterator[str]:
    """Serve from a thread on a free port of the loopback; give the URL, without a trailing slash.

    The base URL of an API is that URL followed by its path in :data:`~harness.sandbox.app.BASES`. The
    arguments are those of :func:`~harness.sandbox.app.create_app`.
    """
    app = create_app(seed=seed, clock=clock, contracts=contracts, setup=setup)
    server = _Brisk(_config(app))
    listener = listen("127.0.0.1", 0)
    url = url_of(listener)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
    thread.start()
    try:
        # The socket listens already: a request that comes before the server is ready waits in its queue.
        yield url
    finally:
        server.should_exit = True
        thread.join()


class _Protocol(H11Protocol):
    """Gives the application the connection, which some faults break."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in its base
        """Put the transport into the state of every request on the connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class _Brisk(uvicorn.Server):
    """Looks more often than usual whether it is to stop: tests start and stop many."""

    async def main_loop(self) -> None:
        """Wait until it is time to stop."""
        while not self.should_exit:  # noqa: ASYNC110 - a plain flag, set by another thread
            await asyncio.sleep(_TICK)


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        access_log=False,
        # The real time would make every recording differ.
        date_header=False,
        server_header=False,
        http=_Protocol,
        lifespan="off",
        log_config=None,
        loop="asyncio",
        timeout_graceful_shutdown=_PATIENCE,
        ws="none",
    )


def _greeting(listener: socket.socket, seed: int, setup: Setup) -> str:
    url = url_of(listener)
    lines = [f"The sandbox serves both versions of the Astro API from one store (seed {seed}):"]
    lines += [f"  {name:<9} {url}{base}" for name, base in BASES.items()]
    lines += [
        f"  token     {SANDBOX_TOKEN}",
        f"  organization {SANDBOX_ORGANIZATION_ID}",
        *_deviations(setup),
        "It is not the real service and proves nothing about it. Stop it with Ctrl-C; nothing is kept.",
    ]
    return "\n".join(lines) + "\n"


def _deviations(setup: Setup) -> Iterator[str]:
    """Yield a line for each way in which the sandbox is not what the documents say."""
    drifts = setup.on - DOCUMENTED
    for what, names in (
        ("without", [switch.name for switch in setup.off]),
        ("with", [switch.name for switch in setup.switches if switch.name in drifts]),
        ("faults", [fault.kind for fault in setup.faults]),
        ("limits", ["enforced"] if setup.limits else []),
    ):
        if names:
            yield f"  {what:<9} {', '.join(names)}"


@contextmanager
def _quiet_end() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the server without a traceback or an exit by signal.

    The server stops on both and then raises the signal again for whoever handled it before: us.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
