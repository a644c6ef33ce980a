"""What secrets look like, whatever name they go by."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from harness.redact.names import PLACEHOLDER

LOOKS = re.compile(
    rf"""
      (?P<kept>{PLACEHOLDER.pattern})
    | (?P<pem>-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z))
    | (?P<url>\b[A-Za-z][A-Za-z0-9+.-]{{0,20}}://[^\s"'<>\\]+)
    | (?P<jwt>(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{{2}}))eyJ[\w-]{{5,}}\.[\w-]{{5,}}\.[\w-]*)
    | (?P<vendor>\b(?:gh[opsu]_[A-Za-z0-9]{{20,}}|github_pat_\w{{20,}}|xox[abeprs]-[\w-]{{10,}}))
    | (?P<google>\bAIza[\w-]{{30,}})
    | (?P<scheme>\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC))\ +(?P<credential>[\w.~+/-]{{6,}}+=*+)(?!")
    """,
    re.VERBOSE | re.DOTALL,
)
"""What may be a secret, by the kind that is the name of its group; ``kept`` is a placeholder."""

# Written out, and not filled in; the string may end behind it.
_CREDENTIAL = re.compile(r"\b((?:[Bb]earer|BEARER|[Bb]asic|BASIC)) +([\w.~+/-]{6,}+=*+)(?=[\"'`])")
_PASSWORD = re.compile(r"(://[^\s/@:\"'`{}$%<>]*:)([^\s/@\"'`{}$%<>]+)@")


def hidden_in_code(text: str, look: Callable[[re.Match[str]], str], hide: Callable[[str], str]) -> str:
    """Replace the secrets that source code has by their looks, and passwords in URLs.

    ``look`` replaces what :data:`LOOKS` matches, ``hide`` a whole value. Placeholders in a URL are code.
    """

    def replaced(match: re.Match[str]) -> str:
        if match.lastgroup != "url":
            return look(match)
        scheme, mark, rest = match[0].partition("://")
        return f"{scheme}{mark}{LOOKS.sub(replaced, rest)}"

    def credential(match: re.Match[str]) -> str:
        if PLACEHOLDER.match(match[2]) or not is_credential(match[1], match[2]):
            return match[0]
        return match[0].removesuffix(match[2]) + hide(match[2])

    text = _CREDENTIAL.sub(credential, text)
    return _PASSWORD.sub(lambda match: f"{match[1]}{hide(match[2])}@", LOOKS.sub(replaced, text))


def is_credential(scheme: str, text: str) -> bool:
    """Tell ``Bearer 1f3a...`` from "bearer authentication", and ``Basic dTpw`` from "basic plan"."""
    if scheme.lower() == "bearer":
        return len(text) >= 8 and (len(text) >= 20 or any(letter.isdigit() for letter in text))
    try:
        return b":" in base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
