"""What the pairs of a run show together: findings of one cause are one, with the evidence of all samples.

A pair is one sample, or as many as its lists have elements. What one pair lacks another may have, so a
cause counts every sample of its operations: those with the finding, and those without it. A list without
elements is no sample of what an element looks like.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.difference import Difference, Kind, segments
from harness.exchange import BodyKind, Json, Side
from harness.result import (
    Accepted,
    Evidence,
    Finding,
    RunResult,
    ScenarioResult,
    StepResult,
    Verdict,
    operation_name,
)
from harness.rules import Check, Documentation, Severity
from harness.shape import presence

_OF_PRESENCE = frozenset({Kind.REMOVED, Kind.ADDED})
_REMOVED = frozenset({"property-removed", "optional-property-removed"})
_COMPARED = (Verdict.MATCH, Verdict.ACCEPTED, Verdict.MISMATCH, Verdict.UNSUPPORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One occurrence of a cause."""

    scenario: ScenarioResult
    step: StepResult
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """``seen`` of ``samples``."""

    seen: int = 0
    samples: int = 0

    @property
    def always(self) -> bool:
        """Whether it was seen in every sample, and there was one."""
        return 0 < self.samples == self.seen

    @property
    def never(self) -> bool:
        """Whether it was seen in no sample, although there was one."""
        return self.samples > 0 == self.seen

    def __str__(self) -> str:
        """Write ``14 of 16``."""
        return f"{self.seen:,} of {self.samples:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """How often a cause was found, of all that its operations show in a run.

    ``scenarios`` counts those with the finding, of those that exercised one of the operations at the place.
    ``baseline`` and ``candidate`` say in how many samples each side has the property that was removed or
    added; None for causes of other kinds.
    """

    found: Count
    scenarios: Count
    baseline: Count | None = None
    candidate: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The findings of one rule at one place, in however many operations, steps and paths.

    Accepted findings and open ones are never in the same cause. ``places`` are in the run's order.
    """

    rule: str
    severity: Severity
    accepted: bool
    inconclusive: bool
    places: tuple[Place, ...]
    samples: Samples

    @property
    def example(self) -> Finding:
        """The first of the findings; the others say the same."""
        return self.places[0].finding

    @property
    def difference(self) -> Difference:
        """The fact of the example."""
        return self.example.difference

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The first fact of each path, in the run's order: one resource stands in lists and alone."""
        first: dict[tuple[str, str], Difference] = {}
        for place in self.places:
            fact = place.finding.difference
            first.setdefault((fact.path, fact.to), fact)
        return tuple(first.values())

    @property
    def check(self) -> Check:
        """The guide's check that it belongs to."""
        return self.example.check

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations where it was found, sorted."""
        return tuple(sorted({operation_name(place.step) for place in self.places} - {""}))

    @property
    def documentation(self) -> tuple[Documentation, ...]:
        """What the contracts say of it; several where they say different things of the operations."""
        return tuple(dict.fromkeys(place.finding.documentation for place in self.places))

    @property
    def acceptances(self) -> tuple[tuple[Accepted, tuple[str, ...]], ...]:
        """What was agreed, and where it stands in YAML: equal acceptances of many steps are one."""
        agreed: dict[tuple[str, str, str], dict[Accepted, None]] = {}
        for place in self.places:
            if each := place.finding.accepted:
                agreed.setdefault((each.reason, each.ticket, each.until), {})[each] = None
        return tuple(
            (next(iter(same)), tuple(dict.fromkeys(each.where for each in same if each.where)))
            for same in agreed.values()
        )

    @property
    def together(self) -> str:
        """The rule that all samples together show; that of the findings, unless other samples disagree.

        A property that one pair lacks and another has is not removed: it became optional, or is so on
        both sides.
        """
        before, after = self.samples.baseline, self.samples.candidate
        if before is None or after is None:
            return self.rule
        if self.rule in _REMOVED and not before.never and not after.never:
            return "property-became-optional" if before.always and not after.always else "property-variance"
        if self.rule == "property-removed" and after.never and not before.always:
            documented = Documentation.DOCUMENTED in self.documentation
            return self.rule if documented else "optional-property-removed"
        if self.rule == "property-added" and before.seen and after.always:
            return "property-became-required"
        return self.rule


_Key = tuple[Severity, bool, bool, str, str, str]


def causes_of(run: RunResult) -> tuple[Cause, ...]:
    """Return the causes of all findings of a run: worst first, open before accepted, most frequent first."""
    grouped: dict[_Key, list[Place]] = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            for finding in step.findings:
                place = Place(scenario=scenario, step=step, finding=finding)
                grouped.setdefault(_key(finding), []).append(place)
    pairs = _pairs(run)
    causes = [
        Cause(
            rule=rule,
            severity=severity,
            accepted=accepted,
            inconclusive=inconclusive,
            places=tuple(places),
            samples=_samples(places, pairs),
        )
        for (severity, accepted, inconclusive, rule, _, _), places in grouped.items()
    ]
    return tuple(sorted(causes, key=_order))


def _key(finding: Finding) -> _Key:
    """Return what findings of one cause share: the contract's name for the place, else the path itself."""
    fact = finding.difference
    place, to = (finding.cause, _leaf(fact.to)) if finding.cause else (fact.path, fact.to)
    return finding.severity, finding.accepted is not None, finding.inconclusive, finding.rule, place, to


def _parts(path: str) -> tuple[str, ...]:
    """Return the segments of a place; none where a fact is about no place of an exchange."""
    try:
        return segments(path)
    except ValueError:
        return ()


def _leaf(path: str) -> str:
    return (_parts(path) or (path,))[-1]


def _order(cause: Cause) -> tuple[int, bool, int, str, str, str]:
    severity, fact = list(Severity).index(cause.severity), cause.difference
    return severity, cause.accepted, -len(cause.places), cause.rule, fact.path, fact.to


_Group = tuple[str, int]
"""An operation, and the class of the baseline's status (2: success)."""

_Pairs = dict[_Group, list[tuple[str, StepResult]]]


def _pairs(run: RunResult) -> _Pairs:
    """Return the compared pairs of each operation, with the ids of their scenarios."""
    pairs: _Pairs = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            if step.verdict in _COMPARED and (group := _group(step)):
                pairs.setdefault(group, []).append((scenario.id, step))
    return pairs


def _group(step: StepResult) -> _Group | None:
    if step.baseline is None or step.candidate is None:
        return None
    return operation_name(step), step.baseline.status // 100


@dataclass(slots=True)
class _Tally:
    """What is counted of one cause; ``present``: how many samples of a side have a property, of how many."""

    of_presence: bool
    seen: int = 0
    samples: int = 0
    present: dict[Side, list[int]] = field(default_factory=lambda: {side: [0, 0] for side in Side})
    hit: set[str] = field(default_factory=set)
    exercised: set[str] = field(default_factory=set)

    def take(self, fact: Difference) -> None:
        """Count a finding's fact with the samples that it was looked for in."""
        self.seen += fact.seen
        self.samples += fact.samples

    def pair(self, scenario: str, step: StepResult, found: Difference | None, alike: Difference) -> None:
        """Count one pair at one path; ``found`` is the fact if it was found here, ``alike`` one like it."""
        parts = _parts(alike.path)
        in_body = parts[:1] == ("body",)
        if in_body and self.of_presence:
            for side, evidence in zip(Side, (step.baseline, step.candidate), strict=True):
                have, of = presence(_data(evidence), parts[1:])
                self.present[side][0] += have
                self.present[side][1] += of
        if found is not None:
            self.take(found)
            samples = 1
        elif in_body:
            evidence = step.candidate if alike.kind is Kind.ADDED else step.baseline
            samples = presence(_data(evidence), parts[1:])[1]
            self.samples += samples
        else:
            samples = int(parts[:1] != ("pages",) or bool(step.walks))
            self.samples += samples
        if samples:
            self.exercised.add(scenario)

    def side(self, side: Side) -> Count | None:
        """Return in how many samples a side has the property; None where that is not the question."""
        have, of = self.present[side]
        return Count(seen=have, samples=of) if self.of_presence else None


def _samples(places: list[Place], pairs: _Pairs) -> Samples:
    """Count what all pairs of the operations show of one cause."""
    tally = _Tally(of_presence=all(place.finding.difference.kind in _OF_PRESENCE for place in places))
    facts: dict[int, dict[str, Difference]] = {}
    paths: dict[_Group | None, dict[str, Difference]] = {}
    for place in places:
        fact = place.finding.difference
        facts.setdefault(id(place.step), {})[fact.path] = fact
        paths.setdefault(_group(place.step), {}).setdefault(fact.path, fact)
        tally.hit.add(place.scenario.id)
    counted: set[int] = set()
    for group, known in paths.items():
        for scenario, step in pairs.get(group, ()) if group else ():
            counted.add(id(step))
            here = facts.get(id(step), {})
            for path, fact in known.items():
                tally.pair(scenario, step, here.get(path), fact)
    for place in places:
        # What was not compared, or belongs to no pair, is its own and only sample.
        if id(place.step) not in counted:
            tally.take(place.finding.difference)
    return Samples(
        found=Count(seen=tally.seen, samples=tally.samples),
        scenarios=Count(seen=len(tally.hit), samples=len(tally.hit | tally.exercised)),
        baseline=tally.side(Side.BASELINE),
        candidate=tally.side(Side.CANDIDATE),
    )


def _data(evidence: Evidence | None) -> Json:
    body = evidence.body if evidence else None
    return body.data if body and body.kind is BodyKind.JSON else None
