"""Tests of the binding of operations."""

from __future__ import annotations

import pytest

from harness.contract import API_VERSIONS, LABS, V1, V1BETA1, Operation, load_contract
from harness.sandbox.clock import START, Chance
from harness.sandbox.seed import plant
from harness.sandbox.store import Store
from harness.sandbox.surface import ACTIONS, FAMILIES, endpoints, remove

EVERY = [item for version in (V1BETA1, V1, LABS) for item in load_contract(version).operations]


@pytest.mark.parametrize("operation", EVERY, ids=lambda operation: f"{operation.api}-{operation.id}")
def test_every_operation_is_answered(operation: Operation) -> None:
    """Each operation of the three contracts has a handler and one documented success: 204 for deletes."""
    bound = endpoints(load_contract(API_VERSIONS[operation.api]), None)[operation.id]

    assert bound.handler is not None
    assert str(bound.status) in operation.responses
    assert bound.body == (bound.status == 200 and operation.id != "ExcludeLinkingEnvironmentObject")
    assert operation.method != "DELETE" or bound.status == 204


def test_every_action_is_an_operation() -> None:
    """No action is for an operation that no contract has."""
    assert set(ACTIONS) <= {operation.id for operation in EVERY}


def test_families_do_not_share_names_or_paths() -> None:
    """Each family has a name, a path and parameters of its own."""
    names = [family.name for family in FAMILIES]
    paths = [family.path for family in FAMILIES]
    parameters = [name for family in FAMILIES for name in family.parameters]

    assert len(set(names)) == len(names)
    assert len(set(paths)) == len(paths)
    assert len(set(parameters)) == len(parameters)


def test_removing_takes_what_is_owned() -> None:
    """A removed workspace takes its deployments, and they take their deploys, tokens and alerts."""
    store = Store()
    plant(store, Chance(0), START)
    workspace = next(item for item in store.all("workspaces") if item["name"] == "Data Platform")
    family = next(family for family in FAMILIES if family.name == "workspaces")
    remove(store, family, workspace["id"])

    assert {item["workspaceId"] for item in store.all("deployments")}.isdisjoint({workspace["id"]})
    assert list(store.all("deployments"))
    for gone in ("deploys", "agent-tokens", "alerts", "notification-channels"):
        assert list(store.all(gone)) == []


def test_path_parameters_are_decoded() -> None:
    """The values of a path's parameters are read by position and percent-decoded."""
    get_team = endpoints(load_contract(V1), None)["GetTeam"]

    assert get_team.ids("/organizations/o/teams/a%2Fb/") == {
        "organizationId": "o",
        "teamId": "a/b",
    }
