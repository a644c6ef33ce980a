"""Placeholders, captures, overrides and cleanup."""

from __future__ import annotations

import pytest

from harness.cassette.keys import TOKEN, token_marker
from harness.exchange import Json
from tests.draft import AUTHORIZED, IAM, PLATFORM, call, drafted, id_, only

MADE = call("POST", f"{IAM}/tokens", {"id": id_(1)}, body={"name": "made", "type": "ORGANIZATION"})


def test_an_id_is_captured_where_it_was_answered() -> None:
    """Under the name of the parameter that it fills later, which needs no more words then."""
    text = only(MADE, call("GET", f"{IAM}/tokens/{id_(1)}", {"id": id_(1)}))

    assert 'capture: {token_id: "$.id"}' in text
    assert "  - operation: GetApiToken\n    expect: {status: 200}\n" in text


@pytest.mark.parametrize(
    ("pages", "walk"),
    [(2, "{beyond: false}"), (51, "{beyond: false, pages: 102}"), (60, "{beyond: false, pages: 120}")],
)
def test_a_walk_may_read_more_pages_than_were_recorded(pages: int, walk: str) -> None:
    """A list grows, and a walk gives up after a hundred pages where nothing else is said."""
    listed: Json = [{"id": id_(1)}]
    text = only(
        *(
            call("GET", f"{IAM}/users?limit=1&offset={at}", {"users": listed, "totalCount": pages})
            for at in range(pages)
        )
    )

    assert f"walk: {walk}\n" in text


def test_two_values_of_one_name_are_told_apart() -> None:
    """The second one is named in the path."""
    two = call("POST", f"{IAM}/tokens", {"id": id_(2)}, body={"name": "m", "type": "ORGANIZATION"})
    gets = [call("GET", f"{IAM}/tokens/{id_(number)}", {}) for number in (1, 2)]
    both = call("GET", f"{IAM}/users?a={id_(1)}&b={id_(2)}", {})
    text = only(MADE, two, *gets, both)

    assert 'request: {path: {tokenId: "${token_id_2}"}}' in text
    assert 'query: {a: "${token_id}", b: "${token_id_2}"}' in text


def test_what_v1_does_not_take_is_proposed_otherwise() -> None:
    """A token's type is sent as scope, a filter is left out; a person is asked to look."""
    listed = call("GET", f"{PLATFORM.rpartition('/')[0]}?supportPlan=BASIC", {"organizations": []})
    text = only(MADE)

    assert "candidate: {body: {name: made, scope: ORGANIZATION}}" in text
    assert "# review: CreateApiToken: in v1 the property" in text
    assert "candidate: {query: {supportPlan: null}}" in only(listed)


def test_what_a_flow_made_and_deleted_is_cleaned_up() -> None:
    """Whatever happens in between; what nothing deletes is told."""
    text = only(MADE, call("DELETE", f"{IAM}/tokens/{id_(1)}", status=204))
    (kept,) = drafted(MADE).drafts

    assert "cleanup:\n  - operation: DeleteApiToken\n" in text
    assert "nothing here deletes" in " ".join(kept.review)


def test_what_v1_does_not_have_is_unsupported() -> None:
    """With the guide's advice above it."""
    text = only(call("GET", f"{PLATFORM}/alerts", {"alerts": []}))

    assert "unsupported: true" in text
    assert "# Ask Astronomer Support" in text


def test_constants_are_variables() -> None:
    """An id that no answer gave is named once, to be replaced by who runs it elsewhere."""
    text = only(call("GET", f"{IAM}/teams/{id_(7)}", {}))

    assert f"vars: {{team_id: {id_(7)}}}" in text


def test_a_secret_is_asked_for_in_the_environment() -> None:
    """The recording does not hold it; a secret that an answer gave is captured."""
    sent = call("POST", f"{IAM}/teams", {}, body={"name": "made", "description": "REDACTED-0123abcd"})
    (found,) = drafted(sent).drafts

    assert 'description: "${env:DESCRIPTION}"' in found.text
    assert found.used["env:DESCRIPTION"] == "REDACTED-0123abcd"


def test_a_secret_of_a_pair_is_named_by_its_key() -> None:
    """Not by what the key is called in a program that runs elsewhere."""
    pair: dict[str, Json] = {"key": "DB_PASSWORD", "value": "REDACTED-0123abcd", "isSecret": True}
    url = f"{PLATFORM}/deployments/{id_(1)}"
    text = only(call("POST", url, {}, body={"environmentVariables": [pair, {**pair, "key": "not a name"}]}))

    assert 'value: "${env:DB_PASSWORD_VALUE}"' in text
    assert 'value: "${env:VALUE}"' in only(call("POST", url, {}, body={"value": "REDACTED-0123abcd"}))


def test_a_token_that_an_answer_gave_is_captured() -> None:
    """So is the next one: each is sent where the client sent it."""
    tokens = ["REDACTED-0123abcd", "REDACTED-4567abcd"]
    made = call("POST", f"{IAM}/tokens", {"id": id_(1), "token": tokens[0]}, body={"name": "a"})
    rotated = call("POST", f"{IAM}/tokens/{id_(1)}/rotate", {"id": id_(1), "token": tokens[1]})
    first, second = (
        call("GET", f"{IAM}/teams", {}, status=status, headers=(("Authorization", f"Bearer {token}"),))
        for token, status in zip(tokens, (403, 200), strict=True)
    )
    (found,) = drafted(made, first, rotated, second).drafts

    assert 'capture: {token: "$.token", token_id: "$.id"}' in found.text
    assert 'capture: {token_2: "$.token"}' in found.text
    for name, status in (("token", 403), ("token_2", 200)):
        sent = f'request: {{headers: {{Authorization: "Bearer ${{{name}}}"}}}}'
        assert f"{sent}\n    expect: {{status: {status}}}" in found.text
    assert "recorded with" not in " ".join(found.review)


@pytest.mark.parametrize("name", ["If-None-Match", "If-Modified-Since", "Range"])
def test_conditions_are_sent_and_told(name: str) -> None:
    """What was answered with 304 is asked for it again."""
    sent = (*AUTHORIZED, (name, "W/1"), ("User-Agent", "curl"), ("X-Request-Id", "1"))
    (found,) = drafted(call("GET", f"{IAM}/users", {}, status=304, headers=sent)).drafts

    assert f"request: {{headers: {{{name}: W/1}}}}" in found.text
    assert found.review == (f"ListUsers is sent with the recorded {name}: live, it fits another answer.",)


def test_header_fields_that_a_client_chose_are_sent() -> None:
    """Their secrets are asked for; what no scenario can send is told."""
    sent = (*AUTHORIZED, ("X-Custom", "${x}"), ("X-Api-Key", "REDACTED-0123abcd"), ("X-Odd", "\x01"))
    (found,) = drafted(call("GET", f"{IAM}/users", {}, headers=sent)).drafts

    assert 'request: {headers: {X-Custom: "$${x}", X-Api-Key: "${env:X_API_KEY}"}}' in found.text
    assert "The header field X-Odd of ListUsers is not sent." in found.review


def test_what_was_there_before_is_named_where_it_is_changed() -> None:
    """A real id stands in `vars`, and the draft would delete what it names."""
    url = f"{IAM}/teams/{id_(1)}"
    (deleted,) = drafted(call("DELETE", url, status=204)).drafts
    (read,) = drafted(call("GET", url, {})).drafts

    assert "DeleteTeam changes what was there before: `team_id` in `vars`" in deleted.review[0]
    assert read.review == ()


def test_what_an_invitation_made_is_not_deleted_either() -> None:
    """Its id goes by another name than others, as the contract says."""
    made = call("POST", f"{IAM}/invites", {"inviteId": id_(1)}, body={"inviteeEmail": "a@example.com"})
    (kept,) = drafted(made).drafts
    (gone,) = drafted(made, call("DELETE", f"{IAM}/invites/{id_(1)}", status=204)).drafts

    assert "CreateUserInvite makes something that nothing here deletes" in kept.review[0]
    assert "nothing here deletes" not in " ".join(gone.review)


def test_a_call_without_a_token_is_one_without() -> None:
    """What was refused for that must be refused again."""
    text = only(call("GET", f"{IAM}/users", {}, status=401, headers=()))

    assert "headers: {Authorization: null}" in text
    assert "expect: {status: 401}" in text


@pytest.mark.parametrize("status", [200, 403, 404])
def test_a_token_that_the_recording_leaves_out_is_sent(status: int) -> None:
    """Browsers, logs and filters hide it; what answered had one. The cassette of the draft has one, too."""
    (found,) = drafted(call("GET", f"{IAM}/users", {}, status=status, headers=())).drafts

    assert "headers:" not in found.text
    assert [token_marker(exchange.request.headers) for exchange, _ in found.exchanges] == [TOKEN]
    assert "the environment's token is sent" in " ".join(found.review)


def test_text_that_looks_like_a_placeholder_is_text() -> None:
    """What was sent is data."""
    assert 'name: "$${x}"' in only(call("POST", f"{IAM}/teams", {}, body={"name": "${x}"}))


def test_so_is_a_part_of_a_path() -> None:
    """What comes from a response is data: an id must not be filled with a token of who runs the draft."""
    paths = ["%24%7Benv%3AASTRO_API_TOKEN%7D", "$%7Brun_id%7D"]
    text = only(call("GET", f"{IAM}/teams/{paths[0]}", {}))
    each = only(*(call("GET", f"{IAM}/users/{name}", {}) for name in ("a", "b", paths[1])))

    assert 'vars: {team_id: "$${env:ASTRO_API_TOKEN}"}' in text
    assert "$${run_id}" in each
    assert each.count("${run_id}") == each.count("$${run_id}")


def test_a_filter_that_v1_takes_is_left_as_it_is() -> None:
    """One value of it went away; the others are sent to v1, too."""
    base = PLATFORM.rpartition("/")[0]
    takes, refuses = (
        only(call("GET", f"{base}?astronomerProduct={product}", {"organizations": []}))
        for product in ("ASTRO", "OBSERVE")
    )

    assert "candidate" not in takes
    assert "candidate: {query: {astronomerProduct: null}}" in refuses
