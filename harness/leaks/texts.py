"""Values that a text gives the name of a secret: ``password = "..."``, ``export TOKEN=...``.

Only what nobody would write in a sentence counts: it has digits and letters, and no template or call in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_OPERATOR = re.compile(r"[=:]")
_NAME = re.compile(r"""(?<![\w%.-])-{0,3}([A-Za-z_][A-Za-z0-9_.-]{0,99}(?<=[A-Za-z0-9]))["']?\]?[ \t]?:?\Z""")
_VALUE: Final = r"""[^\s&;,"'`<>(){}\[\]]{8,512}"""
_BEHIND = re.compile(rf"""[ \t]{{0,8}}(?:(["'`])({_VALUE})\1|({_VALUE})(?=[\s&;,"'`<>)}}\]]|\Z))""")
_SCHEME = re.compile(r"""[ \t]{0,8}["'`]?(?:apikey|basic|bearer|digest|token)(?= )""", re.IGNORECASE)
_ELEMENT = re.compile(r"<([A-Za-z][\w.:-]{0,99})>\s*([^<>\s]{8,512})\s*</")
_BEFORE: Final = 108
# Versions, dates, addresses of mail, URLs, paths and placeholders of documents.
_TOLD = re.compile(r"v\d.*|\d{4}-\d\d-\d\d.*|\d+[a-z-]*|[^@]+@[\w.-]+|.*(?:://|\$|%|REDACTED|/|\.\w+\.).*")


def named(text: str) -> Iterator[tuple[str, str]]:
    """Yield each name in a text with what it gives it, where that may be a secret."""
    for operator in _OPERATOR.finditer(text):
        at = operator.start()
        name = _NAME.search(text, max(0, at - _BEFORE), at)
        if name is None:
            continue
        scheme = _SCHEME.match(text, at + 1) if name[1].lower().endswith("authorization") else None
        value = _BEHIND.match(text, scheme.end() if scheme else at + 1)
        if value is None:
            continue
        given = value[2] or value[3]
        if name[1].lower().endswith("cookie"):
            given = given.partition("=")[2]
        if _is_odd(given):
            yield name[1], given
    if "</" in text:
        yield from ((name, value) for name, value in _ELEMENT.findall(text) if _is_odd(value))


def _is_odd(value: str) -> bool:
    """Whether a value is none that people say."""
    bare = value.strip(".,:!?")
    if len(bare) < 8 or _TOLD.fullmatch(bare):
        return False
    return any(map(str.isdigit, bare)) and any(letter.isascii() and letter.isalpha() for letter in bare)
