"""One side is asked again until its answer is as wanted."""

from __future__ import annotations

import time

from harness.exchange import BodyKind, Exchange
from harness.inquiry import Filled
from harness.pace import Pace
from harness.scenario import Poll, Step
from harness.struct import replace
from harness.target import Outcome, Target


def polled(target: Target, step: Step, poll: Poll, filled: Filled, pace: Pace) -> Outcome:
    """Send until the condition holds or the time is up; a recorded poll ends where it ended.

    Raises:
        HarnessError: the request cannot be sent, or a condition cannot be filled.
    """
    deadline = time.monotonic() + poll.timeout
    outcome = target.send(filled.request, step)
    while not _holds(target, step, poll, outcome.raw):
        if target.cassette is None:
            if time.monotonic() + poll.every > deadline:
                return replace(outcome, remark=f"polling ended after {poll.timeout:g} s without success")
            if not pace.wait(poll.every):
                return replace(outcome, remark="polling was interrupted")
        elif not target.has_more(filled.request):
            return replace(outcome, remark="polling ended without success when this was recorded")
        outcome = target.send(filled.request, step)
    return outcome


def _holds(target: Target, step: Step, poll: Poll, exchange: Exchange) -> bool:
    until, response = poll.until, exchange.response
    wanted = [target.variables.fill(value, step.where) for value in until.wanted]
    condition = until.model_copy(update={"path": target.variables.fill(until.path, step.where)})
    data = response.body.data if response and response.body.kind is BodyKind.JSON else None
    return response is not None and condition.holds(data, status=response.status, wanted=wanted)
