"""What pytest collects: a file is a scenario, and so many items as its data table has rows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from harness.plugin.command_line import spelled
from harness.plugin.state import STATE

if TYPE_CHECKING:
    import pluggy

    from harness.result import ScenarioResult, Verdict
    from harness.scenario import Row, Scenario

_COLONS = re.compile("::+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What pytest is told of a scenario; the result itself is in the log, and need not be kept.

    ``text`` is that of a failure; it is empty where nothing failed.
    """

    verdict: Verdict
    properties: tuple[tuple[str, str], ...]
    text: str

    @property
    def failed(self) -> bool:
        """Whether it is a failure for pytest."""
        return self.verdict in {"mismatch", "error"}

    @classmethod
    def of(cls, result: ScenarioResult) -> Self:
        """Take from a result what pytest needs."""
        from harness.report.text import failure_text

        told = result.verdict in {"mismatch", "error", "inconclusive"}
        return cls(
            verdict=result.verdict,
            properties=tuple(_properties(result)),
            text=failure_text(result) if told else "",
        )


class ScenarioFailedError(Exception):
    """A scenario came to a mismatch or an error; the message is what pytest shows of it."""


class ScenarioFile(pytest.File):
    """One scenario file; a data table makes several items of it."""

    def collect(self) -> Iterable[pytest.Item]:
        """Read the file; its mistakes become one collection error that lists all of them."""
        from harness.errors import HarnessError

        run = self.config.stash[STATE]
        try:
            scenario = run.read(self.path)
        except HarnessError as error:
            from harness.report.workflow_commands import for_people

            raise self.CollectError(for_people(spelled(self.config, str(error)))) from error
        if scenario is None:
            return
        # `::` separates the parts of an item's id: on the command line, nobody could choose such a name.
        title = _COLONS.sub(":", _harmless(" ".join(scenario.title.split())))
        for row in scenario.rows():
            yield ScenarioItem.from_parent(self, name=title + row.suffix, scenario=scenario, row=row)


def _harmless(title: str) -> str:
    """Return a title as a terminal and a job's log may have it: pytest prints it as it is."""
    if title.isprintable() and "##" not in title:
        return title
    from harness.report.workflow_commands import for_people

    return for_people(title)


class ScenarioItem(pytest.Item):
    """One scenario, or one row of its data table."""

    def __init__(self, *, scenario: Scenario, row: Row, **kwargs: Any) -> None:
        """Take a scenario; its tags become markers."""
        super().__init__(**kwargs)
        self.scenario = scenario
        self.row = row
        self._hooks: pluggy.HookRelay | None = None
        for tag in scenario.tags:
            self.config.stash[STATE].declare(tag)
            self.add_marker(tag)

    @property
    def scenario_id(self) -> str:
        """The id of the scenario, or of the row of its table."""
        return self.scenario.id + self.row.suffix

    def runtest(self) -> None:
        """Run the scenario; what came of it goes to the log whatever it is."""
        told = self.config.stash[STATE].run(self)
        self.user_properties += told.properties
        if told.failed:
            raise ScenarioFailedError(spelled(self.config, told.text))
        if told.verdict == "inconclusive":
            pytest.skip(spelled(self.config, told.text.strip()))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any
    ) -> str | Any:
        """Show what differs, side by side, without a traceback."""
        from harness.errors import HarnessError

        error = excinfo.value
        if isinstance(error, ScenarioFailedError | HarnessError):
            from harness.report.workflow_commands import for_people

            return for_people(spelled(self.config, str(error)))
        return super().repr_failure(excinfo, *args, **kwargs)

    @property
    def ihook(self) -> pluggy.HookRelay:
        """Return what any item does: once all are collected, those of a directory have the same hooks.

        pytest asks for it a dozen times, and looks each time which conftest.py files are on its way.
        """
        if self._hooks is not None:
            return self._hooks
        run = self.config.stash[STATE]
        if not run.collected:
            return super().ihook
        directory = self.path.parent
        if directory not in run.hooks:
            run.hooks[directory] = super().ihook
        self._hooks = run.hooks[directory]
        return self._hooks

    @cached_property
    def location(self) -> tuple[str, int | None, str]:
        """Return what any item does; most lie below the root directory, where that is quickly told."""
        path, line, name = self.reportinfo()
        root = f"{self.config.rootpath}{os.sep}"
        shown = str(path)
        return (shown.removeprefix(root), line, name) if shown.startswith(root) else super().location

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place in the YAML."""
        return self.path, self.scenario.line - 1, f"scenario {self.scenario.id}{self.row.suffix}"


def _properties(result: ScenarioResult) -> Iterator[tuple[str, str]]:
    """Give what JUnit's readers can filter by."""
    findings = [finding for step in result.steps for finding in step.findings]
    yield "verdict", result.verdict.value
    yield "scenario", result.id
    if result.ticket:
        yield "ticket", result.ticket
    if result.provenance:
        yield "source", result.provenance.source.value
    yield "breaking", str(sum(finding.severity == "breaking" for finding in findings))
    yield "accepted", str(sum(finding.accepted is not None for finding in findings))
