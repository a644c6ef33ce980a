"""What a contract documents of answers, and what an answer shows of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract import Api, Contract, load_contracts
from harness.coverage.documented import STATUS, Documented, documented
from harness.exchange import Body, BodyKind, Json, Side
from harness.schema import Schema
from harness.struct import replace
from tests.builders import small_contract
from tests.report.builders import evidence

_ROLE = Schema(types=("string",), enum=("OWNER", "MEMBER", None))
_TEXT = Schema(types=("string",))


def _object(**properties: Schema) -> Schema:
    return Schema(types=("object",), properties=properties)


def _list(items: Schema) -> Schema:
    return Schema(types=("array",), items=items)


def _facts(answer: Schema, *statuses: str, **named: Schema) -> Documented:
    contract, operation = small_contract(answer, "v1", *statuses)
    api: Api = replace(contract.apis["v1"], schemas=named)
    return Documented(Contract(version="v1", apis={"v1": api}), operation)


def _shown(facts: Documented, data: Json, status: int = 200, **changes: Any) -> set[tuple[str, Json]]:
    return set(facts.shown(evidence("v1", data, status, **changes)))


@pytest.mark.parametrize(
    ("schema", "data", "place"),
    [
        (_ROLE, "OWNER", "$.body"),
        (_object(role=_ROLE, name=_TEXT), {"role": "OWNER", "name": "MEMBER"}, "$.body.role"),
        (_list(_object(role=_ROLE)), [{"role": "OWNER"}, {"role": "OWNER"}], "$.body[*].role"),
        (Schema(types=("object",), additional=_ROLE), {"anybody": "OWNER"}, "$.body[*]"),
        (Schema(any_of=(_object(role=_ROLE), _object(role=_TEXT))), {"role": "OWNER"}, "$.body.role"),
        (_object(inner=_list(_list(_ROLE))), {"inner": [[], ["OWNER"]]}, "$.body.inner[*][*]"),
    ],
)
def test_a_listed_value_is_found_where_it_stands(schema: Schema, data: Json, place: str) -> None:
    """In properties, lists, undeclared properties and every variant; null is no value of a list."""
    facts = _facts(schema)

    assert facts.values == {(place, "OWNER"), (place, "MEMBER")}
    assert _shown(facts, data) == {(STATUS, "200"), (place, "OWNER")}


@pytest.mark.parametrize(
    "data", [None, "ADMIN", 7, True, [], {}, {"role": {"role": "OWNER"}}, {"role": ["OWNER"]}]
)
def test_what_the_contract_does_not_list_shows_nothing(data: Json) -> None:
    """Another value, another type, another place: only the status was seen."""
    assert _shown(_facts(_object(role=_ROLE)), data) == {(STATUS, "200")}


def test_schemas_that_hold_themselves_end() -> None:
    """A tree of teams lists its values once, and what is deeper counts at no place."""
    team = _object(role=_ROLE, parent=Schema(ref="Team"), teams=_list(Schema(ref="Team")))
    facts = _facts(Schema(ref="Team"), Team=team)

    assert facts.values == {("$.body.role", "OWNER"), ("$.body.role", "MEMBER")}
    assert _shown(facts, {"role": "OWNER", "parent": {"role": "MEMBER"}}) == {
        (STATUS, "200"),
        ("$.body.role", "OWNER"),
    }


@pytest.mark.parametrize(
    ("status", "shown"), [(200, "200"), (404, "404"), (418, "4XX"), (500, None), (302, None), (0, None)]
)
def test_a_status_counts_by_the_name_that_the_contract_has_for_it(status: int, shown: str | None) -> None:
    """A status by itself before its range; server errors and what is not documented count for nothing."""
    facts = _facts(_TEXT, "404", "4XX", "500", "5XX")

    assert facts.statuses == ("200", "404", "4XX")
    assert _shown(facts, "x", status) == ({(STATUS, shown)} if shown else set())


def test_a_body_that_is_not_json_shows_its_status_only() -> None:
    """Text of a gateway holds no values, whatever it looks like."""
    text = Body(kind=BodyKind.TEXT, data="OWNER")

    assert _shown(_facts(_ROLE), None, body=text) == {(STATUS, "200")}


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.just("ORGANIZATION"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["tokens", "type", "x"]), inner)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_whatever_is_answered_shows_only_what_is_documented(data: Json) -> None:
    """An answer of any shape is looked through without trouble."""
    contract = load_contracts()[Side.BASELINE]
    facts = documented(contract)["ListApiTokens"]

    assert _shown(facts, data) - {(STATUS, "200")} <= facts.values


def test_every_operation_of_the_shipped_contracts_has_facts() -> None:
    """Each is read once, has a status below 500, and most list values somewhere."""
    for contract in load_contracts().values():
        facts = documented(contract)

        assert documented(contract) is facts
        assert facts.keys() == {each.id for each in contract.operations}
        assert all(each.statuses for each in facts.values())
        assert sum(bool(each.values) for each in facts.values()) > len(facts) / 2
