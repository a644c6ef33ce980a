"""``--plan``: pytest collects the scenarios, and instead of running them says what they would call."""

from __future__ import annotations

import pytest

from harness.plugin.items import ScenarioItem
from harness.plugin.state import State


class Planner:
    """Stands in for the run; it is registered only where a plan is asked for."""

    def __init__(self, state: State) -> None:
        """Take what the items share."""
        self._state = state

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run nothing, and plan the scenarios; mistakes in files end the session as ever."""
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            return None
        from harness.contract import load_contracts
        from harness.planning import plan_run
        from harness.report.plan import plan_text

        rows = [(item.scenario, item.row) for item in session.items if isinstance(item, ScenarioItem)]
        if rows:
            contracts = load_contracts(self._state.settings.contracts)
            self._state.summary = plan_text(plan_run(rows, self._state.options, contracts))
        return True
