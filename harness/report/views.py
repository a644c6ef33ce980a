"""What the templates of the page are filled with: causes, places, steps and scenarios as texts and links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.causes import Cause, Place
from harness.difference import Kind
from harness.readiness import Assessment
from harness.redact import Redactor
from harness.report import words
from harness.report.anchors import Anchors
from harness.report.digest import Digest, found
from harness.report.evidence import PairView, pair_view
from harness.report.filters import Filters
from harness.report.override import override_yaml
from harness.report.text import acceptance_yaml
from harness.report.words import count
from harness.result import Finding, ScenarioResult, StepResult, operation_name
from harness.rules import Severity
from harness.struct import Struct, replace

PLACES: Final = 20
"""Places of one cause that are named; the rest is counted."""

TITLES: Final[Mapping[Severity, str]] = {
    Severity.BREAKING: "Breaking",
    Severity.RISKY: "Risky",
    Severity.INFO: "For information",
}


class PlaceView(Struct, frozen=True, kw_only=True):
    """A step, and the link to it; without one it is in no file."""

    href: str
    where: str
    name: str
    operation: str


class CauseView(Struct, frozen=True, kw_only=True):
    """A cause; ``pair`` is that of its first place, ``marks`` are what filters go by.

    ``aliases`` are its other names, by its findings. ``rest`` links from a line to the whole. ``place`` says
    where the acceptance is written.
    """

    anchor: str
    aliases: tuple[str, ...]
    href: str
    marks: str
    state: str
    cause: Cause
    said: str
    samples: str
    together: str
    proof: str
    sides: tuple[str, str] | None
    places: tuple[PlaceView, ...]
    more: int
    rest: str
    pair: PairView | None = None
    acceptance: str = ""
    place: str = ""
    override: str = ""


class FoundView(Struct, frozen=True, kw_only=True):
    """A finding of a step, and the link to its cause."""

    finding: Finding
    said: str
    href: str


class StepView(Struct, frozen=True, kw_only=True):
    """A step; ``folded`` says that its evidence did not fit into the file."""

    anchor: str
    step: StepResult
    operation: str
    answers: str
    walked: str
    findings: tuple[FoundView, ...]
    pair: PairView | None
    folded: bool


class ScenarioView(Struct, frozen=True, kw_only=True):
    """A scenario; without steps it is a line that links to where they are."""

    anchor: str
    href: str
    marks: str
    scenario: ScenarioResult
    counted: str
    steps: tuple[StepView, ...] = ()


class SectionView(Struct, frozen=True, kw_only=True):
    """The causes of one severity: those in full, then those in a line."""

    severity: Severity
    title: str
    counted: str
    full: tuple[Any, ...]
    rows: tuple[CauseView, ...]
    left: int

    @property
    def number(self) -> int:
        """How many causes there are."""
        return len(self.full) + len(self.rows) + self.left


class GoneView(Struct, frozen=True, kw_only=True):
    """An operation that v1 does not have."""

    operation: str
    remedies: tuple[str, ...]
    places: tuple[PlaceView, ...]
    more: int


class Views:
    """Makes the views of one file; ``here`` is its name beside the page, empty for the page itself."""

    def __init__(self, anchors: Anchors, filters: Filters, redactor: Redactor, here: str = "") -> None:
        """Take what all files share."""
        self._anchors = anchors
        self._filters = filters
        self._redactor = redactor
        self._here = here
        self._pairs: dict[int, PairView | None] = {}

    def in_file(self, name: str) -> Views:
        """Return the same for another file."""
        return Views(self._anchors, self._filters, self._redactor, name)

    def href(self, name: str) -> str:
        """Return the link to a name from this file."""
        return self._anchors.href(name, self._here)

    def pair(self, step: StepResult) -> PairView | None:
        """Show the evidence of a step; it is laid out once a file."""
        if id(step) not in self._pairs:
            self._pairs[id(step)] = pair_view(step, self._redactor)
        return self._pairs[id(step)]

    def row(self, cause: Cause) -> CauseView:
        """Show a cause in a line."""
        return self._cause(cause)

    def cause(self, cause: Cause) -> CauseView:
        """Show a cause in full, with the evidence of its first place and what can be pasted."""
        first = cause.places[0]
        settles = not cause.accepted and cause.difference.kind is not Kind.ACCEPTANCE
        file = first.scenario.where.rpartition(":")[0]
        return self._cause(
            cause,
            pair=self.pair(first.step),
            acceptance=acceptance_yaml(cause.example) if settles else "",
            place=f"at the top level of {file}"
            if first.step.probe
            else f"into the step at {first.step.where}",
            override=override_yaml(cause.example, first.step.candidate) if settles else "",
        )

    def _cause(self, cause: Cause, **more: Any) -> CauseView:
        anchor = self._anchors.cause(cause)
        return CauseView(
            anchor=anchor,
            aliases=self._anchors.aliases(cause),
            href=self.href(anchor),
            marks=self._filters.of_cause(cause),
            state=self._filters.state(cause),
            cause=cause,
            said=words.title(cause),
            samples=words.samples(cause),
            together=words.together(cause),
            proof=words.proof(cause.example),
            sides=words.sides(cause.difference),
            places=tuple(self._place(place) for place in cause.places[:PLACES]),
            more=max(len(cause.places) - PLACES, 0),
            rest=self._anchors.rest(anchor),
            **more,
        )

    def _place(self, place: Place) -> PlaceView:
        return self.step_place(place.scenario, place.step)

    def step_place(self, scenario: ScenarioResult, step: StepResult) -> PlaceView:
        """Name a step and where it is."""
        return PlaceView(
            href=self.href(self._anchors.step(scenario, step)),
            where=step.where,
            name=step.name,
            operation=operation_name(step),
        )

    def section(
        self, severity: Severity, causes: Sequence[Cause], full: Sequence[Any], rows: Iterable[Cause]
    ) -> SectionView:
        """Show the causes of a severity: ``full`` are rendered ones, ``rows`` those that get a line."""
        shown = tuple(self.row(cause) for cause in rows)
        return SectionView(
            severity=severity,
            title=TITLES[severity],
            counted=found(tuple(causes)),
            full=tuple(full),
            rows=shown,
            left=len(causes) - len(full) - len(shown),
        )

    def severities(self, shown: Digest) -> list[Mapping[str, Any]]:
        """Count the findings of each severity: open ones with their causes, and accepted ones."""
        return [
            {
                "severity": severity,
                "title": TITLES[severity],
                "open": sum(len(each.places) for each in causes if not each.accepted),
                "accepted": sum(len(each.places) for each in causes if each.accepted),
                "causes": count(sum(not each.accepted for each in causes), "cause"),
            }
            for severity in Severity
            for causes in [shown.of(severity)]
        ]

    def unsupported(self, shown: Digest) -> list[GoneView]:
        """Show the operations that v1 does not have."""
        return [
            GoneView(
                operation=gone.operation,
                remedies=gone.remedies,
                places=tuple(self.step_place(*step) for step in gone.steps[:PLACES]),
                more=max(len(gone.steps) - PLACES, 0),
            )
            for gone in shown.unsupported
        ]

    def operations(self, assessment: Assessment) -> list[Mapping[str, Any]]:
        """Show how ready each operation is, with its scenarios."""
        return [
            {
                "name": each.operation,
                "readiness": each.readiness,
                "verdict": each.verdict,
                "reasons": each.reasons,
                "scenarios": [
                    {"id": id_, "href": self.href(self._anchors.scenario(id_))}
                    for id_ in each.scenarios[:PLACES]
                ],
                "more": max(len(each.scenarios) - PLACES, 0),
            }
            for each in assessment.operations
        ]

    def line(self, scenario: ScenarioResult) -> ScenarioView:
        """Show a scenario in a line."""
        anchor = self._anchors.scenario(scenario.id)
        return ScenarioView(
            anchor=anchor,
            href=self.href(anchor),
            marks=self._filters.of_scenario(scenario),
            scenario=scenario,
            counted=count(len(scenario.steps), "step"),
        )

    def scenario(self, scenario: ScenarioResult, room: int) -> ScenarioView:
        """Show a scenario with its steps, and evidence while there is room."""
        line, anchors = self.line(scenario), self._anchors.steps(scenario)
        shown = zip(scenario.steps, anchors, self._evidence(scenario, room), strict=True)
        return replace(line, steps=tuple(self._step(step, anchor, pair) for step, anchor, (pair, _) in shown))

    def taken(self, scenario: ScenarioResult, room: int) -> int:
        """Return the characters that a scenario takes, about, when it is shown with that much room."""
        return 600 + sum(size for _, size in self._evidence(scenario, room))

    def _evidence(self, scenario: ScenarioResult, room: int) -> Iterator[tuple[PairView | None, int]]:
        """Yield the evidence of each step, None when the room is used up, and what the step takes."""
        room -= 600
        for step in scenario.steps:
            pair = self.pair(step) if room > 0 else None
            size = 700 + 400 * len(step.findings) + (pair.size if pair else 0)
            room -= size
            yield pair, size

    def _step(self, step: StepResult, anchor: str, pair: PairView | None) -> StepView:
        ran = step.baseline is not None or step.candidate is not None
        return StepView(
            anchor=anchor,
            step=step,
            operation=operation_name(step),
            answers=words.answers(step) if ran else "",
            walked=words.walked(step),
            findings=tuple(
                FoundView(
                    finding=finding,
                    said=words.sentence(finding),
                    href=self.href(self._anchors.finding(finding)),
                )
                for finding in step.findings
            ),
            pair=pair,
            folded=ran and pair is None,
        )
