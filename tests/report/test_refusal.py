"""What a service says where it refuses a call."""

from __future__ import annotations

import pytest

from harness.exchange import Json
from harness.report.refusal import refusal
from harness.result import StepResult, Verdict
from tests.report.builders import error_body, evidence, finding, step


def _refused(old: Json, new: Json, rule: str = "call-refused-on-both") -> StepResult:
    return step(
        finding(rule=rule, inconclusive=True),
        verdict=Verdict.INCONCLUSIVE,
        baseline=evidence("iam", old, 400),
        candidate=evidence("v1", new, 400),
    )


def _body(*fields: Json) -> dict[str, Json]:
    return {"message": "invalid request body", "fieldErrors": [*fields]}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (error_body(400, "no"), error_body(400, "never"), 'v1beta1: "no"; v1: "never"'),
        (error_body(400, "no"), error_body(400, "no"), 'Both: "no"'),
        (error_body(400, "no"), "text", 'v1beta1: "no"'),
        (
            _body({"message": "entityId is required"}, {"message": "role is"}, {}, 1),
            _body(),
            'v1beta1: "invalid request body: entityId is required, role is"; v1: "invalid request body"',
        ),
        (error_body(400, "a\nb\x1b"), None, 'v1beta1: "a\\nb\\x1b"'),
        (error_body(400, "a" * 300), None, f'v1beta1: "{"a" * 199}…"'),
        ({"message": 1, "fieldErrors": {}}, [], ""),
    ],
)
def test_what_both_sides_said_is_quoted(old: Json, new: Json, said: str) -> None:
    """On one line and no longer than that; what both said is quoted once."""
    assert refusal(_refused(old, new)) == said


def test_only_refusals_on_both_sides_are_quoted() -> None:
    """What one side refused is a finding that is shown with both answers."""
    assert refusal(_refused(error_body(400, "no"), None, "status-changed")) == ""
