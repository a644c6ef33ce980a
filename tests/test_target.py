"""One side of a scenario: what it sends where, what it keeps of the answers, and what it never writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.cassette import Cassette, CassetteWriter
from harness.errors import TargetError
from harness.exchange import Exchange, Failure, FailureKind, Headers, Json, Request, Response, Side, header
from harness.options import Mode
from harness.redact import Redactor
from harness.result import Source, Verdict
from harness.settings import SANDBOX_MARK, SANDBOX_TOKEN, SANDBOX_TOKENS, SecretRules
from harness.struct import replace
from harness.target import Outcome
from tests.filling import filled, refused, steps
from tests.stage import BASES, HOST, ORGANIZATION, STAGING, TOKEN, Stage, reply
from tests.teams import teams

OLD, NEW = Side.BASELINE, Side.CANDIDATE

FOREIGN = """\
version: 1
interactions:
- request: {{method: GET, uri: '{url}', body: null, headers: {{}}}}
  response:
    status: {{code: 200, message: OK}}
    headers: {{content-type: [application/json]}}
    body: {{string: '{{"teams": [], "limit": 20, "offset": 0, "totalCount": 0}}'}}
"""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose services answer everything with an empty object."""
    return Stage(tmp_path, old=lambda _: reply({}), new=lambda _: reply({}))


@pytest.mark.parametrize(("operation", "api"), [("ListUsers", "iam"), ("ListDeployments", "platform")])
def test_the_contract_chooses_the_base_url(stage: Stage, operation: str, api: str) -> None:
    """An operation is called below the base URL of its API in v1beta1, and below the one of v1."""
    sent = filled(stage, f"steps: [{{operation: {operation}}}]")

    path = f"/organizations/{ORGANIZATION}/{operation.removeprefix('List').lower()}"
    assert sent[OLD].request.url == BASES[api] + path
    assert sent[NEW].request.url == BASES["v1"] + path
    assert (sent[OLD].api, sent[NEW].api) == (api, "v1")


def test_method_and_path_find_their_operation(stage: Stage) -> None:
    """A step without an operation is known by its method and path, and goes to the same place."""
    sent = filled(
        stage, "steps: [{request: {method: GET, path: '/organizations/${organization_id}/teams/t1'}}]"
    )

    assert [each.operation and each.operation.id for each in sent.values()] == ["GetTeam", "GetTeam"]
    assert sent[OLD].request.url == f"{BASES['iam']}/organizations/{ORGANIZATION}/teams/t1"


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/organizations/o/users/u/teams", "iam"),
        ("/organizations/o/tokens/t/history", "iam"),
        ("/organizations/o/deployments/d/logs", "platform"),
        ("/organizations/o/nowhere/n", "platform"),
        ("/nowhere", "platform"),
    ],
)
def test_a_path_that_v1beta1_does_not_have_goes_where_its_neighbours_are(
    stage: Stage, path: str, api: str
) -> None:
    """What is unknown to v1beta1 is asked below the base URL of the nearest known path."""
    sent = filled(stage, f"steps: [{{request: {{method: GET, path: {path}}}}}]")

    assert sent[OLD].operation is None
    assert sent[OLD].request.url == BASES[api] + path
    assert sent[NEW].request.url == BASES["v1"] + path


def test_an_operation_of_v1_alone_is_asked_on_both_sides(stage: Stage) -> None:
    """v1beta1 is asked for what only v1 documents, at the path that v1 has."""
    sent = filled(stage, "steps: [{operation: ListUserTeams, request: {path: {userId: u1}}}]")

    assert sent[OLD].operation is None
    assert sent[NEW].operation is not None
    assert sent[OLD].request.url == f"{BASES['iam']}/organizations/{ORGANIZATION}/users/u1/teams"


def test_an_operation_of_v1beta1_alone_is_asked_on_both_sides(stage: Stage) -> None:
    """v1 is asked for what it does not document: its answer is the point."""
    sent = filled(stage, "steps: [{operation: ListAlerts, unsupported: true}]")

    assert sent[NEW].operation is None
    assert sent[NEW].request.url == f"{BASES['v1']}/organizations/{ORGANIZATION}/alerts"


def test_path_values_are_one_segment_each(stage: Stage) -> None:
    """Slashes, spaces and other letters in a path value cannot lead to another endpoint."""
    sent = filled(stage, "steps: [{operation: GetTeam, request: {path: {teamId: 'a/../b c?ü%2F'}}}]")

    assert sent[OLD].request.url.endswith("/teams/a%2F..%2Fb%20c%3F%C3%BC%252F")
    assert sent[OLD].operation is not None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("{limit: 20}", "?limit=20"),
        ("{a: true, b: false}", "?a=true&b=false"),
        ("{ids: [x, 7, true, null]}", "?ids=x&ids=7&ids=true"),
        ("{ids: []}", ""),
        ("{a: null}", ""),
        ("{a: ''}", "?a="),
        ("{a: 0.25}", "?a=0.25"),
        ("{a: 'x&y=z +ü'}", "?a=x%26y%3Dz+%2B%C3%BC"),
        ("{'a[]': x}", "?a%5B%5D=x"),
    ],
)
def test_query_parameters(stage: Stage, query: str, text: str) -> None:
    """Values are written as JSON has them; a list repeats its parameter, null leaves it out."""
    sent = filled(stage, steps(f"{{query: {query}}}"))

    assert sent[OLD].request.url == f"{BASES['iam']}/organizations/{ORGANIZATION}/users{text}"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("vars: {v: {a: 1}}\n" + steps("{query: {q: '${v}'}}"), "the query parameter `q` is a mapping"),
        ("vars: {v: [[1]]}\n" + steps("{query: {q: '${v}'}}"), "the query parameter `q` is a list"),
        ("vars: {v: [1]}\n" + steps("{headers: {X-A: '${v}'}}"), "the header `X-A` is a list"),
    ],
)
def test_what_is_no_single_value_is_refused(stage: Stage, given: str, why: str) -> None:
    """A list or mapping that a variable brings into a query or a header is named with its place."""
    message = refused(stage, given)

    assert message.startswith(f"scenarios/a.yaml:{4 if 'vars' in given else 3}: {why}, not a single value.")


def test_headers_of_a_step_win(stage: Stage) -> None:
    """A step's header takes the place of the usual one whatever its case, and null sends none."""
    text = steps("{headers: {accept: text/csv, X-Page: '${n}', X-On: '${b}', authorization: null}}")
    sent = filled(stage, f"vars: {{n: 20, b: true}}\n{text}")

    assert sent[OLD].request.headers == (("accept", "text/csv"), ("X-Page", "20"), ("X-On", "true"))


def test_a_null_variable_sends_no_header(stage: Stage) -> None:
    """A header whose variable is null is not sent, as with null itself."""
    sent = filled(stage, "vars: {n: null}\n" + steps("{headers: {X-A: '${n}'}}"))

    assert header(sent[OLD].request.headers, "x-a") is None


def test_headers_of_the_environment(stage: Stage) -> None:
    """The environment's headers are sent once each, in place of the usual ones of the same name."""
    stage.environment = replace(STAGING, headers={"accept": "application/json;v=1", "X-Team": "data"})
    sent = filled(stage, steps("{}"))

    assert sent[OLD].request.headers == (
        ("accept", "application/json;v=1"),
        ("Authorization", f"Bearer {TOKEN}"),
        ("X-Team", "data"),
    )


@pytest.mark.parametrize(
    ("request_", "content"),
    [
        ("{body: {name: 'ü ${run_id}', n: null}}", None),
        ("{body: null}", b"null"),
        ("{body: []}", b"[]"),
        ("{body: '${flag}'}", b"true"),
        ("{body: 'text'}", b'"text"'),
    ],
)
def test_bodies_are_json(stage: Stage, request_: str, content: bytes | None) -> None:
    """Whatever is written as the body is sent as JSON, null too."""
    sent = filled(stage, f"vars: {{flag: true}}\n{steps(request_)}")[OLD].request

    assert header(sent.headers, "content-type") == "application/json"
    if content is None:
        assert sent.content.startswith('{"name":"ü '.encode())
    else:
        assert sent.content == content


HALF = "\ud83d"


def test_half_a_character_can_be_sent_in_a_body(stage: Stage) -> None:
    """What a service gave as an escape is sent back as one."""
    sent = filled(stage, "vars: {x: ''}\n" + steps("{body: {name: '${x}'}}"), x=HALF)

    assert sent[OLD].request.content == b'{"name":"\\ud83d"}'


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("ListUsers", "{query: {q: '${x}'}}"),
        ("ListUsers", "{headers: {X-A: '${x}'}}"),
        ("GetUser", "{path: {userId: '${x}'}}"),
    ],
)
def test_half_a_character_can_be_sent_nowhere_else(stage: Stage, operation: str, request_: str) -> None:
    """A URL or a header that cannot be written is told with its place."""
    text = steps(request_).replace("ListUsers", operation)
    with pytest.raises(TargetError, match=r"scenarios/a.yaml:4: a value holds half of a character"):
        filled(stage, f"vars: {{x: ''}}\n{text}", x=HALF)


def test_no_body_has_no_media_type(stage: Stage) -> None:
    """Without `body`, nothing is sent and nothing said about it."""
    sent = filled(stage, steps("{}"))[OLD].request

    assert sent.content == b""
    assert header(sent.headers, "content-type") is None


def test_a_media_type_of_the_step_is_kept(stage: Stage) -> None:
    """A step may name the media type of its body itself."""
    sent = filled(stage, steps("{headers: {content-type: application/merge-patch+json}, body: {}}"))

    assert header(sent[OLD].request.headers, "content-type") == "application/merge-patch+json"


def test_the_candidate_sends_what_it_says(stage: Stage) -> None:
    """Overrides change the candidate's request alone; null removes a key."""
    sent = filled(
        stage,
        """\
steps:
  - operation: CreateApiToken
    request:
      query: {a: 1, b: 2}
      headers: {X-A: old, X-B: both}
      body: {type: ORGANIZATION}
    candidate:
      query: {a: null, c: 3}
      headers: {x-a: new}
      body: {scope: ORGANIZATION}
""",
    )

    old, new = sent[OLD].request, sent[NEW].request
    assert (old.url.partition("?")[2], new.url.partition("?")[2]) == ("a=1&b=2", "b=2&c=3")
    assert (old.content, new.content) == (b'{"type":"ORGANIZATION"}', b'{"scope":"ORGANIZATION"}')
    assert (header(old.headers, "x-a"), header(new.headers, "x-a")) == ("old", "new")
    assert header(new.headers, "x-b") == "both"


@pytest.mark.parametrize(("authorization", "sent"), [(None, f"Bearer {TOKEN}"), ("", None), ("x y", "x y")])
def test_a_probe_says_how_it_is_authorized(stage: Stage, authorization: str | None, sent: str | None) -> None:
    """The authorization of a probe takes the place of the token; an empty one sends none."""
    scenario, targets = stage.targets(steps("{}"))
    request = targets[OLD].fill(scenario.steps[0], authorization).request

    assert header(request.headers, "authorization") == sent


def test_an_api_without_a_base_url(stage: Stage) -> None:
    """A missing base URL is told with the setting to write."""
    stage.environment = replace(STAGING, base_urls={"platform": BASES["platform"], "v1": BASES["v1"]})

    assert refused(stage, steps("{}")) == (
        "scenarios/a.yaml:3: environment `staging` has no base URL for the iam API. "
        "Add `iam = ...` to [tool.harness.environments.staging]."
    )


def test_what_a_request_needs(stage: Stage) -> None:
    """The variables of a request are those of its strings, and those that may fill its path."""
    scenario, targets = stage.targets(
        """\
vars: {a: 1, b: 2, c: 3, d: 4}
steps:
  - operation: GetTeam
    request: {path: {teamId: "${a}"}, query: {q: "${b}"}, headers: {X-A: "${c}", X-B: null}}
    candidate: {query: {q: "${d}"}}
"""
    )
    needs = {side: target.needs(scenario.steps[0]) for side, target in targets.items()}

    assert needs[OLD] >= {"a", "b", "c", "organization_id", "organizationId"}
    assert "d" not in needs[OLD]
    assert needs[NEW] >= {"a", "c", "d"}


def captured(stage: Stage, capture: str, data: Json, *, lists: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """Return the names that were not found, and the value of `x`."""
    scenario, targets = stage.targets(f"{steps('{}')}    capture: {{x: '{capture}'}}\n")
    response = Response(
        status=200,
        headers=(("content-type", "application/json"),),
        content=httpx.Response(200, json=data).content,
    )
    exchange = Exchange(request=Request(method="GET", url=HOST), response=response)
    lost = targets[OLD].capture(scenario.steps[0], Outcome(raw=exchange, clean=exchange), lists)
    return lost, targets[OLD].variables.known.get("x")


IDS: Json = {"items": [{"id": "a", "on": False}, {"id": "b", "on": True}], "none": None, "empty": []}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.items[1].id", "b"),
        ("$.items[*].id", ["a", "b"]),
        ("$.items[:1].id", ["a"]),
        ("$..id", ["a", "b"]),
        ("$.items[?@.on == true].id", "b"),
        ("$.none", None),
        ("$.empty", []),
        ("$.empty[*]", []),
        ("$.items[0]", {"id": "a", "on": False}),
    ],
)
def test_captures(stage: Stage, path: str, value: Json) -> None:
    """A path to one place gives its value, one to all of something the list, a filter what it looks for."""
    assert captured(stage, path, IDS) == ((), value)


@pytest.mark.parametrize("path", ["$.items[7].id", "$.nothing", '$.items[?@.id == "c"].id'])
def test_a_capture_of_nothing(stage: Stage, path: str) -> None:
    """What is not there gets no value, and is told."""
    assert captured(stage, path, IDS) == (("x",), None)


@pytest.mark.parametrize(
    ("path", "value"),
    [("$.items[?@.on == true].id", ["b"]), ("$.items", IDS["items"] if isinstance(IDS, dict) else None)],
)
def test_what_a_foreach_goes_over_is_captured_as_a_list(stage: Stage, path: str, value: Json) -> None:
    """Every match is kept where a step goes over the name; a list that is there stays as it is."""
    assert captured(stage, path, IDS, lists=("x",)) == ((), value)


def test_captures_are_filled(stage: Stage) -> None:
    """A placeholder in a capture's path is filled, so that a side finds its own resource by name."""
    scenario, targets = stage.targets(
        f"vars: {{name: 'of ${{side}}'}}\n{steps('{}')}"
        "    capture: {x: \"$.items[?@.name == '${name}'].id\"}\n"
    )
    body = b'{"items": [{"id": "1", "name": "of candidate"}, {"id": "2", "name": "of baseline"}]}'
    headers: Headers = (("content-type", "application/json"),)
    exchange = Exchange(
        request=Request(method="GET", url=HOST), response=Response(status=200, headers=headers, content=body)
    )
    for target in targets.values():
        target.capture(scenario.steps[0], Outcome(raw=exchange, clean=exchange), ())

    assert [target.variables.known["x"] for target in targets.values()] == ["2", "1"]


@pytest.mark.parametrize("content", [b"", b"<html>", b"{"])
def test_what_is_no_json_has_nothing_to_capture(stage: Stage, content: bytes) -> None:
    """Captures look into JSON only; a missing or broken body is no trouble of theirs."""
    scenario, targets = stage.targets(f"{steps('{}')}    capture: {{x: $.id}}\n")
    response = Response(status=200, headers=(("content-type", "application/json"),), content=content)
    exchange = Exchange(request=Request(method="GET", url=HOST), response=response)

    assert targets[OLD].capture(scenario.steps[0], Outcome(raw=exchange, clean=exchange), ()) == ("x",)


SECRET_BODY = b'{"users":[],"password":"hunter2hunter2"}'


def test_a_secret_that_was_written_into_a_cassette_by_hand_is_not_told(stage: Stage) -> None:
    """A file that was changed after it was saved is redacted when it is played."""
    stage.old = stage.new = lambda _: reply({"users": [], "note": "hello"})
    stage.run(steps("{}"), Mode.RECORD)
    path = stage.cassette(OLD)
    path.write_text(
        path.read_text("utf-8").replace('"note": "hello"', '"password": "hunter2hunter2"'), "utf-8"
    )
    result = stage.run(steps("{}"), Mode.REPLAY)

    assert stage.played(OLD).edited
    assert result.reason == ""
    assert "hunter2hunter2" not in repr(result)


@pytest.mark.parametrize(
    "tool", [None, "astro-migration-harness 0.0.1"], ids=["this version", "an older one"]
)
def test_a_secret_that_a_recording_let_pass_is_not_told(stage: Stage, tool: str | None) -> None:
    """An unchanged cassette is redacted when it is played, whichever version of the tool saved it."""
    stage.run(steps("{}"), Mode.RECORD)
    cassette = stage.played(OLD)
    assert cassette.provenance is not None
    recorded = cassette.play(filled(stage, steps("{}"))[OLD].request)
    writer = CassetteWriter()
    writer.add(replace(recorded, response=replace(reply_of(recorded), content=SECRET_BODY)), "s")
    saved_by = replace(cassette.provenance, tool=tool or cassette.provenance.tool)
    writer.save(stage.cassette(OLD), saved_by, cassette.variables)
    result = stage.run(steps("{}"), Mode.REPLAY)

    assert not stage.played(OLD).edited
    assert result.reason == ""
    assert "hunter2hunter2" not in repr(result)


def test_a_rule_that_came_after_a_recording_counts(stage: Stage) -> None:
    """What the project calls a secret since then is not told, though nobody changed the file."""
    stage.old = stage.new = lambda _: reply({"users": [], "license": "hunter2hunter2"})
    stage.run(steps("{}"), Mode.RECORD)
    told = stage.run(steps("{}"), Mode.REPLAY)
    rules = SecretRules(names=("license",))
    stage.options["settings"] = replace(stage.settings, secrets=rules)
    hidden = stage.run(steps("{}"), Mode.REPLAY)

    assert not stage.played(OLD).edited
    assert "hunter2hunter2" in repr(told)
    assert "hunter2hunter2" not in repr(hidden)
    assert hidden.reason == ""


def test_what_this_redaction_has_left_in_a_cassette_is_what_is_told(stage: Stage) -> None:
    """It is not looked through once more: a replay of it takes no time to find the same."""
    stage.run(steps("{}"), Mode.RECORD)
    assert stage.played(OLD).redaction == Redactor().edition
    writer = CassetteWriter(redaction=Redactor().edition)
    cassette = stage.played(OLD)
    recorded = cassette.play(filled(stage, steps("{}"))[OLD].request)
    writer.add(replace(recorded, response=replace(reply_of(recorded), content=SECRET_BODY)), "s")
    writer.save(stage.cassette(OLD), cassette.provenance, cassette.variables)

    assert "hunter2hunter2" in repr(stage.run(steps("{}"), Mode.REPLAY))


def test_a_redirect_that_ends_outside_of_a_cassette_is_told_without_secrets(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hop that nobody could follow is none of the file's: it has the request as the scenario writes it."""
    request = "follow_redirects: true, request: {headers: {X-Api-Key: hunter2hunter2}}"
    text = f"steps: [{{operation: ListUsers, {request}}}]"
    stage.run(text, Mode.RECORD)
    lost = Failure(kind=FailureKind.REDIRECTS, message="it leads nowhere")
    monkeypatch.setattr(
        "harness.client.live.Client.send", lambda _, request, **__: (Exchange(request=request, failure=lost),)
    )
    result = stage.run(text, Mode.REPLAY)

    assert stage.played(OLD).redaction == Redactor().edition
    assert "it leads nowhere" in repr(result)
    assert "hunter2hunter2" not in repr(result)


def reply_of(exchange: Exchange) -> Response:
    """Return the response of an exchange that has one."""
    assert exchange.response is not None
    return exchange.response


@pytest.mark.parametrize(
    ("token", "source"),
    [
        (TOKEN, Source.LIVE),
        (SANDBOX_TOKEN, Source.SANDBOX),
        *((token, Source.SANDBOX) for token in SANDBOX_TOKENS.values()),
    ],
)
def test_what_takes_the_sandboxs_token_is_the_sandbox(stage: Stage, token: str, source: Source) -> None:
    """Whatever the environment is called that leads to it: evidence from there proves nothing."""
    stage.environ["ASTRO_API_TOKEN"] = token
    _, targets = stage.targets("steps: [{operation: ListTeams}]\n")

    assert {target.provenance.source for target in targets.values()} == {source}
    for target in targets.values():
        target.close()


def test_what_is_marked_as_the_sandboxs_is_the_sandboxs(stage: Stage) -> None:
    """Live, recorded and replayed: no environment and no token makes more of it than it is."""

    def answer(_: httpx.Request) -> httpx.Response:
        made = teams()
        made.headers.update([SANDBOX_MARK])
        return made

    stage.old = stage.new = answer
    text = "steps: [{operation: ListTeams}]\n"
    live, recorded = stage.run(text), stage.run(text, Mode.RECORD)
    written = {side: Cassette.load(stage.cassette(side)).provenance for side in Side}
    for side in Side:  # as it was written before
        path = stage.cassette(side)
        path.write_text(path.read_text("utf-8").replace("source: sandbox", "source: live"), "utf-8")
    replayed = stage.run(text, Mode.REPLAY)

    assert {each.source for each in written.values() if each} == {Source.SANDBOX}
    assert {each.provenance.source for each in (live, recorded, replayed) if each.provenance} == {
        Source.SANDBOX
    }
    assert [each.verdict for each in (live, recorded, replayed)] == [Verdict.MATCH] * 3


def test_a_cassette_that_was_edited_is_told_as_one(stage: Stage) -> None:
    """What somebody wrote into one of the two is not what was recorded; the file itself cannot deny it."""
    stage.old = stage.new = lambda _: teams()
    text = "steps: [{operation: ListTeams}]\n"
    stage.run(text, Mode.RECORD)
    before = stage.run(text, Mode.REPLAY)
    path = stage.cassette(NEW)
    path.write_text(path.read_text("utf-8").replace("totalCount", "total"), "utf-8")
    after = stage.run(text, Mode.REPLAY)

    assert "edited" not in path.read_text("utf-8")
    assert [each.provenance.edited for each in (before, after) if each.provenance] == [False, True]


@pytest.mark.parametrize(
    ("base", "source"),
    [("http://127.0.0.1:8765", Source.SANDBOX), ("https://astro.example.com", Source.CASSETTE)],
)
def test_what_vcrpy_recorded_from_this_machine_is_the_sandboxs(
    stage: Stage, base: str, source: Source
) -> None:
    """A cassette that says nothing of where it is from is judged by what was called."""
    for side, api in ((Side.BASELINE, "iam/v1beta1"), (Side.CANDIDATE, "v1")):
        path = stage.cassette(side)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FOREIGN.format(url=f"{base}/{api}/organizations/{ORGANIZATION}/teams"), "utf-8")
    result = stage.run("steps: [{operation: ListTeams}]\n", Mode.REPLAY)

    assert result.provenance is not None
    assert (result.verdict, result.provenance.source) == (Verdict.MATCH, source)
