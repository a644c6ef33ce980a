"""Differences become findings and a verdict: by rules and both contracts.

A difference is never dropped: a rule is attached to each.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from harness.conformance import answer_facts, dropped_parameters, released_fields, request_facts
from harness.contract import Contract, Operation
from harness.difference import Difference, Kind, escape, segments
from harness.exchange import BodyKind, Exchange, Json, Pair, Response, Side
from harness.lens import is_read
from harness.relating import Promise, Promises, is_trivial, related, untold
from harness.result import Finding, Verdict, fingerprint
from harness.rules import Circumstances, Documentation, Profile, Severity, Told, rule_for
from harness.rules.lists import is_page
from harness.rules.probes import MISTAKES, ROLES, UNAUTHORIZED
from harness.schema import Place, Schema
from harness.struct import Struct, field, replace
from harness.values import type_name

_ASCII, _ANY_LETTERS = json.JSONEncoder(), json.JSONEncoder(ensure_ascii=False)
_WORDS = {Side.BASELINE: "v1beta1", Side.CANDIDATE: "v1", None: "v1beta1 and of v1"}
_LOWER = {Severity.BREAKING: Severity.RISKY, Severity.RISKY: Severity.INFO, Severity.INFO: Severity.INFO}
_GATEWAY = frozenset({429, 502, 503, 504})
_SUCCESSES = (200, 201, 202, 203)
"""Statuses of successes with a body, the usual one first."""

_INVALID = frozenset({400, 422})
"""Statuses that say that something is wrong with the request itself."""


class Question(Struct, frozen=True, kw_only=True):
    """What a step asked, as far as judging needs it.

    ``baseline`` and ``candidate`` are the operations that the two requests address in their contracts,
    None where the contract has none. ``expected`` holds the statuses that the step names for each side
    (empty: none named). ``reads`` are the JSONPaths that the integration uses (empty: not declared).
    ``again``, ``made``, ``supposed`` and ``told`` are those of :class:`Circumstances`.
    """

    name: str
    baseline: Operation | None
    candidate: Operation | None
    own: bool = False
    authorized: bool = True
    ordered: bool = False
    probe: str = ""
    again: bool = False
    made: bool = False
    supposed: bool = False
    unsupported: bool = False
    told: Callable[[], Told] = Told
    expected: Mapping[Side, tuple[int, ...]] = field(default_factory=dict)
    reads: tuple[str, ...] = ()


class Judge(Struct, frozen=True, kw_only=True):
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
        facts += untold(self._contract_facts(pair, question), facts)
        promises = self._promises(pair, question)
        judged = [
            self._finding(self._explained(fact, pair, question), pair, question, promises)
            for fact in related(facts, promises, own=question.own)
        ]
        order = list(Severity)
        return tuple(sorted(_once(judged), key=lambda finding: order.index(finding.severity)))

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
            if _status(pair.baseline) == (status := _status(pair.candidate)) and _is_success(status):
                yield Difference(kind=Kind.ANSWERED, path="$.status", baseline=status, candidate=status)

    def _promises(self, pair: Pair, question: Question) -> Promises:
        return Promises(
            baseline=_promise(self.baseline, question.baseline, pair.baseline),
            candidate=_promise(self.candidate, question.candidate, pair.candidate),
        )

    def _explained(self, fact: Difference, pair: Pair, question: Question) -> Difference:
        """Say of a refusal that only one side gave which parts of the request the contracts name for it."""
        old, new = question.baseline, question.candidate
        if fact.kind is not Kind.STATUS or old is None or new is None or question.probe:
            return fact
        contracts = (self.baseline, old), (self.candidate, new)
        before, after = _status(pair.baseline), _status(pair.candidate)
        if before in _INVALID and _is_success(after):
            released = released_fields((pair.baseline.request, pair.candidate.request), *contracts)
            # A field that the refusal names must be one of them, or v1 asks less for another reason.
            named = {
                field.strip("`").rpartition(".")[2].lower() for field in fact.detail.split(", ") if field
            }
            listed = ", ".join(f"`{name}`" for name in released)
            less = f"asks less for {listed}" if listed else ""
            if not released and (ignored := dropped_parameters(pair.candidate.request, *contracts)):
                released = ignored
                less = f"does not have the query parameter {', '.join(f'`{name}`' for name in released)}"
            if released and (not named or named & {name.lower() for name in released}):
                detail = f"v1beta1 refused the call with {before}, v1, which {less}, took it"
                return replace(fact, kind=Kind.RELAXED, detail=detail)
        elif after in _INVALID and not fact.detail:
            refused = request_facts(pair.candidate.request, *contracts)
            names = dict.fromkeys(f"`{segments(each.path)[-1]}`" for each in refused)
            return replace(fact, detail=", ".join(names))
        return fact

    def _finding(self, fact: Difference, pair: Pair, question: Question, promises: Promises) -> Finding:
        places = promises.at(fact.path)
        target = promises.at(fact.to)[1] if fact.kind is Kind.RENAMED else places[1]
        circumstances = Circumstances(
            documentation=self._documentation(fact, question, (places[0], target), promises),
            old_status=_status(pair.baseline),
            new_status=_status(pair.candidate),
            old_place=places[0],
            new_place=places[1],
            own=question.own,
            authorized=question.authorized,
            ordered=question.ordered,
            unmapped=question.baseline is not None and question.candidate is None,
            appeared=question.baseline is None and question.candidate is not None,
            answered=question.candidate is None and _is_success(_status(pair.candidate)),
            unsupported=question.unsupported,
            probe=question.probe,
            again=question.again,
            made=question.made,
            supposed=question.supposed,
            told=question.told,
            paged=is_page(pair.baseline.response.body.data) if pair.baseline.response else False,
        )
        return self._ruled(fact, circumstances, question, _cause(fact, promises))

    def standing(self, fact: Difference, name: str) -> Finding:
        """Judge a fact that belongs to no pair, such as an acceptance that matches nothing."""
        return self._ruled(fact, Circumstances(), Question(name=name, baseline=None, candidate=None))

    def _ruled(
        self, fact: Difference, circumstances: Circumstances, question: Question, cause: str = ""
    ) -> Finding:
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
            cause=cause,
            read=read,
        )

    def _documentation(
        self,
        fact: Difference,
        question: Question,
        places: tuple[Place | None, Place | None],
        promises: Promises,
    ) -> Documentation:
        if fact.kind in _DOCUMENTED:
            return Documentation.DOCUMENTED
        if fact.kind is Kind.BROKEN:
            return Documentation.BROKEN
        if question.baseline is None or question.candidate is None:
            return _by_absence(fact, question)
        if fact.kind is Kind.STATUS:
            documented = self.candidate.documents_status(question.candidate, int(str(fact.candidate)))
            before = self.baseline.documents_status(question.baseline, int(str(fact.candidate)))
            return Documentation.DOCUMENTED if documented and not before else Documentation.UNDOCUMENTED
        return _by_place(fact, *places, complete=promises.complete)


_OF_LISTS = frozenset({Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED, Kind.ORDER})


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Tell once what elements that went and elements that came give the same finding for."""
    told: set[str] = set()
    for finding in findings:
        if finding.difference.kind in _OF_LISTS:
            if finding.fingerprint in told:
                continue
            told.add(finding.fingerprint)
        yield finding


_OF_VALUES = frozenset({Kind.VALUE, Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED, Kind.ORDER, Kind.BUDGET})
"""Kinds whose findings in two places of one schema have different causes: values, and how long lists are."""

_DOCUMENTED = frozenset({Kind.UNMAPPED, Kind.REQUEST, Kind.RELAXED})


def _cause(fact: Difference, promises: Promises) -> str:
    """Return the contract's name for the place of a structural difference in the body."""
    parts = segments(fact.path)
    if parts[:1] != ("body",) or fact.kind in _OF_VALUES:
        return ""
    promise = promises.candidate if fact.kind is Kind.ADDED else promises.baseline
    return promise.name(parts[1:])


def _by_absence(fact: Difference, question: Question) -> Documentation:
    """Say what a difference is where a contract lacks the operation: that one side alone refuses it then."""
    lacking = question.baseline is None, question.candidate is None
    if fact.kind not in (Kind.STATUS, Kind.ANSWERED) or all(lacking):
        return Documentation.UNKNOWN
    answered = fact.candidate if lacking[1] else fact.baseline
    return Documentation.DOCUMENTED if int(str(answered)) >= 400 else Documentation.UNDOCUMENTED


def _by_place(fact: Difference, old: Place | None, new: Place | None, *, complete: bool) -> Documentation:
    """Say what the contracts' two places make of a difference in the body.

    ``complete``: both contracts say what the body is, so that what one of them does not name is not in it.
    """
    if fact.kind is Kind.RENAMED:
        return Documentation.DOCUMENTED if old and new else Documentation.UNDOCUMENTED
    if fact.kind in (Kind.REMOVED, Kind.ADDED):
        there, gone = (old, new) if fact.kind is Kind.REMOVED else (new, old)
        if there and (complete if gone is None else _null_went(fact, there, gone)):
            return Documentation.DOCUMENTED
        return Documentation.BROKEN if gone and gone.required else Documentation.UNDOCUMENTED
    if new is None or fact.kind not in (Kind.TYPE, Kind.NULL, Kind.VALUE, Kind.CASE):
        return Documentation.UNDOCUMENTED
    if not _allows(new, fact.candidate):
        return Documentation.BROKEN
    announced = old is not None and not _allows(old, fact.candidate)
    return Documentation.DOCUMENTED if announced else Documentation.UNDOCUMENTED


def _null_went(fact: Difference, there: Place, gone: Place) -> bool:
    """Whether a null became absent, or the reverse, where only the one contract has null at the place."""
    value = fact.baseline if fact.kind is Kind.REMOVED else fact.candidate
    return value is None and there.nullable and not gone.nullable and not gone.required


def _allows(place: Place, value: Json) -> bool:
    if value is None:
        return place.nullable
    schema = place.schema
    found = type_name(value)
    # An integer is a number, and a number without a fraction is an integer.
    whole = not isinstance(value, float) or value.is_integer()
    types = {"number" if name == "integer" and whole else name for name in schema.types}
    return (not types or found in types) and (not schema.enum or value in schema.enum)


def _promise(contract: Contract, operation: Operation | None, exchange: Exchange) -> Promise:
    schema = None
    if operation is not None and exchange.response is not None:
        schema = _documented(contract, operation, exchange.response)
    return Promise(contract=contract, operation=operation, schema=schema)


def _documented(contract: Contract, operation: Operation, response: Response) -> Schema | None:
    """Return what a contract says of the body of an answer; None where that is no JSON.

    A success that the contract does not document is told by its status, and brings what the documented one
    does. The JSON of an error may have the media type of a stream.
    """
    status, media = response.status, response.media
    if status < 400 and response.body.kind is not BodyKind.JSON:
        return None
    found = contract.response(operation, status, media)
    if found is not None or not _is_success(status) or contract.documents_status(operation, status):
        return found
    others = (contract.response(operation, each, media) for each in _SUCCESSES)
    return next((each for each in others if each is not None), None)


def _status(exchange: Exchange) -> int:
    return exchange.response.status if exchange.response else 0


def _is_success(status: int) -> bool:
    return 200 <= status < 300


_CAME = frozenset({Kind.ADDED, Kind.HEADER_ADDED})
_WENT = frozenset({Kind.REMOVED, Kind.HEADER_REMOVED})


def _words(fact: Difference, question: Question) -> dict[str, str]:
    alike = _look_alike(fact.baseline, fact.candidate)
    count = f" ({fact.seen} of {fact.samples} samples)" if fact.samples > 1 else ""
    detail = fact.detail
    if fact.kind is Kind.STATUS and detail:
        detail = f"; the refusal is about {detail}"
    if fact.alike and not is_trivial(fact.baseline):
        several = fact.seen > 1
        where = ", ".join(
            f"{path} in {equal} of {fact.seen}" if several else path for path, equal in fact.alike[:3]
        )
        proof = "which does not prove it" if several else "which one sample does not prove"
        detail = f"; the same value stands at {where}, {proof} to be its new name"
    return {
        "operation": question.name,
        "path": fact.path,
        "to": fact.to,
        "old": "absent" if fact.kind in _CAME else _short(fact.baseline, ascii_only=alike),
        "new": "absent" if fact.kind in _WENT else _short(fact.candidate, ascii_only=alike),
        "count": count,
        "side": _WORDS[fact.side],
        "detail": detail,
    }


def _look_alike(old: Json, new: Json) -> bool:
    """Whether two texts differ only in how their letters are put together, which nobody sees."""
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    return unicodedata.normalize("NFC", old) == unicodedata.normalize("NFC", new)


def _short(value: Json, *, ascii_only: bool) -> str:
    text = escape((_ASCII if ascii_only else _ANY_LETTERS).encode(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


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
    passed = [side for side, status in statuses.items() if _is_success(status)]
    # A token may be good enough, and of a mistake that one side lets pass the two statuses say all.
    is_told = question.probe in ROLES or (question.probe in MISTAKES and len(passed) < len(Side))
    if passed and not is_told:
        who = " and ".join(_WORDS[side] for side in passed)
        yield Difference(
            kind=Kind.PROBE,
            path="$.status",
            side=passed[0] if len(passed) == 1 else None,
            detail=f"{who} did not refuse the probe `{question.probe}`",
        )
        return
    refusals = [status for status in statuses.values() if not status or _refuses(status, question)]
    if not passed and not refusals:
        answers = ", ".join(f"{_WORDS[side]} {status}" for side, status in statuses.items())
        detail = f"neither side refused the probe `{question.probe}`; they answered: {answers}"
        yield Difference(kind=Kind.PROBE, path="$.status", detail=detail)


def _refuses(status: int, question: Question) -> bool:
    """Whether a status is a refusal; of a mistake, an error of the server is one that clients must handle."""
    return 400 <= status < (500 if question.probe in UNAUTHORIZED | ROLES else 600)


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
