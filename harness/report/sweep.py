"""``harness sweep``: what was deleted, and what is still there, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from harness.leftovers import Fate, Sweep, Swept
from harness.report.words import SIDES, count
from harness.report.workflow_commands import printed

_FATES = {
    Fate.DELETED: "deleted",
    Fate.GONE: "gone already",
    Fate.ABSENT: "never made",
    Fate.PLANNED: "to settle",
    Fate.PENDING: "not known yet",
    Fate.FORGOTTEN: "forgotten",
    Fate.LEFT: "left",
}


def sweep_text(sweep: Sweep) -> str:
    """Write a line for each thing that was left behind, what to do by hand, and how many came to what."""
    return printed(_lines(sweep))


def _lines(sweep: Sweep) -> Iterator[str]:
    for each in sweep.swept:
        yield from _entry(each, sweep.environment)
    for problem in (*sweep.damaged, *sweep.nameless):
        yield str(problem)
    for account in sweep.alive:
        yield f"Run {account.run} still runs, as process {account.process}: its ledger is left alone."
    for name, number in sweep.elsewhere.items():
        things = count(number, "thing")
        yield f"In `{name}`, {things} may be left; see `harness sweep --environment {name}`."
    found = {fate: sum(each.fate is fate for each in sweep.swept) for fate in _FATES}
    said = [f"{number} {_FATES[fate]}" for fate, number in found.items() if number]
    if sweep.damaged:
        said.append(count(len(sweep.damaged), "damaged line"))
    if sweep.nameless:
        said.append(f"{count(len(sweep.nameless), 'ledger')} without an environment")
    yield f"{sweep.environment}: {', '.join(said) or 'nothing is left of runs that have ended'}."


def _entry(each: Swept, environment: str) -> Iterator[str]:
    entry = each.entry
    labels = "".join(f', {name} "{text}"' for name, text in entry.labels.items())
    place = each.url or f"something in {entry.collection}"
    state = _FATES[each.fate]
    if each.fate is Fate.PLANNED:
        state = "to delete" if each.url else "to look for"
    yield f"{state}: {SIDES[entry.side]} {place}{labels} ({entry.scenario}, run {each.run})"
    if each.why:
        yield f"  {each.why}"
    if each.fate is Fate.LEFT:
        look = "Delete it by hand" if each.url else "Look for it yourself and delete it"
        yield f"  {look}, or run this again; `--forget {environment}` drops it from the ledger."
