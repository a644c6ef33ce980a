"""Fixtures: pytest inside pytest, and a sandbox to call."""

from __future__ import annotations

from collections.abc import Iterator

# What runs import is imported before: pytester forgets what an inner run imports, and each would do it anew.
import hypothesis  # noqa: F401 - its plugin wants it
import pytest

import harness.report.write
import harness.runner  # noqa: F401 - for the inner runs
from harness.sandbox import running
from tests.plugin.inner import (
    Pytest,
)


@pytest.fixture
def run(pytester: pytest.Pytester) -> Pytest:
    """Run pytest in the project, in this process; nothing may end in a traceback of ours."""

    def runs(*arguments: str) -> pytest.RunResult:
        result = pytester.runpytest_inprocess(*arguments)
        told = result.stdout.str() + result.stderr.str()
        assert "INTERNALERROR" not in told
        assert "Traceback" not in told
        return result

    return runs


@pytest.fixture
def sandbox() -> Iterator[str]:
    """Give the URL of a sandbox."""
    with running() as url:
        yield url
