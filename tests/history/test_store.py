"""The file that runs are kept in."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.history import KEPT, WINDOW, opened
from harness.history.rows import line_of, outcomes_of, places_of
from harness.result import RunResult
from tests.history.builders import found, night
from tests.report.builders import difference


def _keep(path: Path, *runs: RunResult) -> None:
    with opened(path, write=True) as store:
        for run in runs:
            outcomes = outcomes_of(run)
            store.add(line_of(run, outcomes, "NO-GO"), outcomes, places_of(run))


def _open(path: Path, *, write: bool) -> None:
    with opened(path, write=write):
        pass


def test_what_is_kept_can_be_read(tmp_path: Path) -> None:
    """A run comes back as its line, its outcomes and the places of its findings."""
    path, made = tmp_path / "state" / "history.sqlite3", night(1, found("a"))
    _keep(path, made)
    now = night(2, found("a"))
    with opened(path, write=False) as store:
        lines, past = store.past(outcomes_of(now), now.started)
        places = store.places({"a", "b"})

    assert lines == [line_of(made, outcomes_of(made), "NO-GO")]
    assert past == [outcomes_of(made)]
    assert places == places_of(made)


def test_runs_that_started_later_are_not_past(tmp_path: Path) -> None:
    """The past of a run is the same whenever one looks, and it is not part of it."""
    path = tmp_path / "history.sqlite3"
    _keep(path, night(3), night(1), night(2))
    now = night(2)
    with opened(path, write=False) as store:
        lines, _ = store.past(outcomes_of(now), now.started, now.id)

    assert [line.id for line in lines] == ["night1"]


def test_only_the_last_runs_are_looked_at(tmp_path: Path) -> None:
    """More than the window is not read; what runs before it showed is known by its fingerprint."""
    path = tmp_path / "history.sqlite3"
    runs = [
        night(1, id=f"r{number:02}", started=f"2026-10-01T03:00:{number:02}.000Z")
        for number in range(1, WINDOW + 1)
    ]
    _keep(path, night(1, found("a"), started="2026-10-01T03:00:00.000Z"), *runs)
    now = night(2, found("a"), found("b"))
    with opened(path, write=False) as store:
        lines, past = store.past(outcomes_of(now), now.started)
        older = store.older(outcomes_of(now), lines[0].started, {"a", "b"})

    assert [line.id for line in lines] == [run.id for run in runs]
    assert len(past) == WINDOW
    assert older == {"a"}


@pytest.mark.parametrize("changes", [{"profile": "tolerant"}, {"mode": "drift"}])
def test_other_series_are_not_past(tmp_path: Path, changes: dict[str, str]) -> None:
    """Runs that were judged otherwise, or asked something else, are not compared with."""
    path, now = tmp_path / "history.sqlite3", night(2)
    _keep(path, night(1, **changes))
    with opened(path, write=False) as store:
        assert store.past(outcomes_of(now), now.started) == ([], [])


def test_a_run_is_kept_once(tmp_path: Path) -> None:
    """The same shards merged again are the same run."""
    path = tmp_path / "history.sqlite3"
    _keep(path, night(1, found("a")))
    _keep(path, night(1, found("a"), found("b")))
    with opened(path, write=False) as store:
        assert [run.breaking for run in store.runs()] == [1]


def test_equal_outcomes_are_stored_once(tmp_path: Path) -> None:
    """A year of nights that find the same takes little more room than one."""
    path = tmp_path / "history.sqlite3"
    _keep(path, *(night(number, found("a")) for number in range(1, 29)))
    connection = sqlite3.connect(path)
    tables = ("run", "result", "outcome", "scenario", "finding")
    counts = {
        table: connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - of the list
        for table in tables
    }
    connection.close()

    assert counts == {"run": 28, "result": 28, "outcome": 1, "scenario": 1, "finding": 1}


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    """So many runs are kept, and a few more; what only forgotten ones had goes with them."""
    path = tmp_path / "history.sqlite3"
    first = night(1, found("a"), started="2026-01-01T00:00:00.000Z")
    rest = (
        night(1, id=f"r{number}", started=f"2026-02-01T00:{number // 60:02}:{number % 60:02}.000Z")
        for number in range(KEPT + 19)
    )
    _keep(path, first, *rest)
    with opened(path, write=False) as store:
        kept = store.runs()
        assert len(kept) == KEPT
        assert kept[-1].id == f"r{KEPT + 18}"
        assert store.sightings("a") == []


def test_several_runs_write_at_once(tmp_path: Path) -> None:
    """Each waits for the other, and all are kept."""
    path = tmp_path / "state" / "history.sqlite3"
    threads = [
        threading.Thread(target=_keep, args=(path, night(number, found("a")))) for number in range(1, 9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened(path, write=False) as store:
        assert sorted(run.id for run in store.runs()) == [f"night{number}" for number in range(1, 9)]
    assert [each.name for each in path.parent.iterdir()] == ["history.sqlite3"]


def test_what_fails_halfway_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """A run is kept whole or not at all."""
    path = tmp_path / "history.sqlite3"
    _keep(path, night(1))

    def half() -> None:
        with opened(path, write=True) as store:
            outcomes = outcomes_of(night(2))
            store.add(line_of(night(2), outcomes, "GO"), outcomes, {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with opened(path, write=False) as store:
        assert [run.id for run in store.runs()] == ["night1"]


def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """What is no database is told in one message, and not replaced."""
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"this is no database, and long enough to be looked at" * 20)
    for write in (True, False):
        with pytest.raises(UsageError, match=r"cannot be used \(it is damaged: .*\)\. Move it away"):
            _open(path, write=write)

    assert path.read_bytes().startswith(b"this is no database")


def test_damage_within_is_refused(tmp_path: Path) -> None:
    """A row that says nothing that was ever written is damage, too."""
    path = tmp_path / "history.sqlite3"
    _keep(path, night(1, found("a")))
    with sqlite3.connect(path) as connection:
        connection.execute("update outcome set facts = '[1]'")
    connection.close()
    with pytest.raises(UsageError, match="it is damaged"), opened(path, write=False) as store:
        store.past(outcomes_of(night(2)), night(2).started)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("started", 5),
        ("readiness", None),
        ("breaking", "many"),
        ("breaking", None),
        ("risky", -1),
        ("accepted", True),
        ("planned", 1.5),
        ("environments", "staging"),
        ("sources", [None]),
    ],
)
def test_a_damaged_line_is_refused(tmp_path: Path, name: str, value: object) -> None:
    """What has another type than everybody counts on is damage, told with its name; no report ends by it."""
    path = tmp_path / "history.sqlite3"
    _keep(path, night(1), night(2))
    with closing(sqlite3.connect(path)) as connection:
        (line,) = connection.execute("select line from run where number = 1").fetchone()
        changed = json.dumps({**json.loads(line), name: value})
        connection.execute("update run set line = ? where number = 1", (changed,))
        connection.commit()
    now = night(3)

    with (
        pytest.raises(UsageError, match=f"it is damaged: the {name} of a run cannot be .*Move it away"),
        opened(path, write=True) as store,
    ):
        store.past(outcomes_of(now), now.started)


def test_a_file_that_lacks_a_table_is_refused(tmp_path: Path) -> None:
    """Waiting for other runs would not help: it says to move the file away."""
    path = tmp_path / "history.sqlite3"
    _keep(path, night(1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("drop table run")
    with pytest.raises(UsageError, match=r"no such table: run.*Move it away"):
        _keep(path, night(2))


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """What a newer version wrote is not read as if it were known."""
    path = tmp_path / "history.sqlite3"
    _keep(path, night(1))
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 2")
    connection.close()
    with pytest.raises(UsageError, match="a newer version of the harness wrote it"):
        _open(path, write=True)


@pytest.mark.parametrize("write", [True, False])
def test_a_file_that_cannot_be_opened(tmp_path: Path, *, write: bool) -> None:
    """A directory in its place, or a file in the place of its directory, is told."""
    (tmp_path / "history.sqlite3").mkdir()
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "history.sqlite3", tmp_path / "file" / "history.sqlite3"):
        with pytest.raises(UsageError, match="the history of runs cannot be used"):
            _open(path, write=write)


def test_reading_makes_no_file(tmp_path: Path) -> None:
    """Who only looks leaves nothing behind."""
    with pytest.raises(UsageError):
        _open(tmp_path / "history.sqlite3", write=False)

    assert list(tmp_path.iterdir()) == []


def test_no_value_reaches_the_disk(tmp_path: Path) -> None:
    """Neither a body, nor a header, nor a value of a difference is in the file."""
    path = tmp_path / "history.sqlite3"
    fact = difference(baseline="value-of-v1beta1", candidate="value-of-v1")
    _keep(path, night(1, found("a", difference=fact, explanation="it was value-of-v1beta1")))

    assert b"$.body.tokens[*].type" in path.read_bytes()
    assert b"value-of" not in path.read_bytes()
    assert b"Bearer" not in path.read_bytes()
