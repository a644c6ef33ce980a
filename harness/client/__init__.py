"""Clients: one a side, live or from a cassette; what goes wrong is part of the exchange."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.cassette import Cassette
from harness.client.replay import Player
from harness.client.sender import Lender, Sender
from harness.settings import Retries


def live_clients(*, timeout: float, retries: Retries, limits: Mapping[str, float], state: Path) -> Lender:
    """Prepare clients that call the network; nothing is opened before the first call.

    ``timeout`` is in seconds for one answer, ``limits`` are requests a second by method. In the directory
    ``state`` the budget is kept that all processes share.
    """
    from harness.client.network import Network

    return Network(timeout=timeout, retries=retries, limits=limits, directory=state / "budget")


def replay_client(cassette: Cassette) -> Sender:
    """Open a client that plays a cassette."""
    return Player(cassette)


__all__ = ["Lender", "Player", "Sender", "live_clients", "replay_client"]
