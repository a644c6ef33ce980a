"""Documented differences of one operation, and the rules that speak of them."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import Parameter
from harness.contract_diff import Part, When
from harness.difference import Kind
from harness.schema import Schema
from harness.struct import replace
from tests.contract_diff import INTEGER, NUMBER, STRING, brief, documented, many, one_of, operation, record

_NULLABLE = Schema(types=("string", "null"))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (record("x", x=STRING, y=STRING), record(y=STRING), ("property-removed", "breaking")),
        (record(x=STRING, y=STRING), record(y=STRING), ("property-removed", "breaking")),
        (record(y=STRING), record("x", x=STRING, y=STRING), ("property-added", "info")),
        (record("x", x=STRING), record(x=STRING), ("property-became-optional", "breaking")),
        (record(x=STRING), record("x", x=STRING), ("property-became-required", "info")),
        (record(x=STRING), record(x=_NULLABLE), ("became-nullable", "breaking")),
        (record(x=_NULLABLE), record(x=STRING), ("became-not-nullable", "info")),
        (record(x=STRING), record(x=INTEGER), ("type-changed", "breaking")),
        (record(x=INTEGER), record(x=NUMBER), ("type-changed", "breaking")),
        (record(x=NUMBER), record(x=INTEGER), ("type-specialized", "info")),
        (record(x=one_of("A")), record(x=one_of("A", "B")), ("enum-value-added", "risky")),
        (record(x=one_of("A")), record(x=STRING), ("enum-value-added", "risky")),
        (record(x=one_of("A", "B")), record(x=one_of("A")), ("enum-value-removed", "info")),
        (record(x=STRING), record(x=one_of("A")), ("enum-value-removed", "info")),
        (
            record(x=replace(STRING, format="uuid")),
            record(x=replace(STRING, format="email")),
            ("format-changed", "breaking"),
        ),
    ],
)
def test_an_answer_is_judged_for_who_reads_it(old: Schema, new: Schema, found: tuple[str, str]) -> None:
    """What v1 answers with less or otherwise breaks its reader; what it answers with besides does not."""
    assert brief(documented(operation(old), operation(new))) == [(*found, "$.body.x")]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (record("x", x=STRING, y=STRING), record(y=STRING), ("request-not-accepted", "breaking")),
        (record(y=STRING), record("x", x=STRING, y=STRING), ("request-not-accepted", "breaking")),
        (record(x=STRING), record("x", x=STRING), ("request-not-accepted", "breaking")),
        (record(x=_NULLABLE), record(x=STRING), ("request-not-accepted", "breaking")),
        (record(x=STRING), record(x=INTEGER), ("request-not-accepted", "breaking")),
        (record(x=NUMBER), record(x=INTEGER), ("request-not-accepted", "breaking")),
        (record(x=one_of("A", "B")), record(x=one_of("A")), ("request-not-accepted", "breaking")),
        (record(x=STRING), record(x=one_of("A")), ("request-not-accepted", "breaking")),
        (
            record(x=replace(STRING, max_length=9)),
            record(x=replace(STRING, max_length=5)),
            ("request-not-accepted", "breaking"),
        ),
        (
            record(x=replace(STRING, format="uuid")),
            record(x=replace(STRING, format="email")),
            ("request-not-accepted", "breaking"),
        ),
        (
            record(x=replace(INTEGER, default=20)),
            record(x=replace(INTEGER, default=10)),
            ("default-changed", "breaking"),
        ),
        (record("x", x=STRING), record(x=STRING), ("request-relaxed", "info")),
        (record(x=STRING), record(x=_NULLABLE), ("request-relaxed", "info")),
        (
            record(x=replace(STRING, max_length=5)),
            record(x=replace(STRING, max_length=9)),
            ("request-relaxed", "info"),
        ),
        (record(y=STRING), record(x=STRING, y=STRING), ("request-extended", "info")),
        (record(x=one_of("A")), record(x=one_of("A", "B")), ("request-extended", "info")),
        (record(x=one_of("A")), record(x=STRING), ("request-extended", "info")),
        (record(x=INTEGER), record(x=NUMBER), ("request-extended", "info")),
    ],
)
def test_a_request_is_judged_for_who_sends_it(old: Schema, new: Schema, found: tuple[str, str]) -> None:
    """What v1 refuses or asks for besides breaks its sender; what it takes besides does not."""
    made = documented(operation(asked=old), operation(asked=new))

    assert brief(made) == [(*found, "$.request.body.x")]


def test_a_rename_is_one_difference_on_either_way() -> None:
    """In an answer it is a rename; in a request v1 does not accept the old name, and says the new one."""
    old, new = record("workId", workId=STRING), record("newWorkId", newWorkId=STRING)
    answered, asked = documented(operation(old, old), operation(new, new))

    assert brief((answered, asked)) == [
        ("request-not-accepted", "breaking", "$.request.body.workId"),
        ("property-renamed", "breaking", "$.body.workId"),
    ]
    assert answered.finding.difference.to == "$.request.body.newWorkId"
    assert answered.finding.explanation.endswith("is called $.request.body.newWorkId, and required.")
    assert asked.finding.difference.to == "$.body.newWorkId"


def test_a_rename_to_something_optional_is_two_differences() -> None:
    """A renamed property that v1 does not promise is said to be so."""
    old, new = record("workId", workId=STRING), record(newWorkId=STRING)

    assert brief(documented(operation(old), operation(new))) == [
        ("property-renamed", "breaking", "$.body.workId"),
        ("property-became-optional", "breaking", "$.body.workId"),
    ]


def _query(name: str, schema: Schema = STRING, *, required: bool = False) -> Parameter:
    return Parameter(name=name, location="query", required=required, schema=schema)


@pytest.mark.parametrize(
    ("old", "new", "found", "when"),
    [
        (_query("x"), None, ("request-not-accepted", "breaking"), When.IF_SENT),
        (_query("x", required=True), None, ("request-not-accepted", "breaking"), When.ALWAYS),
        (None, _query("x", required=True), ("request-not-accepted", "breaking"), When.ALWAYS),
        (_query("x"), _query("x", required=True), ("request-not-accepted", "breaking"), When.ALWAYS),
        (
            _query("x", one_of("A", "B")),
            _query("x", one_of("A")),
            ("request-not-accepted", "breaking"),
            When.IF_SENT,
        ),
        (
            _query("x", many(one_of("A", "B"))),
            _query("x", many(one_of("A"))),
            ("request-not-accepted", "breaking"),
            When.IF_SENT,
        ),
        (
            _query("x", replace(INTEGER, default=20)),
            _query("x", replace(INTEGER, default=10)),
            ("default-changed", "breaking"),
            When.IF_SENT,
        ),
        (_query("x", required=True), _query("x"), ("request-relaxed", "info"), When.ALWAYS),
        (None, _query("x"), ("request-extended", "info"), When.ALWAYS),
    ],
)
def test_a_parameter_is_judged_for_who_sends_it(
    old: Parameter | None, new: Parameter | None, found: tuple[str, str], when: When
) -> None:
    """A parameter or value that v1 does not take breaks its sender, and is at the live pair's place."""
    first, second = (operation(parameters=(side,) if side else ()) for side in (old, new))
    made = documented(first, second)

    assert brief(made) == [(*found, "$.request.query.x")]
    assert made[0].when is when
    assert made[0].part is Part.PARAMETER


def test_names_in_the_path_are_not_sent() -> None:
    """A path parameter of another name is the same parameter; one of another type is not."""
    old = operation(path="/things/{id}", parameters=(Parameter(name="id", location="path", schema=STRING),))
    new = operation(
        path="/things/{thingId}", parameters=(Parameter(name="thingId", location="path", schema=STRING),)
    )
    typed = replace(new, parameters=(replace(new.parameters[0], schema=INTEGER),))

    assert documented(old, new) == ()
    assert [each.finding.rule for each in documented(old, typed)] == ["request-not-accepted"]


def _answering(*statuses: str, media: str = "application/json") -> dict[str, Any]:
    return {"responses": {status: {media: record("x", x=STRING)} for status in statuses}}


def test_statuses_are_compared() -> None:
    """A success of another status breaks; an error status more or less is info."""
    assert brief(documented(operation(**_answering("200")), operation(**_answering("201")))) == [
        ("status-success-changed", "breaking", "$.status")
    ]
    assert brief(documented(operation(**_answering("200", "204")), operation(**_answering("200")))) == [
        ("status-success-lost", "breaking", "$.status")
    ]
    old, new = operation(**_answering("200", "400")), operation(**_answering("200", "409"))
    assert brief(documented(old, new)) == 2 * [("documented-status-changed", "info", "$.status")]


def test_a_contract_without_errors_says_nothing_about_errors() -> None:
    """Where v1beta1 documents no error at all, those of v1 are not new."""
    assert documented(operation(**_answering("200")), operation(**_answering("200", "400", "404"))) == ()


def test_the_body_of_a_status_that_changed_is_compared() -> None:
    """The answer of 201 is compared with that of 200 that it replaces."""
    new = operation(responses={"201": {"application/json": record(y=STRING)}})

    assert ("property-removed", "breaking", "$.body.x") in brief(
        documented(operation(**_answering("200")), new)
    )


def test_what_all_errors_have_is_one_difference() -> None:
    """A change of the error body is one, with its statuses, and judged as an error's."""
    old, new = (
        operation(responses={status: {"application/json": schema} for status in ("200", "400", "500")})
        for schema in (record("message", message=STRING, x=STRING), record("x", x=STRING))
    )
    found = documented(old, new)

    assert [(each.finding.rule, each.statuses) for each in found if "message" in each.cause] == [
        ("property-removed", ("200",)),
        ("error-envelope-changed", ("400", "500")),
    ]


def test_media_types_and_bodies_are_compared() -> None:
    """Another media type, a body that went and one that came have the rules of live pairs."""
    json_, text, none = (
        operation(**_answering("200")),
        operation(**_answering("200", media="text/csv")),
        operation(responses={"200": {}}),
    )
    assert brief(documented(json_, text)) == [("media-type-changed", "breaking", "$.headers['content-type']")]
    assert brief(documented(json_, none)) == [("body-emptied", "breaking", "$.body")]
    assert brief(documented(none, json_)) == [("body-appeared", "risky", "$.body")]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({}, {"asked": STRING, "request_required": True}, [("request-not-accepted", "breaking")]),
        ({}, {"asked": STRING}, [("request-extended", "info")]),
        (
            {"asked": STRING},
            {"asked": STRING, "request_required": True},
            [("request-not-accepted", "breaking")],
        ),
        (
            {"asked": STRING},
            {"request": {"text/csv": STRING}},
            [("request-not-accepted", "breaking")],
        ),
    ],
)
def test_the_request_as_a_whole_is_compared(
    old: dict[str, Any], new: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    """A body that v1 needs, and a media type that it does not take, are not accepted."""
    made = documented(operation(**old), operation(**new))

    assert [(each.finding.rule, each.finding.severity.value) for each in made] == found
    assert {each.finding.difference.path for each in made} == {"$.request.body"}


def test_facts_say_what_stands_there() -> None:
    """A difference carries the kind and the types of live ones, and v1's values."""
    (found,) = documented(operation(record("x", x=STRING, y=STRING)), operation(record(y=STRING)))

    assert found.finding.difference.kind is Kind.REMOVED
    assert (found.finding.difference.baseline, found.finding.difference.candidate) == ("string", None)
    assert (found.when, found.part, found.statuses) == (When.ALWAYS, Part.RESPONSE, ("200",))
