"""Tests of prepared request schemas."""

from __future__ import annotations

from harness.contract import V1, V1BETA1, Contract, Operation, load_contract
from harness.sandbox.form import request_form


def _pair(name: str) -> tuple[tuple[Contract, Operation], tuple[Contract, Operation]]:
    """Return an operation of v1beta1 and of v1 with their contracts."""
    old, new = load_contract(V1BETA1), load_contract(V1)
    one, other = old.operation(name), new.operation(name)
    assert one is not None
    assert other is not None
    return (old, one), (new, other)


def test_bounds_of_the_other_version_hold() -> None:
    """A bound that only the other version's document states is taken over; without it there is none."""
    old, new = _pair("CreateApiToken")
    alone = request_form(*old, None).body
    shared = request_form(*old, new).body

    assert alone is not None
    assert shared is not None
    assert alone.properties["tokenExpiryPeriodInDays"].bounds == {}
    assert shared.properties["tokenExpiryPeriodInDays"].bounds == {"minimum": 1, "maximum": 3650}


def test_nothing_else_of_the_other_version_holds() -> None:
    """Names, required fields and enums stay those of the version itself."""
    old, new = _pair("CreateApiToken")
    body = request_form(*old, new).body

    assert body is not None
    assert "scope" not in body.properties
    assert set(body.required) == {"name", "role", "type"}


def test_numbers_of_a_page_have_defaults() -> None:
    """A list whose documents state no numbers begins at 0, with 20 items, and takes no negative ones."""
    contract = load_contract(V1BETA1)
    operation = contract.operation("ListAlerts")
    assert operation is not None
    query = request_form(contract, operation, None).query

    assert (query["offset"].default, query["limit"].default) == (0, 20)
    assert query["limit"].bounds == {"minimum": 0}


def test_unions_go_by_their_discriminator() -> None:
    """A union has one form for each value of its discriminator."""
    old, new = _pair("CreateDeployment")
    body = request_form(*old, new).body

    assert body is not None
    assert body.discriminator == "type"
    assert set(body.variants) == {"DEDICATED", "HYBRID", "STANDARD"}
    assert "scheduler" in body.variants["HYBRID"].properties


def test_required_parameters_are_known() -> None:
    """The query parameters that an operation requires are named."""
    contract = load_contract(V1)
    operation = contract.operation("GetDeploymentLogs")
    assert operation is not None

    assert request_form(contract, operation, None).required == {"sources"}
