"""Which scenarios may run at the same time: those of which none changes what another reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import load_contracts
from harness.disturbance import Touches, touches
from tests.stage import Stage, reply

READS = {
    "users": "steps: [{operation: ListUsers}]",
    "teams": "steps: [{operation: ListTeams}]",
    "a team": "steps: [{operation: GetTeam, request: {path: {teamId: t}}}]",
    "everything": "steps: [{operation: ListTeams}, {operation: ListUsers}, {operation: ListClusters}]",
    "teams by path": "steps: [{request: {method: GET, path: '/organizations/${organization_id}/teams'}}]",
}
CHANGES = {
    "a create": "steps: [{operation: CreateTeam, request: {body: {name: x}}}]",
    "a cleanup": (
        "steps: [{operation: ListTeams}]\ncleanup: [{operation: DeleteTeam, request: {path: {teamId: t}}}]"
    ),
    "v1 alone": (
        "steps: [{request: {method: GET, path: /organizations/o/teams},"
        " candidate: {method: POST, body: {name: x}}}]"
    ),
    "a part": "steps: [{operation: AddTeamMembers, request: {path: {teamId: t}, body: {memberIds: [u]}}}]",
}
ORGANIZATION = "steps: [{operation: UpdateOrganization, request: {body: {name: x}}}]"


def touched(tmp_path: Path, text: str) -> Touches:
    """Return what a scenario touches."""
    stage = Stage(tmp_path, old=lambda _: reply({}), new=lambda _: reply({}))
    return touches(stage.scenario(text), tuple(load_contracts().values()))


@pytest.mark.parametrize("one", READS.values(), ids=READS)
@pytest.mark.parametrize("other", READS.values(), ids=READS)
def test_readers_meet(tmp_path: Path, one: str, other: str) -> None:
    """Scenarios that change nothing run together, whatever they read."""
    assert not touched(tmp_path, one).disturbs(touched(tmp_path, other))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("read", [name for name in READS if name != "users"])
def test_a_change_keeps_readers_of_the_same_away(tmp_path: Path, change: str, read: str) -> None:
    """Who changes teams, on whichever side and in whichever step, does not meet who reads them."""
    changes, reads = touched(tmp_path, change), touched(tmp_path, READS[read])

    assert changes.disturbs(reads)
    assert reads.disturbs(changes)
    assert changes.disturbs(changes)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_others_are_not_kept_away(tmp_path: Path, change: str) -> None:
    """Who changes teams meets who reads users."""
    assert not touched(tmp_path, change).disturbs(touched(tmp_path, READS["users"]))


@pytest.mark.parametrize("other", [*READS.values(), *CHANGES.values()], ids=[*READS, *CHANGES])
def test_a_change_of_the_organization_is_alone(tmp_path: Path, other: str) -> None:
    """Everything belongs to the organization, so nobody reads while it is changed."""
    assert touched(tmp_path, ORGANIZATION).disturbs(touched(tmp_path, other))
