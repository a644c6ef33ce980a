"""Steps that walk all pages: in live runs, recorded and replayed, and where that goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from harness.exchange import Side
from harness.options import Mode
from harness.result import StepResult, Verdict
from tests.stage import ORGANIZATION, Answer, Stage, only, refusal, reply, route, rules_of

WALK = "steps:\n  - operation: ListUsers\n    request: {query: {limit: 2}}\n    walk: true\n"
Change = Callable[[int, dict[str, Any]], httpx.Response | None]


def user(number: int) -> dict[str, Any]:
    """Return a user as both contracts have it."""
    time = "2026-01-01T00:00:00.000Z"
    named = {
        "username": f"u{number}@example.com",
        "fullName": f"User {number}",
        "avatarUrl": "https://a.example.com",
    }
    return {
        "id": f"cmuser00000000000000000{number:02}",
        "status": "ACTIVE",
        "createdAt": time,
        "updatedAt": time,
        **named,
    }


def pages(numbers: range, change: Change = lambda _offset, _page: None, default: int = 2) -> Answer:
    """Serve users in pages; ``change`` sees offset and body, may alter the body, or answers in its place."""

    def answer(request: httpx.Request) -> httpx.Response:
        query = parse_qs(urlsplit(str(request.url)).query)
        offset, limit = (
            int(query.get(name, [str(other)])[0]) for name, other in (("offset", 0), ("limit", default))
        )
        shown = [user(number) for number in numbers][offset : offset + limit]
        page = {"users": shown, "limit": limit, "offset": offset, "totalCount": len(numbers)}
        return change(offset, page) or reply(page)

    return answer


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose services show the same five users."""
    return Stage(tmp_path, old=pages(range(5)), new=pages(range(5)))


def walked(stage: Stage, text: str = WALK, mode: Mode = Mode.LIVE) -> StepResult:
    """Run a scenario of one step."""
    return only(stage.run(text, mode))


def test_equal_lists_match(stage: Stage) -> None:
    """All pages are read on both sides; the first one is the pair, results know the rest."""
    step = walked(stage)

    assert (step.verdict, step.findings) == (Verdict.MATCH, ())
    assert stage.called(Side.CANDIDATE) == [
        f"GET /users?limit=2{offset}" for offset in ("", "&offset=2", "&offset=4", "&offset=5")
    ]
    assert stage.called(Side.BASELINE) == stage.called(Side.CANDIDATE)
    assert step.baseline is not None
    assert step.baseline.url.endswith("/users?limit=2")
    assert [(walk.elements, walk.total, walk.end) for walk in step.walks] == [
        ((2, 2, 1), 5, "an empty list")
    ] * 2


def test_what_a_walk_captures_is_of_all_pages(stage: Stage) -> None:
    """As one list, in which later steps find what a later page has; in a replay, too."""

    def answer(request: httpx.Request) -> httpx.Response:
        path = urlsplit(str(request.url)).path
        return pages(range(5))(request) if path.endswith("/users") else reply(user(int(path[-2:])))

    stage.old = stage.new = answer
    text = (
        f"{WALK}    capture: {{user_ids: '$.users[*].id', user_id: '$.users[4].id'}}\n"
        "  - {operation: GetUser}\n"
        "  - {operation: GetUser, request: {path: {userId: '${id}'}}, foreach: {as: id, in: '${user_ids}'}}\n"
    )
    for mode in (Mode.RECORD, Mode.REPLAY):
        result = stage.run(text, mode)

        assert [step.verdict for step in result.steps] == [Verdict.MATCH] * 7
    asked = [url.rpartition("/")[2] for url in stage.called(Side.CANDIDATE) if "users?" not in url]
    assert asked == [user(number)["id"] for number in (4, *range(5))]


def test_a_walk_that_asks_for_no_page_past_the_end(stage: Stage) -> None:
    """It ends with the stated total, and v1 without one ends otherwise."""
    text = WALK.replace("walk: true", "walk: {beyond: false}")
    same = walked(stage, text)
    asked = stage.called(Side.BASELINE)
    stage.new = pages(range(5), lambda _, page: page.pop("totalCount") and None)
    without = walked(stage, text)

    assert [(walk.elements, walk.end) for walk in same.walks] == [((2, 2, 1), "the stated total")] * 2
    assert asked == [f"GET /users?limit=2{offset}" for offset in ("", "&offset=2", "&offset=4")]
    assert without.walks[1].end == "a page shorter than `limit`"


def test_a_walk_is_recorded_and_replayed(stage: Stage) -> None:
    """A recorded walk reaches the same verdict from its cassettes, page by page."""

    def lacking(offset: int, page: dict[str, Any]) -> None:
        if offset == 2:
            page["users"] = page["users"][1:]

    stage.new = pages(range(5), lacking)
    recorded = walked(stage, mode=Mode.RECORD)
    calls = len(stage.calls)
    replayed = walked(stage, mode=Mode.REPLAY)

    assert len(stage.calls) == calls
    assert rules_of(recorded) == rules_of(replayed)
    assert recorded.walks == replayed.walks
    assert "page-walk-mismatch" in rules_of(replayed)


def test_each_rule_speaks_of_its_own_fault(stage: Stage) -> None:
    """One fault of v1 in the middle of a list gives the rule that is about it."""

    def gap(offset: int, page: dict[str, Any]) -> None:
        if offset == 2:
            page["users"][1] = user(77)

    def overlap(offset: int, page: dict[str, Any]) -> None:
        if offset == 2:
            page["users"].append(user(0))

    def order(offset: int, page: dict[str, Any]) -> None:
        if offset == 2:
            page["users"].reverse()

    def total(_offset: int, page: dict[str, Any]) -> None:
        page["totalCount"] = 6

    def end(offset: int, _page: dict[str, Any]) -> httpx.Response | None:
        return refusal(400) if offset == 5 else None

    found = {}
    for change in (gap, overlap, order, total, end):
        stage.new = pages(range(5), change)
        found[change.__name__] = set(rules_of(walked(stage)))

    assert found == {
        "gap": {"page-walk-mismatch"},
        "overlap": {"page-overlap", "page-walk-mismatch", "total-count-approximate"},
        "order": {"list-order-unspecified"},
        "total": {"total-count-changed", "total-count-approximate"},
        "end": {"end-of-list-signal-changed"},
    }


def test_the_default_size_of_a_page_is_compared(stage: Stage) -> None:
    """Without a limit each side chooses: fewer on v1's first page are told, the whole list matches."""
    stage.old, stage.new = pages(range(5), default=3), pages(range(5), default=2)
    step = walked(stage, "steps:\n  - operation: ListUsers\n    walk: true\n")

    assert "page-size-default-decreased" in rules_of(step)
    assert "page-walk-mismatch" not in rules_of(step)


@pytest.mark.parametrize("status", [429, 503])
def test_a_throttled_page_is_inconclusive(stage: Stage, status: int) -> None:
    """A rate limit in the middle of one side's walk proves nothing, and nothing is recorded."""
    stage.new = pages(range(5), lambda offset, _page: refusal(status) if offset == 2 else None)
    result = stage.run(WALK, Mode.RECORD)
    step = only(result)

    assert step.verdict is Verdict.INCONCLUSIVE
    assert rules_of(step) == ["page-walk-incomplete"]
    assert f"the page at offset 2 was answered with {status}" in step.findings[0].explanation
    assert not stage.cassette(Side.CANDIDATE).exists()


def test_another_order_moves_elements_to_other_pages(stage: Stage) -> None:
    """All pages together list the same: that the first ones do not is the order, and no loss."""
    stage.old = pages(range(5))
    stage.new = pages(range(4, -1, -1))
    moved = walked(stage)

    assert "list-order-unspecified" in rules_of(moved)
    assert not {"list-elements-missing", "list-elements-extra"} & set(rules_of(moved))
    plain = only(stage.run(WALK.replace("    walk: true\n", "")))
    assert "list-elements-missing" in rules_of(plain)


def test_a_service_that_never_ends_is_inconclusive(stage: Stage) -> None:
    """A server with always one more page is asked as often as the step allows; the finding says so."""
    stage.new = pages(range(100_000))
    step = walked(stage, WALK.replace("walk: true", "walk: {pages: 4}"))

    assert len(stage.called(Side.CANDIDATE)) == 5
    assert step.verdict is Verdict.MISMATCH  # the first page already states another total
    assert "after 4 pages there are still more; raise `pages` of `walk`" in step.findings[-1].explanation
    assert rules_of(step) == ["total-count-changed", "page-walk-incomplete"]


def test_a_list_that_shrinks_meanwhile_is_inconclusive(stage: Stage) -> None:
    """An element that goes while the pages are read shifts the rest: that is no fault of v1."""
    gone = {"yet": False}

    def shrinking(offset: int, page: dict[str, Any]) -> None:
        if offset:
            page["totalCount"] = 4
            page["users"] = page["users"][1:] if offset == 2 else page["users"]
            gone["yet"] = True

    stage.new = pages(range(5), shrinking)
    step = walked(stage)

    assert gone["yet"]
    assert (step.verdict, rules_of(step)) == (Verdict.INCONCLUSIVE, ["page-walk-incomplete"])


def test_a_refused_first_page_is_not_walked(stage: Stage) -> None:
    """The difference of the pair says it all; no page is asked for."""
    stage.new = lambda _request: refusal(403)
    step = walked(stage)

    assert rules_of(step) == ["scope-changed"]
    assert (len(stage.calls), step.walks) == (2, ())


def test_a_list_that_is_not_there_is_a_mistake_of_the_step(stage: Stage) -> None:
    """A path that leads to no list in v1beta1 is said, and what to correct."""
    step = walked(stage, WALK.replace("walk: true", 'walk: {items: "$.people"}'))

    assert rules_of(step) == ["expectation-failed"]
    assert "there is no list at $.people to walk" in step.findings[0].explanation


def test_the_list_may_be_called_otherwise_in_v1(stage: Stage) -> None:
    """Where v1 has no list of that name there is nothing to walk; the pair says that the name is gone."""
    stage.new = lambda _request: reply({"people": [], "limit": 2, "offset": 0, "totalCount": 0})
    step = walked(stage)

    assert {"property-removed", "page-walk-incomplete"} <= set(rules_of(step))


def test_a_request_without_a_contract_needs_a_path(stage: Stage) -> None:
    """An endpoint that no contract knows is walked where the step says so."""
    path = "/organizations/${organization_id}/users"
    text = f'steps:\n  - request: {{method: GET, path: "{path}", query: {{limit: 2}}}}\n'
    step = walked(stage, f"{text}    walk: {{items: $.users}}\n")

    assert (step.verdict, len(step.walks)) == (Verdict.MATCH, 2)


def test_a_cassette_without_a_page_is_an_error(stage: Stage) -> None:
    """A walk that was not recorded cannot be played; the message says how to record it."""
    stage.run(WALK.replace("    walk: true\n", ""), Mode.RECORD)
    step = walked(stage, mode=Mode.REPLAY)

    assert step.verdict is Verdict.ERROR
    assert "offset=2" in step.reason
    assert "--mode record" in step.reason


def test_pages_of_own_resources_correspond(stage: Stage) -> None:
    """Elements that each side made for itself are no gaps on the other side."""
    team = "cmteam00000000000000000"

    def made(own: str) -> Answer:
        def members(request: httpx.Request) -> httpx.Response:
            offset = int(parse_qs(urlsplit(str(request.url)).query).get("offset", ["0"])[0])
            shown = [{"id": f"{team}{own}", "name": "own"}, {"id": f"{team}99", "name": "other"}][
                offset : offset + 1
            ]
            return reply({"teams": shown, "limit": 1, "offset": offset, "totalCount": 2})

        return route({"POST /teams": reply({"id": f"{team}{own}", "name": "own"}), "GET /teams": members})

    stage.old, stage.new = made("01"), made("02")
    text = (
        "steps:\n  - operation: CreateTeam\n    request: {body: {name: '${run_id}'}}\n"
        "    capture: {team_id: $.id}\n"
        "  - operation: ListTeams\n    request: {query: {limit: 1}}\n    walk: true\n"
    )
    listed = stage.run(text).steps[1]

    assert "page-walk-mismatch" not in rules_of(listed)
    assert [walk.elements for walk in listed.walks] == [(1, 1)] * 2
    assert ORGANIZATION not in str(listed.walks)


def test_what_a_walk_finds_can_be_accepted(stage: Stage) -> None:
    """A finding about pages has a path that an acceptance can name."""
    stage.new = pages(range(5), lambda offset, _page: refusal(400) if offset == 5 else None)
    accepted = (
        "    accept:\n      - rule: end-of-list-signal-changed\n        path: $.pages[*].users\n"
        "        reason: the client counts\n"
    )

    assert walked(stage).verdict is Verdict.MISMATCH
    assert walked(stage, WALK + accepted).verdict is Verdict.ACCEPTED


def test_probes_do_not_walk(stage: Stage) -> None:
    """A probe is one call of a step, whatever else the step does."""
    stage.run(f"{WALK}    again: true\nchecks: {{auth: [missing]}}\n")

    # Four pages, the first one again, and the probe.
    assert len(stage.called(Side.BASELINE)) == 6


def test_a_first_page_that_is_no_json_is_not_walked(stage: Stage) -> None:
    """What the pair says of an unreadable body is enough."""
    stage.new = lambda _request: httpx.Response(
        200, content=b"{", headers={"content-type": "application/json"}
    )
    step = walked(stage)

    assert rules_of(step) == ["body-invalid"]
    assert step.walks == ()
