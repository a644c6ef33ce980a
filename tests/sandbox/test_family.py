"""Tests of what every family can do: pages, orders, filters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sandbox.family import field_among, field_is, in_order, page, role_on
from tests.sandbox.api import ORGANIZATION, Api

USERS = f"{ORGANIZATION}/users"
items = st.lists(st.fixed_dictionaries({"id": st.uuids().map(str), "createdAt": st.sampled_from("abc")}))


@pytest.mark.parametrize("side", ["iam", "v1"])
def test_a_page_has_twenty_items_by_default(api: Api, side: str) -> None:
    """Without numbers a list is cut at 20 items and says how many there are."""
    envelope = api.call("GET", side, USERS)

    assert (envelope["limit"], envelope["offset"], envelope["totalCount"]) == (20, 0, 24)
    assert len(envelope["users"]) == 20


@pytest.mark.parametrize("side", ["iam", "v1"])
def test_pages_add_up_to_the_whole(api: Api, side: str) -> None:
    """Walking the pages gives every item once, in the order of the whole list."""
    whole = api.call("GET", side, USERS, query={"limit": 1000})["users"]
    walked = []
    for offset in range(0, 28, 7):
        walked += api.call("GET", side, USERS, query={"limit": 7, "offset": offset})["users"]

    assert walked == whole


@pytest.mark.parametrize("query", [{"limit": 0}, {"offset": 1000}])
def test_a_page_may_be_empty(api: Api, query: dict[str, int]) -> None:
    """A limit of 0 and an offset past the end give an empty page with the count of all."""
    envelope = api.call("GET", "v1", USERS, query=query)

    assert (envelope["users"], envelope["totalCount"]) == ([], 24)


@pytest.mark.parametrize("side", ["iam", "v1"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "not-a-number"}, "type"),
        ({"limit": "1001"}, "maximum"),
        ({"limit": "-1"}, "minimum"),
        ({"limit": ""}, "type"),
        ({"offset": "-1"}, "minimum"),
        ({"sorts": "shoe-size:asc"}, "enum"),
    ],
)
def test_wrong_numbers_and_orders_are_refused(api: Api, side: str, query: dict[str, str], code: str) -> None:
    """A query value that the contract does not allow is a field error of that parameter."""
    answer = api.send("GET", side, USERS, query=query)

    assert answer.status_code == 400
    assert answer.json()["message"] == "invalid query parameters"
    assert [error["code"] for error in answer.json()["fieldErrors"]] == [code]
    assert answer.json()["fieldErrors"][0]["field"].startswith(next(iter(query)))


def test_bounds_hold_where_only_v1_states_them(api: Api) -> None:
    """A bound that the rebuilt v1beta1 document lacks is v1's: 1001 agent tokens are too many in both."""
    deployment = api.seeded("v1", f"{ORGANIZATION}/deployments", "prod-ingest")["id"]
    path = f"{ORGANIZATION}/deployments/{deployment}/agent-tokens"
    statuses = [api.send("GET", side, path, query={"limit": 1001}).status_code for side in ("iam", "v1")]

    assert statuses == [400, 400]


def test_lists_are_sorted_as_asked(api: Api) -> None:
    """Orders count in their sequence, and both directions work."""
    up = api.call("GET", "v1", USERS, query={"sorts": "fullName:asc"})["users"]
    down = api.call("GET", "v1", USERS, query={"sorts": "fullName:desc", "limit": 24})["users"]
    names = [user["fullName"] for user in up]

    assert names == sorted(names)
    assert [user["fullName"] for user in down][-20:] == names[::-1]


def test_agent_tokens_are_sorted_by_their_maker(api: Api) -> None:
    """The order createdById is by the id inside createdBy."""
    deployment = api.seeded("v1", f"{ORGANIZATION}/deployments", "prod-ingest")["id"]
    path = f"{ORGANIZATION}/deployments/{deployment}/agent-tokens"

    assert api.call("GET", "v1", path, query={"sorts": "createdById:desc"})["totalCount"] == 1


@given(items)
def test_the_default_order_does_not_depend_on_arrival(resources: list[dict[str, str]]) -> None:
    """Without an order, resources are by creation and then by id, however they came."""
    assert in_order(resources, ()) == in_order(resources[::-1], ())


@given(items, st.integers(0, 12), st.integers(0, 12))
def test_a_page_is_a_part_of_the_order(resources: list[dict[str, str]], offset: int, limit: int) -> None:
    """A page has the items from its offset on, at most as many as its limit, and the count of all."""
    envelope = page(resources, "things", {"offset": offset, "limit": limit})

    assert envelope["things"] == in_order(resources, ())[offset : offset + limit]
    assert envelope["totalCount"] == len(resources)


def test_orders_of_missing_fields() -> None:
    """A resource without the field that it is sorted by comes first."""
    resources = [{"id": "1", "name": "b"}, {"id": "2"}, {"id": "3", "name": "a"}]

    assert [item["id"] for item in in_order(resources, ["name:asc"])] == ["2", "3", "1"]


def test_filters() -> None:
    """A field equals a value, is among values, or an inner role is for an id."""
    user = {"name": "a", "workspaceRoles": [{"workspaceId": "w"}]}

    assert field_is("name")(user, "a")
    assert not field_is("name")(user, "b")
    assert field_among("name")(user, ["b", "a"])
    assert not field_among("name")(user, [])
    assert role_on("workspaceRoles", "workspaceId")(user, "w")
    assert not role_on("deploymentRoles", "deploymentId")(user, "w")
