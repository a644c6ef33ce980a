"""What live clients share: connections, the budget, and retries."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.client import live_clients
from harness.errors import TargetError
from harness.exchange import FailureKind, Request
from harness.settings import LIMITS, Retries
from tests.client.recorded import get
from tests.raw_server import RawServer

KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def test_connections_are_kept_for_the_next_scenario(tmp_path: Path) -> None:
    """A client that is given back calls over the same connection when it is lent again."""

    def twice(connection: object) -> None:
        for _ in range(2):
            connection.sendall(KEPT)  # type: ignore[attr-defined]
            connection.recv(65536)  # type: ignore[attr-defined]

    server = RawServer((twice,))
    network = live_clients(timeout=5, retries=Retries(), limits={}, state=tmp_path)
    for _ in range(2):
        client = network.client(lambda _: True)
        (exchange,) = client.send(get(server.url))
        client.close()

        assert exchange.response is not None
    network.close()
    server.stop()


def test_a_busy_service_is_asked_again(tmp_path: Path) -> None:
    """The exchange is the last attempt's, says what came before it, and the pauses are the lender's."""
    server = RawServer((BUSY, BUSY, KEPT))
    network = live_clients(timeout=5, retries=Retries(), limits=LIMITS, state=tmp_path)
    pauses: list[float] = []
    client = network.client(lambda seconds: pauses.append(seconds) or True)  # type: ignore[func-returns-value]
    (exchange,) = client.send(get(server.url))
    client.close()
    network.close()
    server.stop()

    assert exchange.response is not None
    assert exchange.response.status == 200
    assert [retry.status for retry in exchange.retries] == [503, 503]
    assert len(server.received) == 3
    # Each further attempt waits for its turn, too.
    assert len(pauses) == 4


def test_a_closed_port_is_a_failure_that_was_not_sent(tmp_path: Path) -> None:
    """A create to which nobody listens is attempted again, for nothing can have arrived."""
    network = live_clients(timeout=5, retries=Retries(attempts=3), limits={}, state=tmp_path)
    client = network.client(lambda _: True)
    (exchange,) = client.send(Request(method="POST", url="http://127.0.0.1:1/"))
    client.close()
    network.close()

    assert [retry.failure for retry in exchange.retries] == [FailureKind.CONNECT] * 2


def test_an_interrupted_call_is_not_made(tmp_path: Path) -> None:
    """A call whose turn would come after the interrupt raises, and the client can be given back."""
    network = live_clients(timeout=5, retries=Retries(attempts=1), limits=LIMITS, state=tmp_path)
    client = network.client(lambda _: False)
    client.send(get("http://127.0.0.1:1/"))
    with pytest.raises(TargetError, match="interrupted"):
        client.send(get("http://127.0.0.1:1/"))
    client.close()
    network.close()
