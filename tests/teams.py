"""Teams as the service answers with them, for tests of scenarios while they run."""

from __future__ import annotations

from typing import Any

import httpx

from harness.result import ScenarioResult
from tests.stage import ORGANIZATION, Answer, Stage, reply

USER: dict[str, Any] = {
    "id": "cmuser0000000000000000001",
    "username": "a@example.com",
    "fullName": "Ada",
    "status": "ACTIVE",
}


TEAM: dict[str, Any] = {
    "id": "cmteam0000000000000000001",
    "name": "data",
    "organizationId": ORGANIZATION,
    "organizationRole": "ORGANIZATION_MEMBER",
    "isIdpManaged": False,
    "createdAt": "2026-01-01T00:00:00.000Z",
    "updatedAt": "2026-01-01T00:00:00.000Z",
    "createdBy": {"id": USER["id"], "subjectType": "USER"},
    "updatedBy": {"id": USER["id"], "subjectType": "USER"},
}


def team(number: int) -> dict[str, Any]:
    """Return a team; each number has its own id."""
    return {**TEAM, "id": f"cmteam00000000000000000{number:02}"}


def teams(*numbers: int) -> httpx.Response:
    """Return the list of these teams."""
    found = [team(number) for number in numbers]
    return reply({"teams": found, "limit": 20, "offset": 0, "totalCount": len(found)})


def both(stage: Stage, answer: Answer) -> None:
    """Let both services answer alike."""
    stage.old = stage.new = answer


def verdicts(result: ScenarioResult) -> list[str]:
    """Return name and verdict of each step."""
    return [f"{step.name}: {step.verdict}" for step in result.steps]
