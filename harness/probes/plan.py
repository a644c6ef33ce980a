"""The probes that a scenario's ``checks`` ask for, without making any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from harness.contract import Contract
from harness.errors import Problem, ScenarioError
from harness.exchange import Side
from harness.probes.auth import harmless, reading_step
from harness.probes.errors import invalid_body, invalid_query, not_found
from harness.probes.kinds import ALL, KINDS, wanted
from harness.probes.known import Known, Steps
from harness.probes.mistakes import MISTAKES, Derived, Mistake
from harness.probes.undoing import Undo, undo_of
from harness.result import Lack, Unexercised
from harness.rules import Check
from harness.scenario import Expect, Scenario, Step
from harness.struct import Struct, replace

_SINGLE: Final[Mapping[str, tuple[Callable[[Steps], Step | None], str]]] = {
    "not-found": (not_found, "that gets one resource by its id"),
    "invalid-query": (invalid_query, "that lists something and takes `limit`"),
    "invalid-body": (invalid_body, "that sends a body"),
}
_READS: Final = "that reads, with GET"
_SUITS: Final = "whose operation both contracts have and that it suits"


class Probe(Struct, frozen=True, kw_only=True):
    """One request that must be refused, or at least be answered alike.

    ``kind`` is what the scenario's ``checks`` call it. ``authorization`` is the header's value in place of
    the token's: empty sends none, None leaves the token's; ``token`` says that the token of that name is sent
    instead. ``content`` are the bytes of the body, where they are no JSON. ``step`` stands on the line of the
    scenario's ``checks``, and expects nothing of its own. ``operation``: it is the probe of that one of all
    operations. ``undo`` says what is sent where it is accepted and changes something.
    """

    name: str
    kind: str
    check: Check
    step: Step
    authorization: str | None = None
    operation: str = ""
    token: str = ""
    content: bytes | None = None
    undo: Undo | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """The probes that a scenario asks for, in their order, and those that no request can be made for."""

    probes: tuple[Probe, ...] = ()
    lacks: tuple[Unexercised, ...] = ()


def plan_probes(scenario: Scenario, baseline: Contract, candidate: Contract) -> tuple[Probe, ...]:
    """Return the probes of :func:`make_plan`.

    Raises:
        ScenarioError: As there.
    """
    return make_plan(scenario, baseline, candidate).probes


def make_plan(scenario: Scenario, baseline: Contract, candidate: Contract) -> Plan:
    """Make the probes that the scenario's ``checks`` ask for, those of authentication first.

    Raises:
        ScenarioError: A check has no step that it could start from; all such checks are listed.
    """
    if not (scenario.checks.auth or scenario.checks.errors):
        return Plan()
    planner = _Planner(scenario, {Side.BASELINE: baseline, Side.CANDIDATE: candidate})
    planner.ask("auth", Check.AUTH, list(scenario.checks.auth))
    planner.ask("errors", Check.ERRORS, list(scenario.checks.errors))
    if planner.problems:
        raise ScenarioError(*planner.problems)
    return Plan(probes=tuple(planner.probes), lacks=tuple(planner.lacks))


class _Planner:
    """Collects the probes of one scenario, what cannot be derived, and what has nothing to start from."""

    def __init__(self, scenario: Scenario, contracts: Mapping[Side, Contract]) -> None:
        self.steps = Steps(scenario, contracts)
        self.where = scenario.checks.where
        self.probes: list[Probe] = []
        self.lacks: list[Unexercised] = []
        self.problems: list[Problem] = []

    def ask(self, key: str, check: Check, asked: list[str]) -> None:
        """Plan what one key of ``checks`` asks for; each name that it writes must have a probe."""
        made: dict[str, list[Probe]] = {}
        for kind, each in wanted(check, asked).items():
            made[kind] = list(self._each(kind)) if each else list(self._once(kind))
            self.probes += made[kind]
        for name in dict.fromkeys(asked):
            if not (any(made.values()) if name == ALL else made[name]):
                fitting = (
                    _SUITS if name == ALL or not KINDS[name].single else _SINGLE.get(name, (0, _READS))[1]
                )
                what = f"the check `{name}` has no step to start from"
                advice = f"Add a step {fitting}, or remove `{name}` from `{key}`."
                self.problems.append(Problem(where=self.where, what=what, advice=advice))

    def _once(self, kind: str) -> Iterator[Probe]:
        make, _ = _SINGLE.get(kind, (reading_step, _READS))
        step = make(self.steps)
        if step is not None:
            yield self._probe(kind, step)

    def _each(self, kind: str) -> Iterator[Probe]:
        for operation, known in self.steps.each().items():
            made = self._of(kind, known)
            if isinstance(made, Probe):
                yield made
                continue
            check = KINDS[kind].check
            lack = Unexercised(
                probe=kind, check=check, operation=operation, lack=Lack.NOT_DERIVABLE, reason=made
            )
            self.lacks.append(lack)

    def _of(self, kind: str, known: Known | None) -> Probe | str:
        """Return the probe of one operation, or why there is none."""
        if known is None:
            return "its steps go over a list, or are authorized in their own way"
        derived = self._derived(kind, known)
        if isinstance(derived, str):
            return derived
        name = known.baseline.id
        undo = undo_of(known, self.steps.contracts, f"{kind} {name}")
        if not (known.method == "GET" or derived.refused or undo):
            return "what it would do if it were accepted could not be undone"
        probe = self._probe(kind, derived.step, name, known.step)
        step = probe.step
        if undo is not None:
            step = step.placed(self.where, capture=dict(undo.capture))
            undo = replace(undo, step=_alone(undo.step, self.where, f"undo {probe.name}"))
        return replace(probe, step=step, content=derived.content, undo=undo)

    def _derived(self, kind: str, known: Known) -> Derived:
        if kind in MISTAKES:
            return MISTAKES[kind](known, self.steps.contracts)
        step = harmless(known, self.steps)
        if step is None:
            return "no request of it is known that would change nothing"
        return Mistake(step=step)

    def _probe(self, kind: str, step: Step, operation: str = "", origin: Step | None = None) -> Probe:
        """Make a probe; where it may be allowed, it keeps what the ``origin`` reads and accepts."""
        of = KINDS[kind]
        name = f"{of.check.value}: {of.title}{operation and f' ({operation})'}"
        alone = _alone(step, self.where, name)
        if origin is not None:
            alone = alone.placed(self.where, reads=origin.reads, accept=origin.accept)
        return Probe(
            name=name,
            kind=kind,
            check=of.check,
            step=alone,
            authorization=of.authorization,
            operation=operation,
            token=kind if of.token else "",
        )


def _alone(step: Step, where: str, name: str) -> Step:
    """Return the request of a step, without what the step expects, captures and repeats."""
    return step.placed(
        where,
        name=name,
        expect=Expect(),
        capture={},
        reads=[],
        accept=[],
        poll=None,
        foreach=None,
        again=False,
        walk=None,
        follow_redirects=False,
    )
