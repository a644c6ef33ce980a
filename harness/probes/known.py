"""The steps that probes start from: those whose operation both contracts have, and their paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from harness.contract import Contract, Operation
from harness.exchange import Side
from harness.scenario import RequestSpec, Scenario, Step
from harness.struct import Struct
from harness.variables import parameters

UNKNOWN_ID: Final = "clunknown0000000000000000"
"""An id that nobody has."""

WrittenPath: TypeAlias = str | dict[str, str | int | None]
"""The path of a request as a scenario writes it: text, or values for the parameters of an operation."""


class Known(Struct, frozen=True, kw_only=True):
    """A step with the operations that it addresses on the two sides, which both contracts have."""

    step: Step
    baseline: Operation
    candidate: Operation

    @property
    def method(self) -> str:
        """The method of both operations."""
        return self.baseline.method

    @property
    def parameters(self) -> tuple[str, ...]:
        """The path parameters of the baseline's operation."""
        return parameters(self.baseline.path)

    @property
    def names_one(self) -> bool:
        """Whether the path ends with an id, as that of one resource does."""
        return self.baseline.path.endswith("}") and self.candidate.path.endswith("}")


class Steps:
    """The steps of a scenario that v1 supports and that stand for one request each, in order."""

    def __init__(self, scenario: Scenario, contracts: Mapping[Side, Contract]) -> None:
        """Take a scenario, and the contracts of both sides."""
        self.contracts = contracts
        self.all = [step for step in scenario.steps if not step.unsupported and step.foreach is None]
        self.known = [known for step in self.all if (known := self._known(step))]
        self.reads = [known for known in self.known if known.method == "GET"]
        self._scenario = scenario

    def each(self) -> Mapping[str, Known | None]:
        """Return one step for each operation, by the id of the baseline's; those of the cleanup come last.

        A step that expects to be refused stands for its operation only where there is no other one. None:
        no step says alone what a request is, because it goes over a list or is authorized in its own way.
        """
        found: dict[str, list[Known]] = {}
        for step in (*self._scenario.steps, *self._scenario.cleanup):
            known = None if step.unsupported else self._known(step)
            if known is not None:
                alone = step.foreach is None and not says_authorization(step)
                found.setdefault(known.baseline.id, []).extend([known] if alone else [])
        return {name: min(each, key=_expects_refusal, default=None) for name, each in found.items()}

    def _known(self, step: Step) -> Known | None:
        found = {side: self._operation(step, side) for side in Side}
        baseline, candidate = found[Side.BASELINE], found[Side.CANDIDATE]
        if baseline is None or candidate is None or baseline.method != candidate.method:
            return None
        return Known(step=step, baseline=baseline, candidate=candidate)

    def _operation(self, step: Step, side: Side) -> Operation | None:
        spec, contract = step.request_for(side), self.contracts[side]
        named = contract.operation(step.operation) if step.operation else None
        if isinstance(spec.path, str):
            return contract.find(spec.method or (named.method if named else "GET"), spec.path)
        return named


def says_authorization(step: Step) -> bool:
    """Whether a step sends an authorization of its own, or none."""
    return any(
        name.lower() == "authorization" for spec in (step.request, step.candidate) for name in spec.headers
    )


def _expects_refusal(known: Known) -> bool:
    statuses = known.step.expect.status
    return bool(statuses) and min(statuses) >= 400


def with_unknown_id(known: Known) -> Step:
    """Return the step with an id that nobody has in place of the last path parameter."""
    return with_path_value(known, known.parameters[-1], UNKNOWN_ID)


def with_path_value(known: Known, name: str, value: str) -> Step:
    """Return the step with another value for one path parameter, on both sides."""
    index = known.parameters.index(name)
    templates = (known.baseline.path, known.candidate.path)
    request, candidate = (
        spec.model_copy(update={"path": _replaced(spec.path, name, value, template, index)})
        for spec, template in zip((known.step.request, known.step.candidate), templates, strict=True)
    )
    if isinstance(candidate.path, dict):
        kept = {key: given for key, given in candidate.path.items() if key != name}
        candidate = candidate.model_copy(update={"path": kept})
    return known.step.model_copy(update={"request": request, "candidate": candidate})


def _replaced(path: WrittenPath, name: str, value: str, template: str, index: int) -> WrittenPath:
    if not isinstance(path, str):
        return {**path, name: value}
    parts = path.split("/")
    places = [place for place, part in enumerate(template.split("/")) if "{" in part]
    place = places[index]
    return "/".join([*parts[:place], value, *parts[place + 1 :]])


def with_request(known: Known, *, request: RequestSpec, candidate: RequestSpec) -> Step:
    """Return the step with other requests."""
    return known.step.model_copy(update={"request": request, "candidate": candidate})
