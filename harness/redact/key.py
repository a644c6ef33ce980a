"""The key of placeholders, kept from process to process: equal secrets stay equal between recordings."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

NAME: Final = "recorder.key"
"""The file of the key; it is its owner's alone, and git leaves it alone."""

_BYTES: Final = 32


def lasting_key(state: Path) -> bytes:
    """Return the key that is kept in a directory, made when it is first asked for.

    Where no key can be kept, a new one is returned: secrets leave all the same, and only the same
    process gives equal ones equal placeholders.
    """
    path = state / NAME
    key = _read(path)
    if key is not None:
        return key
    key = secrets.token_bytes(_BYTES)
    with suppress(OSError):
        state.mkdir(parents=True, exist_ok=True)
        return _put(path, key)
    return key


def _read(path: Path) -> bytes | None:
    """Return a key; None where there is none, or the file was damaged."""
    try:
        key = path.read_bytes()
    except OSError:
        return None
    return key if len(key) == _BYTES else None


def _put(path: Path, key: bytes) -> bytes:
    """Put a whole key there, and return the one that is there then: another process may have been first.

    Raises:
        OSError: it cannot be written.
    """
    with suppress(FileExistsError), (path.parent / ".gitignore").open("x", encoding="utf-8") as ignored:
        ignored.write(f"{NAME}\n")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}.")  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key)
        try:
            os.link(temporary, path)
        except FileExistsError:
            found = _read(path)
            if found is not None:
                return found
            Path(temporary).replace(path)
        return key
    finally:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
