"""A client that plays a cassette, and needs no client library for a request without redirects."""

from __future__ import annotations

import re

from harness.cassette import Cassette
from harness.client.fields import check_fields
from harness.exchange import Exchange, Request

# httpx sends such a URL as it is; others it spells in its own way first.
_PLAIN_URL = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?(?:/[\w~-][\w.~-]*)+(?:\?[\w.~=&-]*)?", re.ASCII)


class Player:
    """Answers from a cassette; it opens no socket.

    httpx is imported when a URL has to be spelled as it would, or redirects are followed: it takes longer
    to import than a scenario takes to run.
    """

    def __init__(self, cassette: Cassette) -> None:
        """Take the cassette, which keeps count of what was played."""
        self._cassette = cassette

    def send(
        self, request: Request, *, follow_redirects: bool = False, timeout: float | None = None
    ) -> tuple[Exchange, ...]:
        """Play a request; return every hop as it was recorded, the last is the answer or the failure.

        Raises:
            TargetError: the request cannot be sent: its URL or a header field is not allowed in HTTP.
            CassetteError: the cassette does not hold the request.
        """
        if follow_redirects:
            from harness.client.live import Client, ReplayTransport

            with Client(ReplayTransport(self._cassette)) as client:
                return client.send(request, follow_redirects=True, timeout=timeout)
        check_fields(request)
        if not _PLAIN_URL.fullmatch(request.url):
            from harness.client.live import spelled

            request = spelled(request)
        return (self._cassette.play(request),)

    def close(self) -> None:
        """Do nothing: nothing is open."""
