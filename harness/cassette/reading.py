"""From a file to its recorded exchanges; whatever cannot be trusted is refused, and nothing is written."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from harness.cassette.damage import DAMAGE, DamagedError, damaged_exchange, fail, fail_damaged
from harness.cassette.foreign import read_foreign
from harness.cassette.interaction import to_exchange, to_request
from harness.cassette.layout import read_layout
from harness.cassette.plain_yaml import check_depth, read_yaml
from harness.exchange import Exchange, Json, Request
from harness.files import file_bytes
from harness.result import Provenance, Source
from harness.struct import Struct, field, replace

FORMAT: Final = 1
"""The version of what stands under ``harness``; a higher one is refused."""

VERSION: Final = 1
"""The version of vcrpy's format."""

FIRST_LINES: Final = f"version: {VERSION}\ninteractions:\n"
"""How every YAML cassette of ours begins."""

_MARK = "- harness:\n"
_VARIABLES = "\n    variables:"
_REQUEST = re.compile(r"^  request:\n    method: (?P<method>.+)\n    uri: (?P<uri>.+)\n", re.MULTILINE)
_REPEAT, _END_OF_OURS = "\n    repeat: ", "\n  request:\n"
_SEAL = re.compile(r"    seal: crc32-(?P<seal>[0-9a-f]{8})\n    exchanges: [0-9]+\n?\Z")
_JSON_SEAL = re.compile(r', "seal": "crc32-(?P<seal>[0-9a-f]{8})"\}\}\}\n?\Z')
_CUT = "it ends after {} exchanges, without its last lines"


class Recorded:
    """One recorded exchange. Only method and URL are read at once; the rest when it is asked for."""

    __slots__ = ("_parsed", "_request", "_source", "_step", "method", "number", "url")

    def __init__(
        self, number: int, method: str, url: str, source: str | Mapping[str, Any] | Exchange, step: str = ""
    ) -> None:
        """Take the position in the file (from 1), what is known at once, and the rest in any form.

        ``step`` is the name of the step where the rest is an exchange, which does not know it.
        """
        self.number = number
        self.method = method
        self.url = url
        self._source = source
        self._step = step
        self._parsed: Mapping[str, Any] | None = None
        self._request: Request | None = None

    @property
    def request(self) -> Request:
        """The request as it was recorded."""
        if isinstance(self._source, Exchange):
            return self._source.request
        if self._request is None:
            try:
                self._request = to_request(self._parse())
            except DAMAGE as error:
                raise damaged_exchange(self.number, error) from error
        return self._request

    @property
    def exchange(self) -> Exchange:
        """The whole exchange; what was parsed for it is not kept, because it is played once."""
        if isinstance(self._source, Exchange):
            return self._source
        try:
            exchange = to_exchange(self._parse(), self._request)
        except DAMAGE as error:
            raise damaged_exchange(self.number, error) from error
        self._parsed = None
        return exchange

    @property
    def step(self) -> str:
        """The name of the step that made the call; empty in files of other tools."""
        return self._step if isinstance(self._source, Exchange) else str(self._parse()["harness"]["step"])

    @property
    def repeat(self) -> bool:
        """Whether the call was only made again to see whether the side agrees with itself."""
        if isinstance(self._source, Exchange):
            return self._source.repeat
        if isinstance(self._source, str) and _REPEAT not in self._source.partition(_END_OF_OURS)[0]:
            return False  # nearly always, and told without reading the rest
        return self._parse()["harness"].get("repeat") is True

    def _parse(self) -> Mapping[str, Any]:
        if self._parsed is None:
            data: Any = read_layout(self._source)[0] if isinstance(self._source, str) else self._source
            _demand(isinstance(data, Mapping), "it is no mapping")
            self._parsed = data
        return self._parsed


class Recording(Struct, frozen=True, kw_only=True):
    """What a file holds. ``foreign``: stock vcrpy wrote it. ``edited``: it was changed since.

    ``redaction`` is the edition of the redactor that all of it has been through; empty where nobody knows.
    """

    exchanges: tuple[Recorded, ...]
    provenance: Provenance | None = None
    variables: dict[str, Json] = field(default_factory=dict)
    foreign: bool = False
    edited: bool = False
    redaction: str = ""


def read_recording(path: Path, remedy: str) -> Recording:
    """Read and check a file; see :meth:`harness.cassette.Cassette.load`."""
    text = _read_text(path, remedy)
    try:
        if path.suffix == ".json":
            return _read_json(text)
        if _is_sealed(text):
            return _read_sealed(text)
        if f"\n{_MARK}" in text or text.startswith(f"{FIRST_LINES.rstrip()} []\nmetadata:\n  harness:\n"):
            return _read_whole(read_yaml(text), edited=True)
        check_depth(text)
        return Recording(exchanges=_numbered(read_foreign(text, "yaml")), foreign=True)
    except RecursionError:
        fail_damaged(path, DamagedError("it is nested too deeply"), remedy)
    except _Unusable as error:
        fail(path, str(error), remedy)
    except DAMAGE as error:
        fail_damaged(path, error, remedy)


class _Unusable(Exception):  # noqa: N818 - it is a state of a file that is then worded as an error
    """The file is readable, and no cassette that can be played."""


def _read_text(path: Path, remedy: str) -> str:
    try:
        data = file_bytes(path)
    except FileNotFoundError:
        fail(path, "there is no such cassette", remedy)
    except OSError as error:
        fail(path, f"the cassette cannot be read: {error.strerror}", remedy)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        fail_damaged(path, DamagedError("it is not UTF-8 text", line=line), remedy)
    if not text.strip():
        fail(path, "the cassette is empty", remedy, damaged=True)
    return text.replace("\r\n", "\n") if "\r\n" in text else text


def _is_sealed(text: str) -> bool:
    """Whether the file is, to the byte, what was saved: then its layout is known."""
    return text.startswith(FIRST_LINES + _MARK) and _holds(_SEAL, text)


def _holds(seal: re.Pattern[str], text: str) -> bool:
    """Whether a file ends with a seal, and that is of what stands before it."""
    found = seal.search(text, max(0, len(text) - 100))
    return bool(found and zlib.crc32(text[: found.start()].encode()) == int(found["seal"], 16))


def _read_sealed(text: str) -> Recording:
    """Take the interactions apart without reading them."""
    end = text.rindex("\nmetadata:\n")
    chunks = text[len(FIRST_LINES) + len(_MARK) : end + 1].split(f"\n{_MARK}")
    head, mark, own = text[end + 1 :].partition(_VARIABLES)
    _demand(bool(mark), "its variables are missing")
    metadata = {**_shared(f"{head}\n"), **read_layout(f"{mark[1:]}{own}")}
    return _known(_recording(list(_recorded(chunks)), metadata, edited=False), metadata)


def _known(recording: Recording, metadata: Mapping[str, Any]) -> Recording:
    """Add what only holds of a file that is what was written."""
    return replace(recording, redaction=str(metadata.get("redaction", "")))


@lru_cache(maxsize=16)
def _shared(text: str) -> Mapping[str, Any]:
    """Read the metadata down to the provenance, which many cassettes have in common."""
    head: Mapping[str, Any] = read_layout(text)["metadata"]["harness"]
    return head


def _recorded(chunks: list[str]) -> Iterator[Recorded]:
    for number, chunk in enumerate(chunks, 1):
        found = _REQUEST.search(chunk)
        if found is None:
            message = f"exchange {number} has no request"
            raise DamagedError(message, exchange=number)
        method, url = (read_yaml(text) if text[0] in "'\"" else text for text in found.groups())
        yield Recorded(number, method, url, f"{_MARK}{chunk}\n")


def _read_json(text: str) -> Recording:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise DamagedError(error.msg, line=error.lineno) from error
    if isinstance(data, Mapping) and isinstance(data.get("interactions"), list):
        metadata = data.get("metadata")
        marked = [isinstance(item, Mapping) and "harness" in item for item in data["interactions"]]
        if any(marked) or (not marked and isinstance(metadata, Mapping) and "harness" in metadata):
            recording = _read_whole(data, edited=False)
            ours = data["metadata"]["harness"]
            # Earlier versions wrote no seal here.
            sealed = _holds(_JSON_SEAL, text)
            return _known(recording, ours) if sealed else replace(recording, edited="seal" in ours)
    return Recording(exchanges=_numbered(read_foreign(text, "json")), foreign=True)


def _read_whole(data: Any, *, edited: bool) -> Recording:
    """Check a parsed file of ours through and through."""
    _demand(
        isinstance(data, Mapping) and isinstance(data.get("interactions"), list), "it has no interactions"
    )
    if data.get("version") != VERSION:
        message = f"it is a cassette of version {data.get('version')}, and version {VERSION} is supported"
        raise _Unusable(message)
    recorded = []
    for number, item in enumerate(data["interactions"], 1):
        try:
            exchange = to_exchange(item)
        except DAMAGE as error:
            raise damaged_exchange(number, error) from error
        recorded.append(Recorded(number, exchange.request.method, exchange.request.url, item))
    metadata = data.get("metadata")
    _demand(
        isinstance(metadata, Mapping) and isinstance(metadata.get("harness"), Mapping),
        _CUT.format(len(recorded)),
    )
    return _recording(recorded, metadata["harness"], edited=edited)


def _recording(recorded: list[Recorded], metadata: Mapping[str, Any], *, edited: bool) -> Recording:
    """Check the metadata, which are written last, against the exchanges."""
    written = metadata.get("format")
    if isinstance(written, int) and written > FORMAT:
        message = f"the cassette has format {written}, which a newer version of this tool wrote"
        raise _Unusable(message)
    count = metadata.get("exchanges")
    _demand(count is not None, _CUT.format(len(recorded)))
    _demand(count == len(recorded), f"it should hold {count} exchanges and holds {len(recorded)}")
    variables = metadata["variables"]
    _demand(isinstance(variables, dict), "its variables are no mapping")
    return Recording(
        exchanges=tuple(recorded),
        provenance=_provenance(metadata["provenance"]),
        variables=variables,
        edited=edited,
    )


def _demand(holds: bool, message: str) -> None:  # noqa: FBT001 - it reads like an assertion
    if not holds:
        raise ValueError(message)


def _provenance(data: Mapping[str, Any] | None) -> Provenance | None:
    if data is None:
        return None
    return Provenance(
        source=Source(data["source"]),
        environment=str(data["environment"]),
        recorded=str(data["recorded"]),
        tool=str(data["tool"]),
        contracts={str(api): str(date) for api, date in data["contracts"].items()},
        base_urls={str(api): str(url) for api, url in data["base_urls"].items()},
        anonymized=data.get("anonymized") is True,
    )


def _numbered(exchanges: list[Exchange]) -> tuple[Recorded, ...]:
    if not exchanges:
        message = "the cassette holds no exchanges"
        raise _Unusable(message)
    return tuple(
        Recorded(number, exchange.request.method, exchange.request.url, exchange)
        for number, exchange in enumerate(exchanges, 1)
    )
