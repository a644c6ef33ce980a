"""Rules of headers, errors, authentication, latency, contracts and the harness itself."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.exchange import Side
from harness.rules import Severity
from tests.rules.cases import Case, breaking, check, fact, info, risky, status

_B, _P = Severity.BREAKING, Severity.RISKY
_STATED = "$.body.statusCode"
_HEADER = "$.headers"

CASES = [
    status("auth-required-removed", _B, 401, 200),
    status("auth-required-removed", _B, 403, 204),
    status("auth-required-removed", _B, 401, 200, authorized=False, probe="missing"),
    status("status-error-to-success", _P, 404, 200, probe="missing"),
    status("auth-required-added", _B, 200, 401, authorized=False),
    status("auth-required-added", _B, 200, 403, authorized=False, probe="missing"),
    status("token-refused", _B, 200, 401),
    status("token-refused", _B, 204, 401),
    status("scope-changed", _B, 200, 403),
    status("status-success-lost", _B, 200, 407),
    status("status-success-lost", _B, 200, 400, authorized=False),
    status("masking-changed", _P, 404, 403),
    status("masking-changed", _P, 403, 404),
    status("status-error-changed", _P, 404, 401),
    status("status-error-changed", _P, 404, 401, authorized=False),
    status("auth-error-changed", _P, 401, 403, probe="invalid"),
    status("auth-error-changed", _P, 401, 500, probe="missing"),
    status("auth-error-changed", _P, 401, 407, probe="malformed"),
    status("auth-check-moved", _B, 401, 400, probe="malformed"),
    status("auth-check-moved", _B, 401, 404, probe="expired"),
    status("auth-check-moved", _B, 403, 400, probe="readonly"),
    status("masking-changed", _P, 403, 404, probe="readonly"),
    status("scope-changed", _B, 400, 403, probe="workspace"),
    status("masking-changed", _P, 404, 403, probe="workspace"),
    status("auth-error-changed", _P, 403, 401, probe="readonly"),
    status("auth-required-removed", _B, 403, 200, probe="readonly"),
    info("mistake-accepted", fact(Kind.PROBE, "$.status", side=None), probe="unknown-field"),
    risky("probe-not-refused", fact(Kind.PROBE, "$.status", side=None), probe="foreign-id"),
    status("status-error-changed", _P, 401, 403),
    status("status-error-changed", _P, 404, 400, probe="not-found"),
    breaking("auth-not-enforced", fact(Kind.PROBE, "$.status", side=Side.CANDIDATE), probe="missing"),
    breaking("auth-not-enforced", fact(Kind.PROBE, "$.status", side=None), probe="invalid"),
    risky("probe-not-refused", fact(Kind.PROBE, "$.status", side=Side.BASELINE), probe="missing"),
    risky("probe-not-refused", fact(Kind.PROBE, "$.status", side=Side.CANDIDATE), probe="not-found"),
    info("baseline-failed", fact(Kind.FAILURE, "$.failure", "timeout", side=Side.BASELINE), old_status=0),
    info(
        "baseline-failed", fact(Kind.FAILURE, "$.failure", "timeout", "timeout"), old_status=0, new_status=0
    ),
    breaking("transport-failure", fact(Kind.FAILURE, new="timeout", side=Side.CANDIDATE), new_status=0),
    info("answer-slower", fact(Kind.LATENCY, "$.elapsed", 0.1, 3.0)),
    risky("latency-regressed", fact(Kind.LATENCIES, "$.elapsed", 0.2, 0.5)),
    info("comparison-incomplete", fact(Kind.BUDGET)),
    info("undocumented-already", fact(Kind.UNDOCUMENTED, side=Side.BASELINE)),
    risky("undocumented", fact(Kind.UNDOCUMENTED, side=Side.CANDIDATE)),
    info("contract-broken-already", fact(Kind.BROKEN, side=Side.BASELINE)),
    risky("contract-broken", fact(Kind.BROKEN, side=Side.CANDIDATE)),
    breaking("request-not-accepted", fact(Kind.REQUEST, "$.request.query.x", side=Side.CANDIDATE)),
    breaking("request-not-accepted", fact(Kind.REQUEST, "$.request.query.x"), new_status=429),
    info("call-refused-on-both", fact(Kind.EXPECTATION, "$.status", side=None)),
    info("probe-not-refused", fact(Kind.PROBE, "$.status"), probe="invalid", old_status=302, new_status=500),
    info(
        "probe-not-refused", fact(Kind.PROBE, "$.status"), probe="not-found", old_status=302, new_status=302
    ),
    breaking("expectation-failed", fact(Kind.EXPECTATION, "$.status", side=Side.BASELINE)),
    breaking("expectation-failed", fact(Kind.EXPECTATION, "$.body", side=Side.CANDIDATE)),
    risky("acceptance-unused", fact(Kind.ACCEPTANCE, to="value-changed")),
    risky("acceptance-expired", fact(Kind.ACCEPTANCE, to="value-changed", detail="expired after 2026-01-01")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """Each difference of behaviour is judged by the rule that says most about it."""
    check(case)
