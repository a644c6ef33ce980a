"""The model: what a request is on each side, and what its parts answer."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from harness.exchange import Json, Side
from harness.scenario import Acceptance, Expect, RequestSpec, Step, Until


def step(**keys: object) -> Step:
    """Return a step with these keys, as a file has them."""
    return Step.model_validate({"operation": "ListUsers", **keys})


def until(**keys: object) -> Until:
    """Return the end of a poll with these keys, as a file has them."""
    return Until.model_validate({key.rstrip("_"): value for key, value in keys.items()})


def test_without_overrides_both_sides_send_the_same() -> None:
    """The request of a step is that of each side, unless the candidate differs."""
    same = step(
        request={"path": {"userId": "u"}, "query": {"limit": 3}, "headers": {"X-A": "b"}, "body": [1]}
    )

    assert same.request_for(Side.BASELINE) == same.request_for(Side.CANDIDATE) == same.request


def test_overrides_are_merged_key_by_key_and_null_removes() -> None:
    """Path, query and headers are merged; null takes a key away, for a header it means "do not send"."""
    merged = step(
        request={
            "path": {"userId": "u", "teamId": "t"},
            "query": {"limit": 3, "type": "A", "none": None},
            "headers": {"X-A": "b", "X-B": "c"},
        },
        candidate={
            "path": {"userId": "v", "teamId": None},
            "query": {"limit": None, "scope": "A"},
            "headers": {"x-a": None, "X-C": "d"},
        },
    )

    baseline, candidate = merged.request_for(Side.BASELINE), merged.request_for(Side.CANDIDATE)

    assert (baseline.path, baseline.query) == ({"userId": "u", "teamId": "t"}, {"limit": 3, "type": "A"})
    assert candidate.path == {"userId": "v"}
    assert candidate.query == {"type": "A", "scope": "A"}
    assert candidate.headers == {"X-B": "c", "x-a": None, "X-C": "d"}


def test_a_body_replaces_the_whole_body() -> None:
    """A body is one value: the candidate's takes the place of the step's, and null is a body too."""
    merged = step(request={"body": {"a": 1, "b": 2}}, candidate={"body": {"a": 3}})
    emptied = step(request={"body": {"a": 1}}, candidate={"body": None})

    assert merged.request_for(Side.CANDIDATE).body == {"a": 3}
    assert merged.request_for(Side.BASELINE).body == {"a": 1, "b": 2}
    assert emptied.request_for(Side.CANDIDATE).has_body
    assert emptied.request_for(Side.CANDIDATE).body is None


def test_a_request_without_a_body_has_none_on_either_side() -> None:
    """No body and a body of null are different things."""
    assert not any(step().request_for(side).has_body for side in Side)
    assert RequestSpec(body=None).has_body


def test_method_and_path_of_the_candidate_win() -> None:
    """The v1 side may have another method, and another path in place of the operation's."""
    moved = step(candidate={"method": "POST", "path": "/users-v2"})

    assert moved.request_for(Side.CANDIDATE).method == "POST"
    assert moved.request_for(Side.CANDIDATE).path == "/users-v2"
    assert moved.request_for(Side.BASELINE).path == {}


def test_statuses_are_one_or_several_and_may_differ_by_side() -> None:
    """A single status is a list of one; the candidate's own take the place of the common ones."""
    assert step(expect={"status": 200}).statuses(Side.CANDIDATE) == (200,)
    assert step(expect={"status": [200, 404]}).statuses(Side.BASELINE) == (200, 404)
    assert step().statuses(Side.BASELINE) == ()
    differing = Expect.model_validate({"status": 200, "candidate": {"status": 404}})
    assert [differing.statuses(side) for side in Side] == [(200,), (404,)]


@pytest.mark.parametrize(
    ("ends", "body", "status", "held"),
    [
        (until(path="$.status", equals="HEALTHY"), {"status": "HEALTHY"}, 200, True),
        (until(path="$.status", equals="HEALTHY"), {"status": "CREATING"}, 200, False),
        (until(path="$.status", in_=["A", "B"]), {"status": "B"}, 200, True),
        (until(path="$.items[*].ok", equals=True), {"items": [{"ok": False}, {"ok": True}]}, 200, True),
        (until(path="$.count", equals=True), {"count": 1}, 200, False),
        (until(path="$.gone", equals=None), {"gone": None}, 200, True),
        (until(path="$.gone", equals=None), {}, 200, False),
        (until(status=404), None, 404, True),
        (until(status=[404, 410]), None, 200, False),
        (until(status=200, path="$.status", equals="A"), {"status": "A"}, 200, True),
        (until(status=200, path="$.status", equals="A"), {"status": "A"}, 500, False),
        (until(path="$.status", equals="A"), "text", 200, False),
    ],
)
def test_polling_ends_when_the_answer_is_as_wanted(
    ends: Until,
    body: Json,
    status: int,
    held: bool,  # noqa: FBT001 - a case
) -> None:
    """A value of the body has the wanted JSON value, and the status is wanted, where either is asked for."""
    assert ends.holds(body, status=status) is held


def test_the_wanted_values_can_be_filled_first() -> None:
    """Placeholders in what a poll waits for are filled by the caller."""
    ends = until(path="$.id", equals="${id}")

    assert ends.wanted == ["${id}"]
    assert ends.holds({"id": "u1"}, status=200, wanted=["u1"])


def test_a_step_knows_its_place() -> None:
    """A placed copy has a place and other values, and the original has not changed."""
    bare = step()
    placed = bare.placed("a.yaml:12", name="first")

    assert (placed.where, placed.line, placed.name) == ("a.yaml:12", 12, "first")
    assert (bare.where, bare.line, bare.name) == ("", 0, "")


def test_nothing_can_be_changed_afterwards() -> None:
    """The model is frozen: what was read is what is run."""
    acceptance = Acceptance(rule="property-added", reason="fine")

    with pytest.raises(ValidationError):
        acceptance.reason = "other"
