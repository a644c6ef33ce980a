"""Recorded exchanges of the two sides, judged without a scenario.

What a scenario would say is derived from the exchanges: the operation from the URL, a request that only one
side has for both of them, and that an error is what was asked for where both sides answer with one.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import parse_qsl

from harness.acceptances import accept, expired
from harness.compare import Context, compare
from harness.contract import V1, V1BETA1, Api, Contract, Operation
from harness.difference import Difference, Kind, segments
from harness.errors import HarnessError, Problem, UsageError
from harness.exchange import Pair, Request, Side
from harness.inquiry import (
    Filled,
    below_base,
    exercised,
    is_own,
    is_sandboxed,
    made_otherwise,
    question,
    sent_otherwise,
    shown,
    succeeded,
    told,
)
from harness.intake import Recording, Sample, read_recording
from harness.intake.checker import unknown_operation
from harness.judge import Judge, Question, verdict
from harness.options import SAFE_METHODS
from harness.redact import Redactor
from harness.result import Finding, StepResult, Verdict, worst
from harness.rules import Severity, Told
from harness.scenario import Acceptance, read_acceptances
from harness.struct import Struct, replace
from harness.values import Correspondence

_UNMAPPED = "endpoint-removed"
_VERSIONS = {Side.BASELINE: V1BETA1, Side.CANDIDATE: V1}
_BODY_KINDS = frozenset({Kind.BODY_REMOVED, Kind.BODY_ADDED, Kind.BODY_INVALID})


class Unpaired(Struct, frozen=True, kw_only=True):
    """An exchange that the other side has no counterpart of."""

    side: Side
    where: str
    operation: str


class Comparison(Struct, frozen=True, kw_only=True):
    """What the exchanges of two files come to.

    ``single``: both files were exchange documents, so there is one pair. ``findings`` are about no pair:
    acceptances that are past their last day or matched nothing. ``sandbox``: an exchange is the sandbox's,
    so that nothing of it is proved about the vendor's service.
    """

    verdict: Verdict
    pairs: tuple[StepResult, ...]
    unpaired: tuple[Unpaired, ...] = ()
    findings: tuple[Finding, ...] = ()
    single: bool = True
    sandbox: bool = False

    @property
    def exit_code(self) -> int:
        """0: nothing breaking is open; 1: something is, or v1 lacks the operation; 2: nothing compared."""
        if self.verdict is Verdict.ERROR or not self.pairs:
            return 2
        findings = [*self.findings, *(finding for pair in self.pairs for finding in pair.findings)]
        breaks = any(each.severity is Severity.BREAKING and each.accepted is None for each in findings)
        return int(breaks or any(pair.verdict is Verdict.UNSUPPORTED for pair in self.pairs))


class Terms(Struct, frozen=True, kw_only=True):
    """By what exchanges are judged. ``operation`` is that of all of them; empty: found for each."""

    judge: Judge
    redactor: Redactor
    operation: str = ""
    acceptances: tuple[Acceptance, ...] = ()
    today: date

    @property
    def contracts(self) -> Mapping[Side, Contract]:
        """The contract of each side."""
        return {Side.BASELINE: self.judge.baseline, Side.CANDIDATE: self.judge.candidate}

    def operations(self, name: str) -> dict[Side, Operation | None]:
        """Return the operation of that id in each contract."""
        return {side: contract.operation(name) for side, contract in self.contracts.items()}


def compare_files(
    files: Mapping[Side, Path],
    judge: Judge,
    redactor: Redactor,
    *,
    operation: str = "",
    accepted: Path | None = None,
    today: date | None = None,
) -> Comparison:
    """Judge the exchanges of two files: exchange documents, HAR files or cassettes.

    Args:
        files: One file a side.
        judge: The contracts and severities.
        redactor: Takes secrets out before anything is compared or kept.
        operation: The id of the operation that all of them are about; empty finds it for each.
        accepted: A file with acceptances.
        today: The day by which acceptances expire; None takes this day in UTC.

    Raises:
        HarnessError: The files or names have mistakes; every one of them is listed.
    """
    known = {each.id for contract in (judge.baseline, judge.candidate) for each in contract.operations}
    problems: list[Problem] = []
    recordings: dict[Side, Recording] = {}
    acceptances: tuple[Acceptance, ...] = ()
    for side, path in files.items():
        with _collecting(problems):
            recordings[side] = read_recording(path, known)
            problems.extend(recordings[side].unread)  # what is left out must not count as alike
    problems.extend(_of_other_side(recordings))
    if operation and operation not in known:
        problems.append(unknown_operation(operation, known, "--operation"))
    with _collecting(problems):
        acceptances = read_acceptances(accepted) if accepted else ()
    if problems:
        raise UsageError(*problems)
    terms = Terms(
        judge=judge,
        redactor=redactor,
        operation=operation,
        acceptances=acceptances,
        today=today or datetime.now(UTC).date(),
    )
    return compare_recordings(recordings, terms)


def _of_other_side(recordings: Mapping[Side, Recording]) -> Iterator[Problem]:
    """Yield a problem for each file that holds calls of the other version alone.

    Two exchange documents may both have one request, written down once: only where each is the other's is
    something wrong.
    """
    wrong = {}
    for side, recording in recordings.items():
        asked = [sample for sample in recording.samples if sample.asked and sample.exchange.request.url]
        bases = [below_base(sample.exchange.request.url)[0] for sample in asked]
        (other,) = (_VERSIONS[each] for each in Side if each is not side)
        if bases and all(base.endswith(f"/{other}") for base in bases):
            what = f"this is a call of {other}, in the place of what {_VERSIONS[side]} answered"
            advice = "Name the file of v1beta1 first and that of v1 second."
            wrong[side] = Problem(where=asked[0].where, what=what, advice=advice)
    if len(wrong) == len(Side) or not all(recording.single for recording in recordings.values()):
        yield from wrong.values()


@contextmanager
def _collecting(problems: list[Problem]) -> Iterator[None]:
    """Turn an error into problems, so that all mistakes are told at once."""
    try:
        yield
    except HarnessError as error:
        problems.extend(error.problems)


def compare_recordings(recordings: Mapping[Side, Recording], terms: Terms) -> Comparison:
    """Judge what two files hold; of more than one exchange, pair them by operation and order.

    Raises:
        UsageError: Two single exchanges are about different operations.
    """
    unpaired: tuple[Unpaired, ...] = ()
    single = all(recording.single for recording in recordings.values())
    sides = {
        side: tuple(_clean(sample, terms.redactor) for sample in recording.samples)
        for side, recording in recordings.items()
    }
    if single:
        pairs = [(sides[Side.BASELINE][0], sides[Side.CANDIDATE][0])]
        _refuse_strangers(*pairs[0], terms)
    else:
        pairs, unpaired = _paired(sides, terms)
    judging = _Judging(terms)
    results = tuple(judging.pair(*pair) for pair in pairs)
    findings = judging.standing()
    verdicts = [result.verdict for result in results] + [Verdict.INCONCLUSIVE for _ in unpaired]
    counted = [each for each in findings if each.severity is not Severity.INFO]
    verdicts += [verdict(counted)] if counted else []
    samples = [sample for side in sides.values() for sample in side]
    return Comparison(
        verdict=worst(verdicts),
        pairs=results,
        unpaired=unpaired,
        findings=findings,
        single=single,
        sandbox=any(sample.sandbox or is_sandboxed(sample.exchange) for sample in samples),
    )


def _clean(sample: Sample, redactor: Redactor) -> Sample:
    return replace(sample, exchange=redactor.exchange(sample.exchange))


def _name(sample: Sample, side: Side, terms: Terms) -> str:
    """Return the id of the operation of an exchange; empty where nothing tells it."""
    if terms.operation or sample.operation or not sample.asked:
        return terms.operation or sample.operation
    request = sample.exchange.request
    path = below_base(request.url)[1]
    # An endpoint that only the other version has is asked for by the same path.
    for contract in sorted(terms.contracts.items(), key=lambda each: each[0] is not side):
        found = contract[1].find(request.method, path)
        if found is not None:
            return found.id
    return ""


def _refuse_strangers(baseline: Sample, candidate: Sample, terms: Terms) -> None:
    old, new = _name(baseline, Side.BASELINE, terms), _name(candidate, Side.CANDIDATE, terms)
    if old and new and old != new:
        what = f"this is {new}, but {baseline.where} is {old}"
        advice = "Compare exchanges of one operation, or name it with `--operation`."
        raise UsageError(Problem(where=candidate.where, what=what, advice=advice))


def _paired(
    sides: Mapping[Side, Sequence[Sample]], terms: Terms
) -> tuple[list[tuple[Sample, Sample]], tuple[Unpaired, ...]]:
    """Pair exchanges of one operation: first those with equal requests, then the rest in their order."""
    pairs: list[tuple[int, int]] = []
    left = {side: list(range(len(samples))) for side, samples in sides.items()}
    for key in (_same_request, _same_operation):
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for index in left[Side.CANDIDATE]:
            waiting[key(sides[Side.CANDIDATE][index], Side.CANDIDATE, terms)].append(index)
        for index in left[Side.BASELINE]:
            others = waiting.get(key(sides[Side.BASELINE][index], Side.BASELINE, terms))
            if others:
                pairs.append((index, others.popleft()))
        left = {
            side: [index for index in left[side] if index not in {pair[at] for pair in pairs}]
            for at, side in enumerate(Side)
        }
    pairs.sort()
    return (
        [(sides[Side.BASELINE][old], sides[Side.CANDIDATE][new]) for old, new in pairs],
        tuple(_unpaired(sides[side][index], side, terms) for side in Side for index in left[side]),
    )


def _same_operation(sample: Sample, side: Side, terms: Terms) -> Hashable:
    request = sample.exchange.request
    return _name(sample, side, terms) or (request.method, below_base(request.url)[1].partition("?")[0])


def _same_request(sample: Sample, side: Side, terms: Terms) -> Hashable:
    request = sample.exchange.request
    path, _, query = below_base(request.url)[1].partition("?")
    asked = (request.method, path, tuple(sorted(parse_qsl(query))), request.content)
    return _same_operation(sample, side, terms), asked


def _unpaired(sample: Sample, side: Side, terms: Terms) -> Unpaired:
    request = sample.exchange.request
    name = _name(sample, side, terms) or f"{request.method} {request.url}"
    return Unpaired(side=side, where=sample.where, operation=name)


class _Judging:
    """Judges pairs one after the other, and knows which values of the sides correspond."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._same: list[tuple[str, str]] = []
        self._told = Told()
        self._used: set[int] = set()

    def pair(self, baseline: Sample, candidate: Sample) -> StepResult:
        """Judge one pair."""
        samples = {Side.BASELINE: baseline, Side.CANDIDATE: candidate}
        filled = self._filled(samples)
        pair = Pair(
            baseline=replace(baseline.exchange, request=filled[Side.BASELINE].request),
            candidate=replace(candidate.exchange, request=filled[Side.CANDIDATE].request),
        )
        self._same += sent_otherwise(filled)
        asked = self._question(samples, filled, pair)
        if not {one.request.method for one in filled.values()} & SAFE_METHODS:
            self._told = asked.told()
        findings = self._findings(pair, asked, samples)
        if asked.own:
            self._same += made_otherwise(pair)
        came, reason = _verdict(findings, pair), ""
        if pair.baseline.failure and pair.candidate.failure:
            came, reason = Verdict.ERROR, f"no answer from either side: {pair.baseline.failure.message}"
        return StepResult(
            name=asked.name,
            where=f"{baseline.where}, {candidate.where}",
            operation=asked.name,
            verdict=came,
            checks=exercised(pair, asked),
            reason=reason,
            findings=findings,
            baseline=shown(pair.baseline, filled[Side.BASELINE]),
            candidate=shown(pair.candidate, filled[Side.CANDIDATE]),
        )

    def _filled(self, samples: Mapping[Side, Sample]) -> dict[Side, Filled]:
        """Return the two requests with their operations; a missing one is taken from the other side."""
        names = [_name(sample, side, self.terms) for side, sample in samples.items()]
        operations = self.terms.operations(next(filter(None, names), ""))
        asked = next((sample.exchange.request for sample in samples.values() if sample.asked), None)
        filled = {}
        for side, sample in samples.items():
            own, operation = sample.exchange.request, operations[side]
            api = operation.api if operation else ""
            apis = self.terms.contracts[side].apis
            base = apis[api].base_url if api else ""
            if not api and any(operations.values()):
                base = _only_base(apis.values())
            if not sample.asked:
                own = _translated(asked, base) if asked else _supposed(operations, base)
            path = below_base(own.url)[1] if own.url else ""
            filled[side] = Filled(request=own, api=api, path=path, operation=operation)
        return filled

    def _question(
        self, samples: Mapping[Side, Sample], filled: Mapping[Side, Filled], pair: Pair
    ) -> Question:
        asked = question(filled, own=is_own(filled) or any(_ids_differ(filled)))
        statuses = {side: each.status for side in Side if (each := pair.exchange(side).response)}
        # Two errors were recorded to be compared: a refusal is what was asked for.
        refused = len(statuses) == 2 and all(400 <= each < 500 and each != 429 for each in statuses.values())
        known = [sample.authorized for sample in samples.values() if sample.authorized is not None]
        return replace(
            asked,
            name=asked.name if filled[Side.BASELINE].request.url else "the exchange",
            authorized=any(known) if known else True,
            supposed=not any(sample.asked for sample in samples.values()),
            told=cache(partial(told, self._told, filled)),
            expected={side: (status,) for side, status in statuses.items()} if refused else {},
        )

    def _findings(self, pair: Pair, asked: Question, samples: Mapping[Side, Sample]) -> tuple[Finding, ...]:
        context = Context(correspondence=Correspondence(self._same), own=asked.own)
        differences: list[Difference] = list(compare(pair, context))
        cuts = [sample.cut for sample in samples.values() if sample.cut]
        if cuts:
            differences = [each for each in differences if not _is_of_body(each)]
            differences.append(Difference(kind=Kind.BUDGET, path="$.body", detail="; ".join(cuts)))
        findings = self.terms.judge.findings(pair, differences, asked)
        judged, used = accept(findings, self.terms.acceptances, self.terms.today)
        self._used |= used
        return judged

    def standing(self) -> tuple[Finding, ...]:
        """Return what is to be said of the acceptances: those past their day, and those without a use.

        A file may serve many comparisons, so what matched nothing in this one is only worth knowing.
        """
        found = []
        for position, each in enumerate(self.terms.acceptances):
            late, used = expired(each, self.terms.today), position in self._used
            if (used or each.noise) and not late:
                continue
            finding = self.terms.judge.standing(
                Difference(
                    kind=Kind.ACCEPTANCE,
                    path=each.path or "any place",
                    to=each.rule,
                    example=each.where,
                    detail=f"expired after {each.until}" if late else "",
                ),
                each.where,
            )
            found.append(finding if used else replace(finding, severity=Severity.INFO))
        return tuple(found)


def _verdict(findings: Sequence[Finding], pair: Pair) -> Verdict:
    """Return the verdict; what v1 lacks, and did not answer, is unsupported until that is accepted."""
    lacked = any(each.rule == _UNMAPPED and each.accepted is None for each in findings)
    answered = pair.candidate.response is not None and succeeded(pair.candidate.response)
    return verdict(findings, unsupported=lacked and not answered)


def _is_of_body(difference: Difference) -> bool:
    return difference.kind in _BODY_KINDS or segments(difference.path)[:1] == ("body",)


def _ids_differ(filled: Mapping[Side, Filled]) -> Iterator[bool]:
    """Yield True for each query parameter in which the sides name ids of their own."""
    queries = {side: one.path.partition("?")[2] for side, one in filled.items()}
    if queries[Side.BASELINE] != queries[Side.CANDIDATE]:
        bare = {side: replace(one, path=f"?{queries[side]}") for side, one in filled.items()}
        yield from (True for _ in sent_otherwise({side: _without_body(one) for side, one in bare.items()}))


def _without_body(filled: Filled) -> Filled:
    return replace(filled, request=replace(filled.request, content=b""))


def _only_base(apis: Collection[Api]) -> str:
    """Return the base URL below which an operation is missing, where there is no other."""
    return next(iter(apis)).base_url if len(apis) == 1 else ""


def _translated(request: Request, base: str) -> Request:
    """Return the request of the other side as this side would have sent it."""
    old, path = below_base(request.url)
    return replace(request, url=f"{base or old}{path}")


def _supposed(operations: Mapping[Side, Operation | None], base: str) -> Request:
    """Return the request of an operation of which only the name is known."""
    operation = next((each for each in operations.values() if each), None)
    if operation is None:
        return Request(method="GET", url="")
    return Request(method=operation.method, url=f"{base}{operation.path}")
