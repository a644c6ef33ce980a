"""The files of one run in its directory: each is replaced at once, and never half-written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.errors import Problem, UsageError
from harness.readiness import Assessment
from harness.report.html import render_html
from harness.report.markdown import render_markdown
from harness.report.run_json import render_json
from harness.result import RunResult

RENDERERS: dict[str, Callable[[RunResult, Assessment], str]] = {
    "run.json": render_json,
    "report.md": render_markdown,
    "report.html": render_html,
}
"""File name to the function that writes its text."""


def write_reports(run: RunResult, assessment: Assessment, directory: Path) -> tuple[Path, ...]:
    """Write ``run.json``, ``report.md`` and ``report.html``; the directory is made.

    All are rendered before the first is written, so they are of one run or not there.

    Raises:
        UsageError: a file cannot be written; what was there before is still there, whole.
    """
    texts = {directory / name: render(run, assessment) for name, render in RENDERERS.items()}
    for path, text in texts.items():
        try:
            directory.mkdir(parents=True, exist_ok=True)
            _replace(path, text.encode())
        except OSError as error:
            raise _failed(path, error) from error
    return tuple(texts)


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file and rename: a reader sees the old file or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            # mkstemp lets nobody else read; a report is for others.
            os.fchmod(file.fileno(), 0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _failed(path: Path, error: OSError) -> UsageError:
    what = f"the report cannot be written ({error.strerror})"
    return UsageError(Problem(where=str(path), what=what, advice="Choose another reports directory."))
