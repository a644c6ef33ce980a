"""Redirects that were followed: one that only one side makes is a difference, however alike the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from harness.difference import Difference, Kind
from harness.exchange import Exchange, Side
from harness.inquiry import below_base
from harness.values import Correspondence


def redirected(
    hops: Mapping[Side, Sequence[Exchange]], correspondence: Correspondence
) -> Iterator[Difference]:
    """Yield what differs in the ways to the answers of two sides; each way ends with its answer.

    Ways are alike that lead by the same statuses to corresponding places. Queries are not looked at: in them
    stand signatures, which no two redirects share.
    """
    old, new = (_way(hops[side]) for side in Side)
    if not correspondence.same(old, new):
        yield Difference(kind=Kind.REDIRECTED, path="$.status", baseline=old or None, candidate=new or None)


def _way(hops: Sequence[Exchange]) -> str:
    return ", ".join(f"{_status(hop)} to {_place(hop, to)}" for hop, to in pairwise(hops))


def _status(hop: Exchange) -> int:
    return hop.response.status if hop.response else 0


def _place(hop: Exchange, to: Exchange) -> str:
    """Return where a redirect leads: the path below the base URL that was called, else the whole URL."""
    url = to.request.url.partition("?")[0]
    base, path = below_base(url)
    return path if base == below_base(hop.request.url)[0] else url
