"""Which directory is the project's: pytest's root directory may be that of a whole repository."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


def project_root(config: pytest.Config) -> Path:
    """Return the directory whose ``pyproject.toml`` has the settings, as the command line finds it.

    It is the nearest one from where pytest was started up to its root directory; else from what pytest was
    asked for. Without one, it is the root directory.
    """
    top, started = config.rootpath, config.invocation_params.dir
    asked = [started / each.partition("::")[0] for each in config.args]
    starts = [started, Path(os.path.commonpath(asked))] if asked else [started]
    found = (directory for start in starts for directory in _ways(start, top) if is_configured(directory))
    return next(found, top)


def is_configured(directory: Path) -> bool:
    """Whether a directory has settings of the harness."""
    path = directory / "pyproject.toml"
    return path.is_file() and b"tool.harness" in path.read_bytes()


def _ways(start: Path, top: Path) -> Iterator[Path]:
    if start.is_relative_to(top):
        yield from (each for each in (start, *start.parents) if each.is_relative_to(top))
