"""The lists that a step goes over with ``foreach``, element by element, side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from harness.errors import Problem, ScenarioError
from harness.exchange import Json, Side

_ABSENT: Any = object()


def elements(value: Json, where: str) -> list[Json]:
    """Return the elements of a list.

    Raises:
        ScenarioError: the value is none.
    """
    if isinstance(value, list):
        return value
    what = f"`foreach` goes over {json.dumps(value)[:60]}, which is no list"
    advice = "Capture a list, with a path such as `$.tokens[*].id`."
    raise ScenarioError(Problem(where=where, what=what, advice=advice))


def aligned(lists: Mapping[Side, list[Json]]) -> Iterator[dict[Side, Json]]:
    """Yield what to go over: equal elements of both lists, then each side's own ones in their order.

    Where one side has more of its own than the other, its last elements stand alone.
    """
    keys = {side: [json.dumps(each, sort_keys=True) for each in lists.get(side, [])] for side in Side}
    shared = Counter(keys[Side.BASELINE]) & Counter(keys[Side.CANDIDATE])
    own: dict[Side, list[Json]] = {}
    for side in Side:
        left, own[side] = shared.copy(), []
        for key, element in zip(keys[side], lists.get(side, []), strict=True):
            if not left[key]:
                own[side].append(element)
                continue
            left[key] -= 1
            if side is Side.BASELINE:
                yield dict.fromkeys(Side, element)
    for row in zip_longest(*own.values(), fillvalue=_ABSENT):
        yield {side: each for side, each in zip(own, row, strict=True) if each is not _ABSENT}
