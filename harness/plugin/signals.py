"""SIGTERM ends a run as Ctrl-C does: CI stops a job that way, and what was made must be unmade."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM be an interrupt meanwhile; a handler that somebody else has set stays.

    Only the main thread can have handlers: elsewhere this changes nothing.
    """
    mine = threading.current_thread() is threading.main_thread()
    if not mine or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
