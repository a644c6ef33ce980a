"""The part of a run that belongs to one ticket.

A scenario belongs to the ticket that it names, and to the tickets of the acceptances that its findings met:
who wrote "agreed in PLAT-413" wants to see in PLAT-413 what was agreed. It belongs there as a whole, with
all of its steps.

Of a scenario that did not finish nobody knows the ticket. So each of them stays in the part of every ticket,
and keeps it from GO.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from harness.behaviour import behaviour_of
from harness.errors import Problem, UsageError
from harness.history import History
from harness.readiness import Assessment, assess
from harness.report.fitting import fitted
from harness.report.markdown import render_markdown
from harness.report.words import count, visible
from harness.result import RunResult, ScenarioResult
from harness.settings import RunAcceptance, Settings
from harness.struct import Struct, replace

LIMITS: Final[Mapping[str, int]] = MappingProxyType({"github": 65_536, "jira": 32_767})
"""Characters of one comment that a tracker takes, by its name."""

ELSEWHERE: Final = "`report.html` and `exchanges.zip` beside this have them"

_MOST_TICKETS: Final = 20


class TicketPart(Struct, frozen=True, kw_only=True):
    """What belongs to a ticket; ``run`` has only its scenarios, and ``note`` says so in a sentence.

    ``history`` is what earlier runs say of the findings that are there, None where none were asked.
    """

    ticket: str
    run: RunResult
    assessment: Assessment
    note: str
    history: History | None = None


def tickets_of(run: RunResult) -> tuple[str, ...]:
    """Return the tickets that scenarios and acceptances of a run name, sorted."""
    return tuple(sorted({ticket for scenario in run.scenarios for ticket in _tickets(scenario)}))


def part_of(
    run: RunResult, ticket: str, settings: Settings | None = None, *, history: History | None = None
) -> TicketPart:
    """Return what belongs to a ticket.

    Args:
        run: The whole run.
        ticket: Whose part is wanted.
        settings: The project's, by whose severities and acceptances the whole run is judged.
        history: What earlier runs say of the whole run.

    Raises:
        UsageError: nothing of the run does; the message lists the tickets that there are.
    """
    scenarios = tuple(each for each in run.scenarios if ticket in _tickets(each))
    if not scenarios:
        what = f"nothing of this run belongs to the ticket {visible(ticket) or '(empty)'}"
        raise UsageError(Problem(where="--ticket", what=what, advice=_advice(run, ticket)))
    absent = run.planned - len(run.scenarios)
    part = replace(run, scenarios=scenarios, planned=len(scenarios) + absent)
    note = (
        f"This is the part of a run that belongs to {ticket}: "
        f"{len(scenarios):,} of {count(run.planned, 'scenario')}."
    )
    if absent:
        note += " What did not finish is counted here too, because nobody knows whose it is."
    assessment = assess(
        part,
        severities=settings.severity if settings else None,
        accept=_needed(run, part, settings) if settings else (),
    )
    # The page shows the reasons first, and has no other place for it.
    shown = replace(assessment, reasons=(note, *assessment.reasons))
    told = _told(history, part, assessment) if history else None
    return TicketPart(ticket=ticket, run=part, assessment=shown, note=note, history=told)


def _needed(run: RunResult, part: RunResult, settings: Settings) -> tuple[RunAcceptance, ...]:
    """Return what is agreed to, without what a part has no need of and the whole run has."""
    if not settings.accept:
        return ()
    lapsed = behaviour_of(part, settings.severity, settings.accept).lapsed
    if lapsed:
        whole = behaviour_of(run, settings.severity, settings.accept).lapsed
        strays = {each.difference.example for each in lapsed} - {each.difference.example for each in whole}
        return tuple(each for each in settings.accept if each.accepted.where not in strays)
    return settings.accept


def _told(history: History, part: RunResult, assessment: Assessment) -> History:
    """Keep what is told of the findings of a part; the trend, and what is gone, are the whole run's."""
    found = {
        finding.fingerprint
        for scenario in part.scenarios
        for step in scenario.steps
        for finding in step.findings
    }
    found |= {finding.fingerprint for finding in assessment.behaviour.findings}
    tracked = tuple(each for each in history.tracked if each.fingerprint in found)
    return replace(history, tracked=tracked, trend=())


def ticket_markdown(part: TicketPart, tracker: str, *, reserved: int = 0, elsewhere: str = ELSEWHERE) -> str:
    """Write the part of a ticket shorter than what its tracker takes in one comment.

    It is counted as the strictest reader would, in units of UTF-16, of which some characters take two.
    ``reserved`` units are left for what the caller adds; ``elsewhere`` says where the rest is.
    """
    limit = LIMITS[tracker] - reserved - 1
    reasons = tuple(each for each in part.assessment.reasons if each != part.note)
    assessment = replace(part.assessment, reasons=reasons)
    return fitted(
        lambda most: render_markdown(
            part.run, assessment, part.history, limit=most, elsewhere=elsewhere, note=part.note
        ),
        limit,
        size=utf16_units,
        least=limit // 2,
    )


def utf16_units(text: str) -> int:
    """Count a text as JavaScript and Java do."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _tickets(scenario: ScenarioResult) -> set[str]:
    agreed = {
        finding.accepted.ticket for step in scenario.steps for finding in step.findings if finding.accepted
    }
    return {each for each in (scenario.ticket, *agreed) if each}


def _advice(run: RunResult, ticket: str) -> str:
    known = [visible(each) for each in tickets_of(run)]
    if not known:
        return "No scenario has a ticket: write `ticket: PLAT-412` into the YAML of those that belong to it."
    near = difflib.get_close_matches(visible(ticket), known, n=1)
    more = len(known) - _MOST_TICKETS
    listed = ", ".join(known[:_MOST_TICKETS]) + (f" and {more} more" if more > 0 else "")
    return f"{f'Did you mean {near[0]}? ' if near else ''}The tickets of this run: {listed}."
