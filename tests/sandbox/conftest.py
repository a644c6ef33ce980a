"""A running sandbox for the tests: one a module, as its tests make resources of their own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from harness.sandbox import running

pytest.register_assert_rewrite("tests.sandbox.api")

from tests.sandbox.api import Api  # noqa: E402 - after the line that makes its assertions explain themselves


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """Give a client for a sandbox that listens on a socket."""
    with running() as url, httpx.Client() as client:
        yield Api(url, client)
