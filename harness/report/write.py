"""The files of one run in its directory: each is replaced at once, and never half-written."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from harness.errors import Problem, UsageError
from harness.history import History
from harness.readiness import Assessment
from harness.redact import Redactor
from harness.report.anchors import BESIDE
from harness.report.html import html_files
from harness.report.markdown import render_markdown
from harness.report.run_json import json_parts
from harness.result import RunResult

MARKDOWN = "report.md"
"""Name of the report that reads as plain text."""

RENDERERS: dict[str, Callable[[RunResult, Assessment, History | None], Iterable[str]]] = {
    "run.json": json_parts,
    MARKDOWN: lambda run, assessment, history: (render_markdown(run, assessment, history),),
}
"""File name to the function that gives the parts of its text; the page comes with files beside it."""

_BESIDE = re.compile(r"(findings|scenarios)-\d+\.html")


def write_reports(
    run: RunResult,
    assessment: Assessment,
    directory: Path,
    history: History | None = None,
    *,
    redactor: Redactor | None = None,
) -> tuple[Path, ...]:
    """Write ``run.json``, ``report.md``, ``report.html`` and what it has no room for; the directory is made.

    All are written beside their places before the first takes its own, so they are of one run or not there.
    What an earlier page had beside it is removed. All goes through ``redactor`` once more (None: through one
    that knows no values), because it is sent to people who never see the log: page and Markdown by names and
    looks, too, ``run.json`` by the values that it knows.

    Raises:
        UsageError: a file cannot be written; what was there before is still there, whole.
    """
    written: dict[Path, Path] = {}
    try:
        for name, parts in _files(run, assessment, history, redactor or Redactor()):
            path = directory / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                written[path] = _beside(path, parts)
            except OSError as error:
                raise _failed(path, error) from error
        for path, made in written.items():
            try:
                made.replace(path)
            except OSError as error:
                raise _failed(path, error) from error
    finally:
        for made in written.values():
            made.unlink(missing_ok=True)
    _remove_others(directory / BESIDE, written)
    return tuple(written)


def _files(
    run: RunResult, assessment: Assessment, history: History | None, redactor: Redactor
) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the files of a run, each with the parts of its text."""
    for name, render in RENDERERS.items():
        clean = redactor.text if name == MARKDOWN else redactor.known
        yield name, map(clean, render(run, assessment, history))
    for name, text in html_files(run, assessment, history, redactor=redactor):
        yield name, (text,)


def _remove_others(directory: Path, written: Collection[Path]) -> None:
    """Remove what an earlier page had beside it; what nobody here wrote stays."""
    for path in directory.glob("*.html"):
        if path not in written and _BESIDE.fullmatch(path.name):
            path.unlink(missing_ok=True)
    with suppress(OSError):
        directory.rmdir()


def write_parts(path: Path, parts: Iterable[str]) -> None:
    """Write one file of the parts of its text; its directory is made.

    Raises:
        UsageError: it cannot be written; what was there before is still there, whole.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = _beside(path, parts)
        try:
            made.replace(path)
        except OSError:
            made.unlink(missing_ok=True)
            raise
    except OSError as error:
        what = f"the file cannot be written ({error.strerror})"
        raise UsageError(Problem(where=str(path), what=what, advice="Name another file.")) from error


def _beside(path: Path, parts: Iterable[str]) -> Path:
    """Write a file beside its place: a reader sees the old file or the new one, when it is renamed."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part.encode())
            # mkstemp lets nobody else read; a report is for others.
            os.fchmod(file.fileno(), 0o644)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _failed(path: Path, error: OSError) -> UsageError:
    what = f"the report cannot be written ({error.strerror})"
    return UsageError(Problem(where=str(path), what=what, advice="Choose another reports directory."))
