"""Calls that may succeed later are made again: after a while, not too often, and no create is done twice.

What may have been done already is only asked for again where that does no harm: a safe method, or one that
does the same when it is done twice. A create is sent again only if it is certain that the service did not
act on it: no connection was made, or it answered 429.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Generic, TypeVar
from urllib.parse import urlsplit

from harness.client.budget import Wait
from harness.exchange import Exchange, FailureKind, Response, Retry, header
from harness.settings import Retries
from harness.struct import Struct, replace

_PASSING: Final = frozenset({429, 502, 503, 504})
"""Statuses that say: not now."""

_FAILURES: Final = frozenset({FailureKind.CONNECT, FailureKind.DISCONNECT, FailureKind.TIMEOUT})

_REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods that do the same when they are done twice."""

_FIRST: Final = 0.5
_LONGEST: Final = 8.0
"""Seconds of the first pause and of the longest; each one is about twice as long as the one before."""

_GONE: Final = frozenset({404, 410})

_T = TypeVar("_T")


class Made(Struct, Generic[_T], frozen=True, kw_only=True):
    """What came of one call. ``sent`` is false if it is certain that the request did not arrive.

    ``rest`` is what the caller needs of the last call beside the exchange.
    """

    exchange: Exchange
    sent: bool
    rest: _T


class Retrying:
    """Makes calls again; one is shared by all clients of a run."""

    def __init__(
        self,
        policy: Retries,
        *,
        now: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Take what is allowed; ``now`` gives seconds, ``chance`` a number from 0 to 1."""
        self._policy = policy
        self._now = now
        self._chance = chance
        # Hosts to which no connection could be made, however often it was tried, and none since.
        self._down: set[str] = set()

    def persist(self, call: Callable[[], Made[_T]], wait: Wait) -> Made[_T]:
        """Make a call until it succeeds, cannot succeed, or was made often enough; return the last.

        Its exchange says what was retried.
        """
        began = self._now()
        retries: list[Retry] = []
        doubtful: Made[_T] | None = None
        while True:
            made = call()
            exchange = made.exchange
            pause = self._pause(made, len(retries), self._now() - began)
            if pause is None or not wait(pause):
                break
            if made.sent and not _refused(exchange):
                doubtful = made
            status = exchange.response.status if exchange.response else 0
            failure = exchange.failure.kind if exchange.failure else None
            retries.append(Retry(wait=round(pause, 3), status=status, failure=failure))
        gone = made.exchange.response is not None and made.exchange.response.status in _GONE
        if doubtful is not None and gone and exchange.request.method == "DELETE":
            # An attempt before may have deleted it, and what was answered to that is not known.
            made = doubtful
        return replace(made, exchange=replace(made.exchange, retries=tuple(retries))) if retries else made

    def _pause(self, made: Made[_T], tried: int, elapsed: float) -> float | None:
        """Return how many seconds to wait before the next attempt; None if there is to be none."""
        exchange = made.exchange
        host = urlsplit(exchange.request.url).netloc
        if exchange.response is not None:
            self._down.discard(host)
        if not _worth(made, self._policy) or (not made.sent and host in self._down):
            return None
        after = _retry_after(exchange.response) if exchange.response is not None else None
        if after is None:
            pause = min(_FIRST * 2.0**tried, _LONGEST) * (1 + self._chance()) / 2
        else:
            # Not sooner than the service says, and not all at once.
            pause = after + self._chance() * _FIRST
        if tried + 1 < self._policy.attempts and elapsed + pause <= self._policy.seconds:
            return pause
        if not made.sent:
            self._down.add(host)
        return None


def _worth(made: Made[_T], policy: Retries) -> bool:
    """Whether a call may be made again, and may then come to something else."""
    exchange = made.exchange
    if exchange.response is not None:
        status = exchange.response.status
        passing = status in _PASSING or status in policy.also
    else:
        passing = exchange.failure is not None and exchange.failure.kind in _FAILURES
    return passing and (not made.sent or _refused(exchange) or exchange.request.method in _REPEATABLE)


def _refused(exchange: Exchange) -> bool:
    """Whether the service says that it has not done what was asked for."""
    return exchange.response is not None and exchange.response.status == 429


def _retry_after(response: Response) -> float | None:
    """Return the seconds that a response asks to wait; None if it does not, or not as HTTP has it."""
    text = (header(response.headers, "retry-after") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    when = _instant(text)
    if when is None:
        return None
    # By the service's own clock where it tells it: ours may differ.
    now = _instant(header(response.headers, "date") or "") or datetime.now(UTC)
    return max((when - now).total_seconds(), 0.0)


def _instant(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
