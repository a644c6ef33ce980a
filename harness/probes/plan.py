"""The probes that a scenario's ``checks`` ask for, without making any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from harness.contract import Contract
from harness.errors import Problem, ScenarioError
from harness.exchange import Side
from harness.probes.auth import INVALID_AUTHORIZATION, MALFORMED_AUTHORIZATION, reading_step
from harness.probes.errors import invalid_body, invalid_query, not_found
from harness.probes.known import Steps
from harness.rules import Check
from harness.scenario import Expect, Scenario, Step

_NAMES: Final[Mapping[str, tuple[str, str | None]]] = {
    "missing": ("auth: missing token", ""),
    "malformed": ("auth: malformed header", MALFORMED_AUTHORIZATION),
    "invalid": ("auth: invalid token", INVALID_AUTHORIZATION),
    "not-found": ("errors: unknown id", None),
    "invalid-query": ("errors: invalid query", None),
    "invalid-body": ("errors: invalid body", None),
}
"""Names and authorizations by kind."""

_PLANS: Final[Mapping[str, tuple[Callable[[Steps], Step | None], str]]] = {
    "not-found": (not_found, "that gets one resource by its id"),
    "invalid-query": (invalid_query, "that lists something and takes `limit`"),
    "invalid-body": (invalid_body, "that sends a body"),
}


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


def plan_probes(scenario: Scenario, baseline: Contract, candidate: Contract) -> tuple[Probe, ...]:
    """Make the probes that the scenario's ``checks`` ask for, those of authentication first.

    Raises:
        ScenarioError: A check has no step that it could start from; all such checks are listed.
    """
    if not (scenario.checks.auth or scenario.checks.errors):
        return ()
    steps = Steps(scenario, {Side.BASELINE: baseline, Side.CANDIDATE: candidate})
    where = scenario.checks.where
    probes: list[Probe] = []
    problems: list[Problem] = []
    for key, kinds in (("auth", scenario.checks.auth), ("errors", scenario.checks.errors)):
        for kind in dict.fromkeys(kinds):
            plan, wanted = _PLANS.get(kind, (reading_step, "that reads, with GET"))
            step = plan(steps)
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
