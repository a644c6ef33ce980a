"""Rules of lists that are walked page by page."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.exchange import Side
from tests.rules.cases import Case, breaking, check, fact, info, risky

_LIST, _EACH = "$.pages[*].tokens", "$.pages[*].tokens[*]"
_OLD, _NEW = Side.BASELINE, Side.CANDIDATE
_UNSENT, _SENT = "no `limit` was sent", "`limit=1000` was sent"

CASES = [
    info("page-walk-incomplete", fact(Kind.UNWALKED, _LIST, side=_OLD)),
    info("page-walk-incomplete", fact(Kind.UNWALKED, _LIST, side=_NEW)),
    breaking("page-walk-mismatch", fact(Kind.WALK, _EACH, ["a"], [])),
    breaking("page-walk-mismatch", fact(Kind.WALK, _EACH, [], ["a"])),
    info("page-overlap-already", fact(Kind.OVERLAP, _EACH, ["a"], [], side=_OLD)),
    info("page-overlap-already", fact(Kind.OVERLAP, _EACH, ["a"], ["a"])),
    breaking("page-overlap", fact(Kind.OVERLAP, _EACH, [], ["a"], side=_NEW)),
    info("total-count-approximate-already", fact(Kind.TOTAL, _LIST, side=_OLD)),
    info("total-count-approximate-already", fact(Kind.TOTAL, _LIST)),
    risky("total-count-approximate", fact(Kind.TOTAL, _LIST, side=_NEW)),
    breaking("page-size-default-decreased", fact(Kind.PAGE_SIZE, _LIST, 20, 10, detail=_UNSENT)),
    breaking("page-size-max-decreased", fact(Kind.PAGE_SIZE, _LIST, 1000, 500, detail=_SENT)),
    info("page-size-increased", fact(Kind.PAGE_SIZE, _LIST, 10, 20, detail=_UNSENT)),
    info("page-size-increased", fact(Kind.PAGE_SIZE, _LIST, 500, 1000, detail=_SENT)),
    breaking("end-of-list-signal-changed", fact(Kind.PAGE_END, _LIST, "an empty list", "status 400")),
    breaking("page-walk-mismatch", fact(Kind.PAGE_END, _LIST, "an empty list", "status 500", detail="a")),
    info("list-order-unspecified", fact(Kind.ORDER, _LIST)),
    breaking("list-order-changed", fact(Kind.ORDER, _LIST), ordered=True),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule(case: Case) -> None:
    """Each difference of two walks is judged by the rule that says most about it."""
    check(case)
