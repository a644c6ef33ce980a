"""What the judge makes of the shipped contracts: B1 to B6, single places, and renames that they prove."""

from __future__ import annotations

import copy

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.difference import Kind
from harness.exchange import Json, Pair, Side
from harness.judge import verdict
from harness.result import Finding, Verdict
from harness.rules import Documentation
from tests.builders import (
    BREAKING,
    CUID,
    INFO,
    OTHER_CUID,
    RISKY,
    Brief,
    answers,
    brief,
    error,
    exchange,
    judged,
    operations,
    pair,
    question,
    request,
    rules_of,
)

_DOCUMENTED = Documentation.DOCUMENTED
_GONE: Json = "(gone)"
"""Stands for a property that is not there."""


def _only(findings: tuple[Finding, ...]) -> Finding:
    (found,) = findings
    return found


# What the contracts document: the whole surface, then B1 to B6 one by one.

_RENAMED = {
    "ListApiTokens": "tokens[*].",
    "CreateApiToken": "",
    "GetApiToken": "",
    "UpdateApiToken": "",
    "RotateApiToken": "",
    "ListAgentTokens": "tokens[*].",
    "CreateAgentToken": "",
    "GetAgentToken": "",
}
_ORGANIZATIONS = {"ListOrganizations": "organizations[*].", "GetOrganization": "", "UpdateOrganization": ""}
_DEPLOYMENTS = {
    "ListDeployments": "deployments[*].",
    "CreateDeployment": "",
    "GetDeployment": "",
    "UpdateDeployment": "",
}


def _shared() -> list[str]:
    baseline = load_contract(V1BETA1)
    return [
        operation.id
        for operation in load_contract(V1).operations
        if baseline.operation(operation.id) and "application/json" in operation.responses.get("200", {})
    ]


@pytest.mark.parametrize("operation", _shared())
def test_documented_answers_break_only_where_the_evidence_says_so(operation: str) -> None:
    """Of whole documented answers the known places break, what v1 adds is info, and all is documented."""
    findings = judged(pair(*answers(operation)), question(operation))

    at = "$.body."
    expected: list[Brief] = []
    if operation in _RENAMED:
        within = at + _RENAMED[operation]
        expected = [("property-renamed", BREAKING, f"{within}type", f"{within}scope")]
    elif operation in _ORGANIZATIONS:
        expected = [("property-removed", BREAKING, f"{at}{_ORGANIZATIONS[operation]}supportPlan", "")]
    elif operation in _DEPLOYMENTS:
        within = at + _DEPLOYMENTS[operation]
        names = ("drWorkloadIdentity", "workloadIdentity")
        expected = [("property-removed", BREAKING, f"{within}{name}", "") for name in names]
    assert sorted(brief(findings, INFO)) == expected
    assert {found.rule for found in findings if found.severity is INFO} <= {"property-added"}
    assert {found.documentation for found in findings} <= {_DOCUMENTED}


@pytest.mark.parametrize("operation", _RENAMED)
def test_a_token_type_is_called_scope(operation: str) -> None:
    """B1: of a single token the contracts prove the rename, also where each side made a token of its own."""
    old, new = answers(operation)

    for own in (False, True):
        found = judged(pair(old, new), question(operation, own=own))[0]

        assert found.rule == "property-renamed"
        assert found.documentation is _DOCUMENTED
        assert (found.difference.baseline, found.difference.candidate) == ("DEPLOYMENT", "DEPLOYMENT")


def test_many_tokens_are_one_rename() -> None:
    """B1: a shuffled list of tokens has one finding for the rename, with its counts."""
    old, new = answers("ListApiTokens")
    for body, side in ((old, "type"), (new, "scope")):
        (token,) = body["tokens"]
        body["tokens"] = [
            {**token, "id": f"t{n}", side: ("WORKSPACE", "DEPLOYMENT")[n % 2]} for n in range(9)
        ]
    new["tokens"].reverse()

    breaking = _only(
        tuple(f for f in judged(pair(old, new), question("ListApiTokens")) if f.severity is BREAKING)
    )

    assert (breaking.difference.seen, breaking.difference.samples) == (9, 9)
    assert breaking.explanation == (
        "ListApiTokens: $.body.tokens[*].type is called $.body.tokens[*].scope in v1 (9 of 9 samples)."
    )


def test_a_rename_with_other_values_is_none() -> None:
    """B1: where the new property says something else, the old one is removed and the new one added."""
    old, new = answers("GetApiToken")
    new["scope"] = "ORGANIZATION"

    findings = judged(pair(old, new), question("GetApiToken"))

    assert brief(findings) == [
        ("property-removed", BREAKING, "$.body.type", ""),
        ("property-added", INFO, "$.body.scope", ""),
    ]


def test_a_request_with_type_is_not_accepted() -> None:
    """B2: v1's contract refuses the old request, and takes the one that the step's candidate writes."""
    old, new = answers("CreateApiToken")
    asked = question("CreateApiToken", own=True)

    def refused(body: dict[str, Json]) -> list[Brief]:
        candidate = exchange(
            new, sent=request("POST", data={"name": "ci", "role": "WORKSPACE_MEMBER", **body})
        )
        made = Pair(baseline=exchange(old), candidate=candidate)
        return [one for one in brief(judged(made, asked)) if one[0] == "request-not-accepted"]

    assert refused({"type": "WORKSPACE"}) == [
        ("request-not-accepted", BREAKING, "$.request.body.scope", ""),
        ("request-not-accepted", BREAKING, "$.request.body.type", ""),
    ]
    assert refused({"scope": "WORKSPACE"}) == []


def test_a_support_plan_is_gone() -> None:
    """B3: the organization's supportPlan is removed, documented and breaking; productPlans may come."""
    old, new = answers("GetOrganization")
    del old["productPlans"]

    findings = judged(pair(old, new), question("GetOrganization"))

    assert brief(findings, INFO) == [("property-removed", BREAKING, "$.body.supportPlan", "")]
    assert findings[0].documentation is _DOCUMENTED
    assert "$.body.productPlans" in {found.difference.path for found in findings}


def test_a_support_plan_is_no_filter_any_more() -> None:
    """B4: the query parameter and the product that v1 dropped are requests that it does not accept."""
    old, new = answers("ListOrganizations")
    sent = request(query="supportPlan=TRIAL&astronomerProduct=OBSERVE&limit=20")
    made = Pair(baseline=exchange(old), candidate=exchange(new, sent=sent))

    findings = judged(made, question("ListOrganizations"))

    assert [one for one in brief(findings) if one[0] == "request-not-accepted"] == [
        ("request-not-accepted", BREAKING, "$.request.query.supportPlan", ""),
        ("request-not-accepted", BREAKING, "$.request.query.astronomerProduct", ""),
    ]


@pytest.mark.parametrize("operation", _DEPLOYMENTS)
@pytest.mark.parametrize(
    ("workload", "recovery", "own"),
    [
        ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", False),
        ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", False),
        ("", "", False),
        (None, None, False),
        ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", True),
    ],
)
def test_a_workload_identity_is_called_effective(
    operation: str,
    workload: str | None,
    recovery: str | None,
    own: bool,  # noqa: FBT001 - a table's column
) -> None:
    """B5: both identities are renamed, each to its own new name, even where their values are the same."""
    old, new = answers(operation)
    within = _DEPLOYMENTS[operation].partition("[")[0]
    before, after = (body[within][0] if within else body for body in (old, new))
    before |= {"drWorkloadIdentity": recovery, "workloadIdentity": workload}
    made_by_v1 = " of v1" if own else ""
    after |= {
        "effectiveDRWorkloadIdentity": recovery and recovery + made_by_v1,
        "effectiveWorkloadIdentity": workload and workload + made_by_v1,
    }

    findings = judged(pair(old, new), question(operation, own=own))

    at = f"$.body.{_DEPLOYMENTS[operation]}"
    assert sorted(brief(findings, INFO)) == [
        ("property-renamed", BREAKING, f"{at}drWorkloadIdentity", f"{at}effectiveDRWorkloadIdentity"),
        ("property-renamed", BREAKING, f"{at}workloadIdentity", f"{at}effectiveWorkloadIdentity"),
    ]
    assert {found.documentation for found in findings} == {_DOCUMENTED}


def _unsupported() -> list[str]:
    candidate = load_contract(V1)
    return [one.id for one in load_contract(V1BETA1).operations if candidate.operation(one.id) is None]


def test_ten_operations_are_unsupported() -> None:
    """B6: v1 lacks the ten alert and notification operations."""
    assert len(_unsupported()) == 10


@pytest.mark.parametrize("operation", _unsupported())
@pytest.mark.parametrize("status", [404, 405, 403, 500])
def test_an_operation_that_v1_lacks_is_removed(operation: str, status: int) -> None:
    """B6: the removal is documented and breaking; v1's refusal confirms it; a step may say so."""
    baseline = exchange({"id": "a"}, headers=(("etag", "1"),))
    candidate = exchange(error(status), status)

    findings = judged(Pair(baseline=baseline, candidate=candidate), question(operation))

    assert brief(findings, INFO) == [("endpoint-removed", BREAKING, "$.request", "")]
    assert findings[0].documentation is _DOCUMENTED
    assert "refusal" not in findings[0].explanation
    assert "endpoint-unanswered" in rules_of(findings)
    assert verdict(findings) is Verdict.MISMATCH
    said = judged(Pair(baseline=baseline, candidate=candidate), question(operation, unsupported=True))
    assert verdict(said, unsupported=True) is Verdict.UNSUPPORTED


@pytest.mark.parametrize("statuses", [(400, 200), (200, 400)])
def test_a_refusal_of_one_contract_alone_is_not_explained(statuses: tuple[int, int]) -> None:
    """Where only one contract has the operation, the two cannot say what one of them asks less of."""
    made = pair({}, {}, statuses=statuses)

    found = judged(made, question(_unsupported()[0]))

    assert not {Kind.RELAXED, Kind.REQUEST} & {each.difference.kind for each in found}
    assert "endpoint-removed" in rules_of(found)


def test_only_the_status_is_explained_by_the_request() -> None:
    """What the request lacks says why v1 refused it, and nothing of what else the refusals differ in."""
    sent = request("POST", data={"name": "n", "role": "r", "type": "WORKSPACE"})
    made = Pair(
        baseline=exchange(error(400), 400, sent=sent),
        candidate=exchange(error(422, message="another reason"), 422, sent=sent),
    )

    found = [each.difference for each in judged(made, question("CreateApiToken"))]

    assert {each.detail for each in found if each.kind is Kind.STATUS} == {"`scope`, `type`"}
    assert {each.detail for each in found if each.kind is Kind.VALUE} == {""}


_OTHER_ID = "resource-identity-changed"


def test_the_id_of_what_was_asked_for_is_its_own() -> None:
    """A step says what it asked for unless it is told otherwise, so another id is another resource."""
    old, new = answers("GetWorkspace")
    made = pair({**old, "id": CUID}, {**new, "id": OTHER_CUID})

    assert _OTHER_ID in rules_of(judged(made, question("GetWorkspace")))
    assert _OTHER_ID not in rules_of(judged(made, question("GetWorkspace", supposed=True)))


def test_an_unsupported_step_that_works_is_no_match() -> None:
    """An answer of v1 that its contract does not have is risky even where the step expects none."""
    name = _unsupported()[0]
    findings = judged(pair({}, {}, statuses=(200, 201)), question(name, unsupported=True))

    assert "endpoint-undocumented" in rules_of(findings)
    assert verdict(findings, unsupported=True) is Verdict.MISMATCH


def test_a_step_may_not_call_a_supported_operation_unsupported() -> None:
    """A step that says v1 lacks what its contract has is wrong, whatever both sides answer."""
    body = answers("GetApiToken")[1]
    findings = judged(pair(body, body), question("GetApiToken", unsupported=True))

    assert "expectation-failed" in rules_of(findings)
    assert verdict(findings, unsupported=True) is Verdict.MISMATCH


def test_an_operation_that_only_v1_has_is_new() -> None:
    """An operation of v1 alone is info: nobody called it before."""
    new = answers("GetApiToken")[1]
    findings = judged(
        pair(error(404), new, statuses=(404, 200)),
        question("GetSelfUser", candidate=operations("GetSelfUser")[1]),
    )

    assert ("endpoint-added", INFO, "$.status", "") in brief(findings)
    assert {found.documentation for found in findings if found.difference.kind is Kind.STATUS} == {
        _DOCUMENTED
    }


# What the contracts say of single places.


def test_null_may_become_absent() -> None:
    """T3: what was null and is left out is neither a removal nor nothing, and the contracts announce it."""
    old: Json = {"isActive": None, "isHibernating": True, "overrideUntil": None}
    new: Json = {"isHibernating": True}

    findings = judged(pair(old, new), question("UpdateDeploymentHibernationOverride"))

    assert brief(findings) == [
        ("absent-vs-null", RISKY, "$.body.isActive", ""),
        ("absent-vs-null", RISKY, "$.body.overrideUntil", ""),
    ]
    assert {finding.documentation for finding in findings} == {Documentation.DOCUMENTED}


@pytest.mark.parametrize("side", Side)
def test_an_optional_property_may_vary(side: Side) -> None:
    """A property that both contracts call optional may be absent on either side."""
    bodies = dict(zip(Side, answers("GetApiToken"), strict=True))
    bodies[Side.BASELINE]["scope"] = bodies[Side.BASELINE].pop("type")
    del bodies[side]["lastUsedAt"]

    findings = judged(pair(*bodies.values()), question("GetApiToken"))

    assert ("property-variance", INFO, "$.body.lastUsedAt", "") in brief(findings)


def _shared_part(old: Json, new: Json) -> Json:
    """Return what both values have."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _shared_part(old[key], new[key]) for key in old if key in new}
    if isinstance(old, list) and isinstance(new, list):
        return [_shared_part(first, second) for first, second in zip(old, new, strict=True)]
    return new


@pytest.mark.parametrize("operation", ["GetApiToken", "GetDeployment", "GetOrganization", "ListRoles"])
def test_what_both_contracts_have_is_no_finding(operation: str) -> None:
    """Equal answers that hold everything both contracts know make no finding, whenever it came into them."""
    both = _shared_part(*answers(operation))

    findings = judged(pair(both, copy.deepcopy(both)), question(operation))

    assert {found.rule for found in findings} <= {"contract-broken-already", "contract-broken"}
    assert all("is required and absent" in found.explanation for found in findings)


def test_a_required_property_that_is_absent_breaks_the_contract() -> None:
    """A property that v1 requires and does not send is a broken contract, told once."""
    old, new = answers("GetWorkspace")
    del new["name"]

    found = judged(pair(old, new), question("GetWorkspace"))[0]

    assert (found.rule, found.severity) == ("property-removed", BREAKING)
    assert found.documentation is Documentation.BROKEN
    assert rules_of(judged(pair(old, new), question("GetWorkspace"))).count("contract-broken") == 0


def test_what_v1beta1_does_already_is_not_blamed_on_v1() -> None:
    """Undocumented or broken the same way on both sides is info; on v1 alone it is risky."""
    old, new = answers("GetWorkspace")
    for body in (old, new):
        body |= {"surprise": 1, "name": 7}

    both = judged(pair(old, new), question("GetWorkspace"))
    assert {found.rule for found in both if "added" not in found.rule} == {
        "undocumented-already",
        "contract-broken-already",
    }
    assert verdict(both) is Verdict.MATCH


def test_a_value_that_v1_forbids_itself_breaks_its_contract() -> None:
    """A changed value outside v1's own closed list is told with the contract that it breaks."""
    old, new = answers("GetApiToken")
    new["kind"] = "NONSENSE"

    found = next(
        one for one in judged(pair(old, new), question("GetApiToken")) if one.difference.path == "$.body.kind"
    )

    assert (found.rule, found.documentation) == ("enum-value-added", Documentation.BROKEN)


def test_a_secret_that_appears_is_no_variance() -> None:
    """A secret that v1 alone shows is told although both contracts allow the property."""
    old, new = answers("GetApiToken")
    del old["token"]
    new["token"] = "REDACTED-0123abcd"

    assert ("write-only-leaked", RISKY, "$.body.token", "") in brief(
        judged(pair(old, new), question("GetApiToken"))
    )
