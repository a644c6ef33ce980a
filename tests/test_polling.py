"""Asking one side again until its answer is as wanted."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from harness.exchange import Side
from harness.options import Mode
from harness.result import Verdict
from tests.stage import Answer, Stage, only, refusal, reply, route, rules_of
from tests.teams import TEAM, both

OLD, NEW = Side.BASELINE, Side.CANDIDATE


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose services know nothing yet."""
    return Stage(tmp_path, old=route({}), new=route({}))


POLL = """\
steps:
  - name: wait
    operation: GetTeam
    request: {path: {teamId: t1}}
    poll: {until: {path: $.name, equals: done}, every: 0.001, timeout: 5}
"""


def polled(*names: str) -> Answer:
    """Answer with a team that changes its name."""
    return route({"GET /teams/t1": [reply({**TEAM, "name": name}) for name in names]})


def test_a_poll_ends_when_its_condition_holds(stage: Stage) -> None:
    """Each side is asked until its own answer is as wanted; the last answers are compared."""
    stage.old, stage.new = polled("a", "done"), polled("a", "b", "c", "done")
    result = stage.run(POLL)

    assert only(result).verdict is Verdict.MATCH
    assert (len(stage.called(OLD)), len(stage.called(NEW))) == (2, 4)


def test_a_refusal_that_a_poll_waits_for_is_what_the_step_wants(stage: Stage) -> None:
    """A step that waits until its resource is gone says by that which status it expects."""
    stage.old = route({"GET /teams/t1": [reply(TEAM), refusal(404)]})
    stage.new = route({"GET /teams/t1": [reply(TEAM), reply(TEAM), refusal(404)]})
    result = stage.run(POLL.replace("{path: $.name, equals: done}", "{status: 404}"))

    assert only(result).verdict is Verdict.MATCH


def test_a_refusal_that_a_poll_does_not_wait_for_proves_nothing(stage: Stage) -> None:
    """Where both sides refuse with another status than the one that is waited for, nothing is concluded."""
    both(stage, route({"GET /teams/t1": refusal(403)}))
    result = stage.run(POLL.replace("{path: $.name, equals: done}", "{status: 404}").replace("5}", "0.01}"))

    assert "call-refused-on-both" in rules_of(only(result))


def test_a_replayed_poll_takes_no_time(stage: Stage) -> None:
    """A replay plays the recorded answers one after the other, without the pauses."""
    stage.old, stage.new = polled("a", "b", "done"), polled("done")
    stage.run(POLL, Mode.RECORD)
    result = stage.run(POLL.replace("every: 0.001, timeout: 5", "every: 3600, timeout: 7200"), Mode.REPLAY)

    assert only(result).verdict is Verdict.MATCH
    assert only(result).baseline is not None


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.REPLAY])
def test_a_poll_that_never_ends_is_given_up(stage: Stage, mode: Mode) -> None:
    """A condition that does not come is a finding on the side where it did not, live and replayed."""
    stage.old, stage.new = polled("done"), polled("a")
    text = POLL.replace("timeout: 5", "timeout: 0.01")
    result = stage.run(text, Mode.RECORD)
    if mode is Mode.REPLAY:
        result = stage.run(text, mode)

    assert only(result).verdict is Verdict.MISMATCH
    explanations = " ".join(finding.explanation for finding in only(result).findings)
    assert "polling ended" in explanations


@pytest.mark.parametrize(
    ("until", "answer", "told"),
    [
        (
            "path: $.name, equals: done",
            reply({**TEAM, "name": "a"}),
            '$.name to be "done", last answered 200, with "a" there',
        ),
        (
            "path: $.gone, in: [1, 2]",
            reply(TEAM),
            "$.gone to be 1 or 2, last answered 200, with nothing there",
        ),
        ("status: [404, 410]", reply(TEAM), "the status 404 or 410, last answered 200"),
        ("path: $.password, equals: x", reply({"password": "hunter2hunter2"}), "last answered 200, with "),
    ],
)
def test_a_poll_that_is_given_up_says_what_it_saw(
    stage: Stage, until: str, answer: httpx.Response, told: str
) -> None:
    """Each side's finding names the side, what was waited for, and what was there last, without secrets."""
    stage.old = stage.new = route({"GET /teams/t1": answer})
    text = POLL.replace("path: $.name, equals: done", until).replace("timeout: 5", "timeout: 0.01")

    step = only(stage.run(text))

    said = {finding.explanation for finding in step.findings if "polling ended" in finding.explanation}
    assert len(said) == 2
    for side in ("v1beta1", "v1"):
        assert any(f"on {side} after 0.01 s: waited for" in each and told in each for each in said)
    assert "hunter2" not in repr(step)


def test_a_poll_without_an_answer_says_so(stage: Stage) -> None:
    """Where the last call failed, the reason is told."""

    def fails(request: httpx.Request) -> httpx.Response:
        lost = httpx.ReadError("connection reset", request=request)
        raise lost

    stage.old, stage.new = polled("done"), fails
    step = only(stage.run(POLL.replace("timeout: 5", "timeout: 0.01")))

    assert any("last without an answer (" in finding.explanation for finding in step.findings)


def test_a_poll_looks_for_its_own_resource(stage: Stage) -> None:
    """Placeholders in the condition are filled, in its path and in its value."""
    for name, side in (("old", "baseline"), ("new", "candidate")):
        found = {**TEAM, "name": f"of {side}", "description": "ready"}
        setattr(
            stage,
            name,
            route({"GET /teams": reply({"teams": [found], "limit": 1, "offset": 0, "totalCount": 1})}),
        )
    stage.run(
        """\
vars: {name: "of ${side}", state: ready}
steps:
  - operation: ListTeams
    poll:
      until: {path: "$.teams[?@.name == '${name}'].description", equals: "${state}"}
      every: 0.001
      timeout: 60
"""
    )

    assert len(stage.calls) == 2
