"""What a run would call: the least of it, and exactly where the scenario says all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.cassette import Cassette
from harness.client.budget import MARGIN
from harness.contract import load_contracts
from harness.exchange import Side
from harness.options import Mode, Options
from harness.planning import Call, RunPlan, ScenarioPlan, plan_run, plan_scenario, refusal
from harness.probes import KINDS
from harness.scenario import is_shared, read_scenario
from harness.settings import LIMITS, SANDBOX, SANDBOX_TOKENS, load_settings
from harness.struct import replace
from tests.documentation import ROOT
from tests.stage import BASES, ORGANIZATION, Stage, reply, route

LIFE = """\
vars: {fixed: "a b", name: "harness ${run_id} ${side}"}
steps:
  - {name: create, operation: CreateTeam, request: {body: {name: "${name}"}}, capture: {team_id: $.id}}
  - {name: read, operation: GetTeam}
  - {name: named, operation: GetTeam, request: {path: {teamId: "${fixed}"}}}
  - {name: own, request: {method: GET, path: "/organizations/${organization_id}/teams/${team_id}"}}
cleanup:
  - {name: delete, operation: DeleteTeam}
"""
TEAMS = "/organizations/${organization_id}/teams"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project."""
    return Stage(tmp_path, old=lambda _: reply({}), new=lambda _: reply({}))


def plan(stage: Stage, text: str, mode: Mode = Mode.REPLAY, row: int = 0, **options: Any) -> ScenarioPlan:
    """Plan a row of a scenario."""
    scenario = stage.scenario(text)
    made = replace(stage.configured(mode), **options)
    return plan_scenario(scenario, scenario.rows()[row], made, load_contracts())


def told(planned: ScenarioPlan, side: Side = Side.BASELINE) -> list[tuple[str, str, str]]:
    """Return step, method and path of the calls of a side."""
    return [(call.step, call.method, call.path) for call in planned.calls if call.side is side]


ODD = """\
vars: {flag: true, number: 1.5, text: "a/b ?#ü", list: [1]}
steps:
  - request: {method: GET, path: "/organizations/o/x/${flag}/${number}/${text}"}
  - request: {method: GET, path: "/organizations/o/x/${list}"}
"""


def test_values_stand_in_a_path_as_the_run_writes_them(stage: Stage) -> None:
    """Truth, numbers and odd characters, too; what cannot stand there stays a placeholder."""
    planned = [path for _, _, path in told(plan(stage, ODD), Side.CANDIDATE)]
    stage.run(ODD)
    sent = [request.url.raw_path.decode() for request in stage.requests[Side.CANDIDATE]]

    assert planned == ["/v1/organizations/o/x/true/1.5/a%2Fb%20%3F%23%C3%BC", "/v1/organizations/o/x/${list}"]
    assert sent == planned[:1]


def test_every_step_is_called_on_both_sides(stage: Stage) -> None:
    """Known values are filled in; what the run captures, and what is from outside, stays a placeholder."""
    planned = plan(stage, LIFE)
    base = f"/iam/v1beta1{TEAMS}"

    assert told(planned) == [
        ("create", "POST", base),
        ("read", "GET", f"{base}/${{team_id}}"),
        ("named", "GET", f"{base}/a%20b"),
        ("own", "GET", f"{base}/${{team_id}}"),
        ("delete", "DELETE", f"{base}/${{team_id}}"),
    ]
    assert [call.side for call in planned.calls] == [*Side] * 5
    assert {path.partition("/organizations")[0] for _, _, path in told(planned, Side.CANDIDATE)} == {"/v1"}
    assert (planned.reason, planned.lacks) == ("", {})


def test_a_plan_is_what_the_run_calls(stage: Stage) -> None:
    """Where nothing is unknown, it is call for call what arrives."""
    team = {"id": "t1"}
    answers = {
        "POST /teams": reply(team),
        "GET /teams/t1": reply(team),
        "GET /teams/a%20b": reply(team),
        "DELETE /teams/t1": reply(status=204),
    }
    stage.old, stage.new = route(answers), route(answers)
    text = LIFE + "checks: {auth: [missing, malformed, invalid], errors: [not-found]}\n"
    planned = plan(stage, text, Mode.LIVE)
    stage.run(text)

    for side in Side:
        filled = [
            f"{method} {path.partition('/organizations/${organization_id}')[2]}"
            for _, method, path in told(planned, side)
        ]
        known = [each.replace("${team_id}", "t1") for each in filled]
        assert known == stage.called(side)


def test_rows_have_their_values(stage: Stage) -> None:
    """The id is that of the row; what the v1 side sends otherwise is in its path."""
    text = """\
data: [{row: one, id: t1}, {row: two, id: t2}]
steps:
  - {operation: GetTeam, request: {path: {teamId: "${id}"}}, candidate: {path: {teamId: "${id}-${side}"}}}
"""
    planned = plan(stage, text, row=1)

    assert planned.id == "a[two]"
    assert [call.path.rpartition("/")[2] for call in planned.calls] == ["t2", "t2-candidate"]


@pytest.mark.parametrize(
    ("keys", "calls", "more"),
    [
        ("walk: true", 1, "more pages"),
        ("poll: {until: {status: 404}}", 1, "more until the poll ends"),
        ("again: true", 2, ""),
        ("foreach: {as: x, in: [a, b, c]}", 3, ""),
        ("foreach: {as: x, in: '${known}'}", 2, ""),
        ("foreach: {as: x, in: '${listed}'}", 1, "one for each element"),
        ("foreach: {as: x, in: '${organization_id}'}", 1, "one for each element"),
        ("foreach: {as: x, in: []}", 0, ""),
    ],
)
def test_what_may_be_more(stage: Stage, keys: str, calls: int, more: str) -> None:
    """A list that is written counts whole, one that is captured as one element; a walk as one page."""
    text = (
        "vars: {known: [a, b]}\nsteps:\n  - {operation: ListTeams, capture: {listed: '$.teams[*].id'}}\n"
        f"  - {{name: it, operation: ListTeams, {keys}}}\n"
    )
    found = [call for call in plan(stage, text).calls if call.step.startswith("it")]

    assert len(found) == calls * 2
    assert {call.more for call in found} == ({more} if calls else set())


def test_the_elements_and_the_repetition_are_told_apart(stage: Stage) -> None:
    """As the results of the run are; an element is a placeholder, it has a value only in the run."""
    text = "steps: [{name: it, operation: GetTeam, again: true, foreach: {as: team_id, in: [a, b]}}]\n"
    found = told(plan(stage, text))

    assert [step for step, _, _ in found] == ["it [1]", "it [1] (again)", "it [2]", "it [2] (again)"]
    assert {path.rpartition("/")[2] for _, _, path in found} == {"${team_id}"}


def test_probes_are_planned_with_their_tokens(stage: Stage) -> None:
    """Each has a budget of its own; those that nobody gave are counted with the variable."""
    text = "steps: [{operation: ListTeams}]\nchecks: {auth: all, errors: all}\n"
    planned = plan(stage, text)
    probes = [call for call in planned.calls if call.step != "ListTeams"]
    every = {kind for kind, of in KINDS.items() if of.token}

    assert {"missing", "malformed", "invalid", ""} == {call.token for call in probes}
    assert planned.lacks == {f"no token in ASTRO_API_TOKEN_{kind.upper()}": 1 for kind in every}
    stage.environ |= {f"ASTRO_API_TOKEN_{kind.upper()}": kind for kind in every}
    assert every < {call.token for call in plan(stage, text).calls}
    assert plan(stage, text).lacks == {}


def test_the_sandbox_has_all_tokens(stage: Stage) -> None:
    """It needs no variable."""
    stage.environment = replace(SANDBOX, base_urls=BASES)
    planned = plan(stage, "steps: [{operation: ListTeams}]\nchecks: {auth: all}\n", Mode.LIVE)

    assert set(SANDBOX_TOKENS) < {call.token for call in planned.calls}


def test_a_step_with_its_own_authorization_spends_its_own_budget(stage: Stage) -> None:
    """A header of the step replaces the token."""
    text = "steps: [{name: no token, operation: ListTeams, request: {headers: {Authorization: null}}}]\n"

    assert {call.token for call in plan(stage, text).calls} == {"no token"}


def test_what_may_not_be_sent_is_not_planned(stage: Stage) -> None:
    """A scenario with a write, and probes that write; in a replay all is planned, as it was recorded."""
    refused = plan(stage, LIFE, Mode.LIVE, allow_writes=False)
    reading = "steps: [{operation: ListTeams}]\nchecks: {errors: [wrong-method]}\n"

    assert refused.calls == ()
    assert 'step "create" sends POST' in refused.reason
    assert plan(stage, reading, Mode.LIVE, allow_writes=False).lacks == {"no permission to write": 1}
    assert plan(stage, reading, Mode.REPLAY, allow_writes=False).lacks == {}


def test_checks_without_a_step_are_the_reason(stage: Stage) -> None:
    """As in the run, which could not make them either."""
    planned = plan(stage, "steps: [{operation: ListUsers}]\nchecks: {errors: [invalid-body]}\n")

    assert "the check `invalid-body` has no step to start from" in planned.reason


def test_what_v1_does_not_have_is_asked_all_the_same(stage: Stage) -> None:
    """At the nearest path that it has."""
    text = "unsupported: true\nsteps: [{operation: ListAlerts}]\n"

    assert [call.path.partition("/organizations")[0] for call in plan(stage, text).calls] == [
        "/platform/v1beta1",
        "/v1",
    ]


def test_nothing_of_the_environment_is_in_a_plan(stage: Stage) -> None:
    """A variable may hold what nobody else is to see."""
    stage.environ["TEAM"] = "secret-team"
    text = 'steps: [{operation: GetTeam, request: {path: {teamId: "${env:TEAM}"}}}]\n'
    planned = plan(stage, text)

    assert {call.path.rpartition("/")[2] for call in planned.calls} == {"${env:TEAM}"}
    assert ORGANIZATION not in str(planned)


def run_of(numbers: Mapping[tuple[str, str], int], limits: Mapping[str, float] = LIMITS) -> RunPlan:
    """Plan so many calls by token and method."""
    calls = tuple(
        Call(side=Side.BASELINE, method=method, path="/", step="s", token=token)
        for (token, method), number in numbers.items()
        for _ in range(number)
    )
    scenario = ScenarioPlan(id="a", calls=calls, lacks={})
    return RunPlan(environment="e", scenarios=(scenario,), limits=limits)


@pytest.mark.parametrize(
    ("numbers", "seconds"),
    [
        ({("", "GET"): 50}, 50 / 25),
        ({("", "GET"): 50, ("", "DELETE"): 20}, 20 / 5),
        ({("", "POST"): 10, ("", "PUT"): 20, ("", "PATCH"): 10}, 40 / 10),
        ({("", "GET"): 50, ("missing", "GET"): 75}, 75 / 25),
        ({}, 0),
    ],
)
def test_the_slowest_budget_says_how_long(numbers: Mapping[tuple[str, str], int], seconds: float) -> None:
    """Methods and tokens have budgets of their own, which are spent at the same time."""
    assert run_of(numbers).seconds == pytest.approx(seconds / (1 - MARGIN))


def test_without_limits_nothing_takes_time() -> None:
    """The sandbox has none."""
    assert run_of({("", "GET"): 50}, {}).seconds == 0


def test_methods_are_counted() -> None:
    """The most frequent first, as they are sent."""
    assert run_of({("", "PUT"): 1, ("", "GET"): 3, ("x", "PUT"): 1}).methods == {"GET": 3, "PUT": 2}


def test_a_run_is_planned_in_order(stage: Stage) -> None:
    """With the limits of its environment."""
    scenario = stage.scenario("data: [{row: one}, {row: two}]\nsteps: [{operation: ListTeams}]\n")
    rows = [(scenario, row) for row in scenario.rows()]
    planned = plan_run(rows, replace(stage.configured(Mode.LIVE), enforce_limits=True), load_contracts())

    assert [each.id for each in planned.scenarios] == ["a[one]", "a[two]"]
    assert (planned.environment, planned.limits) == ("staging", LIMITS)


def test_what_may_write_is_refused_nothing(stage: Stage) -> None:
    """And what may not is told by its first write, on either side."""
    text = "steps: [{name: it, operation: ListTeams, candidate: {method: PUT}}]\n"
    scenario, contracts = stage.scenario(text), load_contracts()
    options = replace(stage.configured(Mode.LIVE), allow_writes=False)

    assert refusal(scenario, stage.configured(Mode.LIVE), contracts) == ""
    assert refusal(scenario, options, contracts) == (
        'scenarios/a.yaml:2: not run: step "it" sends PUT, which changes something in `staging`. '
        "Add --allow-writes to run it."
    )


def test_the_plan_of_the_library_is_what_was_recorded() -> None:
    """Call by call but for further pages, further polls and what undid a probe: a few of a hundred."""
    settings = load_settings(ROOT)
    options = Options(settings=settings, environment=settings.environment_named("sandbox"), mode=Mode.LIVE)
    planned, recorded = 0, 0
    for path in sorted((ROOT / "scenarios").rglob("*.yaml")):
        if is_shared(path):
            continue
        scenario = read_scenario(path, root=ROOT / "scenarios")
        for row in scenario.rows():
            planned += len(plan_scenario(scenario, row, options, load_contracts()).calls)
            directory = settings.cassettes / (scenario.id + row.directory)
            recorded += sum(len(Cassette.load(directory / f"{side.value}.yaml")) for side in Side)

    assert 0.95 * recorded < planned <= recorded
