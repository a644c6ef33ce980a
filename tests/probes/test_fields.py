"""The fields of a step's request, as both contracts document them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import load_contracts
from harness.exchange import Json, Side
from harness.probes.fields import Field, bodies_of, body_fields, query_fields, with_changed_body
from harness.probes.known import Known, Steps
from harness.schema import Schema
from tests.probes.planning import CREATE, LIST, UPDATE, scenario

TOKEN = (
    "- {operation: CreateApiToken, request: {body: {name: n, type: ORGANIZATION, role: R}},"
    " candidate: {body: {name: n, scope: ORGANIZATION, role: R}}}"
)
DEPLOYMENT = "- {operation: CreateDeployment, request: {body: {name: n, type: STANDARD}}}"


def known(root: Path, step: str) -> Known:
    """Return the only step of a scenario."""
    (only,) = Steps(scenario(root, "{}", step), load_contracts()).known
    return only


def names(fields: list[Field]) -> list[str]:
    """Return the names of fields."""
    return [field.name for field in fields]


def test_a_field_is_one_that_both_contracts_have(tmp_path: Path) -> None:
    """What one side calls otherwise is no field of both; what is sent comes first."""
    fields = body_fields(known(tmp_path, TOKEN), load_contracts(), unsent=True)

    assert names(fields)[:2] == ["name", "role"]
    assert not {"type", "scope"} & set(names(fields))
    assert "tokenExpiryPeriodInDays" in names(fields)
    assert [field.sent for field in fields][:3] == [True, True, False]
    assert names(body_fields(known(tmp_path, TOKEN), load_contracts(), unsent=False)) == ["name", "role"]


def test_the_body_chooses_its_variant(tmp_path: Path) -> None:
    """Of a union, the fields are those of the variant that the body says it is."""
    fields = {
        field.name: field
        for field in body_fields(known(tmp_path, DEPLOYMENT), load_contracts(), unsent=False)
    }

    assert set(fields) == {"name", "type"}
    assert fields["name"].required
    assert fields["type"].is_listed


def test_required_is_what_both_require(tmp_path: Path) -> None:
    """A field that one contract can do without is not missed by both."""
    fields = {
        field.name: field for field in body_fields(known(tmp_path, CREATE), load_contracts(), unsent=True)
    }

    assert fields["name"].required
    assert not fields["description"].required
    assert fields["name"].most(lambda schema: schema.max_length) == 50


@pytest.mark.parametrize("body", ["'${whole}'", "[1]"])
def test_a_body_that_is_not_written_out_has_no_fields(tmp_path: Path, body: str) -> None:
    """What a variable holds is not known before the run."""
    step = known(
        tmp_path,
        f"- {{operation: CreateWorkspace, request: {{body: {body}}}}}\nvars: {{whole: {{name: n}}}}",
    )

    assert bodies_of(step.step) is None
    assert body_fields(step, load_contracts(), unsent=True) == []


def test_query_fields_begin_with_the_page(tmp_path: Path) -> None:
    """Of a query, a list's fields are those of its elements."""
    fields = query_fields(known(tmp_path, LIST), load_contracts())

    assert names(fields)[:2] == ["limit", "offset"]
    assert [field.sent for field in fields][:2] == [True, True]
    sorts = next(field for field in fields if field.name == "sorts")
    assert (set(sorts.types), sorts.is_listed, sorts.sent) == ({"string"}, True, False)


def test_types_are_known_only_where_both_contracts_say_them() -> None:
    """A schema that allows anything says nothing, and null is none of the types that are sent."""

    def types(*schemas: Schema) -> frozenset[str]:
        old, new = schemas
        return Field(name="x", schemas=(old, new), required=False, sent=True).types

    assert types(Schema(types=("string", "null")), Schema(types=("integer",))) == {"string", "integer"}
    assert types(Schema(types=("string",)), Schema()) == frozenset()


def test_a_change_meets_the_body_of_each_side(tmp_path: Path) -> None:
    """Where v1 is sent a body of its own, that one is changed as well."""

    def change(body: dict[str, Json]) -> dict[str, Json]:
        return {**body, "x": 1}

    step = with_changed_body(known(tmp_path, TOKEN), change)
    assert [step.request_for(side).body for side in Side] == [
        {"name": "n", "type": "ORGANIZATION", "role": "R", "x": 1},
        {"name": "n", "scope": "ORGANIZATION", "role": "R", "x": 1},
    ]
    step = with_changed_body(known(tmp_path, UPDATE), change)
    assert [step.request_for(side).body for side in Side] == [{"name": "n", "x": 1}] * 2
