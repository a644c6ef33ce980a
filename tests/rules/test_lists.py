"""Rules of lists and their pages."""

from __future__ import annotations

import pytest

from harness.difference import FOLLOWS, Kind
from tests.rules.cases import Case, breaking, check, fact, info, place, risky

_ERROR = {"old_status": 400, "new_status": 400}
_NOT_FOUND = {"old_status": 404, "new_status": 404}
_STATED = "$.body.statusCode"
_HEADER = "$.headers"

CASES = [
    breaking("end-of-list-signal-changed", fact(Kind.REMOVED, "$.body.nextToken", "")),
    breaking("end-of-list-signal-changed", fact(Kind.NULL, "$.body.page.cursor", "", None)),
    breaking("end-of-list-signal-changed", fact(Kind.ADDED, "$.body.hasMore", new=False)),
    breaking("pagination-style-changed", fact(Kind.REMOVED, "$.body.nextToken", "abc")),
    breaking("pagination-style-changed", fact(Kind.REMOVED, "$.body.offset", 0)),
    breaking("pagination-style-changed", fact(Kind.RENAMED, "$.body.limit", to="$.body.pageSize")),
    breaking("property-removed", fact(Kind.REMOVED, "$.body.quota.limit", 5)),
    breaking("property-removed", fact(Kind.REMOVED, "$.body.teams[*].limit", 5)),
    breaking("total-count-removed", fact(Kind.REMOVED, "$.body.totalCount", 5)),
    breaking("total-count-removed", fact(Kind.RENAMED, "$.body.totalCount", to="$.body.total")),
    breaking("property-removed", fact(Kind.REMOVED, "$.body.teams[*].total", 5)),
    breaking("pagination-added", fact(Kind.ADDED, "$.body.limit", new=20)),
    info("property-added", fact(Kind.ADDED, "$.body.nextCursor", new="abc"), paged=True),
    info("property-added", fact(Kind.ADDED, "$.body.hasMore", new=False), paged=True),
    breaking(
        "end-of-list-signal-changed", fact(Kind.ADDED, "$.body.next", new=""), paged=True, old_place=place()
    ),
    info("property-added", fact(Kind.ADDED, "$.body.quota.limit", new=20)),
    info("property-added", fact(Kind.ADDED, "$.body.totalCount", new=20)),
    info("error-field-added", fact(Kind.ADDED, "$.body.limit", new=20), **_ERROR),
    info(
        "property-variance",
        fact(Kind.ADDED, "$.body.limit", new=20),
        old_place=place(),
        new_place=place(),
    ),
    risky("total-count-changed", fact(Kind.VALUE, "$.body.totalCount", 3, 4)),
    info("total-count-changed", fact(Kind.VALUE, "$.body.totalCount", 3, 4, detail=FOLLOWS)),
    breaking("page-size-changed", fact(Kind.VALUE, "$.body.limit", 20, 10)),
    breaking("page-size-changed", fact(Kind.VALUE, "$.body.offset", 0, 1)),
    breaking("list-elements-missing", fact(Kind.ELEMENT_REMOVED, "$.body[*]", {"id": 1})),
    breaking("list-elements-missing", fact(Kind.ELEMENT_REMOVED, "$.body[*]", {"id": 1}, present=(3, 1))),
    risky("list-elements-missing", fact(Kind.ELEMENT_REMOVED, "$.body[*]", {"id": 1}, present=(3, 0))),
    risky("list-elements-extra", fact(Kind.ELEMENT_ADDED, "$.body[*]", new={"id": 1})),
    breaking("list-order-changed", fact(Kind.ORDER, "$.body"), ordered=True),
    breaking("list-order-changed", fact(Kind.ORDER, "$.body.data.teams"), ordered=True),
    breaking("list-order-changed", fact(Kind.ORDER, "$.pages[*].teams"), ordered=True),
    info("list-order-unspecified", fact(Kind.ORDER, "$.body.teams[*].roles"), ordered=True),
    info("list-order-unspecified", fact(Kind.ORDER, "$.pages[*].teams[*].roles"), ordered=True),
    info("list-order-unspecified", fact(Kind.ORDER, "$.body")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """Each difference of lists and pages is judged by the rule that says most about it."""
    check(case)
