"""The budget of requests that a token has: every call waits for its turn, whoever on this machine makes it.

A method has a rate, and calls leave one by one at that rate, less a margin. So any second holds fewer calls
than the service allows, whether it counts them in a window or in a bucket, and calls that the network
bunches together find room. A turn is given ahead of time: who takes it knows when it comes and waits until
then, so that no time is lost while nobody holds the lock.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from harness.errors import Problem, TargetError, UsageError
from harness.exchange import Request, header

MARGIN: Final = 0.02
"""The part of a rate that is not used: clocks differ, and the network bunches calls."""

_KINDS: Final = {"HEAD": "GET", "OPTIONS": "GET", "PUT": "POST", "PATCH": "POST"}
"""No document limits these methods; they count as what they are most like."""

_PLACES: Final = {"GET": 0, "POST": 8, "DELETE": 16}
"""Where in a file the next turn of a method is."""

_FARTHEST: Final = 60.0
"""Seconds until a turn, at most; a later one was written before this machine was started anew."""

_TURN: Final = struct.Struct("<d")


def kind_of(method: str) -> str:
    """Return the method as which a call counts."""
    return _KINDS.get(method, method)


Wait = Callable[[float], bool]
"""Lets so many seconds pass; says False, and at once, if the run was interrupted."""


class Budget:
    """Turns for the calls of every token, shared with all processes that use the same directory.

    A file there holds when the next turn of each method is; its name is a digest of the token. The clock is
    the machine's, which all processes share and nobody sets.
    """

    def __init__(
        self, directory: Path, rates: Mapping[str, float], now: Callable[[], float] = time.monotonic
    ) -> None:
        """Take requests a second by method; a method without a rate has no limit. ``now`` gives seconds."""
        self._directory = directory
        self._gaps = {method: 1 / (rate * (1 - MARGIN)) for method, rate in rates.items()}
        self._now = now
        self._files: dict[str, int] = {}
        # A lock of a file is its process's: it keeps no threads of one process apart.
        self._lock = Lock()

    def take(self, request: Request, wait: Wait) -> None:
        """Wait until the request may be sent.

        Raises:
            TargetError: the run was interrupted while this call waited; it must not be made.
            UsageError: the file of the budget cannot be written.
        """
        method = kind_of(request.method)
        gap = self._gaps.get(method)
        if gap is None:
            return
        token = header(request.headers, "authorization") or ""
        with self._lock:
            turn = self._turn(sha256(token.encode()).hexdigest()[:16], _PLACES[method], gap)
        left = turn - self._now()
        if left > 0 and not wait(left):
            what = "the run was interrupted before this call was made"
            raise TargetError(Problem(where="", what=what))

    def _turn(self, name: str, place: int, gap: float) -> float:
        """Take the next turn, and leave the one after it to others."""
        try:
            file = self._open(name)
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                now = self._now()
                written = os.pread(file, _TURN.size, place)
                next_turn = _TURN.unpack(written)[0] if len(written) == _TURN.size else 0.0
                turn = next_turn if now < next_turn < now + _FARTHEST else now
                os.pwrite(file, _TURN.pack(turn + gap), place)
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        except OSError as error:
            what = f"the budget of requests cannot be kept ({error.strerror or error})"
            advice = "Make it writable, or set `state` in [tool.harness] to another directory."
            raise UsageError(Problem(where=str(self._directory), what=what, advice=advice)) from error
        return turn

    def _open(self, name: str) -> int:
        if name not in self._files:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._files[name] = os.open(self._directory / name, os.O_RDWR | os.O_CREAT, 0o600)
        return self._files[name]

    def close(self) -> None:
        """Close the files; turns that were given stay given."""
        with self._lock:
            for file in self._files.values():
                os.close(file)
            self._files.clear()
