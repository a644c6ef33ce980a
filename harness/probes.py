"""The probes of the guide's auth and error checks: requests that both sides must refuse, and alike.

Each is a copy of a step of the scenario with one thing wrong with it. Probes of authentication and
unknown ids only read; the probe of an invalid body cannot be accepted by either contract. So probes
never make anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from harness.contract import Contract, Operation
from harness.errors import Problem, ScenarioError
from harness.exchange import Json, Side
from harness.rules import Check
from harness.scenario import Expect, RequestSpec, Scenario, Step
from harness.schema import Schema
from harness.variables import parameters

MALFORMED_AUTHORIZATION: Final = "harness-probe malformed"
INVALID_AUTHORIZATION: Final = "Bearer harness-probe-invalid-token"
UNKNOWN_ID: Final = "clunknown0000000000000000"
INVALID_NUMBER: Final = "not-a-number"

_NAMES: Final[Mapping[str, tuple[str, str | None]]] = {
    "missing": ("auth: missing token", ""),
    "malformed": ("auth: malformed header", MALFORMED_AUTHORIZATION),
    "invalid": ("auth: invalid token", INVALID_AUTHORIZATION),
    "not-found": ("errors: unknown id", None),
    "invalid-query": ("errors: invalid query", None),
    "invalid-body": ("errors: invalid body", None),
}
"""Names and authorizations by kind."""

_Path: TypeAlias = str | dict[str, str | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One request that must be refused.

    ``kind`` is what the scenario's ``checks`` call it. ``authorization`` is the header's value in place of
    the token's: empty sends none, None leaves the token's. ``step`` stands on the line of the
    scenario's ``checks``, and captures, expects and accepts nothing of its own.
    """

    name: str
    kind: str
    check: Check
    step: Step
    authorization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A step with the operations that it addresses on the two sides, which both contracts have."""

    step: Step
    baseline: Operation
    candidate: Operation

    @property
    def method(self) -> str:
        return self.baseline.method

    @property
    def parameters(self) -> tuple[str, ...]:
        """The path parameters of the baseline's operation."""
        return parameters(self.baseline.path)

    @property
    def names_one(self) -> bool:
        """Whether the path ends with an id, as that of one resource does."""
        return self.baseline.path.endswith("}") and self.candidate.path.endswith("}")


def plan_probes(scenario: Scenario, baseline: Contract, candidate: Contract) -> tuple[Probe, ...]:
    """Make the probes that the scenario's ``checks`` ask for, those of authentication first.

    Raises:
        ScenarioError: A check has no step that it could start from; all such checks are listed.
    """
    if not (scenario.checks.auth or scenario.checks.errors):
        return ()
    planner = _Planner(scenario, {Side.BASELINE: baseline, Side.CANDIDATE: candidate})
    where = scenario.checks.where
    probes: list[Probe] = []
    problems: list[Problem] = []
    for key, kinds in (("auth", scenario.checks.auth), ("errors", scenario.checks.errors)):
        for kind in dict.fromkeys(kinds):
            plan, wanted = _PLANS.get(kind, (_Planner.auth, "that reads, with GET"))
            step = plan(planner)
            if step is None:
                what = f"the check `{kind}` has no step to start from"
                advice = f"Add a step {wanted}, or remove `{kind}` from `{key}`."
                problems.append(Problem(where=where, what=what, advice=advice))
            else:
                probes.append(_probe(kind, step, where))
    if problems:
        raise ScenarioError(*problems)
    return tuple(probes)


def _probe(kind: str, step: Step, where: str) -> Probe:
    name, authorization = _NAMES[kind]
    alone = step.placed(
        where,
        name=name,
        expect=Expect(),
        capture={},
        reads=[],
        accept=[],
        poll=None,
        again=False,
        walk=None,
        follow_redirects=False,
    )
    check = Check.ERRORS if authorization is None else Check.AUTH
    return Probe(name=name, kind=kind, check=check, step=alone, authorization=authorization)


class _Planner:
    """Chooses the steps that probes start from, and puts one thing wrong into each."""

    def __init__(self, scenario: Scenario, contracts: Mapping[Side, Contract]) -> None:
        self.contracts = contracts
        self.steps = [step for step in scenario.steps if not step.unsupported and step.foreach is None]
        self.known = [known for step in self.steps if (known := self._known(step))]
        self.reads = [known for known in self.known if known.method == "GET"]

    def auth(self) -> Step | None:
        """Return the first step that reads and does not say itself how it is authorized."""
        reads = [known.step for known in self.reads]
        reads += [step for step in self.steps if step.request.method == "GET"]
        return next((step for step in reads if not _says_authorization(step)), None)

    def not_found(self) -> Step | None:
        """Return a step that asks for one resource by an id that nobody has."""
        for known in self.reads:
            if known.names_one:
                return _with_unknown_id(known)
        for known in self.reads:
            item = self._item(known)
            if item is not None:
                return item
        return next((_with_unknown_id(known) for known in self.reads if known.parameters), None)

    def invalid_query(self) -> Step | None:
        """Return a step with text for a number that both contracts document."""
        for known in self.reads:
            numbers = _numbers(known.baseline) & _numbers(known.candidate)
            if numbers:
                name = min(numbers, key=lambda number: (number != "limit", number != "offset", number))
                query: dict[str, Json] = {**known.step.request.query, name: INVALID_NUMBER}
                kept = {key: value for key, value in known.step.candidate.query.items() if key != name}
                return known.step.model_copy(
                    update={
                        "request": known.step.request.model_copy(update={"query": query}),
                        "candidate": known.step.candidate.model_copy(update={"query": kept}),
                    }
                )
        return None

    def invalid_body(self) -> Step | None:
        """Return a step with a body that neither contract accepts: creations first, they need no id."""
        writes = [known for known in self.known if known.method in {"POST", "PUT", "PATCH"}]
        for known in sorted(writes, key=lambda known: known.names_one):
            body = self._refused_body(known)
            if body is not None:
                candidate = known.step.candidate
                return known.step.model_copy(
                    update={
                        "request": known.step.request.model_copy(update={"body": body}),
                        "candidate": RequestSpec(
                            method=candidate.method,
                            path=candidate.path,
                            query=candidate.query,
                            headers=candidate.headers,
                        ),
                    }
                )
        return None

    def _known(self, step: Step) -> _Known | None:
        found = {side: self._operation(step, side) for side in Side}
        baseline, candidate = found[Side.BASELINE], found[Side.CANDIDATE]
        if baseline is None or candidate is None or baseline.method != candidate.method:
            return None
        return _Known(step=step, baseline=baseline, candidate=candidate)

    def _operation(self, step: Step, side: Side) -> Operation | None:
        spec, contract = step.request_for(side), self.contracts[side]
        named = contract.operation(step.operation) if step.operation else None
        if isinstance(spec.path, str):
            return contract.find(spec.method or (named.method if named else "GET"), spec.path)
        return named

    def _item(self, known: _Known) -> Step | None:
        """Make a step for one element of what a step lists, where both contracts have such an operation."""
        baseline = self.contracts[Side.BASELINE].find("GET", f"{known.baseline.path}/{UNKNOWN_ID}")
        candidate = self.contracts[Side.CANDIDATE].find("GET", f"{known.candidate.path}/{UNKNOWN_ID}")
        if baseline is None or candidate is None or baseline.id != candidate.id:
            return None
        name = parameters(baseline.path)[-1]
        step, override = known.step, known.step.candidate
        return step.model_copy(
            update={
                "operation": step.operation and baseline.id,
                "request": _of_item(step.request, _item_path(step.request.path, name)),
                "candidate": _of_item(override, _item_path(override.path, name) if override.path else {}),
            }
        )

    def _refused_body(self, known: _Known) -> Json:
        """Return a body that both contracts refuse; None where they do not say enough."""
        variants: list[Schema] = []
        for side, operation in ((Side.BASELINE, known.baseline), (Side.CANDIDATE, known.candidate)):
            schema = operation.request.get("application/json")
            if schema is None:
                return None
            variants += _variants(self.contracts[side], operation, schema)
        if any(variant.types != ("object",) for variant in variants):
            return None
        return {} if all(variant.required for variant in variants) else []


_PLANS: Final[Mapping[str, tuple[Callable[[_Planner], Step | None], str]]] = {
    "not-found": (_Planner.not_found, "that gets one resource by its id"),
    "invalid-query": (_Planner.invalid_query, "that lists something and takes `limit`"),
    "invalid-body": (_Planner.invalid_body, "that sends a body"),
}


def _says_authorization(step: Step) -> bool:
    return any(
        name.lower() == "authorization" for spec in (step.request, step.candidate) for name in spec.headers
    )


def _with_unknown_id(known: _Known) -> Step:
    """Return the step with an id that nobody has in place of the last path parameter."""
    name = known.parameters[-1]
    templates = (known.baseline.path, known.candidate.path)
    request, candidate = (
        spec.model_copy(update={"path": _replaced(spec.path, name, template)})
        for spec, template in zip((known.step.request, known.step.candidate), templates, strict=True)
    )
    if isinstance(candidate.path, dict):
        kept = {key: value for key, value in candidate.path.items() if key != name}
        candidate = candidate.model_copy(update={"path": kept})
    return known.step.model_copy(update={"request": request, "candidate": candidate})


def _replaced(path: _Path, name: str, template: str) -> _Path:
    if not isinstance(path, str):
        return {**path, name: UNKNOWN_ID}
    parts = path.split("/")
    last = max(index for index, part in enumerate(template.split("/")) if "{" in part)
    return "/".join([*parts[:last], UNKNOWN_ID, *parts[last + 1 :]])


def _of_item(spec: RequestSpec, path: _Path) -> RequestSpec:
    """Return the request with another path and no query: that of a list means nothing for one element."""
    return RequestSpec(method=spec.method, path=path, headers=spec.headers)


def _item_path(path: _Path, name: str) -> _Path:
    return f"{path.rstrip('/')}/{UNKNOWN_ID}" if isinstance(path, str) else {**path, name: UNKNOWN_ID}


def _numbers(operation: Operation) -> set[str]:
    return {
        parameter.name
        for parameter in operation.parameters
        if parameter.location == "query" and "integer" in parameter.schema.types
    }


def _variants(contract: Contract, operation: Operation, schema: Schema) -> Iterator[Schema]:
    """Yield the shapes of a body without references and unions, each with all that it requires."""
    schema = contract.resolve(operation, schema)
    if not schema.any_of:
        yield schema
    for choice in schema.any_of:
        for variant in _variants(contract, operation, choice):
            yield replace(
                variant, types=variant.types or schema.types, required=(*schema.required, *variant.required)
            )
