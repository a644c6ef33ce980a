"""Which scenarios must not run at the same time: one changes what the other reads.

The two sides of a step are called at nearly the same time. What somebody else makes in between would be in
one answer only, and look like a difference of the versions. So a scenario that changes something has it for
itself, by the collections that the paths of its calls name: whoever creates teams does not meet whoever
lists them, and meets whoever reads clusters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from harness.contract import Contract
from harness.exchange import Side
from harness.options import SAFE_METHODS
from harness.scenario import Scenario, Step
from harness.struct import Struct

_ALL: Final = "organizations"
"""The collection that nearly every path begins with: it says something only where there is no other."""


class Touches(Struct, frozen=True):
    """The collections that a scenario reads or changes, and those that it changes."""

    read: frozenset[str]
    changed: frozenset[str]

    def disturbs(self, other: Touches) -> bool:
        """Whether one of the two changes what the other touches."""
        return not self.changed.isdisjoint(other.read) or not other.changed.isdisjoint(self.read)


def touches(scenario: Scenario, contracts: Sequence[Contract]) -> Touches:
    """Return what a scenario touches, its cleanup included, whichever side it is on."""
    read: set[str] = set()
    changed: set[str] = set()
    for step in (*scenario.steps, *scenario.cleanup):
        for method, path in _calls(step, contracts):
            named = [part for part in path.split("/") if part and part[0] not in "{$"]
            read.update(named)
            if method not in SAFE_METHODS:
                changed.update([part for part in named if part != _ALL] or named)
    if _ALL in changed:
        # Everything belongs to the organization.
        changed |= read
    return Touches(read=frozenset(read), changed=frozenset(changed))


def _calls(step: Step, contracts: Sequence[Contract]) -> Iterator[tuple[str, str]]:
    """Yield method and path of a step's calls; a path of the author's own may name ids as well."""
    found = [contract.operation(step.operation or "") for contract in contracts]
    for side in Side:
        spec = step.request_for(side)
        for operation in found:
            if operation is not None:
                yield spec.method or operation.method, operation.path
        if isinstance(spec.path, str):
            yield spec.method or "GET", spec.path
