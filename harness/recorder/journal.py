"""The journal of a recording: what is on disk when a recorder is killed.

A line an event: eight hex digits of CRC-32, a space, JSON. An exchange is written when it began and again,
whole and without secrets, when it ended; each line is one append, so what ended is there after any kill::

    {"event": "recording", "environment": "production"}    # once, before the others
    {"event": "began", "id": 7, "method": "GET", "url": "https://...", "started": "2026-11-27T10:00:00.000Z"}
    {"event": "ended", "id": 7, "exchange": {...}}      # an interaction of a cassette
    {"event": "lost", "id": 7}                          # it ended, and could not be kept

Where a disk is so full that not even that can be written, the size of a file beside it, which has no content
and so takes no room, says how many more were lost.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from harness.cassette import to_exchange, to_interaction
from harness.errors import Problem, UsageError
from harness.exchange import Exchange
from harness.files import sync_directory
from harness.quick_json import dumps
from harness.struct import Struct, field

NAME: Final = "journal.jsonl"
_UNWRITTEN: Final = "lost"


class Begun(Struct, frozen=True, kw_only=True):
    """A request that was under way; its URL is without secrets, ``started`` is RFC 3339 in UTC."""

    method: str
    url: str
    started: str


class Contents(Struct, kw_only=True):
    """What a journal tells beside its exchanges, complete when all of those were read.

    ``flying`` began and did not end, by id. ``damaged`` are the numbers of lines (from 1) that cannot be
    read; a last line that was not finished is none of them: its exchange is in flight. ``environment`` is
    empty where nobody said.
    """

    ended: int = 0
    lost: int = 0
    damaged: list[int] = field(default_factory=list)
    flying: dict[int, Begun] = field(default_factory=dict)
    environment: str = ""


class Journal:
    """A journal open for writing. Errors of the disk are the caller's to tell."""

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        """Open it to write at its end; ``fsync`` waits until each line would survive a loss of power.

        Raises:
            OSError: it cannot be opened.
        """
        self._fsync = fsync
        self._beside = path.with_name(_UNWRITTEN)
        self._unwritten = 0
        self._full = False
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.size = os.fstat(self._file).st_size
        if fsync:
            for directory in (path.parent, path.parent.parent):  # a file lasts no longer than its name
                sync_directory(directory)

    def of(self, environment: str) -> None:
        """Write what the recording is of, unless something was written before.

        Raises:
            OSError: it cannot be written. So do the others.
        """
        if not self.size:
            self._write({"event": "recording", "environment": environment}, sync=False)

    def began(self, id_: int, begun: Begun) -> None:
        """Write that a request is under way; not where the last exchange could not be written.

        There would be no room to say that it ended, and it would be told as in flight for ever.
        """
        if self._full:
            return
        self._write(
            {"event": "began", "id": id_, "method": begun.method, "url": begun.url, "started": begun.started},
            sync=False,
        )

    def ended(self, id_: int, exchange: Exchange, step: str = "") -> None:
        """Write what came of a request; it is without secrets."""
        interaction = to_interaction(exchange, step, readable=False)
        self._full = True
        self._write({"event": "ended", "id": id_, "exchange": interaction}, sync=self._fsync)
        self._full = False

    def lost(self, id_: int) -> None:
        """Write that an exchange ended and is not kept."""
        try:
            self._write({"event": "lost", "id": id_}, sync=False)
        except OSError:
            self._unwritten += 1
            file = os.open(self._beside, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.ftruncate(file, self._unwritten)
            finally:
                os.close(file)

    def _write(self, event: Mapping[str, Any], *, sync: bool) -> None:
        data = dumps(event)
        line = f"{zlib.crc32(data):08x} ".encode() + data + b"\n"
        written = os.write(self._file, line)
        if written < len(line):
            # The disk is full: half a line would take the next one with it.
            os.ftruncate(self._file, self.size)
            raise OSError(28, "No space left on device")
        self.size += written
        if sync:
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file; once is enough, twice does no harm."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        """Return the journal."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()


def read_journal(path: Path, contents: Contents) -> Iterator[tuple[Exchange, str]]:
    """Yield the exchanges of a journal with the names of their steps, in the order in which they ended.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                event = _event(line)
                if event is None:
                    if line.endswith(b"\n"):
                        contents.damaged.append(number)
                    continue
                found = _told(event, contents)
                if found is not None:
                    yield found
        with suppress(FileNotFoundError):
            contents.lost += path.with_name(_UNWRITTEN).stat().st_size
    except OSError as error:
        what = f"the journal of the recording cannot be read ({error.strerror})"
        raise UsageError(Problem(where=str(path), what=what)) from error


def _event(line: bytes) -> dict[str, Any] | None:
    """Return what a line says; None where it is not what was written."""
    checksum, _, data = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != f"{zlib.crc32(data):08x}".encode():
        return None
    event: dict[str, Any] = json.loads(data.decode("utf-8", "surrogatepass"))
    return event


def _told(event: dict[str, Any], contents: Contents) -> tuple[Exchange, str] | None:
    if event["event"] == "recording":
        contents.environment = event["environment"]
        return None
    if event["event"] == "began":
        contents.flying[event["id"]] = Begun(
            method=event["method"], url=event["url"], started=event["started"]
        )
        return None
    contents.flying.pop(event["id"], None)
    if event["event"] == "lost":
        contents.lost += 1
        return None
    contents.ended += 1
    return to_exchange(event["exchange"]), event["exchange"]["harness"]["step"]
