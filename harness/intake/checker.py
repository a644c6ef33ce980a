"""Takes data of a file apart, and collects what is wrong with it: one problem a mistake, with its line."""

from __future__ import annotations

import base64
import binascii
import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from harness.document import Document, DocumentError, NodePath
from harness.errors import Problem
from harness.exchange import Headers, Json
from harness.values import type_name

_WORDS: Final[Mapping[str, str]] = {
    "null": "empty",
    "boolean": "true or false",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
}

_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Z-]+")


def nearest(word: str, known: Collection[str]) -> str:
    """Return the known word that is most like the word, whatever the case; empty where none is."""
    lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), lower, n=1)
    return lower[close[0]] if close else ""


def unknown_operation(name: str, known: Collection[str], where: str) -> Problem:
    """Return the mistake of naming an operation that no contract has."""
    near = nearest(name, known)
    advice = f"Write `{near}`." if near else "`harness contract where METHOD URL` names it."
    what = f"there is no operation `{name[:60]}` in v1beta1 or v1"
    return Problem(where=where, what=what, advice=advice)


class Checker:
    """What is wrong with one file; ``locate`` gives its document with lines, which only mistakes need."""

    def __init__(self, shown: str, locate: Callable[[], Document]) -> None:
        """Take the file's name for messages."""
        self.shown = shown
        self.problems: list[Problem] = []
        self._locate = locate
        self._document: Document | None = None
        self._misspelt: set[NodePath] = set()

    def where(self, place: NodePath) -> str:
        """Return ``file:line`` of a node."""
        if not place and self._document is None:
            return f"{self.shown}:1"
        if self._document is None:
            try:
                self._document = self._locate()
            except DocumentError:
                # JSON may say what YAML, which knows the lines, does not.
                self._document = Document(data=None, lines={})
        return f"{self.shown}:{self._document.line(place)}"

    def fail(self, place: NodePath, what: str, advice: str = "") -> None:
        """Note a mistake."""
        self.problems.append(Problem(where=self.where(place), what=what, advice=advice))

    def mapping(
        self, value: Json, place: NodePath, noun: str, known: Sequence[str] = ()
    ) -> dict[str, Json] | None:
        """Return a mapping, None where it is none; with ``known``, every other key is a mistake."""
        if not isinstance(value, dict):
            self.wrong(place, noun, "a mapping", value)
            return None
        for key in value if known else ():
            if key not in known:
                near = nearest(key, known)
                self._misspelt.add((*place, near))
                advice = f"Write `{near}`." if near else f"The keys are {', '.join(known)}."
                self.fail((*place, key), f"`{key}` is not a key of {noun}", advice)
        return value

    def wrong(self, place: NodePath, name: str, wanted: str, value: Json) -> None:
        """Note a value of another type; the value itself is not shown, because it may be a secret."""
        self.fail(place, f"{name} must be {wanted}, not {_WORDS[type_name(value)]}")

    def lacks(self, key: str, place: NodePath) -> None:
        """Note that a key is missing, unless it is there under a wrong name, which is a mistake already."""
        if (*place, key) not in self._misspelt:
            noun = f"`{place[-1]}`" if place and isinstance(place[-1], str) else "the document"
            self.fail(place, f"{noun} needs `{key}`")

    def text(self, data: Mapping[str, Json], key: str, place: NodePath, *, empty: bool = False) -> str:
        """Return the text under a key; where it is none, that is a mistake and the text is empty."""
        value = data.get(key)
        if key not in data:
            self.lacks(key, place)
        elif not isinstance(value, str):
            self.wrong((*place, key), f"`{key}`", "text", value)
        elif not value.strip() and not empty:
            self.fail((*place, key), f"`{key}` must not be empty")
        elif not _is_whole(value):
            self.fail((*place, key), f"`{key}` holds half of a character", "Write it as UTF-8.")
        else:
            return value
        return ""

    def method(self, data: Mapping[str, Json], place: NodePath) -> str:
        """Return the method in capitals; empty where it is none."""
        method = self.text(data, "method", place).upper()
        if method and not _METHOD.fullmatch(method):
            self.fail((*place, "method"), "`method` is no method of HTTP", "Write for example GET.")
            return ""
        return method

    def status(self, data: Mapping[str, Json], place: NodePath, *, least: int = 100) -> int:
        """Return the HTTP status; 0 where it is none."""
        value = data.get("status")
        if "status" not in data:
            self.lacks("status", place)
        elif isinstance(value, bool) or not isinstance(value, int):
            self.wrong((*place, "status"), "`status`", "a whole number from 100 to 599", value)
        elif not least <= value <= 599:
            self.fail((*place, "status"), f"`status` cannot be {str(value)[:20]}", "It is from 100 to 599.")
        else:
            return value
        return 0

    def url(self, data: Mapping[str, Json], place: NodePath) -> str:
        """Return the URL; empty where it cannot be read as one."""
        url = self.text(data, "url", place)
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            self.fail((*place, "url"), f"`url` is no URL ({error})")
            return ""
        return url

    def headers(self, value: Json, place: NodePath) -> Headers:
        """Return header fields from a mapping or a list of pairs; a list of values repeats the field."""
        fields: list[tuple[str, str]] = []
        if isinstance(value, dict):
            for name, values in value.items():
                self._field(fields, name, values, (*place, name))
        elif isinstance(value, list):
            for index, pair in enumerate(value):
                if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str):
                    self._field(fields, pair[0], pair[1], (*place, index))
                else:
                    advice = 'Write `["content-type", "application/json"]`.'
                    self.fail((*place, index), f"entry {index + 1} of `headers` must be a pair", advice)
        else:
            self.wrong(place, "`headers`", "a mapping or a list of pairs", value)
        return tuple(fields)

    def _field(self, fields: list[tuple[str, str]], name: str, value: Json, place: NodePath) -> None:
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, str):
                self.wrong(place, f"the header `{name}`", "text or a list of texts", one)
            elif not name.strip() or not _is_whole(name + one):
                self.fail(place, f"the header `{name[:40]}` cannot be sent", "Write a name and a text.")
            else:
                fields.append((name, one))

    def base64(self, data: Mapping[str, Json], key: str, place: NodePath) -> bytes:
        """Return the bytes that a text under a key stands for."""
        text = self.text(data, key, place, empty=True)
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            advice = "Write it with the letters A-Z, a-z, 0-9, + and /, padded with =."
            self.fail((*place, key), f"`{key}` is not base64", advice)
            return b""


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
