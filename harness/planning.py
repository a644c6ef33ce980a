"""What a run would call, without calling anything: the scenarios as written become a plan.

Nobody knows before a run how long a list is, when a poll ends, what is retried, and which reads are repeated
because they differ. A list that is captured counts as one element, a walk as one page, a poll as one call: a
plan says the least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote, urlsplit

from harness.client.budget import MARGIN, kind_of
from harness.contract import Contract
from harness.errors import HarnessError
from harness.exchange import Json, Side
from harness.options import SAFE_METHODS, Options
from harness.probes import Probe, make_plan
from harness.probes.known import says_authorization
from harness.scenario import Row, Scenario, Step
from harness.settings import SANDBOX_TOKENS
from harness.struct import Struct
from harness.variables import Variables, parameters, placeholders, variable_for


class Call(Struct, frozen=True, kw_only=True):
    """One call that a scenario makes on one side.

    ``path`` is the path of the URL; what is not known before the run is a placeholder in it. ``step`` is the
    name of the step or the probe. ``token`` names what is sent in place of the environment's token, which
    has a budget of its own; it is empty for the environment's. ``more`` says what may make it several
    calls; empty where nothing does.
    """

    side: Side
    method: str
    path: str
    step: str
    token: str = ""
    more: str = ""


class ScenarioPlan(Struct, frozen=True, kw_only=True):
    """The calls of one scenario in order, or the reason why there are none.

    ``lacks`` counts the probes that are not made, by the reason.
    """

    id: str
    calls: tuple[Call, ...] = ()
    reason: str = ""
    lacks: Mapping[str, int]


class RunPlan(Struct, frozen=True, kw_only=True):
    """The plans of the scenarios of a run; ``limits`` are requests a second and token, by method."""

    environment: str
    scenarios: tuple[ScenarioPlan, ...]
    limits: Mapping[str, float]

    @property
    def methods(self) -> Mapping[str, int]:
        """The number of calls by method, the most frequent first."""
        found = Counter(call.method for scenario in self.scenarios for call in scenario.calls)
        return dict(found.most_common())

    @property
    def seconds(self) -> float:
        """The least time that the calls need within the limits; 0 without any."""
        found = Counter(
            (call.token, kind_of(call.method)) for scenario in self.scenarios for call in scenario.calls
        )
        times = (
            number / (self.limits[method] * (1 - MARGIN))
            for (_, method), number in found.items()
            if method in self.limits
        )
        return max(times, default=0.0)


def plan_run(
    rows: Iterable[tuple[Scenario, Row]], options: Options, contracts: Mapping[Side, Contract]
) -> RunPlan:
    """Plan the rows of scenarios, in their order. A replay is planned as the recording that it needs."""
    return RunPlan(
        environment=options.environment.name,
        scenarios=tuple(plan_scenario(scenario, row, options, contracts) for scenario, row in rows),
        limits=options.limits,
    )


def plan_scenario(
    scenario: Scenario, row: Row, options: Options, contracts: Mapping[Side, Contract]
) -> ScenarioPlan:
    """Plan one row of a scenario; a pure function of its arguments."""
    id_ = scenario.id + row.suffix
    reason = refusal(scenario, options, contracts)
    if reason:
        return ScenarioPlan(id=id_, reason=reason, lacks={})
    planner = _Planner(scenario, row, options, contracts)
    calls = [call for step in scenario.steps for call in planner.step(step)]
    lacks: Counter[str] = Counter()
    try:
        probes = make_plan(scenario, *contracts.values()).probes
    except HarnessError as error:
        return ScenarioPlan(id=id_, reason=str(error), lacks={})
    for probe in probes:
        made, lack = planner.probe(probe)
        calls += made
        lacks.update([lack] if lack else [])
    calls += [call for step in scenario.cleanup for call in planner.step(step)]
    return ScenarioPlan(id=id_, calls=tuple(calls), lacks=dict(lacks))


def refusal(scenario: Scenario, options: Options, contracts: Mapping[Side, Contract]) -> str:
    """Say why a scenario must not be run as the options are; empty when it may."""
    if options.may_write:
        return ""
    writes = writing_step(scenario, contracts)
    if writes is None:
        return ""
    step, method = writes
    sends = f'step "{step.name}" sends {method}, which changes something'
    where = options.environment.name
    also = f" --production {where}" if options.environment.production else ""
    return f"{step.where}: not run: {sends} in `{where}`. Add --allow-writes{also} to run it."


def writing_step(scenario: Scenario, contracts: Mapping[Side, Contract]) -> tuple[Step, str] | None:
    """Return the first step of a scenario that changes something, and the method that it sends."""
    for step in (*scenario.steps, *scenario.cleanup):
        for side in Side:
            method = _method(step, side, contracts)
            if method not in SAFE_METHODS:
                return step, method
    return None


def _method(step: Step, side: Side, contracts: Mapping[Side, Contract]) -> str:
    changed = step.candidate.method if side is Side.CANDIDATE else None
    written = changed or step.request.method
    if written:
        return written
    found = (contract.operation(step.operation or "") for contract in contracts.values())
    return next((operation.method for operation in found if operation), "GET")


class _Planner:
    """Plans the steps and probes of one row of a scenario."""

    def __init__(
        self, scenario: Scenario, row: Row, options: Options, contracts: Mapping[Side, Contract]
    ) -> None:
        self._options = options
        self._contracts = contracts
        definitions = {**scenario.vars, **row.values}
        self._variables = {side: Variables({"side": side.value}, {}, definitions) for side in Side}

    def step(self, step: Step) -> Iterator[Call]:
        """Yield the calls of a step, side by side."""
        elements = self._elements(step)
        for number in range(1 if elements is None else elements):
            for again in range(1 + step.again):
                for side in Side:
                    row = f"[{number + 1}]" if step.foreach and elements else ""
                    marks = (row, "(again)" if again else "")
                    name = " ".join([step.name, *filter(None, marks)])
                    more = "" if again else _more(step, each=elements is None)
                    yield self._call(side, step, name, more=more)

    def _elements(self, step: Step) -> int | None:
        """Return how often a step is run; None where only the run will tell."""
        if step.foreach is None:
            return 1
        try:
            found = self._variables[Side.BASELINE].fill(step.foreach.in_, step.where)
        except HarnessError:
            return None
        return len(found) if isinstance(found, list) else None

    def probe(self, probe: Probe) -> tuple[tuple[Call, ...], str]:
        """Return the calls of a probe; none, and the reason, where it is not made."""
        environment, options = self._options.environment, self._options
        if probe.token:
            known = environment.sandbox and probe.token in SANDBOX_TOKENS
            name = environment.token_of(probe.token)
            if not (options.environ.get(name) or known):
                return (), f"no token in {name}"
        own = probe.token or ("" if probe.authorization is None else probe.kind)
        calls = tuple(self._call(side, probe.step, probe.name, token=own) for side in Side)
        if not options.may_write and any(call.method not in SAFE_METHODS for call in calls):
            return (), "no permission to write"
        return calls, ""

    def _call(self, side: Side, step: Step, name: str, *, token: str = "", more: str = "") -> Call:
        spec = step.request_for(side)
        method = _method(step, side, self._contracts)
        own = self._contracts[side].operation(step.operation or "")
        found = (contract.operation(step.operation or "") for contract in self._contracts.values())
        template = own or next((operation for operation in found if operation), None)
        if template is not None and not isinstance(spec.path, str):
            path = self._parameters(template.path, spec.path, side)
        else:
            path = self._known(str(spec.path), side)
            own = self._contracts[side].find(method, path)
        api = own.api if own else self._contracts[side].api_of(path)
        token = token or (step.name if says_authorization(step) else "")
        base = urlsplit(self._options.environment.base_urls.get(api, "")).path
        return Call(side=side, method=method, path=base + path, step=name, token=token, more=more)

    def _parameters(self, template: str, values: Mapping[str, Json], side: Side) -> str:
        path = template
        for name in parameters(template):
            given = values.get(name)
            written = f"${{{variable_for(name)}}}" if given is None else str(given)
            path = path.replace(f"{{{name}}}", self._known(written, side))
        return path

    def _known(self, text: str, side: Side) -> str:
        """Fill the placeholders whose value is written in the scenario, and leave the others."""
        for name in dict.fromkeys(placeholders(text)):
            try:
                # Within text, so that it is written as the run writes it there.
                value = str(self._variables[side].fill(f"/${{{name}}}", "")).removeprefix("/")
            except HarnessError:
                continue
            text = text.replace(f"${{{name}}}", quote(value, safe=""))
        return text


def _more(step: Step, *, each: bool) -> str:
    """Say what may make several calls of one."""
    told: Collection[str] = [
        text
        for text, holds in (
            ("one for each element", each),
            ("more pages", step.walk is not None),
            ("more until the poll ends", step.poll is not None),
        )
        if holds
    ]
    return ", ".join(told)
