"""``harness schema``."""

from __future__ import annotations

from pathlib import Path

from harness.scenario import schema_text
from tests.calling import harness


def test_the_schema_is_printed_and_written(tmp_path: Path) -> None:
    """The schema for editors is printed, or written where it is asked for."""
    printed = harness("schema").out
    path = tmp_path / "editors" / "scenario.schema.json"
    written = harness("schema", "--output", path)

    assert printed == path.read_text("utf-8") == schema_text()
    assert written.code == 0
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
