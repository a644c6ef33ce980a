"""Writing cassettes: whole or not at all, and never with a secret in them."""

from __future__ import annotations

import base64
import binascii
import html
import json
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias
from urllib.parse import quote, quote_plus

from harness.cassette.dumping import dump
from harness.cassette.interaction import to_interaction
from harness.cassette.reading import FIRST_LINES, FORMAT, VERSION
from harness.errors import CassetteError, Problem
from harness.exchange import Exchange, Headers, Json
from harness.files import sync_directory
from harness.result import Provenance
from harness.struct import as_dict

Review: TypeAlias = Callable[[Path, Path], None]
"""Takes what was written, and the file that it is to become; raises where it must not become that."""

MODE: Final = 0o644
"""The permissions of a cassette: it is meant to be committed and read by others."""

_SHORTEST_SECRET = 6  # a shorter value is found inside ordinary words
_JWT = re.compile(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}")


class Unplaced:
    """A whole cassette that is beside its place: put it there, or discard it."""

    def __init__(self, path: Path, temporary: Path) -> None:
        """Take the place, and the file that is to stand there."""
        self._path = path
        self._temporary = temporary
        self._before: Path | None = None

    def keep(self) -> None:
        """Keep what stands at the place, for :meth:`put_back`, until this is discarded.

        Raises:
            CassetteError: the disk refused.
        """
        before = Path(f"{self._temporary}.before")
        try:
            shutil.copy2(self._path, before)
        except FileNotFoundError:
            return
        except OSError as error:
            _refused(self._path, error)
        finally:
            self._before = before if before.exists() else None

    def put_back(self) -> None:
        """Undo :meth:`place`: what was kept stands there again, or nothing where there was nothing."""
        with suppress(OSError):
            if self._before is None:
                self._path.unlink()
            else:
                self._before.replace(self._path)

    def place(self) -> None:
        """Put the file in place of another one in one step.

        Raises:
            CassetteError: the disk refused; an old file is then as it was.
        """
        try:
            self._temporary.replace(self._path)
        except OSError as error:
            _refused(self._path, error)
        sync_directory(self._path.parent)

    def discard(self) -> None:
        """Remove the file, unless it has been placed, and what was kept."""
        for file in (self._temporary, self._before):
            with suppress(OSError):
                if file is not None:
                    file.unlink()


class CassetteWriter:
    """Collects redacted exchanges and writes them as one file.

    The check for secrets shares no code with the redaction: it looks for the real values, and for JWTs,
    in what is about to be written.
    """

    def __init__(
        self, *, secrets: Collection[str] = (), review: Review | None = None, redaction: str = ""
    ) -> None:
        """Take the real secret values that must not occur in the file in any spelling.

        ``review`` looks through what was written before it takes the place of an old file. ``redaction`` is
        the edition of the redactor that all that is added has been through; empty where there is none.
        """
        self._needles = _needles_of(secrets)
        self._review = review
        self._redaction = redaction
        self._exchanges: list[tuple[Exchange, str]] = []

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was added, in that order."""
        return tuple(exchange for exchange, _ in self._exchanges)

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
        _place(self.write(path, provenance, variables))

    def write(
        self, path: Path, provenance: Provenance | None, variables: Mapping[str, Json] | None = None
    ) -> Unplaced:
        """Do all that :meth:`save` does but the rename, for files that only stand together.

        Raises:
            CassetteError: a secret is in it, or the disk refused; nothing is left behind.
        """
        told = _metadata(provenance, variables or {}, self._redaction)
        data = _rendered(path, self._exchanges, told, self._needles)
        return _written(path, data, self._review, path.parent)


def write_cassette(
    path: Path,
    exchanges: Iterable[tuple[Exchange, str]],
    provenance: Provenance | None,
    *,
    secrets: Collection[str] = (),
    review: Review | None = None,
    workplace: Path | None = None,
    redaction: str = "",
) -> None:
    """Write redacted exchanges, each with the name of its step, as they come: none is kept in memory.

    What holds for :class:`CassetteWriter` holds here. ``workplace`` is a directory of the same disk for
    the file that is not whole yet; it is the file's own directory by default.

    Raises:
        CassetteError: a secret is in it, or the disk refused; an old file is then as it was.
    """
    data = _rendered(path, exchanges, _metadata(provenance, {}, redaction), _needles_of(secrets))
    _place(_written(path, data, review, workplace or path.parent))


def _rendered(
    path: Path,
    exchanges: Iterable[tuple[Exchange, str]],
    harness: dict[str, Any],
    needles: Collection[bytes],
) -> Iterator[bytes]:
    check = partial(_check, path, needles)
    check(json.dumps(harness).encode(), "the metadata")
    render = _to_json if path.suffix == ".json" else _to_yaml
    return render(_checked(exchanges, check), harness, check)


def _metadata(provenance: Provenance | None, variables: Mapping[str, Json], redaction: str) -> dict[str, Any]:
    """Return what stands behind the exchanges, but for their number and the seal."""
    return {
        "format": FORMAT,
        **({"redaction": redaction} if redaction else {}),
        "provenance": _told(provenance) if provenance else None,
        "variables": dict(variables),
    }


def _told(provenance: Provenance) -> dict[str, Any]:
    """Return what a cassette tells of where it comes from; that it was anonymized, where it was."""
    told = as_dict(provenance) | {"source": provenance.source.value}
    del told["edited"]  # its seal says that, and nobody must be able to write that it was not
    if not provenance.anonymized:
        del told["anonymized"]
    return told


_Check = Callable[[bytes, str], None]


def _check(path: Path, needles: Collection[bytes], data: bytes, where: str) -> None:
    """Refuse data that holds a secret; the message does not show it."""
    if any(needle in data for needle in needles) or _JWT.search(data):
        _fail(path, f"the cassette was not written: a secret is in {where}")


def _checked(exchanges: Iterable[tuple[Exchange, str]], check: _Check) -> Iterator[tuple[int, Exchange, str]]:
    for number, (exchange, step) in enumerate(exchanges, 1):
        for part, data in _parts(exchange):
            check(data, f"the {part} of exchange {number} (step {step!r})")
        yield number, exchange, step


def _needles_of(secrets: Collection[str]) -> tuple[bytes, ...]:
    return tuple({needle for secret in secrets for needle in _needles(secret)})


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


_Numbered = Iterable[tuple[int, Exchange, str]]


def _to_yaml(exchanges: _Numbered, harness: dict[str, Any], check: _Check) -> Iterator[bytes]:
    """Render a YAML cassette; the seal is over all that stands before it, the count comes last."""
    seal = number = 0
    for number, exchange, step in exchanges:
        chunk = dump([to_interaction(exchange, step, readable=True)]).encode()
        check(chunk, f"exchange {number} (step {step!r})")
        if number == 1:
            chunk = FIRST_LINES.encode() + chunk
        seal = zlib.crc32(chunk, seal)
        yield chunk
    end = "" if number else f"{FIRST_LINES.rstrip()} []\n"
    last = (end + dump({"metadata": {"harness": harness}})).encode()
    yield last
    yield f"    seal: crc32-{zlib.crc32(last, seal):08x}\n    exchanges: {number}\n".encode()


def _to_json(exchanges: _Numbered, harness: dict[str, Any], check: _Check) -> Iterator[bytes]:
    """Render a JSON cassette, one interaction a line; the seal is over all that stands before it."""
    first = f'{{"version": {VERSION}, "interactions": ['.encode()
    seal, number = zlib.crc32(first), 0
    yield first
    for number, exchange, step in exchanges:
        line = json.dumps(to_interaction(exchange, step, readable=False), ensure_ascii=False).encode()
        check(line, f"exchange {number} (step {step!r})")
        chunk = (b"\n" if number == 1 else b",\n") + line
        seal = zlib.crc32(chunk, seal)
        yield chunk
    metadata = json.dumps(harness | {"exchanges": number}, ensure_ascii=False)
    last = f'\n], "metadata": {{"harness": {metadata.removesuffix("}")}'.encode()
    yield last
    yield f', "seal": "crc32-{zlib.crc32(last, seal):08x}"}}}}}}\n'.encode()


def _place(file: Unplaced) -> None:
    try:
        file.place()
    except BaseException:
        file.discard()
        raise


def _written(path: Path, chunks: Iterable[bytes], review: Review | None, workplace: Path) -> Unplaced:
    """Write a whole file beside its place, and look through it."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            dir=workplace, prefix=f".{path.stem}.", suffix=f".tmp{path.suffix}"
        )
        with os.fdopen(handle, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        if review is not None:
            review(Path(temporary), path)
        Path(temporary).chmod(MODE)
    except BaseException as error:
        if temporary:
            Unplaced(path, Path(temporary)).discard()
        if not isinstance(error, OSError):
            raise
        _refused(path, error)
    return Unplaced(path, Path(temporary))


def _refused(path: Path, error: OSError) -> NoReturn:
    advice = "Make room or let this user write there, and record again."
    _fail(path, f"the cassette was not written: {error.strerror or error}", error, advice)


def _fail(path: Path, what: str, cause: Exception | None = None, advice: str = "") -> NoReturn:
    raise CassetteError(Problem(where=str(path), what=what, advice=advice)) from cause
