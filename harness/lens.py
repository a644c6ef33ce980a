"""The consumer lens: whether a difference touches what the integration says that it reads."""

from __future__ import annotations

from collections.abc import Iterable

from harness.difference import ITEM, Difference, Kind, segments


def is_read(fact: Difference, reads: Iterable[str]) -> bool:
    """Whether a difference touches one of the JSONPaths into the body that the integration reads.

    What is not in the answer's body (status, headers, the request) touches everybody. Of what was renamed or
    moved, both places count: the client may read either.
    """
    places = [parts for path in (fact.path, fact.to) if (parts := _in_body(path, fact))]
    if not places:
        return True
    for path in reads:
        if "${" in path:
            return True  # what a variable stands for is not known here
        try:
            read = ("body", *segments(path))
        except ValueError:
            return True  # a filter, a slice or `..` may read anything
        if any(_meet(read, place) for place in places):
            return True
    return False


def _in_body(path: str, fact: Difference) -> tuple[str, ...]:
    """Return the segments of a place in the answer's body; none for any other."""
    # An acceptance's places are those that somebody wrote, and its ``to`` is a rule.
    parts = segments(path) if path and fact.kind is not Kind.ACCEPTANCE else ()
    return parts if parts[:1] == ("body",) else ()


def _meet(read: tuple[str, ...], place: tuple[str, ...]) -> bool:
    """Whether one of two places is the other one or holds it; ``[*]`` stands for any key or index."""
    return all(one == other or ITEM in (one, other) for one, other in zip(read, place, strict=False))
