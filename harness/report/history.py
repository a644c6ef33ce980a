"""What ``harness history`` says: the runs that are kept, a finding's, or a scenario's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from harness.history import Passage, PastRun, Trail
from harness.report.changes import minute
from harness.report.codec import encode, format_json
from harness.report.text import table
from harness.report.words import count, visible
from harness.report.workflow_commands import printed

Kept: TypeAlias = Sequence[PastRun] | Sequence[Trail] | Sequence[Passage]
"""What is shown; all of one sort."""

_RUNS: Final = [
    *("started (UTC)", "run", "mode", "environment", "evidence", "profile", "readiness"),
    *("scenarios", "breaking", "risky", "accepted"),
]
_SHOWN: Final = ["started (UTC)", "run", "state", "severity", "scenarios"]
_PASSED: Final = ["started (UTC)", "run", "environment", "evidence", "verdict", "open", "accepted"]


def history_json(kept: Kept) -> str:
    """Write it as JSON: a list with an object each, whose fields are those of :mod:`harness.history`."""
    return format_json(encode(list(kept), ()))


def runs_text(runs: Sequence[PastRun]) -> str:
    """Write a line for each run, oldest first."""
    rows = [
        [
            minute(run.started),
            run.id,
            run.mode,
            ", ".join(run.environments) or "-",
            ", ".join(run.sources) or "-",
            run.profile,
            run.readiness or "-",
            *map(str, (run.scenarios, run.breaking, run.risky, run.accepted)),
        ]
        for run in runs
    ]
    return _text([count(len(runs), "run"), *_table(_RUNS, rows, 7)])


def trails_text(trails: Sequence[Trail]) -> str:
    """Write of each finding what it is, when it first and last appeared, and the runs that showed it."""
    lines: list[str] = []
    for trail in trails:
        place, runs = trail.place, trail.appearances
        where = f"{place.path} -> {place.to}" if place.to else place.path
        first, last = (minute(each.run.started) for each in (runs[0], runs[-1]))
        lines += [
            f"{trail.fingerprint} {place.rule}, {place.operation}, {where}",
            f"  first {first} UTC, last {last} UTC, in {count(len(runs), 'run')}",
        ]
        rows = [
            [
                minute(each.run.started),
                each.run.id,
                "accepted" if each.accepted else "open",
                each.severity.value,
                str(len(each.scenarios)),
            ]
            for each in runs
        ]
        lines += _table(_SHOWN, rows, 4)
    return _text(lines)


def passages_text(passages: Sequence[Passage]) -> str:
    """Write a line for each run of a scenario, oldest first."""
    rows = [
        [
            minute(each.run.started),
            each.run.id,
            each.environment or "-",
            each.source or "-",
            each.verdict.value,
            str(each.open),
            str(each.accepted),
        ]
        for each in passages
    ]
    return _text([f"{passages[0].scenario}: {count(len(passages), 'run')}", *_table(_PASSED, rows, 5)])


def _table(titles: list[str], rows: list[list[str]], words: int) -> Iterator[str]:
    return table([titles, *([visible(cell) for cell in row] for row in rows)], words)


def _text(lines: list[str]) -> str:
    return printed(lines)
