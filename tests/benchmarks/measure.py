"""Timing, and the rows of the table that comes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[2]
"""The directory that ``harness`` and ``tests`` are imported from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    ``ours`` is the harness's figure, ``bar`` the most that it should be (None: no bar), ``theirs`` that of
    the other tool, which ``against`` names (None: there is none, or it would take too long). ``unit`` is that
    of all of them: milliseconds, microseconds (``us``), times (``x``), ``MiB`` or ``MB``.
    """

    what: str
    ours: float
    bar: float | None = None
    theirs: float | None = None
    against: str = ""
    unit: str = "ms"


def milliseconds(work: Callable[[], object], *, times: int = 3) -> float:
    """Return the median time of several calls in milliseconds."""
    taken = []
    for _ in range(times):
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return 1000 * median(taken)


def python(*arguments: str, directory: Path, ends: Sequence[int] = (0,)) -> Callable[[], None]:
    """Return the call that runs ``python`` with these arguments in a directory, and checks how it ends.

    No plugin of pytest is loaded that is not named, so that both tools are measured without others.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    # As on a user's machine: what was imported once is not compiled again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]

    def run() -> None:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command, cwd=directory, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode not in ends:
            message = f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
            raise RuntimeError(message)

    return run


def table(rows: Sequence[Row]) -> str:
    """Lay the rows out as text; the columns are as wide as they need to be."""
    lines = [("what", "ours", "bar", "", "other", "ratio", "against")]
    lines += [_cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 6) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, str, str, str, str, str, str]:
    held = "" if row.bar is None else "ok" if row.ours <= row.bar else "over"
    return (
        row.what,
        _figure(row.ours, row.unit),
        "" if row.bar is None else _figure(row.bar, row.unit),
        held,
        "" if row.theirs is None else _figure(row.theirs, row.unit),
        "" if row.theirs is None else f"{row.theirs / row.ours:.1f}x",
        row.against,
    )


def _figure(value: float, unit: str) -> str:
    """Write a figure so that three digits count."""
    if unit == "ms" and value >= 10_000:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
