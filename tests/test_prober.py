"""Probes of a scenario: made, told as not exercised, and undone where they took effect."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.exchange import Side
from harness.options import Mode, Options
from harness.result import Lack, ScenarioResult, StepResult, Verdict
from harness.runner import Runner
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running
from harness.scenario import read_scenario
from harness.settings import SANDBOX, SANDBOX_TOKENS
from harness.struct import replace
from tests.stage import TOKEN, Answer, Stage, refusal, reply, route, rules_of

OLD, NEW = Side.BASELINE, Side.CANDIDATE
EMPTY = {"teams": [], "limit": 20, "offset": 0, "totalCount": 0}
READ = "steps: [{operation: ListTeams}]\n"
LIFE = """\
vars: {team_name: "harness ${run_id} ${side}"}
steps:
  - {name: list, operation: ListTeams, request: {query: {limit: 5, sorts: "createdAt:asc"}}}
  - name: create
    operation: CreateTeam
    request: {body: {name: "${team_name}", organizationRole: ORGANIZATION_MEMBER}}
    capture: {team_id: $.id}
  - {name: read, operation: GetTeam}
  - {name: update, operation: UpdateTeam, request: {body: {name: "${team_name}", description: d}}}
cleanup:
  - {name: delete, operation: DeleteTeam}
"""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose services have no teams."""
    answer = route({"GET /teams": reply(EMPTY)})
    return Stage(tmp_path, old=answer, new=answer)


def probes(result: ScenarioResult) -> dict[str, StepResult]:
    """Return the results of probes by their names."""
    return {step.name: step for step in result.steps if step.probe}


def lacks(result: ScenarioResult, *kinds: str) -> dict[str, str]:
    """Return why probes of these kinds were not made."""
    return {each.probe: f"{each.lack}: {each.reason}" for each in result.unexercised if each.probe in kinds}


def by_token(answers: Mapping[str, httpx.Response]) -> Answer:
    """Answer by the token; the scenario's own gets an empty list."""

    def answer(request: httpx.Request) -> httpx.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return reply(EMPTY) if token == TOKEN else answers.get(token, refusal(401))

    return answer


def test_a_token_that_is_not_set_is_told(stage: Stage) -> None:
    """The scenario has its verdict without it, and says which variable would give the probe."""
    stage.environ |= {"ASTRO_API_TOKEN_READONLY": "tok-readonly-1"}
    stage.old = stage.new = by_token({"tok-readonly-1": reply(EMPTY)})
    result = stage.run(f"{READ}checks: {{auth: [readonly, workspace]}}\n")

    assert result.verdict is Verdict.MATCH
    assert list(probes(result)) == ["auth: read-only token (ListTeams)"]
    assert lacks(result, "workspace") == {
        "workspace": "no token: the environment variable ASTRO_API_TOKEN_WORKSPACE is not set"
    }


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (refusal(403), reply(EMPTY), "auth-required-removed"),
        (reply(EMPTY), refusal(403), "scope-changed"),
        (refusal(404), refusal(403), "masking-changed"),
        (refusal(403), refusal(403), ""),
        (reply(EMPTY), reply(EMPTY), ""),
    ],
)
def test_both_sides_must_allow_the_same(
    stage: Stage, old: httpx.Response, new: httpx.Response, rule: str
) -> None:
    """A token that may do what it may on one side only is a finding; that it is allowed alike is none."""
    stage.environ |= {"ASTRO_API_TOKEN_READONLY": "tok-readonly-1"}
    stage.old, stage.new = by_token({"tok-readonly-1": old}), by_token({"tok-readonly-1": new})
    result = stage.run(f"{READ}checks: {{auth: [readonly]}}\n")
    (step,) = probes(result).values()

    assert (rule in rules_of(step)) == bool(rule)
    assert step.verdict is (Verdict.MISMATCH if rule else Verdict.MATCH)


def test_an_endpoint_that_needs_no_token_any_more_is_a_security_finding(stage: Stage) -> None:
    """v1 answers a call with an expired token: breaking, and told twice, by its status and as a probe."""
    stage.environ |= {"ASTRO_API_TOKEN_EXPIRED": "tok-expired-1"}
    stage.old, stage.new = by_token({}), by_token({"tok-expired-1": reply(EMPTY)})
    (step,) = probes(stage.run(f"{READ}checks: {{auth: [expired]}}\n")).values()

    assert {"auth-required-removed", "auth-not-enforced"} <= set(rules_of(step))


def test_other_tokens_are_played_and_never_written(stage: Stage) -> None:
    """A recording holds their names alone; a replay without them comes to the same results."""
    stage.environ |= {"ASTRO_API_TOKEN_READONLY": "tok-readonly-1"}
    stage.old = stage.new = by_token({"tok-readonly-1": refusal(403, "tok-readonly-1 may not")})
    text = f"{READ}checks: {{auth: all}}\n"
    recorded = stage.run(text, Mode.RECORD)
    stage.environ = {}
    played = stage.run(text, Mode.REPLAY)

    assert [(step.name, step.verdict) for step in played.steps] == [
        (step.name, step.verdict) for step in recorded.steps
    ]
    assert lacks(played, "workspace", "expired") == dict.fromkeys(
        ("workspace", "expired"), "not recorded: the recording was made without it"
    )
    for side in Side:
        written = stage.cassette(side).read_text("utf-8")
        assert "tok-readonly-1" not in written
        assert "Bearer [ASTRO_API_TOKEN_READONLY]" in written


def test_a_probe_that_writes_needs_permission(stage: Stage) -> None:
    """Without it nothing of the kind is sent, and the report says so; a replay of it is whole."""
    stage.options = {"allow_writes": False}
    text = f"{READ}checks: {{errors: [wrong-method, unknown-field]}}\n"
    result = stage.run(text, Mode.RECORD)

    assert {method for _, method, _ in stage.calls} == {"GET"}
    assert lacks(result, "wrong-method") == {
        "wrong-method": "no permission to write: it sends what may change something, without --allow-writes"
    }
    assert lacks(stage.run(text, Mode.REPLAY), "wrong-method") == {
        "wrong-method": "not recorded: the recording was made without it"
    }


def test_a_probe_of_what_was_not_made_is_told(stage: Stage) -> None:
    """Where a step lacks a variable, its probes do too; they are not asked for, and no error of their own."""
    stage.old = stage.new = route({"GET /teams": reply(EMPTY), "POST /teams": refusal(409)})
    result = stage.run(
        "steps:\n  - {operation: CreateTeam, request: {body: {name: 'n ${run_id}'}}, expect: {status: 409},"
        " capture: {team_id: $.id}}\nchecks: {errors: [foreign-id]}\n"
        "cleanup: [{operation: DeleteTeam}]\n"
    )

    assert "no value: " in lacks(result, "foreign-id")["foreign-id"]


def created(store: dict[str, Any]) -> Answer:
    """Answer like a service that makes a team of any body, counts those that are there, and deletes them."""

    def answer(request: httpx.Request) -> httpx.Response:
        store.setdefault("teams", set())
        if request.method == "POST":
            number = store["made"] = store.get("made", 0) + 1
            store["teams"].add(f"t{number}")
            return reply({"id": f"t{number}", "name": "n"})
        if request.method == "DELETE":
            name = str(request.url.path).rpartition("/")[2]
            known = name in store["teams"]
            store["teams"].discard(name)
            return reply(status=204) if known and not store.get("stuck") else refusal(500)
        return reply(EMPTY)

    return answer


CREATES = """\
steps: [{operation: CreateTeam, request: {body: {name: "n ${run_id}"}}, capture: {team_id: $.id}}]
checks: {errors: [unknown-field, wrong-content-type, missing-field]}
cleanup: [{operation: DeleteTeam}]
"""


def test_what_an_accepted_mistake_made_is_deleted(stage: Stage) -> None:
    """Three mistakes make three teams on each side, and none is left."""
    old, new = dict[str, Any](), dict[str, Any]()
    stage.old, stage.new = created(old), created(new)
    result = stage.run(CREATES)

    assert (old["made"], new["made"]) == (4, 4)
    assert (old["teams"], new["teams"]) == (set(), set())
    assert [rules_of(step).count("mistake-accepted") for step in probes(result).values()] == [1, 1, 1]
    assert result.verdict is not Verdict.ERROR


def test_what_could_not_be_undone_is_an_error(stage: Stage) -> None:
    """Litter is never silent: each side that kept something is named."""
    old, new = dict[str, Any](), dict[str, Any](stuck=True)
    stage.old, stage.new = created(old), created(new)
    result = stage.run(CREATES.replace(", wrong-content-type, missing-field", ""))
    (undo,) = [step for step in result.steps if step.name.startswith("undo ")]

    assert (undo.verdict, undo.name) == (Verdict.ERROR, "undo errors: unknown field (CreateTeam)")
    assert undo.reason == (
        "candidate: the probe was accepted and could not be undone: the DELETE was answered with 500"
    )


def test_an_answer_that_hides_what_was_made_is_an_error(stage: Stage) -> None:
    """A probe that was accepted by an answer without an id leaves something behind that nobody can name."""

    def answer(request: httpx.Request) -> httpx.Response:
        extra = "harnessUnknown" in json.loads(request.content or b"{}")
        return reply(
            {"name": "n"} if extra else {"id": "t1", "name": "n"}, 204 if request.method == "DELETE" else 200
        )

    stage.old = stage.new = answer
    result = stage.run(CREATES.replace(", wrong-content-type, missing-field", ""))

    reasons = [step.reason for step in result.steps if step.name.startswith("undo ")]
    assert len(reasons) == 2
    assert all(reason.endswith("its answer does not say what it made") for reason in reasons)


def test_an_update_is_put_back_where_a_mistake_was_accepted(stage: Stage) -> None:
    """Only the side that accepted it is sent the step's own request again."""
    sent: list[Any] = []

    def new(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return reply({"id": "t1"})

    def old(request: httpx.Request) -> httpx.Response:
        return refusal(400) if "harnessUnknown" in json.loads(request.content) else reply({"id": "t1"})

    stage.old, stage.new = old, new
    stage.run(
        "steps: [{operation: UpdateTeam, request: {path: {teamId: t1}, body: {name: n}}}]\n"
        "checks: {errors: [unknown-field]}\n"
    )

    assert sent == [{"name": "n"}, {"name": "n", "harnessUnknown": "HARNESS_UNKNOWN"}, {"name": "n"}]
    assert len(stage.called(OLD)) == 2


@pytest.fixture
def interruptible() -> Iterator[int]:
    """Give the main thread, where Ctrl-C raises KeyboardInterrupt even if the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    main = threading.main_thread().ident
    assert main is not None
    yield main
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_leaves_nothing_of_a_probe_behind(stage: Stage, interruptible: int) -> None:
    """What a probe made while Ctrl-C came is deleted, as what the steps made is."""
    old, new = dict[str, Any](), dict[str, Any]()
    answer = created(new)

    def interrupting(request: httpx.Request) -> httpx.Response:
        given = answer(request)
        if b"harnessUnknown" in request.content:
            signal.pthread_kill(interruptible, signal.SIGINT)
        return given

    stage.old, stage.new = created(old), interrupting
    with pytest.raises(KeyboardInterrupt):
        stage.run(CREATES)

    assert (old["made"], new["made"]) == (2, 2)
    assert (old["teams"], new["teams"]) == (set(), set())


def test_the_whole_matrix_leaves_the_sandbox_as_it_was(tmp_path: Path) -> None:
    """Every kind, recorded from the real sandbox and replayed: the same results, no litter, and no token."""
    stage = Stage(tmp_path, old=route({}), new=route({}))
    scenario = read_scenario(_written(tmp_path), root=tmp_path, base=tmp_path)
    with running() as url:
        bases = {name: base.replace("http://127.0.0.1:8765", url) for name, base in SANDBOX.base_urls.items()}
        options = Options(
            settings=stage.settings, environment=replace(SANDBOX, base_urls=bases), mode=Mode.RECORD
        )
        before = _teams(url)
        with closing(Runner(options)) as runner:
            recorded = runner.run(scenario, scenario.rows()[0])
        after = _teams(url)
    played = Runner(replace(options, mode=Mode.REPLAY)).run(scenario, scenario.rows()[0])

    assert recorded.verdict is played.verdict is Verdict.MATCH
    assert before == after
    assert [(step.name, step.verdict) for step in played.steps] == [
        (step.name, step.verdict) for step in recorded.steps
    ]
    accepted = {name for name, step in probes(recorded).items() if "mistake-accepted" in rules_of(step)}
    assert "errors: wrong content type (CreateTeam)" in accepted
    assert {lack.lack for lack in played.unexercised} == {Lack.NOT_DERIVABLE}
    for side in Side:
        written = stage.cassette(side, "life").read_text("utf-8")
        assert not any(token in written for token in (SANDBOX_TOKEN, *SANDBOX_TOKENS.values()))


def _written(root: Path) -> Path:
    path = root / "life.yaml"
    path.write_text(f"scenario: Life\n{LIFE}checks: {{auth: all, errors: all}}\n", "utf-8")
    return path


def _teams(url: str) -> list[tuple[str, str]]:
    found = httpx.get(
        f"{url}/v1/organizations/{SANDBOX_ORGANIZATION_ID}/teams",
        headers={"authorization": f"Bearer {SANDBOX_TOKEN}"},
    )
    return [(team["id"], team["updatedAt"]) for team in found.json()["teams"]]
