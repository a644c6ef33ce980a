"""The calls of both sides at the same time, and the time between two calls; Ctrl-C ends both in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event, Lock
from typing import Final, TypeVar

_GLANCE: Final = 0.1
"""Seconds after which a signal is seen that came just before Python began to wait for the calls."""

_K = TypeVar("_K")
_T = TypeVar("_T")


class Pace:
    """Makes a few calls at once, and waits between calls; for one scenario after the other of one thread.

    After an interrupt, :meth:`together` still sees to it that no call is under way any more when it ends:
    what a call made is known then, and can be unmade. The interrupt of the main thread is Ctrl-C; those of
    other threads are told by :meth:`interrupt`, and raised there as what Ctrl-C raises.
    """

    def __init__(self, *, threads: bool = True) -> None:
        """Make calls in threads, or one after the other where that is no slower (a replay)."""
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        # No call may wait, or be followed by another one.
        self._interrupted = Event()
        # Somebody else interrupted, and this thread has not been told.
        self._told = Event()
        self._calm = False
        self._lock = Lock()

    def together(self, calls: Mapping[_K, Callable[[], _T]]) -> dict[_K, _T]:
        """Make the calls, and return what they return; all of them have ended when this does.

        What a call raises is raised here, after the others have ended.

        Raises:
            KeyboardInterrupt: the scenario was interrupted.
        """
        if not self._threads:
            return {key: call() for key, call in calls.items()}
        self._heed()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(thread_name_prefix="harness-side")
        # Ours, not those of the pool: an interrupt while it starts a thread would lose the pool's.
        running: dict[_K, Future[_T]] = {key: Future() for key in calls}
        try:
            for key, call in calls.items():
                self._pool.submit(_make, running[key], call)
            _see_out(running.values())
        except BaseException:
            self._interrupted.set()
            _see_out([future for future in running.values() if not future.cancel()])
            self._interrupted.clear()
            raise
        self._heed()
        return {key: future.result() for key, future in running.items()}

    def wait(self, seconds: float) -> bool:
        """Let time pass; say False, and at once, if the run was interrupted."""
        if not self._threads:
            time.sleep(seconds)
            return True
        return not self._interrupted.wait(seconds)

    def goes_on(self) -> bool:
        """Whether one more call may be made: the run was not interrupted."""
        return not self._interrupted.is_set()

    def interrupt(self) -> None:
        """Let the scenario end where it is; to be called from another thread than the scenario's."""
        with self._lock:
            if not self._calm:
                self._told.set()
                self._interrupted.set()

    @contextmanager
    def calm(self) -> Iterator[None]:
        """Let nobody else interrupt what is done within, as it unmakes what was made."""
        with self._lock:
            self._calm = True
            self._told.clear()
            self._interrupted.clear()
        try:
            yield
        finally:
            with self._lock:
                self._calm = False

    def _heed(self) -> None:
        """Raise what another thread's interrupt is."""
        with self._lock:
            if self._told.is_set():
                self._told.clear()
                self._interrupted.clear()
                raise KeyboardInterrupt

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def _make(future: Future[_T], call: Callable[[], _T]) -> None:
    """Make a call, unless it was cancelled before it began."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001 - it is raised again where the call was asked for
        future.set_exception(error)


def _see_out(running: Collection[Future[_T]]) -> None:
    """Wait until all calls have ended."""
    while wait(running, timeout=_GLANCE).not_done:
        pass
