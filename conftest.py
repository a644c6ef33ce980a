"""Loads the harness's plugin from the checkout too; it is the same plugin as the installed one."""

from __future__ import annotations

pytest_plugins = ["harness.plugin"]
