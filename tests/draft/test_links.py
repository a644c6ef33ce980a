"""Which answers later requests were made of."""

from __future__ import annotations

import pytest

from harness.draft.calls import calls_of, path_to
from harness.draft.links import flows, link
from harness.exchange import Exchange
from tests.draft import IAM, JUDGE, PLATFORM, call, id_


def families(*exchanges: Exchange) -> list[list[int]]:
    """Return the numbers of the calls of each flow."""
    calls, _ = calls_of(exchanges, JUDGE.baseline)
    return [[each.number for each in flow] for flow in flows(calls, link(calls))]


LISTED = call("GET", f"{IAM}/tokens", {"tokens": [{"id": id_(1), "roles": [{"entityId": id_(2)}]}]})


def test_what_was_made_of_an_answer_belongs_to_it() -> None:
    """An id out of one response in a later request links the two, over calls in between."""
    assert families(LISTED, call("GET", f"{IAM}/users", {}), call("GET", f"{IAM}/tokens/{id_(1)}", {})) == [
        [1, 3],
        [2],
    ]


def test_calls_of_one_operation_that_nothing_links_are_one_flow() -> None:
    """A list that was asked for with many filters is one scenario."""
    assert families(*[call("GET", f"{IAM}/users?limit={limit}", {}) for limit in (1, 2, 3)]) == [[1, 2, 3]]


def test_pages_of_one_list_belong_together() -> None:
    """Also where something was made of one of them only."""
    pages = [
        call("GET", f"{IAM}/users?limit=1&offset={at}", {"users": [{"id": id_(at)}] * (at < 2)})
        for at in range(3)
    ]

    assert families(*pages, call("GET", f"{IAM}/users/{id_(1)}", {})) == [[1, 2, 3, 4]]


def test_what_is_looked_for_after_it_was_deleted_belongs_to_that() -> None:
    """Until it is gone; what was read before is for itself."""
    url = f"{PLATFORM}/deployments/{id_(5)}"
    read = call("GET", url, {"id": id_(5)})

    assert families(read, call("DELETE", url, status=204), read, call("GET", url, {}, status=404)) == [
        [1],
        [2, 3, 4],
    ]


def test_a_token_that_an_answer_gave_belongs_to_it() -> None:
    """Who logs in goes on with what that gave."""
    made = call("POST", f"{IAM}/tokens", {"id": id_(1), "token": "REDACTED-0123abcd"}, body={"name": "a"})
    sent = (("Authorization", "Bearer REDACTED-0123abcd"),)

    assert families(made, call("GET", f"{IAM}/users", {}), call("GET", f"{IAM}/teams", {}, headers=sent)) == [
        [1, 3],
        [2],
    ]


def test_the_organization_links_nothing() -> None:
    """It is in every path."""
    assert families(call("GET", f"{IAM}/users", {}), call("GET", f"{IAM}/teams", {})) == [[1], [2]]


def test_what_lists_a_resource_is_where_its_id_comes_from() -> None:
    """Not what only mentions it, although that was answered first."""
    workspaces = call("GET", f"{PLATFORM}/workspaces", {"workspaces": [{"id": id_(2)}]})
    one = call("GET", f"{PLATFORM}/workspaces/{id_(2)}", {"id": id_(2)})
    calls, _ = calls_of([LISTED, workspaces, one], JUDGE.baseline)
    origin = link(calls).of(calls[2], ("path", "workspaceId"))

    assert origin is not None
    assert (origin.call.number, path_to(origin.place)) == (2, "$.workspaces[0].id")


@pytest.mark.parametrize("mention", ["createdBy", "updatedBy", "owner"])
def test_who_made_another_resource_is_only_mentioned_there(mention: str) -> None:
    """Although it goes by `id` there, too."""
    workspaces = call(
        "GET", f"{PLATFORM}/workspaces", {"workspaces": [{"id": id_(2), mention: {"id": id_(3)}}]}
    )
    users = call("GET", f"{IAM}/users", {"users": [{"id": id_(3)}]})
    calls, _ = calls_of([workspaces, users, call("GET", f"{IAM}/users/{id_(3)}", {})], JUDGE.baseline)
    origin = link(calls).of(calls[2], ("path", "userId"))

    assert origin is not None
    assert (origin.call.number, path_to(origin.place)) == (2, "$.users[0].id")


def test_an_answer_that_repeats_the_request_is_no_origin() -> None:
    """Who asks for an id knows it already."""
    assert families(
        call("GET", f"{IAM}/teams/{id_(5)}", {"id": id_(5)}), call("DELETE", f"{IAM}/teams/{id_(5)}", {})
    ) == [[1], [2]]
