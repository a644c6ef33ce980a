"""Ctrl-C, SIGTERM and SIGHUP as a wish to end, never an exception in the middle of something."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Stop:
    """Counts the wishes to end: after the first, what is under way may end; after the second, it is cut."""

    def __init__(self) -> None:
        self._asked = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    def ask(self) -> None:
        """Ask to end, from any thread or a handler of signals."""
        self._asked += 1
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._changed.set)

    async def asked(self, times: int) -> None:
        """Wait until it was asked so many times; for one loop, and one waiter at a time."""
        self._loop = asyncio.get_running_loop()
        while self._asked < times:
            self._changed.clear()
            if self._asked < times:
                await self._changed.wait()

    def left(self) -> None:
        """Note that the loop ends."""
        self._loop = None


@contextmanager
def stopping() -> Iterator[Stop]:
    """Take Ctrl-C, SIGTERM and SIGHUP for wishes to end, from here to the end of the block."""
    stop = Stop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    # Whoever starts it with nohup wants it to outlive the terminal; Windows has no such signal.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.ask()) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
