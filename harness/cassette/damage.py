"""What is wrong with a cassette, and where: the one shape of the errors of files that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from harness.errors import CassetteError, Problem
from harness.files import file_bytes

DAMAGE: Final = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
"""What reading data that are not what they should be raises."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DamagedError(ValueError):
    """Part of a cassette is not what it should be.

    ``line`` counts from 1 in the text that was read, ``exchange`` in the file; both are 0 where nobody knows.
    """

    def __init__(self, what: str, *, line: int = 0, exchange: int = 0) -> None:
        """Take what is wrong in one line, without its place."""
        super().__init__(f"line {line}: {what}" if line else what)
        self.what = what
        self.line = line
        self.exchange = exchange


def damaged_exchange(number: int, error: Exception) -> DamagedError:
    """Return the error of an exchange in which ``error``, one of :data:`DAMAGE`, was found."""
    why = ""
    if isinstance(error, KeyError):
        why = f": it has no `{error.args[0]}`"
    elif isinstance(error, ValueError) and str(error):
        why = f": {error}"
    return DamagedError(f"exchange {number} is not whole{why}", exchange=number)


def fail(path: Path, what: str, remedy: str, *, damaged: bool = False, line: int = 0) -> NoReturn:
    """Raise the error of a file that cannot be used, with the command that records it again."""
    what = "".join(letter if letter.isprintable() else "?" for letter in what)
    verb = "record it again" if path.exists() else "record it"
    again = f"{verb}: {remedy or 'pytest --mode record'}"
    advice = f"Restore it from version control, or {again}" if damaged else f"{again[0].upper()}{again[1:]}"
    where = f"{path}:{line}" if line else str(path)
    raise CassetteError(Problem(where=where, what=what, advice=advice))


def fail_damaged(path: Path, error: Exception, remedy: str) -> NoReturn:
    """Raise the error of a file in which ``error``, one of :data:`DAMAGE`, was found."""
    what = str(error) if isinstance(error, ValueError) and str(error) else "a part of it is missing"
    line = 0
    if isinstance(error, DamagedError):
        what = error.what
        line = _line_of(path, error.exchange) if error.exchange else error.line
    fail(path, f"the cassette is damaged: {what}", remedy, damaged=True, line=line)


def _line_of(path: Path, exchange: int) -> int:
    """Return the line on which an exchange begins, by its number from 1; 0 where that cannot be told.

    JSON is read as YAML here, and no further than to that line.
    """
    depth = number = 0
    inside = False
    try:
        for event in yaml.parse(file_bytes(path), Loader=_LOADER):
            if depth == 1 and isinstance(event, yaml.ScalarEvent):
                inside = event.value == "interactions"
            if isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
                continue
            number += inside and depth == 2  # in the list that is in the mapping
            if number == exchange and event.start_mark is not None:
                return event.start_mark.line + 1
            depth += isinstance(event, yaml.CollectionStartEvent)
    except (OSError, ValueError, yaml.YAMLError):
        pass
    return 0
