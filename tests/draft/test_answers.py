"""What flows that ask the same were answered otherwise."""

from __future__ import annotations

from harness.draft.answers import Answers
from harness.exchange import Exchange, Failure, FailureKind, Json, Request
from harness.struct import replace
from tests.draft import IAM, call, drafted, id_


def beyond(first: list[Exchange], again: list[Exchange]) -> list[str]:
    """Compare the answers of one operation."""
    return [*Answers().beyond([(each, "GetTeam") for each in first], [(each, "GetTeam") for each in again])]


def got(answer: Json, status: int = 200) -> Exchange:
    """Make a call that was answered so."""
    return call("GET", f"{IAM}/teams/{id_(1)}", answer, status=status)


def test_what_the_first_flow_was_answered_with_is_not_told() -> None:
    """Neither other values, nor fewer fields, nor elements of the same kind."""
    first = got({"id": "a", "members": [{"id": "b"}, {"id": None}], "n": 1})

    assert beyond([first], [got({"id": "c", "members": [{"id": "d"}], "n": 2.5}), got({"members": []})]) == []


def test_what_it_lacks_is_told() -> None:
    """A status, a place, another type at a place, and a body that is none."""
    first = got({"id": "a", "members": [{"id": "b"}]})
    empty = got({})
    assert empty.response is not None
    no_json = replace(empty, response=replace(empty.response, content=b"", status=204))

    assert beyond([first], [got({"error": 1}, 404)]) == [
        "GetTeam was answered with 404",
        "GetTeam was answered with number at $.error",
    ]
    assert beyond([first], [got({"members": [{"id": None, "x": True}]})]) == [
        "GetTeam was answered with null at $.members[*].id",
        "GetTeam was answered with boolean at $.members[*].x",
    ]
    assert beyond([first], [no_json]) == [
        "GetTeam was answered with 204",
        "GetTeam was answered with no JSON at $",
    ]


def test_much_that_is_new_is_told_in_short() -> None:
    """Three places are named, and no name fills the page."""
    told = beyond([got({})], [got({f"{letter * 1000}": 1 for letter in "abcd"})])

    assert len(told) == 4
    assert told[-1] == "GetTeam was answered with more that is new"
    assert all(len(clause) < 200 for clause in told)


def test_what_was_not_answered_has_no_answers() -> None:
    """A failure is no answer, and the one who failed first lacks all."""
    failed = Exchange(
        request=Request(method="GET", url=f"{IAM}/teams"),
        failure=Failure(kind=FailureKind.TIMEOUT, message=""),
    )

    assert beyond([got({})], [failed]) == []
    assert beyond([failed], [got(1)]) == [
        "GetTeam was answered with 200",
        "GetTeam was answered with number at $",
    ]


def _flow(number: int, team: Json, deleted: int = 204) -> list[Exchange]:
    """Make a team, read it, delete it and ask for its members."""
    url = f"{IAM}/teams/{id_(number)}"
    return [
        call("POST", f"{IAM}/teams", {"id": id_(number)}, body={"name": "n"}),
        call("GET", url, {"id": id_(number), "team": team}),
        call("DELETE", url, {}, status=deleted),
        call("GET", f"{url}/members", {}),
    ]


def test_a_draft_says_what_its_recording_lacks() -> None:
    """The flows after the first are not kept; what only they were answered with is told, once."""
    (found,) = drafted(*_flow(1, "a"), *_flow(2, None), *_flow(3, [1]), *_flow(4, None)).drafts
    text = " ".join(found.text.replace("\n#", "").split())

    assert (found.times, len(found.exchanges)) == (4, 4)
    assert found.beyond == (
        "GetTeam was answered with null at $.team",
        "GetTeam was answered with array at $.team",
        "GetTeam was answered with number at $.team[*]",
    )
    assert "has this 4 times, with other ids. Its cassette has the first time. In others GetTeam" in text
    assert f"{'; '.join(found.beyond)}. scenario: " in text


def test_flows_that_were_answered_alike_are_told_by_their_number() -> None:
    """There is nothing that the cassette lacks; another status makes another draft."""
    alike, other = drafted(*_flow(1, "a"), *_flow(2, "b"), *_flow(3, "c", deleted=409)).drafts

    assert (alike.times, alike.beyond, other.times) == (2, (), 1)
    assert "Its cassette" not in alike.text
