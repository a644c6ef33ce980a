"""Tests of the cassettes, and what they share."""

from __future__ import annotations

import json
from pathlib import Path

from harness.cassette import CassetteWriter
from harness.exchange import Exchange, Headers, Json, Request, Response
from harness.result import Provenance, Source

PROVENANCE = Provenance(
    source=Source.SANDBOX,
    environment="sandbox",
    recorded="2026-11-23T22:00:00Z",
    tool="astro-migration-harness 0.1.0",
    contracts={"iam": "2026-08-01", "platform": "2026-08-01"},
    base_urls={"iam": "http://127.0.0.1:8765/iam/v1beta1"},
)


def get(path: str = "/p", *, authorization: str | None = "Bearer [ASTRO_API_TOKEN]") -> Request:
    """Make a request without a body."""
    headers = () if authorization is None else (("authorization", authorization),)
    return Request(method="GET", url=f"https://api.example.org{path}", headers=headers)


def post(body: Json, path: str = "/p") -> Request:
    """Make a request with a JSON body as httpx writes it."""
    content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    headers = (("content-type", "application/json"), ("content-length", str(len(content))))
    return Request(method="POST", url=f"https://api.example.org{path}", headers=headers, content=content)


def answer(content: bytes = b'{"id":1}', *, status: int = 200, media: str = "application/json") -> Response:
    """Make a response as a server would send it."""
    headers: Headers = (("content-type", media), ("content-length", str(len(content))))
    return Response(status=status, headers=headers, content=content)


def exchange(request: Request | None = None, response: Response | None = None) -> Exchange:
    """Make an exchange with times."""
    return Exchange(
        request=request or get(),
        response=response or answer(),
        started="2026-11-23T22:00:00.123Z",
        elapsed=0.25,
    )


def write(path: Path, *exchanges: Exchange, variables: dict[str, Json] | None = None) -> Path:
    """Save a cassette with a step name for each exchange."""
    writer = CassetteWriter()
    for number, one in enumerate(exchanges, 1):
        writer.add(one, f"step {number}")
    writer.save(path, PROVENANCE, variables)
    return path
