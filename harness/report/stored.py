"""Evidence that stays in the log until somebody looks at it: a long run has more than memory should hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Self

from harness.exchange import Body, Headers
from harness.result import Evidence, ScenarioResult
from harness.struct import field_names, replace

_HEAVY: Final = frozenset({"request_headers", "request_body", "headers", "body"})
_LIGHT: Final = tuple(name for name in field_names(Evidence) if name not in _HEAVY)


class Lines:
    """The lines of a log, one after the other and once more by their place, also when it was renamed."""

    def __init__(self, path: Path, decode: Callable[[bytes], ScenarioResult]) -> None:
        """Open the log; ``decode`` reads a line that holds the result of a scenario.

        Raises:
            OSError: it cannot be opened.
        """
        self._file = os.open(path, os.O_RDONLY)
        self._decode = decode
        self._last: tuple[int, ScenarioResult] | None = None

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield the place of each line, in bytes, and the line with its line feed."""
        at = 0
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            for line in file:
                yield at, line
                at += len(line)

    def slim(self, scenario: ScenarioResult, at: int, length: int) -> ScenarioResult:
        """Return a result whose evidence is read from the line when it is looked at."""

        def stored(number: int, evidence: Evidence | None, side: str) -> Evidence | None:
            if evidence is None:
                return None
            return _Stored.keep(evidence, lambda: self._evidence(at, length, number, side))

        steps = (
            replace(
                step,
                baseline=stored(number, step.baseline, "baseline"),
                candidate=stored(number, step.candidate, "candidate"),
            )
            for number, step in enumerate(scenario.steps)
        )
        return replace(scenario, steps=tuple(steps))

    def _evidence(self, at: int, length: int, number: int, side: str) -> Evidence:
        # Who looks at one part of a scenario looks at the others next.
        if self._last is None or self._last[0] != at:
            self._last = at, self._decode(os.pread(self._file, length, at))
        evidence = getattr(self._last[1].steps[number], side)
        assert isinstance(evidence, Evidence)  # noqa: S101 - it was there when the line was read first
        return evidence

    def __del__(self) -> None:
        """Close the file when nothing is left that could be read from it."""
        if hasattr(self, "_file"):
            os.close(self._file)


class _Stored(Evidence):
    """Evidence whose headers and bodies are read again each time that they are looked at."""

    __slots__ = ("_load",)

    _load: Callable[[], Evidence]

    @classmethod
    def keep(cls, evidence: Evidence, load: Callable[[], Evidence]) -> Self:
        """Keep what is small; ``load`` reads the whole."""
        made = object.__new__(cls)
        for name in _LIGHT:
            object.__setattr__(made, name, getattr(evidence, name))
        object.__setattr__(made, "_load", load)
        return made

    @property
    def request_headers(self) -> Headers:
        """As of evidence; the others are, too."""
        return self._load().request_headers

    @property
    def request_body(self) -> Body:
        return self._load().request_body

    @property
    def headers(self) -> Headers:
        return self._load().headers

    @property
    def body(self) -> Body:
        return self._load().body

    def __eq__(self, other: object) -> bool:
        """Compare as evidence, wherever it is."""
        return self._load() == (other._load() if isinstance(other, _Stored) else other)

    __hash__ = Evidence.__hash__
