"""Tests of choosing what a sandbox is like."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.sandbox.setup import DOCUMENTED, Setup, chosen, parse_faults


def test_documented_differences_are_on_unless_switched_off() -> None:
    """All documented differences hold; some can be left out, or be the only ones, and drifts be added."""
    assert chosen() == DOCUMENTED
    assert chosen(without=["supportPlan-removed"]) == DOCUMENTED - {"supportPlan-removed"}
    assert chosen(only=["supportPlan-removed"], added=["latency"]) == {"supportPlan-removed", "latency"}
    assert chosen(only=[]) == frozenset()


def test_a_setup_knows_what_is_off() -> None:
    """The differences that are not on are off; drifts are no differences."""
    setup = Setup(on=chosen(without=["supportPlan-removed"], added=["enum-case"]))

    assert [switch.name for switch in setup.off] == ["supportPlan-removed"]
    assert "enum-case" in [switch.name for switch in setup.switches]
    assert Setup().off == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"without": ["supportplan-removed"]}, "--without: there is no `supportplan-removed`. Did you mean "),
        ({"only": ["latency"]}, "--only: there is no `latency`. "),
        ({"added": ["supportPlan-removed"]}, "--with: there is no `supportPlan-removed`. "),
        ({"only": [], "without": ["supportPlan-removed"]}, "--without: --only says which"),
    ],
)
def test_a_wrong_name_is_said(options: dict[str, list[str]], message: str) -> None:
    """A name that is none, or of the other kind, is a usage error with advice."""
    with pytest.raises(UsageError) as caught:
        chosen(**options)

    assert str(caught.value).startswith(message)


def test_faults_and_a_latency_are_read() -> None:
    """Faults keep their order, and the latency of everything comes last."""
    faults = parse_faults(["v1:*:503", "*:ListUsers:429"], "150ms")

    assert [fault.kind for fault in faults] == ["503", "429", "latency"]
    assert parse_faults([]) == ()


def test_a_wrong_latency_is_said() -> None:
    """A latency without a unit is a usage error."""
    with pytest.raises(UsageError, match=r"^--latency: `150` is no duration. Write 150ms or 2s, 30s at most"):
        parse_faults([], "150")
