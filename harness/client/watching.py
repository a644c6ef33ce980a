"""One client's calls watched on the wire: to which host each connects, and that its answer comes to an end.

httpx limits each wait for data, so a header that trickles in, or interim answers without a last one, would
hold a run for days. What is late is ended by shutting down the connection, at which the waiting thread wakes.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

GRACE: Final = 1.0
"""Seconds beyond the limit: a plain wait for data ends by httpx's own timeout, which says what it was for."""


@dataclass(slots=True)
class Watched:
    """One call under way. ``peer`` is ``(host, port)`` of what it connected to, None on an open connection.

    ``late`` says that the call was ended because its answer was not whole in time.
    """

    peer: tuple[str, int] | None = None
    late: bool = False
    opened: list[socket.socket] = field(default_factory=list)

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take what httpcore tells of a call, as its extension ``trace`` has it."""
        if event.endswith(".connect_tcp.started"):
            self.peer = (info["host"], info["port"])
        elif event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self.opened.append(info["return_value"].get_extra_info("socket"))


class Watch:
    """Knows the connections of one client, which makes one call at a time."""

    def __init__(self, grace: float = GRACE) -> None:
        """Start without a connection; ``grace`` is in seconds."""
        self._grace = grace
        self._sockets: list[socket.socket] = []

    @contextmanager
    def call(self, seconds: float) -> Iterator[Watched]:
        """Watch a call; end it when so many seconds, and the grace, have passed."""
        # One that was closed, or wrapped by TLS, has no number any more.
        watched = Watched(opened=[each for each in self._sockets if each.fileno() >= 0])
        timer = threading.Timer(min(seconds + self._grace, threading.TIMEOUT_MAX), _end, (watched,))
        timer.daemon = True
        timer.start()
        try:
            yield watched
        finally:
            timer.cancel()
            self._sockets = watched.opened


def _end(watched: Watched) -> None:
    watched.late = True
    for each in watched.opened:
        with suppress(OSError):
            # Not the method of a TLS socket, which would take its state from under the thread that reads.
            socket.socket.shutdown(each, socket.SHUT_RDWR)
