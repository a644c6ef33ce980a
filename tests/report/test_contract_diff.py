"""Documented differences as text, JSON and Markdown."""

from __future__ import annotations

import json
from functools import cache

import pytest

from harness.contract_diff import ContractDiff, contract_diff, outline
from harness.report.contract_diff import (
    contract_diff_json,
    contract_diff_markdown,
    contract_diff_text,
    outline_json,
    outline_text,
)
from harness.report.markdown import LIMIT
from tests.builders import judge
from tests.contract_diff import STRING, judge_of, operation, record


@cache
def _diff() -> ContractDiff:
    return contract_diff(judge())


def test_the_text_says_a_cause_once() -> None:
    """A rename in four operations stands there once, with each of its places, and whom it meets."""
    text = contract_diff_text(_diff())

    assert text.count("Deployment.workloadIdentity -> effectiveWorkloadIdentity (if read)") == 1
    assert (
        "\n      ListDeployments: $.body.deployments[*].workloadIdentity -> $.body.deployments[*].eff" in text
    )
    assert "70 operations in both, 10 only in v1beta1, 5 only in v1. 36 of the 70 differ." in text
    assert text.index("BREAKING: 8 causes") < text.index("RISKY: 3 causes") < text.index("INFO: ")
    assert "endpoint-removed: 10 operations\n" in text
    assert "endpoint-added: 5 operations: " in text


def test_whom_it_meets_is_said_where_it_differs() -> None:
    """Where operations of one cause meet different callers, each place says it."""
    text = contract_diff_text(contract_diff(judge(), "ListOrganizations"))

    assert "parameter ListOrganizations.supportPlan (if sent)\n" in text
    assert "response Organization.supportPlan\n" in text


def test_one_operation_is_headed_by_its_address() -> None:
    """The text of one operation names method and path; without a difference it says so."""
    text = contract_diff_text(contract_diff(judge(), "ListUsers"))

    assert text.endswith("ListUsers, GET /organizations/{organizationId}/users: 0 documented differences.\n")


def test_the_json_has_every_operation() -> None:
    """Each of the 85 operations is there, with what differs in the keys that other reports use."""
    document = json.loads(contract_diff_json(_diff()))
    by_name = {each["operation"]: each for each in document["operations"]}
    (renamed,) = [
        each for each in by_name["GetApiToken"]["differences"] if each["rule"] == "property-renamed"
    ]

    assert document["candidate"] == {"version": "v1", "dates": {"v1": "2026-07-18"}}
    assert len(by_name) == 85
    assert by_name["ListUsers"]["severity"] is None
    assert by_name["ListAlerts"]["in"] == ["v1beta1"]
    assert by_name["GetSelfUser"]["in"] == ["v1"]
    assert {
        key: renamed[key] for key in ("severity", "part", "when", "path", "to", "cause", "documented")
    } == {
        "severity": "breaking",
        "part": "response",
        "when": "always",
        "path": "$.body.type",
        "to": "$.body.scope",
        "cause": "ApiToken.type",
        "documented": "documented",
    }
    assert renamed["statuses"] == ["200"]


def test_the_markdown_fits_a_ticket() -> None:
    """Each cause is one item with its operations as code, within what a tracker takes."""
    text = contract_diff_markdown(_diff())

    assert text.count("\n- **property-renamed** response `ApiToken.type` → `scope`: ") == 1
    assert "In `ListDeployments`, `CreateDeployment`, `GetDeployment`, `UpdateDeployment`." in text
    assert len(text) < LIMIT


@pytest.mark.parametrize("render", [contract_diff_text, contract_diff_json, contract_diff_markdown])
def test_a_hostile_name_is_shown_as_text(render: object) -> None:
    """A property whose name would move the cursor or end a table is written as what it is."""
    hostile = "\x1b[2J`|\u202e"
    diff = contract_diff(
        judge_of(
            operation(record(x=STRING, y=STRING, **{hostile: STRING})), operation(record(x=STRING, y=STRING))
        )
    )
    assert callable(render)
    text = render(diff)

    assert "\x1b" not in text
    if render is not contract_diff_json:
        assert "\u202e" not in text


def test_an_operation_is_shown_place_by_place() -> None:
    """The text marks what went and what came, and gives both URLs."""
    text = outline_text(outline(judge(), "GetApiToken"))

    assert "v1beta1  GET https://api.astronomer.io/iam/v1beta1/organizations/" in text
    assert "v1       GET https://api.astronomer.io/v1/organizations/" in text
    assert "\n+ $.body.scope " in text
    assert "\n- $.body.type " in text
    assert "\n  $.body.id " in text


def test_what_a_side_lacks_is_said() -> None:
    """An operation that v1 has not is said so; a status without a body too; a change shows both sides."""
    assert "v1       does not have it" in outline_text(outline(judge(), "ListAlerts"))
    assert "\nresponse 204\n  no body\n" in outline_text(outline(judge(), "DeleteTeam"))
    assert "~ $.body.productPlans" in outline_text(outline(judge(), "GetOrganization"))


def test_an_operation_as_json_has_null_for_what_is_not_there() -> None:
    """Each place has what either contract says, null where it says nothing."""
    document = json.loads(outline_json(outline(judge(), "GetApiToken")))
    places = {
        place["path"]: place
        for section in document["sections"]
        for place in section["places"]
        if section["title"] == "response 200"
    }

    assert document["candidate_url"].endswith("/v1/organizations/{organizationId}/tokens/{tokenId}")
    assert places["$.body.type"]["candidate"] is None
    assert places["$.body.scope"]["baseline"] is None
    assert json.loads(outline_json(outline(judge(), "ListAlerts")))["candidate_url"] is None
