"""Where a v1beta1 call lands in v1: the new URL, what else the contracts change, or what to do instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from harness.contract import (
    LABS,
    V1,
    V1BETA1,
    Contract,
    Operation,
    Parameter,
    Schema,
    load_contract,
)
from harness.errors import ContractError, Problem
from harness.struct import Struct

_JSON: Final = "application/json"
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_V1BETA1_URL: Final = re.compile(r"(?P<root>.*?)/(?P<api>iam|platform)/v1beta1(?P<path>/.*)?")
_OTHER_URL: Final = re.compile(r"(?:https?://[^/]*)?/(?P<version>labs/v1|(?:private/)?v1alpha1|v1)(?:/.*)?")

_ALERTS: Final[Mapping[str, tuple[str, str]]] = {
    "ListAlerts": ("LabsListAlerts", "its answer is {alerts: [...]}, without limit, offset and totalCount"),
    "GetAlert": ("LabsListAlerts", "it has no look-up by id: filter with the query parameter alertIds"),
    "CreateAlert": ("LabsCreateAlerts", "it takes a list of up to 30 alerts"),
    "UpdateAlert": ("LabsUpdateAlerts", "it takes a list of up to 30 alerts"),
    "DeleteAlert": ("LabsDeleteAlerts", "it takes a list of up to 20 ids and answers 204"),
}
"""The Labs operation nearest to an unsupported one, and how it differs."""
_ADDS: Final = "Response: v1 adds "
_CHANNELS: Final = "/notification-channels"
_CHANNEL_METHODS: Final = ("POST", "DELETE")


class Landing(Struct, frozen=True, kw_only=True):
    """Where one v1beta1 call lands.

    ``url`` is v1's, with the same path and query; empty where v1 has no such operation. ``changes``
    are sentences on what the contracts change beside the URL, ``advice`` sentences on what to do.
    """

    method: str
    given: str
    baseline: Operation
    candidate: Operation | None
    url: str
    changes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether v1 has the operation."""
        return self.candidate is not None

    def lines(self) -> tuple[str, ...]:
        """Return what to show a person, a sentence or a URL a line."""
        api = "IAM" if self.baseline.api == "iam" else "Platform"
        head = f"{self.method} {self.given} is {self.baseline.id} of the {api} API, v1beta1."
        if not self.supported:
            return (head, f"v1 does not support {self.baseline.id}.", *self.advice)
        whole = all(change.startswith(_ADDS) for change in self.changes)
        kept = ("v1's contract has every parameter and property that v1beta1's has.",) if whole else ()
        return (head, f"In v1: {self.method} {self.url}", *kept, *self.changes, *self.advice)


def unsupported() -> tuple[Operation, ...]:
    """Return the operations of v1beta1 that v1's packaged contract does not have, by path and method."""
    candidate = load_contract(V1)
    every = load_contract(V1BETA1).operations
    return tuple(operation for operation in every if not candidate.find(operation.method, operation.path))


def where(method: str, url: str, baselines: Contract, candidates: Contract) -> Landing:
    """Say where a v1beta1 call lands in v1, by these contracts of the two.

    Args:
        method: The HTTP method, in any case.
        url: Absolute, or from the base URL's path on (``/iam/v1beta1/...``), or only the part below it.
            A variable may stand for the base URL; a path parameter may be an id or ``{name}``.
        baselines: v1beta1's contract.
        candidates: v1's; the facts of the Labs API are taken from the same place.

    Raises:
        ContractError: v1beta1 has no such operation; the message names the nearest ones. Or the facts of
            the Labs API are damaged.
    """
    method = method.upper()
    root, api, path, query = _split(url)
    baseline = baselines.find(method, path)
    if baseline is None:
        raise ContractError(_unknown(method, path, url, baselines, candidates))
    advice: list[str] = []
    if api and api != baseline.api:
        advice.append(f"v1beta1 has this path below /{baseline.api}/v1beta1, not below /{api}/v1beta1.")
    candidate = candidates.find(method, path)
    if candidate is None:
        return Landing(
            method=method,
            given=url,
            baseline=baseline,
            candidate=None,
            url="",
            advice=(*advice, *_alternatives(baseline, load_contract(LABS, candidates.directory))),
        )
    base = f"{root}/v1" if root else candidates.apis[candidate.api].base_url
    return Landing(
        method=method,
        given=url,
        baseline=baseline,
        candidate=candidate,
        url=f"{base}{path}{query}",
        changes=tuple(_changes(baselines, baseline, candidates, candidate)),
        advice=tuple(advice),
    )


def _split(url: str) -> tuple[str, str, str, str]:
    """Return what stands before the base URL's path, the API's name, the path below, and the query."""
    address, mark, query = url.strip().partition("#")[0].partition("?")
    known = _V1BETA1_URL.fullmatch(address)
    if known:
        return known["root"], known["api"], known["path"] or "/", mark + query
    other = _OTHER_URL.fullmatch(address)
    if other:
        advice = "Give a v1beta1 URL: its base URL ends in /iam/v1beta1 or /platform/v1beta1."
        what = f"{url} is a URL of {other['version']}, not of v1beta1"
        raise ContractError(Problem(where="", what=what, advice=advice))
    below = re.sub(r"^(?:https?://[^/]*|\$[^/]*)?/?", "/", address)
    return "", "", below, mark + query


def _unknown(method: str, path: str, url: str, baselines: Contract, candidates: Contract) -> Problem:
    what = f"v1beta1 has no operation {method} {path}"
    others = [other for other in _METHODS if baselines.find(other, path)]
    newer = candidates.find(method, path)
    if others:
        advice = f"That path takes {', '.join(others)}."
    elif newer:
        advice = f"v1 has it, as {newer.id}; nothing needs to be migrated."
    else:
        names = {
            f"{operation.method} {_generic(operation.path)}": operation for operation in baselines.operations
        }
        wanted = f"{method} {_generic(path, baselines)}"
        near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.0)
        shown = (f"{names[name].method} {names[name].path} ({names[name].id})" for name in near)
        advice = f"The nearest are {'; '.join(shown)}."
    return Problem(where=url if url != path else "", what=what, advice=advice)


def _generic(path: str, contract: Contract | None = None) -> str:
    """Write ``{}`` for path parameters; with a contract, for what looks like no word of its paths."""
    words = (
        [word for operation in contract.operations for word in operation.path.split("/") if "{" not in word]
        if contract
        else []
    )
    return "/".join(
        "{}" if "{" in part or (words and not difflib.get_close_matches(part, words, cutoff=0.7)) else part
        for part in path.rstrip("/").split("/")
    )


def _alternatives(operation: Operation, labs: Contract) -> Iterator[str]:
    yield "Ask Astronomer Support what to use in its place: the migration guide names no replacement."
    nearest = _ALERTS.get(operation.id)
    base = labs.apis["labs"].base_url
    stability = "The Labs API is experimental and promises no stability."
    found = labs.operation(nearest[0]) if nearest else None
    if nearest and found:
        yield f"The nearest in the Labs API is {found.method} {base}{found.path}: {nearest[1]}. {stability}"
    elif _CHANNELS in operation.path and operation.method in _CHANNEL_METHODS:
        verb = "DELETE" if operation.method == "DELETE" else "POST"
        path = operation.path.partition(_CHANNELS)[0] + _CHANNELS
        yield (
            f"The Labs API's change log of July 2026 names {verb} {base}{path}, for up to 30 channels at a"
            f" time; the contract used here, of {labs.apis['labs'].date}, does not have it. {stability}"
        )


def _changes(
    baselines: Contract, baseline: Operation, candidates: Contract, candidate: Operation
) -> Iterator[str]:
    """Yield a sentence for each documented change that a caller of the operation may notice."""
    yield from _parameter_changes(baseline, candidate)
    old, new = baseline.request.get(_JSON), candidate.request.get(_JSON)
    if old and new:
        needed = [
            path
            for path, required in _places(candidates, candidate, new)
            if required and _newly_required(baselines, baseline, old, path)
        ]
        if needed:
            yield f"Request: v1 requires {_names(needed)}."
        gone = _missing(baselines, baseline, old, candidates, candidate, new)
        if gone:
            yield f"Request: v1 does not know {_names(gone)}."
    old, new = (_success(operation) for operation in (baseline, candidate))
    if old and new:
        gone = _missing(baselines, baseline, old, candidates, candidate, new)
        if gone:
            yield f"Response: v1 does not have {_names(gone)}."
        added = _missing(candidates, candidate, new, baselines, baseline, old)
        if added:
            yield f"{_ADDS}{_names(added)}."


def _parameter_changes(baseline: Operation, candidate: Operation) -> Iterator[str]:
    known = {parameter.name: parameter for parameter in candidate.parameters if parameter.location != "path"}
    for parameter in baseline.parameters:
        if parameter.location == "path":
            continue
        newer = known.get(parameter.name)
        if newer is None:
            yield f"Query: v1 does not accept {parameter.name}."
            continue
        lost = [value for value in _values(parameter) if _values(newer) and value not in _values(newer)]
        if lost:
            yield f"Query: v1 does not accept {', '.join(lost)} for {parameter.name}."
    before = {parameter.name for parameter in baseline.parameters if parameter.required}
    for parameter in candidate.parameters:
        if parameter.required and parameter.location != "path" and parameter.name not in before:
            yield f"Query: v1 requires {parameter.name}."


def _values(parameter: Parameter) -> list[str]:
    schema = parameter.schema
    return [str(value) for value in schema.enum or (schema.items.enum if schema.items else ())]


def _success(operation: Operation) -> Schema | None:
    bodies = next((operation.responses[key] for key in operation.responses if key.startswith("2")), {})
    return bodies.get(_JSON)


def _places(
    contract: Contract, operation: Operation, schema: Schema
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield every documented place below a schema, and whether it is required there."""
    waiting: list[tuple[Schema, tuple[str, ...], frozenset[str]]] = [(schema, (), frozenset())]
    while waiting:
        here, path, above = waiting.pop(0)
        if here.ref in above:
            continue
        inner = above | {here.ref} if here.ref else above
        found = contract.resolve(operation, here)
        waiting += [(variant, path, inner) for variant in found.any_of]
        children = [((*path, name), child) for name, child in found.properties.items()]
        children += [((*path, "*"), child) for child in (found.items, found.additional) if child]
        for place, child in children:
            known = contract.place(operation, schema, place)
            yield place, known is not None and known.required
            waiting.append((child, place, inner))


def _newly_required(contract: Contract, operation: Operation, schema: Schema, path: tuple[str, ...]) -> bool:
    """Say whether the object is known but the property is not, or is optional."""
    place = contract.place(operation, schema, path)
    return contract.place(operation, schema, path[:-1]) is not None and not (place and place.required)


def _missing(
    one: Contract,
    one_operation: Operation,
    one_schema: Schema,
    two: Contract,
    two_operation: Operation,
    two_schema: Schema,
) -> list[tuple[str, ...]]:
    """Return the places of one side that the other does not document, without those below them."""
    missing: dict[tuple[str, ...], None] = {}
    for path, _ in _places(one, one_operation, one_schema):
        covered = any(path[: len(known)] == known for known in missing)
        if not covered and two.place(two_operation, two_schema, path) is None:
            missing[path] = None
    return list(missing)


def _names(paths: list[tuple[str, ...]]) -> str:
    return ", ".join(dict.fromkeys(".".join(path).replace(".*", "[*]") for path in paths))
