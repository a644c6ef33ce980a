"""What both sides would send for a step, for tests of targets and their opening."""

from __future__ import annotations

import pytest

from harness.errors import HarnessError
from harness.exchange import Json, Side
from harness.inquiry import Filled
from tests.stage import Stage


def filled(stage: Stage, text: str, **variables: Json) -> dict[Side, Filled]:
    """Return what both sides would send for the first step, with these captures."""
    scenario, targets = stage.targets(text)
    for target in targets.values():
        for name, value in variables.items():
            target.variables.set(name, value)
    return {side: target.fill(scenario.steps[0]) for side, target in targets.items()}


def refused(stage: Stage, text: str) -> str:
    """Return why the baseline cannot be asked."""
    with pytest.raises(HarnessError) as caught:
        filled(stage, text)
    return str(caught.value)


def steps(request: str) -> str:
    """Return a scenario of one step that asks for the users."""
    return f"steps:\n  - operation: ListUsers\n    request: {request}\n"
