"""What commands read and write for their callers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.calling import OPENAPI, harness, refused

MISTAKES: Final[dict[str, tuple[Callable[[Path], list[object]], str]]] = {
    "no file": (
        lambda root: ["contract", "build", root / "no.yaml", "--api", "v1"],
        "the file cannot be read",
    ),
    "a directory": (lambda root: ["contract", "build", root, "--api", "v1"], "the file cannot be read"),
    "no text": (lambda root: ["contract", "build", root / "bytes", "--api", "v1"], "it is not UTF-8 text"),
    "no API": (lambda root: ["contract", "build", root / "tiny.yaml", "--api", "v2"], "there is no API `v2`"),
    "no day": (
        lambda root: ["contract", "build", root / "tiny.yaml", "--api", "v1", "--date", "soon"],
        "`soon` is not a date",
    ),
    "no output": (
        lambda root: ["contract", "build", root / "tiny.yaml", "--api", "v1", "--output", root],
        "the file cannot be written (Is a directory)",
    ),
    "no directory": (
        lambda root: ["schema", "--output", root / "bytes" / "schema.json"],
        "the file cannot be written",
    ),
    "no rule": (
        lambda _: ["explain", "property-renamd"],
        "there is no rule `property-renamd`. Write `property-renamed`.",
    ),
    "no such rule at all": (
        lambda _: ["explain", "xyz"],
        "there is no rule `xyz`. `harness rules` lists them.",
    ),
    "no log": (lambda root: ["report", root / "events.jsonl"], "the log of the run cannot be read"),
    "no events": (lambda root: ["report", root / "tiny.yaml"], "this line is damaged"),
}


@pytest.mark.parametrize(("arguments", "why"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_one_line(tmp_path: Path, arguments: Callable[[Path], list[object]], why: str) -> None:
    """A mistake in what a command was given exits with 2 and one line on the error stream."""
    (tmp_path / "tiny.yaml").write_text(OPENAPI, "utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    before = sorted(tmp_path.iterdir())

    assert why in refused(harness(*arguments(tmp_path)))
    assert sorted(tmp_path.iterdir()) == before
