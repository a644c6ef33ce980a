"""The responses of the sandbox: JSON for everything, one form for every error, and the sandbox's mark."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from starlette.responses import Response

from harness.sandbox.call import Raw, Refusal
from harness.sandbox.surface import Endpoint

MARK: Final = ("x-sandbox", "astro-migration-harness")
"""The header field of every response, by which evidence from the sandbox is told from the service's."""


def answered(found: Endpoint, data: Any) -> Response:
    """Return the response of a success: the handler's data as the operation's contract shows it."""
    headers = dict([MARK])
    if isinstance(data, Raw):
        return Response(data.content, found.status, {**data.headers, **headers})
    if not found.body:
        return Response(None, found.status, headers)
    return _json(data if found.show is None else found.show(data), found.status, headers)


def refused(refusal: Refusal, request_id: str) -> Response:
    """Return the response of a refusal, with the documented error body."""
    body: dict[str, Any] = {
        "message": refusal.message,
        "requestId": request_id,
        "statusCode": refusal.status,
    }
    if refusal.fields:
        body["fieldErrors"] = [asdict(error) for error in refusal.fields]
    return _json(body, refusal.status, {**refusal.headers, **dict([MARK])})


def _json(data: Any, status: int, headers: dict[str, str]) -> Response:
    content = json.dumps(data, separators=(",", ":")).encode()
    return Response(content, status, headers, media_type="application/json")
