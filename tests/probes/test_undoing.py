"""How an accepted probe is undone, by the contracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import load_contracts
from harness.exchange import Side
from harness.probes.known import Steps
from harness.probes.undoing import Undo, creates, undo_of
from tests.probes.planning import scenario

WRITTEN = "/organizations/${organization_id}/teams"


def undo(root: Path, step: str) -> Undo | None:
    """Return how a probe of the only step is undone."""
    contracts = load_contracts()
    (known,) = Steps(scenario(root, "{}", step), contracts).known
    return undo_of(known, contracts, "probe")


def test_what_was_made_is_deleted_by_its_id(tmp_path: Path) -> None:
    """The id is captured under a name that no scenario can have, and the operation is the contract's."""
    found = undo(tmp_path, "- {operation: CreateTeam, request: {body: {name: n}, headers: {X-A: a}}}")

    assert found is not None
    assert found.capture == {"made by probe": "$.id"}
    assert found.step.operation == "DeleteTeam"
    for side in Side:
        request = found.step.request_for(side)
        assert (request.path, request.headers) == ({"teamId": "${made by probe}"}, {"X-A": "a"})
        assert not request.has_body


def test_an_id_by_another_name_is_found_in_the_contract(tmp_path: Path) -> None:
    """An invite's answer calls it as the path of its deletion does."""
    found = undo(tmp_path, "- {operation: CreateUserInvite, request: {body: {inviteeEmail: a}}}")

    assert found is not None
    assert found.capture == {"made by probe": "$.inviteId"}


def test_a_written_path_is_deleted_below(tmp_path: Path) -> None:
    """Without an operation, the method and the whole path are written out, on each side its own."""
    step = (
        f"- {{request: {{method: POST, path: '{WRITTEN}', body: {{name: n}}}},"
        " candidate: {path: '/organizations/o2/teams'}}"
    )
    found = undo(tmp_path, step)

    assert found is not None
    assert [(spec.method, spec.path) for spec in map(found.step.request_for, Side)] == [
        ("DELETE", f"{WRITTEN}/${{made by probe}}"),
        ("DELETE", "/organizations/o2/teams/${made by probe}"),
    ]


def test_an_update_is_sent_again(tmp_path: Path) -> None:
    """What the probe changed is what the step had set."""
    found = undo(tmp_path, "- {operation: UpdateTeam, request: {path: {teamId: t1}, body: {name: n}}}")

    assert found is not None
    assert (found.step.operation, found.capture) == ("UpdateTeam", {})
    assert found.step.request.body == {"name": "n"}


@pytest.mark.parametrize(
    "step",
    [
        "{operation: CreateDeploy, request: {path: {deploymentId: d}, body: {type: IMAGE_ONLY}}}",
        "{operation: AddTeamMembers, request: {path: {teamId: t}, body: {memberIds: []}}}",
        "{operation: UpdateTeamRoles, request: {path: {teamId: t}, body: {}}}",
        "{operation: RotateApiToken, request: {path: {tokenId: t}}}",
        "{operation: GetTeam, request: {path: {teamId: t}}}",
        "{operation: DeleteTeam, request: {path: {teamId: t}}}",
    ],
)
def test_what_the_contracts_give_no_way_back_from(tmp_path: Path, step: str) -> None:
    """Without a deletion, without the id in the answer, and for actions, nothing is promised."""
    assert undo(tmp_path, f"- {step}") is None


def test_only_a_post_to_a_collection_creates(tmp_path: Path) -> None:
    """An action below a resource makes nothing of its own."""
    contracts = load_contracts()
    steps = (
        "- {operation: CreateDeploy, request: {path: {deploymentId: d}, body: {}}}",
        "- {operation: RotateApiToken, request: {path: {tokenId: t}}}",
        "- {operation: ListTeams}",
    )
    known = Steps(scenario(tmp_path, "{}", *steps), contracts).known

    assert [creates(each, contracts) for each in known] == [True, False, False]
