"""Rules of what only the contracts can show."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from tests.rules.cases import Case, breaking, check, fact, info, risky

CASES = [
    info("endpoint-added", fact(Kind.APPEARED, "$.request", detail="GET /users/self")),
    breaking("status-success-lost", fact(Kind.STATUSES, "$.status", "200")),
    info("documented-status-changed", fact(Kind.STATUSES, "$.status", "404")),
    info("documented-status-changed", fact(Kind.STATUSES, "$.status", None, "204")),
    info("documented-status-changed", fact(Kind.STATUSES, "$.status", None, "412")),
    breaking("property-became-optional", fact(Kind.PRESENCE, old="required", new="optional")),
    info("property-became-required", fact(Kind.PRESENCE, old="optional", new="required")),
    breaking("became-nullable", fact(Kind.NULLABLE, old="string")),
    info("became-not-nullable", fact(Kind.NULLABLE, new="string")),
    info("type-specialized", fact(Kind.TYPES, old="number", new="integer")),
    breaking("type-changed", fact(Kind.TYPES, old="integer", new="number")),
    breaking("type-changed", fact(Kind.TYPES, old="string", new="string or integer")),
    info("enum-value-removed", fact(Kind.VALUES, old=["A"], new=["B", "C"])),
    info("enum-value-removed", fact(Kind.VALUES, new=["A", "B"])),
    risky("enum-value-added", fact(Kind.VALUES, old=["A", "B"])),
    breaking("default-changed", fact(Kind.DEFAULT, "$.request.query.limit", 20, 10)),
    info("request-relaxed", fact(Kind.RELAXED, "$.request.body.type")),
    info("request-extended", fact(Kind.EXTENDED, "$.request.query.workspaceId")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """The difference is judged by that rule with that severity, as its catalogue row says."""
    check(case)
