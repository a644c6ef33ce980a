"""What this machine has: versions, and directories that can be written."""

from __future__ import annotations

import platform
import re
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from harness.doctor.diagnosis import Diagnosis, ok, wrong
from harness.settings import Settings

DISTRIBUTION: Final = "astro-migration-harness"
LEADING: Final = ("httpx", "pytest", "vcrpy")
"""The packages whose versions are told."""

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)")
_INSTALL: Final = "Install the harness again with pip, in an environment of its own."


def versions() -> Diagnosis:
    """Say which versions there are, and which packages are older than the harness needs."""
    there = {name: _version(name) for name in LEADING}
    told = ", ".join(f"{name} {version or 'is missing'}" for name, version in there.items())
    found = (
        f"Python {platform.python_version()}, {DISTRIBUTION} {_version(DISTRIBUTION) or '(not installed)'}"
    )
    found = f"{found}, {told}"
    bad = [name for name, needed in _needed() if not _reaches(_version(name), needed)]
    if bad:
        return wrong("versions", f"{found}; missing or too old: {', '.join(bad)}", _INSTALL)
    return ok("versions", found)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _needed() -> Iterator[tuple[str, str]]:
    """Yield what the harness itself depends on, and from which version on."""
    try:
        requirements = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return
    for requirement in requirements:
        found = _REQUIREMENT.match(requirement)
        if found and "extra ==" not in requirement:
            yield found[1], found[2]


def _reaches(version: str, needed: str) -> bool:
    return bool(version) and _numbers(version) >= _numbers(needed)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])


def directories(settings: Settings) -> Iterator[Diagnosis]:
    """Say of each directory that a run writes whether it can; nothing is left behind there."""
    for name in ("reports", "cassettes", "state"):
        directory: Path = getattr(settings, name)
        shown = directory.relative_to(settings.root) if directory.is_relative_to(settings.root) else directory
        # What is not there yet is made in the nearest directory that is.
        place = next(each for each in (directory, *directory.parents) if each.exists())
        try:
            with tempfile.TemporaryFile(dir=place):
                yield ok(name, f"{shown} can be written")
        except OSError as error:
            advice = f"Let this user write there, or choose another with `{name}` in [tool.harness]."
            yield wrong(name, f"{shown} cannot be written ({error.strerror})", advice)


def scenarios(settings: Settings) -> Iterator[Diagnosis]:
    """Say which directories of scenarios the settings name in vain."""
    for directory in settings.absent:
        found = f"{settings.shown(str(directory))} is not there, and nothing of it runs"
        yield wrong("scenarios", found, "Correct the name in `scenarios` in [tool.harness], or remove it.")
