"""What pytest collects: a file is a scenario, and so many items as its data table has rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin.state import STATE

if TYPE_CHECKING:
    from harness.result import ScenarioResult
    from harness.scenario import Row, Scenario


class ScenarioFailedError(Exception):
    """A scenario came to a mismatch or an error; it holds the result."""

    def __init__(self, result: ScenarioResult) -> None:
        """Keep the result for the failure's text."""
        super().__init__(result.id)
        self.result = result


class ScenarioFile(pytest.File):
    """One scenario file; a data table makes several items of it."""

    def collect(self) -> Iterable[pytest.Item]:
        """Read the file; its mistakes become one collection error that lists all of them."""
        from harness.errors import HarnessError

        run = self.config.stash[STATE]
        try:
            scenario = run.read(self.path)
        except HarnessError as error:
            raise self.CollectError(str(error)) from error
        if scenario is None:
            return
        title = " ".join(scenario.title.split())
        for row in scenario.rows():
            yield ScenarioItem.from_parent(self, name=title + row.suffix, scenario=scenario, row=row)


class ScenarioItem(pytest.Item):
    """One scenario, or one row of its data table."""

    def __init__(self, *, scenario: Scenario, row: Row, **kwargs: Any) -> None:
        """Take a scenario; its tags become markers."""
        super().__init__(**kwargs)
        self.scenario = scenario
        self.row = row
        for tag in scenario.tags:
            self.config.stash[STATE].declare(tag)
            self.add_marker(tag)

    @property
    def scenario_id(self) -> str:
        """The id of the scenario, or of the row of its table."""
        return self.scenario.id + self.row.suffix

    def runtest(self) -> None:
        """Run the scenario; what came of it goes to the log whatever it is."""
        result = self.config.stash[STATE].run(self.scenario, self.row)
        self.user_properties += list(_properties(result))
        if result.verdict in {"mismatch", "error"}:
            raise ScenarioFailedError(result)
        if result.verdict == "inconclusive":
            from harness.report.text import failure_text

            pytest.skip(failure_text(result).strip())

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any
    ) -> str | Any:
        """Show what differs, side by side, without a traceback."""
        from harness.errors import HarnessError
        from harness.report.text import failure_text

        error = excinfo.value
        if isinstance(error, ScenarioFailedError):
            return failure_text(error.result)
        if isinstance(error, HarnessError):
            return str(error)
        return super().repr_failure(excinfo, *args, **kwargs)

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
