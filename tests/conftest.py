"""What all tests share: pytest inside pytest, and helpers whose assertions explain themselves."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

pytest.register_assert_rewrite("tests.stage")

# How long an example takes says nothing about whether it holds, and machines are shared.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
