"""The proof table, run through `harness compare` as a whole."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from harness.rules import Severity
from tests.harmless import HARMLESS
from tests.proof import BREAKS_OR_DIFFERS, Proof


def _compared(proof: Proof, directory: Path) -> tuple[int, Any]:
    files = [directory / "baseline.json", directory / "candidate.json"]
    for file, document in zip(files, proof.pair, strict=True):
        file.write_text(json.dumps(document), "utf-8")
    output, errors = io.StringIO(), io.StringIO()
    options = ["--operation", proof.operation] if proof.operation else []
    code = main(["compare", *map(str, files), "--format", "json", *options], output, errors)
    assert errors.getvalue() == ""
    return code, json.loads(output.getvalue())


def _is(proof: Proof, found: Any) -> bool:
    return (found["rule"], found["path"], found["to"]) == (proof.rule, proof.path, proof.to)


def _check(proof: Proof, result: Any) -> None:
    found = [(each["rule"], each["severity"], each["path"], each["to"]) for each in result["findings"]]
    assert result["verdict"] == proof.verdict, found
    if proof.rule:
        assert (proof.rule, proof.severity.value, proof.path, proof.to) in found
        assert proof.documented in (
            "",
            next(each["documented"] for each in result["findings"] if _is(proof, each)),
        )
    else:
        assert {severity for _, severity, _, _ in found} <= {"info"}


@pytest.mark.parametrize("proof", BREAKS_OR_DIFFERS, ids=str)
def test_a_documented_difference_is_found(proof: Proof, tmp_path: Path) -> None:
    """Each difference has its verdict, rule, severity and places, and breaks the build if it is breaking."""
    code, result = _compared(proof, tmp_path)
    _check(proof, result)
    breaking = any(each["severity"] == "breaking" for each in result["findings"])
    assert breaking is (proof.severity is Severity.BREAKING)
    assert code == int(breaking)


@pytest.mark.parametrize("proof", HARMLESS, ids=str)
def test_what_is_harmless_is_never_breaking(proof: Proof, tmp_path: Path) -> None:
    """Nothing of the table is called breaking, and each case has the verdict that it deserves."""
    code, result = _compared(proof, tmp_path)
    _check(proof, result)
    assert code == 0
    assert "breaking" not in {each["severity"] for each in result["findings"]}


def test_the_table_is_balanced() -> None:
    """There are as many cases that must not be called breaking, and no two have one name."""
    assert len(HARMLESS) >= len(BREAKS_OR_DIFFERS)
    names = [proof.name for proof in (*BREAKS_OR_DIFFERS, *HARMLESS)]
    assert len(set(names)) == len(names)
