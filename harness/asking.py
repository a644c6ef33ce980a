"""A draft is loaded and asks its recording: what it would send to v1beta1 must be what was recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from harness.cassette import Cassette, CassetteWriter, Review
from harness.client import replay_client
from harness.difference import json_path
from harness.draft import Draft
from harness.errors import HarnessError
from harness.exchange import Side
from harness.foreach import elements
from harness.options import Mode, Options
from harness.pace import Pace
from harness.paging import elements_of
from harness.polling import polled
from harness.redact import Redactor, project_redactor
from harness.result import Provenance
from harness.scenario import Scenario, Step, read_scenario
from harness.settings import Settings
from harness.target import Keys, Outcome, Target
from harness.variables import Variables, placeholders
from harness.walking import walk_side

_NOWHERE: Final = Path(__file__) / "drafts"
"""Where drafts that were not written yet are read from: below a file there is none of somebody else."""


class Checker:
    """Loads drafts and replays their recordings."""

    def __init__(self, settings: Settings, provenance: Provenance) -> None:
        """Take the settings of the project, and where the recording comes from."""
        self._options = Options(settings=settings, environment=settings.environment_named(), mode=Mode.REPLAY)
        self._provenance = provenance
        self._redactor = Redactor(rules=settings.secrets)
        self._redactor_of_project = project_redactor(settings)

    def __call__(self, draft: Draft) -> str:
        """Say why a draft does not ask what was recorded; nothing if it does."""
        played = Cassette.of(
            draft.exchanges, self._provenance, draft.used, redactor=self._redactor_of_project
        )
        path = _NOWHERE / f"{draft.name}.yaml"
        try:
            self._replay(read_scenario(path, root=_NOWHERE, base=_NOWHERE, text=draft.text), played)
        except HarnessError as error:
            return error.problems[0].what
        return ""

    def _replay(self, scenario: Scenario, cassette: Cassette) -> None:
        variables = Variables.recorded(cassette.variables, scenario.vars)
        keys = Keys(token=f"[{self._options.environment.token}]", secrets={}, redactor=self._redactor)
        target = Target(Side.BASELINE, self._options, keys, cassette, variables, replay_client(cassette))
        lists = {name for step in scenario.steps if step.foreach for name in placeholders(step.foreach.in_)}
        try:
            for step in (*scenario.steps, *scenario.cleanup):
                for one in _each(step, target):
                    outcome = _asked(one, target)
                    target.capture(one, outcome, lists)
        finally:
            target.close()


def _each(step: Step, target: Target) -> Iterator[Step]:
    """Yield the step for each element of its list, with the element set."""
    if step.foreach is None:
        yield step
        return
    for element in elements(target.variables.fill(step.foreach.in_, step.where), step.where):
        target.variables.set(step.foreach.as_, element)
        yield step


def _asked(step: Step, target: Target) -> Outcome:
    filled = target.fill(step)
    if step.poll is not None:
        return polled(target, step, step.poll, filled, Pace(threads=False))
    outcome = target.send(filled.request, step)
    if step.walk is not None and filled.operation is not None:
        items = target.contract.lists(filled.operation)
        place = json_path(*items)
        if len(items) == 1 and elements_of(outcome.clean, place) is not None:
            return walk_side(target, step, filled.request, outcome, place)[1]
    return outcome


def write_baseline(
    draft: Draft,
    path: Path,
    provenance: Provenance,
    *,
    secrets: Collection[str] = (),
    review: Review | None = None,
) -> None:
    """Write the recorded side of a draft; ``review`` looks through what was written.

    Raises:
        CassetteError: it cannot be written, or holds a secret.
    """
    writer = CassetteWriter(secrets=secrets, review=review)
    for exchange, step in draft.exchanges:
        writer.add(exchange, step)
    writer.save(path, provenance, draft.used)
