"""One request in a cassette of more and more exchanges: our client, and httpx under stock vcrpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import vcr

from harness.cassette import Cassette, CassetteWriter
from harness.client import Player
from harness.exchange import Exchange, Headers, Request, Response
from tests.benchmarks.measure import Row, milliseconds
from tests.benchmarks.projects import stock_cassette
from tests.benchmarks.workspace import Workspace

_SENT: Headers = (("Accept", "application/json"), ("Authorization", "Bearer [ASTRO_API_TOKEN]"))
_MOST_REQUESTS = 500
_STOCK_UP_TO = 10_000  # stock vcrpy would need minutes for more
_STOCK_REQUESTS = {100: 100, 1_000: 50}
_FEW_REQUESTS = 10
_FLAT = 1.5


def lookup(workspace: Workspace) -> Iterator[Row]:
    """Play requests from all over the cassette; loading it is not part of the time."""
    sizes = (100, 1_000) if workspace.quick else (100, 1_000, 10_000, 100_000)
    first = 0.0
    for size in sizes:
        path = workspace.directory / f"{size}.yaml"
        _write(path, size)
        ours = _a_request(_ours(path), size, min(size, _MOST_REQUESTS), workspace.times)
        theirs = None
        if size <= _STOCK_UP_TO:
            stock = workspace.directory / f"stock-{size}.yaml"
            stock.write_text(stock_cassette(_exchange(number) for number in range(size)))
            theirs = _a_request(_stock(stock), size, _STOCK_REQUESTS.get(size, _FEW_REQUESTS), 1)
        first = first or ours
        yield Row(
            what=f"look up a request among {size:,} exchanges",
            ours=ours,
            bar=_FLAT * first,
            theirs=theirs,
            against="stock vcrpy" if theirs else "(stock vcrpy would need minutes)",
        )


def _write(path: Path, size: int) -> None:
    writer = CassetteWriter()
    for number in range(size):
        writer.add(_exchange(number), "call")
    writer.save(path, None)


def _exchange(number: int) -> Exchange:
    return Exchange(
        request=Request(
            method="GET",
            url=f"https://api.astronomer.io/v1/organizations/clbenchmark/users/clu{number:08}",
            headers=_SENT,
        ),
        response=Response(
            status=200,
            headers=(("content-type", "application/json"),),
            content=f'{{"id":"clu{number:08}","fullName":"Ines Calloway","status":"ACTIVE"}}'.encode(),
        ),
        started="2026-11-02T09:30:00.000Z",
        elapsed=0.120,
    )


_Round = Callable[[list[Request]], float]
"""Opens a cassette, sends the requests, and returns the milliseconds of the sending."""


def _a_request(play: _Round, size: int, count: int, times: int) -> float:
    """Return the median of several rounds in milliseconds a request."""
    requests = [_exchange(number * size // count).request for number in range(count)]
    rounds = sorted(play(requests) / count for _ in range(times))
    return rounds[len(rounds) // 2]


def _ours(path: Path) -> _Round:
    def play(requests: list[Request]) -> float:
        client = Player(Cassette.load(path))

        def send() -> None:
            for request in requests:
                client.send(request)

        return milliseconds(send, times=1)

    return play


def _stock(path: Path) -> _Round:
    def play(requests: list[Request]) -> float:
        player: Any = vcr.VCR(record_mode="none")
        with player.use_cassette(str(path)), httpx.Client() as client:

            def send() -> None:
                for request in requests:
                    client.request(request.method, request.url, headers=list(request.headers))

            return milliseconds(send, times=1)

    return play
