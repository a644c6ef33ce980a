"""Probes in words and cells, for every format of a report: what was answered, by operation and kind."""

from __future__ import annotations

from collections.abc import Iterator

from harness.probes import KINDS
from harness.probing import Answered, Left, Probing
from harness.result import Lack
from harness.rules import Check

TITLES = {Check.AUTH: "Tokens by operation", Check.ERRORS: "Mistakes by operation"}
"""The titles of the two tables."""

EXPLAINED = (
    "A cell has the status of both versions, or those of v1beta1 → v1. `let pass`: the mistake was accepted. "
    "`not reached`: something else was refused first, so that nothing is proved of the mistake. "
    "`-`: nobody asked for it, or the contracts give no such request. `not exercised`: see the list below."
)
LEFT = "Probes that were not exercised"
"""The title of the list of what was not made."""


def tables(probing: Probing) -> Iterator[tuple[Check, str]]:
    """Yield the checks that have a table, with its title."""
    yield from ((check, title) for check, title in TITLES.items() if probing.kinds(check))


def columns(probing: Probing, check: Check) -> list[str]:
    """Return the titles of the cells that :func:`rows` gives."""
    return ["Operation", *probing.kinds(check)]


def rows(probing: Probing, check: Check) -> Iterator[list[str]]:
    """Yield the cells of each operation."""
    answered = {(each.operation, each.probe): each for each in probing.answered}
    left = {(name, each.probe): each for each in probing.left for name in each.operations}
    for operation in probing.operations(check):
        names = [(operation, kind) for kind in probing.kinds(check)]
        yield [operation, *(_cell(answered.get(name), left.get(name)) for name in names)]


def _cell(answered: Answered | None, left: Left | None) -> str:
    if answered is None:
        return "-" if left is None or left.lack is Lack.NOT_DERIVABLE else "not exercised"
    told = ((_status(old), _status(new)) for old, new in answered.statuses)
    pairs = (old if old == new else f"{old} → {new}" for old, new in told)
    text = ", ".join(pairs)
    if not answered.reached:
        return f"{text} not reached"
    passed = any(200 <= status < 300 for pair in answered.statuses for status in pair)
    return f"{text} let pass" if passed and answered.check is Check.ERRORS else text


def _status(status: int) -> str:
    return str(status) if status else "no answer"


def unexercised(probing: Probing) -> Iterator[tuple[str, str]]:
    """Yield (probe and operations, why) of what was not made; what somebody can mend comes first."""
    for each in probing.left:
        title = KINDS[each.probe].title if each.probe in KINDS else each.probe
        yield f"{each.probe}, {title}: {', '.join(each.operations)}", f"{each.lack}: {each.reason}"
