"""How a run is judged and told, wherever it is shown: by the same settings, so that all say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.history import History
    from harness.readiness import Assessment
    from harness.report.ticket import TicketPart
    from harness.result import RunResult
    from harness.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A run, what it shows, and what earlier runs say of it; None where none were asked."""

    run: RunResult
    assessment: Assessment
    history: History | None


def judged(run: RunResult, settings: Settings, *, keep: bool = False, compare: bool = True) -> Judged:
    """Judge a run as the project's settings say.

    ``keep`` puts it into the history for the next; without ``compare`` no earlier run is asked.

    Raises:
        UsageError: the project's contracts cannot be read.
    """
    from harness.contract import load_contracts
    from harness.history import recall, remember
    from harness.readiness import assess

    assessment = assess(
        run,
        contracts=load_contracts(settings.contracts),
        severities=settings.severity,
        accept=settings.accept,
    )
    tell = remember if keep else recall
    history = None
    if settings.history and compare:
        history = tell(run, assessment.readiness, settings.state, assessment.behaviour)
    return Judged(run=run, assessment=assessment, history=history)


def ticket_part(whole: Judged, settings: Settings, ticket: str | None) -> TicketPart:
    """Return what belongs to a ticket, or the whole run as what belongs to none.

    Why earlier runs of this machine could not be read is nobody's matter on a ticket.

    Raises:
        UsageError: nothing belongs to it.
    """
    from harness.report.ticket import TicketPart, part_of

    if ticket is None:
        return TicketPart(
            ticket="", run=whole.run, assessment=whole.assessment, note="", history=whole.history
        )
    history = whole.history if whole.history and not whole.history.trouble else None
    return part_of(whole.run, ticket, settings, history=history)
