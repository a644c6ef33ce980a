"""Lists that are walked page by page: what all pages together show."""

from __future__ import annotations

from harness.difference import Kind
from harness.exchange import Side
from harness.rules.rule import Check, Rule, Severity, rule

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO

RULES: tuple[Rule, ...] = (
    rule(
        "page-walk-incomplete",
        Kind.UNWALKED,
        Check.BEHAVIOUR,
        _I,
        inconclusive=True,
        says="{operation}: the pages of {side} could not be compared as a whole: {detail}.",
        consequence="Nothing can be concluded about the list beyond its first page.",
        remedy="Run the scenario again when nothing changes the list, with fewer calls a second.",
    ),
    rule(
        "page-walk-mismatch",
        Kind.WALK,
        Check.RESPONSES,
        _B,
        says="{operation}: all pages together list other elements{count}: only v1beta1 {old}, only v1 {new}.",
        consequence="A client that reads all pages misses elements, or handles some that it never saw.",
        remedy="Compare the filters and the token's permissions; call both sides again to rule out a change.",
    ),
    rule(
        "page-overlap-already",
        Kind.OVERLAP,
        Check.BEHAVIOUR,
        _I,
        applies=lambda d, _: d.side is not Side.CANDIDATE,
        says="{operation}: elements stand more than once on the pages of {side}{count}.",
        consequence="Nothing changes for the worse: v1beta1 does so already.",
        remedy="Send `sorts`, and tell elements apart by their id.",
    ),
    rule(
        "page-overlap",
        Kind.OVERLAP,
        Check.BEHAVIOUR,
        _B,
        says="{operation}: elements stand more than once on v1's pages{count}: {new}.",
        consequence="A client that reads all pages handles an element twice, and may miss another one.",
        remedy="Send `sorts`, and tell elements apart by their id.",
    ),
    rule(
        "total-count-approximate-already",
        Kind.TOTAL,
        Check.BEHAVIOUR,
        _I,
        applies=lambda d, _: d.side is not Side.CANDIDATE,
        says="{operation}: the total of {side} is not the number of elements on all pages ({old}, {new}).",
        consequence="Nothing changes for the worse: v1beta1 does so already.",
        remedy="Read until a page is empty.",
    ),
    rule(
        "total-count-approximate",
        Kind.TOTAL,
        Check.BEHAVIOUR,
        _P,
        says="{operation}: v1's total is not the number of elements on all of its pages ({new}).",
        consequence="A client that stops at the total reads too little, or asks for too much.",
        remedy="Read until a page is empty.",
    ),
    rule(
        "page-size-default-decreased",
        Kind.PAGE_SIZE,
        Check.BEHAVIOUR,
        _B,
        applies=lambda d, _: _fewer(d.baseline, d.candidate) and d.detail.startswith("no "),
        says="{operation}: {detail}; v1beta1's first page has {old} elements, v1's {new}.",
        consequence="A client that reads one page sees less of the list.",
        remedy="Send `limit` and `offset` in each call, and read until a page is empty.",
    ),
    rule(
        "page-size-max-decreased",
        Kind.PAGE_SIZE,
        Check.BEHAVIOUR,
        _B,
        applies=lambda d, _: _fewer(d.baseline, d.candidate),
        says="{operation}: {detail}; v1beta1's first page has {old} elements, v1's {new}.",
        consequence="A client that counts on pages as large as it asked for ends early, or skips elements.",
        remedy="Count the elements that came, and read until a page is empty.",
    ),
    rule(
        "page-size-increased",
        Kind.PAGE_SIZE,
        Check.BEHAVIOUR,
        _I,
        says="{operation}: {detail}; v1beta1's first page has {old} elements, v1's {new}.",
        consequence="None for clients that count the elements that came.",
        remedy="Nothing to do.",
    ),
    rule(
        "page-walk-mismatch",
        Kind.PAGE_END,
        Check.RESPONSES,
        _B,
        applies=lambda d, _: bool(d.detail),
        says="{operation}: v1 refuses a page in the middle of the list: {detail}.",
        consequence="A client that reads all pages gets no further.",
        remedy="Ask for that page alone, and read v1's error body.",
    ),
    rule(
        "end-of-list-signal-changed",
        Kind.PAGE_END,
        Check.BEHAVIOUR,
        _B,
        says="{operation}: past the last page v1beta1 answers with {old}, v1 with {new}.",
        consequence="A client that reads until the old signal fails at the end, or never ends.",
        remedy="End at either signal until the cutover is done.",
    ),
)


def _fewer(old: object, new: object) -> bool:
    return isinstance(old, int) and isinstance(new, int) and new < old
