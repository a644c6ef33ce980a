"""All pages of a list, read on both sides of a step at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from harness.difference import json_path
from harness.errors import Problem, ScenarioError
from harness.exchange import Exchange, Request, Side
from harness.inquiry import Filled
from harness.pace import Pace
from harness.paging import Pages, Walks, elements_of, walk_pages
from harness.scenario import Step
from harness.target import Outcome, Target


def walk_both(
    step: Step,
    targets: Mapping[Side, Target],
    filled: Mapping[Side, Filled],
    outcomes: Mapping[Side, Outcome],
    pace: Pace,
) -> Walks:
    """Read the pages that follow the first ones, where both sides answered with a list.

    Raises:
        HarnessError: neither the step nor a contract says which list; or a page cannot be had.
    """
    items = _items(step, targets, filled)
    firsts = {side: outcome.clean for side, outcome in outcomes.items()}
    lacks = {side for side, first in firsts.items() if elements_of(first, items[side]) is None}
    if lacks:
        return Walks(items=items, lacks=lacks, pages={})
    most = step.walk.pages if step.walk else 1

    def walk(side: Side) -> Pages:
        def send(request: Request) -> Exchange:
            return targets[side].send(request, step).clean

        request = filled[side].request
        return walk_pages(firsts[side], request, items[side], most=most, send=send, go_on=pace.goes_on)

    pages = pace.together({side: partial(walk, side) for side in Side})
    return Walks(items=items, lacks=lacks, pages=pages)


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
