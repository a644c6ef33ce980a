"""The log of a run, ``events.jsonl``: one JSON object a line, written while the run goes on.

``run-started``        once by each run; the fields of :class:`RunStarted`
``scenario-finished``  once for each scenario; ``scenario`` is a :class:`~harness.result.ScenarioResult`
``run-finished``       the last line of a run that was not stopped

Every report is made from this log. Logs merge by concatenation, in any order: of workers that share a run,
of shards, of a shard that was run again. The planned scenarios of all are united by their ids, and where
a scenario occurs more than once, the last line wins. A log without ``run-finished`` is one of a run that
was stopped: it can be read, its result has no ``finished`` time, and a half-written last line is dropped
(its scenario then counts as not finished). Any other line that cannot be read is refused.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self, TypeAlias

from harness.acceptances import Tables
from harness.errors import Problem, UsageError
from harness.report.codec import DecodeError, Decoder, Event, encode
from harness.report.stored import Lines
from harness.result import RunResult, ScenarioResult
from harness.shards import Shard
from harness.struct import Struct, field, replace

FORMAT = 1
"""The format of the log and of ``run.json``; it grows when a reader of the old one would misread."""


KEPT = 8 * 1024 * 1024
"""Bytes of a log whose evidence is held in memory; that of what follows is read when it is looked at."""


class RunStarted(Event, frozen=True, kw_only=True, tag="run-started"):
    """How a run was made. ``run`` is any id that its workers share; ``started`` is RFC 3339 in UTC.

    ``planned`` are the ids of the scenarios that were collected and not deselected. Where the run is a
    ``shard``, they are those of the shard; ``collected`` counts those of all shards, and ``collection`` is
    the same in all shards that collected the same ones. ``omitted`` are the ids of the project's other
    scenarios, as far as they are known: deselected, or in files that pytest was not asked for.
    """

    run: str
    tool: str
    mode: str
    environment: str
    profile: str
    planned: tuple[str, ...]
    started: str
    acceptances: bool = True
    format: int = FORMAT
    shard: Shard | None = None
    collected: int = 0
    collection: str = ""
    omitted: tuple[str, ...] = ()


class ScenarioFinished(Event, frozen=True, kw_only=True, tag="scenario-finished"):
    """The result of one scenario."""

    scenario: ScenarioResult


class RunFinished(Event, frozen=True, kw_only=True, tag="run-finished"):
    """The run of that id came to its end; ``finished`` is RFC 3339 in UTC."""

    run: str
    finished: str


AnyEvent: TypeAlias = RunStarted | ScenarioFinished | RunFinished
"""A line of the log."""

_EVENT: Decoder[AnyEvent] = Decoder(AnyEvent)
_OBJECT: Decoder[dict[str, object]] = Decoder(dict[str, object])
_SCENARIO: Decoder[ScenarioResult] = Decoder(ScenarioResult)


class EventLog:
    """A log open for writing. An event is one append of one line: threads and processes can share it."""

    def __init__(self, path: Path, file: int) -> None:
        self._path = path
        self._file = file
        self._lock = Lock()

    @classmethod
    def join(cls, path: Path) -> Self:
        """Open a log to write at its end; the first to come makes the file and its directory.

        Raises:
            UsageError: the file cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return cls(path, os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644))
        except OSError as error:
            raise _unwritable(path, error) from error

    def run_started(self, event: RunStarted) -> None:
        """Write how the run was made.

        Raises:
            UsageError: the disk is full, for example. So do the other events.
        """
        self._write(encode(event, ()))

    def scenario_finished(self, scenario: ScenarioResult) -> None:
        """Write the result of a scenario."""
        self._write(encode(ScenarioFinished(scenario=scenario), (scenario,)))

    def run_finished(self, run: str, finished: str) -> None:
        """Write that the run came to its end; ``finished`` is RFC 3339 in UTC."""
        self._write(encode(RunFinished(run=run, finished=finished), ()))

    def _write(self, line: bytes) -> None:
        left = memoryview(line + b"\n")
        try:
            with self._lock:
                while left:
                    left = left[os.write(self._file, left) :]
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def close(self) -> None:
        """Close the file; once is enough, twice does no harm."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        """Return the log."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()


def read_run(*paths: Path, kept: int = KEPT) -> RunResult:
    """Read one log, or several as if they were one; ``kept`` bytes of each are held in memory as a whole.

    Raises:
        UsageError: a log is missing, empty, damaged, or written by a newer version; the place is file:line.
    """
    merged = _Merged()
    for path in paths:
        for event in read_events(path, kept=kept):
            merged.add(event)
    if not merged.started:
        where = ", ".join(map(str, paths))
        advice = "Run `pytest` on the scenarios to write a new one."
        raise UsageError(Problem(where=where, what="the log does not say how its run started", advice=advice))
    return merged.result()


def failed_together(path: Path) -> Iterator[ScenarioResult]:
    """Yield each row of a data table that fails by what all rows of the log show, with that alone.

    Damaged lines are left to :func:`read_run`.
    """
    merged, tables = _Merged(), Tables()
    with path.open("rb") as lines:
        for line in lines:
            if b'"table":{' in line:
                with suppress(DecodeError):
                    merged.add(_EVENT.decode(line))
    for row in merged.rows():
        judged = tables.add(row)
        if len(judged.steps) > len(row.steps):
            yield replace(judged, steps=judged.steps[len(row.steps) :])


def dump_scenario(scenario: ScenarioResult) -> str:
    """Write a result as one line of JSON, to hand it to another process."""
    return encode(scenario, (scenario,)).decode()


def load_scenario(text: str) -> ScenarioResult:
    """Read what :func:`dump_scenario` wrote.

    Raises:
        UsageError: it is something else.
    """
    try:
        return _SCENARIO.decode(text)
    except DecodeError as error:
        raise UsageError(Problem(where="", what=f"this is not the result of a scenario ({error})")) from error


class _Merged(Struct):
    """What the lines of one or more logs add up to."""

    started: dict[str, RunStarted] = field(default_factory=dict)
    finished: dict[str, str] = field(default_factory=dict)
    scenarios: dict[str, ScenarioResult] = field(default_factory=dict)
    planned: set[str] = field(default_factory=set)
    omitted: set[str] = field(default_factory=set)

    def add(self, event: AnyEvent) -> None:
        if isinstance(event, ScenarioFinished):
            self.scenarios[event.scenario.id] = event.scenario
        elif isinstance(event, RunFinished):
            self.finished[event.run] = event.finished
        else:
            self.started[event.run] = event
            self.planned.update(event.planned)
            self.omitted.update(event.omitted)

    def rows(self) -> Iterator[ScenarioResult]:
        return (self.scenarios[id_] for id_ in sorted(self.scenarios))

    def result(self) -> RunResult:
        tables = Tables()
        scenarios = [tables.add(row) for row in self.rows()]
        runs = list(self.started.values())
        unfinished = self.planned - self.scenarios.keys()
        ended = self.started.keys() <= self.finished.keys()
        return RunResult(
            format=FORMAT,
            tool=_joined(run.tool for run in runs),
            mode=_joined(run.mode for run in runs),
            environment=_joined(run.environment for run in runs),
            profile=_joined(run.profile for run in runs),
            started=min(run.started for run in runs),
            finished=max(self.finished.values()) if ended else "",
            planned=len(self.planned | self.scenarios.keys()),
            acceptances=all(run.acceptances for run in runs),
            scenarios=tuple(replace(each, table=None) if each.table else each for each in scenarios),
            unfinished=tuple(sorted(unfinished)),
            missing=tuple(map(str, missing_shards(runs))),
            omitted=tuple(sorted(self.omitted - self.planned - self.scenarios.keys())),
            id=_joint_id(self.started),
        )


def missing_shards(runs: Iterable[RunStarted]) -> list[Shard]:
    """Return the shards that belong to those of the runs and are not among them."""
    there = {run.shard for run in runs if run.shard is not None}
    totals = {shard.total for shard in there}
    every = {Shard(number=number, total=total) for total in totals for number in range(1, total + 1)}
    return sorted(every - there)


def _joint_id(runs: Iterable[str]) -> str:
    """Return the id of a run; that of merged ones is the same whenever they are merged."""
    ids = sorted(runs)
    return ids[0] if len(ids) == 1 else hashlib.sha256("\n".join(ids).encode()).hexdigest()[:12]


def _joined(values: Iterable[str]) -> str:
    return ", ".join(sorted(set(values)))


def read_events(path: Path, *, kept: int = sys.maxsize) -> Iterator[AnyEvent]:
    """Yield the events of one log, in the order in which they were written.

    Of what lies behind the first ``kept`` bytes, evidence stays in the file until it is looked at.

    Raises:
        UsageError: the log is missing, damaged, or written by a newer version; the place is file:line.
    """
    try:
        lines = Lines(path, _scenario)
        for number, (at, line) in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                event = _event(line, f"{path}:{number}")
            except _DamagedError:
                # After the last line feed there is nothing, or what a killed process did not finish.
                if line.endswith(b"\n"):
                    raise
                return
            if isinstance(event, ScenarioFinished) and at >= kept:
                event = ScenarioFinished(scenario=lines.slim(event.scenario, at, len(line)))
            yield event
    except OSError as error:
        what = f"the log of the run cannot be read ({error.strerror})"
        raise UsageError(Problem(where=str(path), what=what)) from error


def _scenario(line: bytes) -> ScenarioResult:
    event = _EVENT.decode(line)
    assert isinstance(event, ScenarioFinished)  # noqa: S101 - it was one when it was read first
    return event.scenario


class _DamagedError(UsageError):
    """A line that is not an event."""


def _event(line: bytes, where: str) -> AnyEvent:
    try:
        event = _EVENT.decode(line)
    except DecodeError as error:
        _refuse_newer(_format_of(line), where, error)
        what = f"this line is damaged, it is not an event of a run ({error})"
        advice = "Restore the log from where it was written, or run the scenarios again."
        raise _DamagedError(Problem(where=where, what=what, advice=advice)) from error
    if isinstance(event, RunStarted):
        _refuse_newer(event.format, where, None)
    return event


def _format_of(line: bytes) -> int:
    """Return the format of a line that this version cannot read; 0 where it states none."""
    try:
        stated = _OBJECT.decode(line).get("format")
    except DecodeError:
        return 0
    return stated if isinstance(stated, int) else 0


def _refuse_newer(stated: int, where: str, cause: Exception | None) -> None:
    if stated > FORMAT:
        what = f"the log has format {stated}, this version reads up to format {FORMAT}"
        advice = "Upgrade astro-migration-harness to the version that wrote it."
        raise UsageError(Problem(where=where, what=what, advice=advice)) from cause


def _unwritable(path: Path, error: OSError) -> UsageError:
    what = f"the log of the run cannot be written ({error.strerror})"
    return UsageError(Problem(where=str(path), what=what, advice="Choose another reports directory."))
