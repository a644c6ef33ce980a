"""The JSON Schema for editors: it is the published one, describes every key, and agrees with the reader."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from harness.scenario import SCHEMA_FILE, scenario_schema, schema_text
from tests.scenario.test_mistakes import FULL


def valid(data: object) -> bool:
    """Whether the schema accepts the data."""
    return jsonschema.Draft202012Validator(scenario_schema()).is_valid(data)


def described(schema: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key that the schema names, with what it says of it."""
    for key, value in schema.get("properties", {}).items():
        yield f"{name}.{key}", value
    for key, value in schema.get("$defs", {}).items():
        yield from described(value, key)


def test_the_published_schema_is_up_to_date() -> None:
    """The file in the package is what the model gives: ``harness schema`` writes it again."""
    assert files("harness").joinpath(SCHEMA_FILE).read_text("utf-8") == schema_text()


def test_the_schema_is_a_schema() -> None:
    """The document follows the draft that it names."""
    jsonschema.Draft202012Validator.check_schema(scenario_schema())


def test_every_key_is_described_and_has_an_example() -> None:
    """Editors show a sentence and an example for each key of a scenario file."""
    keys = dict(described(scenario_schema()))

    assert len(keys) > 40
    assert [key for key, value in keys.items() if not str(value.get("description", "")).endswith(".")] == []
    assert [key for key, value in keys.items() if not value.get("examples")] == []


def test_editors_complete_what_is_one_of_a_list() -> None:
    """Operations, rules, methods and checks are enumerated."""
    schema = scenario_schema(operations=["B", "A"], rules=["r"])
    definitions = schema["$defs"]

    assert definitions["Step"]["properties"]["operation"]["enum"] == ["A", "B"]
    assert definitions["Acceptance"]["properties"]["rule"]["enum"] == ["r"]
    assert "PATCH" in definitions["RequestSpec"]["properties"]["method"]["enum"]
    alone, listed = definitions["Checks"]["properties"]["auth"]["anyOf"]
    assert alone["const"] == "all"
    assert {"all", "missing", "malformed", "invalid", "readonly"} < set(listed["items"]["enum"])
    assert "ListUsers" in scenario_schema()["$defs"]["Step"]["properties"]["operation"]["enum"]


def test_a_scenario_is_valid() -> None:
    """What the reader reads, the schema accepts; so with a file that has only steps."""
    assert valid(FULL)
    assert valid({"steps": [{"operation": "ListUsers"}, {"include": "x.yaml"}]})


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("scenario",), None),
        (("scenaro",), "x"),
        (("steps",), []),
        (("steps", 0, "operation"), "ListUser"),
        (("steps", 0, "requst"), {}),
        (("steps", 0, "request", "query", "a"), {"b": 1}),
        (("steps", 0, "expect", "status"), "200"),
        (("steps", 0, "expect", "status"), 99),
        (("steps", 0, "accept", 0, "rule"), "propertyrenamed"),
        (("steps", 0, "accept", 0, "reason"), ""),
        (("steps", 0, "timeout"), 0),
        (("steps", 1, "foreach", "as"), 3),
        (("steps", 1, "poll", "until", "in"), []),
        (("steps", 0, "request", "method"), "GET"),
        (("steps", 0, "request", "path"), "/organizations"),
        (("steps", 0, "capture"), {"1x": "$.id"}),
        (("steps", 1, "foreach", "as"), "1x"),
        (("steps", 1, "poll", "until"), {"path": "$.status"}),
        (("steps", 1, "poll", "until"), {"equals": "A"}),
        (("steps", 1, "poll", "until"), {"path": "$.status", "equals": "A", "in": ["B"]}),
        (("vars",), {"a-b": 1}),
        (("data", 0), {"row": "one", "off-set": 0}),
        (("steps", 2, "request", "method"), "get"),
        (("steps", 2, "request"), {"method": "GET"}),
        (("checks", "auth", 0), "mising"),
        (("data",), []),
    ],
)
def test_a_scenario_with_a_mistake_is_not_valid(place: tuple[str | int, ...], value: object) -> None:
    """What the reader refuses in a single key, an editor underlines."""
    data = copy.deepcopy(FULL)
    node: Any = data
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value

    assert not valid(data)


def test_a_body_of_the_candidate_is_whole() -> None:
    """Editors say so where it is written, and no example leaves out what v1beta1 is sent."""
    definitions = scenario_schema()["$defs"]
    candidate = definitions["Step"]["properties"]["candidate"]
    body = definitions["RequestSpec"]["properties"]["body"]

    assert "a body as a whole" in candidate["description"]
    assert "the whole body" in body["description"]
    (example,) = candidate["examples"]
    assert example["body"].keys() > body["examples"][0].keys()


def test_a_file_without_a_title_holds_steps_and_nothing_else() -> None:
    """A scenario without its title is no shared file."""
    assert not valid({key: value for key, value in FULL.items() if key != "scenario"})


def test_the_text_is_json_with_a_last_newline() -> None:
    """The file can be written as it is, and diffs line by line."""
    assert json.loads(schema_text()) == scenario_schema()
    assert schema_text().endswith("}\n")
