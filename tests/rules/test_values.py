"""Rules of types, nulls, values, enums and lists."""

from __future__ import annotations

import pytest

from harness.difference import Difference, Kind
from harness.rules import Circumstances, rule_for
from harness.rules.values import RULES
from tests.builders import CUID, OTHER_CUID
from tests.rules.cases import Case, breaking, check, fact, info, place, risky, unexplained

_ERROR = {"old_status": 400, "new_status": 400}
_STAMP, _SAME_STAMP = "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"
_ENUM = {"old_place": place(enum=("A", "B")), "new_place": place(enum=("A", "B", "C"))}

CASES = [
    breaking("body-type-changed", fact(Kind.TYPE, "$.body", [], {})),
    breaking("type-changed", fact(Kind.TYPE, "$.body[*]", 1, "1")),
    breaking("type-changed", fact(Kind.TYPE, "$.body.requestId", "1", 1)),
    info(
        "nullable-variance",
        fact(Kind.NULL, old="a"),
        old_place=place(nullable=True),
        new_place=place(nullable=True),
    ),
    breaking("became-nullable", fact(Kind.NULL, old="a"), old_place=place(), new_place=place(nullable=True)),
    breaking("became-nullable", fact(Kind.NULL, old="a")),
    breaking("became-nullable", fact(Kind.NULL, old="a"), old_place=place(nullable=True)),
    breaking("became-nullable", fact(Kind.NULL, old="a"), new_place=place(nullable=True)),
    breaking("became-nullable", fact(Kind.NULL, old="a"), old_place=place(nullable=True), new_place=place()),
    breaking("became-nullable", fact(Kind.NULL, "$.body", {})),
    info("became-not-nullable", fact(Kind.NULL, new="a")),
    info(
        "became-not-nullable", fact(Kind.NULL, new=False), old_place=place(nullable=True), new_place=place()
    ),
    info("volatile-value", fact(Kind.VALUE, "$.body.requestId", "a", "b")),
    info("volatile-value", fact(Kind.FORMAT, "$.body.traceId", CUID, "b")),
    info("volatile-value", fact(Kind.VALUE, "$.body.token", "REDACTED-0123abcd", "REDACTED-9876fedc")),
    risky("value-changed", fact(Kind.VALUE, "$.body.requestIds", "a", "b")),
    breaking("format-changed", fact(Kind.FORMAT, "$.body.token", "REDACTED-0123abcd", "plain")),
    info("error-message-changed", fact(Kind.VALUE, "$.body.message", "no", "not so"), **_ERROR),
    info("error-message-changed", fact(Kind.CASE, "$.body.fieldErrors[*].message", "no", "No"), **_ERROR),
    risky("value-changed", fact(Kind.VALUE, "$.body.message", "no", "not so")),
    info(
        "error-status-follows",
        fact(Kind.VALUE, "$.body.statusCode", 400, 404),
        old_status=400,
        new_status=404,
    ),
    breaking("error-code-changed", fact(Kind.VALUE, "$.body.statusCode", 400, 404), **_ERROR),
    breaking("error-code-changed", fact(Kind.VALUE, "$.body.fieldErrors[*].code", "a", "b"), **_ERROR),
    breaking("error-code-changed", fact(Kind.CASE, "$.body.fieldErrors[*].code", "a", "A"), **_ERROR),
    risky("value-changed", fact(Kind.VALUE, "$.body.statusCode", 400, 404)),
    risky("value-changed", fact(Kind.VALUE, "$.body.statusCode", 1, 2), old_status=200, new_status=201),
    risky("value-changed", fact(Kind.VALUE, "$.body.hint", "a", "b"), **_ERROR),
    breaking(
        "error-code-changed",
        fact(Kind.VALUE, "$.body.fieldErrors[*].code", "a", "b"),
        old_status=400,
        new_status=404,
    ),
    info("value-made-by-side", fact(Kind.VALUE, "$.body.id", CUID, OTHER_CUID), own=True),
    info("value-made-by-side", fact(Kind.INSTANT, "$.body.at", _STAMP, _SAME_STAMP), own=True),
    info("value-made-by-side", fact(Kind.VALUE, "$.body.release", "quasar-1234", "pulsar-5678"), own=True),
    info("value-made-by-side", fact(Kind.VALUE, "$.body.id", CUID, OTHER_CUID), own=True, old_place=place()),
    risky("value-changed", fact(Kind.VALUE, "$.body.release", "quasar-1234", "pulsar"), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.release", "quasar", "pulsar-5678"), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.size", 1, 2), own=True),
    info(
        "value-made-by-side",
        fact(Kind.VALUE, "$.body.host", "ab12cd.a.example", "ef34gh.a.example"),
        own=True,
    ),
    risky("value-changed", fact(Kind.VALUE, "$.body.host", "ab12cd.a.example", "ef34gh.b.example"), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.host", "ab12cd.a.example", "host.a.example"), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.host", "ab12cd.a.example", "ef34gh.a.example")),
    risky("value-changed", fact(Kind.VALUE, "$.body.id", CUID, OTHER_CUID)),
    risky("value-changed", fact(Kind.VALUE, "$.body.status", "CREATING", "HEALTHY"), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.size", "A10", "A20"), own=True),
    risky(
        "value-changed",
        fact(Kind.VALUE, "$.body.size", "SIZE_A10", "SIZE_A20"),
        own=True,
        old_place=place(enum=("SIZE_A10", "SIZE_A20")),
    ),
    breaking("format-changed", fact(Kind.FORMAT, "$.body.id", CUID, "another form"), own=True),
    risky("time-precision-changed", fact(Kind.INSTANT, "$.body.at", _STAMP, _SAME_STAMP)),
    breaking("enum-case-changed", fact(Kind.CASE, "$.body.status", "ACTIVE", "active")),
    breaking("format-changed", fact(Kind.FORMAT, "$.body.at", _STAMP, "2026-01-02")),
    risky("total-count-changed", fact(Kind.VALUE, "$.body.totalCount", 3, 4)),
    breaking("page-size-changed", fact(Kind.VALUE, "$.body.limit", 20, 10)),
    breaking("page-size-changed", fact(Kind.VALUE, "$.body.offset", 0, 1)),
    risky("value-changed", fact(Kind.VALUE, "$.body.quota.limit", 20, 10)),
    risky("enum-value-added", fact(Kind.VALUE, "$.body.type", "A", "C"), **_ENUM),
    risky("value-changed", fact(Kind.VALUE, "$.body.type", "A", "B"), **_ENUM),
    risky("value-changed", fact(Kind.VALUE, "$.body.type", "A", "B"), old_place=place()),
    risky("link-base-changed", fact(Kind.VALUE, "$.body.url", "https://a.example/x", "https://b.example/x")),
    risky("link-base-changed", fact(Kind.VALUE, "$.body.url", "http://a.example/x", "https://a.example/x")),
    risky("link-base-changed", fact(Kind.VALUE, "$.body.url", "https://[broken", "https://a.example")),
    risky("value-changed", fact(Kind.VALUE, "$.body.url", "https://a.example/x", "https://a.example/y")),
    risky("value-changed", fact(Kind.VALUE, "$.body.url", "https://a.example?x", "https://a.example#y")),
    risky("value-changed", fact(Kind.VALUE, "$.body.x", 1, 1.0)),
    breaking("list-elements-missing", fact(Kind.ELEMENT_REMOVED, "$.body[*]", {"id": 1})),
    breaking("list-elements-missing", fact(Kind.ELEMENT_REMOVED, "$.body[*]", {"id": 1}, present=(3, 1))),
    risky("list-elements-missing", fact(Kind.ELEMENT_REMOVED, "$.body[*]", {"id": 1}, present=(3, 0))),
    risky("list-elements-extra", fact(Kind.ELEMENT_ADDED, "$.body[*]", new={"id": 1})),
    breaking("list-order-changed", fact(Kind.ORDER, "$.body"), ordered=True),
    info("list-order-unspecified", fact(Kind.ORDER, "$.body")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """Each difference of values is judged by the rule that says most about it."""
    check(case)


def test_every_rule_has_an_example() -> None:
    """No rule of values stands in the catalogue without a difference that it judges."""
    assert unexplained(RULES, CASES) == set()


@pytest.mark.parametrize(
    ("old", "new", "made"),
    [
        ("org.astronomer.run/dye2msgl/api/v1", "org.astronomer.run/dkewdtcg/api/v1", True),
        ("org.astronomer.run/dlpqmjrh?orgId=x", "org.astronomer.run/dovwxpuj?orgId=x", True),
        ("quasar-4711ab-geo", "quasar-9f13cd-geo", True),
        ("d907d2d0", "09017046", True),
        ("13.2.0", "13.3.0", False),
        ("team foo.bar planning", "team foo.bar shipping", False),
        ("a.example.com/v1beta1", "a.example.com/v1", False),
        ("ACTIVE", "PAUSED", False),
    ],
)
def test_what_a_side_made_up_is_told_by_its_form(old: str, new: str, *, made: bool) -> None:
    """Of resources of a side's own, ids in host names are made up; versions and states are not."""
    fact = Difference(kind=Kind.VALUE, path="$.body.x", baseline=old, candidate=new)

    assert (rule_for(fact, Circumstances(own=True)).id == "value-made-by-side") is made
    assert rule_for(fact, Circumstances(own=False)).id != "value-made-by-side"
