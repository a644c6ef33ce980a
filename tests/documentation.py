"""Reads README.md: its blocks of code, its commands, and the tables that are made from the code."""

from __future__ import annotations

import re
from pathlib import Path

from harness.scenario import scenario_schema

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TABLES = (
    ("of a scenario", None),
    ("of a step", "Step"),
    ("of `request` and `candidate`", "RequestSpec"),
    ("of `expect`", "Expect"),
    ("of `poll`", "Poll"),
    ("of `poll.until`", "Until"),
    ("of `foreach`", "Foreach"),
    ("of `walk`", "Walk"),
    ("of `checks`", "Checks"),
    ("of an entry of `accept`", "Acceptance"),
    ("of an entry that includes steps", "Include"),
)


def blocks(language: str) -> list[str]:
    """Return the README's blocks of code in a language."""
    return [text for name, text in _BLOCK.findall(README) if name == language]


def commands() -> list[str]:
    """Return the README's shell commands, one a line."""
    return [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


def keys_table() -> str:
    """Write the reference of a scenario's keys, as it must stand in the README."""
    schema = scenario_schema()
    parts = []
    for title, name in _TABLES:
        properties = (schema["$defs"][name] if name else schema)["properties"]
        rows = [f"| `{key}` | {_described(value)} |" for key, value in properties.items()]
        parts.append("\n".join([f"| key {title} | meaning |", "| --- | --- |", *rows]))
    return "\n\n".join(parts)


def _described(node: dict[str, str]) -> str:
    return node["description"].replace("|", "\\|")
