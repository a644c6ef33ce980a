"""What a target needs of a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from harness.exchange import Exchange, Request


class Sender(Protocol):
    """Sends requests one at a time, each as an exchange that is never lost: a failure is one too."""

    def send(
        self, request: Request, *, follow_redirects: bool = False, timeout: float | None = None
    ) -> tuple[Exchange, ...]:
        """Send a request; return every hop, the last is the answer or the failure; never empty.

        ``timeout`` is in seconds (None: the client's).

        Raises:
            TargetError: the request cannot be sent: its URL or a header field is not allowed in HTTP.
            CassetteError: it is played, and the cassette does not hold it.
        """

    def close(self) -> None:
        """Close the connections."""


class Lender(Protocol):
    """Lends live clients; what they have in common belongs to it."""

    def client(self, wait: Callable[[float], bool]) -> Sender:
        """Lend a client; closing it gives it back.

        ``wait`` lets so many seconds pass; it says False, and at once, when the run is interrupted.
        """

    def close(self) -> None:
        """Close the connections."""
