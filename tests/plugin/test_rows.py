"""Rows of data tables that workers of xdist ran: what pytest tells of them is what the report does."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

import pytest

from tests.plugin.inner import pytest_in, report, ship_table

_UNUSED: Final = "{rule: property-removed, path: $.body.gone, reason: agreed}"
_PLACE: Final = "scenarios/clusters/options.yaml:17"


def _ran(pytester: pytest.Pytester, *arguments: str) -> tuple[int, str]:
    process = pytest_in(pytester, "-n", "2", *arguments)
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def test_an_acceptance_that_no_row_needs_fails_the_last(pytester: pytest.Pytester) -> None:
    """The terminal, JUnit, the cache of failures and the report name one row, and the acceptance's place."""
    ship_table(pytester, _UNUSED)

    code, said = _ran(pytester, "--junitxml=j.xml")
    cases = ET.parse(pytester.path / "j.xml").getroot().iter("testcase")  # noqa: S314 - it is pytest's own
    (case,) = [case for case in cases if case.find("error") is not None]
    failed = case.attrib["name"]
    (row,) = [each for each in report(pytester)["scenarios"] if each["verdict"] == "mismatch"]

    assert code == pytest.ExitCode.TESTS_FAILED, said
    assert f'{_PLACE} step "acceptances": mismatch' in said
    assert "acceptance of property-removed at $.body.gone matches nothing any more." in said
    assert [step["where"] for step in row["steps"]][-1] == _PLACE
    assert case.find("properties/property[@name='verdict'][@value='mismatch']") is not None
    assert failed.rpartition("[")[2] == row["id"].rpartition("[")[2]
    assert failed in (pytester.path / ".pytest_cache/v/cache/lastfailed").read_text("utf-8")
    assert f"ERROR scenarios/clusters/options.yaml::{failed}" in said


def test_what_a_row_may_need_that_did_not_run_fails_none(pytester: pytest.Pytester) -> None:
    """An acceptance is unused when all rows of its table ran, and none needs it."""
    ship_table(pytester, _UNUSED)

    code, said = _ran(pytester, "-k", "aws or gcp")

    assert code == pytest.ExitCode.OK, said
