"""The vendor's limits of requests: so many a second for each token and kind of method."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from harness.sandbox.assumptions import LIMITED_MESSAGE
from harness.sandbox.call import Refusal
from harness.settings import LIMITS

_MOST_TOKENS: Final = 1024


class Limits:
    """Counts the requests of each token by the real time, over all versions together.

    A budget fills up steadily and holds one second's worth. That the versions share it is an assumption.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with full budgets; ``now`` gives seconds."""
        self._now = now
        self._budgets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, token: str, method: str) -> None:
        """Take one request from a token's budget.

        Raises:
            Refusal: 429, because the budget is empty.
        """
        rate = LIMITS.get(method)
        if rate is None:
            return
        now = self._now()
        left, since = self._budgets.pop((token, method), (float(rate), now))
        left = min(rate, left + (now - since) * rate)
        self._budgets[token, method] = (left - 1 if left >= 1 else left, now)
        if len(self._budgets) > _MOST_TOKENS:
            self._budgets.popitem(last=False)
        if left < 1:
            raise Refusal(429, LIMITED_MESSAGE)
