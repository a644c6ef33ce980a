"""Tests of the drifts that no document has: each of them alone is what the harness sees."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from harness.result import Verdict
from harness.sandbox.answers import Answer
from harness.sandbox.drifts import DRIFTS
from harness.sandbox.setup import Setup, chosen
from tests.sandbox.sight import rules, seen

STEPS: Final = {
    "order-changed": """
  - operation: ListWorkspaces
    request: {query: {sorts: ["name:asc"]}}
""",
    "error-envelope-changed": """
  - request: {method: GET, path: "/organizations/${organization_id}/teams/clunknown0000000000000000"}
    expect: {status: 404}
""",
    "create-status-changed": """
  - operation: CreateTeam
    request: {body: {name: "a ${side}"}}
""",
}
NOISE: Final = {"value-made-by-side"}
LIST: Final = "  - operation: ListDeployments"
RULES: Final = {
    "enum-case": {"enum-case-changed"},
    "value-changed": {"value-changed"},
    "id-changed": {"resource-identity-changed"},
    "number-as-text": {"type-changed"},
    "timestamp-precision": {"time-precision-changed"},
    "property-lost": {"property-removed"},
    "element-missing": {"list-elements-missing"},
    "order-changed": {"list-order-changed"},
    "header-lost": {"media-type-generalized"},
    "error-envelope-changed": {"error-envelope-changed", "error-field-added"},
    "create-status-changed": {"status-success-changed"},
    "latency": {"answer-slower"},
}


@pytest.mark.parametrize("name", [switch.name for switch in DRIFTS])
def test_the_harness_sees_exactly_that_one(name: str, tmp_path: Path) -> None:
    """A drift that no document announces is found by its rule."""
    setup = Setup(on=chosen(only=(), added=(name,)))
    result = seen(tmp_path, setup, f"steps:\n{STEPS.get(name, LIST)}")

    # On a busy machine any answer may be slow.
    noise = NOISE | {"answer-slower"} - RULES[name]
    assert rules(result) - noise == RULES[name]
    # One slow answer, and of the sandbox, proves nothing.
    assert result.verdict is (Verdict.MATCH if name == "latency" else Verdict.MISMATCH)


def test_none_is_on_by_default() -> None:
    """No drift is in force unless it is asked for by name."""
    assert not {switch.name for switch in DRIFTS} & Setup().on
    assert RULES.keys() == {switch.name for switch in DRIFTS}


def test_they_leave_errors_alone() -> None:
    """A change of data does not meet the error body, and what has not the property stays as it is."""
    error = Answer(status=404, data={"message": "no", "requestId": "1", "statusCode": 404})
    plain = Answer(status=200, data=[{"id": "1", "name": None}])

    for switch in DRIFTS:
        assert switch.after is not None
        if switch.name not in ("error-envelope-changed", "header-lost", "latency"):
            assert switch.after(error) == error
            assert switch.after(plain).data in (plain.data, [])
