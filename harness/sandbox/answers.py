"""The answers of the sandbox: JSON for everything, one form for every error, and the sandbox's mark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from harness.sandbox.call import Raw, Refusal
from harness.settings import SANDBOX_MARK
from harness.struct import Struct, as_dict, field

MARK: Final = SANDBOX_MARK
"""The header field of every response, by which evidence from the sandbox is told from the service's."""

JSON: Final = "application/json"


class Answer(Struct, frozen=True, kw_only=True):
    """What is about to be answered: JSON ``data`` or ``content``, or neither.

    ``headers`` are without the length and the mark, names in lower case. ``delay`` is how many seconds
    pass before it is sent.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Any = None
    content: bytes | None = None
    delay: float = 0


def succeeded(status: int, data: Any) -> Answer:
    """Return the answer of a success; None has no body."""
    if isinstance(data, Raw):
        return Answer(status=status, headers=dict(data.headers), content=data.content)
    return Answer(status=status, headers={} if data is None else {"content-type": JSON}, data=data)


def refused(refusal: Refusal, request_id: str) -> Answer:
    """Return the answer of a refusal, with the documented error body."""
    body: dict[str, Any] = {
        "message": refusal.message,
        "requestId": request_id,
        "statusCode": refusal.status,
    }
    if refusal.fields:
        body["fieldErrors"] = [as_dict(error) for error in refusal.fields]
    return Answer(status=refusal.status, headers={**refusal.headers, "content-type": JSON}, data=body)


def rendered(answer: Answer) -> Response:
    """Return the response that is sent for an answer."""
    content = answer.content
    if content is None and answer.data is not None:
        content = json.dumps(answer.data, separators=(",", ":")).encode()
    headers = {**answer.headers, **dict([MARK])}
    # The type of JSON comes last, so that what is recorded again is the same in every byte.
    media = headers.pop("content-type") if headers.get("content-type") == JSON else None
    return Response(content, answer.status, headers, media_type=media)
