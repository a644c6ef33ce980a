"""Calls that are made again: which ones, how often, and that a replay makes the same ones."""

from __future__ import annotations

import struct
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.exchange import Side
from harness.options import Mode
from harness.result import Finding, ScenarioResult, StepResult, Verdict
from harness.rules import Severity
from harness.sandbox.setup import Setup, chosen, parse_faults
from harness.struct import replace
from tests.sandbox.sight import replayed, seen
from tests.stage import STAGING, Answer, Stage, only, refusal, reply, route
from tests.teams import TEAM, both, teams

OLD, NEW = Side.BASELINE, Side.CANDIDATE
PATH = f"/teams/{TEAM['id']}"
READ = f"steps: [{{name: read, operation: GetTeam, request: {{path: {{teamId: {TEAM['id']}}}}}}}]\n"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose calls are repeated three times."""
    return Stage(tmp_path, old=route({}), new=route({}), noise_calls=3)


def named(*names: Any) -> Answer:
    """Answer with a team that is called otherwise in each call, in turn."""
    turns: Iterator[Any] = cycle(names)
    return route({f"GET {PATH}": lambda _: reply({**TEAM, "name": next(turns)})})


def restless() -> Answer:
    """Answer with a team that never has the same name twice."""
    numbers = count()
    return route({f"GET {PATH}": lambda _: reply({**TEAM, "name": f"data {next(numbers)}"})})


def finding(result: ScenarioResult, path: str = "$.body.name") -> Finding:
    """Return the finding at a place."""
    found = {each.difference.path: each for step in result.steps for each in step.findings}
    return found[path]


def told(step: StepResult) -> list[tuple[str, Severity, str, str]]:
    """Return what a verdict is made of, and what repeats showed of it."""
    return [(each.rule, each.severity, each.difference.path, str(each.noise)) for each in step.findings]


def test_a_step_that_agrees_is_not_asked_again(stage: Stage) -> None:
    """Two equal answers cost one call a side; which of the two arrives first is left to chance."""
    both(stage, named("data"))

    assert stage.run(READ).verdict is Verdict.MATCH
    assert sorted(side for side, _, _ in stage.calls) == [OLD, NEW]


def test_the_sides_take_turns(stage: Stage) -> None:
    """After the pair come three rounds of one call a side, baseline first."""
    stage.old, stage.new = named("data"), named("others")
    result = stage.run(READ)

    assert result.verdict is Verdict.MISMATCH
    assert [side for side, _, _ in stage.calls[2:]] == [OLD, NEW] * 3
    assert {path for _, _, path in stage.calls} == {PATH}


def test_what_both_sides_repeat_is_proved(stage: Stage) -> None:
    """A difference that stays is told with the repeats in which neither side disagreed with itself."""
    stage.old, stage.new = named("data"), named("others")
    found = finding(stage.run(READ))

    assert found.severity is Severity.RISKY
    assert found.noise is not None
    assert (str(found.noise.baseline), str(found.noise.candidate)) == ("0 of 3", "0 of 3")
    assert not found.noise.excused
    assert "disagreed" not in found.explanation


def test_what_the_baseline_disagrees_with_itself_about_is_noise(stage: Stage) -> None:
    """The finding stays, with its rule and its counts, becomes info, and the pair is a match."""
    both(stage, restless())
    result = stage.run(READ)
    found = finding(result)

    assert result.verdict is Verdict.MATCH
    assert (found.rule, found.severity) == ("value-changed", Severity.INFO)
    assert found.noise is not None
    assert (str(found.noise.baseline), found.noise.excused) == ("3 of 3", True)
    assert found.noise.severity is Severity.RISKY
    assert found.explanation.endswith(
        "This is noise: v1beta1 disagreed with itself about it in 3 of 3 repeats."
    )


def test_what_only_the_candidate_disagrees_with_itself_about_counts(stage: Stage) -> None:
    """Where only v1 answers otherwise each time, that is a difference, and it is said."""
    stage.old, stage.new = named("data"), restless()
    result = stage.run(READ)

    assert result.verdict is Verdict.MISMATCH
    assert finding(result).severity is Severity.RISKY
    assert finding(result).explanation.endswith(
        "v1 disagreed with itself about it in 3 of 3 repeats, v1beta1 in 0 of 3, so it counts."
    )


def test_nothing_is_repeated_where_that_is_set_off(stage: Stage) -> None:
    """With 0 calls, noise is a difference like any other."""
    stage.noise_calls = 0
    both(stage, restless())
    result = stage.run(READ)

    assert result.verdict is Verdict.MISMATCH
    assert len(stage.calls) == 2
    assert finding(result).noise is None


def test_so_many_calls_as_are_set(stage: Stage) -> None:
    """The setting is how often each side is asked again."""
    stage.noise_calls = 5
    both(stage, restless())
    noise = finding(stage.run(READ)).noise

    assert Counter(side for side, _, _ in stage.calls) == {OLD: 6, NEW: 6}
    assert noise is not None
    assert noise.baseline.samples == 5


def test_repeats_take_their_turn_in_the_budget(stage: Stage) -> None:
    """Each repeat takes a turn of the token, as any other call: the next one is eight turns on."""
    stage.environment = replace(STAGING, limits={"GET": 100})
    both(stage, restless())
    before = time.monotonic()
    stage.run(READ)
    (turns,) = (path for path in stage.settings.state.rglob("*") if path.is_file())
    (upcoming,) = struct.unpack_from("<d", turns.read_bytes())

    assert len(stage.calls) == 8
    assert upcoming >= before + 8 / 100


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_changes_something_is_never_repeated(stage: Stage, method: str) -> None:
    """A call that is not safe is made once, whatever its answers."""
    stage.old = route({f"{method} {PATH}": reply(TEAM)})
    stage.new = route({f"{method} {PATH}": refusal(404)})
    operation = {"POST": "UpdateTeam", "DELETE": "DeleteTeam"}[method]
    body = ", body: {name: x}" if method == "POST" else ""
    request = f"{{path: {{teamId: {TEAM['id']}}}{body}}}"
    result = stage.run(f"steps: [{{name: write, operation: {operation}, request: {request}}}]")

    assert result.verdict is Verdict.MISMATCH
    assert len(stage.calls) == 2


def test_what_is_accepted_needs_no_proof(stage: Stage) -> None:
    """A difference that somebody agreed to costs no further calls; without acceptances it does."""
    stage.old, stage.new = named("data"), named("others")
    text = READ.replace("]\n", "]\naccept: [{rule: value-changed, path: $.body.name, reason: known}]\n")

    assert stage.run(text).verdict is Verdict.ACCEPTED
    assert len(stage.calls) == 2
    stage.options["acceptances"] = False
    assert stage.run(text).verdict is Verdict.MISMATCH
    assert len(stage.calls) == 2 + 8


def test_what_is_not_read_is_repeated_all_the_same(stage: Stage) -> None:
    """A finding that is info only for this integration is proved too: others replay the recording."""
    stage.old, stage.new = named("data"), named("others")
    stage.run(READ.replace("operation:", "reads: [$.id], operation:"))

    assert len(stage.calls) == 8


def test_info_of_every_profile_is_not_repeated(stage: Stage) -> None:
    """What never counts costs no further calls: an order that nobody asked for."""
    stage.old, stage.new = route({"GET /teams": teams(1, 2)}), route({"GET /teams": teams(2, 1)})
    result = stage.run("steps: [{name: list, operation: ListTeams}]")

    assert [each.rule for each in only(result).findings] == ["list-order-unspecified"]
    assert len(stage.calls) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_side_that_is_throttled_is_left_in_peace(stage: Stage, status: int) -> None:
    """A refused repeat is no sample, and the last call: what was seen before counts."""
    turns = iter([reply(TEAM), reply({**TEAM, "name": "x"}), refusal(status)])
    stage.old, stage.new = route({f"GET {PATH}": lambda _: next(turns)}), named("others")
    noise = finding(stage.run(READ)).noise

    assert stage.called(OLD) == [f"GET {PATH}"] * 3
    assert noise is not None
    assert (str(noise.baseline), noise.excused) == ("1 of 1", True)


def test_a_first_answer_that_is_no_sample_is_not_repeated(stage: Stage) -> None:
    """Where v1 fails there is nothing to prove; where v1beta1 fails, nothing to compare with."""
    stage.old, stage.new = named("data"), route({f"GET {PATH}": refusal(500)})
    stage.run(READ)

    assert len(stage.calls) == 2


def test_a_probe_that_reads_is_repeated(stage: Stage) -> None:
    """Another token may read what is noise as well: its repeats carry it, and play to the same verdict."""
    both(stage, restless())
    stage.environ["ASTRO_API_TOKEN_READONLY"] = "tok-readonly-0123456789"
    text = f"{READ}checks: {{auth: [readonly]}}\n"
    recorded = stage.run(text, Mode.RECORD)
    again = stage.run(text, Mode.REPLAY)

    assert recorded.verdict is again.verdict is Verdict.MATCH
    assert len(stage.calls) == 2 * 8
    assert [told(step) for step in again.steps] == [told(step) for step in recorded.steps]


def test_refused_probes_are_not_repeated(stage: Stage) -> None:
    """A refusal is what a probe asks for: it is made once, however its answers differ."""
    stage.old = route({f"GET {PATH}": refusal(401)})
    stage.new = route({f"GET {PATH}": refusal(403)})
    stage.run(
        f"{READ}checks: {{auth: [missing]}}\n".replace(
            "operation:", "expect: {status: [401, 403]}, operation:"
        )
    )
    probes = [request for request in stage.requests[OLD] if "authorization" not in request.headers]

    assert len(probes) == 1


POLL = """\
steps:
  - name: wait
    operation: GetTeam
    request: {path: {teamId: %s}}
    poll: {until: {path: $.name, in: [%s]}, every: 0.001, timeout: %s}
  - {name: read, operation: GetTeam, request: {path: {teamId: %s}}}
"""


def waiting(*names: str, number: int = 0) -> Answer:
    """Answer with these names one by one, then with new ones for ever, from that number on."""
    numbers, first = count(number), iter(names)

    def answer(_: httpx.Request) -> httpx.Response:
        return reply({**TEAM, "name": next(first, None) or f"ready {next(numbers)}"})

    return route({f"GET {PATH}": answer})


def test_a_replay_of_a_poll_ends_where_it_ended(stage: Stage) -> None:
    """The last answer of a poll is repeated, and its repeats are no answers to the poll when it is played."""
    stage.old, stage.new = waiting("no", "no", "yes"), waiting("no", "sure", number=100)
    text = POLL % (TEAM["id"], "yes, sure", 5, TEAM["id"])
    recorded = stage.run(text, Mode.RECORD)
    calls = list(stage.calls)
    again = stage.run(text, Mode.REPLAY)

    assert Counter(side for side, _, _ in calls) == {OLD: 3 + 3 + 4, NEW: 2 + 3 + 4}
    assert [told(step) for step in again.steps] == [told(step) for step in recorded.steps]
    assert again.verdict is recorded.verdict is Verdict.MATCH


def test_a_poll_that_gave_up_is_not_repeated(stage: Stage) -> None:
    """What never came is not waited for in repeats, and a replay gives up where the recording did."""
    stage.old, stage.new = waiting("no"), waiting("yes", number=100)
    text = POLL % (TEAM["id"], "yes", 0.0001, TEAM["id"])
    stage.run(text)

    assert Counter(side for side, _, _ in stage.calls)[NEW] == 1 + 4


def test_of_a_walk_the_first_page_is_repeated(stage: Stage) -> None:
    """A walk asks each side for its first page again; what was recorded of it plays to the same verdict."""
    numbers = count()

    def page(request: httpx.Request) -> httpx.Response:
        first = request.url.params.get("offset", "0") == "0"
        found = [{**TEAM, "name": f"data {next(numbers)}"}] if first else []
        return reply({"teams": found, "limit": 1, "offset": 0 if first else 1, "totalCount": 1})

    both(stage, route({"GET /teams": page}))
    text = "steps: [{name: all, operation: ListTeams, request: {query: {limit: 1}}, walk: true}]"
    recorded = stage.run(text, Mode.RECORD)
    again = stage.run(text, Mode.REPLAY)

    assert recorded.verdict is Verdict.MATCH
    assert told(only(again)) == told(only(recorded))
    assert finding(recorded, "$.body.teams[*].name").noise is not None
    assert again.verdict is Verdict.MATCH


def test_a_later_step_gets_its_own_answer(stage: Stage) -> None:
    """Repeats that were recorded are no answers to the same call of a later step."""
    both(stage, waiting())
    text = READ.replace(
        "]\n", f", {{name: later, operation: GetTeam, request: {{path: {{teamId: {TEAM['id']}}}}}}}]\n"
    )
    recorded = stage.run(text, Mode.RECORD)
    again = stage.run(text, Mode.REPLAY)

    assert [told(step) for step in again.steps] == [told(step) for step in recorded.steps]
    assert (len(stage.played(OLD).calls), len(stage.played(OLD))) == (2, 8)


def test_a_recording_without_repeats_plays_as_ever(stage: Stage) -> None:
    """Equal calls of several steps are no repeats: a recording from before has none."""
    stage.noise_calls = 0
    both(stage, waiting())
    text = READ.replace(
        "]\n", f", {{name: later, operation: GetTeam, request: {{path: {{teamId: {TEAM['id']}}}}}}}]\n"
    )
    stage.options["acceptances"] = False
    recorded = stage.run(text, Mode.RECORD)
    stage.noise_calls = 3
    again = stage.run(text, Mode.REPLAY)

    assert [told(step) for step in again.steps] == [told(step) for step in recorded.steps]
    assert {each.noise for step in again.steps for each in step.findings} == {None}
    assert again.verdict is Verdict.MISMATCH


LIST = "steps: [{name: list, operation: ListWorkspaces}]\n"


def recorded(directory: Path, *faults: str, drifts: tuple[str, ...] = ()) -> tuple[StepResult, StepResult]:
    """Record a list of a noisy sandbox, and replay it; return the step of both runs."""
    setup = Setup(on=chosen(only=[], added=drifts), faults=parse_faults(faults))
    first = seen(directory, setup, LIST, mode=Mode.RECORD, noise_calls=3)
    again = replayed(directory)
    assert not first.reason
    assert first.verdict is again.verdict
    return only(first), only(again)


def test_a_replay_of_noise_reaches_the_same_verdict(tmp_path: Path) -> None:
    """Against a sandbox whose values and fields come and go, recording and replay agree to the last count."""
    live, again = recorded(tmp_path, "*:ListWorkspaces:noise=$.workspaces[*].name")

    assert live.verdict is Verdict.MATCH
    assert told(live) == told(again)
    assert {each.noise.excused for each in live.findings if each.noise} == {True}


def test_a_field_that_comes_and_goes_on_the_baseline_is_noise(tmp_path: Path) -> None:
    """Noise of shape counts as noise of values does, by kind and place."""
    live, again = recorded(tmp_path, "*:ListWorkspaces:hidden=$.workspaces[*].createdAt:0.55")
    (found,) = live.findings

    assert (found.rule, found.severity) == ("property-removed", Severity.INFO)
    assert found.noise is not None
    assert found.noise.excused
    assert found.noise.severity is Severity.BREAKING
    assert live.verdict is Verdict.MATCH
    assert told(live) == told(again)


def test_a_real_difference_next_to_noise_is_found(tmp_path: Path) -> None:
    """Noise at one place excuses nothing at another one."""
    live, again = recorded(
        tmp_path, "*:ListWorkspaces:noise=$.workspaces[*].name", drifts=("number-as-text",)
    )
    open_ = [each.difference.path for each in live.findings if each.severity is not Severity.INFO]

    assert open_ == ["$.body.totalCount"]
    assert live.verdict is again.verdict is Verdict.MISMATCH
    assert told(live) == told(again)


def test_noise_of_the_candidate_alone_is_found(tmp_path: Path) -> None:
    """A value that only v1 changes from call to call is a difference of the versions."""
    live, again = recorded(tmp_path, "v1:ListWorkspaces:noise=$.workspaces[*].name")
    (found,) = live.findings

    assert found.severity is Severity.RISKY
    assert found.noise is not None
    assert (found.noise.baseline.disagreed, found.noise.candidate.disagreed) == (0, 3)
    assert told(live) == told(again)
