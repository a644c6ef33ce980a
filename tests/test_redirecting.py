"""Redirects that were followed: what differs in the ways to two answers."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.exchange import Exchange, Failure, FailureKind, Request, Response, Side
from harness.redirecting import redirected
from harness.values import Correspondence

_OLD, _NEW = "https://api.example.com/iam/v1beta1", "https://api.example.com/v1"


def _way(*urls: str) -> tuple[Exchange, ...]:
    """Build the exchanges of a call that is redirected from each URL to the next one."""
    requests = [Request(method="GET", url=url) for url in urls]
    hops = [Exchange(request=each, response=Response(status=307)) for each in requests[:-1]]
    return *hops, Exchange(request=requests[-1], response=Response(status=200))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ((), (), None),
        ((), (f"{_NEW}/a", f"{_NEW}/b?c=1"), (None, "307 to /b")),
        ((f"{_OLD}/a", f"{_OLD}/b"), (), ("307 to /b", None)),
        ((f"{_OLD}/a", f"{_OLD}/b?sign=1"), (f"{_NEW}/a", f"{_NEW}/b?sign=2"), None),
        ((f"{_OLD}/a", f"{_OLD}/of/old1"), (f"{_NEW}/a", f"{_NEW}/of/new1"), None),
        ((f"{_OLD}/a", f"{_OLD}/b"), (f"{_NEW}/a", f"{_NEW}/c"), ("307 to /b", "307 to /c")),
        ((f"{_OLD}/a", f"{_NEW}/a"), (), (f"307 to {_NEW}/a", None)),
        ((f"{_OLD}/a", "https://s.example.com/f"), (f"{_NEW}/a", "https://s.example.com/f"), None),
        (
            (f"{_OLD}/a", f"{_OLD}/b"),
            (f"{_NEW}/a", f"{_NEW}/b", f"{_NEW}/c"),
            ("307 to /b", "307 to /b, 307 to /c"),
        ),
    ],
)
def test_ways_that_differ_are_told(
    old: tuple[str, ...], new: tuple[str, ...], told: tuple[str | None, str | None] | None
) -> None:
    """Ways are alike that lead to corresponding places, whatever the query; each side is told alike."""
    ways = {Side.BASELINE: _way(*old) if old else (), Side.CANDIDATE: _way(*new) if new else ()}
    found = list(redirected(ways, Correspondence([("old1", "new1")])))

    assert [(fact.kind, fact.baseline, fact.candidate) for fact in found] == (
        [(Kind.REDIRECTED, *told)] if told else []
    )


def test_a_way_without_an_answer_is_told_as_far_as_it_led() -> None:
    """A redirect that nobody can follow has no answer at its end."""
    first, last = _way(f"{_NEW}/a", f"{_NEW}/b")
    lost = Exchange(request=last.request, failure=Failure(kind=FailureKind.REDIRECTS, message="no end"))

    (fact,) = redirected({Side.BASELINE: (), Side.CANDIDATE: (first, lost)}, Correspondence())

    assert fact.candidate == "307 to /b"
