"""Rules of properties: removed, added, renamed, null or missing."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.rules import Documentation
from tests.builders import CUID
from tests.rules.cases import Case, breaking, check, fact, info, place, risky

_ERROR = {"old_status": 404, "new_status": 404}
_OPTIONAL = {"old_place": place(), "new_place": place()}
_JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln"

CASES = [
    risky("additional-property-pattern-changed", fact(Kind.KEYS, "$.body.days[*]", "2026-01-02", "2.1.2026")),
    breaking("property-became-optional", fact(Kind.REMOVED, old="x", seen=1, samples=3, present=(3, 2))),
    info("property-became-required", fact(Kind.ADDED, new="x", seen=1, samples=3, present=(2, 3))),
    info("property-added", fact(Kind.ADDED, new="x", seen=1, samples=3, present=(0, 1))),
    breaking("property-removed", fact(Kind.REMOVED, old="x", seen=3, samples=3, present=(3, 0))),
    risky("optional-property-removed", fact(Kind.REMOVED, old="x", seen=1, samples=3, present=(2, 1))),
    risky("absent-vs-null", fact(Kind.REMOVED, old=None)),
    risky("absent-vs-null", fact(Kind.ADDED, new=None)),
    breaking("property-removed", fact(Kind.REMOVED, "$.body.requestId", "r-1")),
    info("property-added", fact(Kind.ADDED, "$.body.fieldErrors", new=["x"])),
    risky("write-only-leaked", fact(Kind.ADDED, "$.body.token", new="REDACTED-0123abcd")),
    risky("write-only-leaked", fact(Kind.ADDED, "$.body.token", new="[ASTRO_API_TOKEN]"), **_OPTIONAL),
    risky("write-only-leaked", fact(Kind.ADDED, "$.body.token", new=_JWT), **_OPTIONAL),
    info("property-added", fact(Kind.ADDED, "$.body.token", new=CUID)),
    info("property-added", fact(Kind.ADDED, "$.body.token", new=["REDACTED-0123abcd"])),
    breaking("property-case-changed", fact(Kind.RENAMED, "$.body.user_id", to="$.body.userId")),
    breaking("property-moved", fact(Kind.RENAMED, "$.body.type", to="$.body.meta.scope")),
    breaking("property-case-changed", fact(Kind.RENAMED, "$.body.x.userId", to="$.body.y.UserID")),
    breaking("property-renamed", fact(Kind.RENAMED, "$.body.type", to="$.body.scope")),
    breaking("property-moved", fact(Kind.RENAMED, "$.body.a.type", to="$.body.b.type")),
    risky("absent-vs-null", fact(Kind.REMOVED, old=None), new_place=place()),
    breaking("property-removed", fact(Kind.REMOVED, old=None), old_place=place()),
    risky("absent-vs-null", fact(Kind.ADDED, new=None), old_place=place()),
    info("property-added", fact(Kind.ADDED, new=None), new_place=place()),
    risky("absent-vs-null", fact(Kind.REMOVED, old=None), **_OPTIONAL),
    risky("default-now-hidden", fact(Kind.REMOVED, old=False), **_OPTIONAL),
    risky("default-now-hidden", fact(Kind.REMOVED, old=""), **_OPTIONAL),
    risky("default-now-hidden", fact(Kind.REMOVED, old=[]), **_OPTIONAL),
    info("property-variance", fact(Kind.REMOVED, old=True), **_OPTIONAL),
    info("property-variance", fact(Kind.REMOVED, old=1), **_OPTIONAL),
    breaking(
        "property-removed", fact(Kind.REMOVED, old=False), old_place=place(), new_place=place(required=True)
    ),
    risky("default-now-serialized", fact(Kind.ADDED, new=0), **_OPTIONAL),
    risky("default-now-serialized", fact(Kind.ADDED, new={}), **_OPTIONAL),
    info("property-variance", fact(Kind.ADDED, new={"a": 1}), **_OPTIONAL),
    info("property-added", fact(Kind.ADDED, new=0), new_place=place()),
    info("property-variance", fact(Kind.REMOVED, old="x"), **_OPTIONAL),
    risky("optional-property-removed", fact(Kind.REMOVED, old="x", seen=2, samples=3)),
    risky("optional-property-removed", fact(Kind.REMOVED, old="x", seen=2, samples=3), old_place=place()),
    breaking("property-removed", fact(Kind.REMOVED, old="x", seen=3, samples=3)),
    breaking(
        "property-removed",
        fact(Kind.REMOVED, old="x", seen=2, samples=3),
        documentation=Documentation.DOCUMENTED,
    ),
    breaking(
        "property-removed", fact(Kind.REMOVED, old="x", seen=2, samples=3), old_place=place(required=True)
    ),
    breaking("property-removed", fact(Kind.REMOVED, old="x"), old_place=place(required=True)),
    info("property-added", fact(Kind.ADDED, new="x")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """Each difference of properties is judged by what both contracts say of the place."""
    check(case)
