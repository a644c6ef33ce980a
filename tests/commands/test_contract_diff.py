"""``harness contract diff`` and ``harness contract show``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from harness.cli import main
from harness.contract import V1, load_contract
from harness.openapi import dump_api


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty project."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["contract", *argv], out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("options", "start"),
    [
        ((), "v1beta1 (contract of "),
        (("--format", "markdown"), "# Documented differences"),
        (("--format", "json"), "{"),
    ],
)
def test_diff_writes_in_three_formats(options: tuple[str, ...], start: str) -> None:
    """The whole difference is written, and differences are no failure."""
    code, out, err = _run("diff", *options)

    assert (code, err) == (0, "")
    assert out.startswith(start)
    assert "property-renamed" in out


def test_diff_of_one_operation() -> None:
    """Only the operation that was named is in the answer."""
    code, out, _ = _run("diff", "CreateApiToken", "--format", "json")

    assert code == 0
    assert [each["operation"] for each in json.loads(out)["operations"]] == ["CreateApiToken"]


@pytest.mark.parametrize(("options", "start"), [((), "ListTeams\n"), (("--format", "json"), "{")])
def test_show_writes_in_two_formats(options: tuple[str, ...], start: str) -> None:
    """One operation is shown as both contracts have it."""
    code, out, err = _run("show", "ListTeams", *options)

    assert (code, err) == (0, "")
    assert out.startswith(start)
    assert "query workspaceId" in out


@pytest.mark.parametrize("action", ["diff", "show"])
def test_an_unknown_operation_names_the_nearest(action: str) -> None:
    """A misspelled id ends with exit code 2 and one line that names what it may be."""
    code, out, err = _run(action, "ListTeam")

    assert (code, out) == (2, "")
    assert err.startswith(
        "harness: neither v1beta1 nor v1 has an operation `ListTeam`. The nearest are ListTeams"
    )


def test_the_project_decides_contracts_and_severities(project: Path) -> None:
    """Contracts and severities of the project's settings take the place of the shipped ones."""
    facts = dump_api(load_contract(V1).apis["v1"]).replace('"date":"2026-07-18"', '"date":"2026-11-01"')
    (project / "facts").mkdir()
    (project / "facts" / "v1.json").write_text(facts, "utf-8")
    (project / "pyproject.toml").write_text(
        '[tool.harness]\ncontracts = "facts"\n[tool.harness.severity]\nproperty-renamed = "info"\n', "utf-8"
    )
    _, out, _ = _run("diff", "GetApiToken", "--format", "json")
    document = json.loads(out)

    assert document["candidate"]["dates"] == {"v1": "2026-11-01"}
    assert document["operations"][0]["severity"] == "info"
