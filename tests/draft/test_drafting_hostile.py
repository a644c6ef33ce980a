"""Recordings that mean no good, and clients that do things differently: each draft asks what was recorded."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.asking import Checker
from harness.draft import Draft, Drafts, draft, provenance_of
from harness.exchange import Exchange, Failure, FailureKind, Json
from harness.result import Source
from harness.scenario import read_scenario
from harness.settings import load_settings
from harness.struct import replace
from tests.draft import AUTHORIZED, IAM, JUDGE, ORGANIZATION, PLATFORM, call, id_

LISTED = f"{IAM}/users"
EVIL = (
    *("no", "1e3", "=", "- x", "#", "a: b", "x\ny", "\0", "\x1b[31m", "'", '"', "\\", "\u2028", "~", "null"),
    *("0x1F", "012", "1_000", "2026-01-01", "<<", "*a", "&a", "!t", "|", ">", "%TAG", "@x", "`x", " lead"),
    *("trail ", "\ttab", "?", "---", "...", "[a]", "{a: b}", ",", "Off", ".inf", "\ufeff", "\x7f", "\x85"),
    *("${organization_id}", "${env:HOME}", "$${x}", "${", "${a}b", "{{x}}", "$.a", "[*]", "a" * 5000),
)


def proved(*exchanges: Exchange) -> Drafts:
    """Draft a recording, ask it, and return what came of it; no exchange is dropped."""
    checker = Checker(load_settings(Path(__file__).parent), provenance_of([], [call("GET", LISTED)]))
    found = draft(exchanges, JUDGE, Source.LIVE, "", checker)

    assert [each.unproved for each in found.drafts if each.unproved] == []
    assert sum(each.calls * each.times for each in found.drafts) + len(found.left) == len(exchanges)
    return found


def steps(found: Drafts) -> str:
    """Return all drafts as they are written, from their first steps on."""
    return "\n".join(each.text.partition("steps:\n")[2] for each in found.drafts)


@pytest.mark.parametrize("text", EVIL, ids=lambda text: repr(text)[:20])
def test_no_text_is_more_than_text(text: str) -> None:
    """In bodies, queries, paths and answers; nothing is filled in that the recording does not have."""
    spelled = quote(text, safe="")
    body: Json = {"name": text, "description": f"x{text}y", "memberIds": [text]}
    found = proved(
        call("POST", f"{IAM}/teams", {"id": id_(1), "name": text}, body=body),
        call("GET", f"{IAM}/teams/{id_(1)}", {"id": id_(1)}),
        call("GET", f"{IAM}/teams/{spelled}", {"id": "x"}, status=404),
        call("GET", f"{LISTED}?search={spelled}&limit=2", {"users": []}),
        call("GET", f"{PLATFORM}/deployments/{id_(2)}", {"status": "A"}),
        call("GET", f"{PLATFORM}/deployments/{id_(2)}", {"status": text}, at=5),
    )

    assert found.left == ()


@settings(deadline=None, max_examples=10)
@given(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))
def test_any_text_comes_back_as_it_was(text: str, name: str) -> None:
    """Whatever it is made of."""
    path = [] if text in {".", ".."} else [call("GET", f"{IAM}/teams/{quote(text, safe='')}", {})]

    proved(
        call("POST", f"{IAM}/teams", {"id": id_(1)}, body={"name": text, name: {name: text}}),
        *path,
        call("GET", f"{LISTED}?{quote(name, safe='')}={quote(text, safe='')}", {}),
    )


@pytest.mark.parametrize(
    "key",
    [
        "a.b",
        "a b",
        "a'b",
        'a"b',
        "a[0]",
        "$",
        "",
        "${env:HOME}",
        "*",
        "..",
        "a\nb",
        "\\",
        "é",
        "0",
        "@",
        "[?(@.x)]",
    ],
)
def test_no_key_is_more_than_a_key(key: str) -> None:
    """Of what is captured, listed and waited for."""
    one, two = id_(1), id_(2)
    found = proved(
        call("GET", LISTED, {key: [{key: one}, {key: two}]}),
        call("GET", f"{LISTED}/{one}", {}),
        call("GET", f"{LISTED}/{two}", {}),
        call("GET", f"{IAM}/teams", {key: {"id": id_(3)}}),
        call("GET", f"{IAM}/teams/{id_(3)}", {}),
        call("GET", f"{PLATFORM}/deployments/{id_(4)}", {key: "A", "n": 1}),
        call("GET", f"{PLATFORM}/deployments/{id_(4)}", {key: "B", "n": 1}, at=5),
    )

    assert "foreach:" in steps(found)
    assert steps(found).count("capture:") == 2
    assert "poll:" in steps(found)


@pytest.mark.parametrize(
    "id_text",
    ["1234567890", "01234567", "1e308000", "DEPLOYMENT", "organizations", "${env:HOME}", "a/b/c/d/e"],
)
def test_an_id_that_looks_like_something_else_is_an_id(id_text: str) -> None:
    """It is captured where it was answered, as text."""
    spelled = quote(id_text, safe="")
    found = proved(
        call("GET", LISTED, {"users": [{"id": id_text}]}),
        call("GET", f"{LISTED}/{spelled}", {"id": id_text}),
        call("GET", f"{IAM}/teams?memberId={spelled}", {"teams": []}),
    )

    assert steps(found).count("${user_id}") + steps(found).count("${member_id}") == 1
    assert len(found.drafts) == 1


def test_an_id_in_many_answers_comes_from_the_one_that_lists_it() -> None:
    """Not from one that only mentions it, and whatever lists it again."""
    person: Json = {"id": id_(1)}
    team: Json = {"id": id_(2), "createdBy": person, "ownerId": id_(1)}
    found = proved(
        call("GET", f"{IAM}/teams", {"teams": [team]}),
        call("GET", LISTED, {"users": [{"id": id_(3)}, person]}),
        call("GET", f"{LISTED}?limit=1", {"users": [person]}),
        call("GET", f"{LISTED}/{id_(1)}", person),
    )

    assert steps(found).count("capture:") == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"{LISTED}/..", "what fills its path would be another path"),
        (f"{LISTED}/%2e%2e", "what fills its path would be another path"),
        (f"{LISTED}/.", "what fills"),
        (f"{LISTED}/%FF", "its URL has bytes that are no text"),
        (f"{LISTED}?a=%FF", "its URL has bytes"),
        (f"{LISTED}/", "its path ends with a slash"),
        (f"{LISTED}?{'a' * 5000}=1", "it has a name that is too long for YAML"),
        ("https://evil.example/x", "v1beta1's contract has no such operation"),
        ("https://[::1/iam/v1beta1/nothing", "v1beta1's contract has no such operation"),
        (f"{IAM}//users", "v1beta1's contract has no such operation"),
    ],
)
def test_what_no_scenario_can_send_is_listed(url: str, why: str) -> None:
    """With the reason, rather than drafted into something else."""
    (left,) = proved(call("GET", url, {}), call("GET", LISTED, {})).left

    assert why in left.why
    assert left.number == 1


def test_half_a_character_is_listed_too() -> None:
    """JSON can hold it, YAML cannot."""
    bodies: list[Json] = [{"name": "\ud800"}, {"\ud800": 1}, [["\udfff"]]]

    assert {
        left.why for left in proved(*(call("POST", f"{IAM}/teams", {}, body=body) for body in bodies)).left
    } == {"it has half a character, which YAML cannot hold"}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_was_refused_and_asked_again_is_asked_once(status: int) -> None:
    """A limit or a gateway tells nothing of the operation; that it refused is said."""
    body: Json = {"name": "x"}
    refused = [call("POST", f"{IAM}/teams", {}, body=body, status=status, at=at) for at in range(2)]
    found = proved(*refused, call("POST", f"{IAM}/teams", {"id": id_(1)}, body=body, at=3))

    assert steps(found).count("operation:") == 1
    assert "expect: {status: 200}" in steps(found)
    assert "refused it 2 times before it was answered" in steps(found)
    assert found.drafts[0].calls == 3


def test_a_refusal_that_was_the_last_word_is_listed() -> None:
    """So is a call that was not answered at all."""
    failed = replace(
        call("GET", LISTED), response=None, failure=Failure(kind=FailureKind.TIMEOUT, message="x")
    )
    found = proved(failed, call("GET", f"{IAM}/teams", {}, status=503))

    assert [each.why for each in found.left] == [
        "it was not answered",
        "it was refused with 503, and not asked again",
    ]


@pytest.mark.parametrize(("first", "then"), [(301, 200), (200, 403), (401, 200), (500, 200)])
def test_not_every_other_status_is_waited_for(first: int, then: int) -> None:
    """A redirect that was followed, a token that was refused: each is a step of its own."""
    found = proved(call("GET", LISTED, {}, status=first), call("GET", LISTED, {}, status=then, at=3))

    assert "poll:" not in steps(found)
    assert steps(found).count("operation:") == 2


def test_a_token_that_changes_is_told() -> None:
    """A draft sends one token: who reads it must know that the recording had two."""
    other = (("authorization", "Bearer [OTHER_TOKEN]"), *AUTHORIZED[1:])
    found = proved(
        call("GET", LISTED, {"users": []}), call("GET", LISTED, {"users": []}, headers=other, at=1)
    )

    assert steps(found).count("operation:") == 2
    assert any("several tokens" in each for each in found.drafts[0].review)


def _team(number: int) -> list[Exchange]:
    """Make, read and delete a team."""
    url = f"{IAM}/teams/{id_(number)}"
    return [
        call("POST", f"{IAM}/teams", {"id": id_(number)}, body={"name": "mine"}),
        call("GET", url, {"id": id_(number)}),
        call("DELETE", url, status=204),
    ]


def test_clients_side_by_side_are_told_apart() -> None:
    """By what each was answered; what both did is drafted once."""
    mixed = [each for pair in zip(_team(1), _team(2), strict=True) for each in pair]
    found = proved(*mixed)
    (one,) = found.drafts

    assert (one.name, one.calls, one.times) == ("teams/create-team", 3, 2)
    assert "# The recording has this 2 times, with other ids.\nscenario: " in one.text
    assert len(one.exchanges) == 3


def test_a_long_recording_of_one_thing_is_one_draft(tmp_path: Path) -> None:
    """A thousand times the same is no thousand files, and the draft still loads."""
    (one,) = proved(*(each for number in range(1000) for each in _team(number))).drafts
    path = tmp_path / "a.yaml"
    path.write_text(one.text, "utf-8")

    assert one.times == 1000
    assert len(read_scenario(path, root=tmp_path).steps) == 2


def test_rounds_of_work_are_one_draft() -> None:
    """Each begins with the list that its client read then, and goes on with another element of it."""
    people: Json = {"users": [{"id": id_(number)} for number in range(1, 6)]}
    rounds = [
        each
        for number in range(1, 6)
        for each in (call("GET", LISTED, people), call("GET", f"{LISTED}/{id_(number)}", {"n": number}))
    ]
    (one,) = proved(*rounds).drafts

    assert (one.calls, one.times) == (2, 5)


def test_an_answer_that_was_left_out_still_tells_its_ids() -> None:
    """A list that was read twice is one step, and what was made of the second answer is captured there."""
    people: Json = {"users": [{"id": id_(1)}, {"id": id_(2)}]}
    read: Json = {"id": id_(1), "teamId": id_(3)}
    team = f"{IAM}/teams/{id_(3)}/members"
    found = proved(
        call("GET", LISTED, people),
        call("GET", f"{LISTED}/{id_(1)}", read),
        call("GET", LISTED, people),
        call("GET", f"{team}?userId={id_(2)}", {}),
    )

    assert "vars:" not in found.drafts[0].text
    assert steps(found).count("ListUsers") == 1


def test_a_huge_list_is_one_foreach() -> None:
    """For all of its elements, in their order."""
    listed = call("GET", LISTED, {"users": [{"id": id_(number)} for number in range(2000)]})
    found = proved(listed, *(call("GET", f"{LISTED}/{id_(number)}", {}) for number in range(2000)))

    assert steps(found).count("operation:") == 2


def test_answers_and_bodies_of_every_kind() -> None:
    """Texts, bytes, broken JSON, scalars and nothing."""
    answers: list[Json] = [None, 0, "", [], [[]], {"users": None}, {"users": {}}, {"id": 5}, True]
    bodies: list[Json] = ["text", [1, 2], 0, False, {}, [], {"a": 2**70, "b": 1.5e300, "c": -0.0, "d": 1e-7}]
    plain = call("GET", f"{IAM}/teams", {})
    assert plain.response is not None
    contents = [b"", b"text", b"{broken", b"\xff\xfe\0"]

    proved(
        *(call("GET", f"{LISTED}?limit={at}", answer) for at, answer in enumerate(answers)),
        *(call("POST", f"{IAM}/teams", {"id": id_(at)}, body=body) for at, body in enumerate(bodies)),
        *(replace(plain, response=replace(plain.response, content=content)) for content in contents),
    )


def test_another_organization_is_a_variable_of_its_own() -> None:
    """The first one is the environment's."""
    found = proved(call("GET", LISTED, {}), call("GET", LISTED.replace(ORGANIZATION, "other00org"), {}))

    assert "vars: {organization_id_2: other00org}" in found.drafts[0].text


def test_names_of_files_are_words_of_the_contract(tmp_path: Path) -> None:
    """Nothing that was recorded becomes a path."""
    found = proved(call("GET", f"{LISTED}/{quote('../../etc/passwd', safe='')}", {}), call("GET", LISTED, {}))

    assert [_place(each, tmp_path) for each in found.drafts] == ["users/get-user", "users/list-users"]


def _place(drafted: Draft, root: Path) -> str:
    path = (root / drafted.name).resolve()
    return path.relative_to(root.resolve()).as_posix()
