"""Pages of one list among recorded calls, also where others were made in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from harness.draft.calls import Call
from harness.exchange import Json
from harness.paging import full
from harness.struct import Struct

MOST_PAGES = 10_000
"""Pages that the walk of a scenario reads at most."""
_LONGEST = 15
"""Digits of an offset."""


class Pages(Struct, frozen=True, kw_only=True, dict=True):
    """Two or more pages of one list, in their order: what one read of it asked for."""

    calls: tuple[Call, ...]

    @cached_property
    def is_whole(self) -> bool:
        """Whether the pages are the list from its first element to its last one."""
        last = self.calls[-1]
        return len(self.calls) <= MOST_PAGES and self._covers and (length(last) == 0 or bool(_end(last)))

    @property
    def beyond(self) -> bool:
        """Whether a page past the end was asked for."""
        return length(self.calls[-1]) == 0

    @property
    def _covers(self) -> bool:
        """Whether each page begins where the one before ended, and none but the last says that it is it."""
        read = 0
        for call in self.calls:
            if (offset_of(call) or 0) != read:
                return False
            read += length(call) or 0
        return self.beyond or not any(_end(call) for call in self.calls[:-1])

    @cached_property
    def before(self) -> Mapping[int, int]:
        """How many elements stand on the pages before each, by its number."""
        sizes = [length(each) or 0 for each in self.calls]
        return dict(zip((each.number for each in self.calls), accumulate(sizes, initial=0), strict=False))

    @property
    def list_name(self) -> str:
        """The property of the answers that is the list; empty where it is not plain which one it is."""
        return _list_of(self.calls[0])[0]


def pages_of(calls: Iterable[Call]) -> list[Pages]:
    """Return the reads of lists that asked for more than one page, in the order in which they began.

    Where several clients read at a time, a page goes on with the one that comes to its offset next.
    """
    found: list[list[Call]] = []
    latest: dict[object, list[Call]] = {}
    waiting: dict[object, list[list[Call]]] = {}
    for call in calls:
        if not call.safe:
            continue
        key = (call.operation.id, tuple(call.path.items()), _fixed(call), repr(call.body), call.manner)
        offset = offset_of(call) or 0
        run = _waiting(waiting.get((key, offset), []), offset) or _going_on(latest.get(key), offset)
        if run is None:
            run = []
            found.append(run)
        run.append(call)
        latest[key] = run
        if length(call):
            waiting.setdefault((key, _next(call)), []).append(run)
    return [Pages(calls=tuple(run)) for run in found if len(run) > 1]


def _waiting(runs: list[list[Call]], offset: int) -> list[Call] | None:
    """Take the latest read out of those that came to an offset, if it did not go on meanwhile."""
    while runs:
        run = runs.pop()
        if _next(run[-1]) == offset:
            return run
    return None


def _going_on(run: list[Call] | None, offset: int) -> list[Call] | None:
    """Return a read if a page at an offset can be a later one of it."""
    if run is None or (offset_of(run[-1]) or 0) >= offset or length(run[-1]) == 0:
        return None
    return run


def _next(call: Call) -> int:
    return (offset_of(call) or 0) + (length(call) or 0)


def together(calls: Sequence[Call], read: Iterable[Pages]) -> list[Call]:
    """Return the calls of a flow with the pages of a whole list side by side, where the first one was.

    Pages between which something was changed stay where they are: they may be what they are for that reason.
    """
    moved: dict[int, list[Call]] = {}
    places = {call.number: at for at, call in enumerate(calls)}
    for pages in read:
        first, last = (places[pages.calls[at].number] for at in (0, -1))
        if pages.is_whole and all(call.safe for call in calls[first:last]):
            moved[pages.calls[0].number] = list(pages.calls)
    later = {call.number for run in moved.values() for call in run[1:]}
    return [each for call in calls if call.number not in later for each in moved.get(call.number, [call])]


def offset_of(call: Call) -> int | None:
    """Return where a page begins; None where the request does not say it."""
    found = dict(call.query).get("offset", "")
    return int(found) if found.isdecimal() and len(found) <= _LONGEST else None


def length(call: Call) -> int | None:
    """Return how many elements a page has; None where it is not plain which list it is."""
    name, elements = _list_of(call)
    return len(elements) if name else None


def _list_of(call: Call) -> tuple[str, Sequence[Json]]:
    answer = call.answer if call.status // 100 == 2 else None
    lists = [(name, value) for name, value in _items(answer) if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else ("", ())


def _items(answer: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(answer, dict):
        yield from answer.items()


def _fixed(call: Call) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in call.query if pair[0] != "offset")


def _end(call: Call) -> str:
    """Say by a page that it is the last one; empty where it does not tell, or is no page."""
    size = length(call)
    if size is None:
        return ""
    return full(call.exchange, call.exchange.request, _next(call), size)
