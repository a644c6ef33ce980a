"""Readiness of single operations: what their steps came to, and what that rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet

from harness.origins import COMPARED, Origins, has_run, strongest
from harness.result import (
    Readiness,
    RunResult,
    ScenarioResult,
    Source,
    StepResult,
    Verdict,
    operation_name,
    worst,
)
from harness.sentences import counted, listed
from harness.struct import Struct, field

_ORDER = (Readiness.NO_GO, Readiness.NOT_PROVEN, Readiness.GO)


class OperationAssessment(Struct, frozen=True, kw_only=True):
    """One operation: the worst verdict of its steps, and the ids of the scenarios that used it.

    ``operation`` is the contract's id, or method and path where a step has no documented operation.
    ``reasons`` are plain sentences, never none. ``evidence`` is the strongest that there is of steps that
    came to a conclusion, None without any.
    """

    operation: str
    readiness: Readiness
    verdict: Verdict
    scenarios: tuple[str, ...]
    reasons: tuple[str, ...]
    evidence: Source | None


def assess_operations(
    run: RunResult, origins: Origins, slower: AbstractSet[str] = frozenset()
) -> tuple[OperationAssessment, ...]:
    """Assess every operation that a step called or was to call: the worst first, then by name.

    ``slower`` are those that v1 answers more slowly, which no single step shows.
    """
    tallies: dict[str, _Tally] = {}
    for scenario in run.scenarios:
        for step in scenario.steps:
            name = operation_name(step)
            # A cleanup step that was not needed says nothing about its operation.
            if name and (has_run(step) or step.verdict is not Verdict.MATCH):
                tallies.setdefault(name, _Tally()).add(scenario, step)
    found = (tally.assessment(name, origins, slower=name in slower) for name, tally in tallies.items())
    return tuple(sorted(found, key=lambda each: (_ORDER.index(each.readiness), each.operation)))


class _Tally(Struct):
    """What the steps of one operation add up to."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    scenarios: dict[str, None] = field(default_factory=dict)
    proofs: dict[str, ScenarioResult] = field(default_factory=dict)

    def add(self, scenario: ScenarioResult, step: StepResult) -> None:
        self.verdicts[step.verdict] += 1
        self.scenarios[scenario.id] = None
        if has_run(step) and step.verdict in (*COMPARED, Verdict.UNSUPPORTED):
            self.proofs[scenario.id] = scenario

    def assessment(self, name: str, origins: Origins, *, slower: bool) -> OperationAssessment:
        counted_breaks = origins.policy.max_breaking is not None
        against = self._against(counted_breaks=counted_breaks)
        against += ["v1 answers it more slowly."] if slower and not counted_breaks else []
        unproved = self._unproved(origins)
        readiness = Readiness.NO_GO if against else Readiness.NOT_PROVEN if unproved else Readiness.GO
        reasons = [*against, *unproved] or [self._praise()]
        return OperationAssessment(
            operation=name,
            readiness=readiness,
            verdict=worst([*self.verdicts]),
            scenarios=tuple(sorted(self.scenarios)),
            reasons=tuple(reasons),
            evidence=strongest(self.proofs.values()),
        )

    def _praise(self) -> str:
        number = counted(sum(self.verdicts[verdict] for verdict in COMPARED), "step")
        allowed = self.verdicts[Verdict.MISMATCH] + self.verdicts[Verdict.UNSUPPORTED]
        return f"{number} compared; {'the policy counts what breaks' if allowed else 'nothing open'}."

    def _against(self, *, counted_breaks: bool) -> list[str]:
        """Say what stands against it; under a policy that counts breaking findings, their number decides."""
        reasons = []
        if number := self.verdicts[Verdict.ERROR]:
            reasons.append(f"{counted(number, 'step')} could not be carried out.")
        if (number := self.verdicts[Verdict.MISMATCH]) and not counted_breaks:
            verb = "differs" if number == 1 else "differ"
            reasons.append(f"{counted(number, 'step')} {verb} in ways that nobody accepted.")
        if self.verdicts[Verdict.UNSUPPORTED] and not counted_breaks:
            reasons.append("v1 does not support it.")
        return reasons

    def _unproved(self, origins: Origins) -> list[str]:
        reasons = []
        if number := self.verdicts[Verdict.INCONCLUSIVE]:
            verb = "gives" if number == 1 else "give"
            reasons.append(f"{counted(number, 'step')} {verb} no verdict.")
        lacks = [origins.lack(scenario) for scenario in self.proofs.values()]
        if not lacks:
            reasons.append("No step compared it.")
        elif all(lacks):
            reasons.append(f"Its evidence {listed(list(dict.fromkeys(lacks)))}.")
        return reasons
