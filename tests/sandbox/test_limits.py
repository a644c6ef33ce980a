"""Tests of the vendor's limits of requests."""

from __future__ import annotations

import httpx
import pytest

from harness.sandbox import Setup, running
from harness.sandbox.call import Refusal
from harness.sandbox.limits import _MOST_TOKENS, Limits
from harness.settings import LIMITS
from tests.sandbox.api import ORGANIZATION, Api


class _Time:
    """A time that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def _taken(limits: Limits, method: str, tries: int, caller: str = "a") -> int:
    """Return how many of some requests at one moment are let through."""
    count = 0
    for _ in range(tries):
        try:
            limits.take(caller, method)
        except Refusal:
            continue
        count += 1
    return count


def test_a_refusal_says_429_and_not_when_to_come_back() -> None:
    """Beyond the limit the answer is 429 without Retry-After, as no document has one."""
    limits = Limits(_Time())
    _taken(limits, "POST", 100)
    with pytest.raises(Refusal) as caught:
        limits.take("a", "POST")

    assert (caught.value.status, dict(caught.value.headers)) == (429, {})


@pytest.mark.parametrize("method", list(LIMITS))
def test_a_second_s_worth_is_let_through(method: str) -> None:
    """At one moment a token has one second's worth of requests, and the budget fills up steadily."""
    time = _Time()
    limits = Limits(time)
    first = _taken(limits, method, 100)
    time.now += 0.2
    later = _taken(limits, method, 100)
    time.now += 3600

    assert first == LIMITS[method]
    assert later == LIMITS[method] // 5
    assert _taken(limits, method, 100) == LIMITS[method]


def test_tokens_and_methods_have_budgets_of_their_own() -> None:
    """A token that has used up its budget takes none from another, nor from another method."""
    limits = Limits(_Time())
    _taken(limits, "DELETE", 100)

    assert _taken(limits, "DELETE", 1) == 0
    assert _taken(limits, "GET", 1) == 1
    assert _taken(limits, "DELETE", 1, caller="b") == 1
    assert _taken(limits, "OPTIONS", 1000) == 1000


def test_it_remembers_so_many_tokens_only() -> None:
    """However many tokens come along, memory stays flat."""
    limits = Limits(_Time())
    for number in range(_MOST_TOKENS + 50):
        limits.take(str(number), "GET")

    assert len(limits._budgets) == _MOST_TOKENS


def test_they_hold_over_both_versions_when_they_are_enforced() -> None:
    """With limits in force, deletes beyond five at once answer 429, counted over both versions."""
    path = f"{ORGANIZATION}/teams/clunknown0000000000000000"
    with running(setup=Setup(limits=True)) as url, httpx.Client() as client:
        api = Api(url, client)
        answers = [
            client.delete(f"{url}{base}{path}", headers={"authorization": f"Bearer {api.token}"}).status_code
            for base in ("/v1", "/iam/v1beta1") * 20
        ]

    assert answers[:5] == [404] * 5
    assert 429 in answers
