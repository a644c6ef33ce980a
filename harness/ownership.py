"""What each side has for itself: ids that correspond, resources that were made, values that may differ."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import unquote_plus

from harness.exchange import Exchange, Json, Side
from harness.inquiry import Filled, is_own, told
from harness.judge import Question
from harness.options import SAFE_METHODS
from harness.rules import Told
from harness.scenario import Step
from harness.struct import replace
from harness.target import Outcome, Target
from harness.values import Correspondence, looks_made

_ID = re.compile(
    r"""(?:\b|_)ids?(?:\[[^\]]*\])?$|Ids?(?:\[[^\]]*\])?$|\[['"](?:[^'"]*(?:_id|Id)|id)['"]\]$"""
)
"""The end of a JSONPath that leads to an id, or to a list of them."""


class Ownership:
    """What the sides of one scenario have for themselves; it grows with every step."""

    def __init__(self, targets: Mapping[Side, Target], captured: Collection[str]) -> None:
        """Take the targets, and the names of everything that the scenario captures."""
        self._targets = targets
        self._captured = frozenset(captured)
        # Captures that differ because each side has a resource of its own, not because v1 answers otherwise.
        self._own: set[str] = set()
        # Variables of ``foreach`` with elements of lists that should have been alike.
        self._strays: set[str] = set()
        # Where in its answer each capture was found.
        self._paths: dict[str, str] = {}
        # What the sides were sent to make something, as far as anybody asked, and the requests after that.
        self._known = Told()
        self._writes: list[Mapping[Side, Filled]] = []
        # Captures of what a step made on both sides, and none has deleted since.
        self._made: set[str] = set()

    def goes_over(self, name: str, lists: Iterable[str]) -> None:
        """Note that a variable has elements of these lists which differ: one's own, or two other things.

        They are two things where both sides were asked for the list by the same request. Several steps may
        use one name.
        """
        if self._own.issuperset(self._captured.intersection(lists)):
            self._own.add(name)
            self._strays.discard(name)
        else:
            self._strays.add(name)

    def correspondence(self) -> Correspondence:
        """Return which values of the two sides are the same thing."""
        return Correspondence(
            (old, new)
            for name, path, old, new in self._pairs()
            if name not in self._captured or self._is_made(path, old, new)
        )

    def _pairs(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield name, JSONPath and the two texts of what the sides have for themselves."""
        shared = self._captured - self._own
        baseline, candidate = (self._targets[side].shown for side in Side)
        for name, old in baseline.items():
            if name not in shared and name in candidate:
                for first, second in _texts(old, candidate[name]):
                    yield name, self._paths.get(name, ""), first, second

    def _is_made(self, path: str, old: str, new: str) -> bool:
        """Whether captured texts tell two resources apart; another role or region is a difference."""
        identifies = _ID.search(path) is not None
        return (identifies or looks_made(old, new)) and old not in self._sent().alike

    def _sent(self) -> Told:
        """Return what the sides were sent to make something; few ask, and so it is looked for late."""
        while self._writes:
            self._known = told(self._known, self._writes.pop())
        return self._known

    def asked(self, filled: Mapping[Side, Filled]) -> bool:
        """Whether each side is asked about a resource of its own, which it made or has by another id."""
        if is_own(filled):
            return True
        query = unquote_plus(filled[Side.CANDIDATE].path.partition("?")[2])
        # A query that the scenario writes otherwise for v1 still asks for the same.
        return Correspondence((old, new) for _, _, old, new in self._pairs()).to_baseline(query) != query

    def told(self, step: Step, filled: Mapping[Side, Filled], question: Question) -> Question:
        """Return a question about own resources with what is known of them.

        That is what the sides were sent when they made them, or that they did not make them: they stand in
        answers that differ, and are two things.
        """
        if not question.own:
            return question
        return replace(question, told=cache(lambda: told(self._sent(), filled, apart=self._is_apart(step))))

    def _is_apart(self, step: Step) -> bool:
        asked = {name for target in self._targets.values() for name in target.needs(step)}
        baseline, candidate = (self._targets[side].shown for side in Side)
        shared = asked & (self._captured - self._own | self._strays)
        return any(baseline.get(name) != candidate.get(name) for name in shared)

    def made(self, step: Step) -> bool:
        """Whether the request names what an earlier step made on both sides."""
        if not self._made:
            return False
        return all(not self._made.isdisjoint(target.needs(step)) for target in self._targets.values())

    def captures(self, step: Step, question: Question) -> None:
        """Note what a step captures of resources that each side has for itself.

        What both sides were asked for by the same request must be the same: v1 may not hide a difference
        in it behind the capture.
        """
        self._paths.update(step.capture)
        if question.own:
            self._own |= set(step.capture)
            return
        paths = {
            name: {str(target.variables.fill(path, step.where)) for target in self._targets.values()}
            for name, path in step.capture.items()
        }
        self._own |= {name for name, filled in paths.items() if len(filled) > 1}

    def remember(self, step: Step, filled: Mapping[Side, Filled], outcomes: Mapping[Side, Outcome]) -> None:
        """Note what a step made on both sides, and what it deleted on one of them."""
        methods = {one.request.method for one in filled.values()}
        if "DELETE" in methods:
            for target in self._targets.values():
                self._made -= target.needs(step)
        elif not methods & SAFE_METHODS and all(_succeeded(outcome.clean) for outcome in outcomes.values()):
            self._made |= step.capture.keys()
            self._writes.append(filled)


def _texts(old: Json, new: Json) -> Iterator[tuple[str, str]]:
    """Yield two texts, or those that stand in the same places of two lists."""
    if isinstance(old, str) and isinstance(new, str):
        yield old, new
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for first, second in zip(old, new, strict=True):
            yield from _texts(first, second)


def _succeeded(exchange: Exchange) -> bool:
    return exchange.response is not None and 200 <= exchange.response.status < 300
