"""Calls of one flow become steps: what was asked again and again is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby, islice, pairwise
from statistics import median
from typing import TypeAlias

from harness.draft.calls import Call, Slot
from harness.draft.links import Links, Origin, Place
from harness.draft.pages import Pages, offset_of, pages_of, together
from harness.exchange import Json
from harness.struct import Struct, field

_Read: TypeAlias = Mapping[int, tuple[Pages, int]]
"""Which pages a call is of, and which of them, by its number."""

_STATES = frozenset({"status", "state"})
_DEEPEST = 4
"""Steps from the body to a state that one may wait for."""


class Shape(StrEnum):
    """How often a step is sent."""

    ONCE = "once"
    EACH = "each"
    """For each element of a list that an earlier answer had, or of numbers."""
    POLL = "poll"
    """Until the answer was as wanted."""
    WALK = "walk"
    """Page by page to the end."""


class Fold(Struct, kw_only=True):
    """One or more calls that one step makes.

    ``repeats`` are calls left out because they asked and were answered as the one before. For EACH,
    ``slots`` are what differs; ``source`` is the call and the place whose list gives the values, or None and
    ``values`` are those themselves. For POLL, ``until`` is a property's place and value, or None and the
    status counts; ``every`` is in seconds. For WALK, ``pages`` are what is walked.
    """

    calls: list[Call]
    shape: Shape = Shape.ONCE
    repeats: list[Call] = field(default_factory=list)
    slots: tuple[Slot, ...] = ()
    source: tuple[Call, tuple[str | int, ...]] | None = None
    values: list[Json] = field(default_factory=list)
    until: tuple[Place, Json] | None = None
    every: float = 1.0
    pages: Pages | None = None

    @property
    def answers(self) -> Iterator[Call]:
        """The calls whose answer is, is the same as, or is part of the one that the step ends with."""
        yield self.first
        yield from self.repeats
        if self.shape is Shape.POLL:
            yield self.calls[-1]
        if self.shape is Shape.WALK:
            yield from self.calls[1:]

    def place(self, origin: Origin) -> Place | None:
        """Return where what one of the answers has is in the one that the step ends with.

        None where it is not there: of later pages a walk keeps the elements.
        """
        place = origin.place
        if self.pages is None or origin.call is self.first:
            return place
        if place[:1] != (self.pages.list_name,) or len(place) < 2 or not isinstance(place[1], int):
            return None
        return place[0], place[1] + self.pages.before[origin.call.number], *place[2:]

    @property
    def first(self) -> Call:
        """The call that the step is written from."""
        return self.calls[0]


def fold(calls: Sequence[Call], links: Links, *, folds: bool = True) -> list[Fold]:
    """Return the steps of a flow in order; without ``folds`` each call is one."""
    if not folds:
        return [Fold(calls=[call]) for call in calls]
    read = pages_of(calls)
    whole = {pages.calls[0].number: pages for pages in read if pages.is_whole}
    read_at = {call.number: (pages, index) for pages in read for index, call in enumerate(pages.calls)}
    calls = _waited_together(together(calls, read), read_at)
    found: list[Fold] = []
    # What was read since something was changed, by what was asked, as it was answered last.
    asked: dict[object, Fold] = {}
    walks: dict[int, Fold] = {}
    at = 0
    while at < len(calls):
        made = (
            _poll(calls, at)
            or _walk(calls, at, whole)
            or _offsets(calls, at, read_at, links)
            or _each(calls, at, links, walks)
            or Fold(calls=[calls[at]])
        )
        at += len(made.calls)
        if _is_repeated(asked.get(made.first.asks), made):
            asked[made.first.asks].repeats += made.calls
            continue
        found.append(made)
        if made.shape is Shape.WALK:
            walks.update((call.number, made) for call in made.calls)
        if any(not call.safe for call in made.calls):
            asked.clear()  # what changed may be why something is asked again
        elif made.shape is Shape.ONCE:
            asked[made.first.asks] = made
    return found


def _is_repeated(earlier: Fold | None, made: Fold) -> bool:
    """Whether a safe call repeats an earlier one, and was answered alike."""
    if earlier is None or made.shape is not Shape.ONCE:
        return False
    last, call = earlier.first, made.first
    return (last.status, last.answer) == (call.status, call.answer)


def _run(calls: Sequence[Call], at: int) -> Iterator[Call]:
    """Yield the calls from here on that ask the same operation."""
    first = calls[at]
    for index in range(at, len(calls)):
        call = calls[index]
        if call.operation is not first.operation or call.manner != first.manner:
            return
        yield call


def _poll(calls: Sequence[Call], at: int) -> Fold | None:
    """Fold a question that was asked until its answer changed."""
    first = calls[at]
    run: list[Call] = []
    for call in _run(calls, at):
        if not call.safe or call.asks != first.asks:
            break
        run.append(call)
    waited, until = _waited(run)
    return Fold(calls=waited, shape=Shape.POLL, until=until, every=_every(waited)) if waited else None


def _waited(asked: Sequence[Call]) -> tuple[list[Call], tuple[Place, Json] | None]:
    """Return as many calls of one question as waited for an answer, and for which; none if nobody waited."""
    run = list(asked)
    while len(run) > 1:
        last, before = run[-1], run[-2]
        if (last.status, last.answer) != (before.status, before.answer):  # else it is no news
            until = _until(run)
            if until is not None or _is_waited_for(run):
                return run, until
        run.pop()
    return [], None


def _waited_together(calls: Sequence[Call], pages: _Read) -> list[Call]:
    """Put the calls that waited for one answer together, where others were made between them.

    A job may wait for two things at once, or ask for something else in each round. Only reads are moved, and
    past no write; pages stay with theirs.
    """
    found: list[Call] = []
    for safe, part in groupby(calls, key=lambda call: call.safe):
        stretch = list(part)
        found += _gathered(stretch, pages) if safe else stretch
    return found


def _gathered(reads: Sequence[Call], pages: _Read) -> Iterator[Call]:
    """Yield each call once; a question's calls are taken from the front of what is left of them."""
    asked: dict[object, list[Call]] = {}
    for call in reads:
        if call.number not in pages:
            asked.setdefault(call.asks, []).append(call)
    taken: set[int] = set()
    for call in reads:
        if call.number in taken:
            continue
        same = asked.get(call.asks, []) if call.number not in pages else []
        group = _waited(same)[0] or [call]
        del same[: len(group)]
        taken.update(each.number for each in group)
        yield from group


def _is_waited_for(run: Sequence[Call]) -> bool:
    """Whether a status came that one waits for: the resource is there at last, or gone.

    One that leads elsewhere, or says something of the token, is an answer of its own.
    """
    last, earlier = run[-1].status, {call.status for call in run[:-1]}
    if last in earlier:
        return False
    if last // 100 == 2:
        return earlier <= {202, 204, 404, 409, 423, 425}
    return last in {404, 410} and all(status // 100 == 2 for status in earlier)


def _until(run: Sequence[Call]) -> tuple[Place, Json] | None:
    """Return the place of a property that only the last answer has with its value."""
    last = run[-1].answer
    if not isinstance(last, dict) or {call.status for call in run} != {run[-1].status}:
        return None
    names = sorted(last, key=lambda name: (name.lower() not in _STATES, name))
    for name in names:
        value = last[name]
        # Nobody waits for a number: how many there are changes with what others make, and will be another.
        if not isinstance(value, str | bool) or name.lower().endswith(("at", "id")):
            continue
        earlier = [call.answer for call in run[:-1]]
        if all(isinstance(each, dict) and each.get(name) != value for each in earlier):
            return (name,), value
    for place, state in _states(last):
        if all(dict(_states(call.answer)).get(place, state) != state for call in run[:-1]):
            return place, state
    return None


def _states(value: Json, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield what is called a state further in, such as that of the only element of a list."""
    if len(place) > _DEEPEST:
        return
    if isinstance(value, list):
        if len(value) == 1:
            yield from _states(value[0], (*place, 0))
    elif isinstance(value, dict):
        for name, below in value.items():
            if place and isinstance(below, str) and name.lower() in _STATES:
                yield (*place, name), below
            else:
                yield from _states(below, (*place, name))


def _every(run: Sequence[Call]) -> float:
    times = [datetime.fromisoformat(call.exchange.started).timestamp() for call in run]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return max(round(median(gaps), 1), 0.1)


def _walk(calls: Sequence[Call], at: int, whole: Mapping[int, Pages]) -> Fold | None:
    """Fold all pages of a list."""
    pages = whole.get(calls[at].number)
    run = calls[at : at + len(pages.calls)] if pages else ()
    if pages is None or [call.number for call in run] != [call.number for call in pages.calls]:
        return None
    return Fold(calls=list(run), shape=Shape.WALK, pages=pages)


def _offsets(calls: Sequence[Call], at: int, read: _Read, links: Links) -> Fold | None:
    """Fold pages that are not all of a list, offset by offset."""
    first, found = calls[at], read.get(calls[at].number)
    if offset_of(first) is None or found is None:
        return None  # the first page is a step of its own, the others are folded with the next one
    pages, index = found
    run: list[Call] = []
    for number in range(min(len(pages.calls) - index, len(calls) - at)):
        call = calls[at + number]
        # An answer that a later request was made of needs a step of its own.
        if call is not pages.calls[index + number] or call.number in links.sources:
            break
        run.append(call)
    if len(run) < 2:
        return None
    slot: Slot = ("query", next(at for at, pair in enumerate(first.query) if pair[0] == "offset"))
    values: list[Json] = [offset_of(call) for call in run]
    return Fold(calls=run, shape=Shape.EACH, slots=(slot,), values=values)


def _each(calls: Sequence[Call], at: int, links: Links, walks: Mapping[int, Fold]) -> Fold | None:
    """Fold calls that were made for every element of a list, in its order; ``walks`` are by their pages."""
    first = calls[at]
    known = dict(first.slots())
    origins = {slot: links.of(first, slot) for slot in known}
    for slot, origin in origins.items():
        indexes = [part for part in origin.place if isinstance(part, int)] if origin else []
        if origin is None or len(indexes) != 1 or indexes[0] != 0:
            continue
        walk = walks.get(origin.call.number)
        if walk is not None and (walk.first is not origin.call or walk.place(origin) is None):
            continue  # the list begins on an earlier page
        listed = walk.calls if walk is not None else [origin.call]
        values = [value for call in listed for value in _values(call.answer, origin.place)]
        part = list(islice(_run(calls, at), len(values)))
        if len(values) < 2 or [dict(call.slots()).get(slot) for call in part] != values:
            continue
        slots = tuple(each for each in known if known[each] == known[slot])
        # An answer that a later request was made of needs a step of its own.
        if not any(call.number in links.sources for call in part) and _alike(part, slots):
            return Fold(calls=part, shape=Shape.EACH, slots=slots, source=(origin.call, origin.place))
    return None


def _values(value: Json, place: tuple[str | int, ...]) -> list[Json]:
    """Return the values of all elements at a place where one index stands."""
    values = [value]
    for part in place:
        below: list[Json] = []
        for each in values:
            if isinstance(part, int) and isinstance(each, list):
                below += each
            elif isinstance(part, str) and isinstance(each, dict) and part in each:
                below.append(each[part])
        values = below
    return values


def _alike(calls: Sequence[Call], slots: tuple[Slot, ...]) -> bool:
    """Whether the calls differ in these slots only, in which each has one value."""
    rest = [{slot: value for slot, value in call.slots() if slot not in slots} for call in calls]
    names = [[name for name, _ in call.query] for call in calls]
    own = [{value for slot, value in call.slots() if slot in slots} for call in calls]
    bodies = [repr(_without(call.body)) for call in calls]
    return (
        all(each == rest[0] for each in rest)
        and all(each == names[0] for each in names)
        and all(len(each) == 1 for each in own)
        and all(each == bodies[0] for each in bodies)
        and len({call.status for call in calls}) == 1
    )


def _without(value: Json) -> Json:
    """Return a JSON value without its texts: the rest must be alike too."""
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner) for inner in value]
    return None if isinstance(value, str) else value
