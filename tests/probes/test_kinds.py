"""The kinds of probes, and which of them ``checks`` ask for."""

from __future__ import annotations

import pytest

from harness.probes.kinds import ALL, KINDS, wanted
from harness.rules import Check
from harness.scenario.model import Checks

AUTH = ["missing", "malformed", "invalid", "expired", "readonly", "workspace"]


@pytest.mark.parametrize("check", ["auth", "errors"])
def test_every_name_of_checks_is_a_kind(check: str) -> None:
    """What a scenario can ask for can be made, and nothing else."""
    names = Checks.model_json_schema()["properties"][check]["anyOf"][1]["items"]["enum"]

    assert set(names) == {ALL, *(name for name, kind in KINDS.items() if kind.check == check)}


def test_a_name_alone_keeps_what_it_always_meant() -> None:
    """Those that were there before ask for one probe, the others for one of each operation."""
    assert wanted(Check.AUTH, ["invalid", "readonly", "invalid"]) == {"invalid": False, "readonly": True}
    assert wanted(Check.ERRORS, ["too-long", "not-found"]) == {"too-long": True, "not-found": False}
    assert wanted(Check.ERRORS, []) == {}


def test_all_is_each_of_each_operation() -> None:
    """All is every kind of the check; what would say the same twice is asked for by name only."""
    assert wanted(Check.AUTH, ["all"]) == dict.fromkeys(AUTH, True)
    mistakes = dict(wanted(Check.ERRORS, ["all", "invalid-body", "not-found"]))
    assert mistakes.pop("invalid-body") is False
    assert set(mistakes.values()) == {True}
    assert len(mistakes) == 12
    assert "invalid-query" not in mistakes
