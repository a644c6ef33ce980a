"""What the pairs of a run show together: findings of one cause are one, with the evidence of all samples.

A pair is one sample, or as many as its lists have elements. What one pair lacks another may have, so a
cause counts every sample of its operations: those with the finding, and those without it. A list without
elements is no sample of what an element looks like.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

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
from harness.shape import Presence, presence, presences
from harness.struct import Struct

_OF_PRESENCE = frozenset({Kind.REMOVED, Kind.ADDED})
_REMOVED = frozenset({"property-removed", "optional-property-removed"})
_OF_ENDPOINTS: Final = frozenset({"endpoint-removed", "endpoint-unanswered"})
_COMPARED = (Verdict.MATCH, Verdict.ACCEPTED, Verdict.MISMATCH, Verdict.UNSUPPORTED)


class Place(Struct, frozen=True, kw_only=True):
    """One occurrence of a cause."""

    scenario: ScenarioResult
    step: StepResult
    finding: Finding


class Count(Struct, frozen=True, kw_only=True):
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


class Samples(Struct, frozen=True, kw_only=True):
    """How often a cause was found, of all that its operations show in a run.

    ``scenarios`` counts those with the finding, of those that exercised one of the operations at the place.
    ``baseline`` and ``candidate`` say in how many samples each side has the property that was removed or
    added; None for causes of other kinds, and where the evidence that was kept does not show it.
    """

    found: Count
    scenarios: Count
    baseline: Count | None = None
    candidate: Count | None = None


class Cause(Struct, frozen=True, kw_only=True):
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
    def fingerprint(self) -> str:
        """12 hex digits of what its findings share: the same whichever of them a run has."""
        *_, rule, place, to = _key(self.example)
        key = json.dumps([rule, place, to])
        return hashlib.sha256(key.encode()).hexdigest()[:12]

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
    """Return what findings of one cause share: the contract's name for the place, else the path itself.

    Endpoints that v1 lacks are one cause as far as v1 answers their calls alike.
    """
    fact = finding.difference
    place, to = (finding.cause, _leaf(fact.to)) if finding.cause else (fact.path, fact.to)
    if finding.rule in _OF_ENDPOINTS:
        place = finding.consequence
    if fact.kind is Kind.EXPECTATION and fact.side is Side.CANDIDATE:
        # What v1 missed is not what v1beta1 missed, at the same place.
        place = f"{place} of v1"
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


def _group(step: StepResult) -> _Group | None:
    if step.baseline is None or step.candidate is None:
        return None
    return operation_name(step), step.baseline.status // 100


def _pairs(run: RunResult) -> dict[_Group, _Pairs]:
    """Gather the compared pairs of each operation, and the places that findings are about."""
    pairs: dict[_Group, _Pairs] = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            if group := _group(step):
                known = pairs.setdefault(group, _Pairs())
                if step.verdict in _COMPARED:
                    known.steps.append((scenario.id, step))
                parts = (_parts(finding.difference.path) for finding in step.findings)
                known.places.update(each[1:] for each in parts if each[:1] == ("body",))
    return pairs


_Place = tuple[str, ...]


class _Pairs:
    """The compared pairs of one operation, and what stands in them at the places that causes ask about."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, StepResult]] = []
        self.places: set[_Place] = set()
        self._counted: dict[Side, Mapping[_Place, Presence]] = {}

    def at(self, side: Side, place: _Place) -> Presence:
        """Return what one side has at a place below the body, in all pairs; counted once for all places."""
        if side not in self._counted:
            bodies = [(scenario, _data(_evidence(step, side))) for scenario, step in self.steps]
            self._counted[side] = presences(bodies, self.places)
        return self._counted[side][place]

    def all(self, *, walked: bool) -> Presence:
        """Return the pairs themselves; with ``walked`` only those that read all pages."""
        names = [scenario for scenario, step in self.steps if step.walks or not walked]
        return Presence(have=len(names), of=len(names), where=frozenset(names))


def _evidence(step: StepResult, side: Side) -> Evidence | None:
    return step.baseline if side is Side.BASELINE else step.candidate


def _looked_at(fact: Difference) -> Side:
    """Return the side whose answers say in how many samples there could have been such a fact."""
    return Side.CANDIDATE if fact.kind is Kind.ADDED else Side.BASELINE


class _Tally:
    """What is counted of one cause."""

    def __init__(self, *, of_presence: bool) -> None:
        self._of_presence = of_presence
        self._seen = self._samples = 0
        self._present = {side: [0, 0] for side in Side}
        self._told: set[Side] = set()
        self._hit: set[str] = set()
        self._exercised: list[AbstractSet[str]] = []

    def find(self, place: Place) -> None:
        """Count a finding's fact with the samples that it was looked for in."""
        self._seen += place.finding.difference.seen
        self._samples += place.finding.difference.samples
        self._told.add(_looked_at(place.finding.difference))
        self._hit.add(place.scenario.id)

    def compare(self, pairs: _Pairs, fact: Difference, found: Iterable[StepResult]) -> None:
        """Count the pairs at the place of a fact, but for those where it was found."""
        parts = _parts(fact.path)
        if parts[:1] == ("body",):
            place, side = parts[1:], _looked_at(fact)
            there = pairs.at(side, place)
            own = sum(presence(_data(_evidence(step, side)), place)[1] for step in found)
            for each in Side if self._of_presence else ():
                count = pairs.at(each, place)
                self._present[each][0] += count.have
                self._present[each][1] += count.of
        else:
            there = pairs.all(walked=parts[:1] == ("pages",))
            own = sum(bool(step.walks) or parts[:1] != ("pages",) for step in found)
        self._samples += there.of - own
        self._exercised.append(there.where)

    def samples(self) -> Samples:
        """Return what was counted."""
        # What a finding saw and the evidence lacks, such as a name that no log can write, nobody can count.
        known = self._of_presence and all(
            have or not of for have, of in map(self._present.__getitem__, self._told)
        )
        baseline, candidate = (
            Count(seen=have, samples=of) if known else None for have, of in self._present.values()
        )
        return Samples(
            found=Count(seen=self._seen, samples=self._samples),
            scenarios=Count(seen=len(self._hit), samples=self._scenarios()),
            baseline=baseline,
            candidate=candidate,
        )

    def _scenarios(self) -> int:
        if len(self._exercised) == 1:  # nearly always, and there may be as many causes as scenarios
            (only,) = self._exercised
            return len(only) + sum(scenario not in only for scenario in self._hit)
        return len(self._hit.union(*self._exercised))


def _samples(places: list[Place], pairs: Mapping[_Group, _Pairs]) -> Samples:
    """Count what all pairs of the operations show of one cause."""
    tally = _Tally(of_presence=all(place.finding.difference.kind in _OF_PRESENCE for place in places))
    firsts: dict[tuple[_Group, str], Difference] = {}
    found: dict[tuple[_Group, str], dict[int, Place]] = {}
    for place in places:
        fact, group = place.finding.difference, _group(place.step)
        if group is not None:
            firsts.setdefault((group, fact.path), fact)
        if group is not None and place.step.verdict in _COMPARED:
            found.setdefault((group, fact.path), {})[id(place.step)] = place
        else:
            # What was not compared, or belongs to no pair, is its own and only sample.
            tally.find(place)
    for (group, path), fact in firsts.items():
        here = found.get((group, path), {}).values()
        for place in here:
            tally.find(place)
        tally.compare(pairs[group], fact, [place.step for place in here])
    return tally.samples()


def _data(evidence: Evidence | None) -> Json:
    body = evidence.body if evidence else None
    return body.data if body and body.kind is BodyKind.JSON else None
