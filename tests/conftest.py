"""What all tests share: pytest inside pytest, and helpers whose assertions explain themselves."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

pytest_plugins = ["pytester"]

pytest.register_assert_rewrite("tests.stage")

_WITHOUT_EXTRAS = find_spec("hypothesis") is None

if not _WITHOUT_EXTRAS:
    from hypothesis import settings

    # How long an example takes says nothing about whether it holds, and machines are shared.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")


def pytest_sessionstart() -> None:
    """Say what to install, where only scenarios can run; `pytest --help` begins no session."""
    if _WITHOUT_EXTRAS:
        what = "the project's own tests need `pip install -e '.[dev]'`"
        raise pytest.UsageError(what)
