"""Differences become findings and a verdict: by rules, both contracts and acceptances.

A difference is never dropped: a rule is attached to each, and an acceptance is attached to the finding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from harness.conformance import answer_facts, request_facts
from harness.contract import Contract, Operation
from harness.difference import Difference, Kind, escape, segments
from harness.exchange import Exchange, Json, Pair, Side, media_type
from harness.lens import is_read
from harness.result import Accepted, Finding, Verdict
from harness.rules import Circumstances, Documentation, Profile, Severity, rule_for
from harness.scenario import Acceptance
from harness.schema import Place, Schema
from harness.values import type_name

_TRIVIAL: tuple[Json, ...] = (None, True, False, 0, 1, "", [], {})
_WORDS = {Side.BASELINE: "v1beta1", Side.CANDIDATE: "v1", None: "v1beta1 and of v1"}
_LOWER = {Severity.BREAKING: Severity.RISKY, Severity.RISKY: Severity.INFO, Severity.INFO: Severity.INFO}
_GATEWAY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a step asked, as far as judging needs it.

    ``baseline`` and ``candidate`` are the operations that the two requests address in their contracts,
    None where the contract has none. ``expected`` holds the statuses that the step names for each side
    (empty: none named). ``reads`` are the JSONPaths that the integration uses (empty: not declared).
    """

    name: str
    baseline: Operation | None
    candidate: Operation | None
    own: bool = False
    authorized: bool = True
    ordered: bool = False
    probe: str = ""
    unsupported: bool = False
    expected: Mapping[Side, tuple[int, ...]] = field(default_factory=dict)
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Both contracts and the severities that a run judges by."""

    baseline: Contract
    candidate: Contract
    profile: Profile = Profile.STRICT
    severities: Mapping[str, Severity] = field(default_factory=dict)

    def findings(
        self, pair: Pair, differences: Iterable[Difference], question: Question
    ) -> tuple[Finding, ...]:
        """Judge every difference of a pair, and what the contracts and the step say of it; worst first."""
        facts = [*differences, *_step_facts(pair, question)]
        places = {fact.path for fact in facts}
        facts += [fact for fact in self._contract_facts(pair, question) if fact.path not in places]
        schemas = self._schemas(pair, question)
        judged = [
            self._finding(fact, pair, question, schemas) for fact in self._related(facts, question, schemas)
        ]
        order = list(Severity)
        return tuple(sorted(judged, key=lambda finding: order.index(finding.severity)))

    def _contract_facts(self, pair: Pair, question: Question) -> Iterator[Difference]:
        old, new = question.baseline, question.candidate
        before = answer_facts(pair.baseline, Side.BASELINE, self.baseline, old) if old else ()
        after = answer_facts(pair.candidate, Side.CANDIDATE, self.candidate, new) if new else ()
        known = {(fact.kind, fact.path) for fact in before}
        yield from before
        # What v1beta1 does already is not v1's doing.
        yield from (fact for fact in after if (fact.kind, fact.path) not in known)
        if old is not None and new is not None and not question.probe:
            yield from request_facts(pair.candidate.request, (self.baseline, old), (self.candidate, new))
        if old is not None and new is None:
            yield Difference(kind=Kind.UNMAPPED, path="$.request", detail=f"{old.method} {old.path}")

    def _schemas(self, pair: Pair, question: Question) -> tuple[Schema | None, Schema | None]:
        return (
            _answered(self.baseline, question.baseline, pair.baseline),
            _answered(self.candidate, question.candidate, pair.candidate),
        )

    def _places(
        self, path: str, question: Question, schemas: tuple[Schema | None, Schema | None]
    ) -> tuple[Place | None, Place | None]:
        """Return what the two contracts say of a place in the response's body."""
        parts = segments(path)
        if parts[:1] != ("body",):
            return None, None
        sides = (self.baseline, question.baseline), (self.candidate, question.candidate)
        old, new = (
            contract.place(operation, schema, parts[1:]) if operation and schema else None
            for (contract, operation), schema in zip(sides, schemas, strict=True)
        )
        return old, new

    def _related(
        self,
        facts: Sequence[Difference],
        question: Question,
        schemas: tuple[Schema | None, Schema | None],
    ) -> Iterator[Difference]:
        """Join a removed and an added property that are one and the same; pass on the rest."""
        added = {fact.path: fact for fact in facts if fact.kind is Kind.ADDED}
        taken: set[str] = set()
        joined: dict[str, Difference] = {}
        for fact in facts:
            if fact.kind is not Kind.REMOVED:
                continue
            twin = self._twin(fact, added, taken, question, schemas)
            if twin is not None:
                taken.add(twin.path)
                joined[fact.path] = replace(
                    fact, kind=Kind.RENAMED, to=twin.path, candidate=twin.candidate, alike=()
                )
        for fact in facts:
            if fact.kind is Kind.ADDED and fact.path in taken:
                continue
            yield joined.get(fact.path, fact) if fact.kind is Kind.REMOVED else fact

    def _twin(
        self,
        removed: Difference,
        added: Mapping[str, Difference],
        taken: set[str],
        question: Question,
        schemas: tuple[Schema | None, Schema | None],
    ) -> Difference | None:
        """Return the added property that a removed one became, when there is proof.

        Proof is: both contracts name one of the two and not the other, and the values are of one type and,
        where both sides were asked about the same thing, equal wherever they were seen. Without a
        contract it takes at least two samples with equal values that say something.
        """
        equal = dict(removed.alike)
        similar = {path for path in added if _similar(removed.path, path)} if equal or question.own else set()
        likely = (equal.keys() | (similar if question.own else set())) & added.keys() - taken
        nearest = sorted(
            likely,
            key=lambda path: (-equal.get(path, 0), path not in similar, _far(removed.path, path), path),
        )
        for path in nearest:
            twin = added[path]
            if type_name(twin.candidate) != type_name(removed.baseline):
                continue
            all_equal = equal.get(path, 0) == removed.seen == twin.seen
            telling = all_equal and removed.baseline not in _TRIVIAL
            if self._swapped(removed.path, path, question, schemas):
                if telling or (path in similar and (all_equal or question.own)):
                    return twin
            elif telling and removed.seen >= 2:
                return twin
        return None

    def _swapped(
        self, old: str, new: str, question: Question, schemas: tuple[Schema | None, Schema | None]
    ) -> bool:
        """Whether the contracts say that one name went and the other came."""
        before = self._places(old, question, schemas)
        after = self._places(new, question, schemas)
        return before[0] is not None and before[1] is None and after[0] is None and after[1] is not None

    def _finding(
        self,
        fact: Difference,
        pair: Pair,
        question: Question,
        schemas: tuple[Schema | None, Schema | None],
    ) -> Finding:
        places = self._places(fact.path, question, schemas)
        target = self._places(fact.to, question, schemas)[1] if fact.kind is Kind.RENAMED else places[1]
        circumstances = Circumstances(
            documentation=self._documentation(fact, question, (places[0], target)),
            old_status=_status(pair.baseline),
            new_status=_status(pair.candidate),
            old_place=places[0],
            new_place=places[1],
            own=question.own,
            authorized=question.authorized,
            ordered=question.ordered,
            unmapped=question.baseline is not None and question.candidate is None,
            appeared=question.baseline is None and question.candidate is not None,
            probe=question.probe,
        )
        return self._ruled(fact, circumstances, question)

    def standing(self, fact: Difference, name: str) -> Finding:
        """Judge a fact that belongs to no pair, such as an acceptance that matches nothing."""
        return self._ruled(fact, Circumstances(), Question(name=name, baseline=None, candidate=None))

    def _ruled(self, fact: Difference, circumstances: Circumstances, question: Question) -> Finding:
        rule = rule_for(fact, circumstances)
        severity = self.severities.get(rule.id, rule.severity(self.profile))
        words = _words(fact, question)
        explanation = rule.says.format(**words)
        read = is_read(fact, question.reads) if question.reads else None
        if read is False:
            severity = _LOWER[severity]
            explanation += " The scenario says that the integration does not read it."
        return Finding(
            rule=rule.id,
            check=rule.check,
            severity=severity,
            difference=fact,
            documentation=circumstances.documentation,
            explanation=explanation,
            consequence=rule.consequence.format(**words),
            remedy=rule.remedy.format(**words),
            operation=question.name,
            fingerprint=fingerprint(rule.id, question.name, fact.path, fact.to),
            inconclusive=rule.inconclusive,
            read=read,
        )

    def _documentation(
        self, fact: Difference, question: Question, places: tuple[Place | None, Place | None]
    ) -> Documentation:
        if fact.kind in _DOCUMENTED:
            return Documentation.DOCUMENTED
        if fact.kind is Kind.BROKEN:
            return Documentation.BROKEN
        if question.baseline is None or question.candidate is None:
            return Documentation.DOCUMENTED if fact.kind is Kind.STATUS else Documentation.UNKNOWN
        if fact.kind is Kind.STATUS:
            documented = self.candidate.documents_status(question.candidate, int(str(fact.candidate)))
            before = self.baseline.documents_status(question.baseline, int(str(fact.candidate)))
            return Documentation.DOCUMENTED if documented and not before else Documentation.UNDOCUMENTED
        return _by_place(fact, *places)


_DOCUMENTED = frozenset({Kind.UNMAPPED, Kind.REQUEST})


def _by_place(fact: Difference, old: Place | None, new: Place | None) -> Documentation:
    """Say what the contracts' two places make of a difference in the body."""
    if fact.kind is Kind.RENAMED:
        return Documentation.DOCUMENTED if old and new else Documentation.UNDOCUMENTED
    if fact.kind in (Kind.REMOVED, Kind.ADDED):
        there, gone = (old, new) if fact.kind is Kind.REMOVED else (new, old)
        if there and not gone:
            return Documentation.DOCUMENTED
        return Documentation.BROKEN if gone and gone.required else Documentation.UNDOCUMENTED
    if new is None or fact.kind not in (Kind.TYPE, Kind.NULL, Kind.VALUE, Kind.CASE):
        return Documentation.UNDOCUMENTED
    if not _allows(new, fact.candidate):
        return Documentation.BROKEN
    announced = old is not None and not _allows(old, fact.candidate)
    return Documentation.DOCUMENTED if announced else Documentation.UNDOCUMENTED


def _allows(place: Place, value: Json) -> bool:
    if value is None:
        return place.nullable
    schema = place.schema
    found = type_name(value)
    types = {"number" if name == "integer" else name for name in schema.types}
    return (not types or found in types) and (not schema.enum or value in schema.enum)


def _answered(contract: Contract, operation: Operation | None, exchange: Exchange) -> Schema | None:
    if operation is None or exchange.response is None:
        return None
    return contract.response(operation, exchange.response.status, media_type(exchange.response.headers))


def _status(exchange: Exchange) -> int:
    return exchange.response.status if exchange.response else 0


def _similar(old: str, new: str) -> bool:
    """Whether the last names share a word: ``workloadIdentity`` and ``effectiveWorkloadIdentity`` do."""
    first, second = segments(old)[-1].lower(), segments(new)[-1].lower()
    return bool(first and second) and (first in second or second in first)


def _far(old: str, new: str) -> int:
    """How many letters the last names differ by in length."""
    return abs(len(segments(old)[-1]) - len(segments(new)[-1]))


def _words(fact: Difference, question: Question) -> dict[str, str]:
    count = f" ({fact.seen} of {fact.samples} samples)" if fact.samples > 1 else ""
    detail = fact.detail
    if fact.kind is Kind.REMOVED and fact.alike:
        others = ", ".join(path for path, _ in fact.alike[:3])
        detail = f"; the same value stands at {others}, which one sample does not prove to be its new name"
    return {
        "operation": question.name,
        "path": fact.path,
        "to": fact.to,
        "old": _short(fact.baseline),
        "new": _short(fact.candidate),
        "count": count,
        "side": _WORDS[fact.side],
        "detail": detail,
    }


def _short(value: Json) -> str:
    text = escape(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= 60 else f"{text[:57]}..."


def fingerprint(rule: str, operation: str, path: str, to: str) -> str:
    """Return 12 hex digits that stay the same while values, samples and wording change."""
    text = f"{rule}\n{operation}\n{path}\n{to}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _step_facts(pair: Pair, question: Question) -> Iterator[Difference]:
    """Yield what the step itself expects and did not get."""
    statuses = {side: _status(pair.exchange(side)) for side in Side}
    refused = " and ".join(f"{_WORDS[side]} with {status}" for side, status in statuses.items())
    if statuses[Side.BASELINE] == statuses[Side.CANDIDATE] and statuses[Side.BASELINE] in _GATEWAY:
        detail = f"neither side got through to the service ({refused})"
        yield Difference(kind=Kind.EXPECTATION, path="$.status", detail=detail)
        return
    if question.probe:
        yield from _probe_facts(statuses, question)
        return
    if question.unsupported and question.candidate is not None:
        yield Difference(
            kind=Kind.EXPECTATION,
            path="$.request",
            side=Side.CANDIDATE,
            detail="the step says that v1 does not support it, but v1's contract has the operation",
        )
    named = False
    for side, status in statuses.items():
        wanted = question.expected.get(side, ())
        named = named or bool(wanted)
        # A status that differs between the sides is a finding already; this is about the step itself.
        differs = side is Side.CANDIDATE and status != statuses[Side.BASELINE]
        if wanted and status and status not in wanted and not differs and status not in _GATEWAY:
            stated = " or ".join(map(str, wanted))
            yield Difference(
                kind=Kind.EXPECTATION,
                path="$.status",
                side=side,
                detail=f"the step expects {stated}, {_WORDS[side]} answered {status}",
                baseline=statuses[Side.BASELINE],
                candidate=statuses[Side.CANDIDATE],
            )
    if not named and min(statuses.values()) >= 400:
        detail = f"both sides refused the call ({refused})"
        yield Difference(kind=Kind.EXPECTATION, path="$.status", detail=detail)


def _probe_facts(statuses: Mapping[Side, int], question: Question) -> Iterator[Difference]:
    passed = [side for side, status in statuses.items() if 200 <= status < 300]
    if passed:
        who = " and ".join(_WORDS[side] for side in passed)
        yield Difference(
            kind=Kind.PROBE,
            path="$.status",
            side=passed[0] if len(passed) == 1 else None,
            detail=f"{who} did not refuse the probe `{question.probe}`",
        )


def accept(
    findings: Iterable[Finding], acceptances: Sequence[Acceptance], today: date
) -> tuple[tuple[Finding, ...], frozenset[int]]:
    """Attach acceptances in force to the findings they name.

    Returns the findings, and the positions of the acceptances that named a finding, in force or not.
    """
    used: set[int] = set()
    judged = []
    for finding in findings:
        naming = [position for position, acceptance in enumerate(acceptances) if _names(acceptance, finding)]
        used.update(naming)
        in_force = [acceptances[position] for position in naming if not expired(acceptances[position], today)]
        judged.append(replace(finding, accepted=_accepted(in_force[0])) if in_force else finding)
    return tuple(judged), frozenset(used)


def _names(acceptance: Acceptance, finding: Finding) -> bool:
    difference = finding.difference
    return (
        acceptance.rule == finding.rule
        and _covers(acceptance.path, difference.path)
        and _covers(acceptance.to, difference.to)
    )


def _covers(wanted: str, path: str) -> bool:
    """Whether an acceptance's path, empty for any, is that of a finding, however it is written."""
    return wanted in ("", path) or (bool(path) and segments(wanted) == segments(path))


def _accepted(acceptance: Acceptance) -> Accepted:
    return Accepted(
        reason=acceptance.reason, ticket=acceptance.ticket, until=acceptance.until, where=acceptance.where
    )


def expired(acceptance: Acceptance, today: date) -> bool:
    """Whether the acceptance's last day is past."""
    return bool(acceptance.until) and date.fromisoformat(acceptance.until) < today


def verdict(findings: Iterable[Finding], *, unsupported: bool = False) -> Verdict:
    """Return what the findings of one step come to.

    With ``unsupported`` the step says that v1 does not have the operation; that finding is then its point.
    """
    open_, accepted, inconclusive = False, False, False
    for finding in findings:
        if unsupported and finding.rule == "endpoint-removed":
            continue
        inconclusive = inconclusive or finding.inconclusive
        if finding.severity is not Severity.INFO:
            accepted = accepted or finding.accepted is not None
            open_ = open_ or finding.accepted is None
    if open_:
        return Verdict.MISMATCH
    if inconclusive:
        return Verdict.INCONCLUSIVE
    if unsupported:
        return Verdict.UNSUPPORTED
    return Verdict.ACCEPTED if accepted else Verdict.MATCH
