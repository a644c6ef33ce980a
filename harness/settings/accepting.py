"""Reads what a project agrees to of runs as a whole: ``[[tool.harness.accept]]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final

from harness.result import Accepted
from harness.settings.model import RUN_RULES, RunAcceptance
from harness.settings.table import Table, suggestion

_HEAD: Final = re.compile(r"\s*\[\[\s*tool\s*\.\s*harness\s*\.\s*accept\s*\]\]")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def lines_of(text: str) -> list[int]:
    """Return the lines of a settings file on which acceptances begin, where each has a head of its own."""
    return [number for number, line in enumerate(text.splitlines(), 1) if _HEAD.match(line)]


def read_accept(
    table: Table, where: str, lines: list[int], known: Callable[[], set[str]]
) -> Iterator[RunAcceptance]:
    """Yield the acceptances of ``[tool.harness]`` that have no mistake; the others are told.

    ``where`` is the name of the file, ``lines`` those of the acceptances as far as they are known, and
    ``known`` gives the operations of the contracts.
    """
    given = table.elements("accept")
    for number, each in enumerate(given):
        place = f"{where}:{lines[number]}" if len(lines) == len(given) else where
        reader = _Reader(table, each, number, place)
        read = reader.acceptance(known)
        if not reader.failed:
            yield read


class _Reader:
    """Reads one acceptance, and says on which line it has a mistake."""

    def __init__(self, outer: Table, given: Any, number: int, where: str) -> None:
        self.failed = False
        self._outer = outer
        self._where = where
        self._table = Table(given, f"{outer.path('accept')}[{number}]", self._fail)

    def acceptance(self, known: Callable[[], set[str]]) -> RunAcceptance:
        table = self._table
        rule = self._line("rule", RUN_RULES[0], needed=True)
        if rule and rule not in RUN_RULES:
            what = f"`{table.path('rule')}` cannot be `{rule}`"
            advice = "Other findings are accepted in the scenarios that show them."
            self._fail(what, f"{suggestion(rule, RUN_RULES)} {advice}")
        operation = self._line("operation", "ListTeams")
        # What no contract has is named by its method and path.
        if operation and " " not in operation and operation not in known():
            what = f"`{table.path('operation')}`: there is no operation `{operation}`"
            self._fail(what, suggestion(operation, known()))
        reason = self._line("reason", "the job has time", needed=True)
        ticket = self._line("ticket", "PLAT-413")
        since, until = self._day("since"), self._day("until")
        if since and until and until < since:
            advice = "Write the day of the agreement, and the last one."
            self._fail(f"`{table.path('until')}` is before `since`", advice)
        table.finish(("rule", "operation", "reason", "ticket", "since", "until"))
        accepted = Accepted(reason=reason, ticket=ticket, since=since, until=until, where=self._where)
        return RunAcceptance(rule=rule, operation=operation, accepted=accepted)

    def _fail(self, what: str, advice: str = "") -> None:
        self.failed = True
        self._outer.fail(what, advice, where=self._where)

    def _line(self, key: str, example: str, *, needed: bool = False) -> str:
        value = self._table.data.get(key)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()
        if needed or key in self._table.data:
            lack = "must be one line of text" if key in self._table.data else "is missing"
            self._fail(f"`{self._table.path(key)}` {lack}", f'Write for example `{key} = "{example}"`.')
        return ""

    def _day(self, key: str) -> str:
        """Return a day as ISO 8601 has it, written as TOML's own or as text; empty without one."""
        value = self._table.data.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, str) and _DAY.fullmatch(value):
            with suppress(ValueError):
                return date.fromisoformat(value).isoformat()
        if key in self._table.data:
            self._fail(f"`{self._table.path(key)}` is no day", f"Write for example `{key} = 2027-01-31`.")
        return ""
