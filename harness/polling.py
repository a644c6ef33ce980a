"""One side is asked again until its answer is as wanted."""

from __future__ import annotations

import json
import time
from typing import Final

from harness import jsonpath
from harness.difference import escape
from harness.exchange import BodyKind, Exchange, Json
from harness.inquiry import Filled
from harness.pace import Pace
from harness.scenario import Poll, Step, Until
from harness.struct import replace
from harness.target import Outcome, Target

_LONGEST: Final = 60
"""Characters of a value that are told of the last answer."""


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
                return _given_up(target, step, poll, outcome, f"after {poll.timeout:g} s")
            if not pace.wait(poll.every):
                return _given_up(target, step, poll, outcome, "when the run was interrupted")
        elif not target.has_more(filled.request):
            return _given_up(target, step, poll, outcome, "when this was recorded")
        outcome = target.send(filled.request, step)
    return outcome


def awaited(step: Step, exchange: Exchange) -> tuple[int, ...]:
    """Return the status of an answer that a poll waited for; empty where it waits for none, or others."""
    status = exchange.response.status if exchange.response else 0
    return (status,) if step.poll and status in step.poll.until.status else ()


def _holds(target: Target, step: Step, poll: Poll, exchange: Exchange) -> bool:
    until, response = poll.until, exchange.response
    wanted = [target.variables.fill(value, step.where) for value in until.wanted]
    condition = until.model_copy(update={"path": target.variables.fill(until.path, step.where)})
    return response is not None and condition.holds(_data(exchange), status=response.status, wanted=wanted)


def _data(exchange: Exchange) -> Json:
    response = exchange.response
    return response.body.data if response and response.body.kind is BodyKind.JSON else None


def _given_up(target: Target, step: Step, poll: Poll, outcome: Outcome, when: str) -> Outcome:
    """Say on which side nothing came, what was waited for as the scenario writes it, and what came last."""
    path = str(target.variables.fill(poll.until.path, step.where))
    last = _last(outcome.clean, path if poll.until.wanted else "")
    side = target.contract.version
    remark = f"polling ended without success on {side} {when}: waited for {_wanted(poll.until)}, last {last}"
    return replace(outcome, remark=remark)


def _wanted(until: Until) -> str:
    values = " or ".join(map(_short, until.wanted))
    statuses = " or ".join(map(str, until.status))
    parts = [f"{until.path} to be {values}"] if values else []
    return " and ".join([*parts, *([f"the status {statuses}"] if statuses else [])])


def _last(exchange: Exchange, path: str) -> str:
    """Say what came last; ``path`` is that of the value that was waited for, empty for a status alone."""
    if exchange.response is None:
        return f"without an answer ({exchange.failure.message if exchange.failure else 'nothing came'})"
    answered = f"answered {exchange.response.status}"
    if not path:
        return answered
    values = [match.value for match in jsonpath.find(path, _data(exchange))]
    return f"{answered}, with {', '.join(map(_short, values[:3])) if values else 'nothing'} there"


def _short(value: Json) -> str:
    text = escape(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
