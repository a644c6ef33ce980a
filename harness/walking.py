"""All pages of a list, read on both sides of a step at the same time."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from harness import jsonpath
from harness.difference import json_path
from harness.errors import Problem, ScenarioError
from harness.exchange import Exchange, Request, Side
from harness.inquiry import Filled
from harness.pace import Pace
from harness.paging import Pages, Walks, elements_of, walk_pages
from harness.scenario import Step
from harness.struct import replace
from harness.target import Outcome, Target


def walk_both(
    step: Step,
    targets: Mapping[Side, Target],
    filled: Mapping[Side, Filled],
    outcomes: Mapping[Side, Outcome],
    pace: Pace,
    lists: Collection[str] = (),
) -> Walks:
    """Read the pages that follow the first ones, where both sides answered with a list.

    What the step captures is taken from all pages; ``lists`` are the names of captures that are lists.

    Raises:
        HarnessError: neither the step nor a contract says which list; or a page cannot be had.
    """
    items = _items(step, targets, filled)
    lacks = {side for side, first in outcomes.items() if elements_of(first.clean, items[side]) is None}
    if lacks:
        return Walks(items=items, lacks=lacks, pages={})

    def walk(side: Side) -> Pages:
        pages, whole = walk_side(
            targets[side], step, filled[side].request, outcomes[side], items[side], pace.goes_on
        )
        if len(pages.pages) > 1:
            targets[side].capture(step, whole, lists)
        return pages

    pages = pace.together({side: partial(walk, side) for side in Side})
    return Walks(items=items, lacks=lacks, pages=pages)


def walk_side(
    target: Target,
    step: Step,
    request: Request,
    first: Outcome,
    items: str,
    go_on: Callable[[], bool] = lambda: True,
) -> tuple[Pages, Outcome]:
    """Read the pages of one side; return them, and the first answer with the elements of all of them.

    Raises:
        HarnessError: a page cannot be had.
    """
    outcomes = [first]

    def send(asked: Request) -> Exchange:
        outcomes.append(target.send(asked, step))
        return outcomes[-1].clean

    most, beyond = (step.walk.pages, step.walk.beyond) if step.walk else (1, True)
    pages = walk_pages(first.clean, request, items, most=most, beyond=beyond, send=send, go_on=go_on)
    read = outcomes[: len(pages.pages)]
    if not step.capture or len(read) < 2:
        return pages, first
    raw, clean = ([getattr(each, name) for each in read] for name in ("raw", "clean"))
    return pages, Outcome(raw=_joined(raw, items), clean=_joined(clean, items))


def _joined(answers: Sequence[Exchange], items: str) -> Exchange:
    """Return the first answer with the elements of all."""
    first = answers[0]
    assert first.response is not None  # noqa: S101 - it has elements
    body = copy.deepcopy(first.response.body.data)
    found = next(match.value for match in jsonpath.find(items, body))
    assert isinstance(found, list)  # noqa: S101 - it has elements
    found[:] = [element for answer in answers for element in elements_of(answer, items) or []]
    return replace(first, response=replace(first.response, content=json.dumps(body).encode()))


def _items(step: Step, targets: Mapping[Side, Target], filled: Mapping[Side, Filled]) -> dict[Side, str]:
    """Return the JSONPath of the list on each side; what one contract does not say the other may."""
    if step.walk and step.walk.items:
        return dict.fromkeys(Side, step.walk.items)
    known = {}
    for side, target in targets.items():
        operation = filled[side].operation
        lists = target.contract.lists(operation) if operation else ()
        if len(lists) == 1:
            known[side] = json_path(*lists)
    if not known:
        what = "nothing says which list is walked"
        advice = 'Write where it is, for example `walk: {items: "$.tokens"}`.'
        raise ScenarioError(Problem(where=step.where, what=what, advice=advice))
    return {side: known.get(side) or next(iter(known.values())) for side in Side}
