"""Rules of endpoints, statuses, media types and bodies as a whole."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.exchange import Side
from harness.rules import Severity
from tests.rules.cases import Case, breaking, check, fact, info, risky, status

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
_MEDIA = "$.headers['content-type']"

CASES = [
    status("throttled", _I, 200, 429),
    status("throttled", _I, 429, 200),
    status("throttled", _I, 503, 404),
    status("throttled", _I, 200, 502),
    status("throttled", _I, 401, 504),
    status("throttled", _I, 429, 503),
    status("throttled", _I, 200, 503, unmapped=True),
    status("throttled", _I, 200, 429, authorized=False, probe="missing"),
    status("status-success-lost", _B, 200, 500),
    status("status-success-lost", _B, 200, 404),
    status("status-success-lost", _B, 204, 410),
    status("status-success-lost", _B, 200, 400),
    info("not-judged", fact(Kind.HEADER_REMOVED, "$.headers.etag"), new_status=429),
    info("not-judged", fact(Kind.REMOVED, "$.body.requestId"), old_status=400, new_status=429),
    info("not-judged", fact(Kind.LATENCY, "$.elapsed", 0.1, 30.0), new_status=503),
    info("not-judged", fact(Kind.BROKEN, side=Side.CANDIDATE), old_status=0),
    risky("contract-broken", fact(Kind.BROKEN, side=Side.CANDIDATE)),
    breaking("endpoint-removed", fact(Kind.UNMAPPED, "$.request"), unmapped=True),
    breaking("endpoint-removed", fact(Kind.UNMAPPED, "$.request"), new_status=429, unmapped=True),
    status("endpoint-unanswered", _I, 200, 404, unmapped=True),
    status("endpoint-unanswered", _I, 200, 401, unmapped=True),
    status("endpoint-unanswered", _I, 200, 400, unmapped=True),
    status("endpoint-unanswered", _I, 403, 404, unmapped=True),
    status("endpoint-undocumented", _P, 200, 204, unmapped=True),
    status("endpoint-added", _I, 404, 200, appeared=True),
    status("endpoint-added", _I, 400, 200, appeared=True),
    status("status-success-changed", _B, 200, 204, appeared=True),
    status("status-redirect-added", _P, 200, 300),
    status("status-redirect-added", _P, 200, 301),
    status("status-redirect-added", _P, 404, 308),
    status("status-success-changed", _P, 200, 304),
    status("status-success-changed", _P, 304, 200),
    status("status-redirect-added", _P, 304, 301),
    status("status-redirect-changed", _P, 301, 304),
    status("status-redirect-changed", _P, 301, 302),
    status("status-redirect-changed", _P, 302, 200),
    info("status-redirect-added", fact(Kind.REDIRECTED, "$.status", None, "307 to /teams")),
    info("status-redirect-changed", fact(Kind.REDIRECTED, "$.status", "307 to /teams", None)),
    info("status-redirect-changed", fact(Kind.REDIRECTED, "$.status", "301 to /a", "301 to /b")),
    status("status-error-changed", _P, 302, 404),
    status("async-introduced", _B, 200, 202),
    status("status-error-to-success", _P, 404, 202),
    status("status-success-changed", _B, 202, 200),
    status("status-success-changed", _B, 200, 201),
    status("status-error-to-success", _P, 400, 200),
    status("status-error-to-success", _P, 404, 204),
    status("status-class-changed", _B, 404, 500),
    status("status-class-changed", _B, 500, 400),
    status("status-error-changed", _P, 400, 422),
    status("status-error-changed", _P, 500, 501),
    breaking(
        "error-not-json",
        fact(Kind.MEDIA_TYPE, _MEDIA, "application/json", "text/html"),
        old_status=404,
        new_status=404,
    ),
    risky("media-type-specialized", fact(Kind.MEDIA_TYPE, _MEDIA, "bytes", "application/json")),
    breaking(
        "media-type-generalized", fact(Kind.MEDIA_TYPE, _MEDIA, "application/hal+json", "application/json")
    ),
    breaking("media-type-generalized", fact(Kind.MEDIA_TYPE, _MEDIA, "text/csv", "application/octet-stream")),
    breaking("media-type-changed", fact(Kind.MEDIA_TYPE, _MEDIA, "bytes in a gzip file", "bytes")),
    breaking("body-wrapped", fact(Kind.WRAPPED, "$.body", "array", ["kind"], to="$.body.data")),
    breaking("body-wrapped", fact(Kind.WRAPPED, "$.body", "object", ["limit"], to="$.body.data")),
    breaking("pagination-added", fact(Kind.WRAPPED, "$.body", "array", ["limit"], to="$.body.data")),
    breaking("body-unwrapped", fact(Kind.UNWRAPPED, "$.body.data", ["kind"], "array", to="$.body")),
    breaking(
        "error-envelope-changed",
        fact(Kind.WRAPPED, "$.body", "object", [], to="$.body.error"),
        old_status=404,
        new_status=404,
    ),
    risky(
        "media-type-specialized",
        fact(Kind.MEDIA_TYPE, _MEDIA, "application/json", "application/problem+json"),
        old_status=404,
        new_status=404,
    ),
    breaking("media-type-changed", fact(Kind.MEDIA_TYPE, _MEDIA, "application/json", "text/html")),
    breaking(
        "media-type-generalized",
        fact(Kind.MEDIA_TYPE, _MEDIA, "text/html", ""),
        old_status=500,
        new_status=500,
    ),
    breaking("body-emptied", fact(Kind.BODY_REMOVED, "$.body", {"a": 1})),
    risky("body-appeared", fact(Kind.BODY_ADDED, "$.body", None, {"a": 1})),
    breaking("body-invalid", fact(Kind.BODY_INVALID, "$.body", side=Side.CANDIDATE)),
    info("body-invalid-already", fact(Kind.BODY_INVALID, "$.body", side=Side.BASELINE)),
    info("body-invalid-already", fact(Kind.BODY_INVALID, "$.body", side=None)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """Each difference of a whole answer is judged by the rule that says most about it."""
    check(case)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.rule in {"throttled", "not-judged"}], ids=str
)
def test_what_means_nothing_takes_the_verdict_away(case: Case) -> None:
    """An answer that is not the service's concludes nothing, in either profile."""
    assert case.spoke.inconclusive
    assert case.spoke.tolerant is Severity.INFO
