"""``harness draft``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cassette import Cassette
from harness.scenario import read_scenario
from harness.struct import replace
from tests.calling import harness, refreshed, refused
from tests.cassette import write
from tests.draft import IAM, PLATFORM, call, id_

MADE = call("POST", f"{IAM}/teams", {"id": id_(1)}, body={"name": "n"})
READ = call("GET", f"{IAM}/teams/{id_(1)}", {"id": id_(1)}, at=1)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a project with a recording."""
    write(tmp_path / "rec" / "baseline.yaml", READ, MADE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_recording_becomes_scenarios_and_their_cassettes(project: Path) -> None:
    """In the order of time; the scenario loads, and its v1beta1 side is there."""
    called = harness("draft", "rec", "-o", "scenarios/recorded")
    path = project / "scenarios" / "recorded" / "teams" / "create-team.yaml"
    scenario = read_scenario(path, root=project / "scenarios")

    assert (called.code, called.err) == (0, "")
    assert [step.operation for step in scenario.steps] == ["CreateTeam", "GetTeam"]
    assert len(Cassette.load(project / "cassettes" / scenario.id / "baseline.yaml")) == 2


def test_nothing_is_replaced(project: Path) -> None:
    """Drafts that somebody edited stay; not even the others are written."""
    harness("draft", "rec", "-o", "scenarios/recorded")
    path = project / "scenarios" / "recorded" / "teams" / "create-team.yaml"
    path.write_text("edited")
    called = harness("draft", "rec", "-o", "scenarios/recorded")

    assert called.code == 2
    assert "there is such a file already" in called.err
    assert path.read_text() == "edited"


def test_drafts_go_where_pytest_finds_them(project: Path) -> None:
    """Anywhere else they would never run."""
    assert "in no directory of scenarios" in refused(harness("draft", "rec", "-o", "elsewhere"))
    assert not (project / "elsewhere").exists()


def test_json_for_programs(project: Path) -> None:
    """The same by names."""
    (project / "scenarios").mkdir()
    told = json.loads(harness("draft", "rec", "-o", "scenarios", "--format", "json").out)

    assert [each["calls"] for each in told["drafts"]] == [2]


VCRPY = """\
interactions:
- request:
    body: '{"name": "n", "description": "TOKEN", "password": "hunter2hunter2", "x": "a TOKEN b"}'
    headers: {Authorization: ['Bearer TOKEN'], Content-Type: [application/json]}
    method: POST
    uri: https://api.astronomer.io/iam/v1beta1/organizations/cmorg00000000000000000001/teams
  response:
    body: {string: '{"id": "cmid000000000000000000001", "token": "secret-of-the-answer"}'}
    headers: {Content-Type: [application/json]}
    status: {code: 200, message: OK}
version: 1
"""


def test_secrets_of_another_tools_cassette_stay_there(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft asks for what was sent in the environment, and its cassette holds none of it."""
    token = "astro-real-token-0123456789"
    monkeypatch.setenv("ASTRO_API_TOKEN", token)
    (project / "vcr.yaml").write_text(VCRPY.replace("TOKEN", token))
    called = harness("draft", "vcr.yaml", "-o", "scenarios/recorded")
    written = [
        path.read_text() for place in ("scenarios", "cassettes") for path in (project / place).rglob("*.yaml")
    ]

    assert (called.code, len(written)) == (0, 2)
    for text in (*written, called.out):
        assert not any(each in text for each in (token, "hunter2hunter2", "secret-of-the-answer"))
    assert "${env:ASTRO_API_TOKEN}" in written[0]
    assert "A secret was part of `x` of CreateTeam." in called.out


def test_repeats_are_no_calls_of_the_client(project: Path) -> None:
    """What the harness asked again only to tell noise becomes no step."""
    write(project / "rec" / "baseline.yaml", READ, MADE, replace(READ, repeat=True))
    harness("draft", "rec", "-o", "scenarios/recorded")
    path = project / "scenarios" / "recorded" / "teams" / "create-team.yaml"

    assert len(read_scenario(path, root=project / "scenarios").steps) == 2


def test_drafts_are_made_by_the_projects_own_contracts(project: Path) -> None:
    """A call that a refreshed contract of v1 has is not drafted as unsupported."""
    refreshed(project)
    write(project / "rec" / "baseline.yaml", call("GET", f"{PLATFORM}/alerts", {"alerts": []}))
    harness("draft", "rec", "-o", "scenarios/recorded")
    (path,) = (project / "scenarios" / "recorded" / "alerts").iterdir()

    assert "unsupported" not in path.read_text("utf-8")
