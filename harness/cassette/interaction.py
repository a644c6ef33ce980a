"""An exchange as an interaction of vcrpy's file format, and back.

vcrpy reads ``request`` and ``response`` and ignores every other key, so what its format cannot hold
stands under ``harness`` in the same interaction::

    harness:                      # first, so that a file that was cut off is told from a foreign one
      step: first page            # the step that made the call
      started: '2026-11-23T22:00:00.000Z'
      elapsed: 0.123              # seconds
      failure: {kind, message}    # instead of a response
      retries: [{wait: 1.5, status: 429}]    # the attempts before this one, or failure: timeout
      repeat: true                # made again only to see whether the side agrees with itself
      http_version: HTTP/2        # when it is not HTTP/1.1
      request: {...}              # what the file's request and response say otherwise than the wire:
      response:
        json: compact             # JSON is laid out in the file; how it was written on the wire
        length: '512'             # content-length of the wire; the file's is that of the file's text
        coding: {name: content-encoding, value: gzip, at: 3}   # the file's text is decoded
        headers: [[name, value]]  # all fields, where repeated ones lie apart from each other
        base64: true              # JSON files only: the bytes are no text

A request without a body has an empty one in the file, as vcrpy writes it for httpx. A failure has no
response. Other players see status 599 and an empty body, which no service sends, so that nobody takes it
for an answer.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from harness.cassette.body import lay_out, restore
from harness.exchange import Exchange, Failure, FailureKind, Headers, Request, Response, Retry

NO_RESPONSE: Final = 599
"""The status that other players see where there was no response."""

_HTTP_1_1 = "HTTP/1.1"


def to_interaction(exchange: Exchange, step: str, *, readable: bool) -> dict[str, Any]:
    """Return an exchange as plain data; ``readable`` lays JSON out (YAML), else all is text (JSON)."""
    ours: dict[str, Any] = {"step": step, "started": exchange.started, "elapsed": round(exchange.elapsed, 6)}
    if exchange.retries:
        ours["retries"] = [_retried(retry) for retry in exchange.retries]
    if exchange.repeat:
        ours["repeat"] = True
    request = exchange.request
    headers, body, said = _store(request.headers, request.content, readable=readable)
    if said:
        ours["request"] = said
    stored_request = {"method": request.method, "uri": request.url, "body": body, "headers": headers}
    response, failure = exchange.response, exchange.failure
    if response is not None:
        headers, body, said = _store(response.headers, response.content, readable=readable)
        if response.http_version != _HTTP_1_1:
            ours["http_version"] = response.http_version
        if said:
            ours["response"] = said
        status = {"code": response.status, "message": _phrase(response.status)}
        stored_response = {"status": status, "headers": headers, "body": {"string": body}}
    else:
        kind, message = (failure.kind.value, failure.message) if failure else (FailureKind.PROTOCOL.value, "")
        ours["failure"] = {"kind": kind, "message": message}
        status = {"code": NO_RESPONSE, "message": f"No response ({kind})"}
        stored_response = {"status": status, "headers": {}, "body": {"string": ""}}
    return {"harness": ours, "request": stored_request, "response": stored_response}


def to_request(interaction: Mapping[str, Any]) -> Request:
    """Read the request of an interaction of ours.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: the data is not what :func:`to_interaction` gives.
    """
    stored = interaction["request"]
    headers, content = _recall(stored["headers"], stored["body"], interaction["harness"].get("request", {}))
    return Request(method=str(stored["method"]), url=str(stored["uri"]), headers=headers, content=content)


def to_exchange(interaction: Mapping[str, Any], request: Request | None = None) -> Exchange:
    """Read an interaction of ours; ``request`` is its request, where that was read before.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: as for :func:`to_request`.
    """
    ours = interaction["harness"]
    request = request or to_request(interaction)
    taken: dict[str, Any] = {
        "started": str(ours["started"]),
        "elapsed": float(ours["elapsed"]),
        "retries": tuple(_retry(stored) for stored in ours.get("retries", ())),
        "repeat": ours.get("repeat") is True,
    }
    if "failure" in ours:
        failure = Failure(kind=FailureKind(ours["failure"]["kind"]), message=str(ours["failure"]["message"]))
        return Exchange(request=request, failure=failure, **taken)
    stored = interaction["response"]
    headers, content = _recall(stored["headers"], stored["body"]["string"], ours.get("response", {}))
    response = Response(
        status=int(stored["status"]["code"]),
        headers=headers,
        content=content,
        http_version=str(ours.get("http_version", _HTTP_1_1)),
    )
    return Exchange(request=request, response=response, **taken)


def _retried(retry: Retry) -> dict[str, Any]:
    why = {"failure": retry.failure.value} if retry.failure else {"status": retry.status}
    return {"wait": retry.wait, **why}


def _retry(stored: Mapping[str, Any]) -> Retry:
    failure = FailureKind(stored["failure"]) if "failure" in stored else None
    return Retry(wait=float(stored["wait"]), status=int(stored.get("status", 0)), failure=failure)


def _store(
    headers: Headers, content: bytes, *, readable: bool
) -> tuple[dict[str, list[str]], str | bytes, dict[str, Any]]:
    """Return header fields and body for the file, and what the file then says otherwise than the wire."""
    said: dict[str, Any] = {}
    body: str | bytes
    if readable:
        body, style = lay_out(content)
        if style:
            said["json"] = style
    else:
        try:
            body = content.decode("utf-8")
        except UnicodeDecodeError:
            body = base64.b64encode(content).decode()
            said["base64"] = True
    fields = list(headers)
    if content:
        # Where nothing is said of it, the file has the bytes of the wire.
        said |= _fit(fields, len(body.encode() if said and isinstance(body, str) else content))
    grouped: dict[str, list[str]] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    # Nothing lies apart where no name comes twice and no field was changed.
    plain = len(grouped) == len(fields) == len(headers) and "length" not in said and "coding" not in said
    if not plain and _recall_headers(grouped, said) != headers:
        said = {key: value for key, value in said.items() if key in ("json", "base64")}
        said["headers"] = [list(field) for field in headers]
    return grouped, body, said


def _fit(fields: list[tuple[str, str]], length: int) -> dict[str, Any]:
    """Make the fields true of the stored text, which is decoded; return what they said."""
    said: dict[str, Any] = {}
    names = [name.lower() for name, _ in fields]
    if "content-encoding" in names:
        at = names.index("content-encoding")
        name, value = fields[at]
        said["coding"] = {"name": name, "value": value, "at": at}
        fields[:] = [field for field in fields if field[0].lower() != "content-encoding"]
    for at, (name, value) in enumerate(fields):
        if name.lower() == "content-length" and value != str(length):
            said["length"] = value
            fields[at] = (name, str(length))
    return said


def _recall(
    stored: Mapping[str, Any], body: str | bytes | None, said: Mapping[str, Any]
) -> tuple[Headers, bytes]:
    """Return header fields and body of the wire: the inverse of :func:`_store`."""
    if said.get("base64"):
        content = base64.b64decode(body or b"", validate=True)
    else:
        content = restore(body or b"", str(said.get("json", "")))
    return _recall_headers(stored, said), content


def _recall_headers(stored: Mapping[str, Any], said: Mapping[str, Any]) -> Headers:
    if "headers" in said:
        return tuple((str(name), str(value)) for name, value in said["headers"])
    fields = flatten(stored)
    if "length" in said:
        length = str(said["length"])
        fields = [(name, length if name.lower() == "content-length" else value) for name, value in fields]
    if "coding" in said:
        coding = said["coding"]
        fields.insert(int(coding["at"]), (str(coding["name"]), str(coding["value"])))
    return tuple(fields)


def flatten(stored: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return vcrpy's mapping of names to values as fields; old files have a text where lists are now."""
    fields = []
    for name, values in stored.items():
        listed = values if isinstance(values, list | tuple) else [values]
        shown = name if name.__class__ is str else _text(name)
        fields += [(shown, value if value.__class__ is str else _text(value)) for value in listed]
    return fields


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
