"""The builder: an OpenAPI document becomes facts, equal documents equal text, and mistakes are told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract import Api, Contract, Operation, Parameter, Schema, parse_api
from harness.document import read_document
from harness.errors import ContractError
from harness.exchange import Json
from harness.openapi import build_api, dump_api

DOCUMENT = """\
openapi: 3.0.3
info: {title: Pets, version: v1.0, description: prose}
servers:
- url: https://{region}.example.com/api/
  variables: {region: {default: eu}}
tags: [{name: Pet, description: prose}]
paths:
  x-own: {}
  /organizations/{organizationId}/pets:
    summary: prose
    parameters:
    - {name: organizationId, in: path, required: true, schema: {type: string}, description: prose}
    - $ref: '#/components/parameters/Limit'
    post:
      operationId: CreatePet
      description: prose
      tags: [Pet]
      security: []
      requestBody: {$ref: '#/components/requestBodies/Pet'}
      responses:
        200:
          description: OK
          headers: {X-Trace: {schema: {type: string}}}
          content:
            application/json; charset=utf-8:
              schema: {$ref: '#/components/schemas/Pet'}
              example: {id: prose}
        4xx: {$ref: '#/components/responses/Error'}
        default: {description: prose}
    get:
      operationId: ListPets
      parameters:
      - {name: limit, in: query, schema: {type: integer, maximum: 10}}
      - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}
      - {name: X-Client, in: header, schema: {type: string}}
      - {name: Authorization, in: header, schema: {type: string}}
      responses:
        '204': {description: prose}
  /{unsaid}/logs/:
    get:
      responses:
        '200': {description: prose, content: {text/plain: {}, text/csv: {}}}
components:
  parameters:
    Limit: {name: limit, in: query, required: true, schema: {type: integer, default: 20}}
  requestBodies:
    Pet: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  responses:
    Error:
      description: prose
      content: {application/json: {schema: {type: object, properties: {message: {type: string}}}}}
  schemas:
    Unused: {type: string}
    Pet:
      description: prose
      type: object
      required: [name]
      properties:
        name: {type: string, example: prose}
        parent: {$ref: '#/components/schemas/Pet'}
        prose-free: {type: string}
"""

FACTS = """\
{
"format":1,
"name":"v1",
"version":"v1",
"date":"2026-07-18",
"base_url":"https://eu.example.com/api",
"operations":{
"ListPets":{"method":"GET","path":"/organizations/{organizationId}/pets","parameters":\
[{"name":"organizationId","in":"path","required":true,"schema":"string"},\
{"name":"limit","in":"query","schema":{"type":"integer","maximum":10}},\
{"name":"filter","in":"query","schema":{"type":"object","additional":""}},\
{"name":"X-Client","in":"header","schema":"string"}],"responses":{"204":{}}},
"CreatePet":{"method":"POST","path":"/organizations/{organizationId}/pets","parameters":\
[{"name":"organizationId","in":"path","required":true,"schema":"string"},\
{"name":"limit","in":"query","required":true,"schema":{"type":"integer","default":20}}],\
"request":{"application/json":"#Pet"},"request_required":true,"responses":\
{"200":{"application/json":"#Pet"},"4XX":{"application/json":{"type":"object","properties":{"message":"string"}}},\
"default":{}}},
"GET /{unsaid}/logs/":{"method":"GET","path":"/{unsaid}/logs","parameters":\
[{"name":"unsaid","in":"path","required":true,"schema":"string"}],"responses":{"200":{"text/csv":"","text/plain":""}}}
},
"schemas":{
"Pet":{"type":"object","properties":{"name":"string","parent":"#Pet","prose-free":"string"},"required":["name"]}
}
}
"""


def _build(text: str, *, name: str = "v1", date: str = "2026-07-18") -> Api:
    return build_api(text, "pets.yaml", name=name, date=date)


def _message(text: str, **arguments: str) -> str:
    with pytest.raises(ContractError) as caught:
        _build(text, **arguments)
    return str(caught.value)


def test_a_document_becomes_facts() -> None:
    """Methods, paths, parameters and shapes are kept, one operation or schema a line; prose is not."""
    assert dump_api(_build(DOCUMENT)) == FACTS


def test_the_same_document_gives_the_same_bytes() -> None:
    """Building again changes nothing, nor does JSON in place of YAML, nor the order of keys."""
    root = read_document(DOCUMENT, "pets.yaml", scalar_keys=True).data
    facts = dump_api(_build(json.dumps(root)))

    assert facts == dump_api(_build(DOCUMENT)) == FACTS
    assert dump_api(_build(json.dumps(_reversed(root), indent=2))) == facts


def _reversed(node: Json) -> Json:
    """Turn the order of keys round; a list's order means something and stays."""
    if isinstance(node, dict):
        return {key: _reversed(node[key]) for key in reversed(node)}
    return [_reversed(item) for item in node] if isinstance(node, list) else node


def test_facts_are_read_back() -> None:
    """What was written is read to the same facts."""
    api = _build(DOCUMENT)

    assert parse_api(dump_api(api), "x.json") == api


def test_an_openapi_3_1_document() -> None:
    """OpenAPI 3.1 is read with its type lists, constants and references with neighbours."""
    document = {
        "openapi": "3.1.0",
        "webhooks": {"ignored": {}},
        "paths": {
            "/pets/{petId}": {
                "get": {
                    "operationId": "GetPet",
                    "parameters": [
                        {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}
                    ],
                    "responses": {
                        "200": {
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": "#/components/schemas/Pet", "description": "prose"}
                                }
                            }
                        }
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Pet": {
                    "type": "object",
                    "properties": {
                        "name": {"type": ["string", "null"]},
                        "kind": {"const": "CAT"},
                        "parent": {"anyOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "null"}]},
                    },
                }
            }
        },
    }
    api = _build(json.dumps(document))
    contract = Contract(version="v1", apis={"v1": api})
    operation = contract.find("GET", "/pets/7")
    assert operation is not None
    schema = contract.response(operation, 200, "application/json")
    assert schema == Schema(ref="Pet")
    places = [
        contract.place(operation, schema, path)
        for path in (("name",), ("kind",), ("parent",), ("parent", "parent", "name"))
    ]

    assert [place and place.nullable for place in places] == [True, False, True, True]
    assert [place and place.schema.enum for place in places] == [(), ("CAT",), (), ()]


@pytest.mark.parametrize(
    ("servers", "base_url"),
    [
        ("", "https://api.astronomer.io/platform/v1beta1"),
        ("servers: []\n", "https://api.astronomer.io/platform/v1beta1"),
        ("servers: [{url: /v1}]\n", "https://api.astronomer.io/platform/v1beta1"),
        ("servers: [{url: 'https://a.example/x/'}, {url: 'https://b.example'}]\n", "https://a.example/x"),
    ],
)
def test_the_base_url(servers: str, base_url: str) -> None:
    """The base URL is the first server's, or production's where the document names no absolute one."""
    api = _build(f"openapi: 3.0.3\n{servers}paths: {{}}\n", name="platform")

    assert (api.base_url, api.version, api.name) == (base_url, "v1beta1", "platform")


@pytest.mark.parametrize(
    ("name", "url", "other"),
    [
        ("iam", "https://api.astronomer.io/v1", "v1"),
        ("v1", "https://a.example/astro/platform/v1beta1/", "platform"),
        ("v1", "https://api.astronomer.io/labs/v1", "labs"),
    ],
)
def test_the_document_of_another_api_is_refused(name: str, url: str, other: str) -> None:
    """Its facts would send calls to the wrong base URL."""
    with pytest.raises(ContractError) as caught:
        _build(f"openapi: 3.0.3\nservers:\n- url: {url}\npaths: {{}}\n", name=name)

    assert str(caught.value).startswith(f"pets.yaml:3: this is the document of {other}, whose base URL is ")
    assert f"--api {other}" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("  /a:\n    get: {operationId: A}\n", "pets.yaml:4: the operation has no responses"),
        ("  a: {}\n", "pets.yaml:3: the path `a` does not begin with a slash"),
        ("  /a: []\n", "pets.yaml:3: `/a` is not a mapping"),
        ("  /a:\n    get: x\n", "pets.yaml:4: `get` is not a mapping"),
        ("  /a: {$ref: 'a.yaml'}\n", "pets.yaml:3: the reference 'a.yaml' leads out of the document. Bundle"),
        (
            "  /a:\n    get:\n      responses: {ok: {}, 200: {}}\n",
            "pets.yaml:5: `ok` is not a status, a range such as 4XX, or default",
        ),
        (
            "  /a:\n    parameters:\n    - {name: b}\n    get:\n      responses: {200: {}}\n",
            "pets.yaml:5: a parameter needs a `name`, and an `in` that is",
        ),
        (
            "  /a:\n    get: &a\n      operationId: A\n      responses: {200: {}}\n    post: *a\n",
            "pets.yaml:7: the operationId `A` is already on line 4",
        ),
        (
            "  /a/{b}:\n    get: {responses: {200: {}}}\n  /a/{c}:\n    get: {responses: {200: {}}}\n",
            "pets.yaml:6: the operation `GET /a/{}` is already on line 4",
        ),
        (
            "  /a:\n    get:\n      responses: {200: {content: {a/b: {schema: {type: no}}}}}\n",
            "pets.yaml:5: `no` is not a type",
        ),
    ],
)
def test_mistakes_of_a_document(body: str, problem: str) -> None:
    """A mistake is told with file and line."""
    assert _message(f"openapi: 3.0.3\npaths:\n{body}").startswith(problem)


def test_all_mistakes_at_once() -> None:
    """Every mistake of a document is told, in the order of the lines."""
    text = "openapi: 3.0.3\npaths:\n  a: {}\n  /b:\n    get: {}\n    put: 5\n"

    assert [line.split(":")[1] for line in _message(text).splitlines()] == ["3", "5", "6", "6"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("openapi: 3.0.3\npaths: {\n", "pets.yaml:2: while parsing a flow"),
        ("a: 1\na: 2\n", "pets.yaml:2: the key `a` is already on line 1"),
        ("<!DOCTYPE html>\n<html></html>\n", "pets.yaml:1: this is HTML or XML, and no OpenAPI document"),
        ("\n<html><title>Log in: x</title>\n", "pets.yaml:1: this is HTML or XML, and no OpenAPI document"),
        ("Not found", "pets.yaml:1: the document is not a mapping"),
        ("swagger: '2.0'\npaths: {}\n", "pets.yaml:1: this is Swagger 2.0"),
    ],
)
def test_what_is_no_openapi_document(text: str, problem: str) -> None:
    """Text that is no OpenAPI 3 document is told as a contract's error."""
    assert _message(text).startswith(problem)


def test_wrong_arguments() -> None:
    """A name that is no API's and a date that is none are told with what is right."""
    assert _message(DOCUMENT, name="v2") == "there is no API `v2`. Use one of iam, platform, v1, labs."
    assert _message(DOCUMENT, date="July 2026") == "`July 2026` is not a date. Write it as in 2026-07-18."


_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=4,
)
_TYPES = st.lists(st.sampled_from(["string", "integer", "object", "array", "null"]), max_size=3, unique=True)
_BOUND = st.none() | st.integers(0, 9)
_SCHEMAS = st.recursive(
    _NAMES.map(lambda ref: Schema(ref=ref)) | _TYPES.map(lambda types: Schema(types=tuple(types))),
    lambda inner: st.builds(
        Schema,
        types=_TYPES.map(tuple),
        properties=st.dictionaries(_NAMES, inner, max_size=3),
        required=st.lists(_NAMES, max_size=2).map(tuple),
        items=st.none() | inner,
        additional=st.none() | inner,
        enum=st.lists(_JSON, max_size=2).map(tuple),
        format=st.just("") | _NAMES,
        any_of=st.lists(inner, max_size=2).map(tuple),
        discriminator=st.just("") | _NAMES,
        mapping=st.dictionaries(_NAMES, _NAMES, max_size=2),
        default=_JSON | st.just(""),
        minimum=_BOUND,
        maximum=_BOUND,
        min_length=_BOUND,
        max_length=_BOUND,
        min_items=_BOUND,
        max_items=_BOUND,
        pattern=st.just("") | _NAMES,
    ),
    max_leaves=6,
)
_BODIES = st.dictionaries(_NAMES, _SCHEMAS, max_size=2)
_OPERATIONS = st.builds(
    Operation,
    id=_NAMES,
    api=st.just("iam"),
    method=_NAMES,
    path=_NAMES,
    parameters=st.lists(
        st.builds(Parameter, name=_NAMES, location=_NAMES, required=st.booleans(), schema=_SCHEMAS),
        max_size=2,
    ).map(tuple),
    request=_BODIES,
    request_required=st.booleans(),
    responses=st.dictionaries(_NAMES, _BODIES, max_size=2),
)
_APIS = st.builds(
    Api,
    name=st.just("iam"),
    version=_NAMES,
    date=_NAMES,
    base_url=_NAMES,
    operations=st.lists(_OPERATIONS, max_size=3, unique_by=lambda operation: operation.id).map(tuple),
    schemas=st.dictionaries(_NAMES, _SCHEMAS, max_size=3),
)


@given(_APIS)
def test_any_facts_are_read_back(api: Api) -> None:
    """Whatever the facts hold, they are written and read to the same, and written again to the same text."""
    text = dump_api(api)
    read = parse_api(text, "x.json")

    assert read == api
    assert dump_api(read) == text
