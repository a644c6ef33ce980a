"""The error matrix: what a request with each mistake is, and why an operation has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.exchange import Side
from harness.probes import UNKNOWN_ID, Probe
from harness.probes.mistakes import MALFORMED_JSON, MISTAKES, UNKNOWN_NAME, UNKNOWN_VALUE
from tests.probes.planning import DELETE, GET, LIST, lacking, made

CREATE = "- {operation: CreateTeam, request: {body: {name: n, description: d}}, capture: {team_id: $.id}}"
UPDATE = "- {operation: UpdateTeam, request: {body: {name: n}}}"
ROLES = "- {operation: UpdateTeamRoles, request: {body: {organizationRole: ORGANIZATION_MEMBER}}}"
OPTIONS = "- {operation: GetClusterOptions, request: {query: {type: DEDICATED}}}"


def bodies(probe: Probe) -> list[Any]:
    """Return the bodies of both sides."""
    return [probe.step.request_for(side).body for side in Side]


def queries(probe: Probe) -> list[dict[str, Any]]:
    """Return the queries of both sides."""
    return [dict(probe.step.request_for(side).query) for side in Side]


def test_an_unknown_id_is_asked_of_each_operation(tmp_path: Path) -> None:
    """The last id of each path is one that nobody has, of writes as well."""
    from tests.probes.planning import planned, scenario

    found = planned(scenario(tmp_path, "{errors: all}", LIST, GET, CREATE, UPDATE, DELETE))
    paths = {
        probe.operation: probe.step.request_for(Side.CANDIDATE).path
        for probe in found
        if probe.kind == "not-found"
    }

    assert paths == {
        "ListApiTokens": {"organizationId": UNKNOWN_ID},
        "GetApiToken": {"tokenId": UNKNOWN_ID},
        "CreateTeam": {"organizationId": UNKNOWN_ID},
        "UpdateTeam": {"teamId": UNKNOWN_ID},
        "DeleteApiToken": {"tokenId": UNKNOWN_ID},
    }


def test_an_id_of_another_organization_is_asked_for_there(tmp_path: Path) -> None:
    """The id stays, and the organization is another one; what is not of one resource has no such request."""
    found = made(tmp_path, "foreign-id", LIST, GET, CREATE, ROLES)
    one = "- {request: {method: GET, path: '/organizations/${organization_id}/tokens/t1'}}"

    assert set(found) == {"GetApiToken"}
    assert found["GetApiToken"].step.request_for(Side.BASELINE).path == {
        "tokenId": "t1",
        "organizationId": "${other_organization_id}",
    }
    written = made(tmp_path, "foreign-id", one)["GetApiToken"].step.request_for(Side.CANDIDATE)
    assert written.path == "/organizations/${other_organization_id}/tokens/t1"
    assert lacking(tmp_path, "foreign-id", LIST, CREATE, ROLES) == {
        "ListApiTokens": "its path names no resource of an organization",
        "CreateTeam": "its path names no resource of an organization",
        "UpdateTeamRoles": "what it would do if it were accepted could not be undone",
    }


def test_a_missing_field_is_one_that_both_contracts_require(tmp_path: Path) -> None:
    """The rest of the body stays; a query can miss a parameter, too."""
    assert bodies(made(tmp_path, "missing-field", CREATE)["CreateTeam"]) == [{"description": "d"}] * 2
    assert queries(made(tmp_path, "missing-field", OPTIONS)["GetClusterOptions"]) == [{}, {}]
    assert lacking(tmp_path, "missing-field", LIST, GET) == {
        "ListApiTokens": "the contracts require none of the fields that are sent",
        "GetApiToken": "it takes no body, and nothing in its query",
    }


def test_an_unknown_field_stands_beside_the_others(tmp_path: Path) -> None:
    """No contract has it; an action that could not be undone is not tried with it."""
    found = made(tmp_path, "unknown-field", LIST, CREATE)

    assert bodies(found["CreateTeam"]) == [{"name": "n", "description": "d", UNKNOWN_NAME: UNKNOWN_VALUE}] * 2
    assert queries(found["ListApiTokens"])[0] == {"limit": 20, "offset": 5, UNKNOWN_NAME: UNKNOWN_VALUE}
    assert lacking(tmp_path, "unknown-field", CREATE, ROLES, DELETE) == {
        "UpdateTeamRoles": "what it would do if it were accepted could not be undone",
        "DeleteApiToken": "it takes no body",
    }


def test_a_mistyped_field_cannot_be_read_as_the_right_one(tmp_path: Path) -> None:
    """An object stands for a scalar, a text for a list, and no number for a number."""
    members = "- {operation: AddTeamMembers, request: {path: {teamId: t1}, body: {memberIds: [a]}}}"
    found = made(tmp_path, "mistyped-field", LIST, CREATE, members)

    assert bodies(found["CreateTeam"])[0]["name"] == {UNKNOWN_NAME: UNKNOWN_VALUE}
    assert bodies(found["AddTeamMembers"])[0] == {"memberIds": UNKNOWN_VALUE}
    assert queries(found["ListApiTokens"])[1]["limit"] == "not-a-number"


def test_a_value_that_is_not_listed_takes_the_place_of_a_listed_one(tmp_path: Path) -> None:
    """A creation can be sent a field that its step leaves out; an update only what it sends."""
    found = made(tmp_path, "bad-enum", LIST, CREATE)

    assert bodies(found["CreateTeam"])[0]["organizationRole"] == UNKNOWN_VALUE
    assert UNKNOWN_VALUE in queries(found["ListApiTokens"])[0].values()
    assert lacking(tmp_path, "bad-enum", CREATE, UPDATE) == {
        "UpdateTeam": "the contracts list the values of no field"
    }


def test_bounds_of_one_contract_are_enough(tmp_path: Path) -> None:
    """A text is one character too long, a number one too large, though only v1 documents the bound."""
    workspace = "- {operation: CreateWorkspace, request: {body: {name: n}}}"
    token = "- {operation: CreateAgentToken, request: {path: {deploymentId: d}, body: {name: n}}}"

    assert bodies(made(tmp_path, "too-long", workspace)["CreateWorkspace"]) == [{"name": "x" * 51}] * 2
    assert bodies(made(tmp_path, "out-of-range", token)["CreateAgentToken"])[0] == {
        "name": "n",
        "tokenExpiryPeriodInDays": 3651,
    }
    assert queries(made(tmp_path, "out-of-range", LIST)["ListApiTokens"])[0]["limit"] == 1001
    assert lacking(tmp_path, "too-long", CREATE) == {"CreateTeam": "no contract limits the length of a text"}
    assert lacking(tmp_path, "out-of-range", CREATE) == {"CreateTeam": "no contract limits a number"}


def test_a_page_is_asked_for_with_a_negative_number(tmp_path: Path) -> None:
    """Where both contracts have limit or offset, it is -1."""
    assert queries(made(tmp_path, "negative-paging", LIST)["ListApiTokens"])[0] == {"limit": -1, "offset": 5}
    assert lacking(tmp_path, "negative-paging", GET) == {"GetApiToken": "it takes no limit and no offset"}


def test_malformed_json_is_sent_as_bytes(tmp_path: Path) -> None:
    """The body ends too early, wherever both contracts take JSON."""
    assert made(tmp_path, "malformed-json", CREATE)["CreateTeam"].content == MALFORMED_JSON
    assert lacking(tmp_path, "malformed-json", GET) == {"GetApiToken": "it takes no JSON"}


def test_a_wrong_content_type_leaves_the_body_as_it_is(tmp_path: Path) -> None:
    """Only the header is wrong, on both sides, whatever the step sends there."""
    step = CREATE.replace("request: {", "candidate: {headers: {content-type: a/b}}, request: {")
    probe = made(tmp_path, "wrong-content-type", step)["CreateTeam"]

    assert [probe.step.request_for(side).headers for side in Side] == [{"Content-Type": "text/plain"}] * 2
    assert bodies(probe) == [{"name": "n", "description": "d"}] * 2
    assert lacking(
        tmp_path, "wrong-content-type", GET, "- {operation: UpdateTeam, request: {path: {teamId: t}}}"
    ) == {
        "GetApiToken": "it takes no body",
        "UpdateTeam": "the step does not write out an object as its body",
    }


def test_a_wrong_method_is_one_that_neither_contract_has_there(tmp_path: Path) -> None:
    """It is no DELETE, which might be understood."""
    probe = made(tmp_path, "wrong-method", GET)["GetApiToken"]

    assert [probe.step.request_for(side).method for side in Side] == ["PUT", "PUT"]
    assert probe.step.operation == "GetApiToken"


@pytest.mark.parametrize("kind", MISTAKES)
def test_no_mistake_deletes(tmp_path: Path, kind: str) -> None:
    """A DELETE is sent with an id that nobody has, or one of another organization, and no other one."""
    probes = lacking(tmp_path, kind, DELETE)

    assert ("DeleteApiToken" in probes) == (kind not in {"not-found", "foreign-id", "wrong-method"})
