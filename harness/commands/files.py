"""Files that commands read and write for their callers, and what they tell them meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.redact import Redactor
    from harness.settings import Settings


_SHORTEST = 8
"""Characters of a variable's value that nobody said is a token; a shorter one may be an ordinary word."""


def tell(said: str) -> None:
    """Write sentences on standard error, each a line, in which nobody finds a command.

    Where it cannot be written, nobody is told: no work is undone for that, and no exit code is another.
    """
    from harness.report.workflow_commands import printed

    with suppress(OSError):
        sys.stderr.write(printed(f"harness: {line}" for line in said.splitlines()))


def logs_of(named: Sequence[Path], settings: Settings) -> Sequence[Path]:
    """Return the logs that the caller named; without any, that of the project's last run.

    Raises:
        UsageError: none is named, and there was no run.
    """
    if named:
        return named
    last = settings.reports / "latest" / "events.jsonl"
    if not last.is_file():
        advice = "Run `pytest scenarios/` first, or name the log of a run."
        if not (settings.root / "pyproject.toml").is_file():
            advice += " It is looked for below the working directory: go to that of your `pyproject.toml`."
        raise UsageError(Problem(where=str(last), what="there is no log of a run", advice=advice))
    return (last,)


def known_secrets(
    settings: Settings, environ: Mapping[str, str], named: Iterable[str] = ()
) -> dict[str, str]:
    """Return the secrets that this process knows, by the names of their variables.

    They are the tokens of environments, those of the variables ``named``, and what else is a secret by its
    name. Blanks at the ends are no part of one: who sends a token leaves them out, and it is found with them,
    too.
    """
    from harness.redact.names import read_name
    from harness.settings import SANDBOX_TOKEN

    values = {name: value.strip() for name, value in environ.items()}
    others = {
        name: value
        for name, value in values.items()
        if len(value) >= _SHORTEST and read_name(name).secret and not _is_file(value)
    }

    environments = settings.environments.values()
    found = {each.token: SANDBOX_TOKEN if each.sandbox else "" for each in environments}
    found |= {name: values[name] for name in (*found, *named) if values.get(name)}
    return others | {name: value for name, value in found.items() if value}


def _is_file(value: str) -> bool:
    """Whether a value says where a secret is, and is none; a secret can begin with a slash, too."""
    path = Path(value)
    try:
        return path.is_absolute() and path.exists()
    except (OSError, ValueError):
        # It is too long for a path, has a zero byte, or is behind a closed door.
        return False


def page_redactor(settings: Settings, environ: Mapping[str, str]) -> Redactor:
    """Return what a page goes through: it knows this process's secrets, and the project's rules."""
    from harness.redact import Redactor

    return Redactor(known_secrets(settings, environ), rules=settings.secrets)


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file that the caller named.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(Problem(where=str(path), what=f"the file cannot be read ({why})")) from error


def write_text(path: Path, text: str) -> None:
    """Write by atomic rename: a reader sees the old file or the new one.

    Raises:
        UsageError: it cannot be written; an old file is untouched.
    """
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Do the same with bytes.

    Raises:
        UsageError: it cannot be written; an old file is untouched.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        what = f"the file cannot be written ({error.strerror})"
        raise UsageError(Problem(where=str(path), what=what)) from error
