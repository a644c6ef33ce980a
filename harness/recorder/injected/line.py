"""The way from a recorded process to its recorder: a Unix socket, one message an event.

A message is the length of its head in four bytes, the head as JSON, and as many bytes as the head's ``sizes``
say. What was sent is the kernel's to deliver whatever becomes of this process, by kill -9 too; but what the
recorder has not read yet is lost if that is killed. So it answers each exchange that ended with one byte when
that is in its journal, and is waited for: the client gets the end of an answer that no kill can take from
the recording any more. That an exchange began is not waited for.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING

from .handlers import is_of_handler

if TYPE_CHECKING:
    from typing import Any, Callable

PATIENCE = 10.0
"""Seconds to wait for the recorder, after which this process is recorded no more."""

KEPT = b"\6"
"""What the recorder answers to the end of an exchange, kept or not."""

_LOOKS = 1000
"""How often to look whether the recorder has answered before sleeping until it has: for about 0.3 ms."""

_IN_VAIN = 8
"""How often in a row it may take longer, after which it is slept for at once."""

_LENGTH = struct.Struct("!I")


def packed(event: dict[str, Any], *bodies: bytes) -> bytes:
    """Return a message."""
    head = json.dumps({**event, "sizes": [len(body) for body in bodies]}).encode("ascii")
    return b"".join((_LENGTH.pack(len(head)), head, *bodies))


class Line:
    """Hands messages over in their order; for all threads of a process, and anew after a fork."""

    def __init__(self, path: str, tell: Callable[[BaseException], None]) -> None:
        """Take the path of the recorder's socket; it is connected to when there is something to say."""
        self._path = path
        self._tell = tell
        self._waiting: deque[tuple[bytes, bool]] = deque()
        self._lost = False
        self._renew()
        # Bound now: a job may put other classes into the module, or another method into the class, as
        # pytest-socket does.
        self._open = socket.socket
        self._dial = socket.socket.connect
        # Which eventlet takes away, and not every system has.
        self._poll = getattr(select, "poll", None)
        self._threads = threading.active_count
        self._in_vain = 0
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._socket: Any = None
        self._identity: Any = None
        self.process = f"{os.getpid()}-{os.urandom(4).hex()}"

    def _forked(self) -> None:
        """Forget what is the parent's: its connection, its messages, and a lock that nobody will release."""
        try:
            if self._socket is not None:
                self._socket.close()
        except OSError:
            pass
        self._waiting.clear()
        self._renew()

    def later(self, message: bytes, *, ended: bool = True) -> None:
        """Hand a message over with the next one: for finalizers, which may interrupt any line of this."""
        if not self._lost:
            self._waiting.append((message, ended))

    def hand(self, message: bytes, *, ended: bool = True) -> None:
        """Hand a message over, after those that wait.

        ``ended`` is whether it is the end of an exchange: that is handed over when it is in the journal.
        """
        self.later(message, ended=ended)
        self.flush()

    def flush(self) -> None:
        """Hand over all that waits."""
        if self._owner == threading.get_ident():
            return  # a signal handler inside of the loop below, which goes on with what it left
        with self._lock:
            self._owner = threading.get_ident()
            try:
                while self._waiting and not self._lost:
                    # It stays until it was sent; the recorder knows one that comes twice.
                    self._deliver(*self._waiting[0])
                    self._waiting.popleft()
                if self._lost:
                    self._waiting.clear()
            finally:
                self._owner = 0

    def _deliver(self, message: bytes, ended: bool) -> None:  # noqa: FBT001 - as it is queued
        for last in (False, True):
            try:
                self._say(message, ended)
            except OSError as error:  # noqa: PERF203 - it is tried twice
                self._hang_up()
                if is_of_handler(error):
                    raise
                if last or isinstance(error, socket.timeout):  # it hangs, and would do so again
                    self._lose(error)
            except BaseException:
                self._hang_up()  # half a message may be sent: the next one needs another connection
                raise
            else:
                return

    def _say(self, message: bytes, ended: bool) -> None:  # noqa: FBT001 - as it is queued
        connection = self._connected()
        connection.sendall(message)
        if ended:
            self._look(connection)
            if connection.recv(1) != KEPT:
                raise ConnectionResetError

    def _look(self, connection: Any) -> None:
        """Look for the answer for a while without going to sleep: to be woken up is a quarter of the wait.

        Not where threads of the job can go on meanwhile, nor where the recorder needs the processor for its
        answer, nor where it took longer again and again.
        """
        if self._poll is None or self._in_vain >= _IN_VAIN or self._threads() > 1 or _processors() < 2:
            return
        looking = self._poll()
        looking.register(connection.fileno(), select.POLLIN)
        for _ in range(_LOOKS):
            if looking.poll(0):
                self._in_vain = 0
                return
        self._in_vain += 1

    def _lose(self, error: OSError) -> None:
        """Say that nothing more is recorded: to the recorder, and where that was killed, to people."""
        self._lost = True
        self._tell(error)
        # A recorder that ended in order takes its directory with it, and has told what was still running.
        if isinstance(error, (ConnectionError, socket.timeout)) and os.path.exists(self._path):
            said = "the recorder does not answer: what process {} does from now on is not recorded"
            sys.stderr.write(f"harness: {said.format(os.getpid())}.\n")

    def _connected(self) -> Any:
        """Return the connection, unless the job has closed or taken its descriptor, as daemons do."""
        if self._socket is not None:
            try:
                if _identity(self._socket.fileno()) == self._identity:
                    return self._socket
            except OSError:
                pass
            self._socket.detach()
        made = self._open(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket, self._identity = made, _identity(made.fileno())
        made.settimeout(PATIENCE)
        self._dial(made, self._path)
        made.sendall(packed({"event": "hello", "process": self.process}))
        return made

    def close(self) -> None:
        """Close the connection: Python would say that nobody did."""
        with self._lock:
            self._hang_up()

    def _hang_up(self) -> None:
        made, self._socket = self._socket, None
        try:
            if made is not None and _identity(made.fileno()) == self._identity:
                made.close()
            elif made is not None:
                made.detach()
        except OSError:
            pass


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _identity(file: int) -> tuple[int, int]:
    status = os.fstat(file)
    return status.st_dev, status.st_ino
