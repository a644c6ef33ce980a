"""Recorded exchanges as calls of operations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.draft.calls import calls_of, path_to, replaced, texts
from harness.exchange import Exchange, Failure, FailureKind, Json
from harness.jsonpath import find
from harness.struct import replace
from tests.draft import IAM, JUDGE, ORGANIZATION, call

CONTRACT = JUDGE.baseline


def test_a_call_knows_what_is_filled_in() -> None:
    """Values of the path, the query in its order, and the texts of a body."""
    exchange = call("POST", f"{IAM}/teams/t%2F1/members?a=1&a=2", {}, body={"memberIds": ["u"]})
    (found,), left = calls_of([exchange], CONTRACT)

    assert left == []
    assert found.operation.id == "AddTeamMembers"
    assert found.path == {"organizationId": ORGANIZATION, "teamId": "t/1"}
    assert dict(found.slots())["body", "memberIds", 0] == "u"
    assert found.query == (("a", "1"), ("a", "2"))


UNANSWERED = Exchange(
    request=call("GET", f"{IAM}/users").request,
    failure=Failure(kind=FailureKind.TIMEOUT, message=""),
    started="2026-11-27T00:00:00Z",
)
FORM = call("POST", f"{IAM}/teams", {})


@pytest.mark.parametrize(
    ("exchange", "why"),
    [
        (
            call("GET", "https://api.astronomer.io/v1/organizations"),
            "it calls v1 or the Labs API, not v1beta1",
        ),
        (call("GET", f"{IAM}/nothing"), "v1beta1's contract has no such operation"),
        (
            call("GET", f"{IAM}/workspaces", status=404),
            "it calls the iam API, and ListWorkspaces is one of the platform API",
        ),
        (UNANSWERED, "it was not answered"),
        (
            replace(FORM, request=replace(FORM.request, content=b"a=b", headers=())),
            "its body is not JSON",
        ),
        (
            replace(FORM, request=replace(FORM.request, headers=(("Harness-Body-Cut", "9 bytes"),))),
            "its body was not kept",
        ),
    ],
)
def test_what_cannot_be_drafted_is_named(exchange: Exchange, why: str) -> None:
    """Nothing is dropped silently."""
    calls, (left,) = calls_of([exchange], CONTRACT)

    assert (calls, left.number, left.why) == ([], 1, why)


jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(jsons)
def test_every_text_is_found_at_its_path(value: Json) -> None:
    """The JSONPath of a place leads to what is there, and putting it back changes nothing."""
    for place, text in texts(value):
        assert [match.value for match in find(path_to(place), value)] == [text]
        assert replaced(value, place, text) == value
