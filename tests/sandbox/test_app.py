"""Tests of the web application as a whole."""

from __future__ import annotations

import json
import logging
import socket
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from harness.contract import API_VERSIONS, LABS, V1, V1BETA1, Contract, Operation, load_contract
from harness.sandbox import BASES, SANDBOX_TOKEN, Clock, running
from harness.sandbox.app import BODY_LIMIT, _Asked, _is_near, _Sandbox
from harness.sandbox.assumptions import MOST_RESOURCES
from harness.sandbox.faults import Fault
from harness.sandbox.setup import Setup
from harness.sandbox.surface import FAMILIES
from harness.struct import replace
from tests.sandbox.api import ORGANIZATION, Api
from tests.sandbox.bodies import bodies

COLLECTIONS = {
    "agentTokenId": "deployments/{deploymentId}/agent-tokens",
    "clusterId": "clusters",
    "customRoleId": "roles",
    "deployId": "deployments/{deploymentId}/deploys",
    "deploymentId": "deployments",
    "environmentObjectId": "environment-objects",
    "roleId": "roles",
    "teamId": "teams",
    "tokenId": "tokens",
    "userId": "users",
    "workspaceId": "workspaces",
    "alertId": "alerts",
    "notificationChannelId": "notification-channels",
}
READS = [
    operation
    for version in (V1BETA1, V1)
    for operation in load_contract(version).operations
    if operation.method == "GET"
]
REQUIRED: dict[str, dict[str, Any]] = {
    "GetClusterOptions": {"type": "DEDICATED"},
    "GetDeploymentLogs": {"sources": ["worker"]},
}


def _name(value: object) -> str:
    return f"{value.api}-{value.id}" if isinstance(value, Operation) else str(value)


def _first_id(api: Api, parameter: str, known: dict[str, str]) -> str:
    """Return the id of the first resource that a path parameter can name."""
    owner = "platform" if parameter in ("alertId", "notificationChannelId") else "v1"
    path = f"{ORGANIZATION}/{COLLECTIONS[parameter].format(**known)}"
    envelope = api.call("GET", owner, path, query={"limit": 1})
    return str(next(value for value in envelope.values() if isinstance(value, list))[0]["id"])


@pytest.mark.parametrize("operation", READS, ids=_name)
def test_every_reading_operation_answers_as_documented(api: Api, operation: Operation) -> None:
    """Each GET of both versions answers 200 from the first resources, in the shape of its contract."""
    path = operation.path.replace("/organizations/{organizationId}", ORGANIZATION)
    known: dict[str, str] = {}
    for segment in path.split("/"):
        if segment.startswith("{"):
            known[segment[1:-1]] = _first_id(api, segment[1:-1], known)
    answer = api.send("GET", operation.api, path.format(**known), query=REQUIRED.get(operation.id))

    assert answer.status_code == 200


@pytest.mark.parametrize("side", list(BASES))
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH"])
def test_an_unknown_path_is_not_found(api: Api, side: str, method: str) -> None:
    """A path that the version does not have answers 404 with the error body, with any method or token."""
    stranger = Api(api.url, api.client, token=None)
    answer = stranger.send(method, side, "/planets")

    assert answer.status_code == 404
    assert answer.json()["message"] == f"no route found for {method} {BASES[side]}/planets"


@pytest.mark.parametrize(
    ("side", "path"), [("platform", f"{ORGANIZATION}/users"), ("iam", f"{ORGANIZATION}/clusters")]
)
def test_the_apis_of_v1beta1_do_not_mix(api: Api, side: str, path: str) -> None:
    """An operation of IAM is unknown below the base URL of Platform, and the other way round."""
    assert api.send("GET", side, path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD", "OPTIONS"])
def test_a_known_path_names_its_methods(api: Api, method: str) -> None:
    """A path that exists with other methods answers 405 and says which."""
    answer = api.client.request(method, f"{api.url}/v1{ORGANIZATION}/teams")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("side", "path", "status"),
    [
        ("v1", "/organizations/clunknown0000000000000000", 404),
        ("v1", f"{ORGANIZATION}/teams/clunknown0000000000000000", 404),
        ("iam", f"{ORGANIZATION}/teams/clunknown0000000000000000", 404),
        ("v1", "/organizations/clunknown0000000000000000/users", 403),
        ("v1", f"{ORGANIZATION}/teams/%2e%2e%2f", 404),
    ],
)
def test_an_unknown_id(api: Api, side: str, path: str, status: int) -> None:
    """An unknown id is not found, and forbidden where no 404 is documented."""
    assert api.send("GET", side, path).status_code == status


def test_a_resource_of_another_organization_is_not_found(api: Api) -> None:
    """An id leads nowhere below an organization that it does not belong to."""
    organizations = api.call("GET", "v1", "/organizations")["organizations"]
    other = next(item["id"] for item in organizations if item["name"] == "Meridian Labs")
    workspace = api.seeded("v1", f"{ORGANIZATION}/workspaces", "Data Platform")["id"]

    assert api.call("GET", "v1", f"/organizations/{other}/workspaces")["totalCount"] == 0
    assert api.send("GET", "v1", f"/organizations/{other}/workspaces/{workspace}").status_code == 404


@pytest.mark.parametrize(
    "content", [b"{", b"[1,", b'{"name": NaN}', b'{"name": 1e999}', b"\xff", b"[" * 100_000]
)
def test_a_body_that_is_no_json_is_refused(api: Api, content: bytes) -> None:
    """A body that is not JSON answers 400 with the error body."""
    answer = api.send("POST", "v1", f"{ORGANIZATION}/teams", content=content)

    assert answer.status_code == 400
    assert answer.json()["message"] == "invalid request body: not JSON"


@pytest.mark.parametrize("body", [[], "text", 7, None, True])
@pytest.mark.parametrize("path", ["teams", "deployments"])
def test_a_body_that_is_no_object_is_refused(api: Api, path: str, body: Any) -> None:
    """A JSON body that is no object answers 400, for plain bodies and for unions."""
    content = json.dumps(body).encode()
    answer = api.send("POST", "v1", f"{ORGANIZATION}/{path}", content=content)

    assert answer.status_code == 400
    assert answer.json()["fieldErrors"][0]["code"] == "type"


def test_a_body_may_hold_any_characters(api: Api) -> None:
    """Half a character, as JSON can escape it, comes back as it was sent."""
    made = api.call("POST", "v1", f"{ORGANIZATION}/teams", content=b'{"name": "\\ud800 \\u00fc"}')

    assert made["name"] == "\ud800 \u00fc"


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 8 * BODY_LIMIT])
def test_a_large_body_is_refused(api: Api, size: int) -> None:
    """A body above the limit answers 413 with the error body, however it is sent."""

    def chunks() -> Iterator[bytes]:
        yield from (b" " * 65_536 for _ in range(size // 65_536 + 1))

    whole = api.send("POST", "v1", f"{ORGANIZATION}/teams", content=b" " * size)
    url = f"{api.url}/iam/v1beta1{ORGANIZATION}/teams"
    parts = api.client.post(url, content=chunks(), headers={"authorization": f"Bearer {api.token}"})

    assert whole.status_code == 413
    assert parts.status_code == 413
    assert parts.json()["statusCode"] == 413


def test_a_body_of_the_largest_size_is_read(api: Api) -> None:
    """A body of exactly the limit is taken."""
    content = b'{"name": "x"}'.ljust(BODY_LIMIT)

    assert api.send("POST", "v1", f"{ORGANIZATION}/teams", content=content).status_code == 200


def test_a_client_that_goes_away_does_no_harm(api: Api) -> None:
    """A connection that ends inside a request changes nothing, and the next one is served."""
    host, _, port = api.url.removeprefix("http://").partition(":")
    head = f"POST /v1{ORGANIZATION}/teams HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{"
    before = api.call("GET", "v1", f"{ORGANIZATION}/teams")["totalCount"]
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode())

    assert api.call("GET", "v1", f"{ORGANIZATION}/teams")["totalCount"] == before


def test_an_operation_that_it_does_not_have_is_said() -> None:
    """An operation of the contract that nothing answers gives 501 and says that the sandbox lacks it."""
    contract = load_contract(V1)
    facts = contract.apis["v1"]
    planets = replace(facts.operations[0], id="ListPlanets", path="/planets", method="GET")
    contracts = {V1: Contract(version=V1, apis={"v1": replace(facts, operations=(planets,))})}
    with running(contracts=contracts) as url, httpx.Client() as client:
        answer = Api(url, client).send("GET", "v1", "/planets")

    assert answer.status_code == 501
    assert answer.json()["message"] == "the sandbox does not have ListPlanets"


class _BrokenClock(Clock):
    """A clock that stops working."""

    def tick(self, version: str) -> datetime:  # noqa: ARG002 - the clock's own signature
        """Return what is no time."""
        return None  # type: ignore[return-value]  # that is the point


def test_a_mistake_of_the_sandbox_has_the_error_body(caplog: pytest.LogCaptureFixture) -> None:
    """A failure inside answers 500 with the error body, and says in the log where it happened."""
    with caplog.at_level(logging.ERROR), running(clock=_BrokenClock()) as url, httpx.Client() as client:
        answer = Api(url, client).send("GET", "v1", "/organizations")

    assert answer.status_code == 500
    assert answer.json()["message"] == "the sandbox failed: AttributeError"
    assert "Traceback" in caplog.text


def _story(api: Api, sides: tuple[str, ...]) -> dict[str, list[bytes]]:
    """Do the same few things through each API in turn; return what each of them answered."""
    told: dict[str, list[bytes]] = {side: [] for side in sides}
    for side in sides:
        made = api.send("POST", side, f"{ORGANIZATION}/teams", body={"name": "twins"})
        seen = api.send("GET", side, f"{ORGANIZATION}/teams/{made.json()['id']}")
        lost = api.send("GET", side, f"{ORGANIZATION}/teams/clunknown0000000000000000")
        told[side] += [made.content, seen.content, lost.content]
    return told


def _fresh_story(seed: int, sides: tuple[str, ...]) -> dict[str, list[bytes]]:
    with running(seed=seed) as url, httpx.Client() as client:
        return _story(Api(url, client), sides)


def test_equal_seeds_give_equal_answers() -> None:
    """The same requests get the same bytes from every sandbox of one seed, and other ids from another."""
    first, again, other = (_fresh_story(seed, ("iam", "v1")) for seed in (1, 1, 2))

    assert first == again
    assert first["iam"] != other["iam"]


def test_the_pace_of_the_other_side_does_not_matter() -> None:
    """A side gets the same answers whichever side is served first, or if the other is not there."""
    first = _fresh_story(0, ("iam", "v1"))
    reverse = _fresh_story(0, ("v1", "iam"))
    alone = _fresh_story(0, ("v1",))

    assert first == reverse
    assert alone["v1"] == first["v1"]


def test_both_sides_get_ids_of_their_own(api: Api) -> None:
    """The same create through both versions makes two resources."""
    body = {"name": "same body"}
    ids = {api.call("POST", side, f"{ORGANIZATION}/teams", body=body)["id"] for side in ("iam", "v1", "iam")}

    assert len(ids) == 3


CONTRACTS = {version: load_contract(version) for version in (V1BETA1, V1, LABS)}
WRITES = [
    operation for contract in CONTRACTS.values() for operation in contract.operations if operation.request
]


def _first_ids(sandbox: _Sandbox) -> dict[str, str]:
    """Return an id for every path parameter, of the first resource of its family."""
    known = {name: "none" for family in FAMILIES for name in family.parameters}
    for family in FAMILIES:
        resource = next(sandbox._store.all(family.name), {})
        known |= {name: resource.get(family.id_field, "none") for name in family.parameters}
    return known


@pytest.mark.parametrize("operation", WRITES, ids=_name)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_no_body_makes_it_fail(operation: Operation, data: st.DataObject) -> None:
    """Whatever the bodies of a write, good or bad, the sandbox answers them without failing."""
    sandbox = _Sandbox(CONTRACTS, Clock(), 0, Setup())
    known = _first_ids(sandbox)
    path = operation.path
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    for body in data.draw(
        st.lists(bodies(CONTRACTS[API_VERSIONS[operation.api]], operation, known), min_size=1, max_size=3)
    ):
        asked = _Asked(
            method=operation.method,
            path=BASES[operation.api] + path,
            query=(),
            authorization=f"Bearer {SANDBOX_TOKEN}",
            content=json.dumps(body).encode(),
        )

        assert sandbox.answer(asked).answer.status < 500


def test_every_api_of_the_contracts_is_served() -> None:
    """Each API that a contract can be about has a base path, named like its API version."""
    assert set(BASES) == set(API_VERSIONS)
    assert all(base.endswith(API_VERSIONS[name]) for name, base in BASES.items())


def _ask(sandbox: _Sandbox, method: str, path: str, body: Any = None, **more: Any) -> Any:
    """Ask a sandbox in this process through v1; return its answer."""
    asked = _Asked(
        method=method,
        path=f"/v1{path}",
        query=(),
        authorization=f"Bearer {SANDBOX_TOKEN}",
        content=b"" if body is None else json.dumps(body).encode(),
        **more,
    )
    return sandbox.answer(asked).answer


def test_memory_stays_flat() -> None:
    """However many things are made, read and deleted, nothing is left of them."""
    setup = Setup(faults=(Fault(version="*", operation="CreateTeam", kind="503", rate=0.1),))
    sandbox = _Sandbox(CONTRACTS, Clock(), 0, setup)
    bodies_ = [{"name": f"team {number}"} for number in range(200)]

    def lives() -> None:
        for body in bodies_:
            _ask(sandbox, "POST", f"{ORGANIZATION}/teams", body)
            for team in [*sandbox._store.all("teams")][3:]:
                sandbox.answer(
                    _Asked(
                        method="DELETE",
                        path=f"/v1{ORGANIZATION}/teams/{team['id']}",
                        query=(),
                        authorization=f"Bearer {SANDBOX_TOKEN}",
                        content=b"",
                    )
                )

    tracemalloc.start()
    try:
        lives()
        before = tracemalloc.get_traced_memory()[0]
        lives()
        lives()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert sandbox._store.count("teams") == 3
    assert grown < 100 * 1024


def test_a_family_has_a_most() -> None:
    """Beyond the most resources that it keeps, the sandbox refuses to make another."""
    sandbox = _Sandbox(CONTRACTS, Clock(), 0, Setup())
    for number in range(MOST_RESOURCES):
        sandbox._store.add("teams", str(number), {"id": str(number)})
    answer = _ask(sandbox, "POST", f"{ORGANIZATION}/teams", {"name": "one too many"})

    assert answer.status == 400
    assert "keeps at most 10000 of these" in answer.data["message"]


@pytest.mark.parametrize(("side", "refused"), [("v1", 400), ("iam", 200)])
def test_v1_can_be_asked_for_by_its_minor(api: Api, side: str, refused: int) -> None:
    """X-API-Version 1.0 is what v1 is; another one is refused, and v1beta1 knows no such header."""
    path = f"{ORGANIZATION}/teams"

    assert api.send("GET", side, path, headers={"x-api-version": "1.0"}).status_code == 200
    assert api.send("GET", side, path, headers={"x-api-version": "9.9"}).status_code == refused


def test_faults_meet_the_calls_that_they_are_for() -> None:
    """A fault of one version and operation leaves every other call alone, and repeats with the seed."""
    setup = Setup(faults=(Fault(version="v1", operation="ListTeams", kind="503", rate=0.5),))
    runs = []
    for _ in range(2):
        with running(setup=setup) as url, httpx.Client() as client:
            headers = {"authorization": f"Bearer {SANDBOX_TOKEN}"}
            runs.append(
                [client.get(f"{url}/v1{ORGANIZATION}/teams", headers=headers).status_code for _ in range(30)]
            )
            api = Api(url, client)
            assert api.send("GET", "iam", f"{ORGANIZATION}/teams").status_code == 200
            assert api.send("GET", "v1", f"{ORGANIZATION}/users").status_code == 200

    assert set(runs[0]) == {200, 503}
    assert runs[0] == runs[1]


def test_faults_do_not_change_what_is_made() -> None:
    """With faults the ids and secrets are those that they are without."""
    teams = []
    for faults in ((), (Fault(version="*", operation="ListUsers", kind="503", rate=0.5),)):
        sandbox = _Sandbox(CONTRACTS, Clock(), 0, Setup(faults=faults))
        for _ in range(5):
            _ask(sandbox, "GET", f"{ORGANIZATION}/users")
        teams.append(_ask(sandbox, "POST", f"{ORGANIZATION}/teams", {"name": "x"}).data["id"])

    assert teams[0] == teams[1]


def test_only_callers_nearby_may_ask_for_a_fault() -> None:
    """The header for a fault counts on this machine only."""
    near, far, unknown = (
        Request({"type": "http", "client": client, "headers": []})
        for client in (("127.0.0.1", 1), ("192.0.2.1", 1), None)
    )

    assert (_is_near(near), _is_near(far), _is_near(unknown)) == (True, False, False)


@pytest.mark.parametrize(
    ("kind", "made"), [("429", 0), ("503", 0), ("html", 0), ("reset", 1), ("truncated", 1)]
)
def test_a_call_that_is_turned_away_is_not_done(kind: str, made: int) -> None:
    """After a 429 or a gateway's error the call can be made again; a lost answer may have been a success."""
    sandbox = _Sandbox(CONTRACTS, Clock(), 0, Setup())
    before = sandbox._store.count("teams")
    _ask(sandbox, "POST", f"{ORGANIZATION}/teams", {"name": "x"}, fault=kind)

    assert sandbox._store.count("teams") - before == made
