"""Reads a cassette that was anonymized, and refuses it where an original is left.

It shares no code with what replaced them: whatever is encoded is decoded, and originals are looked for as
they are; values whose place says what they are are looked at one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from harness.anonymize.kinds import Kind, is_constant, kind_of
from harness.anonymize.originals import is_distinct
from harness.cassette import Cassette
from harness.errors import CassetteError, Problem
from harness.exchange import Exchange, Headers
from harness.inquiry import below_base
from harness.leaks.layers import layers, unpacked

_WORDS = re.compile(r"[^\W_]+")
_CATALOGUE = re.compile(r"/(?:cluster-options|deployment-options|permission-groups|role-templates)(?:\?|$)")
_SHOWN: Final = 3
_DEEPEST: Final = 200


class Remains:
    """Looks for originals in what was written."""

    def __init__(self, known: Mapping[str, Kind]) -> None:
        """Take the originals with their kinds."""
        self._known = known
        self._by_word: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        self._unparted: list[str] = []
        self._clean: set[bytes] = set()
        for original, kind in known.items():
            if not is_distinct(kind, original):
                continue
            words = _WORDS.findall(original)
            apart = re.compile(rf"(?<![^\W_]){re.escape(original)}(?![^\W_])")
            if all(word.isascii() for word in words):
                self._by_word.setdefault(max(words, key=len), []).append((original, apart))
            else:
                self._unparted.append(original)

    def __call__(self, written: Path, path: Path) -> None:
        """Look through a file that is to become ``path``.

        Raises:
            CassetteError: an original is in it; what it is is not told.
        """
        found = [
            f"exchange {number}, {part}: {what}"
            for number, exchange in enumerate(Cassette.load(written).exchanges, 1)
            for part, what in self.exchange(exchange)
        ]
        if not found:
            return
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        shown = "; ".join(dict.fromkeys(found[:_SHOWN]))
        what = f"the cassette was not written, because it would not be anonymous: {shown}{more}"
        advice = "It is a mistake of the harness: report it, and leave such paths out with `--ignore`."
        raise CassetteError(Problem(where=str(path), what=what, advice=advice))

    def exchange(self, exchange: Exchange) -> Iterator[tuple[str, str]]:
        """Yield the part of an exchange that an original is in, and what kind of one it is."""
        request, response = exchange.request, exchange.response
        url = request.url[len(below_base(request.url)[0]) :]
        parts = [("URL", url.encode("utf-8", "replace")), ("request headers", _lines(request.headers))]
        parts.append(("request body", request.content))
        if response is not None:
            parts += [("response headers", _lines(response.headers)), ("response body", response.content)]
        if exchange.failure is not None:
            parts.append(("failure", exchange.failure.message.encode("utf-8", "replace")))
        for part, data in parts:
            yield from ((part, what) for what in self._anywhere(data))
        for name, value in parse_qsl(url.partition("?")[2].partition("#")[0]):
            if self._is_left(name, value):
                yield "URL", self._known[value]
        bodies = [("request body", request.content)]
        if response is not None and not _CATALOGUE.search(url):
            bodies.append(("response body", response.content))
        for part, content in bodies:
            yield from ((part, what) for what in self._in_place(_json(unpacked(content) or content), ""))

    def _anywhere(self, data: bytes) -> list[str]:
        digest = blake2b(data, digest_size=16).digest()
        if digest in self._clean:
            return []
        found = []
        for layer, how in layers(data):
            text = layer.decode("utf-8", "replace")
            inside = f", in {how}" if how else ""
            for word in self._by_word.keys() & set(_WORDS.findall(text)):
                for original, apart in self._by_word[word]:
                    if apart.search(text):
                        found.append(f"an original {self._known[original]}{inside}")
            found += [f"an original {self._known[each]}{inside}" for each in self._unparted if each in text]
        if not found:
            self._clean.add(digest)
        return found

    def _in_place(self, value: Any, field: str, depth: int = 0) -> Iterator[str]:
        if depth > _DEEPEST:
            return
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from self._in_place(inner, name, depth + 1)
        elif isinstance(value, list):
            for inner in value:
                yield from self._in_place(inner, field, depth + 1)
        elif isinstance(value, str):
            if self._is_left(field, value):
                yield f"the {self._known[value]} by `{field}`"
            elif value[:1] in ("{", "["):
                yield from self._in_place(_json(value.encode("utf-8", "replace")), field, depth + 1)

    def _is_left(self, field: str, value: str) -> bool:
        kind = kind_of(field)
        return kind is not None and value in self._known and not is_constant(kind, value)


def _lines(headers: Headers) -> bytes:
    return "\n".join(f"{name}: {value}" for name, value in headers).encode("utf-8", "replace")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
