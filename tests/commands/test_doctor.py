"""``harness doctor``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running
from tests.calling import harness, refreshed
from tests.doctor.test_examination import CLOSED, project


@pytest.mark.parametrize("option", ["--environment", "--env"])
def test_nothing_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    """Exit code 0, and a line for each; a token is not shown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTRO_API_TOKEN", SANDBOX_TOKEN)
    monkeypatch.setenv("ASTRO_ORGANIZATION_ID", SANDBOX_ORGANIZATION_ID)
    with running() as url:
        project(tmp_path, url)
        called = harness("doctor", option, "staging")

    assert (called.code, called.err) == (0, "")
    assert SANDBOX_TOKEN not in called.out
    assert called.out.splitlines()[-1] == "14 ok, 0 wrong, 4 unknown"


def test_something_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, also where a program reads it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTRO_API_TOKEN", "a-token-0123456")
    project(tmp_path, CLOSED)
    called = harness("doctor", "--format", "json")
    document = json.loads(called.out)

    assert called.code == 1
    assert document["ok"] is False
    assert "a-token-0123456" not in called.out
    assert {"name", "state", "found", "advice"} == set(document["diagnoses"][0])


def test_a_mistake_in_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2: nothing was looked at."""
    monkeypatch.chdir(tmp_path)

    assert harness("doctor", "--format", "xml").code == 2


@pytest.mark.parametrize("environment", ["staging", "sandbox"])
def test_a_contract_of_the_project_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    """It is wrong, with its file and line, whichever environment is looked at; the rest is looked at too."""
    refreshed(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contracts" / "v1.json").write_text("{", "utf-8")
    project(tmp_path, CLOSED, 'contracts = "contracts"')
    called = harness("doctor", "--environment", environment)

    assert called.code == 1
    assert "v1.json:1: the facts are not JSON" in called.out
    assert "token at v1" in called.out
