"""The ledger of a run: what it makes is on disk before it is made, and can be deleted whatever ends the run.

Each process of a run has a file of its own, ``<run>-<process>.jsonl``. It holds a JSON object a line,
appended whole and handed to the operating system at once, so that it survives any kill of the process::

    {"event": "run", "run": "3fa9c1d20b7e", "environment": "staging", "process": 4711, "started": "2026-..."}
    {"event": "intent", "id": 1, "side": "baseline", "scenario": "teams/life", "url": "https://.../teams",
     "labels": {"name": "harness 3fa9c10b2e44 baseline"}, "at": "2026-..."}
    {"event": "made", "id": 1, "url": "https://.../teams/cl..."}      # it was made, and is there
    {"event": "unknown", "id": 1, "why": "the connection was lost", "at": "2026-..."}  # it may have been made
    {"event": "refused", "id": 1}                                     # it was not made
    {"event": "gone", "id": 1}                                        # it is not there any more

Whoever writes a file holds its lock, which ends with the process. A file in which nothing is open is removed.
No power cut is survived: what it takes from the disk is found by the names, which have the run's id in them.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

from harness.errors import Problem, UsageError
from harness.exchange import Side
from harness.struct import Struct, field, replace

DIRECTORY: Final = "ledger"
"""Where ledgers are, below the state of a project."""

_SUFFIX: Final = ".jsonl"


class Entry(Struct, frozen=True, kw_only=True):
    """One resource that a run made, may have made, or was about to make; without secrets.

    ``collection`` is the URL that was posted to. ``labels`` are the texts of the body that hold the run's id,
    by property: what has them is the run's. ``made`` is the URL of the resource, empty while nobody knows
    it; ``why`` says then why not. ``at`` is when it was about to be made, or when nobody knew what came of
    it: RFC 3339 in UTC, empty where a damaged ledger does not say. ``where`` is the line of the ledger, as
    ``file:line``.
    """

    id: int
    side: Side
    scenario: str
    collection: str
    labels: Mapping[str, str] = field(default_factory=dict)
    made: str = ""
    why: str = ""
    at: str = ""
    where: str = ""


class Account(Struct, frozen=True, kw_only=True):
    """What a ledger says: whose it is, the entries that are open in their order, and lines that are damaged.

    ``started`` is RFC 3339 in UTC. Without an ``environment`` the line that names it is damaged.
    """

    path: Path
    run: str = ""
    environment: str = ""
    process: int = 0
    started: str = ""
    entries: tuple[Entry, ...] = ()
    damaged: tuple[Problem, ...] = ()


class Ledger:
    """The ledger of one process of a run; any thread may write. There is no file before the first intent."""

    def __init__(
        self, directory: Path, *, run: str, environment: str, now: Callable[[], str] | None = None
    ) -> None:
        """Take where ledgers are, the id of the run, the name of its environment, and what tells the time.

        ``now`` gives RFC 3339 in UTC; None: the machine's clock.
        """
        self._directory = directory
        self._path = Path()
        self._run = run
        self._environment = environment
        self._now = now or _now
        self._lock = Lock()
        self._file = -1
        self._last = 0
        # The URLs of what is open, by entry; empty while nobody knows it.
        self._open: dict[int, str] = {}

    def intend(self, side: Side, scenario: str, collection: str, labels: Mapping[str, str]) -> int:
        """Write that something is about to be made; return the number of the entry.

        Raises:
            UsageError: it cannot be written: then nothing must be made.
        """
        with self._lock:
            try:
                if self._file < 0:
                    self._file = self._begun()
                entry = self._last + 1
                event = {"event": "intent", "id": entry, "side": side.value, "scenario": scenario}
                _append(self._file, {**event, "url": collection, "labels": dict(labels), "at": self._now()})
            except OSError as error:
                raise _unkept(self._directory, error) from error
            self._last = entry
            self._open[entry] = ""
        return entry

    def made(self, entry: int, url: str) -> None:
        """Note the URL of what was made."""
        with self._lock:
            self._note({"event": "made", "id": entry, "url": url})
            if entry in self._open:
                self._open[entry] = url

    def unknown(self, entry: int, why: str) -> None:
        """Note why nobody knows whether it was made."""
        with self._lock:
            self._note({"event": "unknown", "id": entry, "why": why, "at": self._now()})

    def refused(self, entry: int) -> None:
        """Note that it was not made."""
        with self._lock:
            self._note({"event": "refused", "id": entry})
            self._open.pop(entry, None)

    def deleted(self, url: str) -> None:
        """Note that a resource is gone, and all that was made below it."""
        with self._lock:
            for entry, made in list(self._open.items()):
                if made and f"{made}/".startswith(f"{url}/"):
                    self._note({"event": "gone", "id": entry})
                    del self._open[entry]

    def _note(self, event: Mapping[str, Any]) -> None:
        """Write what came of an intent.

        Where that fails the intent still stands, and is looked up by its labels. An error would take the
        answer with it, and the id by which the cleanup deletes what was made. So does an intent of a file
        that was closed meanwhile.
        """
        if event["id"] not in self._open:
            return
        with suppress(OSError):
            _append(self._file, event)

    def _begun(self) -> int:
        """Make the file: it has its name only when it is locked, so that nobody takes it for a dead run's.

        It takes the place of none: what another one of this process and run holds may still be there.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        stem = f"{self._run}-{os.getpid()}"
        names = (f"{stem}{mark}{_SUFFIX}" for mark in chain([""], (f"-{number}" for number in count(2))))
        self._path = next(path for name in names if not (path := self._directory / name).exists())
        new = self._path.with_suffix(".new")
        file = os.open(new, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            head = {"event": "run", "run": self._run, "environment": self._environment}
            _append(file, {**head, "process": os.getpid(), "started": self._now()})
            new.rename(self._path)
        except BaseException:
            os.close(file)
            raise
        return file

    def close(self) -> None:
        """End the ledger: with nothing open its file is removed. Closing twice does no harm."""
        with self._lock:
            if self._file < 0:
                return
            if not self._open:
                self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = -1
            self._open.clear()


class Held:
    """A ledger that no run writes any more, held by who settles it, or only looks at it."""

    def __init__(self, path: Path, file: int, *, look: bool) -> None:
        """Take a file whose lock is held; :func:`hold` does that. Nothing on disk changes by it.

        Raises:
            UsageError: it cannot be read.
        """
        self.account = read_ledger(path)
        self._file = file
        self._open = {entry.id for entry in self.account.entries}
        self._kept = bool(self.account.damaged) or look
        # What a kill cut short, and would take the next line with it.
        self._whole: int | None = path.read_bytes().rfind(b"\n") + 1

    def gone(self, entry: Entry) -> None:
        """Note that a resource is not there any more, or not looked for.

        Raises:
            UsageError: it cannot be written.
        """
        try:
            if self._whole is not None:
                os.ftruncate(self._file, self._whole)
                self._whole = None
            _append(self._file, {"event": "gone", "id": entry.id})
        except OSError as error:
            raise _unkept(self.account.path.parent, error) from error
        self._open.discard(entry.id)

    def forget(self) -> None:
        """Let all that is open be gone, and the lines that cannot be read with it.

        Raises:
            UsageError: it cannot be written.
        """
        for entry in self.account.entries:
            self.gone(entry)
        self._kept = False

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give it up; where nothing is open and every line could be read, it is removed."""
        if not self._open and not self._kept:
            self.account.path.unlink(missing_ok=True)
        os.close(self._file)


def hold(path: Path, *, look: bool = False) -> Held | None:
    """Hold a ledger; None if its run is still alive, or somebody else holds it or removed it.

    With ``look`` nothing on disk is changed, whatever it says.

    Raises:
        UsageError: it cannot be read or written.
    """
    try:
        file = os.open(path, os.O_RDONLY if look else os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unkept(path.parent, error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_nlink:
            return Held(path, file, look=look)
    except BlockingIOError:
        pass
    except BaseException:
        os.close(file)
        raise
    os.close(file)
    return None


def ledgers(directory: Path) -> tuple[Path, ...]:
    """Return the ledgers in a directory, which may not be there, by name."""
    return tuple(sorted(directory.glob(f"*{_SUFFIX}")))


def left_by(directory: Path, run: str) -> int:
    """Count what the processes of a run have left behind, or may have.

    Raises:
        UsageError: a ledger cannot be read.
    """
    return sum(len(read_ledger(path).entries) for path in directory.glob(f"{run}-*{_SUFFIX}"))


def read_ledger(path: Path) -> Account:
    """Read a ledger. A last line that a kill cut short is no damage: what it was about was not begun.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return Account(path=path)
    except OSError as error:
        raise _unkept(path.parent, error) from error
    account, damaged = Account(path=path), []
    entries: dict[int, Entry] = {}
    for number, line in _whole(lines):
        where = f"{path}:{number}"
        try:
            event = json.loads(line)
            if event["event"] == "run" and not account.environment:
                account = _headed(account, event)
            else:
                _apply(entries, event, where)
        except (ValueError, KeyError, TypeError, RecursionError):
            what = "this line of the ledger cannot be read, and may stand for something that was left behind"
            advice = "Look at what it says and delete that by hand; then delete the file."
            damaged.append(Problem(where=where, what=what, advice=advice))
    # Ledgers of older versions say only when the run began.
    found = (replace(entry, at=entry.at or account.started) for entry in entries.values())
    return replace(account, entries=tuple(found), damaged=tuple(damaged))


def _whole(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that were finished, with their numbers; a kill leaves one that was not, or its end."""
    for number, line in enumerate(lines[:-1], 1):
        if line:
            yield number, line


def _headed(account: Account, event: Mapping[str, Any]) -> Account:
    return replace(
        account,
        run=str(event["run"]),
        environment=_text(event["environment"]),
        process=int(event["process"]),
        started=str(event["started"]),
    )


def _apply(entries: dict[int, Entry], event: Mapping[str, Any], where: str) -> None:
    """Let an event change what is open."""
    id_, kind = event["id"], event["event"]
    if kind == "intent":
        if id_ in entries:
            raise ValueError(id_)
        entries[id_] = Entry(
            id=id_,
            side=Side(event["side"]),
            scenario=str(event["scenario"]),
            collection=_text(event["url"]),
            labels=_texts(event["labels"]),
            why="the run ended before there was an answer",
            at=_time(event),
            where=where,
        )
    elif kind == "made":
        entries[id_] = replace(entries[id_], made=_text(event["url"]), why="")
    elif kind == "unknown":
        entries[id_] = replace(entries[id_], why=str(event["why"]), at=_time(event) or entries[id_].at)
    elif kind in {"refused", "gone"}:
        del entries[id_]
    else:
        raise ValueError(kind)


def _text(value: Any) -> str:
    """Return a text that says something; whatever else stands in its place is damage."""
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value


def _time(event: Mapping[str, Any]) -> str:
    """Return when an event was, empty where it does not say; what is no time is damage."""
    at = event.get("at", "")
    if at and datetime.fromisoformat(at).tzinfo is None:
        raise ValueError(at)
    return str(at)


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return {name: _text(text) for name, text in value.items()}


def _append(file: int, event: Mapping[str, Any]) -> None:
    """Append a line as a whole."""
    line = json.dumps(event, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
    size = os.fstat(file).st_size
    if os.write(file, line) < len(line):
        # The disk is full: half a line would take the next one with it.
        os.ftruncate(file, size)
        raise OSError(28, "No space left on device")


def _unkept(directory: Path, error: OSError) -> UsageError:
    what = f"the ledger of what runs make cannot be kept ({error.strerror or error})"
    advice = "Make it writable, or set `state` in [tool.harness] to another directory."
    return UsageError(Problem(where=str(directory), what=what, advice=advice))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
