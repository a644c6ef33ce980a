"""What the job's signal handlers raise."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.exchange import BodyKind
from harness.recorder.injected.handlers import is_of_handler


def alarm(*_: object) -> None:
    """End what takes too long."""
    raise TimeoutError


class Alarm:
    """Ends it in other ways."""

    def __call__(self, *_: object) -> None:
        """End it."""
        raise TimeoutError

    def end(self, *_: object) -> None:
        """End it."""
        raise TimeoutError


@pytest.fixture
def restored() -> Iterator[None]:
    """Put the handler back."""
    before = signal.getsignal(signal.SIGUSR1)
    yield
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("handler", [alarm, Alarm(), Alarm().end, functools.partial(alarm, 1)])
def test_what_a_handler_raises_is_known(handler: Callable[..., Any]) -> None:
    """Whatever can be called may be one."""
    signal.signal(signal.SIGUSR1, handler)
    with pytest.raises(TimeoutError) as raised:
        os.kill(os.getpid(), signal.SIGUSR1)

    assert is_of_handler(raised.value)


def test_nothing_else_is_a_handlers() -> None:
    """The same error from where no handler ran."""
    with pytest.raises(TimeoutError) as raised:
        alarm()

    with pytest.raises(ValueError, match="is not a valid") as other:
        BodyKind("neither")

    assert not is_of_handler(raised.value)
    assert not is_of_handler(other.value)
    assert not is_of_handler(ValueError())
