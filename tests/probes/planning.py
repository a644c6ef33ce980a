"""Scenarios to plan probes of, from a few steps on one line each."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.errors import ScenarioError
from harness.probes import Probe, make_plan, plan_probes
from harness.scenario import Scenario, read_scenario

LIST = "- {operation: ListApiTokens, request: {query: {limit: 20, offset: 5}}}"
GET = "- {operation: GetApiToken, request: {path: {tokenId: t1}}}"
DELETE = "- {operation: DeleteApiToken, request: {path: {tokenId: t1}}}"
CREATE = "- {operation: CreateWorkspace, request: {body: {name: n}}, candidate: {body: {name: m}}}"
UPDATE = "- {operation: UpdateWorkspace, request: {path: {workspaceId: w1}, body: {name: n}}}"


def scenario(root: Path, checks: str, *steps: str) -> Scenario:
    """Return a scenario with these steps; ``checks`` is on its third line."""
    below = (f"  {step}" if step.startswith("-") else step for step in steps)
    lines = ["# first", "scenario: Probed", f"checks: {checks}", "steps:", *below]
    path = root / "probed.yaml"
    path.write_text("\n".join(lines), "utf-8")
    return read_scenario(path, root=root, base=root)


def planned(scenario: Scenario) -> tuple[Probe, ...]:
    """Return the probes of a scenario."""
    return plan_probes(scenario, load_contract(V1BETA1), load_contract(V1))


def only(root: Path, checks: str, *steps: str) -> Probe:
    """Return the only probe of a scenario with these steps."""
    (probe,) = planned(scenario(root, checks, *steps))
    return probe


def refused(root: Path, checks: str, *steps: str) -> list[str]:
    """Return the messages for checks that have no step."""
    with pytest.raises(ScenarioError) as caught:
        planned(scenario(root, checks, *steps))
    return [str(problem) for problem in caught.value.problems]


def made(root: Path, kind: str, *steps: str) -> dict[str, Probe]:
    """Return the probes of one kind by operation; ``kind`` is of the error matrix."""
    probes = planned(scenario(root, f"{{errors: [{kind}]}}", *steps))
    return {probe.operation: probe for probe in probes}


def lacking(root: Path, kind: str, *steps: str) -> dict[str, str]:
    """Return why probes of one kind are not made, by operation; the other kinds give the plan something."""
    asked = scenario(root, "{auth: all, errors: all}", *steps)
    found = make_plan(asked, load_contract(V1BETA1), load_contract(V1)).lacks
    return {each.operation: each.reason for each in found if each.probe == kind}
