"""Names of places in the page and in the files beside it, and where each place is.

A link that stands in a ticket goes on working: names are made of a cause's fingerprint and of a scenario's
id, and are the same in every run; a cause is found by the fingerprints of its findings too. Of foreign text
only letters, digits and hyphens come into a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from harness.causes import Cause
from harness.result import Finding, ScenarioResult, StepResult

PAGE: Final = "report.html"
BESIDE: Final = "report-details"
"""The directory of the files beside the page."""

_LONGEST = 80
_MOST = 100
"""Names of a cause by its findings; there are as many as operations and places have it."""
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")
_OTHER = re.compile(r"[^a-z0-9]+")


class Anchors:
    """Where causes, scenarios and steps are.

    ``files`` maps the name of a place to the file beside the page that has it; without an entry it is in the
    page. ``more`` does so for places that the page has in a line. ``absent`` are names that are in no file.
    """

    def __init__(self, causes: Sequence[Cause], scenarios: Iterable[ScenarioResult]) -> None:
        """Name every cause and every scenario."""
        taken: set[str] = set()
        self._causes = {id(cause): _free(f"cause-{cause.fingerprint}", taken) for cause in causes}
        self._aliases = {id(cause): _others(cause, taken) for cause in causes}
        self._of_finding = {id(place.finding): cause for cause in causes for place in cause.places}
        ids = sorted(each.id for each in scenarios)
        self._scenarios = {id_: _free(f"scenario-{_slug(id_)}", taken) for id_ in ids}
        self.files: dict[str, str] = {}
        self.more: dict[str, str] = {}
        self.absent: set[str] = set()

    def cause(self, cause: Cause) -> str:
        """Name a cause: ``cause-0123456789ab``."""
        return self._causes[id(cause)]

    def aliases(self, cause: Cause) -> tuple[str, ...]:
        """Name a cause by its findings: ``cause-`` and the fingerprint that ``run.json`` has."""
        return self._aliases[id(cause)]

    def scenario(self, id_: str) -> str:
        """Name a scenario: ``scenario-tokens-list``."""
        return self._scenarios[id_]

    def step(self, scenario: ScenarioResult, step: StepResult) -> str:
        """Name a step: ``step-tokens-list-2``."""
        number = next(number for number, each in enumerate(scenario.steps, start=1) if each is step)
        return f"{self._steps(scenario.id)}-{number}"

    def steps(self, scenario: ScenarioResult) -> list[str]:
        """Name all steps of a scenario, in order."""
        return [f"{self._steps(scenario.id)}-{number}" for number in range(1, len(scenario.steps) + 1)]

    def _steps(self, id_: str) -> str:
        return "step-" + self._scenarios[id_].removeprefix("scenario-")

    def finding(self, finding: Finding) -> str:
        """Name the cause of a finding; an inconclusive one has none, and stands in ``unproved``."""
        cause = self._of_finding.get(id(finding))
        return "unproved" if cause is None else self.cause(cause)

    def keep(self, names: Iterable[str], file: str) -> None:
        """Say that these names are in a file beside the page."""
        self.files.update(dict.fromkeys(names, file))

    def href(self, name: str, here: str = "") -> str:
        """Return the link to a name from a file (empty: the page); empty where it leads nowhere."""
        if name in self.absent:
            return ""
        # From a file its own text of a place is nearer than the page's line.
        there = here if here and self.more.get(name) == here else self.files.get(name, "")
        if there == here:
            return f"#{name}"
        if here:
            return f"{there}#{name}" if there else f"../{PAGE}#{name}"
        return f"{BESIDE}/{there}#{name}"

    def rest(self, name: str) -> str:
        """Return the link from the page's line to the whole; empty where there is no more."""
        there = self.more.get(name, "")
        return f"{BESIDE}/{there}#{name}" if there else ""


def _others(cause: Cause, taken: set[str]) -> tuple[str, ...]:
    """Return the names by a cause's findings that no other cause has; a log may hold any text for them."""
    prints = dict.fromkeys(place.finding.fingerprint for place in cause.places)
    names = [f"cause-{each}" for each in prints if _FINGERPRINT.fullmatch(each)]
    own = tuple(name for name in names if name not in taken)[:_MOST]
    taken.update(own)
    return own


def _slug(text: str) -> str:
    return _OTHER.sub("-", text.lower()).strip("-")[:_LONGEST] or "scenario"


def _free(name: str, taken: set[str]) -> str:
    """Return the name, with a number behind it where another has it already."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-x{number}", number + 1
    taken.add(found)
    return found
