"""Cassettes that stock vcrpy wrote, read by vcrpy itself; the only place that imports it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.cassette.damage import DAMAGE, damaged_exchange
from harness.cassette.interaction import flatten
from harness.coding import decoded
from harness.exchange import Exchange, Request, Response


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
    for number, interaction in enumerate(data["interactions"] if isinstance(data, Mapping) else (), 1):
        _check(number, interaction)
    if serializer == "yaml" and isinstance(data, Mapping) and "version" not in data:
        # vcrpy writes it last, and does not write by rename.
        message = (
            f"it ends after exchange {len(data['interactions'])}, without the line `version: 1` that vcrpy "
            "writes last (add the line, if you wrote the file yourself)"
        )
        raise ValueError(message)
    loaded: Any = deserialize(text, _Parsed(data))
    requests, responses = loaded[:2]
    exchanges = []
    for number, interaction in enumerate(data["interactions"], 1):
        request = requests[number - 1]
        try:
            asked = Request(
                method=str(request.method),
                url=str(request.uri),
                headers=tuple(flatten(interaction["request"]["headers"])),
                content=_bytes(read_body(request)),
            )
            exchanges.append(Exchange(request=asked, response=_response(responses[number - 1])))
        except DAMAGE as error:
            raise damaged_exchange(number, error) from error
    return exchanges


def _check(number: int, interaction: Any) -> None:
    """Find what vcrpy would stumble over, which could not say in which interaction."""
    if not isinstance(interaction, Mapping):
        raise damaged_exchange(number, ValueError("it is no mapping"))
    for part in ("request", "response"):
        if not isinstance(interaction.get(part), Mapping):
            raise damaged_exchange(number, ValueError(f"its {part} is no mapping"))
    for key in ("method", "uri", "body", "headers"):
        if key not in interaction["request"]:
            raise damaged_exchange(number, KeyError(key))


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
    return Response(status=int(status), headers=headers, content=decoded(headers, content))


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode("utf-8") if isinstance(body, str) else bytes(body)
