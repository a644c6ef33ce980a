"""Rules of several calls: the same one again, and reading what was made before."""

from __future__ import annotations

import pytest

from harness.rules import Severity
from tests.rules.cases import Case, check, status

_B, _P = Severity.BREAKING, Severity.RISKY

CASES = [
    status("idempotency-changed", _B, 404, 204, again=True),
    status("idempotency-changed", _B, 204, 404, again=True),
    status("idempotency-changed", _B, 200, 401, again=True),
    status("status-success-changed", _B, 200, 204, again=True),
    status("status-error-changed", _P, 404, 409, again=True),
    status("throttled", Severity.INFO, 204, 429, again=True),
    status("status-error-to-success", _P, 404, 204),
    status("read-your-write-changed", _B, 200, 404, made=True),
    status("read-your-write-changed", _P, 404, 200, made=True),
    status("scope-changed", _B, 200, 403, made=True),
    status("status-error-changed", _P, 404, 400, made=True),
    status("status-success-lost", _B, 200, 404),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule(case: Case) -> None:
    """A call that is more than one of its kind is judged by what it was made for, others are as ever."""
    check(case)
