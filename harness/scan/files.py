"""The files of a source tree that are worth reading: what git ignores and what is no text is left out.

The only pathspec, which reads ``.gitignore`` as git does.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from harness.errors import Problem, UsageError
from harness.struct import Struct

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of the largest file that is read; what people write is smaller."""

NEVER: Final = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".terraform",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
        "venv",
    }
)
"""Directories that hold nothing that people wrote, whether git ignores them or not."""

_IGNORE = ".gitignore"
_GLANCE = 8192


class Source(Struct, frozen=True, kw_only=True):
    """The text of one file; ``path`` is relative to the directory that the walk began in, with slashes."""

    path: str
    text: str


class Walked(Struct):
    """What a walk came across: files that were read, and those that were not, with the reason."""

    files: int = 0
    skipped: dict[str, str] | None = None

    def skip(self, path: str, why: str) -> None:
        """Note that a file was not read."""
        if self.skipped is None:
            self.skipped = {}
        self.skipped[path] = why


_Specs = tuple[tuple[str, GitIgnoreSpec], ...]
"""What each directory above says is ignored, the outermost first; the directory ends in a slash."""


def sources(
    root: Path, marks: Collection[bytes], walked: Walked, without: Collection[Path] = ()
) -> Iterator[Source]:
    """Yield the files below a directory, or the one file, that hold one of the marks; by their paths.

    Links are not followed. Files that are not text, or larger than :data:`LARGEST`, are not read.

    Raises:
        UsageError: there is no such path, or it cannot be read.
    """
    try:
        if not root.is_dir():
            yield from _read(root, root.name, marks, walked, named=True)
            return
        yield from _below(
            root, "", _above(root), (tuple(marks), walked, {path.resolve() for path in without})
        )
    except OSError as error:
        what = f"this cannot be read ({error.strerror})"
        raise UsageError(Problem(where=str(error.filename or root), what=what)) from error


_Order = tuple[tuple[bytes, ...], Walked, set[Path]]


def _below(directory: Path, path: str, specs: _Specs, order: _Order) -> Iterator[Source]:
    marks, walked, without = order
    try:
        with os.scandir(directory) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        if any(entry.name == _IGNORE and entry.is_file() for entry in entries):
            specs = (*specs, (path, _spec(directory / _IGNORE)))
    except OSError as error:
        if not path:
            raise
        walked.skip(path, f"it cannot be read ({error.strerror})")
        return
    for entry in entries:
        inner = path + entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name in NEVER or _ignored(f"{inner}/", specs):
                continue
            here = Path(entry.path)
            if not without or here.resolve() not in without:
                yield from _below(here, f"{inner}/", specs, order)
        elif entry.is_file(follow_symlinks=False) and not _ignored(inner, specs):
            yield from _read(Path(entry.path), inner, marks, walked)


def _read(
    file: Path, path: str, marks: Collection[bytes], walked: Walked, *, named: bool = False
) -> Iterator[Source]:
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        if named:
            raise
        if not isinstance(error, FileNotFoundError):  # else it went away while we walked
            walked.skip(path, f"it cannot be read ({error.strerror})")
        return
    walked.files += 1
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", "replace").encode("utf-8", "replace")  # as PowerShell writes
    if b"\0" in content[:_GLANCE]:
        return
    if size > LARGEST:
        walked.skip(path, f"it is larger than {LARGEST // 1024 // 1024} MiB")
    elif any(mark in content for mark in marks):
        yield Source(path=path, text=content.decode("utf-8", "replace").removeprefix("\ufeff"))


def _spec(file: Path) -> GitIgnoreSpec:
    lines = file.read_text("utf-8", "replace").splitlines()
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    """Say whether a line is a pattern; git passes over what is none."""
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _above(root: Path) -> _Specs:
    """Return what the directories above say, up to the one that git calls its own."""
    found: list[tuple[str, GitIgnoreSpec]] = []
    inside, here = "", root.resolve()
    while not (here / ".git").exists():
        if here == here.parent:
            return ()  # in no repository: what stands above is somebody else's
        inside = f"{here.name}/{inside}"
        here = here.parent
        if (here / _IGNORE).is_file():
            found.append((f"^{inside}", _spec(here / _IGNORE)))
    return tuple(reversed(found))


def _ignored(path: str, specs: _Specs) -> bool:
    """Say whether git would ignore a path: the innermost file that speaks of it decides."""
    for base, spec in reversed(specs):
        # Above the walk's beginning a base says what stands between; else it is what the path begins with.
        relative = base[1:] + path if base.startswith("^") else path[len(base) :]
        said = spec.check_file(relative).include
        if said is not None:
            return said
    return False
