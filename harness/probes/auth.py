"""The probes of authentication: a step with another authorization than the scenario's."""

from __future__ import annotations

from harness.probes.errors import refused_body, with_body
from harness.probes.known import Known, Steps, says_authorization, with_unknown_id
from harness.scenario import Step


def reading_step(steps: Steps) -> Step | None:
    """Return the first step that reads and does not say itself how it is authorized."""
    reads = [known.step for known in steps.reads]
    reads += [step for step in steps.all if step.request.method == "GET"]
    return next((step for step in reads if not says_authorization(step)), None)


def harmless(known: Known, steps: Steps) -> Step | None:
    """Return a step that changes nothing, whoever may send it; None where there is none.

    A step that reads is that already. Of every other one the request is refused in any case: for its
    body, or for an id that nobody has. Whether the caller was refused before shows in the status.
    """
    if known.method == "GET":
        return known.step
    body = refused_body(known, steps)
    if body is not None:
        return with_body(known, body)
    return with_unknown_id(known) if len(known.parameters) > 1 else None
