"""Tests of the one place for guesses."""

from __future__ import annotations

from harness.contract import V1, V1BETA1, load_contract
from harness.sandbox import assumptions
from harness.sandbox.lists import explained


def test_every_assumption_is_explained() -> None:
    """Each constant is followed by a sentence that says what is not documented."""
    found = list(explained())

    assert len(found) > 30
    assert all(text for _, _, text in found)


def test_no_assumption_is_documented() -> None:
    """No operation documents 413, 501 or, outside environment objects, 405: they are the sandbox's own."""
    operations = [item for version in (V1BETA1, V1) for item in load_contract(version).operations]
    documented = {
        code for item in operations for code in item.responses if "environment-objects" not in item.path
    }

    assert not documented & {"405", "413", str(assumptions.NOT_COVERED_STATUS)}
