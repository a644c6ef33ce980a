"""What requests make, by the contracts."""

from __future__ import annotations

import pytest

from harness.contract import Contract, load_contracts
from harness.creation import creation_of, id_property, is_id, one_of
from harness.exchange import Json, Side

OLD, NEW = (load_contracts()[side] for side in Side)


@pytest.mark.parametrize("contract", [OLD, NEW], ids=["v1beta1", "v1"])
def test_every_create_that_can_be_deleted_is_known(contract: Contract) -> None:
    """Each operation ``Create...`` makes something, but for deploys: nobody can delete those."""
    made = {
        operation.id
        for operation in contract.operations
        if creation_of([contract], operation.method, operation.path)
    }
    named = {operation.id for operation in contract.operations if operation.id.startswith("Create")}

    assert made == named - {"CreateDeploy"}


def test_a_creation_says_how_to_find_and_to_delete_it() -> None:
    """The property with the id, the operation that deletes, and the lists that show it."""
    found = creation_of([OLD], "POST", "/organizations/o/roles?x=1")

    assert found is not None
    assert (found.operation.id, found.deletion.id) == ("CreateCustomRole", "DeleteCustomRole")
    assert found.lists == ("defaultRoles", "roles")
    assert found.id_of({"id": "r1"}) == "r1"
    assert found.id_of({"name": "r"}) == found.id_of(["r1"]) == found.id_of({"id": 7}) == ""


def test_an_id_may_have_another_name() -> None:
    """What paths call the id is looked for first; where nothing lists the collection, there are no lists."""
    found = creation_of([OLD], "POST", "/organizations/o/invites/")

    assert found is not None
    assert found.id_of({"inviteId": "i1", "userId": "u1"}) == "i1"
    assert found.lists == ()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/organizations/o/teams"),
        ("POST", "/organizations/o/teams/t"),
        ("POST", "/organizations/o/teams/t/members"),
        ("POST", "/organizations/o/deployments/d/deploys"),
        ("POST", "/nothing/like/it"),
        ("POST", ""),
    ],
)
def test_other_requests_make_nothing(method: str, path: str) -> None:
    """Updates, memberships, what nobody can delete, and what no contract has."""
    assert creation_of([OLD, NEW], method, path) is None


def test_the_other_contract_helps() -> None:
    """What a side's own contract lacks, the other one may have: v1 may make an alert all the same."""
    assert creation_of([NEW], "POST", "/organizations/o/alerts") is None
    assert creation_of([NEW, OLD], "POST", "/organizations/o/alerts") is not None


def test_an_answer_without_a_documented_id_has_none() -> None:
    """A membership is told by nothing in an answer."""
    operation = OLD.operation("AddTeamMembers")

    assert operation is not None
    assert id_property(OLD, operation, "memberId") == ""


def test_the_url_of_one() -> None:
    """The query of the collection is not part of it, and an id is one segment."""
    assert one_of("https://a.example/teams/?x=1", "a/b") == "https://a.example/teams/a%2Fb"


@pytest.mark.parametrize(
    ("value", "is_one"), [("t1", True), ("...", True), ("", False), (".", False), ("..", False), (7, False)]
)
def test_an_id_names_one_of_a_collection(value: Json, *, is_one: bool) -> None:
    """Nothing and dots would be the URL of the collection itself, or of what is above it."""
    assert is_id(value) is is_one
