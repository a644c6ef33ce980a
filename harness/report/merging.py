"""The logs of shards become the log of one run, if they are one run and the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from harness.errors import Problem, UsageError
from harness.report.events import RunFinished, RunStarted, ScenarioFinished, missing_shards, read_events
from harness.sentences import counted, named, plural
from harness.shards import Shard
from harness.struct import Struct

_HOW: tuple[tuple[str, Callable[[RunStarted], object]], ...] = (
    ("version", lambda run: run.tool),
    ("mode", lambda run: run.mode),
    ("environment", lambda run: run.environment),
    ("profile", lambda run: run.profile),
    ("--without-acceptances", lambda run: not run.acceptances),
    ("number of shards", lambda run: run.shard.total if run.shard else 0),
    ("collection", lambda run: (run.collected, run.collection)),
)
"""What all shards of one run have in common, and its name."""

_RERUN = "Run it again with the same commit, options and number of shards."


class _Log(Struct, frozen=True, kw_only=True):
    """What one log says of its run; several workers may have written it."""

    path: Path
    runs: tuple[RunStarted, ...]
    ended: frozenset[str]
    scenarios: frozenset[str]

    @property
    def stopped(self) -> bool:
        """Whether the run did not come to its end."""
        return not {run.run for run in self.runs} <= self.ended


def merge_logs(paths: Sequence[Path], *, shards: int | None = None) -> bytes:
    """Return the logs as one, in the order in which their runs started.

    ``shards`` is how many there must be; None for as many as the logs say. A shard may have been run again:
    where a scenario occurs twice, the later run counts.

    Raises:
        UsageError: a log cannot be read; a shard is missing or was stopped; the logs are not of one run; a
            planned scenario did not finish, or one ran that nobody planned. All of it is listed.
    """
    logs = sorted((_read(path) for path in paths), key=lambda log: min(run.started for run in log.runs))
    problems = [*_apart(logs), *_missing(logs, shards)]
    # Counts of logs that do not belong together would say nothing.
    problems = problems or list(_unfinished(logs))
    if problems:
        raise UsageError(*problems)
    return b"".join(_whole_lines(log.path) for log in logs)


def _read(path: Path) -> _Log:
    runs: list[RunStarted] = []
    ended: set[str] = set()
    scenarios: set[str] = set()
    for event in read_events(path):
        if isinstance(event, RunStarted):
            runs.append(event)
        elif isinstance(event, RunFinished):
            ended.add(event.run)
        elif isinstance(event, ScenarioFinished):
            scenarios.add(event.scenario.id)
    if not runs:
        what = "the log does not say how its run started"
        raise UsageError(Problem(where=str(path), what=what, advice=_RERUN))
    return _Log(path=path, runs=tuple(runs), ended=frozenset(ended), scenarios=frozenset(scenarios))


def _apart(logs: Sequence[_Log]) -> Iterator[Problem]:
    """Say where a log differs from the first in what shards of one run have in common."""
    first = logs[0]
    for name, of in _HOW:
        wanted = of(first.runs[0])
        for log in logs:
            if any(of(run) != wanted for run in log.runs):
                what = f"{_named(log)} is not of one run with {_named(first)} ({first.path}): another {name}"
                yield Problem(where=str(log.path), what=what, advice=_RERUN)


def _missing(logs: Sequence[_Log], shards: int | None) -> Iterator[Problem]:
    runs = [run for log in logs for run in log.runs]
    totals = {run.shard.total if run.shard else len(logs) for run in runs}
    if shards is not None and totals != {shards}:
        there = " and ".join(map(str, sorted(totals)))
        what = f"there must be {counted(shards, 'shard')}, and the logs are of {there}"
        yield Problem(where="--shards", what=what, advice="Name the log of each shard.")
        return
    if missing := missing_shards(runs):
        what = f"{plural(len(missing), 'shard')} {named(map(str, missing))} {_is(missing)} missing"
        yield Problem(where="", what=what, advice="Name the log of each shard, or run the missing ones.")
    for log in logs:
        own = _shards(log)
        again = any(own & _shards(other) and not other.stopped for other in logs if other is not log)
        if log.stopped and not (own and again):
            yield Problem(
                where=str(log.path), what=f"{_named(log)} was stopped before its end", advice=_RERUN
            )


def _unfinished(logs: Sequence[_Log]) -> Iterator[Problem]:
    """Say which planned scenarios did not finish, and whether as many are planned as were collected."""
    finished = {id_ for log in logs for id_ in log.scenarios}
    planned = {id_ for log in logs for run in log.runs for id_ in run.planned}
    for log in logs:
        left = sorted({id_ for run in log.runs for id_ in run.planned} - finished)
        if left:
            what = f"{counted(len(left), 'planned scenario')} of {_named(log)} did not finish: {named(left)}"
            yield Problem(where=str(log.path), what=what, advice=_RERUN)
        if stray := sorted(log.scenarios - planned):
            what = f"{counted(len(stray), 'scenario')} ran that no log plans: {named(stray)}"
            yield Problem(where=str(log.path), what=what, advice=_RERUN)
    collected = max(run.collected for log in logs for run in log.runs)
    if logs[0].runs[0].shard and len(planned) != collected:
        what = f"{counted(collected, 'scenario')} were collected, and the shards plan {len(planned)}"
        yield Problem(where="", what=what, advice="Run all shards again with the same commit and options.")


def _whole_lines(path: Path) -> bytes:
    """Return the lines of a log; after the last line feed is what a killed process did not finish."""
    content = path.read_bytes()
    return content[: content.rfind(b"\n") + 1]


def _shards(log: _Log) -> set[Shard]:
    return {run.shard for run in log.runs if run.shard is not None}


def _named(log: _Log) -> str:
    shards = sorted(_shards(log))
    return f"shard {named(map(str, shards))}" if shards else "the run"


def _is(many: Sequence[object]) -> str:
    return "is" if len(many) == 1 else "are"
