"""The files that a repository begins with: planned first, then written; what is there is left alone."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Sequence
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

from harness.contract import V1, V1BETA1, load_contract
from harness.errors import Problem, UsageError
from harness.starting.example import example
from harness.struct import Struct

DEFAULT: Final = ("ListUsers",)
"""The first example of the vendor's migration guide."""

GITLAB_ENTRY: Final = "include:\n  - local: .gitlab/astro-migration.yml\n"

_GITHUB: Final = ".github/workflows/astro-migration.yml"
_GITLAB: Final = ".gitlab/astro-migration.yml"
_GITLAB_ROOT: Final = ".gitlab-ci.yml"
_IGNORED: Final = ("/.harness/", "/reports/")
_SETTINGS: Final = """\
[tool.harness]
scenarios = ["scenarios"]
cassettes = "cassettes"
reports = "reports"
state = ".harness"
# `production` is the vendor's service; for your staging add [tool.harness.environments.staging] with the base
# URLs `iam`, `platform` and `v1`, and name it here.
environment = "production"
"""


class CI(StrEnum):
    """For which service a nightly job is written."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BOTH = "both"
    NONE = "none"


class Written(Struct, frozen=True, kw_only=True):
    """A file to write: the whole of it; ``adds`` says that it is there, and that only its end is new."""

    path: Path
    text: str
    adds: bool = False


class Left(Struct, frozen=True, kw_only=True):
    """A file that is left alone, why, and what the user may do (empty: nothing)."""

    path: Path
    why: str
    advice: str = ""


class Start(Struct, frozen=True, kw_only=True):
    """What will be written and what is left alone, in the order in which it is told."""

    directory: Path
    entries: tuple[Written | Left, ...]


def plan_start(directory: Path, operations: Sequence[str], ci: CI) -> Start:
    """Plan what a repository needs that it does not have; nothing is written.

    Raises:
        UsageError: there is no such directory or operation, or a file that is there cannot be read.
    """
    if not directory.is_dir():
        advice = "Name the root of your repository."
        raise UsageError(Problem(where=str(directory), what="there is no such directory", advice=advice))
    return Start(directory=directory, entries=tuple(_entries(directory, operations or DEFAULT, ci)))


def write_start(start: Start) -> None:
    """Write what is planned.

    Raises:
        UsageError: a file cannot be written, or somebody else made it meanwhile; that file is untouched.
    """
    for entry in start.entries:
        if isinstance(entry, Left):
            continue
        try:
            entry.path.parent.mkdir(parents=True, exist_ok=True)
            _write(entry)
        except OSError as error:
            what = f"the file cannot be written ({error.strerror})"
            advice = "Put that right and run the command again: it leaves alone what is there."
            raise UsageError(Problem(where=str(entry.path), what=what, advice=advice)) from error


def _write(entry: Written) -> None:
    """Write a new file whole, or replace one with itself and more; never leave half of it."""
    # Where a link leads to a file, it still does afterwards.
    path = entry.path.resolve() if entry.adds else entry.path
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(entry.text.encode())
        if entry.adds:
            beside.chmod(path.stat().st_mode)
            beside.replace(path)
        else:
            # Unlike a rename, a link is refused where a file is.
            path.hardlink_to(beside)
    finally:
        beside.unlink(missing_ok=True)


def _entries(directory: Path, operations: Sequence[str], ci: CI) -> Iterator[Written | Left]:
    baseline, candidate = load_contract(V1BETA1), load_contract(V1)
    for name in dict.fromkeys(operations):
        made = example(name, baseline, candidate)
        yield _new(directory / "scenarios" / made.path, made.text)
    yield _settings(directory / "pyproject.toml")
    yield _ignored(directory / ".gitignore")
    if ci in (CI.GITHUB, CI.BOTH):
        yield _new(directory / _GITHUB, template("github.yml"))
    if ci in (CI.GITLAB, CI.BOTH):
        yield _new(directory / _GITLAB, template("gitlab.yml"))
        yield _included(directory / _GITLAB_ROOT)


def template(name: str) -> str:
    """Return the text of a template."""
    return files("harness").joinpath("templates", name).read_text("utf-8")


def _new(path: Path, text: str) -> Written | Left:
    if not _is_there(path):
        return Written(path=path, text=text)
    same = _read(path) == text
    return Left(path=path, why="it is as it would be written" if same else "it is there already")


def _settings(path: Path) -> Written | Left:
    if not _is_there(path):
        return Written(path=path, text=_SETTINGS)
    text = _read(path)
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        what = f"this is not TOML: {error}"
        raise UsageError(Problem(where=str(path), what=what, advice="Correct it first.")) from error
    tool = data.get("tool")
    if isinstance(tool, dict) and "harness" in tool:
        return Left(path=path, why="it has [tool.harness] already")
    more = _with(text, _SETTINGS)
    try:
        tomllib.loads(more.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        why = "[tool.harness] cannot be added at its end"
        return Left(path=path, why=why, advice="Write `tool` as tables with headers, and run this again.")
    return Written(path=path, text=more, adds=True)


def _ignored(path: Path) -> Written | Left:
    if not _is_there(path):
        return Written(path=path, text="".join(f"{line}\n" for line in _IGNORED))
    text = _read(path)
    there = {line.strip().strip("/") for line in text.removeprefix("\ufeff").splitlines()}
    missing = [line for line in _IGNORED if line.strip("/") not in there]
    if not missing:
        return Left(path=path, why="it ignores what the harness writes already")
    return Written(path=path, text=_with(text, "".join(f"{line}\n" for line in missing), blank=""), adds=True)


def _included(path: Path) -> Written | Left:
    if not _is_there(path):
        return Written(path=path, text=GITLAB_ENTRY)
    if _GITLAB in _read(path):
        return Left(path=path, why="it includes the job already")
    advice = f"Add `- local: {_GITLAB}` to its `include:`."
    return Left(path=path, why="it is there already", advice=advice)


def _with(text: str, more: str, *, blank: str = "\n") -> str:
    """Add to the end of a text, in its own kind of line ends."""
    end = "" if not text or text.endswith("\n") else "\n"
    added = f"{end}{blank if text.strip() else ''}{more}"
    return text + (added.replace("\n", "\r\n") if "\r\n" in text else added)


def _is_there(path: Path) -> bool:
    """Whether something is there, be it a link to nowhere: it must not be written through."""
    return path.exists() or path.is_symlink()


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(Problem(where=str(path), what=f"the file cannot be read ({why})")) from error
