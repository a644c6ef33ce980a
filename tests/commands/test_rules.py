"""``harness rules`` and ``harness explain``."""

from __future__ import annotations

import json

import pytest

from harness.rules import RULES
from tests.calling import harness


def test_rules_are_listed() -> None:
    """Each rule of the catalogue has its line."""
    called = harness("rules")

    assert called.code == 0
    assert [line.split()[0] for line in called.out.splitlines()] == list(RULES)


def test_rules_are_listed_for_programs() -> None:
    """The same as JSON, with every part of a rule."""
    listed = json.loads(harness("rules", "--format", "json").out)

    assert [rule["id"] for rule in listed] == list(RULES)
    assert {key for rule in listed for key in rule} == {
        "id",
        "check",
        "strict",
        "tolerant",
        "consequence",
        "remedy",
    }


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained(rule: str) -> None:
    """A rule is explained in words, without the blanks that only a finding fills."""
    called = harness("explain", rule)

    assert called.code == 0
    assert called.out.startswith(f"{rule}\n  severity:")
    assert "{" not in called.out.replace("{status: ...}", "")
