"""The JSON Schema of scenario files, for editors; written from the model, so it cannot disagree with it."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Final

from harness.contract import V1, V1BETA1, load_contract
from harness.rules import RULES
from harness.scenario import model
from harness.scenario.model import ScenarioFile
from harness.variables import NAME

SCHEMA_FILE: Final = "scenario.schema.json"
"""The name under which the schema is published, in the package and in the repository."""


def scenario_schema(
    *, operations: Iterable[str] | None = None, rules: Iterable[str] | None = None
) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of scenario files and of shared files.

    Args:
        operations: The ids that editors complete; None takes those of the package's contracts.
        rules: The same for the rules of acceptances; None takes the catalogue.
    """
    if operations is None:
        contracts = (load_contract(V1BETA1), load_contract(V1))
        operations = {operation.id for contract in contracts for operation in contract.operations}
    schema: dict[str, Any] = _plain(ScenarioFile.model_json_schema())
    for name, node in [(ScenarioFile.__name__, schema), *schema["$defs"].items()]:
        _describe(name, node)
    schema["required"] = ["steps"]
    # A file that holds nothing but steps is one that scenarios include.
    schema["anyOf"] = [{"required": ["scenario"]}, {"maxProperties": 1}]
    definitions = schema["$defs"]
    definitions["Acceptance"]["properties"]["rule"]["enum"] = sorted(RULES if rules is None else rules)
    definitions["Step"]["properties"]["operation"]["enum"] = sorted(operations)
    definitions["Step"]["anyOf"] = [
        {"required": ["operation"]},
        {"required": ["request"], "properties": {"request": {"required": ["method", "path"]}}},
    ]
    _refuse_what_the_reader_refuses(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Scenario", **schema}


def _refuse_what_the_reader_refuses(schema: dict[str, Any]) -> None:
    """Add what no single key says: names of variables, and keys that do not go together."""
    definitions = schema["$defs"]
    name = {"pattern": f"^{NAME.pattern}$"}
    rows = schema["properties"]["data"]["items"]
    for variables in (schema["properties"]["vars"], rows, definitions["Step"]["properties"]["capture"]):
        variables["propertyNames"] = name
    definitions["Foreach"]["properties"]["as"].update(name)
    told_twice = [{"required": [key], "properties": {key: {"type": "string"}}} for key in ("method", "path")]
    definitions["Step"]["not"] = {
        "required": ["operation", "request"],
        "properties": {"request": {"anyOf": told_twice}},
    }
    value = [{"required": ["equals"]}, {"required": ["in"]}]
    definitions["Until"] |= {
        "anyOf": [{"required": ["path"]}, {"required": ["status"]}],
        "dependentSchemas": {"path": {"anyOf": value}},
        "not": {"required": ["equals", "in"]},
    }


def schema_text() -> str:
    """Return the schema as it is published: JSON with an indent of two, and a last newline."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def _describe(name: str, node: dict[str, Any]) -> None:
    """Describe the keys of a mapping by the docstrings under the model's fields.

    pydantic can do so itself, each time that the model is imported; that takes a tenth of a run's start.
    """
    kind = getattr(model, name)
    for parent in reversed(kind.__mro__):
        for field, said in _docstrings().get(parent.__name__, {}).items():
            key = kind.model_fields[field].alias or field
            node["properties"][key]["description"] = said


@cache
def _docstrings() -> Mapping[str, Mapping[str, str]]:
    """Return the docstring under each field of each class of the model."""
    classes = [node for node in ast.parse(inspect.getsource(model)).body if isinstance(node, ast.ClassDef)]
    return {
        each.name: {
            field.target.id: inspect.cleandoc(said.value.value)
            for field, said in pairwise(each.body)
            if isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and field.target.id in getattr(model, each.name).model_fields
            and isinstance(said, ast.Expr)
            and isinstance(said.value, ast.Constant)
            and isinstance(said.value.value, str)
        }
        for each in classes
    }


def _plain(schema: Any) -> Any:
    """Leave out what tells a reader nothing: names as titles, empty defaults, null where it is one."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(value) for key, value in schema.items() if key not in {"title", "default"}}
    if schema.get("default") and not isinstance(schema["default"], dict | list):
        plain["default"] = schema["default"]
    choices = plain.get("anyOf", [])
    if len(choices) == 2 and choices[1] == {"type": "null"} and "default" in schema:
        plain.pop("anyOf")
        plain = {**choices[0], **plain}
    return plain
