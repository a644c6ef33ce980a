"""What an answer shows beyond or against its own contract, and what v1's contract does not accept."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.conformance import Conformance, answer_facts, released_fields, request_facts
from harness.contract import V1, V1BETA1, Api, Contract, Operation, load_contract
from harness.difference import Difference, Kind
from harness.exchange import Exchange, Json, Request, Side
from harness.schema import Schema
from tests.builders import answers, error, exchange, failed, operations, request

_TEXT, _NUMBER = Schema(types=("string",)), Schema(types=("number",))
_WHOLE = Schema(types=("integer",))


def _object(properties: Mapping[str, Schema], *required: str) -> Schema:
    return Schema(types=("object",), properties=properties, required=required)


_SCHEMAS = {
    "Cat": _object({"kind": _TEXT, "lives": _WHOLE}, "kind", "lives"),
    "Dog": _object({"kind": _TEXT, "bones": _WHOLE}, "kind", "bones"),
    "Pet": Schema(
        any_of=(Schema(ref="Cat"), Schema(ref="Dog")),
        discriminator="kind",
        mapping={"CAT": "Cat", "DOG": "Dog"},
    ),
    "Named pet": Schema(
        properties={"name": _TEXT}, required=("name",), any_of=(Schema(ref="Cat"), Schema(ref="Dog"))
    ),
}
_NO_VALUE = "is not one of the contract's values"
_ANY_PETS = Schema(types=("array",), items=Schema(ref="Pet"))


def _contract(answer: Schema, version: str = V1) -> tuple[Contract, Operation]:
    operation = Operation(
        id="GetThing",
        api="v1",
        method="GET",
        path="/things",
        responses={
            "200": {"application/json": answer},
            "4XX": {"application/json": _object({"message": _TEXT})},
        },
    )
    api = Api(
        name="v1",
        version=version,
        date="2026-01-01",
        base_url="https://api.example.com/v1",
        operations=(operation,),
        schemas=_SCHEMAS,
    )
    return Contract(version=version, apis={"v1": api}), operation


def _violations(schema: Schema, value: Json) -> list[tuple[Kind, str, str]]:
    found = Conformance(*_contract(schema)).violations(schema, value)
    return [(one.kind, ".".join(one.place), one.what) for one in found]


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        (Schema(), [None, 1, "a", [], {}, {"any": "thing"}]),
        (_TEXT, ["", "a"]),
        (_NUMBER, [1, 1.5, 10**400, 1e300]),
        (_WHOLE, [1, 1.0, -3, 10**400]),
        (Schema(types=("boolean",)), [True, False]),
        (Schema(types=("string", "null")), ["a", None]),
        (Schema(types=("string",), enum=("A", "B")), ["A", "B"]),
        (Schema(types=("string", "null"), enum=("A",)), ["A", None]),
        (Schema(types=("array",), items=_TEXT), [[], ["a", "b"]]),
        (Schema(types=("array",)), [[1, "a", None]]),
        (_object({"a": _TEXT, "b": _NUMBER}, "a"), [{"a": ""}, {"a": "", "b": 1}]),
        (_object({}), [{}, {"any": 1}]),
        (Schema(types=("object",), additional=_NUMBER), [{}, {"any": 1, "a.b": 2}]),
        (Schema(ref="Pet"), [{"kind": "CAT", "lives": 9}, {"kind": "DOG", "bones": 3}]),
        (_ANY_PETS, [[{"kind": "CAT", "lives": 9}, {"kind": "DOG", "bones": 3}] * 20]),
        (Schema(ref="Named pet"), [{"name": "Tom", "kind": "CAT", "lives": 9}]),
    ],
)
def test_a_value_that_follows_its_schema_has_no_violation(schema: Schema, values: list[Json]) -> None:
    """What the schema allows is not held against the value."""
    assert [_violations(schema, value) for value in values] == [[]] * len(values)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (_TEXT, 1, (Kind.BROKEN, "", "is number where the contract says string")),
        (_TEXT, None, (Kind.BROKEN, "", "is null where the contract says string")),
        (_WHOLE, 1.5, (Kind.BROKEN, "", "is number where the contract says integer")),
        (_WHOLE, 1e999, (Kind.BROKEN, "", "is number where the contract says integer")),
        (_WHOLE, True, (Kind.BROKEN, "", "is boolean where the contract says integer")),
        (Schema(types=("boolean",)), 0, (Kind.BROKEN, "", "is number where the contract says boolean")),
        (
            Schema(types=("string", "null")),
            [],
            (Kind.BROKEN, "", "is array where the contract says string or null"),
        ),
        (
            Schema(types=("string",), enum=("A",)),
            "a",
            (Kind.BROKEN, "", "is not one of the contract's values"),
        ),
        (Schema(enum=("A",)), 7, (Kind.BROKEN, "", "is not one of the contract's values")),
        (_object({"a": _TEXT}, "a"), {}, (Kind.BROKEN, "a", "is required and absent")),
        (
            _object({"a": _TEXT}),
            {"a": "", "b": 1},
            (Kind.UNDOCUMENTED, "b", "is not in the contract"),
        ),
        (
            Schema(types=("array",), items=_TEXT),
            ["a", 1],
            (Kind.BROKEN, "*", "is number where the contract says string"),
        ),
        (
            Schema(types=("object",), additional=_NUMBER),
            {"any": "1"},
            (Kind.BROKEN, "*", "is string where the contract says number"),
        ),
        (
            Schema(ref="Pet"),
            {"kind": "DOG", "bones": "3"},
            (Kind.BROKEN, "bones", "is string where the contract says integer"),
        ),
        (
            Schema(ref="Pet"),
            {"kind": "COW", "bones": 3, "x": 1},
            (Kind.UNDOCUMENTED, "x", "is not in the contract"),
        ),
        (
            Schema(ref="Named pet"),
            {"kind": "DOG", "bones": 3},
            (Kind.BROKEN, "name", "is required and absent"),
        ),
    ],
)
def test_a_violation_is_told_with_its_place(
    schema: Schema, value: Json, expected: tuple[Kind, str, str]
) -> None:
    """Each way to leave the schema is told, with the kind, the place and the reason."""
    assert _violations(schema, value) == [expected]


@pytest.mark.parametrize(
    ("schema", "element", "expected"),
    [
        (_object({"a": _TEXT, "b": _TEXT}, "b"), {"a": "x"}, (Kind.BROKEN, "*.b", "is required and absent")),
        (_object({"a": _TEXT}), {"a": 1}, (Kind.BROKEN, "*.a", "is number where the contract says string")),
        (_object({"a": _TEXT}), {"a": "x", "b": "y"}, (Kind.UNDOCUMENTED, "*.b", "is not in the contract")),
        (_object({"a": Schema(enum=("A",))}), {"a": "B"}, (Kind.BROKEN, "*.a", _NO_VALUE)),
        (Schema(types=("object",), enum=("A",)), {}, (Kind.BROKEN, "*", _NO_VALUE)),
        (
            Schema(types=("object",), any_of=(_object({"a": _TEXT}, "a"),)),
            {},
            (Kind.BROKEN, "*.a", "is required and absent"),
        ),
        (Schema(types=("array",)), {}, (Kind.BROKEN, "*", "is object where the contract says array")),
    ],
)
def test_flat_elements_are_held_against_all_of_their_schema(
    schema: Schema, element: Json, expected: tuple[Kind, str, str]
) -> None:
    """The quick look at the elements of a list passes over nothing: each of them is told."""
    assert _violations(Schema(types=("array",), items=schema), [element, element]) == [expected, expected]


def test_each_element_follows_its_own_variant() -> None:
    """Elements of a union that take turns are each held against their own variant."""
    pets: list[Json] = [{"kind": "CAT", "lives": 9}, {"kind": "DOG", "lives": 9}] * 10

    found = _violations(_ANY_PETS, pets)

    assert found.count((Kind.BROKEN, "*.bones", "is required and absent")) == 10
    assert found.count((Kind.UNDOCUMENTED, "*.lives", "is not in the contract")) == 10
    assert len(found) == 20


def _facts(made: Exchange, schema: Schema, side: Side = Side.CANDIDATE) -> tuple[Difference, ...]:
    return answer_facts(made, side, *_contract(schema))


def test_an_answer_is_held_against_its_own_contract() -> None:
    """One fact a generic place, with an example and a count, on the side that answered."""
    schema = Schema(types=("array",), items=_object({"a": _TEXT}))
    made = exchange([{"a": 1}, {"a": "fine"}, {"a": 2, "b": 3}])

    for side in Side:
        broken, undocumented = _facts(made, schema, side)

        assert (broken.kind, broken.path, broken.seen, broken.side) == (Kind.BROKEN, "$.body[*].a", 2, side)
        assert undocumented.kind is Kind.UNDOCUMENTED
        assert undocumented.path == "$.body[*].b"
        assert (broken.baseline, broken.candidate) == ((1, None) if side is Side.BASELINE else (None, 1))
        assert broken.detail == "$.body[*].a of v1's answer is number where the contract says string"


@pytest.mark.parametrize(
    "made",
    [
        exchange({"a": "fine"}),
        exchange({"message": "no"}, 404),
        exchange({"a": 1}, 429),
        exchange({"a": 1}, 502),
        exchange({"a": 1}, 503),
        exchange({"a": 1}, 504),
        failed(),
        exchange(content=b"{", headers=(("content-type", "application/json"),)),
        exchange(content=b"a,b", headers=(("content-type", "text/csv"),)),
        exchange(content=b""),
    ],
)
def test_what_cannot_be_held_against_a_contract_is_left_alone(made: Exchange) -> None:
    """Conforming answers, gateways' answers, failures and bodies without a schema make no fact."""
    assert _facts(made, _object({"a": _TEXT})) == ()


def test_an_undocumented_status_is_told_and_nothing_else() -> None:
    """A status that the contract does not name is one fact; its body has no schema to follow."""
    (found,) = _facts(exchange({"x": 1}, 518), _object({"a": _TEXT}))

    assert (found.kind, found.path, found.candidate) == (Kind.UNDOCUMENTED, "$.status", 518)
    assert _facts(exchange({"x": 1}, 418), _object({}))[0].path == "$.body.x"


@pytest.mark.parametrize("operation", ["ListApiTokens", "GetOrganization", "ListDeployments", "ListTeams"])
def test_documented_answers_conform(operation: str) -> None:
    """Answers made from the shipped contracts break neither of them."""
    for side, version, data in zip(Side, (V1BETA1, V1), answers(operation), strict=True):
        contract = load_contract(version)
        of = contract.operation(operation)
        assert of is not None
        assert answer_facts(exchange(data), side, contract, of) == ()
        assert answer_facts(exchange(error(403), 403), side, contract, of) == ()


def _refused(operation: str, sent: Request) -> list[tuple[str, Json]]:
    old, new = operations(operation)
    assert old is not None
    assert new is not None
    found = request_facts(sent, (load_contract(V1BETA1), old), (load_contract(V1), new))
    return [(fact.path, fact.candidate) for fact in found]


_TOKEN: dict[str, Json] = {"name": "ci", "role": "WORKSPACE_MEMBER"}


@pytest.mark.parametrize(
    ("operation", "sent", "expected"),
    [
        ("ListOrganizations", request(query="supportPlan=TRIAL"), [("$.request.query.supportPlan", "TRIAL")]),
        ("ListOrganizations", request(query="supportPlan="), [("$.request.query.supportPlan", "")]),
        (
            "ListOrganizations",
            request(query="limit=20&astronomerProduct=ASTRO&astronomerProduct=OBSERVE"),
            [("$.request.query.astronomerProduct", "OBSERVE")],
        ),
        ("ListOrganizations", request(query="astronomerProduct=ASTRO&productPlan=TRIAL&sorts=name:asc"), []),
        ("ListOrganizations", request(query="astronomerProduct=NONSENSE&nonsense=1&sorts=nonsense"), []),
        ("ListTeams", request(query="workspaceId=new-in-v1"), []),
        (
            "CreateApiToken",
            request("POST", data={**_TOKEN, "type": "WORKSPACE"}),
            [("$.request.body.scope", None), ("$.request.body.type", "WORKSPACE")],
        ),
        ("CreateApiToken", request("POST", data={**_TOKEN, "scope": "WORKSPACE"}), []),
        (
            "CreateApiToken",
            request("POST", data={**_TOKEN, "scope": "NONSENSE"}),
            [("$.request.body.scope", "NONSENSE")],
        ),
        ("CreateApiToken", request("POST", data=[]), []),
        ("CreateApiToken", request("POST", data={**_TOKEN, "scope": "WORKSPACE", "nonsense": 1}), []),
        ("CreateApiToken", request("POST"), []),
        ("DeleteApiToken", request("DELETE"), []),
        ("DeleteApiToken", request("DELETE", data={"any": "thing"}), []),
    ],
)
def test_only_what_v1_alone_refuses_is_told(
    operation: str, sent: Request, expected: list[tuple[str, Json]]
) -> None:
    """A parameter, value or property is told if v1beta1's contract takes it and v1's does not."""
    assert _refused(operation, sent) == expected


def test_a_refused_property_is_worded() -> None:
    """The fact names the version, the property and what is wrong with it."""
    old, new = operations("CreateApiToken")
    assert old is not None
    assert new is not None
    sent = request("POST", data={**_TOKEN, "type": "WORKSPACE"})

    details = [
        fact.detail for fact in request_facts(sent, (load_contract(V1BETA1), old), (load_contract(V1), new))
    ]

    assert details == [
        "in v1 the property $.request.body.scope of the request is required and absent",
        "in v1 the property $.request.body.type of the request is not in the contract",
    ]


_SMALL: dict[str, Json] = {"name": "n", "workspaceId": "w"}


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ((_SMALL, _SMALL), True),
        (({**_SMALL, "name": "a"}, {**_SMALL, "name": "b"}), True),
        (({"name": "n"}, {"name": "n"}), True),
        ((_SMALL, {"name": "n", "workspaceId": "w", "type": "STANDARD"}), True),
        (({"nothing": 1}, {"nothing": 1}), True),
    ],
)
def test_what_v1_asks_less_for_is_named(
    sent: tuple[dict[str, Json], dict[str, Json]], *, named: bool
) -> None:
    """Of a small body, what v1beta1's contract requires and v1's does not is named; never what both want."""
    old, new = operations("CreateDeployment")
    assert old is not None
    assert new is not None
    requests = request("POST", data=sent[0]), request("POST", data=sent[1])

    names = released_fields(requests, (load_contract(V1BETA1), old), (load_contract(V1), new))

    assert bool(names) is named
    assert not {"name", "workspaceId"} & set(names)


@pytest.mark.parametrize(
    "sent",
    [
        (request("POST"), request("POST")),
        (request("POST", data=_SMALL), request("POST")),
    ],
)
def test_a_request_without_a_body_is_asked_for_nothing(sent: tuple[Request, Request]) -> None:
    """Without two bodies nothing is said of what they leave out."""
    old, new = operations("CreateDeployment")
    assert old is not None
    assert new is not None

    assert released_fields(sent, (load_contract(V1BETA1), old), (load_contract(V1), new)) == ()


def test_what_the_candidate_sends_besides_is_not_released() -> None:
    """What the candidate's request mends is no sign that its contract asks less."""
    old, new = operations("CreateApiToken")
    assert old is not None
    assert new is not None
    requests = request("POST", data=_TOKEN), request("POST", data={**_TOKEN, "type": "WORKSPACE"})

    assert released_fields(requests, (load_contract(V1BETA1), old), (load_contract(V1), new)) == ()
