"""What recorded traffic holds of documented differences."""

from __future__ import annotations

import json

import pytest

from harness.contract import Operation, Parameter
from harness.contract_diff import Held, contract_diff, held, refused_values
from harness.exchange import Exchange, Json, Request, Response
from harness.schema import Schema
from tests.contract_diff import STRING, judge_of, many, one_of, operation, record

JSON = (("content-type", "application/json"),)


def exchange(sent: Json = None, answer: Json = None, query: str = "") -> Exchange:
    """Make a call of the one operation."""
    return Exchange(
        request=Request(
            method="POST",
            url=f"https://api.example.com/iam/v1beta1/GetThing{query}",
            headers=JSON,
            content=json.dumps(sent).encode(),
        ),
        response=Response(status=200, headers=JSON, content=json.dumps(answer).encode()),
        started="2026-11-27T10:00:00.000Z",
    )


def counted(old: Operation, new: Operation, made: Exchange) -> list[Held]:
    """Return what an exchange holds of each documented difference."""
    diff = contract_diff(judge_of(old, new))
    (found,) = diff.operations
    return [held(each, made, found, diff) for each in found.documented]


def asks(schema: Schema) -> Operation:
    """Build an operation whose body has a list of kinds."""
    return operation(asked=record(kinds=many(record(kind=schema))))


@pytest.mark.parametrize(("kinds", "seen"), [("aa", 0), ("ab", 1), ("bb", 2)])
@pytest.mark.parametrize("old", [one_of("a", "b"), STRING])
def test_a_body_holds_what_v1_does_not_take(old: Schema, kinds: str, seen: int) -> None:
    """Each place with such a value counts, of all places with the property."""
    made = exchange({"kinds": [{"kind": kind} for kind in kinds]})

    assert counted(asks(old), asks(one_of("a")), made) == [Held(seen=seen, samples=2)]


@pytest.mark.parametrize(("query", "seen"), [("?kind=a", 0), ("?kind=a&kind=b", 1), ("", 0)])
def test_a_query_holds_what_v1_does_not_take(query: str, seen: int) -> None:
    """Repeated parameters are one sample."""
    old, new = (
        operation(parameters=(Parameter(name="kind", location="query", required=False, schema=schema),))
        for schema in (one_of("a", "b"), one_of("a"))
    )

    assert counted(old, new, exchange(query=query)) == [Held(seen=seen, samples=1)]


def test_an_answer_holds_values_that_v1_never_has() -> None:
    """Other values of the property are no evidence."""
    old, new = (operation(record(kind=schema)) for schema in (one_of("a", "b"), one_of("a")))

    assert counted(old, new, exchange(answer={"kind": "a"})) == [Held(seen=0, samples=1)]
    assert counted(old, new, exchange(answer={"kind": "b"})) == [Held(seen=1, samples=1)]


def test_an_answer_holds_values_beyond_those_of_v1() -> None:
    """Where v1beta1 lists none."""
    old, new = (operation(record(kind=schema)) for schema in (STRING, one_of("a")))

    assert counted(old, new, exchange(answer={"kind": "a"})) == [Held(seen=0, samples=1)]
    assert counted(old, new, exchange(answer={"kind": "z"})) == [Held(seen=1, samples=1)]


def test_a_new_value_is_told_beside_the_property() -> None:
    """The property says who may meet it."""
    old, new = (operation(record(kind=schema)) for schema in (one_of("a"), one_of("a", "b")))

    assert counted(old, new, exchange(answer={"kind": "a"})) == [Held(seen=1, samples=1)]
    assert counted(old, new, exchange(answer={"kind": "b"})) == [Held(seen=1, samples=1, valued=1)]


def test_refused_values_have_places() -> None:
    """What no documented difference of values is about is not looked for."""
    made = exchange({"kinds": [{"kind": "b"}, {"kind": "b"}]})
    for new, places in ((one_of("a"), {"$.request.body.kinds[*].kind": 2}), (STRING, {})):
        diff = contract_diff(judge_of(asks(one_of("a", "b")), asks(new)))

        assert refused_values(made.request, diff.operations[0], diff) == places
