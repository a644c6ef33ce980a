"""Where pytest says that a scenario was skipped: in its YAML, and not in the harness."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from harness.plugin.items import ScenarioItem


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the place of the scenario into the report of one that was skipped; pytest has that of the call."""
    report = yield
    if report.skipped and isinstance(item, ScenarioItem) and isinstance(report.longrepr, tuple):
        path, line, _ = item.reportinfo()
        report.longrepr = (os.fspath(path), line + 1, report.longrepr[2])
    return report
