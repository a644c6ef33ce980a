"""Lists and their pages: elements, order, counts, cursors and what ends a list."""

from __future__ import annotations

from harness.difference import FOLLOWS, ITEM, Difference, Kind, segments
from harness.exchange import Json
from harness.rules.rule import Check, Circumstances, Rule, Severity, leaf, rule

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
COUNTS = frozenset({"totalCount", "total", "totalSize", "total_count", "total_size"})
"""Names of what counts the whole list, not the page."""

_TOKENS = frozenset(
    {
        "cursor",
        "endCursor",
        "next",
        "nextCursor",
        "nextPage",
        "nextPageToken",
        "nextToken",
        "next_cursor",
        "next_page_token",
        "next_token",
        "pageToken",
    }
)
"""Names of what leads to the next page."""

_FLAGS = frozenset({"hasMore", "hasNext", "hasNextPage", "has_more", "has_next"})
_WINDOWS = frozenset({"limit", "offset", "page", "pageSize", "perPage", "page_size", "per_page"})
_STYLES = _TOKENS | _FLAGS | _WINDOWS
_ABOUT_PAGES = frozenset({"_links", "links", "meta", "page", "pageInfo", "paging", "pagination"})
_NO_TOKEN: tuple[Json, ...] = (None, "", False)


def _of_page(difference: Difference, names: frozenset[str]) -> bool:
    """Whether it is about one of these names in the body itself, or in what says where the page stands."""
    parts = segments(difference.path)
    within = len(parts) == len(("body", "limit")) or (
        len(parts) == len(("body", "pagination", "limit")) and parts[1] in _ABOUT_PAGES
    )
    return within and parts[0] == "body" and parts[-1] in names


def is_page(body: Json) -> bool:
    """Whether a body says itself which page of a list it is."""
    return isinstance(body, dict) and not _STYLES.isdisjoint(body)


def _ends(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether both sides say that there is no next page, each in its way."""
    if (
        circumstances.error
        or _is_beside(difference, circumstances)
        or not _of_page(difference, _TOKENS | _FLAGS)
    ):
        return False
    old, new = difference.baseline, difference.candidate
    return any(old is value for value in _NO_TOKEN) and any(new is value for value in _NO_TOKEN)


def _is_beside(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether it only came beside what v1beta1's pages have: clients of v1beta1 never looked for it."""
    return difference.kind is Kind.ADDED and circumstances.paged and circumstances.old_place is None


def _lost(difference: Difference, circumstances: Circumstances) -> bool:
    known = _of_page(difference, _STYLES) and not circumstances.optional
    return known and not circumstances.error and not _is_beside(difference, circumstances)


def _in_asked_order(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether the request asked for the order of this list: `sorts` is not about lists in its elements."""
    parts = segments(difference.path)
    within = parts[2:] if parts[:2] == ("pages", ITEM) else parts
    return circumstances.ordered and ITEM not in within


RULES: tuple[Rule, ...] = (
    rule(
        "end-of-list-signal-changed",
        (Kind.REMOVED, Kind.ADDED, Kind.NULL, Kind.TYPE),
        Check.BEHAVIOUR,
        _B,
        applies=_ends,
        says="{operation}: the last page says so in another way: {path} is {old} in v1beta1 and {new} in v1.",
        consequence="A loop over the pages stops too early, or never.",
        remedy="Take an absent, a null and an empty {path} all for the end of the list.",
    ),
    rule(
        "total-count-removed",
        (Kind.REMOVED, Kind.RENAMED),
        Check.RESPONSES,
        _B,
        applies=lambda d, c: _of_page(d, COUNTS) and not c.optional and not c.error,
        says="{operation}: v1beta1 counts the whole list in {path}, v1 does not.",
        consequence="A loop that reads until the count is reached stops too early, or never.",
        remedy="Read until a page is shorter than its limit, or as v1 says that the list ends.",
    ),
    rule(
        "pagination-style-changed",
        (Kind.REMOVED, Kind.RENAMED),
        Check.BEHAVIOUR,
        _B,
        applies=_lost,
        says="{operation}: v1beta1's page has {path}, v1's has not.",
        consequence="A loop over the pages does not find the next one.",
        remedy="Write the loop for what v1's pages say of the next one.",
    ),
    rule(
        "pagination-added",
        Kind.ADDED,
        Check.RESPONSES,
        _B,
        applies=_lost,
        says="{operation}: v1's answer is a page, with {path}; v1beta1's has no such property.",
        consequence="The client sees one page of what it takes for the whole list.",
        remedy="Read page by page until the end.",
    ),
    rule(
        "total-count-changed",
        Kind.VALUE,
        Check.RESPONSES,
        _I,
        applies=lambda d, _: leaf(d.path) in COUNTS and d.detail == FOLLOWS,
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1: it counts the listed elements.",
        consequence="None beyond the elements themselves.",
        remedy="See the finding about the elements.",
    ),
    rule(
        "total-count-changed",
        Kind.VALUE,
        Check.RESPONSES,
        _P,
        applies=lambda d, _: leaf(d.path) in COUNTS,
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1.",
        consequence="One of the two shows more than the other: filters or permissions may differ.",
        remedy="Compare the lists element by element; call both sides with the same token.",
    ),
    rule(
        "page-size-changed",
        Kind.VALUE,
        Check.BEHAVIOUR,
        _B,
        applies=lambda d, _: d.path in {"$.body.limit", "$.body.offset"},
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1.",
        consequence="A client that reads one page sees another part of the list.",
        remedy="Send `limit` and `offset` in each call, and read until `totalCount`.",
    ),
    rule(
        "list-elements-missing",
        Kind.ELEMENT_REMOVED,
        Check.RESPONSES,
        _P,
        applies=lambda d, _: d.present is not None and not d.present[1],
        says="{operation}: v1beta1 lists elements of {path}, v1's list is empty.",
        consequence="An empty list proves nothing about its elements; the client sees none of them.",
        remedy="Compare the query and the token's permissions; compare where v1 lists something.",
    ),
    rule(
        "list-elements-missing",
        Kind.ELEMENT_REMOVED,
        Check.RESPONSES,
        _B,
        says="{operation}: elements of {path} that v1beta1 lists are not in v1's list{count}.",
        consequence="The client does not see them any more.",
        remedy="Compare the query, the page size and the token's permissions.",
    ),
    rule(
        "list-elements-extra",
        Kind.ELEMENT_ADDED,
        Check.RESPONSES,
        _P,
        says="{operation}: v1 lists elements of {path} that v1beta1 does not{count}.",
        consequence="The client handles things that it never saw before.",
        remedy="Find out why they are listed; filter them where they do harm.",
    ),
    rule(
        "list-order-changed",
        Kind.ORDER,
        Check.RESPONSES,
        _B,
        applies=_in_asked_order,
        says="{operation}: the order of {path} is another one, although the request asked for an order.",
        consequence="Code that takes the first or the last element takes another one.",
        remedy="Sort in the client.",
    ),
    rule(
        "list-order-unspecified",
        Kind.ORDER,
        Check.BEHAVIOUR,
        _I,
        says="{operation}: the order of {path} is another one; no order was asked for.",
        consequence="None for clients that do not rely on an order that nobody promised.",
        remedy="Send `sorts` where the order matters.",
    ),
)
"""Rules of lists; those of pages are asked before what is said of any property or value."""
