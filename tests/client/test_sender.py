"""Both clients are what a target needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.client import Sender, live_clients, replay_client
from harness.errors import TargetError
from harness.exchange import Response
from harness.settings import Retries
from tests.client.recorded import URL, cassette, exchange, get


def test_a_request_that_cannot_be_sent_is_refused_by_both(tmp_path: Path) -> None:
    """A header field that HTTP does not allow is refused before anything is called or played."""
    played = cassette(tmp_path, exchange(get(URL), Response(status=200)))
    network = live_clients(timeout=1, retries=Retries(), limits={}, state=tmp_path)
    clients: list[Sender] = [network.client(lambda _: True), replay_client(played)]

    for client in clients:
        with pytest.raises(TargetError, match="cannot be sent: HTTP does not allow"):
            client.send(get(URL, ("x y", "1")))
        client.close()
    network.close()
    assert played.holds(get(URL))
