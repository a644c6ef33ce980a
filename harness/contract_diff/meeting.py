"""What recorded traffic holds of a documented difference: the property or parameter, or some values of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from urllib.parse import parse_qsl

from harness.conformance import request_facts
from harness.contract_diff.facts import Part
from harness.contract_diff.findings import ContractDiff, Documented, OperationDiff
from harness.difference import Difference, Kind, segments
from harness.exchange import BODY_CUT, Body, BodyKind, Exchange, Json, Request, header
from harness.shape import presence, values_at
from harness.struct import Struct


class Held(Struct, frozen=True, kw_only=True):
    """In ``seen`` of ``samples`` places of one exchange a difference is met.

    ``valued`` counts the places that have the value of a difference that is a new one: v1beta1 does not
    answer with it, so there is usually none, and who reads the property may meet it all the same.
    ``unknown``: the recording lacks the body that would tell, or it is no JSON.
    """

    seen: int = 0
    samples: int = 0
    valued: int = 0
    unknown: bool = False


def held(
    documented: Documented, exchange: Exchange, operation: OperationDiff, contracts: ContractDiff
) -> Held:
    """Return what an exchange of an operation holds of one of its documented differences."""
    path = segments(documented.finding.difference.path)
    if documented.part in {Part.PARAMETER, Part.REQUEST}:
        return _sent(documented, exchange.request, path, operation, contracts)
    response = exchange.response
    if response is None or not _is_of(documented.statuses, response.status):
        return Held()
    return _answered(documented, response.body, path[1:])


def refused_values(request: Request, operation: OperationDiff, contracts: ContractDiff) -> Mapping[str, int]:
    """Count by their places the values of a request that v1's contract refuses and v1beta1's takes.

    It is empty where the operation has no documented difference that depends on values.
    """
    old, new = operation.baseline, operation.candidate
    if old is None or new is None or not any(map(_is_about_values, operation.documented)):
        return {}
    facts = request_facts(request, (contracts.baseline, old), (contracts.candidate, new))
    return Counter(each.path for each in facts)


def _is_about_values(documented: Documented) -> bool:
    return documented.by_value and documented.part in {Part.PARAMETER, Part.REQUEST}


def _sent(
    documented: Documented,
    request: Request,
    path: tuple[str, ...],
    operation: OperationDiff,
    contracts: ContractDiff,
) -> Held:
    if documented.part is Part.PARAMETER:
        names = {name for name, _ in parse_qsl(request.url.partition("?")[2], keep_blank_values=True)}
        seen, samples = int(path[-1] in names), 1
    elif request.body.kind is BodyKind.JSON:
        seen, samples = presence(request.body.data, path[2:])
    else:
        cut = request.body.kind is not BodyKind.EMPTY or header(request.headers, BODY_CUT) is not None
        needed = operation.baseline is not None and operation.baseline.request_required
        return Held(unknown=cut or needed)
    if documented.by_value:
        refused = refused_values(request, operation, contracts)
        seen = min(seen, refused.get(documented.finding.difference.path, 0))
    return Held(seen=seen, samples=samples)


def _answered(documented: Documented, body: Body, place: tuple[str, ...]) -> Held:
    if body.kind is not BodyKind.JSON:
        return Held(unknown=True)
    seen, samples = presence(body.data, place)
    if not seen or not documented.by_value:
        return Held(seen=seen, samples=samples)
    difference = documented.finding.difference
    concerned = sum(_concerns(difference, value) for value in values_at(body.data, place))
    if difference.kind is Kind.VALUE:
        return Held(seen=seen, samples=samples, valued=concerned)
    return Held(seen=concerned, samples=samples)


def _concerns(difference: Difference, value: Json) -> bool:
    """Whether a difference between the values of a place is about this one."""
    if difference.kind is Kind.VALUE:
        return value == difference.candidate
    if isinstance(difference.baseline, list):
        return value in difference.baseline
    return isinstance(difference.candidate, list) and value not in difference.candidate


def _is_of(statuses: tuple[str, ...], status: int) -> bool:
    return not statuses or bool({str(status), f"{status // 100}XX", "default"} & set(statuses))
