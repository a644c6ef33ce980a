"""SIGTERM is an interrupt while calls are live."""

from __future__ import annotations

import signal
import threading

import pytest

from harness.plugin.signals import ended_in_order


def test_a_termination_is_an_interrupt_meanwhile() -> None:
    """Then what pytest does on Ctrl-C is done; afterwards it ends the process as ever."""
    with pytest.raises(KeyboardInterrupt), ended_in_order():
        signal.raise_signal(signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_handler_of_somebody_else_stays() -> None:
    """It has its reasons."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    try:
        with ended_in_order():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    assert told == [signal.SIGTERM]


def test_another_thread_changes_nothing() -> None:
    """It could not."""
    seen: list[object] = []

    def look() -> None:
        with ended_in_order():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [signal.SIG_DFL]
