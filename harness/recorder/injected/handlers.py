"""What the job's signal handlers raise: it may come between any two lines of ours, and is the job's."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def is_of_handler(error: BaseException) -> bool:
    """Whether a handler of a signal raised it, as those do that end what takes too long."""
    codes = {_code(signal.getsignal(number)) for number in signal.valid_signals()} - {None}
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code in codes:
            return True
        at = at.tb_next
    return False


def _code(handler: Any) -> Any:
    """Return the code that a handler runs; None where it is none of Python's."""
    handler = getattr(handler, "func", handler)  # functools.partial
    handler = getattr(handler, "__func__", handler)
    if not hasattr(handler, "__code__"):
        # Not by getattr: of an enumeration, as SIG_DFL is one, that gives what its class is called by.
        kinds = map(vars, type(handler).__mro__)
        handler = next((kind["__call__"] for kind in kinds if "__call__" in kind), None)
    return getattr(handler, "__code__", None)
