"""The shipped contracts: every operation is there, found by method and path, with the shapes that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.contract import (
    API_VERSIONS,
    LABS,
    V1,
    V1BETA1,
    Contract,
    Operation,
    Place,
    Schema,
    load_contract,
    load_contracts,
    parse_api,
)
from harness.errors import ContractError
from harness.exchange import Json, Side
from harness.openapi import dump_api

BASELINE, CANDIDATE = load_contract(V1BETA1), load_contract(V1)
SIDES: Mapping[str, Contract] = {V1BETA1: BASELINE, V1: CANDIDATE}


def _operation(contract: Contract, id: str) -> Operation:  # noqa: A002 - as in Contract.operation
    operation = contract.operation(id)
    assert operation is not None
    return operation


def _answer(contract: Contract, id: str, path: str) -> Place | None:  # noqa: A002 - the same
    operation = _operation(contract, id)
    schema = contract.response(operation, 200, "application/json")
    assert schema is not None
    return contract.place(operation, schema, tuple(path.split(".")))


def _sent(contract: Contract, id: str, path: str, value: Json = None) -> Place | None:  # noqa: A002 - the same
    operation = _operation(contract, id)
    return contract.place(operation, operation.request["application/json"], tuple(path.split(".")), value)


def _documented(find: Callable[[Contract, str, str], Place | None], id: str, path: str) -> list[bool]:  # noqa: A002 - the same
    """Say of each of the two sides whether it documents a place."""
    return [find(contract, id, path) is not None for contract in SIDES.values()]


def test_every_operation_is_there() -> None:
    """IAM has 35 operations, Platform 45, v1 75; the Labs API has the six that a public client names."""
    counts = {
        name: len(api.operations)
        for version in (V1BETA1, V1, LABS)
        for name, api in load_contract(version).apis.items()
    }

    assert counts == {"iam": 35, "platform": 45, "v1": 75, "labs": 6}
    assert [len(load_contract(version).operations) for version in (V1BETA1, V1, LABS)] == [80, 75, 6]


def test_shared_operations_have_the_same_address() -> None:
    """The 70 shared operations have the same method, path and id in both versions."""
    addresses = [
        {(operation.method, operation.path, operation.id) for operation in contract.operations}
        for contract in (BASELINE, CANDIDATE)
    ]

    assert len(addresses[0] & addresses[1]) == 70
    assert {id for _, _, id in addresses[1] - addresses[0]} == {  # noqa: A001 - as in Contract.operation
        "BulkCreateAllowedIpAddressRanges",
        "BulkDeleteAllowedIpAddressRanges",
        "GetDeploymentLogs",
        "GetSelfUser",
        "ListUserTeams",
    }


def test_what_each_api_says_of_itself() -> None:
    """Each API has its version, its base URL and the day of its facts."""
    apis = [api for version in (V1BETA1, V1, LABS) for api in load_contract(version).apis.values()]

    assert [(api.name, api.version, api.date, api.base_url) for api in apis] == [
        ("iam", V1BETA1, "2026-07-08", "https://api.astronomer.io/iam/v1beta1"),
        ("platform", V1BETA1, "2026-07-08", "https://api.astronomer.io/platform/v1beta1"),
        ("v1", V1, "2026-07-18", "https://api.astronomer.io/v1"),
        ("labs", LABS, "2026-08-04", "https://api.astronomer.io/labs/v1"),
    ]


@pytest.mark.parametrize("version", sorted(set(API_VERSIONS.values())))
def test_every_operation_is_found(version: str) -> None:
    """Each operation is found by its own method and path, and by an address with ids in it."""
    contract = load_contract(version)
    for operation in contract.operations:
        filled = operation.path.replace("{", "id-").replace("}", "")

        assert contract.find(operation.method, operation.path) is operation
        assert contract.find(operation.method.lower(), f"{filled}/?limit=1#x") is operation
        assert contract.operation(operation.id) is operation


@pytest.mark.parametrize("version", sorted(set(API_VERSIONS.values())))
def test_every_reference_leads_somewhere(version: str) -> None:
    """Each schema that an operation or a schema refers to is there, and every one of them is used."""
    for api in load_contract(version).apis.values():
        waiting = [parameter.schema for operation in api.operations for parameter in operation.parameters]
        waiting += [schema for operation in api.operations for schema in operation.request.values()]
        waiting += [
            schema
            for operation in api.operations
            for bodies in operation.responses.values()
            for schema in bodies.values()
        ]
        used: set[str] = set()
        while waiting:
            schema = waiting.pop()
            refs = {schema.ref, *schema.mapping.values()} - {""} - used
            used |= refs
            waiting += [api.schemas[ref] for ref in refs]
            waiting += [*schema.properties.values(), *schema.any_of]
            waiting += [inner for inner in (schema.items, schema.additional) if inner]

        assert used == set(api.schemas)


def test_names_of_parameters_do_not_matter() -> None:
    """One path has two names for its parameter, by method; both are found, in both versions."""
    for contract in SIDES.values():
        found = [contract.find(method, "/organizations/o/roles/r") for method in ("GET", "POST", "DELETE")]

        assert [operation.path.rpartition("/")[2] for operation in found if operation] == [
            "{roleId}",
            "{customRoleId}",
            "{customRoleId}",
        ]


def test_a_literal_segment_wins() -> None:
    """``self`` is no user's id where the contract has a literal path, and is one everywhere else."""
    facts = (
        '{"format":1,"name":"v1","version":"v1","date":"2026-01-01","base_url":"http://x","operations":{'
        '"GetSelf":{"method":"GET","path":"/users/self","responses":{}},'
        '"GetUser":{"method":"GET","path":"/users/{userId}","responses":{}},'
        '"DeleteUser":{"method":"DELETE","path":"/users/{userId}","responses":{}},'
        '"GetTeams":{"method":"GET","path":"/users/{userId}/teams","responses":{}}},"schemas":{}}'
    )
    contract = Contract(version=V1, apis={"v1": parse_api(facts, "x.json")})
    found = [
        contract.find(method, path)
        for method, path in (
            ("GET", "/users/self"),
            ("GET", "/users/self2"),
            ("DELETE", "/users/self"),
            ("GET", "/users/self/teams"),
        )
    ]

    assert [operation.id for operation in found if operation] == [
        "GetSelf",
        "GetUser",
        "DeleteUser",
        "GetTeams",
    ]


@pytest.mark.parametrize(
    "path",
    ["", "/", "/organizations//users", "/organisations/o/users", "/organizations/o/users/u/x", "users"],
)
def test_what_is_not_in_the_contract(path: str) -> None:
    """An unknown path, and an empty segment in place of an id, are found nowhere."""
    assert BASELINE.find("GET", path) is None


def test_an_encoded_slash_stays_in_its_segment() -> None:
    """Percent-encoding is left as it is, so an encoded slash does not end a segment."""
    found = CANDIDATE.find("GET", "/organizations/a%2Fb/users")

    assert found is not None
    assert found.id == "ListUsers"


def test_an_unknown_operation() -> None:
    """An id that no operation has gives None."""
    assert CANDIDATE.operation("ListAlerts") is None


def test_documented_statuses() -> None:
    """A status is documented by itself or by its range."""
    users, hibernation = (
        _operation(CANDIDATE, name) for name in ("ListUsers", "UpdateDeploymentHibernationOverride")
    )

    assert [CANDIDATE.documents_status(users, status) for status in (200, 401, 404, 429)] == [
        True,
        True,
        False,
        False,
    ]
    assert [CANDIDATE.documents_status(hibernation, status) for status in (200, 404, 429, 503, 302)] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_429_is_documented_nowhere() -> None:
    """No operation of v1beta1 or v1 names the status of the rate limit."""
    statuses = Counter(
        status
        for contract in SIDES.values()
        for operation in contract.operations
        for status in operation.responses
    )

    assert statuses["429"] == 0
    assert statuses["200"] > 100


def test_the_body_of_a_response() -> None:
    """A body is looked up by status, then range, then default, and by media type."""
    operation = Operation(
        id="x",
        api="v1",
        method="GET",
        path="/x",
        responses={
            "200": {"application/json": Schema(ref="A"), "text/csv": Schema(ref="B")},
            "204": {},
            "4XX": {"application/*": Schema(ref="C")},
            "default": {"*/*": Schema(ref="D")},
        },
    )
    asked = [
        (200, "application/json"),
        (200, "text/csv"),
        (200, "text/html"),
        (200, ""),
        (204, "application/json"),
        (404, "application/problem+json"),
        (404, "text/html"),
        (404, ""),
        (500, "text/html"),
    ]
    found = [CANDIDATE.response(operation, status, media) for status, media in asked]

    assert [schema.ref if schema else None for schema in found] == [
        "A", "B", None, None, None, "C", None, "C", "D",
    ]  # fmt: skip


@pytest.mark.parametrize("contract", SIDES.values(), ids=SIDES)
def test_every_json_error_has_the_same_shape(contract: Contract) -> None:
    """On both sides an error is message, requestId and statusCode, with fieldErrors sometimes."""
    operation = _operation(contract, "ListUsers")
    error = contract.response(operation, 400, "application/json")
    assert error is not None
    schema = contract.resolve(operation, error)

    assert schema.required == ("message", "requestId", "statusCode")
    assert set(schema.properties) == {"message", "requestId", "statusCode", "fieldErrors"}
    assert contract.resolve(contract.apis[operation.api], error) is schema


@pytest.mark.parametrize(
    ("id", "above"),
    [
        ("ListApiTokens", "tokens.*."),
        ("CreateApiToken", ""),
        ("GetApiToken", ""),
        ("UpdateApiToken", ""),
        ("RotateApiToken", ""),
        ("ListAgentTokens", "tokens.*."),
        ("CreateAgentToken", ""),
        ("GetAgentToken", ""),
    ],
)
def test_a_token_has_a_scope_in_place_of_a_type(id: str, above: str) -> None:  # noqa: A002 - as in Contract.operation
    """In all eight token responses ``type`` becomes ``scope``, required and with the same values."""
    old, new = _answer(BASELINE, id, f"{above}type"), _answer(CANDIDATE, id, f"{above}scope")

    assert old is not None
    assert new is not None
    assert old.required
    assert new.required
    assert set(old.schema.enum) == set(new.schema.enum) == {"ORGANIZATION", "WORKSPACE", "DEPLOYMENT"}
    assert _documented(_answer, id, f"{above}type") == [True, False]
    assert _documented(_answer, id, f"{above}scope") == [False, True]


def test_creating_a_token_needs_a_scope() -> None:
    """The request requires ``type`` of v1beta1 and ``scope`` of v1, and neither knows the other's."""
    old, new = _sent(BASELINE, "CreateApiToken", "type"), _sent(CANDIDATE, "CreateApiToken", "scope")

    assert (old and old.required, new and new.required) == (True, True)
    assert _documented(_sent, "CreateApiToken", "type") == [True, False]
    assert _documented(_sent, "CreateApiToken", "scope") == [False, True]


def test_an_organization_loses_its_support_plan() -> None:
    """``supportPlan`` was required and goes; ``productPlans`` becomes required, with a closed list."""
    plan = _answer(BASELINE, "GetOrganization", "supportPlan")
    plans = [_answer(contract, "GetOrganization", "productPlans") for contract in SIDES.values()]
    names = [
        _answer(contract, "GetOrganization", "productPlans.*.productPlanName") for contract in SIDES.values()
    ]

    assert plan is not None
    assert plan.required
    assert _documented(_answer, "GetOrganization", "supportPlan") == [True, False]
    assert _documented(_answer, "ListOrganizations", "organizations.*.supportPlan") == [True, False]
    assert [place and place.required for place in plans] == [False, True]
    assert [bool(place and place.schema.enum) for place in names] == [False, True]


def test_listing_organizations_loses_filters() -> None:
    """The query ``supportPlan`` goes, and so does OBSERVE as a value of ``astronomerProduct``."""
    queries = [
        {
            parameter.name: parameter.schema.enum
            for parameter in _operation(contract, "ListOrganizations").parameters
        }
        for contract in SIDES.values()
    ]

    assert ["supportPlan" in query for query in queries] == [True, False]
    assert ["OBSERVE" in query["astronomerProduct"] for query in queries] == [True, False]


@pytest.mark.parametrize("name", ["workloadIdentity", "drWorkloadIdentity"])
def test_a_deployment_shows_its_effective_identity(name: str) -> None:
    """The response's identity gets the prefix ``effective``; the request still takes the plain name."""
    effective = "effective" + ("DR" + name[2:] if name.startswith("dr") else name[0].upper() + name[1:])

    assert _documented(_answer, "GetDeployment", name) == [True, False]
    assert _documented(_answer, "GetDeployment", effective) == [False, True]
    assert _documented(_sent, "UpdateDeployment", name) == [True, True]


def test_a_nullable_response_in_v1beta1_only() -> None:
    """v1beta1 may answer null for the fields of a hibernation override; v1 leaves them out."""
    places = [
        _answer(contract, "UpdateDeploymentHibernationOverride", "isActive") for contract in SIDES.values()
    ]

    assert [place and place.nullable for place in places] == [True, False]


def test_a_deployment_is_created_by_its_type() -> None:
    """The discriminator ``type`` chooses among the deployment requests; v1 asks for less."""
    hybrid: Json = {"type": "HYBRID"}
    standard: Json = {"type": "STANDARD"}

    assert _sent(BASELINE, "CreateDeployment", "scheduler", hybrid) is not None
    assert _sent(BASELINE, "CreateDeployment", "scheduler", standard) is None
    places = [
        _sent(contract, "CreateDeployment", name, standard)
        for contract in SIDES.values()
        for name in ("executor", "name", "workspaceId")
    ]
    assert [place and place.required for place in places] == [True, True, True, False, True, True]


def test_a_remembered_place_is_the_same() -> None:
    """Asking again gives the same answer, whatever was asked in between."""
    asked: list[tuple[str, Json]] = [
        ("scheduler", {"type": value}) for value in ("HYBRID", "STANDARD", "HYBRID")
    ]
    found = [_sent(BASELINE, "CreateDeployment", name, value) is not None for name, value in asked]
    twice = [_answer(BASELINE, "GetDeployment", "workloadIdentity") for _ in range(2)]

    assert found == [True, False, True]
    assert twice[0] is twice[1]


def test_contracts_are_read_once() -> None:
    """Loading a contract again gives the same object."""
    assert load_contract(V1) is CANDIDATE


def test_an_unknown_version() -> None:
    """A version that there is not is an error that names those there are."""
    with pytest.raises(ContractError) as caught:
        load_contract("v2")

    assert str(caught.value) == "there is no API version `v2`. Use one of v1beta1, v1, labs/v1."


def test_own_facts_take_the_place_of_the_package_s(tmp_path: Path) -> None:
    """Facts in a directory of the user's win; what is not there comes from the package."""
    facts = '{"format":1,"name":"iam","version":"v1beta1","date":"2026-09-01","base_url":"http://x","operations":{},'
    (tmp_path / "iam-v1beta1.json").write_text(f'{facts}"schemas":{{}}}}', "utf-8")
    contract = load_contract(V1BETA1, tmp_path)

    assert [api.date for api in contract.apis.values()] == ["2026-09-01", "2026-07-08"]
    assert len(contract.operations) == 45


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format":1,\n', "x.json:2: the facts are not JSON"),
        ("[]", "x.json: this is no facts file of format 1"),
        ('{"format":2}', "x.json: this is no facts file of format 1"),
        ('{"format":1}', "x.json: the facts are damaged (KeyError: 'name')"),
        (
            '{"format":1,"name":"v1","version":"v1","date":"","base_url":"","operations":{},"schemas":{"A":{"tpye":1}}}',
            "x.json: the facts are damaged (TypeError",
        ),
        (
            '{"format":1,"name":"v1","version":"v1","date":"","base_url":"","operations":[],"schemas":{}}',
            "x.json: the facts are damaged (AttributeError",
        ),
    ],
)
def test_damaged_facts(text: str, message: str) -> None:
    """Facts that cannot be read are an error that says how to write them again."""
    with pytest.raises(ContractError) as caught:
        parse_api(text, "x.json")

    assert str(caught.value).startswith(message)
    assert str(caught.value).endswith("Write it again with `harness contract build`.")


def test_a_place_has_one_name_in_all_operations() -> None:
    """A token alone and a token in a list are one schema; what is asked twice is looked up once."""
    contract = load_contract(V1BETA1)
    names = set()
    for id_, segments in (("GetApiToken", ("type",)), ("ListApiTokens", ("tokens", "*", "type"))) * 2:
        operation = contract.operation(id_)
        assert operation is not None
        schema = contract.response(operation, 200, "application/json")
        assert schema is not None
        names.add(contract.place_name(operation, schema, segments))

    assert names == {"ApiToken.type"}


@pytest.mark.parametrize(
    ("version", "operation", "names"),
    [
        (V1BETA1, "ListApiTokens", ("tokens",)),
        (V1, "ListRoles", ("defaultRoles", "roles")),
        (V1, "DeleteApiToken", ()),
        (V1BETA1, "GetClusterOptions", ()),
    ],
)
def test_the_lists_of_an_answer_are_those_at_its_top(
    version: str, operation: str, names: tuple[str, ...]
) -> None:
    """A list in pages stands beside its totals; other answers have none."""
    contract = load_contract(version)
    found = contract.operation(operation)
    assert found is not None

    assert contract.lists(found) == names


def test_each_side_has_its_contract() -> None:
    """The baseline's is v1beta1's, the candidate's v1's."""
    found = load_contracts()

    assert {side: contract.version for side, contract in found.items()} == {
        Side.BASELINE: V1BETA1,
        Side.CANDIDATE: V1,
    }
    assert found == load_contracts()


@pytest.mark.parametrize(
    ("version", "path", "api"),
    [
        ("v1beta1", "/organizations/o/teams/t/unheard/of", "iam"),
        ("v1beta1", "/organizations/o/workspaces/w/unheard", "platform"),
        ("v1beta1", "/unheard", "platform"),
        ("v1", "/unheard", "v1"),
        ("labs/v1", "/unheard", "labs"),
    ],
)
def test_the_api_of_an_unknown_path_is_that_of_the_nearest(version: str, path: str, api: str) -> None:
    """Where no part of the path is known, it is the largest API of the version."""
    assert load_contract(version).api_of(path) == api


def test_the_facts_of_another_api_are_refused(tmp_path: Path) -> None:
    """A copied file would compare v1 with itself, or end a command where it looks for its operations."""
    api = load_contract(V1).apis["v1"]
    (tmp_path / "platform-v1beta1.json").write_text(dump_api(api), "utf-8")

    with pytest.raises(ContractError, match=r"these are the facts of v1, and not of platform"):
        load_contract(V1BETA1, tmp_path)


def test_facts_in_another_encoding_are_a_mistake_of_the_file(tmp_path: Path) -> None:
    """They are told as damaged ones are."""
    (tmp_path / "v1.json").write_bytes(b"\xff\xfe{")

    with pytest.raises(ContractError, match="the facts are not JSON"):
        load_contract(V1, tmp_path)
