"""Probes: which step each check starts from, and the one thing that is wrong with its request."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.errors import ScenarioError
from harness.exchange import Side
from harness.probes import UNKNOWN_ID, Probe, plan_probes
from harness.rules import Check
from harness.scenario import Scenario, read_scenario

LIST = "- {operation: ListApiTokens, request: {query: {limit: 20, offset: 5}}}"
GET = "- {operation: GetApiToken, request: {path: {tokenId: t1}}}"
DELETE = "- {operation: DeleteApiToken, request: {path: {tokenId: t1}}}"
CREATE = "- {operation: CreateWorkspace, request: {body: {name: n}}, candidate: {body: {name: m}}}"
UPDATE = "- {operation: UpdateWorkspace, request: {path: {workspaceId: w1}, body: {name: n}}}"


def scenario(root: Path, checks: str, *steps: str) -> Scenario:
    """Return a scenario with these steps; ``checks`` is on its third line."""
    lines = ["# first", "scenario: Probed", f"checks: {checks}", "steps:", *(f"  {step}" for step in steps)]
    path = root / "probed.yaml"
    path.write_text("\n".join(lines), "utf-8")
    return read_scenario(path, root=root, base=root)


def planned(scenario: Scenario) -> tuple[Probe, ...]:
    """Return the probes of a scenario."""
    return plan_probes(scenario, load_contract(V1BETA1), load_contract(V1))


def only(root: Path, checks: str, *steps: str) -> Probe:
    """Return the only probe of a scenario with these steps."""
    (probe,) = planned(scenario(root, checks, *steps))
    return probe


def refused(root: Path, checks: str, *steps: str) -> list[str]:
    """Return the messages for checks that have no step."""
    with pytest.raises(ScenarioError) as caught:
        planned(scenario(root, checks, *steps))
    return [str(problem) for problem in caught.value.problems]


def test_without_checks_there_are_no_probes(tmp_path: Path) -> None:
    """A scenario that asks for no checks is not probed."""
    assert planned(scenario(tmp_path, "{}", LIST)) == ()


def test_every_kind_has_its_name_and_check(tmp_path: Path) -> None:
    """Probes come in the order in which they are asked for, those of authentication first."""
    probes = planned(
        scenario(
            tmp_path,
            "{errors: [invalid-body, not-found, invalid-query], auth: [missing, malformed, invalid]}",
            LIST,
            CREATE,
        )
    )

    assert [(probe.name, probe.kind, probe.check) for probe in probes] == [
        ("auth: missing token", "missing", Check.AUTH),
        ("auth: malformed header", "malformed", Check.AUTH),
        ("auth: invalid token", "invalid", Check.AUTH),
        ("errors: invalid body", "invalid-body", Check.ERRORS),
        ("errors: unknown id", "not-found", Check.ERRORS),
        ("errors: invalid query", "invalid-query", Check.ERRORS),
    ]
    assert [probe.authorization for probe in probes] == [
        "",
        "harness-probe malformed",
        "Bearer harness-probe-invalid-token",
        None,
        None,
        None,
    ]
    assert [probe.step.name for probe in probes] == [probe.name for probe in probes]


def test_a_probe_stands_on_the_line_of_checks_and_wants_nothing_of_its_own(tmp_path: Path) -> None:
    """A finding of a probe leads to ``checks``; what its step expects, captures and accepts is left out."""
    step = (
        "- {operation: ListApiTokens, expect: {status: 200}, capture: {token_id: '$.tokens[0].id'},"
        " reads: ['$.tokens[*].id'], accept: [{rule: property-added, reason: fine}],"
        " poll: {until: {status: 200}}, follow_redirects: true, timeout: 7}"
    )

    probe = only(tmp_path, "{auth: [missing]}", step)

    assert (probe.step.where, probe.step.line) == ("probed.yaml:3", 3)
    assert (probe.step.capture, probe.step.reads, probe.step.accept, probe.step.poll) == ({}, [], [], None)
    assert [probe.step.statuses(side) for side in Side] == [(), ()]
    assert (probe.step.follow_redirects, probe.step.timeout) == (False, 7.0)


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


@pytest.mark.parametrize("steps", [(LIST, GET), (GET, LIST), (DELETE, LIST), (LIST,)])
def test_an_unknown_id_takes_the_place_of_a_known_one(tmp_path: Path, steps: tuple[str, ...]) -> None:
    """A step that gets one resource gets an unknown one; for a list, one of its elements is got."""
    probe = only(tmp_path, "{errors: [not-found]}", *steps)

    assert probe.step.operation == "GetApiToken"
    for side in Side:
        assert probe.step.request_for(side).path == {"tokenId": UNKNOWN_ID}
        assert probe.step.request_for(side).query == {}


def test_an_unknown_id_goes_into_written_paths_too(tmp_path: Path) -> None:
    """Where the path is written out, the segment of the id is replaced, on both sides."""
    tokens = "/organizations/${organization_id}/tokens"
    one = f"- {{request: {{method: GET, path: '{tokens}/t1'}}, candidate: {{path: '{tokens}/t2'}}}}"
    many = f"- {{request: {{method: GET, path: '{tokens}', query: {{limit: 1}}}}}}"

    for step in (one, many):
        probe = only(tmp_path, "{errors: [not-found]}", step)
        assert [probe.step.request_for(side).path for side in Side] == [f"{tokens}/{UNKNOWN_ID}"] * 2
        assert probe.step.operation is None


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


def test_an_invalid_query_puts_text_for_a_number_on_both_sides(tmp_path: Path) -> None:
    """A number that both contracts document becomes text; other parameters and overrides stay."""
    step = (
        "- {operation: ListApiTokens, request: {query: {limit: 20, sorts: 'name:asc'}},"
        " candidate: {query: {limit: 30, sorts: null}}}"
    )

    probe = only(tmp_path, "{errors: [invalid-query]}", GET, step)

    assert [probe.step.request_for(side).query for side in Side] == [
        {"limit": "not-a-number", "sorts": "name:asc"},
        {"limit": "not-a-number"},
    ]


def test_an_invalid_body_lacks_what_both_contracts_require(tmp_path: Path) -> None:
    """Creations are preferred to updates, and their body is empty on both sides; headers stay."""
    probe = only(tmp_path, "{errors: [invalid-body]}", UPDATE, CREATE)

    assert probe.step.operation == "CreateWorkspace"
    for side in Side:
        assert probe.step.request_for(side).has_body
        assert probe.step.request_for(side).body == {}


def test_a_body_that_needs_nothing_is_replaced_by_a_list(tmp_path: Path) -> None:
    """Where an empty object would be accepted, and change something, a list is sent, which is not."""
    step = "- {operation: UpdateUserRoles, request: {path: {userId: u1}, body: {organizationRole: x}}}"

    assert only(tmp_path, "{errors: [invalid-body]}", step).step.request_for(Side.CANDIDATE).body == []


def test_a_union_requires_what_each_variant_requires(tmp_path: Path) -> None:
    """A deployment has several kinds of bodies; an empty one is refused by each of them."""
    step = "- {operation: CreateDeployment, request: {body: {name: n}}}"

    assert only(tmp_path, "{errors: [invalid-body]}", step).step.request_for(Side.BASELINE).body == {}


@pytest.mark.parametrize(
    ("check", "step", "wanted"),
    [
        ("not-found", CREATE, "that gets one resource by its id"),
        ("not-found", "- {operation: GetSelfUser}", "that gets one resource by its id"),
        ("not-found", "- {operation: ListAlerts, unsupported: true}", "that gets one resource by its id"),
        (
            "not-found",
            "- {operation: GetApiToken, foreach: {as: token_id, in: [a, b]}}",
            "that gets one resource by its id",
        ),
        ("invalid-query", GET, "that lists something and takes `limit`"),
        ("invalid-body", LIST, "that sends a body"),
        (
            "invalid-body",
            "- {operation: RotateApiToken, request: {path: {tokenId: t1}}}",
            "that sends a body",
        ),
    ],
)
def test_a_check_without_a_step_is_told(tmp_path: Path, check: str, step: str, wanted: str) -> None:
    """A check that cannot be made is an error and never skipped; steps that v1 lacks do not count."""
    assert refused(tmp_path, f"{{errors: [{check}]}}", step) == [
        (
            f"probed.yaml:3: the check `{check}` has no step to start from."
            f" Add a step {wanted}, or remove `{check}` from `errors`."
        )
    ]


def test_all_checks_without_a_step_are_told_at_once(tmp_path: Path) -> None:
    """One reading of the message is enough to correct the scenario."""
    checks = "{auth: [missing], errors: [not-found, invalid-query]}"

    assert len(refused(tmp_path, checks, CREATE)) == 3
