"""The probes of authentication: a step that reads, with another authorization than the scenario's."""

from __future__ import annotations

from typing import Final

from harness.probes.known import Steps
from harness.scenario import Step

MALFORMED_AUTHORIZATION: Final = "harness-probe malformed"
"""A header that no scheme of authorization has."""

INVALID_AUTHORIZATION: Final = "Bearer harness-probe-invalid-token"
"""A well-formed header with a token that nobody was given."""


def reading_step(steps: Steps) -> Step | None:
    """Return the first step that reads and does not say itself how it is authorized."""
    reads = [known.step for known in steps.reads]
    reads += [step for step in steps.all if step.request.method == "GET"]
    return next((step for step in reads if not says_authorization(step)), None)


def says_authorization(step: Step) -> bool:
    """Whether a step sends an authorization of its own, or none."""
    return any(
        name.lower() == "authorization" for spec in (step.request, step.candidate) for name in spec.headers
    )
