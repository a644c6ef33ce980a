"""``report.html``: one page with everything, in one file. The only user of jinja2.

The page loads nothing and runs nothing: it has no script, its Content-Security-Policy forbids all but
its own style sheet, and every value is escaped by the template engine after it was made visible.
Requests and responses are shown worst scenario first until :data:`EVIDENCE` characters are used up.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from harness.causes import Cause
from harness.exchange import Body, BodyKind, Headers
from harness.history import History
from harness.readiness import Assessment, sandbox_reason
from harness.report import behaviour, changes, matrix, probing, words
from harness.report.digest import Digest, digest, found
from harness.report.words import clip, count, visible_lines
from harness.result import Evidence, Finding, RunResult, ScenarioResult, StepResult, operation_name
from harness.rules import Severity

EVIDENCE = 1_000_000
"""Characters of requests and responses in a page, as they are written there.

Who opens it looks at what is worst, which comes first; a larger page takes longer to open and to attach.
"""

BODY = 10_000
"""Characters of one body in a page."""

_MOST_PLACES = 50
_MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _EvidenceView:
    """One exchange as texts; a missing one has none."""

    request: str = ""
    request_headers: str = ""
    request_body: str = ""
    answer: str = ""
    headers: str = ""
    body: str = ""

    @property
    def size(self) -> int:
        """Characters in the page, about: a quotation mark takes five."""
        texts = (self.request, self.request_headers, self.request_body, self.headers, self.body)
        return sum(len(text) + 4 * text.count('"') for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FoundView:
    finding: Finding
    said: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _StepView:
    """A step; ``folded`` says that its evidence did not fit into the page."""

    anchor: str
    step: StepResult
    operation: str
    answers: str
    walked: str
    findings: tuple[_FoundView, ...]
    old: _EvidenceView | None
    new: _EvidenceView | None
    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _ScenarioView:
    anchor: str
    scenario: ScenarioResult
    counted: str
    steps: tuple[_StepView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlaceView:
    anchor: str
    where: str
    name: str
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _CauseView:
    number: int
    cause: Cause
    said: str
    samples: str
    together: str
    sides: tuple[str, str] | None
    places: tuple[_PlaceView, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _SectionView:
    severity: Severity
    title: str
    counted: str
    condensed: bool
    views: tuple[_CauseView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _GoneView:
    operation: str
    remedies: tuple[str, ...]
    places: tuple[_PlaceView, ...]
    more: int


class _Anchors:
    """Names of places in the page: made of numbers only, never of foreign text."""

    def __init__(self, shown: Digest) -> None:
        self.scenarios = {
            scenario.id: f"s{number}" for number, scenario in enumerate(shown.scenarios, start=1)
        }
        self.findings = {
            id(place.finding): f"f{number}"
            for number, cause in enumerate(shown.causes, start=1)
            for place in cause.places
        }

    def step(self, scenario: ScenarioResult, step: StepResult) -> str:
        number = next(number for number, each in enumerate(scenario.steps, start=1) if each is step)
        return f"{self.scenarios[scenario.id]}-{number}"

    def place(self, scenario: ScenarioResult, step: StepResult) -> _PlaceView:
        return _PlaceView(
            anchor=self.step(scenario, step), where=step.where, name=step.name, operation=operation_name(step)
        )


def render_html(run: RunResult, assessment: Assessment, history: History | None = None) -> str:
    """Write the page of a run."""
    shown = digest(run, assessment)
    anchors = _Anchors(shown)
    style = _resource("style.css")
    page = _environment().get_template("report.html.jinja")
    return page.render(
        run=run,
        assessment=assessment,
        digest=shown,
        words=words,
        matrix=matrix,
        probing=probing,
        changes=changes,
        behaviour=behaviour,
        picture=behaviour.picture(assessment.behaviour),
        history=history,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        sandbox=sandbox_reason(run),
        finished=words.finished_counts(run),
        provenance=words.provenance(run),
        sections=_sections(shown, anchors),
        unsupported=[
            _GoneView(
                operation=gone.operation,
                remedies=gone.remedies,
                places=tuple(anchors.place(*step) for step in gone.steps[:_MOST_PLACES]),
                more=max(len(gone.steps) - _MOST_PLACES, 0),
            )
            for gone in shown.unsupported
        ],
        operations=_operations(assessment, anchors),
        scenarios=_scenarios(shown, anchors),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        keep_trailing_newline=True,
    )
    environment.filters.update(slug=_slug, short=_short, pieces=words.pieces)
    return environment


@cache
def _resource(name: str) -> str:
    return files("harness.report").joinpath("page", name).read_text(encoding="utf-8")


def _finalize(value: Any) -> Any:
    """Make every text that the template writes visible; what a macro wrote has been through here."""
    return visible_lines(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _slug(word: str) -> str:
    """Make a class name of one of our own words."""
    return word.lower().replace(" ", "-")


def _short(text: str) -> str:
    lines = text.split("\n")
    more = len(lines) - _MOST_LINES
    shown = lines if more <= 0 else [*lines[:_MOST_LINES], f"… {more} more lines"]
    return clip("\n".join(shown), BODY)


def _sections(shown: Digest, anchors: _Anchors) -> list[_SectionView]:
    numbers = {id(cause): number for number, cause in enumerate(shown.causes, start=1)}
    titles = {Severity.BREAKING: "Breaking", Severity.RISKY: "Risky", Severity.INFO: "For information"}
    return [
        _SectionView(
            severity=severity,
            title=titles[severity],
            counted=found(shown.of(severity)),
            condensed=severity is Severity.INFO,
            views=tuple(_cause(cause, numbers[id(cause)], anchors) for cause in shown.of(severity)),
        )
        for severity in Severity
    ]


def _cause(cause: Cause, number: int, anchors: _Anchors) -> _CauseView:
    return _CauseView(
        number=number,
        cause=cause,
        said=words.sentence(cause.example),
        samples=words.samples(cause),
        together=words.together(cause),
        sides=words.sides(cause.difference),
        places=tuple(anchors.place(place.scenario, place.step) for place in cause.places[:_MOST_PLACES]),
        more=max(len(cause.places) - _MOST_PLACES, 0),
    )


def _operations(assessment: Assessment, anchors: _Anchors) -> list[Mapping[str, Any]]:
    return [
        {
            "name": each.operation,
            "readiness": each.readiness,
            "verdict": each.verdict,
            "reasons": each.reasons,
            "scenarios": [
                {"id": id_, "anchor": anchors.scenarios[id_]} for id_ in each.scenarios[:_MOST_PLACES]
            ],
            "more": max(len(each.scenarios) - _MOST_PLACES, 0),
        }
        for each in assessment.operations
    ]


def _scenarios(shown: Digest, anchors: _Anchors) -> list[_ScenarioView]:
    """Lay out the scenarios, worst first; evidence goes in until there is no more room."""
    room = EVIDENCE
    views = []
    for scenario in shown.scenarios:
        steps = []
        for number, step in enumerate(scenario.steps, start=1):
            old, new = (_evidence(each) if room > 0 else None for each in (step.baseline, step.candidate))
            room -= (old.size if old else 0) + (new.size if new else 0)
            steps.append(_step(step, f"{anchors.scenarios[scenario.id]}-{number}", (old, new), anchors))
        views.append(
            _ScenarioView(
                anchor=anchors.scenarios[scenario.id],
                scenario=scenario,
                counted=count(len(scenario.steps), "step"),
                steps=tuple(steps),
            )
        )
    return views


def _step(
    step: StepResult,
    anchor: str,
    evidence: tuple[_EvidenceView | None, _EvidenceView | None],
    anchors: _Anchors,
) -> _StepView:
    old, new = evidence
    ran = step.baseline is not None or step.candidate is not None
    return _StepView(
        anchor=anchor,
        step=step,
        operation=operation_name(step),
        answers=words.answers(step) if ran else "",
        walked=words.walked(step),
        findings=tuple(
            _FoundView(
                finding=finding,
                said=words.sentence(finding),
                anchor=anchors.findings.get(id(finding), "unproved"),
            )
            for finding in step.findings
        ),
        old=old or (_EvidenceView() if new else None),
        new=new or (_EvidenceView() if old else None),
        folded=ran and old is None and new is None,
    )


def _evidence(evidence: Evidence | None) -> _EvidenceView | None:
    if evidence is None:
        return None
    return _EvidenceView(
        request=f"{evidence.method} {clip(evidence.url, BODY)}",
        request_headers=_fields(evidence.request_headers),
        request_body=_body(evidence.request_body) if evidence.request_body.kind is not BodyKind.EMPTY else "",
        answer=words.answered(evidence),
        headers=_fields(evidence.headers),
        body="" if evidence.failure else _body(evidence.body),
    )


def _fields(headers: Headers) -> str:
    return clip("\n".join(f"{name}: {value}" for name, value in headers), BODY)


def _body(body: Body) -> str:
    text = words.body_text(body)
    more = len(text) - BODY
    return text if more <= 0 else f"{text[:BODY]}\n… {more:,} more characters are in run.json"
