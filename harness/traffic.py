"""Which operations of v1beta1 a set of cassettes uses, and how often."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from harness.cassette import Cassette
from harness.contract import Contract
from harness.errors import CassetteError, Problem, UsageError
from harness.exchange import Side
from harness.inquiry import below_base
from harness.struct import Struct, replace

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_CASSETTE = re.compile(rb"^(?:interactions\s*:|- request:)|[\"']interactions[\"']\s*:", re.MULTILINE)
_TRAFFIC = frozenset({".har", ".jsonl", ".log", ".ndjson"})
"""What files are called that `harness record --from` makes cassettes of."""
_NAMES = frozenset(side.value for side in Side)
_OTHERS = re.compile(rb"^(?:scenario|steps)\s*:", re.MULTILINE)
"""What a scenario has that somebody called like a cassette."""
_NEWER = re.compile(r"/(?:labs/)?v1$")
_STEP = re.compile(rb"^- harness:\n +step: +(\S+)|\"harness\"\s*:\s*\{\s*\"step\"\s*:\s*(\S+)", re.MULTILINE)
"""The name of the first exchange's step; what a client did has none."""
WORK: Final = ".recording"
"""The private directory beside the cassettes while a recording goes on, or waits for its recovery."""
LOCK: Final = "lock"
"""The file in it that a recorder locks."""
REMEDY: Final = "pytest --mode record"
"""How cassettes come to be."""


class Traffic(Struct, frozen=True, kw_only=True):
    """The recorded calls of a set of cassettes.

    ``operations`` maps ids of v1beta1 to how often each is called, ``unknown`` does so for calls that v1beta1
    does not have, by method and path. ``newer`` counts the calls of v1 and of the Labs API. ``aside`` counts
    cassettes of scenarios that were left aside; see :class:`Found`.
    """

    cassettes: int
    calls: int
    operations: Mapping[str, int]
    unknown: Mapping[str, int]
    newer: int
    aside: int = 0


class Found(Struct, frozen=True, kw_only=True):
    """The cassettes that paths lead to.

    Where a directory has recordings of ``harness record``, ``aside`` counts the cassettes there that
    scenarios made: they ask what was drafted from those recordings once more, and are no calls of the client.
    """

    cassettes: tuple[Path, ...]
    aside: int = 0


def read_traffic(paths: Iterable[Path], contract: Contract) -> Traffic:
    """Count the calls of cassettes, ours or stock vcrpy's; only their methods and URLs are read.

    Args:
        paths: Cassettes, and directories that are searched for them; what else is there is left alone, but
            not a damaged file with the name of a cassette.
        contract: That of v1beta1.

    Raises:
        HarnessError: There is no such path or no cassette, or one is damaged; every one is listed.
    """
    problems: list[Problem] = []
    calls: list[tuple[str, str]] = []
    number = 0
    found = cassette_files(paths)
    for path in found.cassettes:
        try:
            calls += Cassette.load(path, remedy=REMEDY).calls
            number += 1
        except CassetteError as error:
            problems += error.problems
    if problems:
        raise UsageError(*problems)
    return replace(_counted(calls, number, contract), aside=found.aside)


def cassette_files(paths: Iterable[Path]) -> Found:
    """Return cassettes, and those in directories by their paths; what else is there is left alone.

    Raises:
        UsageError: a directory has none, or cannot be read, or a file is captured traffic by its name.
    """
    cassettes: list[Path] = []
    aside = 0
    for path in paths:
        if path.suffix.lower() in _TRAFFIC and path.is_file():
            advice = f"Make cassettes of it: `harness record --from {shlex.quote(str(path))} -o DIR`."
            raise UsageError(Problem(where=str(path), what="this is no cassette", advice=advice))
        if not path.is_dir():
            cassettes.append(path)
            continue
        found = {each: _step_of(data) for each in _below(path) if _is_cassette(data := _read(each), each)}
        if not found:
            advice = _advice_of(path)
            raise UsageError(Problem(where=str(path), what="there are no cassettes here", advice=advice))
        drafted = [each for each, step in found.items() if step] if b"" in found.values() else []
        cassettes += [each for each in found if each not in drafted]
        aside += len(drafted)
    return Found(cassettes=tuple(cassettes), aside=aside)


def _advice_of(directory: Path) -> str:
    if _is_locked(directory / WORK / LOCK):
        return "A recording goes on here: end it, as by Ctrl-C, and it writes the cassettes."
    if (directory / WORK).is_dir():
        command = f"harness record --recover --output {shlex.quote(str(directory))}"
        return f"A recording was interrupted: run `{command}` first."
    return "Name a directory that `harness record`, `pytest --mode record` or vcrpy wrote."


def _is_locked(path: Path) -> bool:
    """Whether a recorder holds a lock, as long as it lives; a look takes it from nobody."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror or error}"
        raise UsageError(Problem(where=str(path), what=what)) from error


def _is_cassette(data: bytes, path: Path) -> bool:
    """Whether a file is a cassette, or has the name of one and nothing that could be: then it is damaged."""
    return _CASSETTE.search(data) is not None or (path.stem in _NAMES and _OTHERS.search(data) is None)


def _step_of(data: bytes) -> bytes | None:
    """Return the step of a cassette's first exchange: empty where a client made it, None in vcrpy's own.

    A run of a scenario, or a draft, gives each exchange the name of its step.
    """
    step = _STEP.search(data)
    return (step[1] or step[2]).rstrip(b",}").strip(b"'\"") if step else None


def _below(directory: Path) -> Iterator[Path]:
    for root, directories, names in os.walk(directory):
        directories.sort()
        yield from (Path(root, name) for name in sorted(names) if Path(name).suffix in _SUFFIXES)


def _counted(calls: Iterable[tuple[str, str]], number: int, contract: Contract) -> Traffic:
    every, newer = 0, 0
    operations: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for method, url in calls:
        every += 1
        base, path = below_base(url)
        found = contract.find(method, path)
        if _NEWER.search(base):
            newer += 1
        elif found is not None:
            operations[found.id] += 1
        else:
            unknown[f"{method.upper()} {path.partition('?')[0]}"] += 1
    return Traffic(
        cassettes=number,
        calls=every,
        operations=dict(operations.most_common()),
        unknown=dict(unknown.most_common()),
        newer=newer,
    )
