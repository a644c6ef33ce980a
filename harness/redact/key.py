"""The key of placeholders, kept from process to process: equal secrets stay equal between recordings."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from harness.errors import Problem, UsageError

NAME: Final = "recorder.key"
"""The file of the key; it is its owner's alone, and git leaves it alone."""

_BYTES: Final = 32


def lasting_key(state: Path) -> bytes:
    """Return the key that is kept in a directory, made when it is first asked for.

    Where no key can be kept, a new one is returned: secrets leave all the same, and only the same
    process gives equal ones equal placeholders.

    Raises:
        UsageError: there is one, and it cannot be read or is damaged: a new one in its place would give all
            secrets other placeholders than in the recordings that are there.
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
    """Return a key; None where there is none.

    Raises:
        UsageError: it cannot be read, or it is none.
    """
    try:
        key = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unusable(path, f"cannot be read ({error.strerror or error})") from error
    if len(key) != _BYTES:
        raise _unusable(path, f"is damaged: it has {len(key)} bytes in place of {_BYTES}")
    return key


def _unusable(path: Path, why: str) -> UsageError:
    advice = "Restore it, or delete it: new recordings then have other placeholders than earlier ones."
    return UsageError(Problem(where=str(path), what=f"the key of placeholders {why}", advice=advice))


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
            return _read(path) or key
        return key
    finally:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
