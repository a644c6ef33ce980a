"""Writing cassettes: whole or not at all, and never with a secret in them."""

from __future__ import annotations

import base64
import binascii
import html
import json
import os
import re
import tempfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import quote, quote_plus

import yaml

from harness.cassette.interaction import to_interaction
from harness.cassette.reading import FIRST_LINES, FORMAT, VERSION
from harness.errors import CassetteError, Problem
from harness.exchange import Exchange, Headers, Json
from harness.result import Provenance

MODE: Final = 0o644
"""The permissions of a cassette: it is meant to be committed and read by others."""

_SHORTEST_SECRET = 6  # a shorter value is found inside ordinary words
_JWT = re.compile(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}")
_UNREADABLE = re.compile(
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# Leading space needs a hint, trailing space gets lost, and trailing blank lines end a document.
_ODD_SPACE = re.compile(r"\A[ \n]| $|\n\n\Z", re.MULTILINE)
_WIDE = re.compile(r"[\U00010000-\U0010ffff]")


class CassetteWriter:
    """Collects redacted exchanges and writes them as one file.

    The check for secrets shares no code with the redaction: it looks for the real values, and for JWTs,
    in what is about to be written.
    """

    def __init__(self, *, secrets: Collection[str] = ()) -> None:
        """Take the real secret values that must not occur in the file in any spelling."""
        self._needles = tuple({needle for secret in secrets for needle in _needles(secret)})
        self._exchanges: list[tuple[Exchange, str]] = []

    def add(self, exchange: Exchange, step: str = "") -> None:
        """Add an exchange, redacted by the caller, under the name of its step."""
        self._exchanges.append((exchange, step))

    def save(
        self, path: Path, provenance: Provenance | None, variables: Mapping[str, Json] | None = None
    ) -> None:
        """Write the file by atomic rename (YAML, or JSON by suffix); it replaces one that is there.

        Raises:
            CassetteError: a secret is in it, or the disk refused; an old file is then as it was.
        """
        for number, (exchange, step) in enumerate(self._exchanges, 1):
            for part, data in _parts(exchange):
                self._check(path, data, f"the {part} of exchange {number} (step {step!r})")
        harness = {
            "format": FORMAT,
            "provenance": asdict(provenance) | {"source": provenance.source.value} if provenance else None,
            "variables": dict(variables or {}),
        }
        self._check(path, json.dumps(harness).encode(), "the metadata")
        text = (_to_json if path.suffix == ".json" else _to_yaml)(self._exchanges, harness)
        self._check(path, text.encode(), "the file")
        _replace(path, text)

    def _check(self, path: Path, data: bytes, where: str) -> None:
        """Refuse data that holds a secret; the message does not show it."""
        if any(needle in data for needle in self._needles) or _JWT.search(data):
            _fail(path, f"the cassette was not written: a secret is in {where}")


def _needles(secret: str) -> Iterator[bytes]:
    """Spell a secret as it could be written."""
    data = secret.encode("utf-8", "surrogatepass")
    if len(data) < _SHORTEST_SECRET:
        return
    yield data
    for text in (quote(data, safe=""), quote(data), quote_plus(data)):
        yield text.encode()
        yield re.sub("%..", lambda match: match[0].lower(), text).encode()
    yield html.escape(secret).encode("utf-8", "surrogatepass")
    for escaped in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        # Also in JSON that is a string in JSON.
        for text in (escaped, escaped.replace("/", "\\/"), json.dumps(escaped, ensure_ascii=False)[1:-1]):
            yield text.encode("utf-8", "surrogatepass")
    yield binascii.hexlify(data)
    yield binascii.hexlify(data).upper()
    for shift in range(3):
        # Whole groups of three bytes only: their four characters do not depend on what is around.
        inner = data[shift : shift + (len(data) - shift) // 3 * 3]
        if len(inner) >= _SHORTEST_SECRET:
            yield base64.b64encode(inner)
            yield base64.urlsafe_b64encode(inner)


def _parts(exchange: Exchange) -> Iterator[tuple[str, bytes]]:
    """Give the parts of an exchange as bytes, before any format hides what is in them."""
    request, response, failure = exchange.request, exchange.response, exchange.failure
    yield "URL", request.url.encode("utf-8", "replace")
    yield "request headers", _lines(request.headers)
    yield "request body", request.content
    if response is not None:
        yield "response headers", _lines(response.headers)
        yield "response body", response.content
    if failure is not None:
        yield "failure", failure.message.encode("utf-8", "replace")


def _lines(headers: Headers) -> bytes:
    return "\n".join(f"{name}: {value}" for name, value in headers).encode("utf-8", "replace")


def _to_yaml(exchanges: list[tuple[Exchange, str]], harness: dict[str, Any]) -> str:
    """Render a YAML cassette; the seal is over all that stands before it, the count comes last."""
    chunks = [_dump([to_interaction(exchange, step, readable=True)]) for exchange, step in exchanges]
    text = FIRST_LINES + "".join(chunks) if chunks else f"{FIRST_LINES.rstrip()} []\n"
    text += _dump({"metadata": {"harness": harness}})
    return f"{text}    seal: crc32-{zlib.crc32(text.encode()):08x}\n    exchanges: {len(exchanges)}\n"


def _to_json(exchanges: list[tuple[Exchange, str]], harness: dict[str, Any]) -> str:
    """Render a JSON cassette, one interaction a line."""
    interactions = [to_interaction(exchange, step, readable=False) for exchange, step in exchanges]
    lines = ",\n".join(json.dumps(interaction, ensure_ascii=False) for interaction in interactions)
    metadata = json.dumps({"harness": harness | {"exchanges": len(exchanges)}}, ensure_ascii=False)
    return f'{{"version": {VERSION}, "interactions": [\n{lines}\n], "metadata": {metadata}}}\n'


def _dump(data: Any) -> str:
    """Dump as YAML; libyaml writes no character beyond U+FFFF as itself, PyYAML's own emitter does."""
    fast = _render(data, _FastDumper)
    return _render(data, _WideDumper) if "\\U000" in fast else fast


def _render(data: Any, dumper: Any) -> str:
    text = yaml.dump(
        data, Dumper=dumper, allow_unicode=True, sort_keys=False, width=1 << 30, default_flow_style=False
    )
    return str(text)


_FastDumper: Any = type("_FastDumper", (getattr(yaml, "CSafeDumper", yaml.SafeDumper),), {})
_WideDumper: Any = type("_WideDumper", (yaml.SafeDumper,), {})


def _represent_text(dumper: Any, text: str) -> Any:
    """Choose the style of a text: lines as lines where YAML gives them back unchanged, else quoted."""
    style = "|" if "\n" in text else None
    if _UNREADABLE.search(text) or (style and _ODD_SPACE.search(text)):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


for _dumper in (_FastDumper, _WideDumper):
    _dumper.add_representer(str, _represent_text)
    # The same object in two places is written twice: our reader follows no aliases.
    _dumper.ignore_aliases = lambda _self, _data: True


def _replace(path: Path, text: str) -> None:
    """Put a whole file in place of another one in one step."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(MODE)
        Path(temporary).replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        _fail(path, f"the cassette was not written: {error.strerror or error}", error)


def _sync_directory(directory: Path) -> None:
    """Make the rename itself last; not every system lets one open a directory."""
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _fail(path: Path, what: str, cause: Exception | None = None) -> NoReturn:
    raise CassetteError(Problem(where=str(path), what=what)) from cause
