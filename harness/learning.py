"""What noise that a run proved is worth as acceptances, and what must not be accepted as noise.

A live run that proves noise needs no acceptance for it. A replay of a recording without repeats does, and so
does a live run in which chance lets the baseline agree with itself.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from harness.acceptances import accept, expired
from harness.difference import ITEM, Kind, segments
from harness.errors import HarnessError, Problem, UsageError
from harness.exchange import BodyKind, Json
from harness.judge import verdict
from harness.result import Finding, Noise, RunResult, ScenarioResult, StepResult, Verdict
from harness.rules import Severity
from harness.scenario import Acceptance, acceptances_in, find_step, with_acceptance
from harness.struct import Struct, replace

DAYS: Final = 30
"""How many days a proposed acceptance holds, unless told otherwise."""

_KINDS: Final = frozenset({Kind.VALUE, Kind.CASE, Kind.ORDER, Kind.HEADER_VALUE, Kind.LATENCY})
_RULES: Final = frozenset(
    {
        "caching-changed",
        "header-changed",
        "header-value-varied",
        "latency-regressed",
        "list-order-changed",
        "total-count-changed",
        "value-changed",
    }
)
"""Rules that speak of a value as such; any other one speaks of what answers are like."""


class Proposal(Struct, frozen=True, kw_only=True):
    """An acceptance that a run speaks for: where its step stands, and what is written there."""

    where: str
    entry: dict[str, Json]


class Refusal(Struct, frozen=True, kw_only=True):
    """Noise that is not proposed as an acceptance; ``why`` is a clause."""

    where: str
    rule: str
    path: str
    why: str


class Amended(Struct, frozen=True, kw_only=True):
    """A scenario file with the proposed acceptances; ``shown`` is its name in messages."""

    path: Path
    shown: str
    before: str
    after: str


class Lessons(Struct, frozen=True, kw_only=True):
    """What a run has to teach: acceptances, the files with them, and what is left to people."""

    proposals: tuple[Proposal, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    files: tuple[Amended, ...] = ()


def learn(run: RunResult, root: Path, today: date, days: int = DAYS) -> Lessons:
    """Propose an acceptance for each place with noise, or say why none is.

    Args:
        run: What was found.
        root: The directory that the places of steps are relative to.
        today: The day in UTC.
        days: How many days from today the acceptances hold.

    Raises:
        UsageError: a scenario file cannot be read.
    """
    learner = _Learner(run, root, today, days)
    for lead in _leads(run):
        learner.follow(lead)
    return Lessons(
        proposals=tuple(learner.proposals),
        refusals=tuple(learner.refusals),
        files=tuple(
            Amended(path=each.path, shown=shown, before=each.before, after=each.text)
            for shown, each in learner.files.items()
            if each.text != each.before
        ),
    )


class _Lead(Struct, frozen=True):
    """One place of noise: the findings of one rule and path, in all runs of one step."""

    scenario: ScenarioResult
    step: StepResult
    finding: Finding
    noise: Noise


class _File(Struct):
    path: Path
    before: str
    text: str


_Key = tuple[str, str, str, str]


def _key(step: StepResult, finding: Finding) -> _Key:
    return step.where, finding.rule, finding.difference.path, finding.difference.to


def _leads(run: RunResult) -> Iterable[_Lead]:
    """Return the first finding of each place that would count if it were no noise."""
    found: dict[_Key, _Lead] = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            for finding in step.findings:
                noise = finding.noise
                if noise and noise.excused and noise.severity is not Severity.INFO and not finding.accepted:
                    lead = _Lead(scenario, step, finding, noise)
                    known = found.setdefault(_key(step, finding), lead)
                    if known.noise.baseline.disagreed < noise.baseline.disagreed:
                        found[_key(step, finding)] = lead
    return found.values()


class _Learner:
    """Follows one lead after the other, and keeps the texts of files as they would be."""

    def __init__(self, run: RunResult, root: Path, today: date, days: int) -> None:
        self.proposals: list[Proposal] = []
        self.refusals: list[Refusal] = []
        self.files: dict[str, _File] = {}
        self._root = root
        self._today = today
        self._until = (today + timedelta(days=days)).isoformat()
        # Findings that an acceptance would hide although they are no noise.
        self._open = Counter(
            _key(step, finding)
            for scenario in run.scenarios
            for step in scenario.steps
            for finding in step.findings
            if finding.accepted is None
            and finding.severity is not Severity.INFO
            and not (finding.noise and finding.noise.excused)
        )

    def follow(self, lead: _Lead) -> None:
        """Propose an acceptance, or refuse it; nothing where it is there already."""
        try:
            why = _structure(lead.finding) or _breadth(lead) or self._others(lead) or self._amend(lead)
        except HarnessError as error:
            why = str(error.problems[0])
        except ValueError:
            # The file was good when it ran, and is not validated again as a whole.
            why = "what stands under `accept` has mistakes now; `pytest --collect-only` says which"
        if why:
            fact = lead.finding.difference
            self.refusals.append(
                Refusal(where=lead.step.where, rule=lead.finding.rule, path=fact.path, why=why)
            )

    def _others(self, lead: _Lead) -> str:
        number = self._open[_key(lead.step, lead.finding)]
        return (
            "it would hide the same difference of other calls of the step, which is no noise"
            if number
            else ""
        )

    def _amend(self, lead: _Lead) -> str:
        """Put the acceptance into the text of its file, and judge the finding again by what is there then."""
        shown, _, line = lead.step.where.rpartition(":")
        if shown != lead.scenario.where.rpartition(":")[0]:
            return f"its step is in {shown}, which any scenario may include; write it there yourself"
        file = self._file(shown)
        # By the line in the text of the run: each acceptance moves the steps that follow it.
        place = find_step(file.before, shown, int(line), lead.step.name)
        if place is None:
            return "the scenario was changed since the run; run it again"
        known = acceptances_in(file.text, shown, place)
        if self._accepts(lead, known):
            return ""
        late = [each for each in known if each.rule == lead.finding.rule and expired(each, self._today)]
        if self._accepts(lead, [each.model_copy(update={"until": ""}) for each in late]):
            return f"its acceptance at {late[0].where} is past its last day; set a new one, or remove it"
        entry = self._entry(lead)
        made = with_acceptance(file.text, shown, place, entry)
        if not self._accepts(lead, acceptances_in(made, shown, place)):
            return "the finding would count all the same"
        file.text = made
        self.proposals.append(Proposal(where=lead.step.where, entry=entry))
        return ""

    def _file(self, shown: str) -> _File:
        if shown not in self.files:
            path = self._root / shown
            # A log is data: no line of it leads out of the project.
            if not Path(os.path.normpath(path)).is_relative_to(self._root):
                what = "this is no file of the project"
                raise UsageError(Problem(where=shown, what=what, advice="Run it where the scenarios are."))
            try:
                # As bytes: a text that is written back keeps the ends of its lines.
                text = path.read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
                advice = "Run it where the scenarios are."
                raise UsageError(
                    Problem(where=shown, what=f"the scenario cannot be read ({why})", advice=advice)
                ) from error
            self.files[shown] = _File(path, text, text)
        return self.files[shown]

    def _accepts(self, lead: _Lead, acceptances: Sequence[Acceptance]) -> bool:
        """Whether the finding passes with these acceptances when nothing says that it is noise."""
        finding = replace(lead.finding, severity=lead.noise.severity, noise=None, inconclusive=False)
        judged, _ = accept([finding], acceptances, self._today)
        return verdict(judged) is Verdict.ACCEPTED

    def _entry(self, lead: _Lead) -> dict[str, Json]:
        evidence = lead.step.baseline
        day = (evidence.started if evidence else "")[:10] or self._today.isoformat()
        counts = lead.noise.baseline
        return {
            "rule": lead.finding.rule,
            "path": lead.finding.difference.path,
            "reason": f"noise: v1beta1 disagreed with itself in {counts} repeats on {day}",
            "until": self._until,
            "noise": True,
        }


def _structure(finding: Finding) -> str:
    """Say what an acceptance would hide beyond a value; empty where it would not."""
    fact = finding.difference
    if fact.kind not in _KINDS or finding.rule not in _RULES:
        return "it would hide more than a value: what answers are like, not what they hold"
    if fact.path.startswith("$.body") and len(segments(fact.path)) == 1:
        return "it would hide the whole body"
    if not fact.path.isprintable():
        return "its place has characters that nobody can see"
    return ""


def _breadth(lead: _Lead) -> str:
    """Say what else its path would cover; empty where `[*]` stands for the elements of lists only."""
    evidence = lead.step.baseline
    parts = segments(lead.finding.difference.path)
    if evidence is None or parts[:1] != ("body",):
        return ""
    if evidence.body.kind is not BodyKind.JSON:
        return "its body is not in the log, so nobody can tell what its path covers" if ITEM in parts else ""
    level: list[Json] = [evidence.body.data]
    for part in parts[1:]:
        if part == ITEM and not all(isinstance(each, list) for each in level):
            return "its path would cover every property of an object"
        level = [inner for each in level for inner in _inside(each, part)]
    return ""


def _inside(value: Json, part: str) -> list[Json]:
    if isinstance(value, list):
        return value if part == ITEM else []
    return [value[part]] if isinstance(value, dict) and part in value else []
