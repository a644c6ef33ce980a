"""The names of probes that rules tell apart."""

from __future__ import annotations

from harness.probes import KINDS
from harness.rules import Check
from harness.rules.probes import MISTAKES, ROLES, UNAUTHORIZED


def test_the_names_are_those_of_probes() -> None:
    """Each probe of authentication is of one group, and every mistake is a probe of errors."""
    auth = {name for name, kind in KINDS.items() if kind.check is Check.AUTH}
    errors = set(KINDS) - auth

    assert auth == UNAUTHORIZED | ROLES
    assert not UNAUTHORIZED & ROLES
    assert errors > MISTAKES
    assert errors - MISTAKES == {"not-found", "invalid-query", "invalid-body", "foreign-id"}
