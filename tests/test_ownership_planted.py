"""What corresponds, what is compared value for value, and what has another id: with planted differences."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from harness.result import Finding, ScenarioResult, StepResult, Verdict
from harness.rules import Severity
from harness.sandbox.differences import DIFFERENCES
from harness.sandbox.setup import Setup, chosen
from tests.sandbox.sight import seen

LIFE: Final = """\
steps:
  - name: create
    operation: CreateTeam
    request: {body: {name: "a ${side}", description: "of ${side}", organizationRole: ORGANIZATION_MEMBER}}
    capture: {team_id: $.id}
  - {name: read, operation: GetTeam}
  - {name: list, operation: ListTeams, request: {query: {limit: 100, sorts: ["createdAt:desc"]}}}
  - {name: members, operation: ListTeamMembers}
  - {name: update, operation: UpdateTeam, request: {body: {name: "a ${side}", description: changed}}}
cleanup:
  - {name: delete, operation: DeleteTeam}
"""
TOKENS: Final = """\
steps:
  - name: create
    operation: CreateApiToken
    request: {body: {name: "harness ${side}", type: ORGANIZATION, role: ORGANIZATION_MEMBER}}
    candidate: {body: {name: "harness ${side}", scope: ORGANIZATION, role: ORGANIZATION_MEMBER}}
    capture: {token_id: $.id}
  - {name: read, operation: GetApiToken}
  - {name: list, operation: ListApiTokens, request: {query: {limit: 100}}}
cleanup:
  - {name: delete, operation: DeleteApiToken}
"""
SHARED: Final = """\
steps:
  - {name: list, operation: ListWorkspaces, capture: {workspace_id: "$.workspaces[0].id"}}
  - {name: read, operation: GetWorkspace}
  - {name: deployments, operation: ListDeployments, request: {query: {workspaceIds: "${workspace_id}"}}}
"""


def counting(result: ScenarioResult | StepResult) -> set[tuple[str, str]]:
    """Return rule and place of what counts."""
    steps = result.steps if isinstance(result, ScenarioResult) else (result,)
    found: list[Finding] = [each for step in steps for each in step.findings]
    return {(each.rule, each.difference.path) for each in found if each.severity is not Severity.INFO}


def test_ids_of_both_sides_correspond_throughout(tmp_path: Path) -> None:
    """Through a whole life, in single answers, lists and queries, what each side made is no difference."""
    result = seen(tmp_path, Setup(on=chosen(only=[])), LIFE)

    assert counting(result) == set()
    assert result.verdict is Verdict.MATCH


def test_what_is_planted_in_an_own_resource_is_found_alone(tmp_path: Path) -> None:
    """Of all documented differences, a token's life shows the one about it, and nothing of its ids."""
    result = seen(tmp_path, Setup(), TOKENS)

    assert {rule for rule, _ in counting(result)} == {"property-renamed"}
    assert {path.rpartition(".")[2] for _, path in counting(result)} == {"type"}


@pytest.mark.parametrize(
    "off", [(), tuple(switch.name for switch in DIFFERENCES)], ids=["documented", "none"]
)
def test_a_shared_resource_is_compared_value_for_value(tmp_path: Path, off: tuple[str, ...]) -> None:
    """A name that v1 gives otherwise is found in the list and in the resource that was captured from it."""
    setup = Setup(on=chosen(without=off, added=["value-changed"]))
    result = seen(tmp_path, setup, SHARED)
    listed, read, _ = (counting(step) for step in result.steps)

    assert ("value-changed", "$.body.workspaces[*].name") in listed
    assert ("value-changed", "$.body.name") in read


def test_a_shared_resource_without_a_difference_is_a_match(tmp_path: Path) -> None:
    """Both versions answer from one store: whatever is read through both is the same."""
    assert seen(tmp_path, Setup(on=chosen(only=[])), SHARED).verdict is Verdict.MATCH


def test_another_id_of_the_same_is_a_finding(tmp_path: Path) -> None:
    """Alone, and in lists, where the name says what is the same; a capture of it hides nothing."""
    setup = Setup(on=chosen(only=[], added=["id-changed"]))
    one = "steps: [{name: one, operation: GetOrganization}, {name: list, operation: ListWorkspaces}]"
    result = seen(tmp_path, setup, one)
    captured = seen(tmp_path, setup, SHARED.partition("  - {name: read")[0])

    assert counting(result) == {
        ("resource-identity-changed", "$.body.id"),
        ("resource-identity-changed", "$.body.workspaces[*].id"),
    }
    assert counting(captured) == {("resource-identity-changed", "$.body.workspaces[*].id")}
