"""Walks over the pages of a list, and what two of them differ in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.bodies import Context
from harness.difference import Difference, Kind
from harness.exchange import Exchange, FailureKind, Json, Pair, Request, Side
from harness.paging import Page, Pages, Walks, compare_pages, elements_of, walk_pages
from harness.result import Walked
from harness.struct import replace
from harness.values import Correspondence
from tests.builders import ABSENT, error, exchange, failed, request

ITEMS = "$.things"
FIRST = request(query="limit=2")
LIST, EACH = "$.pages[*].things", "$.pages[*].things[*]"


def thing(number: int, **changes: Json) -> dict[str, Json]:
    """Build an element; equal numbers are the same one."""
    return {"id": f"t{number}", "name": "same", **changes}


@dataclass
class Service:
    """A server of pages of any sizes; ``answers`` by call number takes the place of a page."""

    pages: list[list[Json]]
    total: Any = ABSENT
    totals: dict[int, Json] = field(default_factory=dict)
    answers: dict[int, Exchange] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def send(self, sent: Request) -> Exchange:
        """Answer with the page that begins at the offset; past the end, with an empty one."""
        offset = int(parse_qs(urlsplit(sent.url).query).get("offset", ["0"])[0])
        self.asked.append(offset)
        call = len(self.asked) - 1
        if call in self.answers:
            return replace(self.answers[call], request=sent)
        begin, page = 0, []
        for each in self.pages:
            if begin == offset:
                page = each
                break
            begin += len(each)
        body: dict[str, Json] = {"things": page}
        total = self.totals.get(call, self.total)
        if total is not ABSENT:
            body["totalCount"] = total
        return exchange(body, sent=sent)

    def walk(self, most: int = 50, sent: Request = FIRST, go_on: Callable[[], bool] = lambda: True) -> Pages:
        """Walk all of its pages."""
        first = self.send(sent)
        return walk_pages(first, sent, ITEMS, most=most, send=self.send, go_on=go_on)


def served(*pages: list[Json], total: Any = ABSENT, **rest: Any) -> Pages:
    """Walk a service with these pages."""
    return Service([*pages], total=total, **rest).walk()


def differences(old: Pages, new: Pages, sent: Request = FIRST, **rest: Any) -> dict[Kind, Difference]:
    """Compare two walks; there is at most one difference of a kind."""
    found = compare_pages(old, new, ITEMS, sent, **rest)
    assert len({fact.kind for fact in found}) == len(found)
    return {fact.kind: fact for fact in found}


# One walk.


def test_pages_are_asked_for_by_what_came() -> None:
    """The next offset is the number of elements so far, and the end is a page without any."""
    service = Service([[1, 2], [3], [4, 5]], total=5)
    walk = service.walk()

    assert service.asked == [0, 2, 3, 5]
    assert (walk.elements, walk.total, walk.end, walk.open) == ([1, 2, 3, 4, 5], 5, "an empty list", "")


def test_a_walk_begins_where_the_request_does() -> None:
    """An offset of the step is where its list begins; the other parameters stay as they are."""
    sent: list[str] = []

    def send(asked: Request) -> Exchange:
        sent.append(asked.url)
        return exchange({"things": []}, sent=asked)

    first = request(query="sorts=name%3Aasc&offset=40&limit=2&empty=")
    walk = walk_pages(exchange({"things": [1, 2]}, sent=first), first, ITEMS, most=9, send=send)

    assert sent == ["https://api.example.com/v1/things?sorts=name%3Aasc&limit=2&empty=&offset=42"]
    assert walk.offset == 40


@pytest.mark.parametrize(
    ("total", "query", "sizes", "end"),
    [
        (4, "limit=2", (2, 2), "the stated total"),
        (4, "limit=5", (2, 2), "the stated total"),
        (ABSENT, "limit=2", (2, 1), "a page shorter than `limit`"),
        (ABSENT, "", (2, 1), "an empty list"),
        (5, "limit=2", (2, 2), "an empty list"),
    ],
)
def test_a_walk_may_end_where_most_clients_do(
    total: Any, query: str, sizes: tuple[int, ...], end: str
) -> None:
    """With the stated total, else a page that is not full; what tells neither goes on to an empty page."""
    pages = [
        exchange({"things": [*range(10 * at, 10 * at + size)], **stated(total)})
        for at, size in enumerate(sizes)
    ]
    rest = iter([*pages[1:], exchange({"things": [], **stated(total)})])
    walk = walk_pages(pages[0], request(query=query), ITEMS, most=9, beyond=False, send=lambda _: next(rest))

    assert (walk.end, len(walk.pages)) == (end, len(sizes))
    assert (next(rest, None) is None) is (end == "an empty list")


def stated(total: Any) -> dict[str, Json]:
    """Return what a page says of the total."""
    return {} if total is ABSENT else {"totalCount": total}


@pytest.mark.parametrize("total", [ABSENT, 0, 4, None, "many", True])
def test_a_total_that_is_no_number_is_none(total: Any) -> None:
    """Without a total a walk still ends at the first page without elements."""
    walk = served([1, 2], [3, 4], total=total)

    assert walk.total == (total if isinstance(total, int) and total is not True else None)
    assert walk.end == "an empty list"


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (exchange({"things": []}), "an empty list"),
        (exchange({}), "no list"),
        (exchange({"things": None}), "no list"),
        (exchange({"things": {"a": 1}}), "no list"),
        (exchange(content=b"<html>"), "no list"),
        (exchange(status=204), "no list"),
        (exchange(error(400), 400), "status 400"),
        (exchange(error(404), 404), "status 404"),
        (exchange(error(500), 500), "status 500"),
        (exchange({"things": [1, 2]}), "elements that the pages before it have"),
    ],
)
def test_each_end_has_words(answer: Exchange, end: str) -> None:
    """How a service tells the end is a fact, and no walk goes on behind it."""
    service = Service([[1, 2]], answers={1: answer})
    walk = service.walk()

    assert (walk.end, walk.open, walk.elements) == (end, "", [1, 2])
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (exchange(error(429), 429), "the page at offset 2 was answered with 429"),
        (exchange(status=503), "the page at offset 2 was answered with 503"),
        (
            failed(FailureKind.TIMEOUT, "no answer within 30 s"),
            "the page at offset 2 has no answer (no answer within 30 s)",
        ),
    ],
)
def test_a_page_that_nobody_answered_leaves_the_walk_open(answer: Exchange, why: str) -> None:
    """A rate limit, a gateway or a failure in the middle proves nothing about the rest."""
    walk = served([1, 2], [3, 4], answers={1: answer})

    assert (walk.end, walk.open) == ("", why)


def test_a_list_without_end_is_given_up() -> None:
    """A service that always has one more page is asked so often and no more; the message says what to do."""
    calls: list[str] = []

    def send(asked: Request) -> Exchange:
        calls.append(asked.url)
        return exchange({"things": [len(calls) * 2, len(calls) * 2 + 1]}, sent=asked)

    walk = walk_pages(exchange({"things": [0, 1]}), FIRST, ITEMS, most=7, send=send)

    assert len(calls) == 7
    assert walk.open == "after 7 pages there are still more; raise `pages` of `walk`, or ask for larger ones"
    assert len(walk.pages) == 7


def test_as_many_pages_as_allowed_are_a_whole_walk() -> None:
    """The limit is on pages with elements; the empty one behind them does not count."""
    assert Service([[1], [2], [3]]).walk(most=3).end == "an empty list"
    assert Service([[1], [2], [3], [4]]).walk(most=3).open != ""


def test_a_service_without_offset_is_found_out() -> None:
    """One that shows the same page whatever is asked for is not asked for ever."""
    same = exchange({"things": [1, 2], "totalCount": 5})
    service = Service([[1, 2]], total=5, answers=dict.fromkeys(range(1, 60), same))
    walk = service.walk()

    assert walk.end == "elements that the pages before it have"
    assert service.asked == [0, 2, 4, 6]


def test_a_page_of_repetitions_in_the_middle_is_no_end() -> None:
    """While the stated total is not reached, a page without anything new is one page of several."""
    walk = served([1], [1], [2], total=3)

    assert (walk.elements, walk.end) == ([1, 1, 2], "an empty list")


def test_an_interrupt_ends_a_walk() -> None:
    """No further page is asked for once the run was interrupted."""
    service = Service([[1], [2], [3]])
    left = iter([True, False])
    walk = service.walk(go_on=lambda: next(left))

    assert (walk.open, service.asked) == ("the walk was interrupted", [0, 1])


@pytest.mark.parametrize("status", [301, 400, 500])
def test_only_an_answer_with_a_list_has_elements(status: int) -> None:
    """Errors and failures have none, also where their form would fit."""
    assert elements_of(exchange({"things": [1]}, status), ITEMS) is None
    assert elements_of(failed(), ITEMS) is None
    assert elements_of(exchange({"things": [1]}), ITEMS) == [1]


# Two walks.

numbers = st.lists(st.integers(0, 30), unique=True, min_size=1, max_size=14)


@st.composite
def splits(draw: st.DrawFn, elements: list[Json]) -> list[list[Json]]:
    """Split a list into pages that are not empty."""
    cuts = sorted(draw(st.sets(st.integers(1, max(len(elements) - 1, 1)), max_size=6)))
    bounds = [0, *(cut for cut in cuts if cut < len(elements)), len(elements)]
    return [elements[first:last] for first, last in pairwise(bounds)]


@given(st.data(), numbers)
def test_any_split_of_one_list_is_a_match(data: st.DataObject, found: list[int]) -> None:
    """However each side cuts the same list into pages, nothing differs but how large the first page is."""
    elements: list[Json] = [thing(number) for number in found]
    old, new = (served(*data.draw(splits(elements)), total=len(elements)) for _ in Side)

    assert set(differences(old, new)) <= {Kind.PAGE_SIZE}
    assert differences(old, old) == {}


@given(st.data(), numbers, st.sampled_from(Side))
def test_a_dropped_element_is_found(data: st.DataObject, found: list[int], where: Side) -> None:
    """An element that is on no page of one side is named, whichever page it was dropped from."""
    assume(len(found) > 1)
    elements: list[Json] = [thing(number) for number in found]
    lost = data.draw(st.integers(0, len(elements) - 1))
    left = elements[:lost] + elements[lost + 1 :]
    whole = served(*data.draw(splits(elements)), total=len(elements))
    less = served(*data.draw(splits(left)), total=len(elements))
    old, new = (whole, less) if where is Side.CANDIDATE else (less, whole)
    facts = differences(old, new)

    assert set(facts) - {Kind.PAGE_SIZE} == {Kind.WALK, Kind.TOTAL}
    named = facts[Kind.WALK].baseline if where is Side.CANDIDATE else facts[Kind.WALK].candidate
    assert named == [f"t{found[lost]}"]
    assert (facts[Kind.WALK].seen, facts[Kind.WALK].samples) == (1, len(elements))
    assert facts[Kind.TOTAL].side is where


@given(st.data(), numbers, st.sampled_from(Side))
def test_a_repeated_element_is_found(data: st.DataObject, found: list[int], where: Side) -> None:
    """An element that stands twice on one side's pages is named, wherever the second one is."""
    elements: list[Json] = [thing(number) for number in found]
    again = data.draw(st.integers(0, len(elements) - 1))
    at = data.draw(st.integers(again + 1, len(elements)))
    more = [*elements[:at], elements[again], *elements[at:]]
    once = served(*data.draw(splits(elements)), total=len(elements))
    # The total counts what is there; a page with nothing new is then no end.
    twice = served(*data.draw(splits(more)), total=len(more))
    old, new = (once, twice) if where is Side.CANDIDATE else (twice, once)
    facts = differences(old, new)

    assert set(facts) - {Kind.PAGE_SIZE} == {Kind.OVERLAP, Kind.TOTAL}
    assert facts[Kind.OVERLAP].side is where
    assert [f"t{found[again]}"] in (facts[Kind.OVERLAP].baseline, facts[Kind.OVERLAP].candidate)


@given(st.data(), numbers)
def test_another_order_is_found(data: st.DataObject, found: list[int]) -> None:
    """Elements that stand in another order, also from one page to another, are an order and nothing else."""
    shuffled = data.draw(st.permutations(found))
    assume(shuffled != found)
    old, new = (
        served(*data.draw(splits([thing(number) for number in each])), total=len(found))
        for each in (found, shuffled)
    )

    assert set(differences(old, new)) - {Kind.PAGE_SIZE} == {Kind.ORDER}


@given(st.data(), numbers)
def test_what_is_symmetric_stays_so(data: st.DataObject, found: list[int]) -> None:
    """Exchanging the sides exchanges the values and the side, and nothing else."""
    elements: list[Json] = [thing(number) for number in found]
    kept = data.draw(st.lists(st.sampled_from(elements), min_size=1, max_size=16))
    one, two = served(*data.draw(splits(elements))), served(*data.draw(splits(kept)))
    there, back = differences(one, two), differences(two, one)

    assert there.keys() == back.keys()
    for kind in there.keys() - {Kind.ORDER}:
        assert (there[kind].baseline, there[kind].candidate) == (back[kind].candidate, back[kind].baseline)


def test_elements_without_an_id_are_told_by_their_value() -> None:
    """Scalars and objects without an id are the same where all of them is."""
    assert differences(served([1, 2], [3]), served([1, 2], [3])) == {}
    assert differences(served(["a"], [{"n": 1}]), served(["a"], [{"n": 2}]))[Kind.WALK].baseline == [{"n": 1}]


def test_elements_without_an_id_may_be_deep() -> None:
    """What identifies an element without an id is never too deep to be written; lists in it have no order."""
    deep: Json = ["a", "b"]
    turned: Json = ["b", "a"]
    for _ in range(90):
        deep, turned = {"in": deep}, {"in": turned}
    far: Json = "end"
    for _ in range(2000):
        far = [far]
    old, new = (
        Pages(pages=(Page(elements=(first, far), total=2),), offset=0, end="an empty list")
        for first in (deep, turned)
    )

    assert Kind.WALK not in differences(old, new)


def test_elements_that_each_side_made_correspond() -> None:
    """The id that one side gave to its own resource stands for that of the other."""
    context = Context(correspondence=Correspondence([("t1", "u1")]))
    old, new = served([thing(1)], [thing(2)]), served([thing(1, id="u1")], [thing(2)])

    assert Kind.WALK in differences(old, new)
    assert differences(old, new, context=context) == {}


def test_a_wrong_total_is_a_fact_of_its_side() -> None:
    """What a side states is held against what it shows; both sides may be wrong."""
    right, wrong = served([1, 2], [3], total=3), served([1, 2], [3], total=4)
    stated: Json = {"stated": 4, "counted": 3}

    assert differences(right, wrong)[Kind.TOTAL].side is Side.CANDIDATE
    assert differences(right, wrong)[Kind.TOTAL].candidate == stated
    assert differences(wrong, right)[Kind.TOTAL].side is Side.BASELINE
    assert differences(wrong, wrong)[Kind.TOTAL].side is None
    assert differences(served([1]), served([1])) == {}


def test_a_total_counts_from_the_first_element() -> None:
    """A walk that begins in the middle of a list does not take its total for wrong."""
    sent = request(query="offset=2")
    walk = Service([[1, 2], [3], [4]], total=4).walk(sent=sent)

    assert walk.elements == [3, 4]
    assert differences(walk, walk, sent) == {}


@pytest.mark.parametrize(("query", "words"), [("", "no `limit` was sent"), ("limit=3", "`limit=3` was sent")])
def test_page_sizes_are_compared_where_more_follows(query: str, words: str) -> None:
    """A short page is only short where the side has more to show."""
    sent = request(query=query)
    large, small = served([1, 2, 3], [4]), served([1, 2], [3, 4])
    fact = differences(large, small, sent)[Kind.PAGE_SIZE]

    assert (fact.baseline, fact.candidate, fact.detail) == (3, 2, words)
    assert Kind.PAGE_SIZE in differences(small, large, sent)
    assert Kind.PAGE_SIZE not in differences(large, served([1, 2]), sent)


def test_ends_are_compared() -> None:
    """One side ends with an empty list, the other refuses the page past the end."""
    refusing = served([1], answers={1: exchange(error(400), 400)})
    fact = differences(served([1]), refusing)[Kind.PAGE_END]

    assert (fact.path, fact.baseline, fact.candidate) == (LIST, "an empty list", "status 400")
    assert fact.detail == ""


def test_a_page_that_fails_in_the_middle_loses_the_rest() -> None:
    """A refusal where the other side has a page is an end too early: elements are missing."""
    refusing = served([1], answers={1: exchange(error(500), 500)}, total=3)
    facts = differences(served([1], [2], [3], total=3), refusing)

    assert facts[Kind.WALK].baseline == [2, 3]
    assert facts[Kind.PAGE_END].candidate == "status 500"
    assert facts[Kind.PAGE_END].detail == "the page at offset 1 was answered with status 500"
    assert Kind.TOTAL not in facts


def test_a_refusal_in_the_middle_is_no_refusal_past_the_end() -> None:
    """Where v1beta1 answers the page past the end so, v1 may not answer one before it alike."""
    past = served([1], [2], total=2, answers={2: exchange(error(400), 400)})
    early = served([1], total=2, answers={1: exchange(error(400), 400)})
    fact = differences(past, early)[Kind.PAGE_END]

    assert (fact.baseline, fact.candidate) == ("status 400", "status 400")
    assert fact.detail == "the page at offset 1 was answered with status 400"


def test_a_page_that_v1beta1_refuses_too_early_proves_nothing() -> None:
    """What v1beta1 does not show is not new in v1; where both refuse the same page, they are alike."""
    refusing = served([1], answers={1: exchange(error(500), 500)}, total=3)
    facts = differences(refusing, served([1], [2], [3], total=3))

    assert list(facts) == [Kind.UNWALKED]
    assert facts[Kind.UNWALKED].detail == "the page at offset 1 was answered with status 500"
    assert facts[Kind.UNWALKED].side is Side.BASELINE
    assert list(differences(refusing, refusing)) == [Kind.TOTAL]


def test_an_open_walk_says_only_that_it_is_open() -> None:
    """Nothing is concluded from pages of which some are missing."""
    throttled = served([1], [2], answers={1: exchange(error(429), 429)})
    facts = differences(served([9], [8]), throttled)

    assert list(facts) == [Kind.UNWALKED]
    assert (facts[Kind.UNWALKED].side, facts[Kind.UNWALKED].path) == (Side.CANDIDATE, LIST)
    assert [fact.side for fact in compare_pages(throttled, throttled, ITEMS, FIRST)] == [*Side]


def test_a_list_that_shrinks_meanwhile_proves_nothing() -> None:
    """Offsets shift when an element goes while the pages are read: what differs then is nobody's doing."""
    still = served([1, 2], [3, 4], total=4)
    shrinking = Service([[1, 2], [4]], totals={0: 4, 1: 3, 2: 3}).walk()
    facts = differences(still, shrinking)

    assert list(facts) == [Kind.UNWALKED]
    assert facts[Kind.UNWALKED].detail == "the total that the pages state went from 4 to 3"


def test_a_list_that_changes_without_a_trace_matches() -> None:
    """Where both sides show the same in spite of it, nothing is made of a total that moved."""
    growing = Service([[1, 2], [3]], totals={0: 2, 1: 3, 2: 3}).walk()

    assert differences(growing, growing) == {}


def test_what_only_later_pages_show_is_compared_too() -> None:
    """A difference in an element of the second page is one in the body, unless the first page told it."""
    old = served([thing(1)], [thing(2, x="a"), thing(3)])
    new = served([thing(1)], [thing(2, x="b"), thing(3)])
    (fact,) = compare_pages(old, new, ITEMS, FIRST)

    assert (fact.kind, fact.path) == (Kind.VALUE, "$.body.things[*].x")
    assert compare_pages(old, new, ITEMS, FIRST, known=[fact]) == ()


def test_many_missing_elements_are_counted_and_some_named() -> None:
    """A difference stays small, however many elements are missing."""
    fact = differences(served([*range(1, 40)]), served([0]))[Kind.WALK]

    assert (len(list(_listed(fact.baseline))), fact.seen, fact.samples) == (5, 40, 40)


def _listed(value: Json) -> Iterator[Json]:
    assert isinstance(value, list)
    yield from value


# The walks of a step.


def walks(old: Pages, new: Pages) -> Walks:
    """Build the walks of a step."""
    pages = dict(zip(Side, (old, new), strict=True))
    return Walks(items=dict.fromkeys(Side, ITEMS), lacks=(), pages=pages)


def test_reports_see_sizes_totals_and_ends() -> None:
    """The pages themselves are in the cassette; results keep how many elements each had."""
    assert walks(served([1, 2], [3], total=3), Pages(pages=(), offset=0, open="why")).walked == (
        Walked(side=Side.BASELINE, elements=(2, 1), total=3, end="an empty list"),
        Walked(side=Side.CANDIDATE, elements=(), total=None, end="why"),
    )


def test_walks_are_compared_by_the_first_pages_request() -> None:
    """The request of the pair says which page size was asked for."""
    sent = request(query="limit=3")
    pair = Pair(baseline=exchange({"things": [1]}, sent=sent), candidate=exchange({"things": [1]}, sent=sent))
    (fact,) = walks(served([1, 2, 3], [4]), served([1, 2], [3, 4])).differences(pair, Context(), ())

    assert fact.detail == "`limit=3` was sent"


@pytest.mark.parametrize(
    ("lacks", "found"),
    [
        ([Side.BASELINE], [(Kind.EXPECTATION, "$.body", Side.BASELINE)]),
        ([*Side], [(Kind.EXPECTATION, "$.body", Side.BASELINE)]),
        ([Side.CANDIDATE], [(Kind.UNWALKED, LIST, Side.CANDIDATE)]),
    ],
)
def test_a_first_page_without_the_list_is_said(lacks: list[Side], found: list[Any]) -> None:
    """In v1beta1 it is a mistake of the scenario; in v1 the first page's finding says what happened."""
    nothing = Walks(items=dict.fromkeys(Side, ITEMS), lacks=lacks, pages={})
    pair = Pair(baseline=exchange({}), candidate=exchange({}))
    facts = nothing.differences(pair, Context(), ())

    assert [(fact.kind, fact.path, fact.side) for fact in facts] == found
    assert facts[0].detail == "there is no list at $.things to walk"
    assert nothing.walked == ()


def test_a_refused_first_page_says_it_all() -> None:
    """Where a side refused the call there is nothing to add about pages."""
    nothing = Walks(items=dict.fromkeys(Side, ITEMS), lacks=[Side.CANDIDATE], pages={})
    pair = Pair(baseline=exchange({"things": [1]}), candidate=exchange(error(404), 404))

    assert nothing.differences(pair, Context(), ()) == ()


def test_a_page_keeps_what_it_states() -> None:
    """A page is its elements and its total."""
    assert served([1], total=1).pages == (Page(elements=(1,), total=1),)
