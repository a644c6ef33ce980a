"""The one way out of every recorder: secrets leave, the journal gets what ended, cassettes are folded of it.

What a keeper cannot do it says and counts; it never stands in the way of the client whose traffic it keeps.
"""

from __future__ import annotations

import dataclasses
import shlex
import shutil
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final, Self

from filelock import FileLock, Timeout

from harness.anonymize import Anonymizer, Remains
from harness.cassette import Review, write_cassette
from harness.errors import HarnessError, Problem, UsageError
from harness.exchange import Exchange, Request, Side, timestamp
from harness.leaks import LeakCheck
from harness.privacy import private_directory
from harness.recorder.journal import NAME, Begun, Contents, Journal, read_journal
from harness.recorder.origin import Origin, side_of
from harness.recorder.scope import Scope
from harness.recorder.storable import storable
from harness.recorder.withholding import HiddenError, lacking, refuse_hidden, said, withhold
from harness.redact import Redactor
from harness.result import Provenance
from harness.sentences import counted
from harness.struct import Struct, field
from harness.traffic import LOCK, WORK

_ANONYMOUS: Final = "anonymous"
"""The file beside the journal that says that its cassettes must be anonymous, whoever writes them."""

UNKNOWN: Final = "unknown"
"""The environment of a recording of which nobody said it."""


class Kept(Struct, kw_only=True):
    """What a recording came to.

    ``cassettes`` maps paths to their numbers of exchanges; ``flying`` did not end. ``ignored`` counts what
    was not to be kept, ``lost`` what was and could not be. ``damaged`` are places (``file:line``) of the
    journal that cannot be read. ``withheld`` are sentences on exchanges that are kept, and lack something
    because of a secret.
    """

    cassettes: dict[Path, int] = field(default_factory=dict)
    flying: tuple[Begun, ...] = ()
    ignored: int = 0
    lost: int = 0
    damaged: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()

    @property
    def exchanges(self) -> int:
        """How many exchanges the cassettes hold."""
        return sum(self.cassettes.values())


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Secrecy:
    """What keeps secrets out of a recording.

    ``redactor`` takes them out; ``secrets`` are the real values, by name, that must not be in any file;
    ``review`` looks through the cassettes that were written. ``check`` finds what the redactor could not take
    out, before anything is written; without it all of that is left to the review, which refuses it.
    ``anonymizer`` takes out what is personal.
    """

    redactor: Redactor
    secrets: Mapping[str, str] = dataclasses.field(repr=False)
    review: Review | None = None
    check: LeakCheck | None = None
    anonymizer: Anonymizer | None = None


class Keeper:
    """Keeps the exchanges of one recording; may be used by several threads."""

    def __init__(
        self,
        directory: Path,
        scope: Scope,
        secrecy: Secrecy,
        *,
        environment: str,
        fsync: bool = False,
        alert: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Begin a recording in a directory.

        Args:
            directory: Where ``baseline.yaml`` and ``candidate.yaml`` come to be.
            scope: What is kept.
            secrecy: What keeps secrets out.
            environment: The name of the environment, for the provenance.
            fsync: Whether each exchange must survive a loss of power before its client has it.
            alert: Gets each trouble, once, as a sentence.

        Raises:
            UsageError: Another recorder works here, an interrupted recording is here, cassettes are here,
                or the directory cannot be written.
        """
        self.scope = scope
        self._directory = directory
        self._secrecy = secrecy
        self._environment = environment
        self._alert = alert
        self._told: set[str] = set()
        self._ids = count(1)
        self._numbers = count()
        self._guard = threading.Lock()
        self._kept = Kept()
        self._finished = False
        refuse_existing(directory)
        self._is_new = not directory.exists()
        self._lock = _locked(directory)
        journal = directory / WORK / NAME
        if journal.exists():
            self._lock.release()
            raise UsageError(_interrupted(directory))
        try:
            if secrecy.anonymizer is not None:
                (directory / WORK / _ANONYMOUS).touch()
            self._journal = Journal(journal, fsync=fsync)
        except OSError as error:
            shutil.rmtree(directory / WORK, ignore_errors=True)
            self._lock.release()
            raise _unwritable(directory, error) from error

    def began(self, request: Request) -> int:
        """Note a request that is under way; return its id, 0 for one that is not to be kept."""
        with self._guard:
            try:
                if not self.scope.keeps(request, next(self._numbers)):
                    self._kept.ignored += 1
                    return 0
            except Exception as error:  # noqa: BLE001 - the client must go on; what may be another's is not kept
                self._lose(0, f"nobody could say whether to keep an exchange ({type(error).__name__})")
                return 0
            id_ = next(self._ids)
            with suppress(Exception):  # the client must go on, and what ended is kept all the same
                begun = Begun(
                    method=self._secrecy.redactor.word(request.method),
                    url=self._secrecy.redactor.url(request.url),
                    started=timestamp(),
                )
                self._journal.of(self._environment)
                self._journal.began(id_, begun)
            return id_

    def ended(self, id_: int, exchange: Exchange, step: str = "") -> None:
        """Keep what came of a request."""
        if not id_:
            return
        try:
            kept = storable(exchange, self.scope.body)
            clean = self._secrecy.redactor.exchange(kept)
            with self._guard:
                self._kept.withheld += tuple(said(clean, clause) for clause in lacking(exchange, kept, clean))
                if self._journal.size > self.scope.disk:
                    self._lose(id_, f"the recording has the {self.scope.disk} bytes that it may have")
                else:
                    self._journal.ended(id_, clean, step)
        except OSError as error:
            # Without its own words, in which anything may be.
            with self._guard:
                self._lose(
                    id_, f"an exchange could not be written ({error.strerror or type(error).__name__})"
                )
        except Exception as error:  # noqa: BLE001 - whatever it is, the client must get its answer
            with self._guard:
                self._lose(id_, f"an exchange could not be kept ({type(error).__name__})")

    def lost(self, id_: int, why: str) -> None:
        """Count an exchange that ended and could not be brought here; ``why`` is a clause without secrets."""
        if id_:
            with self._guard:
                self._lose(id_, why)

    def _lose(self, id_: int, why: str) -> None:
        self._kept.lost += 1
        # Neither a journal that cannot be written nor a closed standard error is the client's trouble.
        with suppress(Exception):
            self._journal.lost(id_)
        if why not in self._told:
            self._told.add(why)
            with suppress(Exception):
                self._alert(f"{self._directory}: {why}; the client got its answer, the recording lacks it.")

    def finish(self) -> Kept:
        """Fold the journal into cassettes, and end.

        Raises:
            HarnessError: a cassette cannot be written, or would hold a secret; the journal is still there.
        """
        self._finished = True
        try:
            self._journal.close()
            kept = _Fold(self._directory, self._environment, self._secrecy).run()
        finally:
            self._lock.release()
        kept.ignored = self._kept.ignored
        kept.lost = max(kept.lost, self._kept.lost)
        kept.withheld = self._kept.withheld + kept.withheld
        return kept

    def __enter__(self) -> Self:
        """Return the keeper."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the directory; what was not folded is still there, and what to do with it is told."""
        self._journal.close()
        if not self._finished and self._journal.size:
            with suppress(Exception):
                self._alert(str(_waiting(self._directory, Contents())))
        elif not self._finished:
            shutil.rmtree(self._directory / WORK, ignore_errors=True)
        self._lock.release()
        if self._is_new:
            with suppress(OSError):  # something is in it
                self._directory.rmdir()


def recover(directory: Path, environment: str, secrecy: Secrecy) -> Kept:
    """Fold what a killed recorder left, or one whose cassettes would have held a secret.

    Secrets are taken out once more: the project may have said since what else is one. Where ``environment``
    is empty, it is the one that the recording began with.

    Raises:
        UsageError: There is nothing to recover, or its recorder is still at work.
        HarnessError: As for :meth:`Keeper.finish`.
    """
    if not (directory / WORK / NAME).exists():
        what = "there is no interrupted recording here"
        raise UsageError(Problem(where=str(directory), what=what))
    # Cassettes beside a journal are what a folding that was killed had written; they are written anew.
    lock = _locked(directory)
    try:
        return _Fold(directory, environment, secrecy).run()
    finally:
        lock.release()


def is_anonymous(directory: Path) -> bool:
    """Whether an interrupted recording was begun to become anonymous."""
    return (directory / WORK / _ANONYMOUS).exists()


def refuse_existing(directory: Path) -> None:
    """Refuse a directory that has cassettes: a recording replaces nothing.

    Raises:
        UsageError: It has some.
    """
    there = next((path for side in Side if (path := directory / f"{side.value}.yaml").exists()), None)
    if there is not None:
        advice = "Choose another directory with `--output`, or remove the old recording first."
        raise UsageError(Problem(where=str(there), what="there is a recording here already", advice=advice))


class _Fold(Struct, frozen=True):
    """Writes one cassette a side, then removes the journal; a kill in between changes nothing of it."""

    directory: Path
    environment: str
    secrecy: Secrecy

    def run(self) -> Kept:
        try:
            return self._folded()
        except HarnessError as error:
            contents = Contents()
            with suppress(HarnessError):
                for _ in read_journal(self._journal, contents):
                    pass
            raise type(error)(*error.problems, _waiting(self.directory, contents)) from error

    def _folded(self) -> Kept:
        kept = Kept()
        anonymizer = self.secrecy.anonymizer
        provenance = Origin(anonymized=anonymizer is not None)
        contents = Contents()
        sides: dict[Side, int] = dict.fromkeys(Side, 0)
        for exchange, _ in read_journal(self._journal, contents):
            sides[provenance.add(exchange)] += 1
            if anonymizer is not None:
                anonymizer.learn(self._clean(exchange))
        environment = self.environment or contents.environment or UNKNOWN
        for side, number in sides.items():
            if number:
                path = self.directory / f"{side.value}.yaml"
                kept.withheld += self._write(path, side, provenance.of(side, environment))
                kept.cassettes[path] = number
        kept.flying = tuple(contents.flying.values())
        kept.lost = contents.lost
        kept.damaged = tuple(f"{self._journal}:{number}" for number in contents.damaged)
        if not kept.damaged:
            shutil.rmtree(self.directory / WORK, ignore_errors=True)
        return kept

    @property
    def _journal(self) -> Path:
        return self.directory / WORK / NAME

    def _write(self, path: Path, side: Side, provenance: Provenance) -> tuple[str, ...]:
        """Write the cassette of a side; return what its exchanges lack for the sake of secrets."""
        bare: frozenset[int] = frozenset()
        while True:
            withheld: list[str] = []
            try:
                write_cassette(
                    path,
                    self._of(side, bare, withheld),
                    provenance,
                    secrets=[*self.secrecy.secrets.values()],
                    review=partial(self._review, bare),
                    workplace=self.directory / WORK,
                    redaction=self.secrecy.redactor.edition,
                )
            except HiddenError as error:
                bare |= error.numbers
            else:
                return tuple(withheld)

    def _of(self, side: Side, bare: Collection[int], withheld: list[str]) -> Iterator[tuple[Exchange, str]]:
        """Give the exchanges of a side as they are written; add what they lack for the sake of secrets.

        ``bare`` are the numbers of those that lack all bodies.
        """
        number = 0
        for exchange, step in read_journal(self._journal, Contents()):
            if side_of(exchange.request.url)[0] is side:
                number += 1
                clean, anonymizer = self._clean(exchange), self.secrecy.anonymizer
                if anonymizer is not None:
                    clean = anonymizer.exchange(clean)
                if self.secrecy.check is not None:
                    clean, clauses = withhold(
                        clean, self.secrecy.check, self.secrecy.redactor, all_of_it=number in bare
                    )
                    withheld += (said(clean, clause) for clause in clauses)
                yield clean, step

    def _clean(self, exchange: Exchange) -> Exchange:
        return self.secrecy.redactor.exchange(storable(exchange, sys.maxsize))

    def _review(self, bare: frozenset[int], written: Path, path: Path) -> None:
        if self.secrecy.check is not None:
            refuse_hidden(written, path, self.secrecy.check, bare)
        if self.secrecy.review is not None:
            self.secrecy.review(written, path)
        if self.secrecy.anonymizer is not None:
            Remains(self.secrecy.anonymizer.originals.known)(written, path)


def _locked(directory: Path) -> FileLock:
    """Take the directory for this process alone; the lock ends with the process, however that ends."""
    work = directory / WORK
    try:
        private_directory(work)
        lock = FileLock(work / LOCK, thread_local=False)
        lock.acquire(timeout=0)
    except Timeout:
        advice = "Wait until it has ended, or choose another directory with `--output`."
        raise UsageError(
            Problem(where=str(directory), what="another recorder works here", advice=advice)
        ) from None
    except OSError as error:
        raise _unwritable(directory, error) from error
    return lock


def _interrupted(directory: Path) -> Problem:
    return Problem(
        where=str(directory),
        what="a recording was interrupted here, and its exchanges are not in a cassette yet",
        advice=f"Run `{_recovery(directory)}` first.",
    )


def _recovery(directory: Path) -> str:
    return f"harness record --recover --output {shlex.quote(str(directory))}"


def _waiting(directory: Path, contents: Contents) -> Problem:
    """Say where the exchanges are; how many, where others are lost."""
    lost = contents.lost
    place = f"kept in {directory / WORK}, for you alone"
    what = f"the exchanges are {place}"
    if lost:
        what = f"{counted(lost, 'exchange')} could not be kept; what could ({contents.ended:,}) is {place}"
    return Problem(
        where=str(directory),
        what=what,
        advice=f"Run `{_recovery(directory)}` next, or delete that directory.",
    )


def _unwritable(directory: Path, error: OSError) -> UsageError:
    what = f"nothing can be recorded here ({error.strerror or error})"
    advice = "Choose a directory that can be written, with `--output`."
    return UsageError(Problem(where=str(directory), what=what, advice=advice))
