"""Rules of the bodies of errors."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.exchange import Side
from tests.rules.cases import Case, breaking, check, fact, info, risky

_ERROR = {"old_status": 400, "new_status": 400}
_NOT_FOUND = {"old_status": 404, "new_status": 404}
_STATED = "$.body.statusCode"
_HEADER = "$.headers"

CASES = [
    info("field-errors-varied", fact(Kind.VALUE, "$.body.fieldErrors[*].field", "a", "b"), **_ERROR),
    breaking("error-code-changed", fact(Kind.VALUE, "$.body.field", "a", "b"), **_ERROR),
    breaking("error-envelope-changed", fact(Kind.REMOVED, "$.body.requestId", "r-1"), **_NOT_FOUND),
    breaking(
        "error-envelope-changed", fact(Kind.RENAMED, "$.body.message", to="$.body.detail"), **_NOT_FOUND
    ),
    risky("error-field-removed", fact(Kind.REMOVED, "$.body.hint", "x"), **_NOT_FOUND),
    risky("error-field-removed", fact(Kind.REMOVED, "$.body.error.message", "x"), **_NOT_FOUND),
    info("field-errors-varied", fact(Kind.REMOVED, "$.body.fieldErrors", []), **_NOT_FOUND),
    info("field-errors-varied", fact(Kind.ADDED, "$.body.fieldErrors", new=[]), **_NOT_FOUND),
    info("field-errors-varied", fact(Kind.ADDED, "$.body.fieldErrors[*].code", new="x"), **_NOT_FOUND),
    info("error-field-added", fact(Kind.ADDED, "$.body.type", new="about:blank"), **_NOT_FOUND),
    risky("validation-shape-changed", fact(Kind.REMOVED, "$.body.fieldErrors[*].code", "x"), **_ERROR),
    risky("validation-shape-changed", fact(Kind.TYPE, "$.body.fieldErrors", [], {}), **_ERROR),
    breaking("property-removed", fact(Kind.REMOVED, "$.body.fieldErrors[*].code", "x")),
    breaking("error-detail-key-removed", fact(Kind.REMOVED, "$.body.details.zone", "x"), **_ERROR),
    breaking("error-detail-key-removed", fact(Kind.REMOVED, "$.body.error.metadata.zone", "x"), **_ERROR),
    risky("error-field-removed", fact(Kind.REMOVED, "$.body.details", {}), **_ERROR),
    info("error-status-mismatch", fact(Kind.ERROR_STATUS, _STATED, 500, side=Side.BASELINE)),
    info("error-status-mismatch", fact(Kind.ERROR_STATUS, _STATED, 500, 500)),
    breaking("error-status-mismatch", fact(Kind.ERROR_STATUS, _STATED, new=500, side=Side.CANDIDATE)),
    info("error-message-changed", fact(Kind.VALUE, "$.body.message", "no", "not so"), **_ERROR),
    info("error-message-changed", fact(Kind.CASE, "$.body.fieldErrors[*].message", "no", "No"), **_ERROR),
    info(
        "error-status-follows",
        fact(Kind.VALUE, "$.body.statusCode", 400, 404),
        old_status=400,
        new_status=404,
    ),
    breaking("error-code-changed", fact(Kind.VALUE, "$.body.statusCode", 400, 404), **_ERROR),
    breaking("error-code-changed", fact(Kind.VALUE, "$.body.fieldErrors[*].code", "a", "b"), **_ERROR),
    breaking("error-code-changed", fact(Kind.CASE, "$.body.fieldErrors[*].code", "a", "A"), **_ERROR),
    breaking(
        "error-code-changed",
        fact(Kind.VALUE, "$.body.fieldErrors[*].code", "a", "b"),
        old_status=400,
        new_status=404,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """Each difference of two error bodies is judged by the rule that says most about it."""
    check(case)
