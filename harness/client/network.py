"""What the live clients of a run share: the budget of requests, what is retried, and open connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from harness.client.budget import Budget, Wait
from harness.client.retrying import Made, Retrying
from harness.client.sender import Sender
from harness.exchange import Exchange, Request
from harness.settings import Retries
from harness.struct import Struct

if TYPE_CHECKING:
    from harness.client.live import Client

_T = TypeVar("_T")


class Network:
    """Lends clients to the sides of scenarios; the connections of one serve another later."""

    def __init__(
        self, *, timeout: float, retries: Retries, limits: Mapping[str, float], directory: Path
    ) -> None:
        """Take seconds for one answer, requests a second by method, and where the budget is kept."""
        self._timeout = timeout
        self._budget = Budget(directory, limits)
        self._retrying = Retrying(retries)
        self._idle: list[Client] = []
        self._lock = Lock()

    def client(self, wait: Wait) -> Sender:
        """Lend a client; closing it gives it back. ``wait`` lets time pass until the run is interrupted."""
        from harness.client.live import Client

        with self._lock:
            client = self._idle.pop() if self._idle else Client(timeout=self._timeout)
        client.manner = _Manner(self._budget, self._retrying, wait)
        return _Lent(client, self._take_back)

    def _take_back(self, client: Client) -> None:
        with self._lock:
            self._idle.append(client)

    def close(self) -> None:
        """Close the connections that are not lent, and the budget."""
        with self._lock:
            idle, self._idle = self._idle, []
        for client in idle:
            client.close()
        self._budget.close()


class _Manner(Struct, frozen=True):
    """Each attempt waits for its turn, and what may succeed later is attempted again."""

    budget: Budget
    retrying: Retrying
    wait: Wait

    def make(self, request: Request, call: Callable[[], Made[_T]]) -> Made[_T]:
        """Make a call.

        Raises:
            HarnessError: the run was interrupted while it waited, or the budget cannot be kept.
        """

        def attempt() -> Made[_T]:
            self.budget.take(request, self.wait)
            return call()

        return self.retrying.persist(attempt, self.wait)


class _Lent(Struct):
    """A client that somebody has for a while."""

    client: Client
    take_back: Callable[[Client], None]

    def send(
        self, request: Request, *, follow_redirects: bool = False, timeout: float | None = None
    ) -> tuple[Exchange, ...]:
        """Send a request, as a client does."""
        return self.client.send(request, follow_redirects=follow_redirects, timeout=timeout)

    def close(self) -> None:
        """Give the client back, with its connections open."""
        self.take_back(self.client)
