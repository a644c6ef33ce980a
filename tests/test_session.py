"""A scenario while it runs: steps in order, captures a side, and trouble on one side or on both."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.exchange import Side
from harness.ledger import DIRECTORY, ledgers, read_ledger
from harness.options import Mode
from harness.result import ScenarioResult, StepResult, Verdict
from harness.rules import Severity
from harness.struct import replace
from tests.stage import STAGING, TOKEN, Answer, Stage, only, refusal, reply, route, rules_of
from tests.teams import TEAM, both, team, teams, verdicts

OLD, NEW = Side.BASELINE, Side.CANDIDATE


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose services know nothing yet."""
    return Stage(tmp_path, old=route({}), new=route({}))


def named(result: ScenarioResult, name: str) -> StepResult:
    """Return the step of that name."""
    return next(step for step in result.steps if step.name == name)


LIFE = """\
steps:
  - {name: create, operation: CreateTeam, request: {body: {name: "x ${run_id}"}}, capture: {team_id: $.id}}
  - {name: read, operation: GetTeam}
cleanup:
  - {name: delete, operation: DeleteTeam}
"""


def test_each_side_uses_what_it_captured(stage: Stage) -> None:
    """An id that a side made is the one that this side asks for afterwards."""
    for name, number in (("old", 1), ("new", 2)):
        path = f"/teams/{team(number)['id']}"
        answers = {
            "POST /teams": reply(team(number)),
            f"GET {path}": reply(team(number)),
            f"DELETE {path}": reply(status=204),
        }
        setattr(stage, name, route(answers))
    result = stage.run(LIFE)

    assert verdicts(result) == ["create: match", "read: match", "delete: match"]
    assert stage.called(OLD) == [
        "POST /teams",
        f"GET /teams/{team(1)['id']}",
        f"DELETE /teams/{team(1)['id']}",
    ]
    assert stage.called(NEW)[1] == f"GET /teams/{team(2)['id']}"


def test_a_side_that_made_nothing_is_not_asked_for_it(stage: Stage) -> None:
    """Where one side lacks a variable, the step is not run and says which side and what; cleanup still is."""
    path = f"/teams/{team(1)['id']}"
    stage.old = route({"POST /teams": reply(team(1)), f"DELETE {path}": reply(status=204)})
    stage.new = route({"POST /teams": refusal(400)})
    result = stage.run(LIFE)

    assert result.verdict is Verdict.MISMATCH
    read = named(result, "read")
    assert (read.verdict, read.baseline, read.candidate) == (Verdict.INCONCLUSIVE, None, None)
    assert read.reason.startswith("not run: candidate: scenarios/a.yaml:4: ")
    assert "`teamId` has no value" in read.reason
    assert stage.called(OLD) == ["POST /teams", f"DELETE {path}"]
    assert stage.called(NEW) == ["POST /teams"]
    assert named(result, "delete").verdict is Verdict.MATCH


def test_a_capture_that_found_nothing_is_named(stage: Stage) -> None:
    """A step that needs it says which step captures it, from where, and what this side answered instead."""
    stage.old, stage.new = each_team(1), route({"GET /teams": refusal(404)})
    result = stage.run(
        """\
steps:
  - {name: list, operation: ListTeams, capture: {it: "$.teams[0].nme", team_id: "$.teams[0].id"}}
  - {name: one, operation: GetTeam}
  - {name: search, operation: ListTeams, request: {query: {names: "${it}"}}, capture: {found: $.teams}}
  - {name: after, operation: ListTeams, request: {query: {names: "${found}"}}}
"""
    )

    listed = 'The step "list" at scenarios/a.yaml:3 captures'
    one, search, after = (named(result, name).reason for name in ("one", "search", "after"))
    assert "`team_id` from `$.teams[0].id`, and the service answered 404 without that. See there." in one
    assert one.count("captures") == 1
    told = f"{listed} `it` from `$.teams[0].nme`, and the service answered 200 without that."
    assert f"{told} Mend the path, or ask for something that has it." in search
    assert "Define" not in search
    assert 'The step "search" at scenarios/a.yaml:5, which captures `found`, was not run' in after


def test_where_nothing_was_made_nothing_is_cleaned_up(stage: Stage) -> None:
    """Two refusals that the step expects leave nothing behind, so that cleanup is no error."""
    both(stage, route({"POST /teams": refusal(409)}))
    text = LIFE.replace("capture:", "expect: {status: 409}, capture:").replace(
        "  - {name: read, operation: GetTeam}\n", ""
    )
    result = stage.run(text)

    assert verdicts(result) == ["create: match", "delete: match"]
    assert named(result, "delete").reason.startswith("not run: both sides: scenarios/a.yaml:5: ")


def test_cleanup_that_lost_the_id_is_an_error(stage: Stage) -> None:
    """Something was made and its id not found in the answer: nobody can unmake it, and that is said."""
    both(stage, route({"POST /teams": reply({"team": TEAM})}))
    result = stage.run(LIFE)

    assert named(result, "delete").verdict is Verdict.ERROR


def test_cleanup_with_an_unset_variable_is_an_error(stage: Stage) -> None:
    """A cleanup that needs a variable of the environment is not silently left out."""
    both(stage, route({"POST /teams": reply(team(1)), f"GET /teams/{team(1)['id']}": reply(team(1))}))
    result = stage.run(
        LIFE.replace("operation: DeleteTeam", "operation: DeleteTeam, request: {query: {q: '${env:Q}'}}")
    )

    assert named(result, "delete").verdict is Verdict.ERROR
    assert "Set the environment variable `Q`" in named(result, "delete").reason


@pytest.mark.parametrize("status", [204, 404])
def test_a_cleanup_may_find_nothing(stage: Stage, status: int) -> None:
    """A resource that is gone already is cleaned up."""
    path = f"/teams/{team(1)['id']}"
    gone = reply(status=204) if status == 204 else refusal(404)
    both(
        stage,
        route({"POST /teams": reply(team(1)), f"GET {path}": reply(team(1)), f"DELETE {path}": gone}),
    )

    assert stage.run(LIFE).verdict is Verdict.MATCH


def test_an_error_of_one_step_does_not_stop_cleanup(stage: Stage) -> None:
    """Cleanup runs though steps before it could not."""
    path = f"/teams/{team(1)['id']}"
    both(stage, route({"POST /teams": reply(team(1)), f"DELETE {path}": reply(status=204)}))
    result = stage.run(
        LIFE.replace("operation: GetTeam", "operation: GetUser, request: {path: {userId: '${env:U}'}}")
    )

    assert named(result, "read").verdict is Verdict.ERROR
    assert stage.called(NEW)[-1] == f"DELETE {path}"


def test_ids_are_lent_to_v1_where_it_has_no_such_operation(stage: Stage) -> None:
    """A client that was not changed would send v1beta1's id to v1; so does the harness."""
    stage.old = route(
        {"GET /alerts": reply({"alerts": [{"id": "al1"}], "limit": 1, "offset": 0, "totalCount": 1})}
    )
    result = stage.run(
        """\
unsupported: true
steps:
  - {name: list, operation: ListAlerts, capture: {alert_id: "$.alerts[0].id"}}
  - {name: one, operation: GetAlert}
"""
    )

    assert stage.called(NEW) == ["GET /alerts", "GET /alerts/al1"]
    assert named(result, "list").verdict is Verdict.UNSUPPORTED


def test_nothing_is_lent_where_v1_has_the_operation(stage: Stage) -> None:
    """v1 is never asked for an id that v1beta1 made, unless the scenario says that it is unsupported."""
    stage.old = route({"GET /teams": teams(1)})
    stage.new = route({"GET /teams": teams()})
    stage.run(
        """\
steps:
  - {name: list, operation: ListTeams, capture: {team_id: "$.teams[0].id"}}
  - {name: one, operation: GetTeam}
"""
    )

    assert stage.called(NEW) == ["GET /teams"]


FOREACH = """\
steps:
  - {name: list, operation: ListTeams, capture: {team_ids: "$.teams[*].id"}}
  - {name: one, operation: GetTeam, foreach: {as: team_id, in: "${team_ids}"}}
"""


def each_team(*numbers: int) -> Answer:
    """Answer with these teams, as a list and one by one."""
    ones = {f"GET /teams/{team(number)['id']}": reply(team(number)) for number in numbers}
    return route({"GET /teams": teams(*numbers), **ones})


def test_foreach_runs_for_every_element(stage: Stage) -> None:
    """A step with a list runs once for each of its elements, and numbers them."""
    both(stage, each_team(1, 2, 3))
    result = stage.run(FOREACH)

    assert verdicts(result) == ["list: match", "one [1]: match", "one [2]: match", "one [3]: match"]


def test_foreach_asks_both_sides_for_the_same_element(stage: Stage) -> None:
    """Another order of v1's list does not make two different resources a pair."""
    stage.old, stage.new = each_team(1, 2, 3), each_team(3, 1, 2)
    result = stage.run(FOREACH)

    assert stage.called(OLD)[1:] == stage.called(NEW)[1:]
    assert [step.verdict for step in result.steps[1:]] == [Verdict.MATCH] * 3


def test_foreach_says_of_an_element_that_only_one_side_has(stage: Stage) -> None:
    """An element without a counterpart is not asked for, and not silently left out."""
    stage.old, stage.new = each_team(1, 2), each_team(2)
    result = stage.run(FOREACH)

    assert stage.called(NEW) == ["GET /teams", f"GET /teams/{team(2)['id']}"]
    assert named(result, "one [2]").verdict is Verdict.INCONCLUSIVE
    assert named(result, "one [2]").reason == "not run: candidate: its list has no such element"


def test_foreach_over_lists_that_differ_compares_two_things(stage: Stage) -> None:
    """Elements that only one side lists are two things, whose values say nothing of v1; their types do."""
    other = {**team(3), "name": "other", "isIdpManaged": "no"}
    stage.old = each_team(1, 2)
    stage.new = route(
        {
            "GET /teams": teams(3, 1),
            f"GET /teams/{team(1)['id']}": reply(team(1)),
            f"GET /teams/{other['id']}": reply(other),
        }
    )
    result = stage.run(FOREACH)

    assert result.steps[1].verdict is Verdict.MATCH
    assert [(each.rule, each.severity) for each in result.steps[2].findings] == [
        ("type-changed", Severity.BREAKING),
        ("value-made-by-side", Severity.INFO),
    ]


def test_foreach_over_nothing_proves_nothing(stage: Stage) -> None:
    """Two empty lists leave the step without a call, and it says so."""
    both(stage, each_team())
    step = named(stage.run(FOREACH), "one")

    assert (step.verdict, step.reason) == (Verdict.INCONCLUSIVE, "not run: there is no element to run it for")


@pytest.mark.parametrize("path", ["$.teams[0].id", "$.totalCount"])
def test_foreach_over_a_single_value(stage: Stage, path: str) -> None:
    """A capture of one value is a list of one where a step goes over it."""
    both(stage, each_team(1))
    result = stage.run(FOREACH.replace("$.teams[*].id", path))

    assert result.steps[1].name == "one [1]"


def test_foreach_over_no_list_is_an_error(stage: Stage) -> None:
    """A variable that is no list is told with its place."""
    result = stage.run(
        "vars: {ids: t1}\nsteps: [{name: one, operation: GetTeam, foreach: {as: team_id, in: '${ids}'}}]"
    )

    assert only(result).verdict is Verdict.ERROR
    assert '`foreach` goes over "t1", which is no list' in only(result).reason


def test_foreach_cleans_up_what_only_one_side_made(stage: Stage) -> None:
    """Every element of either side is cleaned up, though it has no counterpart."""
    for name, numbers in (("old", (1, 2)), ("new", (3,))):
        deletes = {f"DELETE /teams/{team(number)['id']}": reply(status=204) for number in numbers}
        setattr(stage, name, route({"GET /teams": teams(*numbers), **deletes}))
    result = stage.run(
        """\
steps:
  - {name: list, operation: ListTeams, capture: {team_ids: "$.teams[*].id"}}
cleanup:
  - {name: delete, operation: DeleteTeam, foreach: {as: team_id, in: "${team_ids}"}}
"""
    )

    assert stage.called(OLD)[1:] == [f"DELETE /teams/{team(number)['id']}" for number in (1, 2)]
    assert stage.called(NEW)[1:] == [f"DELETE /teams/{team(3)['id']}"]
    assert [step.verdict for step in result.steps[1:]] == [Verdict.MATCH] * 2


@pytest.fixture
def interruptible() -> Iterator[int]:
    """Give the main thread, where Ctrl-C raises KeyboardInterrupt even if the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    main = threading.main_thread().ident
    assert main is not None
    yield main
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_ends_polls_and_cleans_up(stage: Stage, interruptible: int) -> None:
    """Ctrl-C during a poll ends it at once, unmakes what was made on both sides, and is passed on."""

    def waiting(number: int) -> Answer:
        path = f"/teams/{team(number)['id']}"

        def get(_: httpx.Request) -> httpx.Response:
            if number == 1:
                signal.pthread_kill(interruptible, signal.SIGINT)
            return reply(team(number))

        return route(
            {"POST /teams": reply(team(number)), f"GET {path}": get, f"DELETE {path}": reply(status=204)}
        )

    stage.old, stage.new = waiting(1), waiting(2)
    text = LIFE.replace(
        "operation: GetTeam", "operation: GetTeam, poll: {until: {status: 418}, every: 3600, timeout: 7200}"
    )
    with pytest.raises(KeyboardInterrupt):
        stage.run(text, Mode.RECORD)

    assert stage.called(OLD)[-1] == f"DELETE /teams/{team(1)['id']}"
    assert stage.called(NEW)[-1] == f"DELETE /teams/{team(2)['id']}"
    assert not stage.cassette(OLD).exists()


def test_an_interrupt_while_something_is_made(stage: Stage, interruptible: int) -> None:
    """What is made by calls that are under way when Ctrl-C comes is known, and unmade."""
    under_way = threading.Barrier(2, timeout=10)

    def creating(number: int) -> Answer:
        def post(_: httpx.Request) -> httpx.Response:
            under_way.wait()
            if number == 1:
                signal.pthread_kill(interruptible, signal.SIGINT)
            return reply(team(number))

        return route({"POST /teams": post, f"DELETE /teams/{team(number)['id']}": reply(status=204)})

    stage.old, stage.new = creating(1), creating(2)
    with pytest.raises(KeyboardInterrupt):
        stage.run(LIFE)

    assert stage.called(OLD) == ["POST /teams", f"DELETE /teams/{team(1)['id']}"]
    assert stage.called(NEW) == ["POST /teams", f"DELETE /teams/{team(2)['id']}"]


def test_a_call_that_cannot_be_sent_loses_nothing_of_the_other(stage: Stage) -> None:
    """Where one side cannot be asked for a reason of ours, what the other made is still unmade."""
    path = f"/teams/{team(1)['id']}"
    stage.old = route({"POST /teams": reply(team(1)), f"DELETE {path}": reply(status=204)})
    text = LIFE.replace("capture:", 'candidate: {headers: {X-A: "a\\nb"}}, capture:')
    result = stage.run(text)

    assert named(result, "create").verdict is Verdict.ERROR
    assert "X-A" in named(result, "create").reason
    assert stage.called(OLD) == ["POST /teams", f"DELETE {path}"]
    assert stage.called(NEW) == []


ONE = "steps: [{operation: ListTeams}]\n"


def test_a_gateway_on_one_side(stage: Stage) -> None:
    """HTML from a gateway on one side takes the verdict away: nothing is said about v1."""
    both(stage, each_team(1))
    stage.new = lambda _: httpx.Response(503, html="<html>busy</html>")
    result = stage.run(ONE)

    assert result.verdict is Verdict.INCONCLUSIVE


def test_html_with_200_is_a_mismatch(stage: Stage) -> None:
    """A page in place of JSON breaks every client, whatever its status."""
    both(stage, each_team(1))
    stage.new = lambda _: httpx.Response(200, html="<html>login</html>")
    result = stage.run(ONE)

    assert result.verdict is Verdict.MISMATCH


@pytest.mark.parametrize("side", ["old", "new"])
def test_throttling_on_one_side(stage: Stage, side: str) -> None:
    """429 on one side is no verdict, and no acceptance is called stale for it."""
    both(stage, each_team(1))
    setattr(stage, side, lambda _: refusal(429, "slow down"))
    result = stage.run(
        """\
accept: [{rule: property-removed, reason: agreed}]
steps: [{operation: ListTeams, accept: [{rule: property-added, reason: agreed}]}]
"""
    )

    assert result.verdict is Verdict.INCONCLUSIVE
    assert len(result.steps) == 1


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_both_sides_down(stage: Stage, error: type[httpx.TransportError]) -> None:
    """Without an answer from either side nothing was compared: an error, and the old cassettes stay."""
    both(stage, each_team(1))
    stage.run(ONE, Mode.RECORD)
    before = [stage.cassette(side).read_bytes() for side in Side]

    def down(request: httpx.Request) -> httpx.Response:
        raise error("gone", request=request)  # noqa: EM101 - as a transport would raise it

    both(stage, down)
    result = stage.run(ONE, Mode.RECORD)

    assert result.verdict is Verdict.ERROR
    assert only(result).reason.startswith("no answer from either side: ")
    assert [stage.cassette(side).read_bytes() for side in Side] == before


def test_one_side_down_is_evidence(stage: Stage) -> None:
    """The failure of one side is kept as its half of the pair, and replays as one."""
    both(stage, each_team(1))

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)  # noqa: EM101 - the same

    stage.new = down
    live = stage.run(ONE, Mode.RECORD)
    replayed = stage.run(ONE, Mode.REPLAY)

    for result in (live, replayed):
        candidate = only(result).candidate
        assert candidate is not None
        assert candidate.failure is not None
        assert candidate.status == 0
    assert rules_of(only(live)) == rules_of(only(replayed))


def test_redirects_are_compared(stage: Stage) -> None:
    """A redirect is the answer of a step, unless it asks to follow."""
    both(stage, each_team(1))
    stage.new = route(
        {
            "GET /teams": reply(status=308, location="/v1/elsewhere"),
            "GET /elsewhere": teams(1),
        }
    )
    kept = stage.run(ONE)
    followed = stage.run("steps: [{operation: ListTeams, follow_redirects: true}]", Mode.RECORD)
    replayed = stage.run("steps: [{operation: ListTeams, follow_redirects: true}]", Mode.REPLAY)

    assert kept.verdict is Verdict.MISMATCH
    assert followed.verdict is Verdict.MATCH
    assert replayed.verdict is Verdict.MATCH
    assert rules_of(only(followed)) == rules_of(only(replayed)) == ["status-redirect-added"]
    assert "308 to /elsewhere" in only(replayed).findings[0].explanation
    assert len(stage.played(NEW)) == 2


def test_a_redirect_to_elsewhere_gets_no_token(stage: Stage) -> None:
    """The token does not follow a redirect to another host."""
    both(stage, each_team(1))
    stage.new = route({"GET /teams": reply(status=307, location="https://other.example.com/teams")})
    with stage.services() as router:
        other = router.get("https://other.example.com/teams").mock(return_value=teams(1))
        scenario, targets = stage.targets("steps: [{operation: ListTeams, follow_redirects: true}]")
        step = scenario.steps[0]
        targets[NEW].send(targets[NEW].fill(step).request, step)

    assert "authorization" not in other.calls.last.request.headers


STALE = """\
steps:
  - {name: list, operation: ListTeams, accept: [{rule: property-removed, path: $.body.gone, reason: agreed}]}
"""


def test_an_acceptance_that_matches_nothing_is_a_finding(stage: Stage) -> None:
    """What was agreed and is not there any more is told, with the place of the acceptance."""
    both(stage, each_team(1))
    step = named(stage.run(STALE), "acceptances")

    assert rules_of(step) == ["acceptance-unused"]
    assert step.where.startswith("scenarios/a.yaml:")


def test_each_acceptance_is_told_where_it_stands(stage: Stage) -> None:
    """Of several that hold no more each has its own line, and its own file where its step is included."""
    both(stage, each_team(1))
    shared = stage.root / "scenarios" / "shared.yaml"
    shared.parent.mkdir()
    shared.write_text(STALE, "utf-8")
    result = stage.run(
        """\
accept:
  - {rule: property-added, path: $.body.gone, reason: agreed}
steps:
  - include: shared.yaml
  - name: again
    operation: ListTeams
    accept:
      - {rule: property-removed, path: $.body.gone, reason: agreed, until: 2020-01-31}
"""
    )

    assert [(step.where, rules_of(step)) for step in result.steps if step.name == "acceptances"] == [
        ("scenarios/shared.yaml:2", ["acceptance-unused"]),
        ("scenarios/a.yaml:9", ["acceptance-expired"]),
        ("scenarios/a.yaml:3", ["acceptance-unused"]),
    ]


def test_acceptances_on_one_line_are_told_apart(stage: Stage) -> None:
    """That one acceptance of a line matches says nothing of the others on it."""
    page = {"teams": [], "limit": 1, "offset": 0, "totalCount": 0}
    stage.old = route({"GET /teams": reply({**page, "more": 1})})
    stage.new = route({"GET /teams": reply(page)})
    here = STALE.replace(
        "accept: [", "accept: [{rule: property-removed, path: $.body.more, reason: agreed}, "
    )
    result = stage.run(here)

    assert named(result, "list").verdict is Verdict.ACCEPTED
    (stale,) = named(result, "acceptances").findings
    assert stale.difference.path == "$.body.gone"


def test_acceptances_of_cleanup_are_looked_after(stage: Stage) -> None:
    """One that matches nothing any more, or is past its day, is told of a cleanup step as of any other."""
    both(stage, each_team(1))
    text = """\
steps:
  - {name: list, operation: ListTeams}
cleanup:
  - name: list again
    operation: ListTeams
    accept:
      - {rule: property-removed, path: $.body.gone, reason: agreed}
      - {rule: property-added, path: $.body.gone, reason: agreed, until: 2020-01-31}
"""

    assert [(step.where, rules_of(step)) for step in stage.run(text).steps[2:]] == [
        ("scenarios/a.yaml:8", ["acceptance-unused"]),
        ("scenarios/a.yaml:9", ["acceptance-expired"]),
    ]


def test_an_acceptance_of_noise_may_match_nothing(stage: Stage) -> None:
    """What comes and goes is no finding while it is gone, but for its last day."""
    both(stage, each_team(1))
    noise = STALE.replace("reason: agreed", "reason: agreed, noise: true")
    late = noise.replace("noise: true", "noise: true, until: 2020-01-31")

    assert verdicts(stage.run(noise)) == ["list: match"]
    assert rules_of(named(stage.run(late), "acceptances")) == ["acceptance-expired"]


def test_an_acceptance_past_its_day_is_a_finding(stage: Stage) -> None:
    """An acceptance holds through its last day, by the day of the run."""
    stage.old = route(
        {"GET /teams": reply({"teams": [], "limit": 1, "offset": 0, "totalCount": 0, "gone": 1})}
    )
    stage.new = each_team()
    text = STALE.replace("reason: agreed", "reason: agreed, until: 2027-01-31")
    found = {}
    for day in (date(2027, 1, 31), date(2027, 2, 1)):
        stage.options = {"today": day}
        found[day.day] = stage.run(text)

    assert found[31].steps[-1].name == "list"
    assert found[31].steps[0].findings[0].accepted is not None
    assert rules_of(named(found[1], "acceptances")) == ["acceptance-expired"]


def test_acceptances_of_a_step_that_was_not_run(stage: Stage) -> None:
    """Nobody knows whether an acceptance still matches where its step came to nothing."""
    stage.old, stage.new = each_team(1), each_team()
    result = stage.run(
        """\
accept: [{rule: property-added, path: $.body.gone, reason: agreed}]
steps:
  - {name: list, operation: ListTeams, capture: {team_id: "$.teams[0].id"}}
  - {name: one, operation: GetTeam, accept: [{rule: property-removed, path: $.body.gone, reason: agreed}]}
"""
    )

    assert [step.name for step in result.steps] == ["list", "one"]


LISTED = """\
steps:
  - operation: ListTeams
    request: {query: {limit: "${n}"}}
    accept: [{rule: value-changed, path: "$.body.teams[*].organizationRole", reason: agreed}]
"""


def test_an_empty_list_proves_nothing_of_its_elements(stage: Stage) -> None:
    """An acceptance of what elements have is unused where there are elements that do not need it."""
    both(stage, each_team())
    empty = stage.run(LISTED.replace("${n}", "1"))
    both(stage, each_team(1))
    full = stage.run(LISTED.replace("${n}", "1"))

    assert empty.verdict is Verdict.MATCH
    assert rules_of(named(full, "acceptances")) == ["acceptance-unused"]


def test_acceptances_of_one_row_of_a_table(stage: Stage) -> None:
    """An acceptance that only one row of a table needs is not stale in the others."""
    both(stage, each_team(1))
    result = stage.run("data: [{row: a, n: 1}, {row: b, n: 2}]\n" + STALE, row=1)

    assert result.verdict is Verdict.MATCH
    assert result.table is not None
    assert [rules_of(step) for step in result.table.unmatched] == [["acceptance-unused"]]
    assert result.table.rows == 2


def test_a_row_without_a_conclusion_says_nothing_of_acceptances(stage: Stage) -> None:
    """What a row that came to nothing needs is not known, so that nothing is told of its table."""
    stage.old, stage.new = each_team(1), route({"GET /teams": refusal(429)})
    result = stage.run("data: [{row: a, n: 1}, {row: b, n: 2}]\n" + STALE)

    assert result.table is not None
    assert result.table.unmatched == ()


def test_without_acceptances_none_is_missed(stage: Stage) -> None:
    """A run that ignores acceptances does not judge them."""
    both(stage, each_team(1))
    stage.options = {"acceptances": False}

    assert stage.run(STALE).verdict is Verdict.MATCH


def test_probes_are_steps_of_their_own(stage: Stage) -> None:
    """A probe is named, belongs to its check, sends what it says, and stands on the line of the checks."""

    def guarded(request: httpx.Request) -> httpx.Response:
        return teams(1) if request.headers.get("authorization") == f"Bearer {TOKEN}" else refusal(401)

    both(stage, guarded)
    result = stage.run(ONE + "checks: {auth: [missing, malformed, invalid]}\n")

    assert verdicts(result)[1:] == [
        "auth: missing token: match",
        "auth: malformed header: match",
        "auth: invalid token: match",
    ]
    assert [request.headers.get("authorization") for request in stage.requests[NEW]] == [
        f"Bearer {TOKEN}",
        None,
        "harness-probe malformed",
        "Bearer harness-probe-invalid-token",
    ]
    assert [step.checks for step in result.steps[1:]] == [("auth",)] * 3
    assert {step.where for step in result.steps[1:]} == {"scenarios/a.yaml:3"}


def test_a_probe_that_v1_lets_in(stage: Stage) -> None:
    """A probe that is not refused is a finding, also where both sides agree."""
    both(stage, each_team(1))
    result = stage.run(ONE + "checks: {auth: [missing]}\n")

    assert result.verdict is Verdict.MISMATCH


def test_the_four_checks_are_told(stage: Stage) -> None:
    """A step exercises responses and behaviour, auth where a token opens both sides, errors where none do."""
    both(stage, each_team(1))
    good = only(stage.run(ONE))
    bare = only(stage.run("steps: [{operation: ListTeams, request: {headers: {Authorization: null}}}]"))
    both(stage, lambda _: refusal(404))
    bad = only(stage.run("steps: [{operation: ListTeams, expect: {status: 404}}]"))

    assert good.checks == ("responses", "behaviour", "auth")
    assert bare.checks == ("responses", "behaviour")
    assert bad.checks == ("responses", "behaviour", "errors")


LEAKS = {
    "the token of a created token": {"token": "ey-made-up-secret-9d2c", "id": "t1"},
    "the header in a message": {"message": f"Bearer {TOKEN} is not allowed here", "statusCode": 200},
    "the bare token in a message": {"message": f"no such token: {TOKEN}!"},
    "a secret deep inside": {"connection": {"extra": {"client_secret": "made-up-secret-9d2c"}}},
    "a secret in text": {"note": "postgres://me:made-up-secret-9d2c@db.example.com/x"},
}


@pytest.mark.parametrize("body", LEAKS.values(), ids=LEAKS.keys())
def test_no_secret_stays(stage: Stage, body: dict[str, Any]) -> None:
    """Secrets of answers and of requests are neither in results nor in cassettes, wherever they stand."""
    both(stage, lambda _: reply(body, set_cookie="session=made-up-secret-9d2c; Path=/", x_echo=TOKEN))
    result = stage.run(ONE, Mode.RECORD)
    written = "".join(stage.cassette(side).read_text("utf-8") for side in Side)

    for text in (repr(result), written):
        assert "made-up-secret-9d2c" not in text
        assert TOKEN not in text
    assert "session=" in written


def test_a_secret_in_a_failure_does_not_stay(stage: Stage) -> None:
    """The message of a failed call holds no token."""

    def down(request: httpx.Request) -> httpx.Response:
        message = f"proxy refused {request.headers['authorization']}"
        raise httpx.ConnectError(message, request=request)

    stage.old, stage.new = each_team(1), down
    result = stage.run(ONE, Mode.RECORD)

    assert TOKEN not in repr(result)
    assert TOKEN not in stage.cassette(NEW).read_text("utf-8")


def test_captures_see_what_was_there(stage: Stage) -> None:
    """A captured secret is used as it is, and not written."""
    both(
        stage,
        route(
            {
                "POST /tokens": reply({"id": "t1", "token": "made-up-secret-9d2c"}),
                "GET /users": lambda request: reply({"asked": request.headers["authorization"]}),
            }
        ),
    )
    result = stage.run(
        """\
steps:
  - {name: make, operation: CreateApiToken, request: {body: {name: "${run_id}"}}, capture: {secret: $.token}}
  - {name: use, operation: ListUsers, request: {headers: {Authorization: "Bearer ${secret}"}}}
""",
        Mode.RECORD,
    )

    assert stage.requests[OLD][1].headers["authorization"] == "Bearer made-up-secret-9d2c"
    assert "made-up-secret-9d2c" not in repr(result)
    assert "made-up-secret-9d2c" not in stage.cassette(OLD).read_text("utf-8")


def test_recordings_replay_to_the_same_verdicts(stage: Stage) -> None:
    """Live and replayed, a scenario comes to the same results, step by step."""
    for name, number in (("old", 1), ("new", 2)):
        path = f"/teams/{team(number)['id']}"
        made = {**team(number), **({"extra": 1} if number == 2 else {})}
        answers = {
            "POST /teams": reply(made),
            f"GET {path}": reply(made),
            f"DELETE {path}": reply(status=204),
        }
        setattr(stage, name, route(answers))
    live = stage.run(LIFE, Mode.RECORD)
    stage.environ = {}
    replayed = stage.run(LIFE, Mode.REPLAY)

    def told(result: ScenarioResult) -> list[tuple[str, Verdict, list[str]]]:
        return [
            (step.name, step.verdict, [finding.fingerprint for finding in step.findings])
            for step in result.steps
        ]

    assert told(live) == told(replayed)
    assert stage.played(OLD).provenance is not None


def test_a_replay_that_the_scenario_left_behind(stage: Stage) -> None:
    """A request that was not recorded is an error that shows the nearest one and how to record again."""
    both(stage, each_team(1))
    stage.run(ONE, Mode.RECORD)
    result = stage.run("steps: [{operation: ListTeams, request: {query: {limit: 5}}}]", Mode.REPLAY)

    assert only(result).verdict is Verdict.ERROR
    assert "query limit 5, recorded absent" in only(result).reason
    assert "Record it again: pytest scenarios/a.yaml --mode record" in only(result).reason


def test_a_secret_is_not_in_the_message_of_a_miss(stage: Stage) -> None:
    """The message about a request that was not recorded shows no secret of it."""
    both(stage, each_team(1))
    text = "steps: [{operation: ListTeams, request: {query: {apiKey: %s}}}]"
    stage.run(text % "made-up-secret-9d2c", Mode.RECORD)
    result = stage.run(text % "made-up-secret-9d2c, x: 1", Mode.REPLAY)

    assert only(result).verdict is Verdict.ERROR
    assert "made-up-secret" not in repr(result)


def test_the_sides_are_called_at_the_same_time(stage: Stage) -> None:
    """Live, neither side waits for the other's answer before it is called."""
    meeting = threading.Barrier(2, timeout=10)

    def answer(_: httpx.Request) -> httpx.Response:
        meeting.wait()
        return teams(1)

    both(stage, answer)

    assert stage.run(ONE).verdict is Verdict.MATCH


def test_a_step_has_its_own_timeout(stage: Stage) -> None:
    """A step's timeout takes the place of the configured one."""
    both(stage, each_team(1))
    stage.options = {"settings": replace(stage.settings, timeout=7.0)}
    stage.run("steps: [{operation: ListTeams}, {name: long, operation: ListTeams, timeout: 90}]")

    read = [request.extensions["timeout"]["read"] for request in stage.requests[NEW]]
    assert read == [7.0, 90.0]


def test_a_sandbox_that_is_not_running_is_told_how_to_start(stage: Stage) -> None:
    """When nobody answers, the message names the address, and for a sandbox the command that starts it."""
    stage.environment = replace(STAGING, sandbox=True)

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)  # noqa: EM101 - as a transport would raise it

    both(stage, down)

    reason = only(stage.run("steps: [{operation: ListTeams}]\n")).reason

    assert "at astro.example.com." in reason
    assert reason.endswith("Start it with `harness sandbox`.")


def test_a_sandbox_that_runs_is_not_told_to_start(stage: Stage) -> None:
    """A sandbox that was reached and took too long is there already."""
    stage.environment = replace(STAGING, sandbox=True)

    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)  # noqa: EM101 - as a transport would raise it

    both(stage, slow)

    assert only(stage.run("steps: [{operation: ListTeams}]\n")).reason.endswith("at astro.example.com.")


# Several calls of one scenario.

MAKE = """\
steps:
  - operation: CreateTeam
    request: {body: {name: "data ${run_id}"}}
    capture: {team_id: $.id}
"""
MADE = {"POST /teams": reply(TEAM)}
GONE = f"DELETE /teams/{TEAM['id']}"


def test_a_step_is_sent_again(stage: Stage) -> None:
    """The second pair is a result of its own; that both sides refuse it alike is no trouble."""
    stage.old, stage.new = (route({**MADE, GONE: [reply(status=204), refusal(404)]}) for _ in Side)
    text = (
        f"{MAKE}  - name: delete\n    operation: DeleteTeam\n    expect: {{status: 204}}\n    again: true\n"
    )
    result = stage.run(text)

    assert [step.name for step in result.steps] == ["CreateTeam", "delete", "delete (again)"]
    assert [step.verdict for step in result.steps] == [Verdict.MATCH] * 3
    assert stage.called(OLD).count(GONE) == 2


def test_a_repeated_call_that_v1_answers_otherwise_is_a_finding(stage: Stage) -> None:
    """The second DELETE is refused by v1beta1 and accepted by v1: it is not as idempotent as before."""
    stage.old = route({**MADE, GONE: [reply(status=204), refusal(404)]})
    stage.new = route({**MADE, GONE: reply(status=204)})
    text = f"{MAKE}  - operation: DeleteTeam\n    again: true\n"
    for mode in (Mode.RECORD, Mode.REPLAY):
        first, second = stage.run(text, mode).steps[1:]

        assert first.verdict is Verdict.MATCH
        assert rules_of(second) == ["idempotency-changed"]


def test_a_call_that_differs_at_once_is_not_called_unrepeatable(stage: Stage) -> None:
    """Where the first answers differ already, the second ones are judged as they stand."""
    stage.old, stage.new = route({**MADE, GONE: reply(status=204)}), route(MADE)
    steps = stage.run(f"{MAKE}  - operation: DeleteTeam\n    again: true\n").steps

    assert "idempotency-changed" not in rules_of(steps[1]) + rules_of(steps[2])


def test_a_repeated_call_that_is_throttled_is_inconclusive(stage: Stage) -> None:
    """A rate limit on the second call proves nothing about it."""
    stage.old = route({**MADE, GONE: [reply(status=204), refusal(404)]})
    stage.new = route({**MADE, GONE: [reply(status=204), refusal(429)]})
    result = stage.run(f"{MAKE}  - operation: DeleteTeam\n    again: true\n")

    assert result.steps[2].verdict is Verdict.INCONCLUSIVE


def test_a_call_that_nobody_answers_is_not_repeated(stage: Stage) -> None:
    """Where neither side is there, a second call would only take its time to fail."""

    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(request.url.host)

    both(stage, silent)
    result = stage.run("steps:\n  - operation: ListTeams\n    again: true\n")

    assert [step.verdict for step in result.steps] == [Verdict.ERROR]


def test_a_repeated_call_captures_nothing(stage: Stage) -> None:
    """Variables are those of the first answer, and a step runs again for each element that it goes over."""
    answers: dict[str, Any] = {
        "GET /teams": [teams(1), teams(2)],
        f"GET /teams/{team(1)['id']}": reply(team(1)),
    }
    stage.old, stage.new = (route(answers) for _ in Side)
    text = (
        "steps:\n  - operation: ListTeams\n    again: true\n    capture: {ids: '$.teams[*].id'}\n"
        "  - operation: GetTeam\n    request: {path: {teamId: '${id}'}}\n    again: true\n"
        "    foreach: {as: id, in: '${ids}'}\n"
    )
    result = stage.run(text)

    assert [step.name for step in result.steps] == [
        "ListTeams",
        "ListTeams (again)",
        "GetTeam [1]",
        "GetTeam [1] (again)",
    ]
    assert result.steps[3].verdict is Verdict.MATCH


SECRET = """\
steps:
  - {name: create, operation: CreateTeam, request: {body: {name: "x ${run_id}"}}, capture: {made: $.token}}
  - name: use
    operation: ListTeams
    request: {headers: {Authorization: "Bearer ${made}"}}
"""


def test_a_captured_secret_is_judged_alike_live_and_replayed(stage: Stage) -> None:
    """A secret of each side's own corresponds as it is written, so a replay finds what the live run found."""
    for name in ("old", "new"):
        made = {**team(1), "token": f"the-secret-of-the-{name}-side"}
        setattr(stage, name, route({"POST /teams": reply(made), "GET /teams": reply({**made, "teams": []})}))

    live, replayed = stage.run(SECRET, Mode.RECORD), stage.run(SECRET, Mode.REPLAY)

    assert [rules_of(step) for step in live.steps] == [rules_of(step) for step in replayed.steps]
    used = stage.requests[OLD][-1].headers["authorization"], stage.requests[NEW][-1].headers["authorization"]
    assert used == ("Bearer the-secret-of-the-old-side", "Bearer the-secret-of-the-new-side")


def test_each_answer_says_which_operation_it_is_of(stage: Stage) -> None:
    """By its side's contract: v1 may be asked for another one, or for what nobody documents."""
    both(stage, route({"GET /teams": teams(1), "GET /things": reply({})}))
    path = '{path: "/organizations/${organization_id}/things"}'

    plain = only(stage.run("steps: [{operation: ListTeams}]\n"))
    other = only(stage.run(f"steps: [{{operation: ListTeams, candidate: {path}}}]\n"))

    assert plain.baseline is not None
    assert plain.candidate is not None
    assert (plain.baseline.operation, plain.candidate.operation) == ("ListTeams", "ListTeams")
    assert other.candidate is not None
    assert other.candidate.operation == ""


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        ("[]", (None, Severity.BREAKING)),
        ('["$.teams[*].name"]', (True, Severity.BREAKING)),
        ('["$.totalCount"]', (False, Severity.RISKY)),
    ],
)
def test_what_the_step_reads_is_in_its_findings(
    stage: Stage, reads: str, expected: tuple[bool | None, Severity]
) -> None:
    """None where the step does not declare it; the log keeps it, so that every report can count."""
    stage.old = route({"GET /teams": teams(1)})
    renamed = {**{key: value for key, value in team(1).items() if key != "name"}, "title": "data"}
    page = {"teams": [renamed], "limit": 20, "offset": 0, "totalCount": 1}
    stage.new = route({"GET /teams": reply(page)})

    step = only(stage.run(f"steps: [{{operation: ListTeams, reads: {reads}}}]\n"))

    lost = next(each for each in step.findings if each.difference.path == "$.body.teams[*].name")
    assert (lost.read, lost.severity) == expected


# What is made carries the run's id, and is booked.


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.RECORD])
def test_a_name_without_the_run_id_is_not_made(stage: Stage, mode: Mode) -> None:
    """Nobody could tell it from the user's own: no side is called, and the message says what to write."""
    both(stage, route({"POST /teams": reply(TEAM)}))
    result = stage.run(LIFE.replace("x ${run_id}", "x ${side}"), mode)

    assert named(result, "create").verdict is Verdict.ERROR
    assert named(result, "create").reason == (
        'not run: scenarios/a.yaml:3: it would make "x baseline" in `staging`, a name without the run\'s id. '
        'Write ${run_id} into it, as in "harness ${run_id} ${side}".'
    )
    assert stage.calls == []
    assert not stage.cassette(OLD).exists()


def test_a_sandbox_may_have_any_names(stage: Stage) -> None:
    """Nothing in it is anybody's; and a replay makes nothing."""
    stage.environment = replace(STAGING, sandbox=True)
    both(stage, route({"POST /teams": reply(TEAM), "GET /teams/" + TEAM["id"]: reply(TEAM)}))
    text = LIFE.replace("x ${run_id}", "x")
    made = stage.run(text, Mode.RECORD)
    stage.environment = STAGING

    assert named(made, "create").verdict is Verdict.MATCH
    assert verdicts(stage.run(text, Mode.REPLAY)) == verdicts(made)


def test_an_update_may_give_any_name(stage: Stage) -> None:
    """What it names is known by its id."""
    both(stage, route({"POST /teams/t1": reply(TEAM)}))
    result = stage.run("steps: [{operation: UpdateTeam, request: {path: {teamId: t1}, body: {name: n}}}]\n")

    assert only(result).verdict is Verdict.MATCH


def test_what_the_cleanup_deletes_leaves_no_ledger(stage: Stage) -> None:
    """And what it could not delete stays in one, on the side where that was."""
    gone = f"DELETE /teams/{TEAM['id']}"
    answers = {"POST /teams": reply(TEAM), f"GET /teams/{TEAM['id']}": reply(TEAM)}
    stage.old = route({**answers, gone: reply(status=204)})
    stage.new = route({**answers, gone: [refusal(403), reply(status=204)]})
    directory = stage.settings.state / DIRECTORY
    stage.run(LIFE)
    (entry,) = [entry for path in ledgers(directory) for entry in read_ledger(path).entries]

    assert (entry.side, entry.scenario) == (NEW, "a")
    for path in ledgers(directory):
        path.unlink()
    stage.run(LIFE)
    assert ledgers(directory) == ()


def test_a_replay_books_nothing(stage: Stage) -> None:
    """It makes nothing."""
    gone = f"DELETE /teams/{TEAM['id']}"
    answers = {"POST /teams": reply(TEAM), f"GET /teams/{TEAM['id']}": reply(TEAM)}
    both(stage, route({**answers, gone: reply(status=204)}))
    stage.run(LIFE, Mode.RECORD)
    for path in ledgers(stage.settings.state / DIRECTORY):
        path.unlink()
    result = stage.run(LIFE, Mode.REPLAY)

    assert {step.verdict for step in result.steps} == {Verdict.MATCH}
    assert ledgers(stage.settings.state / DIRECTORY) == ()


def test_a_call_without_a_contract_is_named_as_it_is_written(stage: Stage) -> None:
    """Names, texts and fingerprints of a call that no contract has hold no value of its path or query."""
    stage.environ = {**stage.environ, "MY_KEY": "correct-horse-battery"}
    text = """\
steps:
  - request:
      method: GET
      path: /organizations/o/err/${env:ASTRO_API_TOKEN}
      query: {api_key: "${env:MY_KEY}", run: "${run_id}"}
"""
    both(stage, lambda request: reply({"is_v1": "/v1/" in str(request.url)}))
    first, second = only(stage.run(text)), only(stage.run(text))

    assert first.operation == "GET /organizations/o/err/${env:ASTRO_API_TOKEN}"
    prints = [[each.fingerprint for each in result.findings] for result in (first, second)]
    assert len(prints[0]) > 0
    assert prints[0] == prints[1]
    assert not any(secret in repr(first) for secret in (TOKEN, "correct-horse-battery"))


def test_a_miss_of_a_cassette_names_the_file_by_its_path_in_the_project(stage: Stage) -> None:
    """Reports go to other people, whom the directories of this machine do not concern."""
    both(stage, lambda _: teams())
    stage.run("steps: [{operation: ListTeams}]\n", Mode.RECORD)
    missed = only(stage.run("steps: [{operation: ListTeams, request: {query: {limit: 3}}}]\n", Mode.REPLAY))

    assert missed.verdict is Verdict.ERROR
    assert "not run: cassettes/a/baseline.yaml: no recorded answer" in missed.reason
    assert str(stage.root) not in missed.reason
