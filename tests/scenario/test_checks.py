"""Checks over several keys: operations and their parameters, endpoints, rules, polls and lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import V1, load_contract
from harness.scenario import read_scenario
from tests.scenario.files import HEAD, STEP, mistakes, read, write


@pytest.mark.parametrize(
    "operation", ["ListUsers", "ListAlerts", "GetSelfUser", "BulkDeleteAllowedIpAddressRanges"]
)
def test_operations_of_either_version_are_known(tmp_path: Path, operation: str) -> None:
    """A scenario may be about what only one of the two versions has."""
    alert = read(tmp_path, f"{HEAD}  - operation: {operation}\n")

    assert alert.steps[0].operation == operation


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("ListUser", "Write `ListUsers`."),
        ("listApiTokens", "Write `ListApiTokens`."),
        ("Frobnicate", "Write `method` and `path` under `request` instead."),
    ],
)
def test_an_unknown_operation_is_told_with_the_nearest(tmp_path: Path, written: str, advice: str) -> None:
    """An operation that no contract has is a mistake; an endpoint that none has can be called by its path."""
    assert mistakes(tmp_path, f"{HEAD}  - name: x\n    operation: {written}\n") == [
        f"a.yaml:4: there is no operation `{written}` in v1beta1 or v1. {advice}"
    ]


def test_the_contracts_can_be_chosen(tmp_path: Path) -> None:
    """Operations are looked up in the contracts that are given, and nowhere where none are."""
    path = write(tmp_path, "a.yaml", f"{HEAD}  - operation: ListAlerts\n")

    assert read_scenario(path, root=tmp_path, contracts=()).steps[0].operation == "ListAlerts"
    with pytest.raises(Exception, match="there is no operation `ListAlerts`"):
        read_scenario(path, root=tmp_path, contracts=[load_contract(V1)])


def test_path_parameters_have_values(tmp_path: Path) -> None:
    """A parameter is given by the step, or by a variable of its name in either spelling."""
    text = (
        f"vars: {{deploymentId: d}}\n{HEAD}  - operation: ListDeploys\n  - operation: GetDeploy\n"
        "  - operation: GetDeploy\n    request: {path: {deployId: 3}}\n    capture: {deploy_id: $.id}\n"
        "  - operation: GetDeploy\n"
    )

    assert mistakes(tmp_path, text) == [
        (
            "a.yaml:5: GetDeploy needs the path parameter `deployId`."
            " Capture or define `deploy_id`, or write `request: {path: {deployId: ...}}`."
        )
    ]


def test_values_for_parameters_that_do_not_exist_are_told(tmp_path: Path) -> None:
    """A misspelt parameter would be ignored silently, on either side."""
    text = (
        f"vars: {{token_id: t}}\n{HEAD}  - operation: GetApiToken\n"
        "    request: {path: {tokenid: a}}\n    candidate: {path: {id: a}}\n"
    )

    assert mistakes(tmp_path, text) == [
        "a.yaml:5: `tokenid` is no path parameter of GetApiToken. Write `tokenId`.",
        "a.yaml:6: `id` is no path parameter of GetApiToken. Use one of organizationId, tokenId.",
    ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("- name: x", ["a.yaml:3: a step needs `operation`, or `request` with `method` and `path`."]),
        (
            "- {}",
            ["a.yaml:3: a step needs `operation`, or `request` with `method` and `path`."],
        ),
        (
            "- {name: x, operatoin: ListUsers}",
            ["a.yaml:3: `operatoin` is not a key of a step. Write `operation`."],
        ),
        ("- request: {path: /x}", ["a.yaml:3: a request without `operation` needs `method`."]),
        ("- request: {method: GET}", ["a.yaml:3: a request without `operation` needs `path`."]),
        ("- request: {method: GET, pth: /x}", ["a.yaml:3: `pth` is not a key of a request. Write `path`."]),
        (
            "- request: {method: GET, path: {a: b}}",
            ["a.yaml:3: without `operation`, the path has no parameters to give values to."],
        ),
        (
            "- {request: {method: GET, path: /x}, candidate: {path: {a: b}}}",
            ["a.yaml:3: without `operation`, the path has no parameters to give values to."],
        ),
        (
            "- {operation: ListUsers, request: {method: GET, path: /x}}",
            [
                "a.yaml:3: `operation` already says the method. Remove `method`, or `operation`.",
                "a.yaml:3: `operation` already says the path. Remove `path`, or `operation`.",
            ],
        ),
    ],
)
def test_a_step_says_once_what_it_calls(tmp_path: Path, step: str, expected: list[str]) -> None:
    """An operation, or method and path: not neither, not both, and one message for one mistake."""
    found = mistakes(tmp_path, f"{HEAD}  {step}\n")

    assert len(found) == len(expected)
    assert all(message.startswith(start) for message, start in zip(found, expected, strict=True))


def test_the_candidate_may_have_another_path(tmp_path: Path) -> None:
    """What v1 sends differently may be the path itself, with or without an operation."""
    scenario = read(tmp_path, f"{HEAD}{STEP}    candidate: {{path: /users, method: POST}}\n")

    assert scenario.steps[0].candidate.path == "/users"


def test_rules_of_acceptances_are_known(tmp_path: Path) -> None:
    """An acceptance of a rule that does not exist would accept nothing, for the step or for the scenario."""
    text = (
        f"accept:\n  - {{rule: property-ad, reason: r}}\n{HEAD}{STEP}    accept: [{{rule: zzz, reason: r}}]\n"
    )

    assert mistakes(tmp_path, text) == [
        "a.yaml:2: there is no rule `property-ad`. Write `property-added`.",
        "a.yaml:6: there is no rule `zzz`. Copy the rule from the finding.",
    ]


def test_the_rules_can_be_chosen(tmp_path: Path) -> None:
    """The ids that an acceptance can name are those that are given."""
    path = write(tmp_path, "a.yaml", f"accept: [{{rule: mine, reason: r}}]\n{HEAD}{STEP}")

    assert read_scenario(path, root=tmp_path, rules={"mine"}).accept[0].rule == "mine"


def test_a_list_is_walked_without_captures(tmp_path: Path) -> None:
    """Each element would overwrite what the one before captured."""
    text = f"{HEAD}{STEP}    foreach: {{as: user_id, in: [a, b]}}\n    capture: {{x: $.id}}\n"

    assert mistakes(tmp_path, text) == [
        (
            "a.yaml:5: a step with `foreach` cannot capture: each element would overwrite the one before."
            " Capture in a step of its own."
        )
    ]


def test_the_element_has_a_value_in_its_step_only(tmp_path: Path) -> None:
    """The variable of a list fills the step's path and body; the next step does not know it."""
    text = (
        f"{HEAD}  - operation: ListUsers\n    capture: {{user_ids: '$.users[*].id'}}\n"
        "  - {operation: GetUser, foreach: {as: user_id, in: '${user_ids}'}, request: {body: '${user_id}'}}\n"
        "  - {operation: GetUser, foreach: {as: user_id, in: '${ids}'}}\n"
        "  - operation: GetUser\n"
    )

    assert mistakes(tmp_path, text) == [
        (
            "a.yaml:6: the variable `ids` is not defined."
            " Define it under `vars`, or capture it in a step before."
        ),
        (
            "a.yaml:7: GetUser needs the path parameter `userId`."
            " Capture or define `user_id`, or write `request: {path: {userId: ...}}`."
        ),
    ]


@pytest.mark.parametrize(
    ("step", "method"),
    [
        ("operation: CreateWorkspace, request: {body: {}}", "POST"),
        ("operation: DeleteTeam, request: {path: {teamId: x}}", "DELETE"),
        ("request: {method: PUT, path: /x}", "PUT"),
    ],
)
def test_only_reads_are_polled(tmp_path: Path, step: str, method: str) -> None:
    """A poll repeats its request, which must change nothing."""
    assert mistakes(tmp_path, f"{HEAD}  - {{{step}, poll: {{until: {{status: 200}}}}}}\n") == [
        (
            f"a.yaml:3: `poll` would repeat a {method}, which changes something each time."
            " Poll with a GET in a step of its own."
        )
    ]


def test_an_unsupported_scenario_has_nothing_to_probe(tmp_path: Path) -> None:
    """Checks compare both sides, and an unsupported scenario has one."""
    text = f"unsupported: true\nchecks: {{auth: [missing]}}\n{HEAD}  - operation: ListAlerts\n"

    assert mistakes(tmp_path, text) == [
        "a.yaml:2: `checks` of an unsupported scenario have no v1 side to compare with. Remove `checks`."
    ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            "operation: CreateTeam\n    request: {body: {name: a}}\n    walk: true",
            "`walk` reads pages with GET, and the step is a POST. Walk in a step that lists something.",
        ),
        (
            "operation: GetOrganization\n    walk: true",
            "GetOrganization takes no `offset`, so there are no pages to walk. Remove `walk`.",
        ),
        (
            "operation: ListRoles\n    walk: true",
            (
                'there are several lists to walk. Write `walk: {items: "$.defaultRoles"}` or '
                '`walk: {items: "$.roles"}`.'
            ),
        ),
        (
            "request: {method: GET, path: /things}\n    walk: {pages: 3}",
            'nothing says which list is walked. Write `walk: {items: "$.tokens"}`.',
        ),
        (
            "operation: ListUsers\n    poll: {until: {status: 200}}\n    walk: true",
            "a step has either `walk` or `poll`. Poll in a step before this one.",
        ),
        (
            "operation: CreateTeam\n    capture: {team_id: $.id}\n    again: true",
            (
                "`again` would make a second one of what this step captures, and nothing would remove it. "
                "Repeat an update or a DELETE; a creation is not idempotent."
            ),
        ),
    ],
)
def test_what_cannot_be_walked_or_repeated_is_told(tmp_path: Path, step: str, expected: str) -> None:
    """A walk needs a GET with one list and an offset; what makes something is not repeated."""
    (told,) = mistakes(tmp_path, f"{HEAD}  - name: x\n    {step}\n")

    assert told.partition(" ")[2] == expected
    assert told.startswith("a.yaml:")


@pytest.mark.parametrize(
    "step",
    [
        "operation: ListUsers\n    walk: true",
        "operation: ListUsers\n    walk: false\n    poll: {until: {status: 200}}",
        'operation: ListRoles\n    walk: {items: "$.roles"}',
        "operation: ListAlerts\n    walk: true",
        'request: {method: GET, path: "/organizations/${organization_id}/users"}\n    walk: true',
        "request: {method: GET, path: /things}\n    walk: {items: $.things}",
        "operation: UpdateTeam\n    request: {path: {teamId: t}}\n    again: true",
        "operation: ListUsers\n    capture: {user_id: '$.users[0].id'}\n    again: true",
    ],
)
def test_what_can_be_walked_or_repeated_is_no_mistake(tmp_path: Path, step: str) -> None:
    """The contract says which list there is; where it does not, the step does."""
    (found,) = read(tmp_path, f"{HEAD}  - name: x\n    {step}\n").steps

    assert found.again or found.walk or found.poll
