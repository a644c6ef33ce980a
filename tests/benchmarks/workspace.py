"""The projects that several benchmarks share, made when one of them is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from tests.benchmarks.measure import python
from tests.benchmarks.pairs import Sample, samples
from tests.benchmarks.projects import write_scenarios, write_tests

HARNESS = ("-m", "pytest", "-q", "-p", "harness.plugin", "-p", "no:cacheprovider")
"""Runs the scenarios of a project that are named behind it."""

TESTS = ("-m", "pytest", "-q", "-p", "pytest_recording.plugin", "-p", "no:cacheprovider", "test_pairs.py")
"""Runs the hand-written tests of a project."""


class Workspace:
    """A directory with the projects of one run of the benchmarks.

    ``quick`` asks for small sizes: the figures then say little, and every row is still there.
    """

    def __init__(self, directory: Path, *, quick: bool = False) -> None:
        """Take an empty directory."""
        self.directory = directory
        self.quick = quick
        self.pairs = 45 if quick else 1000
        self.times = 1 if quick else 3

    @cached_property
    def scenarios(self) -> Path:
        """The project of scenarios."""
        return self._project("scenarios", write_scenarios, self.pairs)

    @cached_property
    def tests(self) -> Path:
        """The project of hand-written tests; all share one client."""
        return self._project("tests", write_tests, self.pairs)

    @cached_property
    def single(self) -> tuple[Path, Path]:
        """The same two projects with one pair."""
        return self._project("scenario", write_scenarios, 1), self._project("test", write_tests, 1)

    def _project(self, name: str, write: Callable[[Iterable[Sample], Path], None], pairs: int) -> Path:
        project = self.directory / name
        write(samples(pairs), project)
        return project

    @cached_property
    def log(self) -> Path:
        """The event log of a replay of all scenarios."""
        python(*HARNESS, "scenarios", directory=self.scenarios)()
        return self.scenarios / "reports" / "latest" / "events.jsonl"
