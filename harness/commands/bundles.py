"""The bundles of ``harness report --ticket`` and ``--by ticket``: what goes on a ticket, in a directory."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harness.commands.files import known_secrets, write_bytes
from harness.commands.judged import Judged, ticket_part
from harness.commands.outgoing import refuse_secrets
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.report.ticket import TicketPart
    from harness.settings import Settings


def write_bundles(whole: Judged, settings: Settings, arguments: argparse.Namespace, out: TextIO) -> int:
    """Write the bundle of one ticket, or one for each of them; say what was written where.

    All are made and looked through for secrets before the first is written.

    Raises:
        UsageError: nothing belongs to the ticket, no scenario has one, a secret would be written, or a file
            cannot be.
    """
    from harness.report.bundle import bundle_of
    from harness.report.ticket import tickets_of
    from harness.report.words import visible

    tickets = tickets_of(whole.run) if arguments.by else (arguments.ticket,)
    if not tickets:
        what = "no scenario and no acceptance of this run has a ticket"
        advice = "Write `ticket: PLAT-412` into the YAML of the scenarios that belong to it."
        raise UsageError(Problem(where="--by", what=what, advice=advice))
    secrets = known_secrets(settings, os.environ)
    made: list[tuple[Path, TicketPart, dict[str, bytes]]] = []
    for ticket, name in named(tickets):
        part = ticket_part(whole, settings, ticket)
        bundle = bundle_of(part, arguments.tracker or "github")
        refuse_secrets(part.run, {**bundle.texts, **bundle.archived}, secrets, settings.secrets)
        directory = arguments.output or settings.reports / "tickets"
        alone = arguments.output and not arguments.by
        made.append((directory if alone else directory / name, part, bundle.files()))
    for directory, part, files in made:
        for file, content in files.items():
            write_bytes(directory / file, content)
        out.write(f"{visible(part.ticket)}: {part.assessment.readiness}: {', '.join(files)} in {directory}\n")
    return 0


def named(tickets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each ticket with the name of its directory; no two have the same, in any letter case."""
    from harness.report.exchanges import plain_name

    taken: set[str] = set()
    for ticket in tickets:
        name = wanted = plain_name(ticket)
        number = 2
        while name.lower() in taken:
            name, number = f"{wanted}-{number}", number + 1
        taken.add(name.lower())
        yield ticket, name
