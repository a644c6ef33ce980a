"""Cassettes made by hand for the clients that play them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from harness.cassette import Cassette, CassetteWriter
from harness.exchange import Exchange, Failure, Request, Response

URL: Final = "https://api.example.org/p"


def get(url: str, *headers: tuple[str, str]) -> Request:
    """Make a request without a body."""
    return Request(method="GET", url=url, headers=headers)


def exchange(request: Request, response: Response | None = None, failure: Failure | None = None) -> Exchange:
    """Make an exchange as if it was recorded."""
    return Exchange(
        request=request, response=response, failure=failure, started="2026-01-01T00:00:00.000Z", elapsed=1.5
    )


def cassette(tmp_path: Path, *exchanges: Exchange) -> Cassette:
    """Save and load a cassette."""
    writer = CassetteWriter()
    for one in exchanges:
        writer.add(one, "s")
    writer.save(tmp_path / "x.yaml", None)
    return Cassette.load(tmp_path / "x.yaml", remedy="record me")
