"""The files of one run in its directory: each is replaced at once, and never half-written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from harness.errors import Problem, UsageError
from harness.history import History
from harness.readiness import Assessment
from harness.report.html import render_html
from harness.report.markdown import render_markdown
from harness.report.run_json import json_parts
from harness.result import RunResult

RENDERERS: dict[str, Callable[[RunResult, Assessment, History | None], Iterable[str]]] = {
    "run.json": json_parts,
    "report.md": lambda run, assessment, history: (render_markdown(run, assessment, history),),
    "report.html": lambda run, assessment, history: (render_html(run, assessment, history),),
}
"""File name to the function that gives the parts of its text."""


def write_reports(
    run: RunResult, assessment: Assessment, directory: Path, history: History | None = None
) -> tuple[Path, ...]:
    """Write ``run.json``, ``report.md`` and ``report.html``; the directory is made.

    All are written beside their places before the first takes its own, so they are of one run or not there.

    Raises:
        UsageError: a file cannot be written; what was there before is still there, whole.
    """
    written: dict[Path, Path] = {}
    try:
        for name, render in RENDERERS.items():
            path = directory / name
            try:
                directory.mkdir(parents=True, exist_ok=True)
                written[path] = _beside(path, render(run, assessment, history))
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
    return tuple(written)


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
