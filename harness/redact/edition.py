"""Which secrets a redactor takes out without being told their values.

What one edition has left in a file, the same edition would leave there again: a cassette says which one it
was written by, and a replay need not look through it once more.
"""

from __future__ import annotations

import json
import zlib
from typing import Final

from harness.settings import SecretRules

REVISION: Final = "6fca2286"
"""Stands for the code of the redaction; a test says what it must be when that has changed."""


def edition(rules: SecretRules | None) -> str:
    """Return 8 hex digits that differ where the code of the redaction or the rules of a project do."""
    own = [sorted(rules.names), sorted(rules.patterns)] if rules else [[], []]
    return f"{zlib.crc32(json.dumps([REVISION, *own]).encode()):08x}"
