"""Bodies made from schemas."""

from __future__ import annotations

import pytest

from harness.contract import V1, V1BETA1, Api, Contract, Operation, Schema, load_contract
from harness.exchange import Json
from harness.starting.bodies import body_of, names_of, variable

TEXT = Schema(types=("string",))
API = Api(
    name="v1",
    version="v1",
    date="2026-01-01",
    base_url="https://x",
    schemas={
        "One": Schema(types=("object",), properties={"size": Schema(types=("integer",))}, required=("size",)),
        "Other": Schema(types=("object",), properties={"region": TEXT}, required=("region",)),
    },
)
NAME: dict[str, Json] = {"name": "harness ${run_id} ${side}"}


def _body(schema: Schema) -> Json:
    return body_of(
        API, Operation(id="X", api="v1", method="POST", path="/x", request={"application/json": schema})
    )


def _object(**properties: Schema) -> Schema:
    return Schema(types=("object",), properties=properties, required=tuple(properties))


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (_object(name=TEXT), NAME),
        (_object(workspaceId=TEXT), {"workspaceId": "${env:WORKSPACE_ID}"}),
        (_object(kind=Schema(types=("string",), enum=("A", "B"))), {"kind": "A"}),
        (_object(on=Schema(types=("null", "boolean"))), {"on": False}),
        (_object(size=Schema(types=("integer",), minimum=5)), {"size": 5}),
        (_object(size=Schema(types=("integer",), default=7)), {"size": 7}),
        (_object(at=Schema(types=("string",), format="date-time")), {"at": "2030-01-01T00:00:00Z"}),
        (_object(ids=Schema(types=("array",), items=TEXT)), {"ids": ["${env:ID}"]}),
        (_object(ids=Schema(types=("array",), items=TEXT, min_items=2)), {"ids": ["${env:ID}"] * 2}),
        (_object(tags=Schema(types=("array",), items=_object(key=TEXT)), name=TEXT), NAME | {"tags": []}),
        (_object(tags=Schema(types=("array",), items=_object(key=TEXT))), {"tags": [{"key": "${env:KEY}"}]}),
        (
            Schema(
                types=("object",),
                properties={"entityId": TEXT, "type": Schema(enum=("DEPLOYMENT", "ORGANIZATION"))},
                required=("type",),
            ),
            {"type": "ORGANIZATION"},
        ),
        (
            Schema(
                types=("object",),
                properties={"type": Schema(enum=("AIR_BAG",)), "airBag": _object(a=TEXT), "link": TEXT},
                required=("type",),
            ),
            {"type": "AIR_BAG", "airBag": {"a": "${env:A}"}},
        ),
        (_object(objectKey=TEXT), {"objectKey": "harness_${run_id}_${side}"}),
        (_object(inner=_object(a=Schema(types=("boolean",)))), {"inner": {"a": False}}),
        (Schema(types=("object",), properties={"optional": TEXT}), {}),
        (
            Schema(
                any_of=(Schema(ref="Other"), Schema(ref="One")),
                discriminator="type",
                mapping={"FIRST": "One", "SECOND": "Other"},
            ),
            {"region": "${env:REGION}", "type": "SECOND"},
        ),
        (Schema(types=("object",), properties={"a": TEXT}, any_of=(Schema(ref="One"),)), {"size": 1}),
    ],
)
def test_what_is_required_is_there(schema: Schema, body: Json) -> None:
    """Values that the contract knows, a name of the run, and variables for what only the user knows."""
    assert _body(schema) == body


def test_an_operation_without_a_body() -> None:
    """It sends none."""
    assert body_of(API, Operation(id="X", api="v1", method="POST", path="/x")) is None


def test_the_names_that_a_version_knows() -> None:
    """Of all variants: v1 takes no `type` for a token, and v1beta1 no `scope`."""

    def names(contract: Contract) -> frozenset[str]:
        operation = contract.operation("CreateApiToken")
        assert operation
        return names_of(contract.apis[operation.api], operation)

    assert "type" in names(load_contract(V1BETA1)) - names(load_contract(V1))
    assert "scope" in names(load_contract(V1)) - names(load_contract(V1BETA1))


def test_variables_are_written_as_shells_do() -> None:
    """In capitals, words apart."""
    assert variable("astroRuntimeVersion") == "ASTRO_RUNTIME_VERSION"
