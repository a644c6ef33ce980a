"""Scenarios: ordered steps that share variables, read from YAML files; the only reader of such files.

``values`` and ``model`` say what the keys may hold (with pydantic, which is known nowhere else),
``mistakes`` words what does not fit them, ``definitions`` and ``checks`` find what only shows when keys
are seen together, ``reading`` makes a scenario of a file and those it includes, ``schema`` is for editors.
"""

from __future__ import annotations

from harness.scenario.amending import acceptances_in, find_step, with_acceptance
from harness.scenario.model import (
    Acceptance,
    Checks,
    Expect,
    Foreach,
    Poll,
    RequestSpec,
    Step,
    Until,
    Walk,
)
from harness.scenario.reading import (
    Row,
    Scenario,
    duplicate_ids,
    is_shared,
    read_acceptances,
    read_scenario,
    scenario_id,
)
from harness.scenario.schema import SCHEMA_FILE, scenario_schema, schema_text

__all__ = [
    "SCHEMA_FILE",
    "Acceptance",
    "Checks",
    "Expect",
    "Foreach",
    "Poll",
    "RequestSpec",
    "Row",
    "Scenario",
    "Step",
    "Until",
    "Walk",
    "acceptances_in",
    "duplicate_ids",
    "find_step",
    "is_shared",
    "read_acceptances",
    "read_scenario",
    "scenario_id",
    "scenario_schema",
    "schema_text",
    "with_acceptance",
]
