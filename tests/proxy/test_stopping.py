"""Signals as wishes to end."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import pytest

from harness.proxy.stopping import Stop, stopping


@pytest.mark.parametrize("before", [0, 1, 3])
def test_wishes_are_counted(before: int) -> None:
    """Those from before anyone waited, and those of other threads."""
    stop = Stop()
    for _ in range(before):
        stop.ask()
    seen: list[int] = []

    async def wait() -> None:
        for times in (1, 2):
            waiting = asyncio.create_task(stop.asked(times))
            await asyncio.sleep(0)
            if times > before:
                thread = threading.Thread(target=stop.ask)
                thread.start()
                await asyncio.to_thread(thread.join)
            await asyncio.wait_for(waiting, 20)
            seen.append(times)
        stop.left()

    asyncio.run(wait())
    stop.ask()  # harms nobody

    assert seen == [1, 2]


def test_signals_do_not_interrupt() -> None:
    """Within the block they are counted; after it they are whose they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with stopping() as stop:
        for number in before:
            os.kill(os.getpid(), number)

        asyncio.run(stop.asked(3))

    assert {number: signal.getsignal(number) for number in before} == before


def test_nohup() -> None:
    """A closed terminal ends nothing where whoever started it said so."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
