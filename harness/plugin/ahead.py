"""Scenarios run in threads ahead of pytest, which still asks for one after the other.

They begin in pytest's order. One waits where it would disturb, or be disturbed by, one that runs or that
waits before it. What came of a scenario is kept until pytest asks for it, and is small: its result is in the
log by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from threading import Condition, Thread
from typing import Final, Generic, TypeVar

_GLANCE: Final = 0.1
"""Seconds after which a signal is seen that came just before Python began to wait."""

_WINDOW: Final = 8
"""For each thread, so many waiting scenarios are looked at for one that can begin."""

_K = TypeVar("_K")
_R = TypeVar("_R")


class Ahead(Generic[_K, _R]):
    """Runs what is planned in a few threads; ``_K`` is what is run, ``_R`` what comes of it."""

    def __init__(
        self,
        run: Callable[[_K], _R],
        *,
        threads: int,
        disturbs: Callable[[_K, _K], bool],
        last: Callable[[_R], bool],
        interrupt: Callable[[], None],
    ) -> None:
        """Take what runs one.

        ``disturbs`` says whether two must not run at the same time, ``last`` whether nothing more is to
        begin after a result. ``interrupt`` lets those that run end where they are.
        """
        self._run = run
        self._most = threads
        self._disturbs = disturbs
        self._last = last
        self._interrupt = interrupt
        # Those that wait have no future before they begin or are asked for: they may be very many.
        self._waiting: dict[_K, Future[_R] | None] = {}
        self._running: dict[_K, Future[_R]] = {}
        self._ended: dict[_K, Future[_R]] = {}
        self._threads: list[Thread] = []
        self._working = 0
        self._asked: _K | None = None
        self._stopped = False
        self._changed = Condition()

    def plan(self, keys: Iterable[_K]) -> None:
        """Let these run, in this order, after what is planned already; those that are known are left out."""
        with self._changed:
            for key in keys:
                if not self._knows(key):
                    self._waiting[key] = None
            self._start()

    def result(self, key: _K) -> _R:
        """Return what came of one, or raise what it raised; it is run now if it was not planned.

        Raises:
            KeyboardInterrupt: the run is interrupted; all that ran have ended then, and cleaned up.
        """
        with self._changed:
            if not self._knows(key):
                self._waiting = {key: None, **self._waiting}
            self._asked = key
            if key in self._waiting:
                future = self._waiting[key] = self._waiting[key] or Future()
            else:
                future = self._running.get(key) or self._ended[key]
            self._start()
            self._changed.notify_all()
        try:
            while wait([future], timeout=_GLANCE).not_done:
                pass
        except KeyboardInterrupt:
            self.stop(interrupt=True)
            raise
        with self._changed:
            self._asked = None
            self._ended.pop(key, None)
        return future.result()

    def stop(self, *, interrupt: bool = False) -> None:
        """Begin nothing more; return when all that run have ended, by themselves or interrupted."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()
        if interrupt:
            self._interrupt()
        for thread in self._threads:
            while thread.is_alive():
                thread.join(_GLANCE)

    def _knows(self, key: _K) -> bool:
        return key in self._waiting or key in self._running or key in self._ended

    def _start(self) -> None:
        """Start threads for what waits; idle ones have ended, or know already that they will."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        for _ in range(min(self._most - self._working, len(self._waiting))):
            self._working += 1
            thread = Thread(target=self._work, name="harness-scenario")
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            key, future = taken
            try:
                result = self._run(key)
                stop = self._last(result)
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
                self._end(key, stop=False)
                future.set_exception(error)
            else:
                self._end(key, stop=stop)
                future.set_result(result)

    def _take(self) -> tuple[_K, Future[_R]] | None:
        """Take the next that can begin, waiting for it if need be; None when there will be none."""
        with self._changed:
            while self._waiting and (not self._stopped or self._asked in self._waiting):
                for key in self._startable():
                    future = self._running[key] = self._waiting.pop(key) or Future()
                    return key, future
                self._changed.wait()
            self._working -= 1
            return None

    def _startable(self) -> Iterator[_K]:
        """Yield what can begin; after the last result, only what pytest asks for all the same."""
        before = list(self._running)
        for key, _ in zip(self._waiting, range(_WINDOW * self._most), strict=False):
            free = not any(self._disturbs(key, other) for other in before)
            if free and (not self._stopped or key == self._asked):
                yield key
            before.append(key)

    def _end(self, key: _K, *, stop: bool) -> None:
        with self._changed:
            self._ended[key] = self._running.pop(key)
            self._stopped = self._stopped or stop
            self._changed.notify_all()
