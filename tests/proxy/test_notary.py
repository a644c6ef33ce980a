"""Between the loop and the keeper."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from harness.exchange import Exchange
from harness.proxy.notary import Notary
from tests.recorder import SCOPE, exchange, keeper


def test_what_ended_is_in_the_journal(tmp_path: Path) -> None:
    """At the time at which whoever served it goes on."""
    sizes: list[int] = []

    async def serve(notary: Notary) -> None:
        for _ in range(3):
            made = exchange()
            begun = notary.began(made.request.method, made.request.url)
            await notary.ended(begun, partial(_same, made))
            sizes.append(kept._journal.size)

    with keeper(tmp_path) as kept:
        notary = Notary(kept)
        asyncio.run(serve(notary))
        notary.close()

        assert notary.most == SCOPE.body
        assert sizes == sorted(set(sizes))
        assert kept.finish().exchanges == 3


def test_what_cannot_be_made_an_exchange_is_counted(tmp_path: Path) -> None:
    """A mistake of ours is told, without what was in it, and never meets the client."""
    told: list[str] = []

    def fails() -> Exchange:
        message = "secret"
        raise ValueError(message)

    with keeper(tmp_path, alert=told.append) as kept:
        notary = Notary(kept)
        url = exchange().request.url
        asyncio.run(notary.ended(notary.began("GET", url), fails))
        asyncio.run(notary.ended(notary.began("GET", "https://elsewhere.example.org"), fails))
        notary.close()

        assert kept.finish().lost == 1
    assert len(told) == 1
    assert "could not be read (ValueError)" in told[0]


def _same(made: Exchange) -> Exchange:
    return made
