"""Pages in a real browser: opened from disk, watched while they are open."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.report.browser import MISSING, Visit, chromium, opened_browser, visited


@pytest.fixture(scope="session", name="browser")
def _browser() -> Iterator[Browser]:
    """Give one browser for all tests of a process."""
    if not chromium():
        pytest.skip(MISSING)
    with opened_browser() as browser:
        yield browser


@pytest.fixture(name="visit")
def _visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Open pages of runs; at the end none of them has asked for anything or complained."""
    visits: list[Visit] = []

    def visit(*arguments: object, **options: object) -> Visit:
        directory = tmp_path / f"visit-{len(visits)}"
        visits.append(visited(browser, directory, *arguments, **options))  # type: ignore[arg-type]
        return visits[-1]

    yield visit
    for each in visits:
        each.close()
        assert each.complaints == []


@pytest.fixture(name="pictures")
def _pictures(tmp_path: Path) -> Path:
    """Give the directory for screenshots, which ``HARNESS_SCREENSHOTS`` may name."""
    directory = Path(os.environ.get("HARNESS_SCREENSHOTS") or tmp_path / "screenshots")
    directory.mkdir(parents=True, exist_ok=True)
    return directory
