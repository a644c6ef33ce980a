"""What a recorder may forward and keep."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.exchange import Request
from harness.recorder.scope import scope_of
from harness.settings import PRODUCTION, SANDBOX


@pytest.mark.parametrize(
    "url",
    [
        "https://api.astronomer.io/iam/v1beta1/organizations",
        "https://API.astronomer.io:443/v1/organizations",
        "https://api.astronomer.io./v1",
        "http://127.0.0.1:8765/v1",
    ],
)
def test_configured_hosts_are_allowed(url: str) -> None:
    """However the URL spells them."""
    assert scope_of([PRODUCTION, SANDBOX]).allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.astronomer.io.evil.example/v1",
        "https://evil.example/api.astronomer.io/v1",
        "https://api.astronomer.io@evil.example/v1",
        "https://user:word@api.astronomer.io/v1",
        "http://api.astronomer.io/v1",
        "https://api.astronomer.io:8443/v1",
        "http://127.0.0.1:8766/v1",
        "http://localhost:8765/v1",
        "https://[::1",
        "https://api.astronomer.io:99999/v1",
        "/v1",
        "",
    ],
)
def test_nothing_else_is(url: str) -> None:
    """A recorder is no open relay, and a token goes only where it was meant to go."""
    assert not scope_of([PRODUCTION, SANDBOX]).allows(url)


def test_ignored_paths_and_samples_are_not_kept() -> None:
    """They are forwarded all the same."""
    scope = scope_of([PRODUCTION], ignored=["/health$"], every=3)
    users, health = (
        Request(method="GET", url=f"https://api.astronomer.io/v1/{name}") for name in ("users", "health")
    )

    assert [scope.keeps(users, number) for number in range(4)] == [True, False, False, True]
    assert not scope.keeps(health, 0)
    assert scope.allows(health.url)


def test_a_pattern_that_is_none_is_told() -> None:
    """With what is wrong about it."""
    with pytest.raises(UsageError, match="is no regular expression"):
        scope_of([PRODUCTION], ignored=["("])
