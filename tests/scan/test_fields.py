"""Fields that v1 lacks or calls otherwise, next to calls."""

from __future__ import annotations

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.contract_diff import contract_diff
from harness.judge import Judge
from harness.scan.fields import fields_of, used_near

FIELDS = fields_of(contract_diff(Judge(baseline=load_contract(V1BETA1), candidate=load_contract(V1))))


def near(operation: str, *lines: str) -> list[str]:
    """Return the names that are used near the call in the line that says CALL."""
    call = next(number for number, line in enumerate(lines, 1) if "CALL" in line)
    return [field.name for _, _, field in used_near(list(lines), call, FIELDS[operation])]


def test_the_fields_are_those_of_the_contracts() -> None:
    """A token's type is read and sent; an organization's plan is read, and asked for in a list."""
    assert {(each.name, each.sent) for each in FIELDS["CreateApiToken"]} == {("type", True), ("type", False)}
    assert ("supportPlan", False) in {(each.name, each.sent) for each in FIELDS["GetOrganization"]}
    assert ("supportPlan", True) in {(each.name, each.sent) for each in FIELDS["ListOrganizations"]}
    assert FIELDS["ListUsers"] == ()


@pytest.mark.parametrize(
    "line",
    ['t["type"]', "t.get('type')", "t.type == 1", "t?.type", "jq '.tokens[].type'", 'x = t["type"]'],
)
def test_a_field_that_is_read(line: str) -> None:
    """However the language writes it."""
    assert near("ListApiTokens", "CALL", line) == ["type"]


@pytest.mark.parametrize("line", ["type(t)", "t.types", 't["types"]', "t.type_of", 't["type"] = 1', "type"])
def test_what_is_not_the_field(line: str) -> None:
    """A word is no field, and what is written is not read."""
    assert near("ListApiTokens", "CALL", line) == []


@pytest.mark.parametrize(
    "line", ['body = {"type": "X"}', "create(type='X')", "{ type: 'X' }", 'body["type"] = "X"']
)
def test_a_field_that_is_sent(line: str) -> None:
    """It is put together above the call, or below."""
    assert near("CreateApiToken", line, "CALL") == ["type"]
    assert near("CreateApiToken", "CALL", line) == ["type"]


def test_another_function_is_another_matter() -> None:
    """What stands behind the next definition, or far away, has nothing to do with the call."""
    assert near("ListApiTokens", "CALL", "def other():", '    t["type"]') == []
    assert near("ListApiTokens", "CALL", *[""] * 50, 't["type"]') == []


@pytest.mark.parametrize(
    "line",
    [
        "const { supportPlan } = await r.json()",
        "let {id, supportPlan: plan} = org;",
        "orgs.map(({ supportPlan }) => supportPlan)",
        "fmt.Println(o.SupportPlan)",
    ],
)
def test_a_field_that_is_taken_out_of_an_answer(line: str) -> None:
    """JavaScript names it on the left, Go with a capital."""
    assert near("GetOrganization", "CALL", line) == ["supportPlan"]


@pytest.mark.parametrize("line", ["const { supportPlans } = x", "f({ supportPlan })", "o.SupportPlanName"])
def test_what_only_looks_like_it(line: str) -> None:
    """Another name, or one that is given."""
    assert near("GetOrganization", "CALL", line) == []


def test_a_struct_that_an_answer_is_read_into() -> None:
    """Wherever it stands in the file, also inside another one; a struct of something else is none of it."""
    plan = [
        "type Organization struct {",
        '    Plan string `json:"supportPlan,omitempty"`',
        "}",
    ]
    page = ["type Page struct {", '    Organizations []Organization `json:"organizations"`', "}"]
    call = ["func list() {", "    var page Page", "    CALL", "}"]

    assert near("ListOrganizations", *plan, *page, *call) == ["supportPlan"]
    assert near("ListOrganizations", *call, "", *page, *plan) == ["supportPlan"]
    assert near("ListOrganizations", *plan, *call) == []
    assert near("GetOrganization", "    CALL", *plan[1:2]) == ["supportPlan"]


@pytest.mark.parametrize("given", ["data = jsonencode({", "data: {", "data={", "resource := Token{"])
def test_what_is_called_like_a_block_is_none(given: str) -> None:
    """Terraform begins blocks with data, and gives bodies to an argument of that name."""
    lines = [
        "path = url",
        f"  {given}",
        '    type = "ORGANIZATION"',
        "  })",
        'data "http" "x" {',
        'type = "a"',
    ]

    assert [line for line, _, _ in used_near(lines, 1, FIELDS["CreateApiToken"])] == [3]
