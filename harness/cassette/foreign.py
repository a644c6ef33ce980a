"""Cassettes that stock vcrpy wrote, read by vcrpy itself; the only place that imports it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from harness.cassette.interaction import flatten
from harness.exchange import Exchange, Headers, Request, Response, header

_LARGEST_BODY = 64 * 1024 * 1024
_ANY_DEFLATE = (zlib.MAX_WBITS, -zlib.MAX_WBITS)  # with and without zlib's header; both are in use
_GZIP = (zlib.MAX_WBITS | 16,)
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ANY_DEFLATE}


def read_foreign(text: str, serializer: str) -> list[Exchange]:
    """Return the exchanges of a cassette; ``serializer`` is ``yaml`` or ``json``.

    vcrpy's loader is a safe one. It knows neither times nor failures.

    Raises:
        ValueError: the text is no cassette, or a body in it cannot be decoded.
    """
    # vcrpy takes 0.2 s to import, and cassettes of our own do without.
    import yaml  # noqa: PLC0415 - only for the exception that vcrpy lets through
    from vcr.serialize import deserialize  # noqa: PLC0415 - see above
    from vcr.serializers import jsonserializer, yamlserializer  # noqa: PLC0415 - see above
    from vcr.util import read_body  # noqa: PLC0415 - see above

    try:
        data: Any = (yamlserializer if serializer == "yaml" else jsonserializer).deserialize(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from error
    if not (isinstance(data, Mapping) and isinstance(data.get("interactions"), list)) and not _is_old(data):
        message = "it is not a cassette"
        raise ValueError(message)
    loaded: Any = deserialize(text, _Parsed(data))
    requests, responses = loaded[:2]
    headers = [interaction["request"]["headers"] for interaction in data["interactions"]]
    return [
        Exchange(
            request=Request(
                method=str(request.method),
                url=str(request.uri),
                headers=tuple(flatten(fields)),
                content=_bytes(read_body(request)),
            ),
            response=_response(response),
        )
        for request, fields, response in zip(requests, headers, responses, strict=True)
    ]


def _is_old(data: Any) -> bool:
    """Whether vcrpy has a message of its own for what it wrote before its version 1."""
    return isinstance(data, list) and bool(data) and isinstance(data[0], Mapping) and "request" in data[0]


class _Parsed:
    """A serializer for data that is parsed already."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def deserialize(self, _text: str) -> Any:
        return self._data


def _response(stored: Mapping[str, Any]) -> Response:
    if "status_code" in stored:  # as vcrpy wrote httpx's responses before version 6
        status, content = stored["status_code"], _bytes(stored["content"])
    else:
        status, content = stored["status"]["code"], _bytes(stored["body"]["string"])
    headers = tuple(flatten(stored["headers"]))
    return Response(status=int(status), headers=headers, content=_decoded(headers, content))


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode("utf-8") if isinstance(body, str) else bytes(body)


def _decoded(headers: Headers, content: bytes) -> bytes:
    """Undo the content codings; a body that vcrpy had decoded when it recorded stays as it is."""
    codings = [coding.strip().lower() for coding in (header(headers, "content-encoding") or "").split(",")]
    for coding in reversed(codings):
        if not content or coding in ("", "identity"):
            continue
        content = _undone(coding, content)
    return content


def _undone(coding: str, content: bytes) -> bytes:
    for window in _WINDOWS.get(coding, ()):
        try:
            decoder = zlib.decompressobj(window)
            plain = decoder.decompress(content, _LARGEST_BODY)
        except zlib.error:
            continue
        if decoder.unconsumed_tail:
            message = f"a body is larger than {_LARGEST_BODY} bytes when decoded"
            raise ValueError(message)
        return plain
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        message = f"a body is coded as {coding}, which cannot be undone here"
        raise ValueError(message) from None
    return content
