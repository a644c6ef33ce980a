"""The scenarios of one process that run at the same time, while pytest reports one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from harness.disturbance import Touches, touches
from harness.plugin.ahead import Ahead
from harness.plugin.items import ScenarioItem, Told
from harness.runner import Runner

_MAYBE = ("skip", "skipif", "xfail")
"""Markers by which pytest may decide not to run an item at all."""


class Crowd:
    """Knows which items may run before pytest asks for them, and which must not meet."""

    def __init__(
        self, run: Callable[[ScenarioItem], Told], runner: Runner, threads: int, most_failures: int
    ) -> None:
        """Take what runs an item, and how many failures end the run (0: none do)."""
        self._contracts = (runner.judge.baseline, runner.judge.candidate)
        self._touches: dict[str, Touches] = {}
        # Most scenarios touch what others do: what is equal is kept once.
        self._shared: dict[Touches, Touches] = {}
        self._most_failures = most_failures
        self._failures = 0
        self._planned: set[ScenarioItem] = set()
        self._ahead = Ahead(
            run, threads=threads, disturbs=self._disturb, last=self._last, interrupt=runner.interrupt
        )

    def result(self, item: ScenarioItem, following: Sequence[pytest.Item | None]) -> Told:
        """Return what came of an item; ``following`` begins with it or has it within, and all that follow."""
        if item not in self._planned:
            block = list(_block(following, item))
            self._planned.update(block)
            self._ahead.plan(block)
        return self._ahead.result(item)

    def stop(self, *, interrupt: bool) -> None:
        """Begin nothing more, and wait for what runs; ``interrupt`` lets it end early, and clean up."""
        self._ahead.stop(interrupt=interrupt)

    def _last(self, told: Told) -> bool:
        self._failures += told.failed
        return 0 < self._most_failures <= self._failures

    def _disturb(self, one: ScenarioItem, other: ScenarioItem) -> bool:
        return self._touched(one).disturbs(self._touched(other))

    def _touched(self, item: ScenarioItem) -> Touches:
        id_ = item.scenario.id
        if id_ not in self._touches:
            found = touches(item.scenario, self._contracts)
            self._touches[id_] = self._shared.setdefault(found, found)
        return self._touches[id_]


def _block(items: Sequence[pytest.Item | None], first: ScenarioItem) -> Iterator[ScenarioItem]:
    """Yield the scenarios from an item on that may run ahead, up to the first test of another kind."""
    for item in items[items.index(first) :]:
        if not isinstance(item, ScenarioItem):
            return
        if item is first or not any(item.get_closest_marker(name) for name in _MAYBE):
            yield item
