"""Acceptances of scenarios with a data table: only all rows together show that one is not needed any more."""

from __future__ import annotations

from typing import Final

import pytest

from tests.plugin.inner import Pytest, report, ship_table

_UNUSED: Final = "{rule: property-removed, path: $.body.gone, reason: agreed}"


def _told(pytester: pytest.Pytester) -> list[str]:
    """Return the places of the acceptances that the report tells."""
    steps = [step for scenario in report(pytester)["scenarios"] for step in scenario["steps"]]
    return [step["where"] for step in steps if step["name"] == "acceptances"]


def test_an_acceptance_that_no_row_needs_fails_the_last(pytester: pytest.Pytester, run: Pytest) -> None:
    """The row that runs last has the finding, at the acceptance's own place."""
    ship_table(pytester, _UNUSED)

    result = run()

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*acceptance of property-removed at $.body.gone matches nothing any more.*"])
    assert _told(pytester) == ["scenarios/clusters/options.yaml:17"]


def test_some_rows_tell_nothing_of_acceptances(pytester: pytest.Pytester, run: Pytest) -> None:
    """What a row that was not chosen needs is not known."""
    ship_table(pytester, _UNUSED)

    run("-k", "aws or gcp").assert_outcomes(passed=2, deselected=1)

    assert _told(pytester) == []
