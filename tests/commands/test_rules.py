"""``harness rules`` and ``harness explain``."""

from __future__ import annotations

import json
from pathlib import Path

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
        "examples",
    }
    assert all(rule["examples"] for rule in listed)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained(rule: str) -> None:
    """A rule is explained in words, without the blanks that only a finding fills."""
    called = harness("explain", rule)

    assert called.code == 0
    assert called.out.startswith(f"{rule}\n  severity:")
    words, _, shown = called.out.partition("  speaks of:\n")
    assert "{" not in words.replace("{status: ...}", "")
    assert "  leaves alone:\n" in shown
    assert all(line.startswith("  ") for line in shown.splitlines())


def test_each_direction_of_a_rule_is_explained() -> None:
    """Where a rule's severity or advice depends on what was found, each is told, the worst first and once."""
    missing, renamed = (
        harness("explain", "list-elements-missing").out,
        harness("explain", "property-renamed").out,
    )
    listed = {line.split()[0]: line.split()[1] for line in harness("rules").out.splitlines()}

    assert (
        missing.index("severity:    breaking") < missing.index("  or\n") < missing.index("severity:    risky")
    )
    assert "  or\n" not in renamed
    assert listed["list-elements-missing"] == listed["int-precision-risk"] == "breaking"


def test_an_example_can_be_compared(tmp_path: Path) -> None:
    """The sides of an example in JSON are exchange documents: ``harness compare`` finds the rule in them."""
    listed = json.loads(harness("rules", "--format", "json").out)
    example = next(rule for rule in listed if rule["id"] == "property-renamed")["examples"][0]
    for side in ("baseline", "candidate"):
        (tmp_path / f"{side}.json").write_text(json.dumps(example[side]), "utf-8")

    called = harness("compare", str(tmp_path / "baseline.json"), str(tmp_path / "candidate.json"))

    assert example["fires"] is True
    assert "property-renamed" in called.out


def test_an_example_is_shown_in_lines() -> None:
    """What both sides share comes first, then a line a side: status, headers, body."""
    assert harness("explain", "property-renamed").out.endswith(
        """\
  speaks of:
    operation  GetApiToken
    v1beta1    200  {"type": "WORKSPACE"}
    v1         200  {"scope": "WORKSPACE"}
  leaves alone:
    operation  GetApiToken
    v1beta1    200  {"type": "WORKSPACE"}
    v1         200  {"scope": "DEPLOYMENT"}
"""
    )
    failed = harness("explain", "transport-failure").out
    assert "    v1         no answer: timeout\n" in failed
    packed = harness("explain", "content-encoding-changed").out
    assert "    v1         204  content-encoding: gzip\n" in packed
    assert '    given      probe: "missing"\n' in harness("explain", "auth-not-enforced").out
