"""What the judge makes of whole answers: refusals, throttling, failures, error bodies, made resources."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.exchange import Exchange, Json, Pair, Side
from harness.judge import verdict
from harness.result import Verdict
from harness.rules import Check, Documentation, Severity
from harness.struct import replace
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
    failed,
    judged,
    pair,
    question,
    request,
    rules_of,
)

# Statuses, refusals and answers that are not the service's.


@pytest.mark.parametrize(
    ("statuses", "authorized", "probe", "expected"),
    [
        ((200, 401), True, "", "token-refused"),
        ((200, 403), True, "", "scope-changed"),
        ((200, 401), False, "missing", "auth-required-added"),
        ((401, 200), False, "missing", "auth-required-removed"),
        ((403, 200), True, "", "auth-required-removed"),
        ((403, 404), True, "", "masking-changed"),
        ((404, 403), True, "", "masking-changed"),
        ((401, 403), True, "invalid", "auth-error-changed"),
        ((200, 404), True, "", "status-success-lost"),
        ((404, 422), True, "not-found", "status-error-changed"),
    ],
)
def test_a_changed_refusal_is_told(
    statuses: tuple[int, int],
    authorized: bool,  # noqa: FBT001 - a table's column
    probe: str,
    expected: str,
) -> None:
    """Each way in which v1 refuses otherwise has its rule, and never passes for a match."""
    bodies: list[Json] = [error(status) if status >= 400 else {"a": 1} for status in statuses]
    asked = question(authorized=authorized, probe=probe)

    findings = judged(pair(*bodies, statuses=statuses), asked)

    assert findings[0].difference.path == "$.status"
    assert expected in rules_of(findings)
    assert verdict(findings) is Verdict.MISMATCH


def test_a_probe_that_nobody_refuses_is_told() -> None:
    """Where a call without a token succeeds on both sides, authentication is not enforced."""
    findings = judged(pair({}, {}), question(authorized=False, probe="missing"))

    (found,) = findings
    assert (found.rule, found.severity) == ("auth-not-enforced", BREAKING)
    assert "v1beta1 and v1 did not refuse the probe `missing`" in found.explanation


@pytest.mark.parametrize(
    ("statuses", "side"),
    [
        ((200, 401), Side.BASELINE),
        ((299, 401), Side.BASELINE),
        ((401, 204), Side.CANDIDATE),
        ((200, 200), None),
        ((401, 300), ""),
        ((401, 199), ""),
    ],
)
def test_a_probe_passes_on_its_side(statuses: tuple[int, int], side: Side | str | None) -> None:
    """Only a success lets a probe pass, and it is told with the side; without one where both let it pass."""
    findings = judged(pair({}, {}, statuses=statuses), question(authorized=False, probe="missing"))

    sides = [found.difference.side for found in findings if found.difference.kind is Kind.PROBE]
    assert sides == ([] if side == "" else [side])


@pytest.mark.parametrize(
    ("probe", "statuses", "expected"),
    [
        ("missing", (500, 500), Verdict.INCONCLUSIVE),
        ("expired", (302, 302), Verdict.INCONCLUSIVE),
        ("readonly", (500, 500), Verdict.INCONCLUSIVE),
        ("not-found", (302, 302), Verdict.INCONCLUSIVE),
        ("malformed-json", (302, 302), Verdict.INCONCLUSIVE),
        ("malformed-json", (500, 500), Verdict.MATCH),
        ("missing", (403, 403), Verdict.MATCH),
        ("not-found", (404, 404), Verdict.MATCH),
    ],
)
def test_a_probe_that_is_answered_without_a_refusal_proves_nothing(
    probe: str, statuses: tuple[int, int], expected: Verdict
) -> None:
    """A redirect is no refusal, and a server's error is none of a caller: a proxy may have answered both."""
    findings = judged(pair(error(statuses[0]), error(statuses[1]), statuses=statuses), question(probe=probe))

    assert verdict(findings) is expected
    told = [found.explanation for found in findings if found.rule == "probe-not-refused"]
    assert bool(told) is (expected is Verdict.INCONCLUSIVE)
    assert all(f"they answered: v1beta1 {statuses[0]}, v1 {statuses[1]}" in each for each in told)


def test_a_probe_that_both_refuse_alike_is_a_match() -> None:
    """The same refusal in the same words on both sides is what the guide asks for."""
    made = pair(error(401), error(401, requestId="r-2"), statuses=(401, 401))

    findings = judged(made, question("GetApiToken", authorized=False, probe="missing"))

    assert rules_of(findings) == ["volatile-value"]
    assert verdict(findings) is Verdict.MATCH


_NOISE = (("x-only-old", "1"), ("etag", "1"))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("other", [200, 204, 400, 404, 500, 429, 503])
@pytest.mark.parametrize("throttled", Side)
@pytest.mark.parametrize("probe", ["", "missing"])
@pytest.mark.parametrize("expects", [True, False])
def test_a_throttled_answer_concludes_nothing(
    status: int, other: int, throttled: Side, probe: str, *, expects: bool
) -> None:
    """A rate limit or a gateway on either side, or on both, is inconclusive, whatever comes with it."""
    answer = exchange(
        content=b"slow down", headers=(("content-type", "text/plain"), ("retry-after", "1")), status=status
    )
    real = exchange({"a": 1} if other < 400 else error(other, detail="x"), other, headers=_NOISE, elapsed=9.0)
    sides = (answer, real) if throttled is Side.BASELINE else (real, answer)

    findings = judged(
        Pair(baseline=sides[0], candidate=sides[1]),
        question(probe=probe, expected=dict.fromkeys(Side, (other,)) if expects else {}),
    )

    assert verdict(findings) is Verdict.INCONCLUSIVE
    assert {found.severity for found in findings} == {INFO}


@pytest.mark.parametrize("statuses", [(429, 200), (503, 429), (429, 503), (200, 503)])
def test_one_throttled_side_is_not_two(statuses: tuple[int, int]) -> None:
    """That neither side got through is said only where both gave the same answer of a gateway."""
    findings = judged(
        pair({}, {}, statuses=statuses), question("GetApiToken", expected={Side.BASELINE: (1,)})
    )

    assert not [found for found in findings if "neither side" in found.explanation]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("probe", ["", "missing", "not-found"])
@pytest.mark.parametrize("expected", [{}, dict.fromkeys(Side, (200,)), dict.fromkeys(Side, (429, 503))])
def test_equal_throttling_is_no_match(status: int, probe: str, expected: dict[Side, tuple[int, ...]]) -> None:
    """Two equal answers of a gateway prove nothing, although they do not differ."""
    # Two answers do not share their numbers in memory.
    made = pair(error(status), error(status), statuses=(status, int(str(status))))

    findings = judged(made, question("GetApiToken", probe=probe, expected=expected))

    assert verdict(findings) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("baseline", "candidate", "rule", "came"),
    [
        (failed(), exchange({"surprise": 1}), "baseline-failed", Verdict.INCONCLUSIVE),
        (failed(), failed(), "baseline-failed", Verdict.INCONCLUSIVE),
        (exchange({"surprise": 1}), failed(), "transport-failure", Verdict.MISMATCH),
        (failed(), exchange(error(500), 500), "baseline-failed", Verdict.INCONCLUSIVE),
    ],
)
def test_a_failed_call_has_its_side(
    baseline: Exchange, candidate: Exchange, rule: str, came: Verdict
) -> None:
    """Without the baseline nothing can be said of v1; without v1 the call does not work any more."""
    asked = question("GetApiToken", expected=dict.fromkeys(Side, (200,)))

    findings = judged(Pair(baseline=baseline, candidate=candidate), asked)

    assert rule in rules_of(findings)
    assert not [found for found in findings if "the refusal is about" in found.explanation]
    assert verdict(findings) is came


def test_both_refusing_is_inconclusive_unless_it_is_expected() -> None:
    """Two equal refusals prove nothing, unless the refusal is what the step is about."""
    made = pair(error(404), error(404), statuses=(404, 404))

    assert verdict(judged(made, question("GetApiToken"))) is Verdict.INCONCLUSIVE
    expected = dict.fromkeys(Side, (404,))
    assert verdict(judged(made, question("GetApiToken", expected=expected))) is Verdict.MATCH


@pytest.mark.parametrize(
    ("statuses", "expected", "sides"),
    [
        ((200, 200), {}, []),
        ((200, 200), dict.fromkeys(Side, (200, 201)), []),
        ((200, 200), dict.fromkeys(Side, (201,)), [Side.BASELINE, Side.CANDIDATE]),
        ((200, 200), {Side.BASELINE: (200,), Side.CANDIDATE: (404,)}, [Side.CANDIDATE]),
        ((404, 200), dict.fromkeys(Side, (200,)), [Side.BASELINE]),
        ((404, 201), {Side.CANDIDATE: (200,)}, []),
        ((201, 202), {Side.CANDIDATE: (200,)}, []),
        ((200, 404), dict.fromkeys(Side, (200,)), []),
        ((404, 404), dict.fromkeys(Side, (200,)), [Side.BASELINE, Side.CANDIDATE]),
    ],
)
def test_a_step_may_expect_statuses(
    statuses: tuple[int, int], expected: dict[Side, tuple[int, ...]], sides: list[Side]
) -> None:
    """A status that the step does not expect is told for its side, unless the difference tells it."""
    bodies: list[Json] = [error(status) if status >= 400 else {"a": 1} for status in statuses]

    # Two answers do not share their numbers in memory.
    made = pair(*bodies, statuses=(statuses[0], int(str(statuses[1]))))

    findings = judged(made, question(expected=expected))

    assert [found.difference.side for found in findings if found.rule == "expectation-failed"] == sides


# Error bodies.


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"message": "gone"}, ("error-message-changed", INFO, "$.body.message", "")),
        ({"requestId": "r-2"}, ("volatile-value", INFO, "$.body.requestId", "")),
        ({"statusCode": 400}, ("error-status-mismatch", BREAKING, "$.body.statusCode", "")),
        ({"statusCode": "404"}, ("type-changed", BREAKING, "$.body.statusCode", "")),
        ({"fieldErrors": []}, ("field-errors-varied", INFO, "$.body.fieldErrors", "")),
        ({"type": "about:blank"}, ("error-field-added", INFO, "$.body.type", "")),
        ({"requestId": None}, ("became-nullable", BREAKING, "$.body.requestId", "")),
    ],
)
def test_an_error_body_may_change(change: dict[str, Json], expected: Brief) -> None:
    """Each part of the error body has its weight: the envelope counts, the prose does not."""
    made = pair(error(404), error(404, **change), statuses=(404, 404))

    findings = judged(made, question("GetApiToken", expected=dict.fromkeys(Side, (404,))))

    assert expected in brief(findings)


@pytest.mark.parametrize("name", ["message", "requestId", "statusCode"])
def test_the_envelope_of_errors_is_kept(name: str) -> None:
    """An error without one of the three fields breaks its handlers; other answers have no envelope."""
    body = error(404)
    del body[name]

    findings = judged(pair(error(404), body, statuses=(404, 404)), question("GetApiToken"))

    assert findings[0].rule == "error-envelope-changed"
    assert findings[0].severity is BREAKING
    assert "error-envelope-changed" not in rules_of(judged(pair(error(404), body), question("GetApiToken")))


def test_a_page_instead_of_an_error_is_told() -> None:
    """An error that is HTML where it was JSON is told as such, not as a thousand removals."""
    page = exchange(content=b"<html>", headers=(("content-type", "text/html"),), status=404)

    findings = judged(Pair(baseline=exchange(error(404), 404), candidate=page), question("GetApiToken"))

    assert findings[0].rule == "error-not-json"
    assert len([found for found in findings if found.severity is not INFO]) <= 2


def test_errors_with_another_status_follow_it() -> None:
    """Of a changed status, the statusCode in the body is no second finding that counts."""
    findings = judged(pair(error(400), error(404), statuses=(400, 404)), question("GetApiToken"))

    assert [rule for rule, severity, *_ in brief(findings) if severity is not INFO] == [
        "status-error-changed"
    ]
    assert "error-status-follows" in rules_of(findings)


# What each side made for itself.


def test_what_each_side_made_is_info() -> None:
    """Ids and times of a resource that each side made differ by construction; its state does not."""
    old, new = answers("CreateWorkspace")
    old |= {"id": CUID, "createdAt": "2026-01-02T03:04:05Z", "name": "a name"}
    new |= {"id": OTHER_CUID, "createdAt": "2026-01-02T03:04:06.5Z", "name": "another name"}

    findings = {
        found.difference.path: found
        for found in judged(pair(old, new), question("CreateWorkspace", own=True))
    }

    assert findings["$.body.id"].rule == "value-made-by-side"
    assert findings["$.body.createdAt"].rule == "value-made-by-side"
    assert findings["$.body.name"].rule == "value-changed"


def test_corresponding_values_are_no_finding() -> None:
    """What was captured on both sides is the same thing wherever it turns up."""
    old: Json = {"tokens": [{"id": "old-id", "x": 1}, {"id": "both", "x": 2}]}
    new: Json = {"tokens": [{"id": "both", "x": 2}, {"id": "new-id", "x": 1}]}

    assert rules_of(judged(pair(old, new), same=[("old-id", "new-id")])) == ["list-order-unspecified"]


_SMALL: Json = {"name": "n", "workspaceId": "w"}
_FIELD: Json = [{"field": "workspaceId", "code": "required", "message": "is required"}]


def _create(old: Json, new: Json, statuses: tuple[int, int], sent: Json = _SMALL) -> Pair:
    return Pair(
        baseline=exchange(old, statuses[0], sent=request("POST", data=sent)),
        candidate=exchange(new, statuses[1], sent=request("POST", data=sent)),
    )


@pytest.mark.parametrize(
    ("old", "sent", "changes", "expected"),
    [
        (error(400), _SMALL, {}, ("request-relaxed", INFO, Documentation.DOCUMENTED)),
        (error(422), _SMALL, {}, ("request-relaxed", INFO, Documentation.DOCUMENTED)),
        (
            error(400, fieldErrors=[{"field": "executor", "code": "required", "message": "m"}]),
            _SMALL,
            {},
            ("request-relaxed", INFO, Documentation.DOCUMENTED),
        ),
        (error(400, fieldErrors=_FIELD), _SMALL, {}, ("status-error-to-success", RISKY, None)),
        (error(409), _SMALL, {}, ("status-error-to-success", RISKY, None)),
        (error(400), _SMALL, {"probe": "invalid-body"}, ("status-error-to-success", RISKY, None)),
    ],
)
def test_a_request_that_v1_asks_less_of_is_relaxed(
    old: dict[str, Json],
    sent: Json,
    changes: dict[str, str],
    expected: tuple[str, Severity, Documentation | None],
) -> None:
    """400 against 200 on one body is documented where v1's contract requires less."""
    status = int(str(old["statusCode"]))
    made = _create(old, answers("CreateDeployment")[1], (status, 200), sent)

    found = next(
        each
        for each in judged(made, question("CreateDeployment", own=True, **changes))
        if "status" in each.difference.path
    )

    assert (found.rule, found.severity) == expected[:2]
    assert expected[2] in (None, found.documentation)


@pytest.mark.parametrize(
    ("status", "relaxed"),
    [(199, False), (200, True), (201, True), (299, True), (300, False), (302, False), (404, False)],
)
def test_only_a_success_takes_a_request(status: int, relaxed: bool) -> None:  # noqa: FBT001 - a table's column
    """A redirect, or what is no final answer, does not show that v1 asks less."""
    made = _create(error(400), answers("CreateDeployment")[1], (400, status))

    found = judged(made, question("CreateDeployment", own=True))

    assert (Kind.RELAXED in {each.difference.kind for each in found}) is relaxed


def test_what_else_is_told_of_a_relaxed_request_stays() -> None:
    """That v1 asks less explains the statuses, not how long v1 took to answer."""
    made = _create(error(400), answers("CreateDeployment")[1], (400, 200))
    slow = replace(made, candidate=replace(made.candidate, elapsed=9.0))

    found = judged(slow, question("CreateDeployment", own=True))

    assert {"request-relaxed", "answer-slower"} <= set(rules_of(found))
    assert len([each for each in found if each.difference.kind is Kind.RELAXED]) == 1


def test_a_relaxed_request_names_what_may_be_left_out() -> None:
    """The sentence names the properties that v1beta1 requires and v1 does not, and both statuses."""
    made = _create(error(400), answers("CreateDeployment")[1], (400, 200))

    found = judged(made, question("CreateDeployment", own=True))[0]

    assert "`executor`" in found.explanation
    assert "400" in found.explanation
    assert "`workspaceId`" not in found.explanation


@pytest.mark.parametrize(
    ("operation", "sent", "refusal", "named"),
    [
        ("CreateApiToken", {"name": "n", "role": "r", "type": "WORKSPACE"}, {}, "`scope`"),
        (
            "CreateApiToken",
            {"name": "n", "role": "r", "type": "WORKSPACE"},
            {"fieldErrors": _FIELD},
            "`workspaceId`",
        ),
        ("GET /things", {"name": "n"}, {"fieldErrors": _FIELD}, "`workspaceId`"),
        ("GET /things", {"name": "n"}, {"fieldErrors": [{"field": 1}, "x", {}]}, ""),
    ],
)
def test_a_refusal_names_the_field(operation: str, sent: Json, refusal: dict[str, Json], named: str) -> None:
    """200 against 400 says which field it is about where the error, or else the contract, names one."""
    made = _create({"id": "x"}, error(400, **refusal), (200, 400), sent)

    found = next(each for each in judged(made, question(operation)) if each.rule == "status-success-lost")

    assert ("the refusal is about" in found.explanation) is bool(named)
    assert named in found.explanation


def test_a_forbidden_call_is_about_authorization_alone() -> None:
    """403 against 200 is one finding of the check auth; the bodies are not held against each other."""
    made = _create(
        answers("UpdateTeamRoles")[0], error(403), (200, 403), {"organizationRole": "ORGANIZATION_MEMBER"}
    )

    found = [each for each in judged(made, question("UpdateTeamRoles")) if each.severity is not INFO]

    assert [(each.rule, each.check, each.difference.path) for each in found] == [
        ("scope-changed", Check.AUTH, "$.status")
    ]


@pytest.mark.parametrize(
    ("query", "rule"),
    [("supportPlan=NOPE", "request-relaxed"), ("limit=x&supportPlan=TRIAL", "status-error-to-success")],
)
def test_a_filter_that_v1_dropped_is_not_refused_any_more(query: str, rule: str) -> None:
    """v1 passes over what it does not know; a refusal for another reason stays a finding of its own."""
    made = Pair(
        baseline=exchange(error(400), 400, sent=request(query=query)),
        candidate=exchange(answers("ListOrganizations")[1], sent=request(query=query)),
    )

    found = [
        each for each in judged(made, question("ListOrganizations")) if each.difference.path == "$.status"
    ]

    assert rules_of(found) == [rule]


def test_field_errors_that_went_and_came_are_one_finding() -> None:
    """Other fields in the list of an error body's fields are told once a place, and hide nothing else."""
    old, new = (error(400, fieldErrors=[{"id": id_, "field": "f"} for id_ in ids]) for ids in ("ac", "bc"))
    made = pair({**old, "zone": 1}, {**new, "zone": "1"}, statuses=(400, 400))

    found = [(each.rule, each.difference.path) for each in judged(made)]

    assert found.count(("field-errors-varied", "$.body.fieldErrors[*]")) == 1
    assert ("type-changed", "$.body.zone") in found
