"""Authentication: which step is asked again with another authorization."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.exchange import Side
from harness.probes import UNKNOWN_ID
from harness.rules import Check
from tests.probes.planning import (
    CREATE,
    DELETE,
    GET,
    LIST,
    UPDATE,
    only,
    planned,
    refused,
    scenario,
)


def test_authentication_is_probed_with_the_first_step_that_reads(tmp_path: Path) -> None:
    """A request that the wrong credentials would let through must not change anything."""
    probe = only(tmp_path, "{auth: [invalid]}", CREATE, LIST, GET)

    assert probe.step.operation == "ListApiTokens"
    assert probe.step.request_for(Side.BASELINE).query == {"limit": 20, "offset": 5}


def test_an_endpoint_that_no_contract_knows_can_be_probed_for_authentication(tmp_path: Path) -> None:
    """Whether a token is asked for can be tried on any GET, but known operations come first."""
    own = "- {request: {method: GET, path: /bundles}}"

    assert only(tmp_path, "{auth: [missing]}", own).step.request.path == "/bundles"
    assert only(tmp_path, "{auth: [missing]}", own, GET).step.operation == "GetApiToken"


def test_a_step_with_its_own_authorization_is_not_probed(tmp_path: Path) -> None:
    """A step that says how it is authorized is about something else."""
    own = "- {operation: ListUsers, request: {headers: {authorization: Basic x}}}"

    assert only(tmp_path, "{auth: [missing]}", own, GET).step.operation == "GetApiToken"
    assert refused(tmp_path, "{auth: [missing]}", own) == [
        (
            "probed.yaml:3: the check `missing` has no step to start from."
            " Add a step that reads, with GET, or remove `missing` from `auth`."
        )
    ]


@pytest.mark.parametrize(
    ("step", "path", "body"),
    [
        (LIST, {}, None),
        (CREATE, {}, {}),
        (UPDATE, {"workspaceId": "w1"}, {}),
        ("- {operation: UpdateUserRoles, request: {path: {userId: u1}, body: {}}}", {"userId": "u1"}, []),
        (DELETE, {"tokenId": UNKNOWN_ID}, None),
        ("- {operation: RotateApiToken, request: {path: {tokenId: t1}}}", {"tokenId": UNKNOWN_ID}, None),
    ],
)
def test_another_token_never_changes_anything(tmp_path: Path, step: str, path: object, body: object) -> None:
    """A weaker token may be let through: so what it sends is refused for its body, or for an unknown id."""
    (probe,) = planned(scenario(tmp_path, "{auth: [readonly]}", step))

    assert (probe.token, probe.authorization, probe.check) == ("readonly", None, Check.AUTH)
    for side in Side:
        assert (probe.step.request_for(side).path, probe.step.request_for(side).body) == (path, body)
