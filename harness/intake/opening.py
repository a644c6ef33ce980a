"""Opens a file of recorded exchanges: finds out by its content what it is, and reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from harness.cassette import Cassette
from harness.document import Document, DocumentError, read_document, read_text
from harness.errors import Problem
from harness.exchange import Json, header, read_json
from harness.intake.access_log import is_access_log, read_access_log
from harness.intake.checker import Checker
from harness.intake.documents import read_exchange
from harness.intake.har import read_har
from harness.intake.sample import Recording, Sample
from harness.result import Source

_CASSETTE = re.compile(r"^(?:interactions\s*:|- request:)", re.MULTILINE)
_REMEDY: Final = "pytest --mode record"


def read_recording(path: Path, operations: Collection[str]) -> Recording:
    """Read the exchanges of a file: an exchange document, a HAR file, an access log or a cassette.

    Args:
        path: The file.
        operations: The ids that an exchange document may name.

    Raises:
        HarnessError: The file cannot be read or has mistakes; every one of them is listed. Of an access log
            or a HAR, nothing could be understood.
    """
    text = read_text(path)
    if not text.strip():
        advice = "Save it again, with content."
        if path.suffix not in {".har", ".jsonl", ".ndjson", ".log"}:
            advice = "Write an exchange document: `response: {status: 200}`."
        raise DocumentError(Problem(where=f"{path}:1", what="the file is empty", advice=advice))
    if is_access_log(path, text):
        recording = read_access_log(path, text)
        if not recording.samples:
            raise DocumentError(*recording.unread)
        return recording
    data, document = _parsed(text, path)
    if _is_cassette(data, text):
        return Recording(samples=_of_cassette(path))
    shown = str(path)
    checker = Checker(shown, lambda: document or read_document(text, shown, scalar_keys=True))
    if path.suffix == ".har" or (isinstance(data, dict) and "log" in data):
        recording = read_har(data, checker)
    else:
        sample = read_exchange(data, checker, operations)
        recording = Recording(samples=(sample,) if sample else (), single=True)
    if checker.problems:
        raise DocumentError(*checker.problems)
    return recording


def _parsed(text: str, path: Path) -> tuple[Json, Document | None]:
    """Return the data; JSON quickly and without lines, which only its mistakes need."""
    strict = path.suffix in (".json", ".har")
    if strict or text.lstrip()[:1] in ("{", "["):
        repeated: list[str] = []
        try:
            data = read_json(text.encode("utf-8", "surrogatepass"), repeated)
        except json.JSONDecodeError as error:
            if strict:
                advice = "Check brackets, quotes and commas here and in the lines above."
                where = f"{path}:{error.lineno}"
                raise DocumentError(
                    Problem(where=where, what=f"this is not JSON ({error.msg})", advice=advice)
                ) from error
        except (ValueError, RecursionError) as error:
            read_document(text, str(path))  # it names the line of most of what JSON forbids
            what = "the file holds NaN, Infinity or a number that is too large"
            raise DocumentError(Problem(where=str(path), what=what, advice="Put it in quotes.")) from error
        else:
            if not repeated:
                return data, None
    if _CASSETTE.search(text):
        # It has its own reader, which is faster.
        return None, None
    document = read_document(text, str(path), scalar_keys=True)
    return document.data, document


def _is_cassette(data: Json, text: str) -> bool:
    if isinstance(data, dict):
        return "interactions" in data
    return data is None and _CASSETTE.search(text) is not None


def _of_cassette(path: Path) -> tuple[Sample, ...]:
    cassette = Cassette.load(path, remedy=_REMEDY)
    return tuple(
        Sample(
            exchange=exchange,
            where=f"{path} exchange {number}",
            # Stock vcrpy is usually told to leave the token out.
            authorized=_authorized(exchange.request.headers, stock=cassette.provenance is None),
            sandbox=cassette.provenance is not None and cassette.provenance.source is Source.SANDBOX,
        )
        for number, exchange in enumerate(cassette.exchanges, 1)
        if not exchange.repeat
    )


def _authorized(headers: tuple[tuple[str, str], ...], *, stock: bool) -> bool | None:
    if header(headers, "authorization") is not None:
        return True
    return None if stock else False
