"""The file that runs are kept in: SQLite, one file, several runs at once. The only user of sqlite3.

It is a plain file with a rollback journal: between two runs there is nothing beside it, so that a CI service
can keep it from night to night. A run is written in one transaction; a killed process leaves the file as it
was.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from harness.errors import Problem, UsageError
from harness.history.model import WINDOW, Outcome, PastRun, Place, Series, Sighting, Unit
from harness.result import Verdict
from harness.rules import Severity
from harness.struct import field_names

FILE: Final = "history.sqlite3"
"""Its name in the directory that the settings call ``state``."""

KEPT: Final = 400
"""Runs that are kept at least; with one a night, more than a year."""

_AT_ONCE: Final = 20
_AFRESH: Final = "Move it away, and the next run begins a new one; or restore it from a copy."

_VERSION: Final = 1
_WAIT: Final = 30.0
"""Seconds to wait for another run that writes."""

_TABLES: Final = """
create table series (
    number integer primary key, purpose text not null, environment text not null, source text not null,
    profile text not null, unique (purpose, environment, source, profile));
create table run (
    number integer primary key, id text not null unique, started text not null, line text not null);
create table run_series (
    series integer not null, run integer not null, primary key (series, run)) without rowid;
create table scenario (number integer primary key, id text not null unique);
create table finding (
    fingerprint text primary key, rule text not null, operation text not null, path text not null,
    target text not null) without rowid;
create table outcome (
    number integer primary key, digest blob not null unique, series integer not null, facts text not null);
create table result (
    run integer not null, scenario integer not null, outcome integer not null, primary key (run, scenario)
) without rowid;
"""


class Store:
    """The runs of one project, opened for reading and writing."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take an open file; :func:`opened` makes one."""
        self._path = path
        self._connection = connection
        self._outcomes: dict[int, Outcome] = {}

    def past(
        self, now: Mapping[str, Outcome], before: str, but: str = ""
    ) -> tuple[list[PastRun], list[dict[str, Outcome]]]:
        """Return the last comparable runs that started before a time, oldest first, and their outcomes.

        Only outcomes of the series that a scenario is of now are among them. ``but`` is the id of the run
        itself, which may be there already.
        """
        series = self._numbers({each.series for each in now.values()})
        rows = self._connection.execute(
            "select distinct run.number, run.line from run join run_series on run_series.run = run.number "  # noqa: S608 - numbers
            f"where run_series.series in ({_listed(series)}) and started <= ? and id <> ? "
            "order by started desc, number desc limit ?",
            (before, but, WINDOW),
        ).fetchall()
        rows.reverse()
        places = {number: position for position, (number, _) in enumerate(rows)}
        runs: list[dict[str, Outcome]] = [{} for _ in rows]
        wanted = self._scenarios(now)
        results = self._connection.execute(
            f"select run, scenario, outcome from result where run in ({_listed(places)})"  # noqa: S608 - numbers
        ).fetchall()
        self._load({outcome for _, scenario, outcome in results if scenario in wanted})
        for run, scenario, number in results:
            id_, outcome = wanted.get(scenario), self._outcomes.get(number)
            if id_ is not None and outcome is not None and outcome.series == now[id_].series:
                runs[places[run]][id_] = outcome
        return [_read_line(line) for _, line in rows], runs

    def older(self, now: Mapping[str, Outcome], before: str, fingerprints: AbstractSet[str]) -> set[str]:
        """Return which of the fingerprints a comparable run showed that started before a time."""
        series = self._numbers({each.series for each in now.values()})
        rows = self._connection.execute(
            "select distinct outcome from result join run on run.number = result.run "  # noqa: S608 - numbers
            "join run_series on run_series.run = run.number "
            f"where series in ({_listed(series)}) and started < ?",
            (before,),
        )
        self._load({number for (number,) in rows})
        names = {each.series for each in now.values()}
        return {
            each.fingerprint
            for outcome in self._outcomes.values()
            if outcome.series in names
            for each in outcome.sightings
            if each.fingerprint in fingerprints
        }

    def runs(self) -> list[PastRun]:
        """Return all runs that are kept, oldest first."""
        rows = self._connection.execute("select line from run order by started, number")
        return [_read_line(line) for (line,) in rows]

    def fingerprints(self, name: str) -> list[str]:
        """Return the fingerprints that a name stands for: itself, or those of a rule."""
        rows = self._connection.execute(
            "select fingerprint from finding where fingerprint = ? or rule = ? "
            "order by operation, path, fingerprint",
            (name, name),
        )
        return [fingerprint for (fingerprint,) in rows]

    def sightings(self, fingerprint: str) -> list[tuple[str, str, Outcome]]:
        """Return what showed a fingerprint: run id, scenario id and outcome, in the order of the runs."""
        rows = self._results("outcome.facts like ?", f'%"{fingerprint}"%')
        return [row for row in rows if any(each.fingerprint == fingerprint for each in row[2].sightings)]

    def outcomes(self, scenario: str) -> list[tuple[str, str, Outcome]]:
        """Return what came of a scenario: run id, scenario id and outcome, in the order of the runs."""
        return self._results("scenario.id = ?", scenario)

    def _results(self, condition: str, value: str) -> list[tuple[str, str, Outcome]]:
        rows = self._connection.execute(
            "select run.id, scenario.id, result.outcome from result "  # noqa: S608 - our own conditions
            "join run on run.number = result.run join scenario on scenario.number = result.scenario "
            f"join outcome on outcome.number = result.outcome where {condition} "
            "order by run.started, run.number, scenario.id",
            (value,),
        ).fetchall()
        self._load({outcome for _, _, outcome in rows})
        return [(run, id_, self._outcomes[outcome]) for run, id_, outcome in rows]

    def places(self, fingerprints: AbstractSet[str]) -> dict[str, Place]:
        """Return what fingerprints stand for; those that are kept nowhere are left out."""
        found: dict[str, Place] = {}
        for fingerprint in fingerprints:
            row = self._connection.execute(
                "select rule, operation, path, target from finding where fingerprint = ?", (fingerprint,)
            ).fetchone()
            if row is not None:
                found[fingerprint] = Place(rule=row[0], operation=row[1], path=row[2], to=row[3])
        return found

    def add(self, line: PastRun, outcomes: Mapping[str, Outcome], places: Mapping[str, Place]) -> None:
        """Keep a run, and forget old ones beyond :data:`KEPT`; one that is kept already stays as it is."""
        run = self._connection.execute(
            "insert into run (id, started, line) values (?, ?, ?) on conflict do nothing",
            (line.id, line.started, json.dumps(_line(line))),
        )
        if not run.rowcount:
            return
        number = run.lastrowid
        self._connection.executemany(
            "insert into finding values (?, ?, ?, ?, ?) on conflict do nothing",
            [(key, each.rule, each.operation, each.path, each.to) for key, each in places.items()],
        )
        self._connection.executemany(
            "insert into scenario (id) values (?) on conflict do nothing", [(id_,) for id_ in outcomes]
        )
        series = {each: self._number(each) for each in {outcome.series for outcome in outcomes.values()}}
        self._connection.executemany(
            "insert into run_series values (?, ?)", [(each, number) for each in series.values()]
        )
        facts = {id_: _facts(outcome) for id_, outcome in outcomes.items()}
        kept = [
            (_digest(series[outcome.series], facts[id_]), series[outcome.series], facts[id_])
            for id_, outcome in outcomes.items()
        ]
        self._connection.executemany(
            "insert into outcome (digest, series, facts) values (?, ?, ?) on conflict do nothing", kept
        )
        self._connection.executemany(
            "insert into result select ?, scenario.number, outcome.number from scenario, outcome "
            "where scenario.id = ? and outcome.digest = ?",
            [(number, id_, digest) for id_, (digest, _, _) in zip(outcomes, kept, strict=True)],
        )
        self._forget()

    def _forget(self) -> None:
        """Forget the oldest runs, and what only they had: some at a time, since all rows are looked at."""
        old = self._connection.execute(
            "select number from run order by started desc, number desc limit -1 offset ?", (KEPT,)
        ).fetchall()
        if len(old) < _AT_ONCE:
            return
        numbers = _listed(number for (number,) in old)
        for table, column in (("result", "run"), ("run_series", "run"), ("run", "number")):
            self._connection.execute(f"delete from {table} where {column} in ({numbers})")  # noqa: S608 - numbers
        self._connection.execute("delete from outcome where number not in (select outcome from result)")
        self._connection.execute("delete from scenario where number not in (select scenario from result)")

    def _number(self, series: Series) -> int:
        values = (series.purpose, series.environment, series.source, series.profile)
        self._connection.execute(
            "insert into series (purpose, environment, source, profile) values (?, ?, ?, ?) "
            "on conflict do nothing",
            values,
        )
        return self._numbers({series})[0]

    def _numbers(self, series: AbstractSet[Series]) -> list[int]:
        rows = self._connection.execute("select number, purpose, environment, source, profile from series")
        return [number for number, *names in rows if Series(*names) in series]

    def _scenarios(self, ids: Iterable[str]) -> dict[int, str]:
        wanted = set(ids)
        rows = self._connection.execute("select number, id from scenario")
        return {number: id_ for number, id_ in rows if id_ in wanted}

    def _load(self, numbers: AbstractSet[int]) -> None:
        """Read outcomes that were not read before."""
        missing = numbers - self._outcomes.keys()
        if not missing:
            return
        rows = self._connection.execute("select number, purpose, environment, source, profile from series")
        series = {number: Series(*names) for number, *names in rows}
        found = self._connection.execute(
            f"select number, series, facts from outcome where number in ({_listed(missing)})"  # noqa: S608 - numbers
        )
        for number, of, facts in found:
            self._outcomes[number] = _read_facts(series[of], facts)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


@contextmanager
def opened(path: Path, *, write: bool) -> Iterator[Store]:
    """Open the file; with ``write`` it is made, and all that is done with it is kept or none of it.

    Raises:
        UsageError: it cannot be read or written, is damaged, or of a newer version. It is left as it is.
    """
    try:
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        mode = "rwc" if write else "ro"
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_WAIT, isolation_level=None
        )
        with closing(connection):
            # The lock is taken at once: one that reads first and writes then may be refused without waiting.
            connection.execute("begin immediate" if write else "begin")
            _prepare(path, connection, write=write)
            yield Store(path, connection)
            connection.execute("commit")
    except OSError as error:
        raise _trouble(path, error.strerror or str(error), "Make it writable.") from error
    except sqlite3.OperationalError as error:
        advice = "Make it readable and writable, or wait for other runs to end."
        if str(error).startswith("no such "):
            advice = _AFRESH
        raise _trouble(path, str(error), advice) from error
    except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
        raise _trouble(path, f"it is damaged: {error}", _AFRESH) from error


def _prepare(path: Path, connection: sqlite3.Connection, *, write: bool) -> None:
    """Make the tables of a new file, and refuse one of a newer version."""
    (version,) = connection.execute("pragma user_version").fetchone()
    if version > _VERSION:
        advice = "Update the harness, or move the file away."
        raise _trouble(path, "a newer version of the harness wrote it", advice)
    if version == 0 and write:
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        connection.execute(f"pragma user_version = {_VERSION}")


def _trouble(path: Path, why: str, advice: str) -> UsageError:
    what = f"the history of runs cannot be used ({why})"
    return UsageError(Problem(where=str(path), what=what, advice=advice))


def _facts(outcome: Outcome) -> str:
    """Write an outcome; two that are equal are written alike."""
    concluded = sorted([unit.probe, unit.operation] for unit in outcome.concluded)
    sightings = [
        [each.fingerprint, each.unit.probe, each.unit.operation, each.severity.value, int(each.accepted)]
        for each in outcome.sightings
    ]
    return json.dumps([outcome.verdict.value, concluded, sightings])


def _read_facts(series: Series, text: str) -> Outcome:
    verdict, concluded, sightings = json.loads(text)
    return Outcome(
        series=series,
        verdict=Verdict(verdict),
        concluded=frozenset(Unit(probe, operation) for probe, operation in concluded),
        sightings=tuple(
            Sighting(fingerprint, Unit(probe, operation), Severity(severity), bool(accepted))
            for fingerprint, probe, operation, severity, accepted in sightings
        ),
    )


def _digest(series: int, facts: str) -> bytes:
    return hashlib.blake2b(f"{series} {facts}".encode(), digest_size=16).digest()


_FIELDS: Final[Sequence[str]] = field_names(PastRun)


def _line(run: PastRun) -> dict[str, object]:
    return {name: getattr(run, name) for name in _FIELDS}


_COUNTS: Final = frozenset({"planned", "scenarios", "breaking", "risky", "accepted"})
_LISTS: Final = frozenset({"environments", "sources"})


def _read_line(text: str) -> PastRun:
    """Read a run.

    Raises:
        ValueError: it is none; so do KeyError and TypeError say.
    """
    values = json.loads(text)
    return PastRun(**{name: _checked(name, values[name]) for name in _FIELDS})


def _checked(name: str, value: Any) -> Any:
    """Return a value of a run, which is of the type that everybody counts on."""
    if name in _LISTS:
        fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
        value = tuple(value) if fits else value
    elif name in _COUNTS:
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    else:
        fits = isinstance(value, str)
    if not fits:
        what = f"the {name} of a run cannot be {value!r:.40}"
        raise ValueError(what)
    return value
