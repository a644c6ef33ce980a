"""Steps that both contracts know, with another id in their path."""

from __future__ import annotations

from pathlib import Path

from harness.contract import load_contracts
from harness.exchange import Side
from harness.probes import UNKNOWN_ID
from harness.probes.known import Steps
from tests.probes.planning import DELETE, GET, LIST, only, scenario


def test_an_override_of_the_id_does_not_bring_the_known_one_back(tmp_path: Path) -> None:
    """What v1 sends differently is dropped where the probe replaces it, and kept elsewhere."""
    step = (
        "- {operation: GetDeploy, request: {path: {deploymentId: d1, deployId: y1}},"
        " candidate: {path: {deploymentId: d2, deployId: y2}}}"
    )

    probe = only(tmp_path, "{errors: [not-found]}", step)

    assert [probe.step.request_for(side).path for side in Side] == [
        {"deploymentId": "d1", "deployId": UNKNOWN_ID},
        {"deploymentId": "d2", "deployId": UNKNOWN_ID},
    ]


def test_the_organization_is_the_last_id_to_be_replaced(tmp_path: Path) -> None:
    """A list without an operation for one element is asked for in an organization that nobody has."""
    probe = only(tmp_path, "{errors: [not-found]}", "- {operation: GetOrganizationAuditLogs}")

    assert probe.step.operation == "GetOrganizationAuditLogs"
    assert probe.step.request_for(Side.CANDIDATE).path == {"organizationId": UNKNOWN_ID}


def test_each_operation_has_one_step(tmp_path: Path) -> None:
    """One that succeeds stands for its operation before one that is to be refused; the cleanup counts too."""
    steps = (
        "- {operation: GetApiToken, request: {path: {tokenId: gone}}, expect: {status: 404}}",
        GET,
        LIST,
        "- {operation: ListAlerts}",
        "- {operation: ListUsers, request: {headers: {authorization: Basic x}}}",
        "- {operation: GetUser, foreach: {as: user_id, in: [a, b]}}",
    )
    asked = scenario(tmp_path, "{}", *steps, *("cleanup:", DELETE))
    found = Steps(asked, load_contracts()).each()

    assert list(found) == ["GetApiToken", "ListApiTokens", "ListUsers", "GetUser", "DeleteApiToken"]
    assert found["ListUsers"] is found["GetUser"] is None
    token = found["GetApiToken"]
    assert token is not None
    assert token.step.request.path == {"tokenId": "t1"}
