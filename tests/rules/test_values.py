"""Rules of types, nulls, values, enums and lists."""

from __future__ import annotations

from functools import partial

import pytest

from harness.difference import NAMESAKE, Difference, Kind
from harness.rules import Circumstances, Told, rule_for
from harness.schema import Place, Schema
from tests.builders import CUID, OTHER_CUID
from tests.rules.cases import Case, breaking, check, fact, info, place, risky

_ERROR = {"old_status": 400, "new_status": 400}
_STAMP, _SAME_STAMP = "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"
_ENUM = {"old_place": place(enum=("A", "B")), "new_place": place(enum=("A", "B", "C"))}


def bounded(**bounds: float) -> Place:
    """Build what a contract says of a place with bounds."""
    return Place(schema=Schema(**bounds), required=True, nullable=False)  # type: ignore[arg-type]  # names of bounds only


CASES = [
    breaking("body-type-changed", fact(Kind.TYPE, "$.body", [], {})),
    breaking("item-type-changed", fact(Kind.TYPE, "$.body[*]", 1, "1")),
    breaking("type-changed", fact(Kind.TYPE, "$.body.size", 1, "1")),
    breaking("int-precision-risk", fact(Kind.TYPE, "$.body.id", 1, "one")),
    breaking("type-changed", fact(Kind.TYPE, "$.body.id", "1", 1)),
    risky("int-precision-risk", fact(Kind.VALUE, "$.body.size", 1, 2**53 + 1)),
    risky("value-changed", fact(Kind.VALUE, "$.body.size", 1, 2**53)),
    risky("value-changed", fact(Kind.VALUE, "$.body.size", 2**54, 2**55)),
    info("type-specialized", fact(Kind.VALUE, "$.body.size", 1.0, 1)),
    risky("value-changed", fact(Kind.VALUE, "$.body.size", 1.5, 1)),
    risky("value-changed", fact(Kind.VALUE, "$.body.size", 1, 1.0), old_place=place("number")),
    risky("value-changed", fact(Kind.VALUE, "$.body.size", 1, 1.5)),
    breaking("type-generalized", fact(Kind.VALUE, "$.body.size", 1, 1.5), old_place=place("integer")),
    breaking("bound-exceeded", fact(Kind.VALUE, "$.body.size", 1, 11), old_place=bounded(maximum=10)),
    risky("value-changed", fact(Kind.VALUE, "$.body.size", 1, 10), old_place=bounded(maximum=10)),
    breaking("bound-exceeded", fact(Kind.VALUE, "$.body.size", 1, -1), old_place=bounded(minimum=0)),
    breaking("bound-exceeded", fact(Kind.VALUE, "$.body.name", "a", "abc"), old_place=bounded(max_length=2)),
    risky("value-changed", fact(Kind.VALUE, "$.body.on", old=False, new=True), old_place=bounded(maximum=0)),
    breaking("const-changed", fact(Kind.VALUE, "$.body.kind", "A", "B"), old_place=place(enum=("A",))),
    risky(
        "enum-value-added",
        fact(Kind.VALUE, "$.body.kind", "A", "B"),
        old_place=place(enum=("A",)),
        new_place=place(enum=("A", "B")),
    ),
    breaking("resource-identity-changed", fact(Kind.VALUE, "$.body.id", CUID, OTHER_CUID), old_place=place()),
    breaking(
        "resource-identity-changed",
        fact(Kind.VALUE, "$.body.teams[*].id", CUID, OTHER_CUID, detail=NAMESAKE),
        old_place=place(),
    ),
    risky("value-changed", fact(Kind.VALUE, "$.body.teams[*].id", CUID, OTHER_CUID), old_place=place()),
    risky("value-changed", fact(Kind.VALUE, "$.body.teamId", CUID, OTHER_CUID), old_place=place()),
    info("human-text-changed", fact(Kind.VALUE, "$.body.message", "all is well", "all is good")),
    risky("value-changed", fact(Kind.VALUE, "$.body.description", "my team", "our team")),
    risky("opaque-id-too-long", fact(Kind.VALUE, "$.body.nextToken", "a" * 255, "a" * 256)),
    risky("opaque-id-too-long", fact(Kind.VALUE, "$.body.id", "a", "a" * 256), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.name", "a", "a" * 256)),
    info("opaque-id-format-changed", fact(Kind.VALUE, "$.body.id", "tok_abc", "key_abc"), own=True),
    info("opaque-id-format-changed", fact(Kind.VALUE, "$.body.cursor", "abc", "abcdef")),
    info("value-made-by-side", fact(Kind.VALUE, "$.body.id", "tok_abc1", "tok_xyz2"), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.teamId", "tok_abc", "key_abc")),
    breaking("enum-case-changed", fact(Kind.CASE, "$.body.state", "up", "Up"), **_ENUM),
    risky("value-changed", fact(Kind.CASE, "$.body.name", "my team", "My team")),
    risky("value-changed", fact(Kind.CASE, "$.body.name", "a", "A")),
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
    risky("value-changed", fact(Kind.VALUE, "$.body.message", "no", "not so")),
    risky("value-changed", fact(Kind.VALUE, "$.body.statusCode", 400, 404)),
    risky("value-changed", fact(Kind.VALUE, "$.body.statusCode", 1, 2), old_status=200, new_status=201),
    risky("value-changed", fact(Kind.VALUE, "$.body.hint", "a", "b"), **_ERROR),
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
    risky("value-changed", fact(Kind.VALUE, "$.body.quota.limit", 20, 10)),
    risky("enum-value-added", fact(Kind.VALUE, "$.body.type", "A", "C"), **_ENUM),
    risky("value-changed", fact(Kind.VALUE, "$.body.type", "A", "B"), **_ENUM),
    risky("value-changed", fact(Kind.VALUE, "$.body.type", "A", "B"), old_place=place()),
    risky("link-base-changed", fact(Kind.VALUE, "$.body.url", "https://a.example/x", "https://b.example/x")),
    risky("link-base-changed", fact(Kind.VALUE, "$.body.url", "http://a.example/x", "https://a.example/x")),
    risky("link-base-changed", fact(Kind.VALUE, "$.body.url", "https://[broken", "https://a.example")),
    risky("value-changed", fact(Kind.VALUE, "$.body.url", "https://a.example/x", "https://a.example/y")),
    risky("value-changed", fact(Kind.VALUE, "$.body.url", "https://a.example?x", "https://a.example#y")),
    breaking("type-generalized", fact(Kind.VALUE, "$.body.x", 1, 1.0)),
    # What both sides were sent is of nobody's making; what each was sent for itself is.
    risky(
        "value-changed",
        fact(Kind.VALUE, "$.body.of", CUID, OTHER_CUID),
        own=True,
        told=partial(Told, alike=frozenset({CUID})),
    ),
    info(
        "value-made-by-side",
        fact(Kind.VALUE, "$.body.of", CUID, OTHER_CUID),
        own=True,
        told=partial(Told, alike=frozenset({"x"})),
    ),
    breaking(
        "resource-identity-changed",
        fact(Kind.VALUE, "$.body.id", CUID, OTHER_CUID),
        own=True,
        old_place=place(),
        told=partial(Told, alike=frozenset({CUID})),
    ),
    info(
        "value-made-by-side",
        fact(Kind.VALUE, "$.body.range", "10.0.0.0/20", "10.1.0.0/20"),
        own=True,
        told=partial(Told, chosen=frozenset({("10.0.0.0/20", "10.1.0.0/20")})),
    ),
    risky("value-changed", fact(Kind.VALUE, "$.body.range", "10.0.0.0/20", "10.1.0.0/20"), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.region", "us-east-1", "us-west-2"), own=True),
    risky("value-changed", fact(Kind.VALUE, "$.body.node", "n2-standard-4", "e2-standard-8"), own=True),
    info("value-made-by-side", fact(Kind.VALUE, "$.body.id", "us-east-1", "us-west-2"), own=True),
    risky(
        "link-base-changed",
        fact(Kind.VALUE, "$.body.url", "https://a.example/ab12cd", "https://b.example/ef34gh"),
        own=True,
    ),
    info(
        "value-made-by-side",
        fact(Kind.VALUE, "$.body.url", "https://ab12cd.a.example/x", "https://ef34gh.a.example/y"),
        own=True,
    ),
    risky("time-precision-changed", fact(Kind.VALUE, "$.body.at", _STAMP, "2026-01-02 03:05:06"), own=True),
    risky(
        "time-precision-changed",
        fact(Kind.INSTANT, "$.body.at", _STAMP, "2026-01-02T03:04:05+00:00"),
        own=True,
    ),
    info("value-made-by-side", fact(Kind.VALUE, "$.body.at", _STAMP, "2026-01-02T03:05:06.12Z"), own=True),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """Each difference of values is judged by the rule that says most about it."""
    check(case)


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
