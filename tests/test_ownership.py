"""What each side has for itself, and what must be alike all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.ownership import _ID
from harness.result import Verdict
from tests.stage import Answer, Stage, only, refusal, reply, route, rules_of
from tests.teams import TEAM, USER, team, teams, verdicts


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose services know nothing yet."""
    return Stage(tmp_path, old=route({}), new=route({}))


def each_team(*numbers: int) -> Answer:
    """Answer with these teams, as a list and one by one."""
    ones = {f"GET /teams/{team(number)['id']}": reply(team(number)) for number in numbers}
    return route({"GET /teams": teams(*numbers), **ones})


def test_what_both_sides_were_asked_alike_must_be_alike(stage: Stage) -> None:
    """A capture does not hide that v1 lists other things: what is captured from a shared list is no twin."""
    stage.old, stage.new = each_team(1), each_team(2)
    text = 'steps: [{name: list, operation: ListTeams, capture: {team_id: "$.teams[0].id"}}]'
    without = stage.run("steps: [{name: list, operation: ListTeams}]")
    with_capture = stage.run(text)

    assert without.verdict is Verdict.MISMATCH
    assert rules_of(only(with_capture)) == rules_of(only(without))


def test_what_each_side_made_corresponds(stage: Stage) -> None:
    """An id that each side made for itself is no difference wherever it turns up, in lists too."""
    for name, number in (("old", 1), ("new", 2)):
        made = {**team(number), "name": "same"}
        listed = reply(
            {"teams": [{**made, "description": f"is {made['id']}"}], "limit": 1, "offset": 0, "totalCount": 1}
        )
        setattr(stage, name, route({"POST /teams": reply(made), "GET /teams": listed}))
    result = stage.run(
        """\
steps:
  - {name: create, operation: CreateTeam, request: {body: {name: "same ${run_id}"}}, capture: {team_id: $.id}}
  - {name: list, operation: ListTeams}
"""
    )

    assert verdicts(result) == ["create: match", "list: match"]


MAKE = """\
steps:
  - operation: CreateTeam
    request: {body: {name: "data ${run_id}"}}
    capture: {team_id: $.id}
"""


def _users(id_: str, place: str) -> httpx.Response:
    """Answer with a list of users in which an id stands at some place."""
    user: dict[str, Any] = {**USER, "createdAt": TEAM["createdAt"], "updatedAt": TEAM["updatedAt"]}
    user["avatarUrl"] = "https://cdn.example.com/a.png"
    page = {"users": [user], "limit": 1, "offset": 0, "totalCount": 1}
    link = f"/organizations/o/teams/{id_}?team={id_}"
    if place == "text":
        return httpx.Response(200, text=f"team {id_}\n")
    if place in ("location", "link", "x-team"):
        return reply(page, 200, **{place: link})
    extras: dict[str, Any] = {
        "url": f"https://cloud.example.com{link}&limit=1",
        "nested": {"a": [{"b": {"c": f"made for {id_}"}}]},
        "list": ["a", id_],
        "key": {id_: {"role": "VIEWER"}},
    }
    user["extra"] = extras[place]
    return reply(page)


@pytest.mark.parametrize("place", ["url", "nested", "list", "key", "location", "link", "x-team", "text"])
def test_an_id_corresponds_wherever_it_stands(stage: Stage, place: str) -> None:
    """In links and their queries, deep inside, in lists, as keys of maps, in headers, and in plain text."""
    for name, number in (("old", 1), ("new", 2)):
        id_ = team(number)["id"]
        setattr(stage, name, route({"POST /teams": reply(team(number)), "GET /users": _users(id_, place)}))
    text = f"{MAKE}  - operation: ListUsers\n"
    corresponding = stage.run(text)
    foreign = stage.run(text.replace("capture: {team_id: $.id}", ""))

    assert corresponding.verdict is Verdict.MATCH
    assert foreign.steps[1].findings != corresponding.steps[1].findings


@pytest.mark.parametrize(("ending", "verdict"), [("", Verdict.MATCH), ("/members", Verdict.MISMATCH)])
def test_a_location_names_each_versions_own(stage: Stage, ending: str, verdict: Verdict) -> None:
    """With another base URL and each side's id it is the same place; another path is another place."""
    for name, base, number in (("old", "iam/v1beta1", 1), ("new", "v1", 2)):
        id_ = team(number)["id"]
        place = f"https://astro.example.com/{base}/teams/{id_}{ending if number == 2 else ''}"
        listed = reply({"teams": [], "limit": 1, "offset": 0, "totalCount": 0}, location=place)
        setattr(stage, name, route({"POST /teams": reply(team(number)), "GET /teams": listed}))

    assert stage.run(f"{MAKE}  - operation: ListTeams\n").steps[1].verdict is verdict


@pytest.mark.parametrize("name", ["id", "other_id"])
def test_a_variable_of_two_lists_is_what_the_last_one_has(stage: Stage, name: str) -> None:
    """What each side made is compared with what it was sent, though the name stood for strays before."""
    for side, number in (("old", 1), ("new", 2)):
        made, stray = team(number), team(number + 2)
        answers = {
            "GET /teams": teams(number + 2),
            f"GET /teams/{stray['id']}": reply(stray),
            "POST /teams": reply(made),
            f"GET /teams/{made['id']}": reply({**made, "name": f"{side} name"}),
        }
        setattr(stage, side, route(answers))
    result = stage.run(
        """\
steps:
  - {name: list, operation: ListTeams, capture: {listed: "$.teams[*].id"}}
  - {operation: GetTeam, request: {path: {teamId: "${id}"}}, foreach: {as: id, in: "${listed}"}}
  - {operation: CreateTeam, request: {body: {name: "x ${run_id}"}}, capture: {made: $.id}}
  - name: own
    operation: GetTeam
    request: {path: {teamId: "${NAME}"}}
    foreach: {as: NAME, in: "${made}"}
""".replace("NAME", name)
    )

    assert rules_of(result.steps[-1]) == ["value-changed"]


def test_captured_lists_correspond_element_by_element(stage: Stage) -> None:
    """Several ids that each side made in one answer correspond as single ones do."""
    for name, side in (("old", "a"), ("new", "b")):
        ids = [f"cm{side}{number:022}" for number in (1, 2)]
        made = {**TEAM, "parts": [{"id": each, "name": str(number)} for number, each in enumerate(ids)]}
        listed = {
            "teams": [{**TEAM, "description": f"has {ids[1]}"}],
            "limit": 1,
            "offset": 0,
            "totalCount": 1,
        }
        setattr(stage, name, route({"POST /teams": reply(made), "GET /teams": reply(listed)}))
    text = f"{MAKE}  - operation: ListTeams\n".replace("$.id", "'$.parts[*].id'")

    assert stage.run(text).steps[1].verdict is Verdict.MATCH
    assert stage.run(text.replace("[*].id", "[0].id")).steps[1].verdict is Verdict.MISMATCH


ROLES = """\
steps:
  - operation: CreateTeam
    request: {body: {name: "data ${run_id}", organizationRole: ORGANIZATION_MEMBER}}
    capture: {team_id: $.id}
  - operation: GetTeam
"""


@pytest.mark.parametrize("capture", ["", ", role: $.organizationRole"])
def test_a_capture_hides_no_difference(stage: Stage, capture: str) -> None:
    """Only what tells two resources apart corresponds: a role that v1 changes is a difference everywhere."""
    for name, number, role in (("old", 1, "MEMBER"), ("new", 2, "OWNER")):
        made = reply({**team(number), "organizationRole": f"ORGANIZATION_{role}"})
        setattr(stage, name, route({"POST /teams": made, f"GET /teams/{team(number)['id']}": made}))
    result = stage.run(ROLES.replace("team_id: $.id", f"team_id: $.id{capture}"))

    for each in result.steps:
        assert [found.difference.path for found in each.findings if found.rule == "value-changed"] == [
            "$.body.organizationRole"
        ]


def test_two_things_that_were_there_are_not_held_against_each_other(stage: Stage) -> None:
    """Where lists are in another order, their first ids are of two things: told once, in the list."""
    first, second = {**team(1), "name": "a", "description": "x"}, {**team(2), "name": "b"}
    page = {"limit": 20, "offset": 0, "totalCount": 2}
    ones = {f"GET /teams/{each['id']}": reply(each) for each in (first, second)}
    for name, order in (("old", [first, second]), ("new", [second, first])):
        setattr(stage, name, route({"GET /teams": reply({"teams": order, **page}), **ones}))
    result = stage.run(
        "steps:\n  - {operation: ListTeams, capture: {team_id: '$.teams[0].id'}}\n  - {operation: GetTeam}\n"
    )
    listed, shown = result.steps

    assert verdicts(result) == ["ListTeams: match", "GetTeam: match"]
    assert rules_of(listed) == ["list-order-unspecified"]
    assert {each.difference.path for each in shown.findings if each.rule == "value-made-by-side"} == {
        "$.body.id",
        "$.body.name",
        "$.body.description",
    }
    assert "another thing" in shown.findings[-1].explanation


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("$.id", True),
        ("$['id']", True),
        ("$.items[*].workspaceId", True),
        ("$.parts[0].part_id", True),
        ("$.ids[*]", True),
        ("$.workspaceIds", True),
        ("$.paid", False),
        ("$.region", False),
        ("$.items[?@.id=='x'].role", False),
    ],
)
def test_an_id_is_told_by_its_name(path: str, *, same: bool) -> None:
    """Ids may be of any form; other words of no form are no ids."""
    assert (_ID.search(path) is not None) is same


def test_what_both_were_sent_is_compared_in_what_they_made(stage: Stage) -> None:
    """Also in later answers, which ask for it by an id of their own."""
    for name, number, text in (("old", 1, "quasar-1234"), ("new", 2, "pulsar-5678")):
        made = reply({**team(number), "description": text})
        setattr(stage, name, route({"POST /teams": made, f"GET /teams/{team(number)['id']}": made}))
    body = 'name: "data ${run_id}"'
    asked = f"{MAKE}  - operation: GetTeam\n"
    sent = stage.run(asked.replace(body, f"{body}, description: quasar-1234"))
    unsent = stage.run(asked)

    assert [rules_of(each).count("value-changed") for each in sent.steps] == [1, 1]
    assert all("value-changed" not in rules_of(each) for each in unsent.steps)


def test_another_id_of_the_same_name_is_told(stage: Stage) -> None:
    """In a list, what has the same name is the same: its id must be, too."""
    stage.old, stage.new = route({"GET /teams": teams(1)}), route({"GET /teams": teams(2)})

    assert rules_of(only(stage.run("steps: [{operation: ListTeams}]"))) == ["resource-identity-changed"]


def test_what_is_found_by_an_own_name_corresponds(stage: Stage) -> None:
    """A capture whose path names a side's own resource finds what is the side's own."""
    for name, side, number in (("old", "baseline", 1), ("new", "candidate", 2)):
        mine = {**team(number), "name": f"mine of {side}"}
        answers = {
            "GET /teams": reply({"teams": [mine], "limit": 1, "offset": 0, "totalCount": 1}),
            f"GET /teams/{mine['id']}": reply(mine),
        }
        setattr(stage, name, route(answers))
    result = stage.run(
        """\
vars: {name: "mine of ${side}"}
steps:
  - {name: list, operation: ListTeams, capture: {team_id: "$.teams[?@.name == '${name}'].id"}}
  - {name: one, operation: GetTeam}
"""
    )

    assert verdicts(result) == ["list: match", "one: match"]


def test_a_read_with_another_query_for_v1_is_a_read_of_the_same(stage: Stage) -> None:
    """What the scenario writes otherwise for v1 does not loosen the comparison of what comes back."""
    stage.old = route({"GET /teams": teams(1)})
    other = {**team(1), "name": "another name"}
    stage.new = route({"GET /teams": reply({"teams": [other], "limit": 20, "offset": 0, "totalCount": 1})})
    text = "steps: [{operation: ListTeams, request: {query: {a: 1}}, candidate: {query: {a: null, b: 1}}}]"
    result = stage.run(text)

    assert any(finding.difference.path == "$.body.teams[*].name" for finding in only(result).findings)


MADE = {"POST /teams": reply(TEAM)}


GONE = f"DELETE /teams/{TEAM['id']}"


SHOWN = f"GET /teams/{TEAM['id']}"


def test_what_v1_does_not_show_of_its_own_is_a_finding(stage: Stage) -> None:
    """A resource that both sides made and only v1beta1 shows is told as that."""
    stage.old, stage.new = route({**MADE, SHOWN: reply(TEAM)}), route(MADE)
    shown = stage.run(f"{MAKE}  - operation: GetTeam\n").steps[1]

    assert rules_of(shown) == ["read-your-write-changed"]


def test_what_was_never_made_or_is_deleted_is_judged_as_ever(stage: Stage) -> None:
    """Nothing is guessed: only what an earlier step made, and none deleted, counts as made."""
    answers = {**MADE, "GET /teams": teams(1), GONE: reply(status=204), SHOWN: reply(TEAM)}
    stage.old, stage.new = route(answers), route({**answers, SHOWN: refusal(404)})
    listed = "steps:\n  - operation: ListTeams\n    capture: {team_id: '$.teams[0].id'}\n"

    assert rules_of(stage.run(f"{listed}  - operation: GetTeam\n").steps[1]) == ["status-success-lost"]
    deleted = stage.run(f"{MAKE}  - operation: DeleteTeam\n  - operation: GetTeam\n").steps[2]
    assert rules_of(deleted) == ["status-success-lost"]


def test_what_one_side_did_not_make_is_not_missed(stage: Stage) -> None:
    """Where v1 refused to make it, that is the finding; the step that reads it has nothing to ask for."""
    stage.old, stage.new = route({**MADE, SHOWN: reply(TEAM)}), route({"POST /teams": refusal(400)})
    made, shown = stage.run(f"{MAKE}  - operation: GetTeam\n").steps

    assert rules_of(made) == ["status-success-lost"]
    assert "read-your-write-changed" not in rules_of(shown)
