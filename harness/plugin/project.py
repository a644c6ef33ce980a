"""Which directory is the project's: pytest's root directory may be that of a whole repository."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from harness.settings import Settings

_ABSENT: Final = "there is nothing of that name, and nothing of it ran. Correct the name, or remove it."


def project_root(config: pytest.Config) -> Path:
    """Return the directory whose ``pyproject.toml`` has the settings, as the command line finds it.

    It is the nearest one from where pytest was started up to its root directory; else from what pytest was
    asked for. Without one, it is the root directory, or that of pytest's own settings where it has some.
    """
    top, started = config.rootpath, config.invocation_params.dir
    asked = [started / each.partition("::")[0] for each in config.args]
    starts = [started, Path(os.path.commonpath(asked))] if asked else [started]
    found = (directory for start in starts for directory in _ways(start, top) if is_configured(directory))
    return next(found, None) or _of_pytest(config)


def _of_pytest(config: pytest.Config) -> Path:
    own = config.inipath.parent if config.inipath else config.rootpath
    return own if not is_configured(config.rootpath) and is_configured(own) else config.rootpath


def is_configured(directory: Path) -> bool:
    """Whether a directory has settings of the harness."""
    path = directory / "pyproject.toml"
    if not path.is_file():
        return False
    data = path.read_bytes()
    return b"tool.harness" in data or (b"harness" in data and _has_table(data))


def _has_table(data: bytes) -> bool:
    """Whether TOML has the table in another spelling, such as `[tool]` and `harness.scenarios = [...]`."""
    import tomllib

    try:
        tool = tomllib.loads(data.decode("utf-8-sig")).get("tool")
    except ValueError:
        return False  # whoever reads it is told
    return isinstance(tool, dict) and "harness" in tool


def absent(settings: Settings) -> Iterator[str]:
    """Say which directories of scenarios the settings name in vain."""
    for directory in settings.absent:
        shown = settings.shown(str(directory))
        yield f"pyproject.toml: `tool.harness.scenarios` names `{shown}`: {_ABSENT}"


def _ways(start: Path, top: Path) -> Iterator[Path]:
    if start.is_relative_to(top):
        yield from (each for each in (start, *start.parents) if each.is_relative_to(top))
