"""Whether JSON needs no redaction: a look that is quick for what nearly every answer is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from harness.redact.names import SHORT_TOKEN_LENGTH, Name

# A key of JSON without escapes, wherever a string may begin; then the string behind one, or how another
# value begins.
_KEY = re.compile(r'"(?=([^"]*+)"\s*:)')
_VALUE = re.compile(r'\s*:\s*(?:"([^"]*)"|(\[\s*\{|[{\[\d-])?)')
# What may be the name of the value beside it, wherever a string may begin.
_NAMING = re.compile(r'"(?:name|key)"\s*:\s*"([^"]*)"')
# What is no object, behind one in the same list.
_BEHIND_OBJECT = re.compile(r'\}\s*,\s*(?:"[^"]*"\s*[,\]]|[\[\d-])')
_MOST_NAMES: Final = 16
"""Different names of secrets in one text, for each of which all of it is looked through."""


def is_settled(text: str, read: Callable[[str], Name], hide: Callable[[str], str]) -> bool:
    """Whether JSON has no secret by its name, or its placeholder already; False decides nothing.

    The text has no escapes. ``read`` says what a name says, and ``hide`` replaces a whole value.
    """
    # Most objects repeat a few keys, and most of those are nobody's secret.
    names = {key: name for key in set(_KEY.findall(text)) if not (name := read(key)).plain}
    odd = any(name.flag or name.variable or name.extra for name in names.values())
    if odd or len(names) > _MOST_NAMES:
        return False
    single = any(name.single for name in names.values())
    if single and any(read(string).secret for string in set(_NAMING.findall(text))):
        return False
    listed = False
    for key, name in names.items():
        if name.single and not name.secret:
            continue
        for string, opens in _values_of(key, text):
            objects = len(opens) > 1 and not (name.holder or name.numeric)
            if opens and not objects:
                return False
            # In `tokens` with objects in it, what counts is what the keys of those say.
            listed = listed or objects
            # A string without a key stands in a list, and those that could hide one are refused below.
            if string and not _is_spared(name, string, hide):
                return False
    return not (listed and _BEHIND_OBJECT.search(text))


def _values_of(key: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the strings by a key, or how another value by it begins."""
    quoted = f'"{key}"'
    at = text.find(quoted)
    while at >= 0:
        at += len(quoted)
        found = _VALUE.match(text, at)
        if found:
            yield found[1] or "", found[2] or ""
        # Its last quote may be the first of the next: what stands between two strings may read like a key.
        at = text.find(quoted, at - 1)


def _is_spared(name: Name, value: str, hide: Callable[[str], str]) -> bool:
    """Whether a value by the name of a secret stays as it is."""
    return (name.short_token and len(value) <= SHORT_TOKEN_LENGTH) or hide(value) == value
