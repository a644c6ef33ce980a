"""Clients: one a side, live or from a cassette; what goes wrong is part of the exchange."""

from __future__ import annotations

from harness.cassette import Cassette
from harness.client.replay import Player
from harness.client.sender import Sender


def live_client(*, timeout: float = 30.0) -> Sender:
    """Open a client that calls the network; ``timeout`` is in seconds."""
    from harness.client.live import Client

    return Client(timeout=timeout)


def replay_client(cassette: Cassette) -> Sender:
    """Open a client that plays a cassette."""
    return Player(cassette)


__all__ = ["Player", "Sender", "live_client", "replay_client"]
