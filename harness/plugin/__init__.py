"""The pytest plugin: each scenario is one item, and a run leaves a report. The only pytest.

Heavy modules are imported when the first scenario is collected, so that a project without scenarios
pays nothing for having the harness installed.
"""

from harness.plugin.hooks import (
    pytest_addoption,
    pytest_collect_file,
    pytest_collection,
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_configure_node,
    pytest_runtest_protocol,
    pytest_runtestloop,
    pytest_sessionfinish,
    pytest_sessionstart,
    pytest_terminal_summary,
)
from harness.plugin.skipping import pytest_runtest_makereport

__all__ = [
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_collection",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_runtestloop",
    "pytest_sessionfinish",
    "pytest_sessionstart",
    "pytest_terminal_summary",
]
