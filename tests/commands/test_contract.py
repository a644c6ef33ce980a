"""``harness contract where`` and ``build``."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import V1, load_contract
from harness.openapi import dump_api
from tests.calling import ALERTS, OPENAPI, harness, refreshed, refused


def test_where_a_call_lands() -> None:
    """A call that v1 has is told with its new URL; the exit code is 0."""
    called = harness("contract", "where", "get", "/iam/v1beta1/organizations/o1/users?limit=5")

    assert (called.code, called.err) == (0, "")
    assert "In v1: GET https://api.astronomer.io/v1/organizations/o1/users?limit=5" in called.out


def test_where_an_unsupported_call_lands() -> None:
    """A call that v1 does not have exits with 1 and tells what there is instead."""
    called = harness("contract", "where", "GET", ALERTS)

    assert (called.code, called.err) == (1, "")
    assert "v1 does not support ListAlerts." in called.out
    assert "Labs API" in called.out


def test_where_an_unknown_call_lands() -> None:
    """A call that v1beta1 never had is a mistake, and the nearest ones are named."""
    line = refused(harness("contract", "where", "GET", "/organizations/o1/user"))

    assert line.startswith("v1beta1 has no operation GET /organizations/o1/user. ")
    assert "ListUsers" in line


def test_a_contract_is_built(tmp_path: Path) -> None:
    """A document becomes the facts that the harness reads, in a directory that need not be there."""
    document = tmp_path / "tiny.yaml"
    document.write_text(OPENAPI, "utf-8")
    output = tmp_path / "contracts" / "v1.json"
    called = harness("contract", "build", document, "--api", "v1", "--date", "2026-11-01", "--output", output)

    assert called == (0, f"{output}: 1 operations, 0 schemas\n", "")
    contract = load_contract(V1, tmp_path / "contracts")
    assert contract.apis["v1"].date == "2026-11-01"
    assert contract.find("GET", "/things") is not None


def test_a_contract_is_printed(tmp_path: Path) -> None:
    """Without an output the facts are printed, and nothing else."""
    document = tmp_path / "tiny.yaml"
    document.write_text(OPENAPI, "utf-8")
    called = harness("contract", "build", document, "--api", "v1", "--date", "2026-11-01")

    directory = tmp_path / "printed"
    directory.mkdir()
    (directory / "v1.json").write_text(called.out, "utf-8")
    assert called.out == dump_api(load_contract(V1, directory).apis["v1"])


def test_facts_without_operations_are_refused(tmp_path: Path) -> None:
    """A document without operations would say that every endpoint is gone; nothing is written."""
    document, output = tmp_path / "v1.yaml", tmp_path / "v1.json"
    document.write_text("openapi: 3.0.3\ninfo: {title: a, version: v1}\npaths: {}\n", "utf-8")

    assert "the document has no operations" in refused(
        harness("contract", "build", document, "--api", "v1", "--output", output)
    )
    assert not output.exists()


def test_a_call_lands_by_the_projects_own_contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a refreshed contract of v1 has is supported."""
    refreshed(tmp_path)
    monkeypatch.chdir(tmp_path)
    called = harness("contract", "where", "GET", ALERTS)

    assert (called.code, called.err) == (0, "")
    assert "In v1: GET https://api.astronomer.io/v1/organizations/o1/alerts" in called.out


def test_a_contract_of_the_project_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told with its file and line, and the package's does not take its place."""
    refreshed(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contracts" / "v1.json").write_text("{", "utf-8")

    assert "v1.json:1: the facts are not JSON. " in refused(harness("contract", "where", "GET", ALERTS))
