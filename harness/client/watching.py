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
from time import monotonic
from typing import Any, Final

GRACE: Final = 1.0
"""Seconds beyond the limit: a plain wait for data ends by httpx's own timeout, which says what it was for."""

_TICK: Final = 0.25
"""Seconds between two looks at the calls under way."""


@dataclass(slots=True, eq=False)
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
            if self.late:
                # Connecting took longer than all of it might: a host may have many addresses.
                self.end()

    def end(self) -> None:
        """Shut down the connections of the call."""
        self.late = True
        for each in self.opened:
            with suppress(OSError):
                # Not the method of a TLS socket, which would take its state from under the thread that reads.
                socket.socket.shutdown(each, socket.SHUT_RDWR)


class Guard:
    """Ends calls that are late, from one thread for all clients: a timer for each would cost too much."""

    def __init__(self) -> None:
        """Start without a thread; it comes with the first call."""
        self._due: dict[Watched, float] = {}
        self._change = threading.Condition()
        self._idle = False
        self._thread: threading.Thread | None = None

    def add(self, watched: Watched, due: float) -> None:
        """Watch a call until a time of the monotonic clock."""
        with self._change:
            self._due[watched] = due
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="guard of calls", daemon=True)
                self._thread.start()
            elif self._idle:
                self._change.notify()

    def drop(self, watched: Watched) -> None:
        """Watch a call no more."""
        with self._change:
            self._due.pop(watched, None)

    def _run(self) -> None:
        while True:
            with self._change:
                self._idle = not self._due
                self._change.wait(None if self._idle else _TICK)
                now = monotonic()
                late = [each for each, due in self._due.items() if due <= now]
                for each in late:
                    del self._due[each]
                    each.end()


_GUARD: Final = Guard()


class Watch:
    """Knows the connections of one client, which makes one call at a time."""

    def __init__(self, grace: float = GRACE, guard: Guard = _GUARD) -> None:
        """Start without a connection; ``grace`` is in seconds."""
        self._grace = grace
        self._guard = guard
        self._sockets: list[socket.socket] = []

    @contextmanager
    def call(self, seconds: float) -> Iterator[Watched]:
        """Watch a call; end it when so many seconds, and the grace, have passed."""
        # One that was closed, or wrapped by TLS, has no number any more.
        watched = Watched(opened=[each for each in self._sockets if each.fileno() >= 0])
        self._guard.add(watched, monotonic() + seconds + self._grace)
        try:
            yield watched
        finally:
            self._guard.drop(watched)
            self._sockets = watched.opened
