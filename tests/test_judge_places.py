"""What the judge makes of single places: what two contracts announce, and what they prove."""

from __future__ import annotations

import pytest

from harness.contract import V1, V1BETA1, Contract, Operation
from harness.exchange import Json, Pair
from harness.rules import Documentation
from harness.schema import Schema
from harness.struct import replace
from tests.builders import (
    exchange,
    judged,
    judged_by,
    pair,
    question,
    small_contract,
)

_DOCUMENTED = Documentation.DOCUMENTED
_STREAM = (("content-type", "application/octet-stream"),)
_GONE: Json = "(gone)"
"""Stands for a property that is not there."""


# What the contracts say of a difference, told by the smallest contracts that say it.

_TEXT, _NUMBER, _WHOLE = (Schema(types=(name,)) for name in ("string", "number", "integer"))
_TEXT_OR_NULL, _TEXT_OR_NUMBER = Schema(types=("string", "null")), Schema(types=("string", "number"))
_ONE, _TWO = Schema(types=("string",), enum=("A",)), Schema(types=("string",), enum=("A", "B"))
_UNDOCUMENTED, _BROKEN = Documentation.UNDOCUMENTED, Documentation.BROKEN
Facts = tuple[Schema | None, bool]
"""What a contract says of the property ``x``, and whether it requires it."""


def _thing(facts: Facts, version: str) -> tuple[Contract, Operation]:
    schema, required = facts
    properties = {"id": _TEXT, **({"x": schema} if schema else {})}
    return small_contract(
        Schema(types=("object",), properties=properties, required=("x",) if required else ()), version
    )


@pytest.mark.parametrize(
    ("old", "new", "values", "expected"),
    [
        # Removed: the baseline has a value, the candidate none.
        ((_TEXT, False), (None, False), ("a", _GONE), ("property-removed", _DOCUMENTED)),
        ((_TEXT, True), (None, False), ("a", _GONE), ("property-removed", _DOCUMENTED)),
        ((_TEXT, False), (_TEXT, False), ("a", _GONE), ("property-variance", _UNDOCUMENTED)),
        ((_TEXT, True), (_TEXT, True), ("a", _GONE), ("property-removed", _BROKEN)),
        ((None, False), (_TEXT, True), ("a", _GONE), ("property-removed", _BROKEN)),
        ((None, False), (None, False), ("a", _GONE), ("property-removed", _UNDOCUMENTED)),
        ((_TEXT_OR_NULL, False), (_TEXT, False), ("a", _GONE), ("property-variance", _UNDOCUMENTED)),
        # Added.
        ((None, False), (_TEXT, True), (_GONE, "a"), ("property-added", _DOCUMENTED)),
        ((_TEXT, False), (_TEXT, True), (_GONE, "a"), ("property-added", _UNDOCUMENTED)),
        ((_TEXT, True), (_TEXT, True), (_GONE, "a"), ("property-added", _BROKEN)),
        ((_TEXT, True), (None, False), (_GONE, "a"), ("property-added", _BROKEN)),
        ((None, False), (None, False), (_GONE, "a"), ("property-added", _UNDOCUMENTED)),
        ((_TEXT, False), (_TEXT_OR_NULL, False), (_GONE, "a"), ("property-variance", _UNDOCUMENTED)),
        # Types.
        ((_TEXT, True), (_NUMBER, True), ("1", 1), ("type-changed", _DOCUMENTED)),
        ((_TEXT, True), (_WHOLE, True), ("1", 1), ("type-changed", _DOCUMENTED)),
        ((_TEXT, True), (Schema(types=("boolean",)), True), ("1", True), ("type-changed", _DOCUMENTED)),
        ((_TEXT, True), (_TEXT, True), ("1", 1), ("type-changed", _BROKEN)),
        ((_TEXT, True), (_WHOLE, True), ("1", True), ("type-changed", _BROKEN)),
        ((_WHOLE, True), (_WHOLE, True), (1, 1.5), ("type-generalized", _BROKEN)),
        ((_WHOLE, True), (_WHOLE, True), (1, 1.0), ("type-generalized", _UNDOCUMENTED)),
        ((_WHOLE, True), (_NUMBER, True), (1, 1.5), ("type-generalized", _DOCUMENTED)),
        ((_TEXT_OR_NUMBER, True), (_TEXT_OR_NUMBER, True), ("1", 1), ("type-changed", _UNDOCUMENTED)),
        ((Schema(), True), (Schema(), True), ("1", 1), ("type-changed", _UNDOCUMENTED)),
        ((None, False), (_NUMBER, True), ("1", 1), ("type-changed", _UNDOCUMENTED)),
        # Null.
        ((_TEXT, True), (_TEXT_OR_NULL, True), ("a", None), ("became-nullable", _DOCUMENTED)),
        ((_TEXT, True), (_TEXT, True), ("a", None), ("became-nullable", _BROKEN)),
        ((_TEXT_OR_NULL, True), (_TEXT, True), ("a", None), ("became-nullable", _BROKEN)),
        ((_TEXT_OR_NULL, True), (_TEXT_OR_NULL, True), ("a", None), ("nullable-variance", _UNDOCUMENTED)),
        # Values of closed lists.
        ((_ONE, True), (_TWO, True), ("A", "B"), ("enum-value-added", _DOCUMENTED)),
        ((_TWO, True), (_TWO, True), ("A", "B"), ("value-changed", _UNDOCUMENTED)),
        ((_TWO, True), (_ONE, True), ("A", "B"), ("value-changed", _BROKEN)),
        ((_ONE, True), (_ONE, True), ("A", "B"), ("const-changed", _BROKEN)),
        ((_TEXT_OR_NULL, False), (_TEXT, False), (None, _GONE), ("absent-vs-null", _DOCUMENTED)),
        ((_TEXT_OR_NULL, False), (_TEXT_OR_NULL, False), (None, _GONE), ("absent-vs-null", _UNDOCUMENTED)),
        ((_TEXT_OR_NULL, False), (_TEXT, True), (None, _GONE), ("absent-vs-null", _BROKEN)),
        ((_TEXT, False), (_TEXT_OR_NULL, False), (_GONE, None), ("absent-vs-null", _DOCUMENTED)),
        ((_TEXT, True), (_TEXT, True), ("A", "B"), ("value-changed", _UNDOCUMENTED)),
        ((_TWO, True), (_TWO, True), ("A", "a"), ("enum-case-changed", _BROKEN)),
    ],
)
def test_the_contracts_say_what_they_announced(
    old: Facts, new: Facts, values: tuple[Json, Json], expected: tuple[str, Documentation]
) -> None:
    """A difference is documented if the contracts differ in the same way, and broken if v1's forbids it."""
    bodies: list[Json] = [{"id": "1"} if value is _GONE else {"id": "1", "x": value} for value in values]

    findings = judged_by(_thing(old, V1BETA1), _thing(new, V1), pair(*bodies))

    assert [(one.rule, one.documentation) for one in findings if one.difference.path == "$.body.x"] == [
        expected
    ]


@pytest.mark.parametrize(
    ("old", "new", "documentation"),
    [
        ((), ("202",), _DOCUMENTED),
        (("202",), ("202",), _UNDOCUMENTED),
        (("202",), (), _UNDOCUMENTED),
        ((), (), _UNDOCUMENTED),
        ((), ("default",), _DOCUMENTED),
    ],
)
def test_a_status_is_documented_if_v1_alone_names_it(
    old: tuple[str, ...], new: tuple[str, ...], documentation: Documentation
) -> None:
    """A new status is announced where v1's contract has it and v1beta1's has not."""
    before, after = small_contract(_TEXT, V1BETA1, *old), small_contract(_TEXT, V1, *new)

    findings = judged_by(before, after, pair("a", "a", statuses=(200, 202)))

    assert [(one.rule, one.documentation) for one in findings if one.rule == "async-introduced"] == [
        ("async-introduced", documentation)
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ({"a": _TEXT}, {"b": _TEXT}, "property-renamed"),
        ({"a": _TEXT, "b": _TEXT}, {"b": _TEXT}, "property-removed"),
        ({"a": _TEXT}, {"a": _TEXT, "b": _TEXT}, "property-variance"),
        ({}, {"b": _TEXT}, "property-removed"),
        ({"a": _TEXT}, {}, "property-removed"),
    ],
)
def test_one_sample_is_a_rename_only_if_the_names_are_swapped(
    old: dict[str, Schema], new: dict[str, Schema], rule: str
) -> None:
    """The contracts prove a rename if one name is v1beta1's alone and the other v1's alone."""
    before, after = (
        small_contract(Schema(types=("object",), properties=properties), version)
        for properties, version in ((old, V1BETA1), (new, V1))
    )

    findings = judged_by(before, after, pair({"a": "a value"}, {"b": "a value"}))

    assert next(found.rule for found in findings if found.difference.path == "$.body.a") == rule


@pytest.mark.parametrize(
    ("old", "new", "documentation"),
    [("a", "b", _DOCUMENTED), ("a", "x", _UNDOCUMENTED), ("x", "b", _UNDOCUMENTED)],
)
def test_a_rename_is_documented_if_each_contract_has_its_name(
    old: str, new: str, documentation: Documentation
) -> None:
    """What many samples prove is announced only where both contracts know the place."""
    before, after = (
        small_contract(Schema(types=("array",), items=Schema(types=("object",), properties={name: _TEXT})), v)
        for name, v in ((old, V1BETA1), (new, V1))
    )
    values = [f"the value {number}" for number in range(3)]

    found = judged_by(before, after, pair([{"a": each} for each in values], [{"b": each} for each in values]))

    assert [(each.rule, each.documentation) for each in found if each.difference.to] == [
        ("property-renamed", documentation)
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("name", "fullName", "property-renamed"),
        ("fullName", "name", "property-renamed"),
        ("name", "title", "property-removed"),
    ],
)
def test_made_values_are_a_rename_if_the_names_are_alike(old: str, new: str, rule: str) -> None:
    """Where each side made its own resource, swapped names are one thing if one contains the other."""
    before, after = (
        small_contract(Schema(types=("object",), properties={name: _TEXT}), version)
        for name, version in ((old, V1BETA1), (new, V1))
    )
    made = pair({old: "what one side made"}, {new: "what the other side made"})

    assert judged_by(before, after, made, own=True)[0].rule == rule
    assert judged_by(before, after, made)[0].rule == "property-removed"


def _named(name: str, version: str) -> tuple[Contract, Operation]:
    contract, operation = small_contract(Schema(ref=name), version)
    schemas = {name: Schema(types=("object",), properties={"id": _TEXT})}
    return replace(contract, apis={"v1": replace(contract.apis["v1"], schemas=schemas)}), operation


def test_a_cause_has_its_name_from_the_contract_of_its_side() -> None:
    """What came is named as v1's contract names it, all else as v1beta1's does."""
    made = pair({"id": "a", "went": "one"}, {"id": 1, "came": "another"})

    found = judged_by(_named("Old", V1BETA1), _named("New", V1), made)

    causes = {each.difference.path: each.cause for each in found}
    assert causes == {"$.body.id": "Old.id", "$.body.went": "Old.went", "$.body.came": "New.came"}


def test_order_and_headers_are_nobodys_promise() -> None:
    """Contracts say nothing of order and headers, so their differences are undocumented."""
    before, after = (
        small_contract(Schema(types=("array",), items=_WHOLE), version) for version in (V1BETA1, V1)
    )
    made = Pair(baseline=exchange([1, 2], headers=(("etag", "1"),)), candidate=exchange([2, 1]))

    findings = judged_by(before, after, made)

    assert {(found.rule, found.documentation) for found in findings} == {
        ("caching-changed", _UNDOCUMENTED),
        ("list-order-unspecified", _UNDOCUMENTED),
    }


def test_a_value_that_breaks_the_contract_is_told_where_its_property_came() -> None:
    """That v1 has a property as well does not hide that its value is none of v1's own."""
    found = judged_by(
        _thing((None, False), V1BETA1), _thing((_ONE, False), V1), pair({"id": "a"}, {"id": "a", "x": "B"})
    )

    assert [(each.rule, each.documentation) for each in found] == [
        ("contract-broken", _BROKEN),
        ("property-added", _DOCUMENTED),
    ]


def test_a_contract_that_does_not_know_the_answer_announces_nothing() -> None:
    """That a contract has no such media type is no proof that what the other one names went away in it."""
    things = [_thing((_TEXT, True), version) for version in (V1BETA1, V1)]
    special = exchange(content=b'{"id": "a"}', headers=(("content-type", "application/special+json"),))

    found = judged_by(things[0], things[1], Pair(baseline=exchange({"id": "a", "x": "b"}), candidate=special))

    assert {(each.rule, each.documentation) for each in found if each.difference.path == "$.body.x"} == {
        ("property-removed", _UNDOCUMENTED)
    }


@pytest.mark.parametrize(
    ("facts", "bodies", "expected"),
    [
        ((None, False), ({"id": "a", "x": "b"}, {"id": "a"}), ("property-removed", _DOCUMENTED)),
        ((_TEXT, False), ({"id": "a", "x": "b"}, {"id": "a"}), ("property-variance", _UNDOCUMENTED)),
        ((_TEXT, True), ({"id": "a", "x": "b"}, {"id": "a"}), ("property-removed", _BROKEN)),
    ],
)
def test_a_success_that_nobody_documents_brings_what_the_documented_one_does(
    facts: Facts, bodies: tuple[Json, Json], expected: tuple[str, Documentation]
) -> None:
    """Where v1 creates with 201 instead of 200, its body is held against what its contract says of 200."""
    made = pair(*bodies, statuses=(200, 201))

    found = judged_by(_thing((_TEXT, False), V1BETA1), _thing(facts, V1), made)

    assert [(each.rule, each.documentation) for each in found if each.difference.path == "$.body.x"] == [
        expected
    ]


def test_a_schema_of_json_says_nothing_of_another_body() -> None:
    """Lines of an export break no contract that calls them a list of bytes."""
    old, new = (exchange(content=text, headers=_STREAM) for text in (b"one", b"two"))

    found = judged(Pair(baseline=old, candidate=new), question("GetOrganizationAuditLogs"))

    assert [(each.rule, each.documentation) for each in found] == [("value-changed", _UNDOCUMENTED)]


def test_an_envelope_is_told_once() -> None:
    """Where v1 wraps the whole body, that its properties do not stand where they should is the same fact."""
    things = [_thing((_TEXT, True), version) for version in (V1BETA1, V1)]
    body: Json = {"id": "a", "x": "text"}

    assert [each.rule for each in judged_by(things[0], things[1], pair(body, {"data": body}))] == [
        "body-wrapped"
    ]
