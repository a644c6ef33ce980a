"""The place of a scenario that was skipped."""

from __future__ import annotations

import pytest

from harness.sandbox import running
from tests.plugin.inner import Pytest, write

WRITES = """
# The place is that of the next line.
scenario: Create a token
tags: [tokens]
steps:
  - operation: CreateApiToken
    request:
      body: {name: "harness ${run_id}", type: DEPLOYMENT, role: DEPLOYMENT_ADMIN}
    candidate:
      body: {name: "harness ${run_id}", scope: DEPLOYMENT, role: DEPLOYMENT_ADMIN}
"""


def test_a_skipped_scenario_is_told_with_its_place(pytester: pytest.Pytester, run: Pytest) -> None:
    """The file and line are those of the scenario, and the reason quotes what the service said."""
    write(pytester, "scenarios/tokens/create.yaml", WRITES)
    with running() as url:
        write(
            pytester,
            "pyproject.toml",
            "[tool.harness.environments.box]\nsandbox = true\n"
            f'iam = "{url}/iam/v1beta1"\nplatform = "{url}/platform/v1beta1"\nv1 = "{url}/v1"\n',
        )
        result = run("--mode", "live", "--environment", "box", "-rs")

    result.assert_outcomes(skipped=1)
    (line,) = [each for each in result.outlines if each.startswith("SKIPPED")]
    assert line.startswith("SKIPPED [1] scenarios/tokens/create.yaml:3: scenarios/tokens/create.yaml:6 step")
    assert line.endswith(
        "Both sides refused the call (v1beta1 with 400 and v1 with 400). "
        'Both: "invalid request body: entityId is required for the scope DEPLOYMENT"'
    )


def test_other_tests_keep_their_place(pytester: pytest.Pytester, run: Pytest) -> None:
    """A test in Python that is skipped is told where pytest tells it."""
    write(pytester, "test_own.py", "import pytest\n\n\ndef test_own():\n    pytest.skip('why')\n")
    result = run("-rs")

    result.stdout.fnmatch_lines(["SKIPPED [[]1[]] test_own.py:5: why"])
