"""What will break for recorded traffic, by the published contracts alone: nothing is called.

A documented difference counts where the recording holds what it is about: an answer with a property that v1
does not have, a request with a property or a value that v1 does not take, a call of an operation that is
gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from harness.cassette import Cassette
from harness.contract import Contract, Operation
from harness.contract_diff import ContractDiff, Documented, Held, Part, contract_diff, held
from harness.difference import Kind
from harness.errors import CassetteError, Problem, UsageError
from harness.exchange import Exchange
from harness.inquiry import below_base, is_sandboxed
from harness.judge import Judge
from harness.landing import where
from harness.result import Finding, Source
from harness.rules import Severity
from harness.struct import Struct
from harness.traffic import REMEDY, cassette_files

_NEWER = ("/v1", "/labs/v1")
_OLDER = "/v1beta1"


class Met(Struct, frozen=True, kw_only=True):
    """A documented difference that the traffic holds: in ``seen`` of ``samples`` places where it could be.

    ``valued`` counts the places with the very value, where v1 answers with one more; None where it is not so.
    """

    finding: Finding
    part: Part
    seen: int
    samples: int
    valued: int | None = None


class Used(Struct, frozen=True, kw_only=True):
    """One operation of v1beta1 as it was called; ``statuses`` maps each to how often, 0: no answer.

    Of ``bodiless`` calls the recording lacks a body in which something is documented to differ.
    ``met`` are the documented differences that the calls hold, worst first; ``advice`` are sentences for an
    operation that v1 does not have.
    """

    operation: str
    method: str
    path: str
    calls: int
    statuses: Mapping[int, int]
    supported: bool
    met: tuple[Met, ...] = ()
    bodiless: int = 0
    advice: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """Whether v1 breaks these calls, as far as contracts tell."""
        return not self.supported or any(each.finding.severity is Severity.BREAKING for each in self.met)


class Inspection(Struct, frozen=True, kw_only=True):
    """What recorded traffic holds.

    ``operations`` are in the order of what breaks, then of how often they were called. ``unknown`` are calls
    that v1beta1's contract does not have, by method and path; ``newer`` counts calls of v1 and the Labs API,
    ``aside`` cassettes of scenarios beside recordings of a client (:class:`harness.traffic.Found`).
    ``sources`` are where the recordings come from, as far as they say; ``contracts`` maps APIs to dates.
    """

    cassettes: int
    calls: int
    operations: tuple[Used, ...]
    unknown: Mapping[str, int]
    newer: int
    sources: tuple[Source, ...]
    contracts: Mapping[str, str]
    aside: int = 0

    @property
    def exit_code(self) -> int:
        """1 where something breaks, 3 where nothing does and something could not be looked at, else 0."""
        if any(each.breaks for each in self.operations):
            return 1
        return 3 if any(each.bodiless for each in self.operations) else 0


def inspect(paths: Iterable[Path], judge: Judge) -> Inspection:
    """Read cassettes, and directories of them, and say what the contracts document about their calls.

    Raises:
        HarnessError: There is no such path or no cassette, or one is damaged; every one is listed.
    """
    gathered = _Gathered(judge.baseline)
    problems: list[Problem] = []
    found = cassette_files(paths)
    for path in found.cassettes:
        try:
            gathered.read(Cassette.load(path, remedy=REMEDY))
        except CassetteError as error:
            problems += error.problems
    if problems:
        raise UsageError(*problems)
    diff = contract_diff(judge)
    used = [_used(calls, diff, judge) for calls in gathered.calls.values()]
    used.sort(key=lambda each: (each.supported, not each.breaks, -each.calls, each.operation))
    apis = {**judge.baseline.apis, **judge.candidate.apis}
    return Inspection(
        cassettes=gathered.cassettes,
        calls=gathered.number,
        operations=tuple(used),
        unknown=dict(gathered.unknown.most_common()),
        newer=gathered.newer,
        aside=found.aside,
        sources=tuple(sorted(gathered.sources, key=lambda source: source.rank)),
        contracts={name: api.date for name, api in apis.items()},
    )


class _Calls:
    """The calls of one operation."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.exchanges: list[Exchange] = []
        self.statuses: Counter[int] = Counter()

    def add(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        self.statuses[exchange.response.status if exchange.response else 0] += 1


class _Gathered:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.calls: dict[str, _Calls] = {}
        self.unknown: Counter[str] = Counter()
        self.sources: set[Source] = set()
        self.cassettes = self.number = self.newer = 0

    def read(self, cassette: Cassette) -> None:
        self.cassettes += 1
        if cassette.provenance is not None:
            self.sources.add(cassette.provenance.source)
        for exchange in (each for each in cassette.exchanges if not each.repeat):
            self._add(exchange)

    def _add(self, exchange: Exchange) -> None:
        self.number += 1
        if is_sandboxed(exchange):
            self.sources.add(Source.SANDBOX)
        base, path = below_base(exchange.request.url)
        if base.endswith(_NEWER) and not base.endswith(_OLDER):
            self.newer += 1
            return
        operation = self._contract.find(exchange.request.method, path)
        if operation is None:
            self.unknown[f"{exchange.request.method.upper()} {path.partition('?')[0]}"] += 1
        else:
            self.calls.setdefault(operation.id, _Calls(operation)).add(exchange)


def _used(calls: _Calls, diff: ContractDiff, judge: Judge) -> Used:
    operation = calls.operation
    found = next(each for each in diff.operations if each.id == operation.id)
    supported = found.candidate is not None
    holds = [
        (each, [held(each, exchange, found, diff) for exchange in calls.exchanges])
        for each in found.documented
        if each.finding.severity is not Severity.INFO and each.part is not Part.OPERATION
    ]
    met = [met for each, places in holds if (met := _met(each, places))]
    bodiless = sum(map(any, zip(*([place.unknown for place in places] for _, places in holds), strict=True)))
    order = list(Severity)
    met.sort(key=lambda each: order.index(each.finding.severity))
    return Used(
        operation=operation.id,
        method=operation.method,
        path=operation.path,
        calls=len(calls.exchanges),
        statuses=dict(sorted(calls.statuses.items())),
        supported=supported,
        met=tuple(met) if supported else (),
        bodiless=bodiless,
        advice=() if supported else _advice(operation, judge),
    )


def _advice(operation: Operation, judge: Judge) -> tuple[str, ...]:
    return where(operation.method, operation.path, judge.baseline, judge.candidate).advice


def _met(documented: Documented, places: Sequence[Held]) -> Met | None:
    """Return in how many places the traffic holds what a difference is about; None where it does not."""
    finding = documented.finding
    seen = sum(each.seen for each in places)
    if not seen:
        return None
    return Met(
        finding=finding,
        part=documented.part,
        seen=seen,
        samples=sum(each.samples for each in places),
        valued=sum(each.valued for each in places) if finding.difference.kind is Kind.VALUE else None,
    )


def proves(inspection: Inspection) -> Iterator[str]:
    """Yield sentences that say what the recording is worth."""
    if Source.SANDBOX in inspection.sources:
        yield "Calls were recorded from the sandbox: what they hold proves nothing about your integration."
    dates = ", ".join(f"{name} {date}" for name, date in inspection.contracts.items())
    yield f"Nothing was called: this is what the published contracts say ({dates})."
