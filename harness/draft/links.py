"""Which answers later requests were made of, and what belongs together because of that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from harness.draft.calls import TOKEN, Call, Slot, texts
from harness.draft.pages import pages_of
from harness.struct import Struct, field
from harness.values import ValueClass, value_class
from harness.variables import variable_for

_IDS = frozenset({ValueClass.CUID, ValueClass.UUID, ValueClass.SECRET})
Place = tuple[str | int, ...]
"""Where something stands in a body: keys and indexes."""
_SHORTEST = 8
"""Characters of a value under a name that ends in ``id`` for which it is taken for one."""

ORGANIZATION = "organizationId"
"""The path parameter that every operation has."""


class Origin(Struct, frozen=True, kw_only=True):
    """Where a value was seen first: the call that answered with it, and the place in its body."""

    call: Call
    place: Place


class Links(Struct):
    """What of each request came out of an earlier answer.

    ``origins`` maps the id of a call's slot to where its value came from; ``sources`` are the numbers of the
    calls that those are.
    """

    organization: str = ""
    origins: dict[tuple[int, Slot], Origin] = field(default_factory=dict)
    sources: set[int] = field(default_factory=set)

    def of(self, call: Call, slot: Slot) -> Origin | None:
        """Return where the value of a slot came from; None where no answer before had it."""
        return self.origins.get((call.number, slot))


def link(calls: Iterable[Call]) -> Links:
    """Find for every id and secret in a request the first answer that had it."""
    links = Links()
    seen: dict[str, Origin] = {}
    told: dict[bytes, list[tuple[Place, str]]] = {}
    for call in calls:
        links.organization = links.organization or call.path.get(ORGANIZATION, "")
        own = {value for _, value in call.slots()}
        for slot, value in call.slots():
            if value != links.organization and value in seen:
                links.origins[call.number, slot] = seen[value]
                links.sources.add(seen[value].call.number)
        for place, value in _ids(call, told):
            if value not in own and _tells_better(call, place, seen.get(value)):
                seen[value] = Origin(call=call, place=place)
    return links


def _tells_better(call: Call, place: Place, known: Origin | None) -> bool:
    """Whether an answer is where an id comes from, rather than one before.

    What lists or makes a resource tells its id better than what only mentions it. A list that was read again
    is what its reader goes on with: a round of work begins there.
    """
    if known is None:
        return True
    is_own, was_own = _is_own(place), _is_own(known.place)
    listed = call.safe and any(isinstance(part, int) for part in place)
    again = listed and call.operation is known.call.operation
    return is_own and (again or not was_own)


def _is_own(place: Place) -> bool:
    """Whether an id is that of what an answer is about, or lists: `createdBy.id` is somebody else's."""
    return place[-1:] == ("id",) and (len(place) == 1 or isinstance(place[-2], int))


def _ids(call: Call, told: dict[bytes, list[tuple[Place, str]]]) -> list[tuple[Place, str]]:
    """Return the ids in an answer; ``told`` are those of others: in a long recording the same comes often."""
    answer, response = call.answer, call.exchange.response
    if answer is None or response is None:
        return []
    found = told.get(response.content)
    if found is None:
        found = [(place, value) for place, value in texts(answer) if _is_id(place, value)]
        told[response.content] = found
    return found


def _is_id(place: Place, value: str) -> bool:
    name = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
    return _looks_like_id(value) or (len(value) >= _SHORTEST and name.lower().endswith("id"))


@lru_cache(maxsize=1 << 16)
def _looks_like_id(value: str) -> bool:
    """Say it by the value alone; the same ones come in many answers."""
    return value_class(value) in _IDS


def flows(calls: Sequence[Call], links: Links) -> list[list[Call]]:
    """Return what belongs together, in the order of the recording.

    Calls belong together where one was made of another's answer, pages of one list, what looks for a
    resource after it was deleted, and calls of one operation that nothing links to others.
    """
    parents = {call.number: call.number for call in calls}

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for first, second in _joins(calls, links):
        parents[root(second)] = root(first)
    found: dict[int, list[Call]] = {}
    for call in calls:
        found.setdefault(root(call.number), []).append(call)
    return list(found.values())


def _joins(calls: Sequence[Call], links: Links) -> Iterator[tuple[int, int]]:
    """Yield the numbers of calls that belong together, two by two."""
    made = [(origin.call.number, number) for (number, _), origin in links.origins.items()]
    made += _looked_for(calls)
    yield from made
    linked = {number for pair in made for number in pair}
    for pages in pages_of(calls):
        numbers = [call.number for call in pages.calls]
        yield from pairwise(numbers)
        if not linked.isdisjoint(numbers):
            linked.update(numbers)
    alone: dict[str, int] = {}
    for call in calls:
        if call.number not in linked:
            yield alone.setdefault(call.operation.id, call.number), call.number


def _looked_for(calls: Iterable[Call]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of a DELETE and of a call that asked for the same thing later."""
    deleted: dict[object, int] = {}
    for call in calls:
        thing = (call.operation.path, tuple(call.path.items()))
        if call.operation.method == "DELETE":
            deleted[thing] = call.number
        elif call.safe and thing in deleted:
            yield deleted[thing], call.number


def name_for(call: Call, slot: Slot) -> str:
    """Return what to call the variable of a slot: by the parameter or the key that it fills."""
    if slot == TOKEN:
        return "token"
    key = call.query[int(slot[1])][0] if slot[0] == "query" else _last_name(slot)
    if key == "id":
        key = f"{family(call)[:-1]}Id"
    return re.sub(r"\W", "_", variable_for(key)) or "value"


def _last_name(slot: Slot) -> str:
    return next(str(part) for part in reversed(slot) if isinstance(part, str))


def family(call: Call) -> str:
    """Return the kind of resource that a call is about: the last word of its path that is no verb."""
    words = [part for part in call.operation.path.strip("/").split("/") if not part.startswith("{")]
    return words[1] if len(words) > 1 else words[0]
