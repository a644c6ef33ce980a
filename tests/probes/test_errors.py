"""Errors: which step each check starts from, and the one thing that is wrong with its request."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.exchange import Side
from harness.probes import UNKNOWN_ID
from tests.probes.planning import CREATE, DELETE, GET, LIST, UPDATE, only


@pytest.mark.parametrize("steps", [(LIST, GET), (GET, LIST), (DELETE, LIST), (LIST,)])
def test_an_unknown_id_takes_the_place_of_a_known_one(tmp_path: Path, steps: tuple[str, ...]) -> None:
    """A step that gets one resource gets an unknown one; for a list, one of its elements is got."""
    probe = only(tmp_path, "{errors: [not-found]}", *steps)

    assert probe.step.operation == "GetApiToken"
    for side in Side:
        assert probe.step.request_for(side).path == {"tokenId": UNKNOWN_ID}
        assert probe.step.request_for(side).query == {}


def test_an_unknown_id_goes_into_written_paths_too(tmp_path: Path) -> None:
    """Where the path is written out, the segment of the id is replaced, on both sides."""
    tokens = "/organizations/${organization_id}/tokens"
    one = f"- {{request: {{method: GET, path: '{tokens}/t1'}}, candidate: {{path: '{tokens}/t2'}}}}"
    many = f"- {{request: {{method: GET, path: '{tokens}', query: {{limit: 1}}}}}}"

    for step in (one, many):
        probe = only(tmp_path, "{errors: [not-found]}", step)
        assert [probe.step.request_for(side).path for side in Side] == [f"{tokens}/{UNKNOWN_ID}"] * 2
        assert probe.step.operation is None


def test_an_invalid_query_puts_text_for_a_number_on_both_sides(tmp_path: Path) -> None:
    """A number that both contracts document becomes text; other parameters and overrides stay."""
    step = (
        "- {operation: ListApiTokens, request: {query: {limit: 20, sorts: 'name:asc'}},"
        " candidate: {query: {limit: 30, sorts: null}}}"
    )

    probe = only(tmp_path, "{errors: [invalid-query]}", GET, step)

    assert [probe.step.request_for(side).query for side in Side] == [
        {"limit": "not-a-number", "sorts": "name:asc"},
        {"limit": "not-a-number"},
    ]


def test_an_invalid_body_lacks_what_both_contracts_require(tmp_path: Path) -> None:
    """Creations are preferred to updates, and their body is empty on both sides; headers stay."""
    probe = only(tmp_path, "{errors: [invalid-body]}", UPDATE, CREATE)

    assert probe.step.operation == "CreateWorkspace"
    for side in Side:
        assert probe.step.request_for(side).has_body
        assert probe.step.request_for(side).body == {}


def test_a_body_that_needs_nothing_is_replaced_by_a_list(tmp_path: Path) -> None:
    """Where an empty object would be accepted, and change something, a list is sent, which is not."""
    step = "- {operation: UpdateUserRoles, request: {path: {userId: u1}, body: {organizationRole: x}}}"

    assert only(tmp_path, "{errors: [invalid-body]}", step).step.request_for(Side.CANDIDATE).body == []


def test_a_union_requires_what_each_variant_requires(tmp_path: Path) -> None:
    """A deployment has several kinds of bodies; an empty one is refused by each of them."""
    step = "- {operation: CreateDeployment, request: {body: {name: n}}}"

    assert only(tmp_path, "{errors: [invalid-body]}", step).step.request_for(Side.BASELINE).body == {}
