"""Lists in pages: all pages of one side are walked, and two walks become differences.

A walk asks for the next page by ``offset`` until a page has no element that was not there before, as a
careful client does: the page past the end shows how the end is told. It can also end where others do: with
the stated total, or with a page that is not full. A place in it is one in the exchange
seen as ``{"pages": [body, ...]}``, so ``$.pages[*].tokens[*]`` is each element of each page.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harness import jsonpath
from harness.align import Alignment, align, canonical
from harness.bodies import Context, compare_json
from harness.difference import ITEM, Difference, Kind, json_path, segments
from harness.exchange import BodyKind, Exchange, Json, Pair, Request, Side
from harness.result import Walked
from harness.struct import Struct, replace

_UNANSWERED = frozenset({429, 502, 503, 504})
"""Statuses of a rate limit or a gateway: nobody knows what the page holds."""

_TOTALS = ("totalCount", "total")
_SHOWN = 5
_OF_ELEMENTS = frozenset({Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED})
"""Elements that a difference names; the rest is counted."""

_STATUS = "status "
_LONG = 20
"""Digits that no offset has."""

EMPTY = "an empty list"
REPEATED = "elements that the pages before it have"
TOTAL = "the stated total"
SHORT = "a page shorter than `limit`"
"""How a list ends that has been read whole."""

NO_LIMIT = "no `limit` was sent"


class Page(Struct, frozen=True, kw_only=True):
    """One page with elements; ``total`` is how many it states that there are, None where it does not."""

    elements: tuple[Json, ...]
    total: int | None


class Pages(Struct, frozen=True, kw_only=True):
    """What one side showed, from ``offset`` on.

    ``end`` says in words what the page past the last one answered. ``open`` says why the walk did not come
    to an end; exactly one of the two is empty.
    """

    pages: tuple[Page, ...]
    offset: int
    end: str = ""
    open: str = ""

    @property
    def elements(self) -> list[Json]:
        """The elements of all pages, in order."""
        return [element for page in self.pages for element in page.elements]

    @property
    def total(self) -> int | None:
        """What the last page states as the number of all elements."""
        return self.pages[-1].total if self.pages else None

    @property
    def refused(self) -> str:
        """Say that a page was refused before the stated total was reached; empty when none was."""
        offset = self.offset + len(self.elements)
        early = self.end.startswith(_STATUS) and self.total is not None and offset < self.total
        return f"the page at offset {offset} was answered with {self.end}" if early else ""

    @property
    def moved(self) -> str:
        """Say that the list grew or shrank while it was walked; empty when it did not."""
        totals = list(dict.fromkeys(page.total for page in self.pages if page.total is not None))
        if len(totals) < 2:
            return ""
        return f"the total that the pages state went from {totals[0]} to {totals[-1]}"


class Walks(Struct, frozen=True, kw_only=True):
    """The walks of both sides.

    ``items`` is the JSONPath of each side's list. ``lacks`` names the sides whose first page has no such
    list: then nothing was walked.
    """

    items: Mapping[Side, str]
    lacks: Collection[Side]
    pages: Mapping[Side, Pages]

    @property
    def walked(self) -> tuple[Walked, ...]:
        """What reports show of them."""
        return tuple(
            Walked(
                side=side,
                elements=tuple(len(page.elements) for page in pages.pages),
                total=pages.total,
                end=pages.end or pages.open,
            )
            for side, pages in self.pages.items()
        )

    def differences(
        self, pair: Pair, context: Context, known: Iterable[Difference]
    ) -> tuple[Difference, ...]:
        """Compare them; ``pair`` are the first pages, and ``known`` what they differ in."""
        if not self.lacks:
            return compare_pages(
                self.pages[Side.BASELINE],
                self.pages[Side.CANDIDATE],
                self.items[Side.BASELINE],
                pair.baseline.request,
                context=context,
                known=known,
            )
        if not all(_is_readable(pair.exchange(side)) for side in Side):
            return ()  # what is the matter is told of the first page
        side = next(side for side in Side if side in self.lacks)
        missing = f"there is no list at {self.items[side]} to walk"
        if side is Side.BASELINE:
            return (Difference(kind=Kind.EXPECTATION, path="$.body", side=side, detail=missing),)
        return (_unread(("pages", ITEM, *segments(self.items[side])), side, missing),)

    def unexplained(self, known: Iterable[Difference], walked: Sequence[Difference]) -> list[Difference]:
        """Leave out which elements the first pages lack where it is the order that puts them on others.

        ``walked`` are the differences of all pages: they list the same, and it stands on other pages.
        """
        kinds = {fact.kind for fact in walked}
        if Kind.ORDER not in kinds or kinds & {Kind.WALK, Kind.UNWALKED}:
            return list(known)
        places = {json_path("body", *segments(items), ITEM) for items in self.items.values()}
        return [fact for fact in known if fact.kind not in _OF_ELEMENTS or fact.path not in places]


def _is_readable(exchange: Exchange) -> bool:
    """Whether an answer is a success with a JSON body."""
    response = exchange.response
    return response is not None and 200 <= response.status < 300 and response.body.kind is BodyKind.JSON


def elements_of(exchange: Exchange, items: str) -> list[Json] | None:
    """Return the list at the JSONPath ``items`` of a successful answer; None where there is none."""
    response = exchange.response
    if response is None or not _is_readable(exchange):
        return None
    found = next((match.value for match in jsonpath.find(items, response.body.data)), None)
    return found if isinstance(found, list) else None


def walk_pages(
    first: Exchange,
    request: Request,
    items: str,
    *,
    most: int,
    beyond: bool = True,
    send: Callable[[Request], Exchange],
    go_on: Callable[[], bool] = lambda: True,
) -> Pages:
    """Read all pages that follow the first one.

    Args:
        first: The exchange of the first page.
        request: Its request as it is sent, secrets included.
        items: The JSONPath of the list.
        most: How many pages with elements are read before it is given up.
        beyond: Whether the page past the end is asked for.
        send: Makes one more call.
        go_on: Asked before each call; False gives up.

    Raises:
        HarnessError: what ``send`` raises.
    """
    pages: list[Page] = []
    start = offset = _offset(request)
    seen: set[str] = set()
    exchange = first
    while True:
        end, open_ = _ended(exchange, items, offset)
        elements = elements_of(exchange, items) or []
        keys = set(map(_key, elements))
        # A server that does not know `offset` shows the same page for ever.
        if not end and not open_ and keys <= seen and offset >= (_total(exchange) or 0):
            end = REPEATED
        if not end and not open_ and len(pages) == most:
            open_ = (
                f"after {most} pages there are still more; raise `pages` of `walk`, or ask for larger ones"
            )
        if end or open_:
            return Pages(pages=tuple(pages), offset=start, end=end, open=open_)
        pages.append(Page(elements=tuple(elements), total=_total(exchange)))
        seen |= keys
        offset += len(elements)
        if not beyond and (end := full(exchange, request, offset, len(elements))):
            return Pages(pages=tuple(pages), offset=start, end=end)
        if not go_on():
            return Pages(pages=tuple(pages), offset=start, open="the walk was interrupted")
        exchange = send(_at(request, offset))


def full(exchange: Exchange, request: Request, offset: int, length: int) -> str:
    """Say by a page that it is the last one; empty where it does not tell.

    ``offset`` is where the next one would begin, ``length`` how many elements this one has. Where a total is
    stated it decides: a service may have a limit of its own.
    """
    total = _total(exchange)
    if total is not None:
        return TOTAL if offset >= total else ""
    limit = _query(request).get("limit", "")
    return SHORT if limit.isdecimal() and len(limit) < _LONG and length < int(limit) else ""


def _ended(exchange: Exchange, items: str, offset: int) -> tuple[str, str]:
    """Say how the list ends with this answer, or why nobody knows; both empty where it goes on."""
    response = exchange.response
    if response is None:
        why = exchange.failure.message if exchange.failure else "no answer"
        return "", f"the page at offset {offset} has no answer ({why})"
    if response.status in _UNANSWERED:
        return "", f"the page at offset {offset} was answered with {response.status}"
    if not 200 <= response.status < 300:
        return f"{_STATUS}{response.status}", ""
    elements = elements_of(exchange, items)
    if elements is None:
        return "no list", ""
    return ("", "") if elements else (EMPTY, "")


def _total(exchange: Exchange) -> int | None:
    data = exchange.response.body.data if exchange.response else None
    stated = [data[name] for name in _TOTALS if name in data] if isinstance(data, dict) else []
    return next((each for each in stated if isinstance(each, int) and not isinstance(each, bool)), None)


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


def _offset(request: Request) -> int:
    """Return where the first page begins; 0 where the request says nothing that is a number."""
    written = _query(request).get("offset", "")
    return int(written) if written.isdecimal() and len(written) < _LONG else 0


def _at(request: Request, offset: int) -> Request:
    """Return the request for the page that begins at an offset; all else is as it was."""
    url = urlsplit(request.url)
    query = [each for each in parse_qsl(url.query, keep_blank_values=True) if each[0] != "offset"]
    return replace(request, url=urlunsplit(url._replace(query=urlencode([*query, ("offset", offset)]))))


def _key(element: Json) -> str:
    """Return what identifies an element on the pages of one side: its id, or all of it."""
    id_ = element.get("id") if isinstance(element, dict) else None
    return f"id {json.dumps(id_)}" if isinstance(id_, str | int) else canonical(element)


def compare_pages(
    old: Pages,
    new: Pages,
    items: str,
    request: Request,
    *,
    context: Context | None = None,
    known: Iterable[Difference] = (),
) -> tuple[Difference, ...]:
    """Return the differences of two walks.

    Args:
        old: The baseline's pages.
        new: The candidate's.
        items: The JSONPath of the list, without wildcards.
        request: That of the first page: whether it sent a ``limit`` says which page size is compared.
        context: What corresponds between the sides.
        known: The differences of the first pages, which are not told again.
    """
    sides = dict(zip(Side, (old, new), strict=True))
    place = ("pages", ITEM, *segments(items))
    unread = [_unread(place, side, pages.open) for side, pages in sides.items() if pages.open]
    if old.refused and not new.refused:
        # What v1beta1 does not show cannot be missed in v1, nor be said to be new there.
        unread.append(_unread(place, Side.BASELINE, old.refused))
    if unread:
        return tuple(unread)
    context = context or Context()
    aligned = align(_distinct(old.elements), _distinct(new.elements), context.correspondence, own=context.own)
    # A total is not reached either where v1 refuses a page before it; that is told once.
    cut = bool(new.refused) and not old.refused
    of_all = [
        *_union(place, aligned),
        *_repeated(place, sides),
        *(() if cut else _totals(place, sides)),
    ]
    moved = [_unread(place, side, pages.moved) for side, pages in sides.items() if pages.moved]
    # Offsets shift under a walk when the list changes: what then differs proves nothing.
    facts = moved if of_all and moved else of_all
    facts += [*_sizes(place, old, new, request), *_ends(place, old, new, new.refused if cut else "")]
    return (*facts, *_later((old, new), aligned, segments(items), context, known))


def _unread(place: tuple[str, ...], side: Side, why: str) -> Difference:
    return Difference(kind=Kind.UNWALKED, path=json_path(*place), side=side, detail=why)


def _distinct(elements: Sequence[Json]) -> list[Json]:
    first: dict[str, Json] = {}
    for element in elements:
        first.setdefault(_key(element), element)
    return list(first.values())


def _union(place: tuple[str, ...], aligned: Alignment) -> Iterator[Difference]:
    """Compare what all pages together list, and in which order."""
    only = aligned.only_old, aligned.only_new
    if any(only):
        missing = sum(map(len, only))
        yield Difference(
            kind=Kind.WALK,
            path=json_path(*place, ITEM),
            baseline=[_shown(element) for _, element in only[0][:_SHOWN]],
            candidate=[_shown(element) for _, element in only[1][:_SHOWN]],
            seen=missing,
            samples=len(aligned.pairs) + missing,
            present=(aligned.old_size, aligned.new_size),
            detail=aligned.identity,
        )
    if aligned.reordered:
        yield Difference(kind=Kind.ORDER, path=json_path(*place), detail=aligned.identity)


def _shown(element: Json) -> Json:
    """Return what names an element; all of it where it has no id."""
    return element.get("id", element) if isinstance(element, dict) else element


def _one_side(wrong: dict[Side, bool]) -> Side | None:
    """Return the side that is alone in it; None where both are."""
    return None if all(wrong.values()) else next(side for side, is_wrong in wrong.items() if is_wrong)


def _repeated(place: tuple[str, ...], sides: dict[Side, Pages]) -> Iterator[Difference]:
    """Find elements that stand more than once on the pages of a side."""
    again: dict[Side, list[Json]] = {}
    for side, pages in sides.items():
        counts = Counter(map(_key, pages.elements))
        again[side] = [each for each in _distinct(pages.elements) if counts[_key(each)] > 1]
    if any(again.values()):
        shown = {side: [_shown(each) for each in found[:_SHOWN]] for side, found in again.items()}
        yield Difference(
            kind=Kind.OVERLAP,
            path=json_path(*place, ITEM),
            baseline=shown[Side.BASELINE],
            candidate=shown[Side.CANDIDATE],
            seen=max(map(len, again.values())),
            samples=max(len(_distinct(pages.elements)) for pages in sides.values()),
            side=_one_side({side: bool(found) for side, found in again.items()}),
        )


def _totals(place: tuple[str, ...], sides: dict[Side, Pages]) -> Iterator[Difference]:
    """Hold the number of elements that each side states against those that it shows."""
    counted = {side: pages.offset + len(_distinct(pages.elements)) for side, pages in sides.items()}
    wrong = {side: pages.total not in (None, counted[side]) for side, pages in sides.items()}
    if any(wrong.values()):
        values: dict[Side, Json] = {
            side: {"stated": pages.total, "counted": counted[side]} for side, pages in sides.items()
        }
        yield Difference(
            kind=Kind.TOTAL,
            path=json_path(*place),
            baseline=values[Side.BASELINE],
            candidate=values[Side.CANDIDATE],
            side=_one_side(wrong),
        )


def _sizes(place: tuple[str, ...], old: Pages, new: Pages, request: Request) -> Iterator[Difference]:
    """Compare how many elements a page has, where the side with fewer has more to show."""
    before, after = (len(pages.pages[0].elements) if pages.pages else 0 for pages in (old, new))
    fewer = old if before < after else new
    if before != after and len(fewer.pages) > 1:
        limit = _query(request).get("limit")
        yield Difference(
            kind=Kind.PAGE_SIZE,
            path=json_path(*place),
            baseline=before,
            candidate=after,
            detail=NO_LIMIT if limit is None else f"`limit={limit}` was sent",
        )


def _ends(place: tuple[str, ...], old: Pages, new: Pages, refused: str) -> Iterator[Difference]:
    """Compare how the lists end; ``refused`` says that v1 refused a page before the end."""
    if old.end != new.end or refused:
        yield Difference(
            kind=Kind.PAGE_END,
            path=json_path(*place),
            baseline=old.end,
            candidate=new.end,
            detail=refused,
        )


def _later(
    first: tuple[Pages, Pages],
    aligned: Alignment,
    place: tuple[str, ...],
    context: Context,
    known: Iterable[Difference],
) -> Iterator[Difference]:
    """Yield what only those elements show that the first pages do not have both."""
    seen = [{_key(each) for page in pages.pages[:1] for each in page.elements} for pages in first]
    pairs = [
        (old, new) for _, old, new in aligned.pairs if not (_key(old) in seen[0] and _key(new) in seen[1])
    ]
    if not pairs:
        return
    told = {(fact.kind, fact.path) for fact in known}
    before, after = (_nested(place, [pair[index] for pair in pairs]) for index in (0, 1))
    of_list = json_path("body", *place)
    for fact in compare_json(before, after, context):
        if (fact.kind, fact.path) not in told and (fact.kind, fact.path) != (Kind.ORDER, of_list):
            yield fact


def _nested(place: tuple[str, ...], elements: list[Json]) -> Json:
    value: Json = elements
    for key in reversed(place):
        value = {key: value}
    return value
