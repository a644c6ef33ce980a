"""Rows of data tables that workers of xdist ran: what only all of them show fails the last one."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from harness.plugin.command_line import spelled
from harness.plugin.state import State


class Rows:
    """Tells what no worker could know; it is registered only in the process that hands items to workers.

    That a row passed is told long before, so it fails at its end: with a report of the row's own, which JUnit
    files, the list of failures and ``--lf`` have like any other.
    """

    def __init__(self, state: State) -> None:
        """Take what the items share."""
        self._state = state
        self._told: dict[str, tuple[str, tuple[str, int | None, str]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which item a row is."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == "scenario" and str(value).endswith("]"):
                    self._told[str(value)] = report.nodeid, report.location

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Fail the last row of each table with an acceptance that none of its rows needs."""
        ran = yield
        for id_, told in self._state.failed_together():
            if id_ not in self._told:
                continue  # its worker crashed, which is a failure already
            nodeid, location = self._told[id_]
            report = pytest.TestReport(
                nodeid=nodeid,
                location=location,
                keywords={},
                outcome="failed",
                longrepr=spelled(session.config, told.text),
                when="teardown",
                user_properties=told.properties,
            )
            session.config.hook.pytest_runtest_logreport(report=report)
        return ran
