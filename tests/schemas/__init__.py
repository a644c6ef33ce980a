"""Schemas of others' formats, for what the harness writes of them, and how to hold a text to one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


def held(text: str, name: str) -> Any:
    """Read JSON that must be strict and keep to the schema of that name; return it."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    document = json.loads(text, parse_constant=refuse)
    schema = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(document)
    return document
