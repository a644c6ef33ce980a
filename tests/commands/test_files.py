"""What commands read and write for their callers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from harness.commands.files import known_secrets, page_redactor
from harness.settings import SecretRules, load_settings
from harness.struct import replace
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


def test_a_page_knows_the_secrets_of_the_process_and_the_rules_of_the_project(tmp_path: Path) -> None:
    """Values by the names of their variables, and what the project calls a secret."""
    settings = replace(load_settings(tmp_path), secrets=SecretRules(patterns=(r"walrus-\d+",)))
    redactor = page_redactor(settings, {"OTHER_TOKEN": "sturdy-value-42", "HOME": "/home"})
    assert redactor.text("a sturdy-value-42 b") == "a [OTHER_TOKEN] b"
    assert "walrus-17" not in redactor.text("a walrus-17 b")


def test_a_secret_may_begin_with_a_slash(tmp_path: Path) -> None:
    """Only what is there on this machine is the path of a secret, and none itself."""
    (tmp_path / "key.pem").write_text("x", "utf-8")
    environ = {
        "A_TOKEN": "/9j4AAQSkZJRgABAQAAAQ",
        "B_TOKEN": str(tmp_path / "key.pem"),
        "C_TOKEN": f"/{'x' * 5000}",
        "D_TOKEN": "/zero\0byte",
    }

    assert known_secrets(load_settings(tmp_path), environ).keys() & environ.keys() == {
        "A_TOKEN",
        "C_TOKEN",
        "D_TOKEN",
    }


def test_blanks_at_the_ends_are_no_part_of_a_secret(tmp_path: Path) -> None:
    """It is looked for as it is sent; of nothing but blanks there is nothing to look for."""
    environ = {"A_TOKEN": " sturdy-value-42\n", "SHORT": "\tsmall ", "B_TOKEN": " " * 20}

    known = known_secrets(load_settings(tmp_path), environ, ("SHORT", "ABSENT"))

    assert (known["A_TOKEN"], known["SHORT"]) == ("sturdy-value-42", "small")
    assert not known.keys() & {"B_TOKEN", "ABSENT"}
