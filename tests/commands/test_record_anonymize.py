"""``harness record --anonymize``: nobody is in the cassettes, and drafts of them ask the same as ever."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from harness.cassette import Cassette
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running
from tests.benchmarks.measure import ROOT
from tests.calling import harness
from tests.commands.test_record_proxy import BEARER, kept, recorder

USERS = f"/iam/v1beta1/organizations/{SANDBOX_ORGANIZATION_ID}/users"
TEAMS = f"/iam/v1beta1/organizations/{SANDBOX_ORGANIZATION_ID}/teams"


def _work(url: str) -> set[str]:
    """List users, read one, make a team of that one's name, read and delete it; return whom it was about."""
    with httpx.Client(base_url=url, headers=BEARER, timeout=20) as client:
        user = client.get(f"{USERS}?limit=3").json()["users"][0]
        client.get(f"{USERS}/{user['id']}")
        note = f"{user['fullName']} <{user['username']}>"
        body = {"name": user["fullName"], "description": note, "memberIds": [user["id"]]}
        team = client.post(TEAMS, json=body).json()["id"]
        client.get(f"{TEAMS}/{team}")
        client.get(f"{TEAMS}/{team}/members")
        client.delete(f"{TEAMS}/{team}")
    return {SANDBOX_ORGANIZATION_ID, team, user["id"], user["fullName"], user["username"]}


def _run(project: Path, *command: str, token: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "ASTRO_API_TOKEN": token,
        "ASTRO_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID if token else "",
    }
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _harness(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run(project, "-c", "from harness.cli import console; console()", *arguments)


def test_recorded_drafted_and_replayed_with_nobody_in_it(tmp_path: Path) -> None:
    """From the proxy to a green replay, without the sandbox; no file of the project names anybody."""
    pytest_ = ("-m", "pytest", "-p", "harness.plugin", "-q", "-p", "no:cacheprovider", "scenarios/recorded")
    with running() as upstream:
        with recorder(tmp_path, upstream, "--anonymize") as made:
            people = _work(made.url)
            ended = made.end()
        drafted = _harness(tmp_path, "draft", "rec", "-o", "scenarios/recorded")
        files = [path for path in tmp_path.rglob("*.yaml") if path.is_file()]
        told = {path: [each for each in people if each in path.read_text("utf-8")] for path in files}
        added = _run(tmp_path, *pytest_, "--environment", "box", "--mode", "record", token=SANDBOX_TOKEN)
    replayed = _run(tmp_path, *pytest_, "--environment", "box")

    assert (ended[0], ended[2]) == (0, "")
    assert drafted.returncode == 0, drafted.stdout + drafted.stderr
    assert len(files) >= 3
    assert not any(told.values()), told
    assert Cassette.load(tmp_path / "rec" / "baseline.yaml").provenance.anonymized  # type: ignore[union-attr]
    assert "capture:" in "".join(path.read_text("utf-8") for path in files)
    assert replayed.returncode == added.returncode == 0, replayed.stdout + replayed.stderr


def test_what_was_interrupted_becomes_anonymous_all_the_same(tmp_path: Path) -> None:
    """Recovery need not be told: what was promised when it began holds."""
    with running() as upstream, recorder(tmp_path, upstream, "--anonymize") as made:
        people = _work(made.url)
        made.process.send_signal(signal.SIGKILL)
        made.process.wait(timeout=20)
    recovered = _harness(tmp_path, "record", "--recover", "-o", "rec", "--environment", "box")
    text = (tmp_path / "rec" / "baseline.yaml").read_text("utf-8")

    assert recovered.returncode == 0, recovered.stderr
    assert len(kept(tmp_path)) == 6
    assert not [each for each in people if each in text]
    assert sorted(path.name for path in (tmp_path / "rec").iterdir()) == ["baseline.yaml"]


def test_a_recovery_can_be_told_to_make_it_anonymous(tmp_path: Path) -> None:
    """Of a recording that was begun without."""
    with running() as upstream, recorder(tmp_path, upstream) as made:
        people = _work(made.url)
        made.process.send_signal(signal.SIGKILL)
        made.process.wait(timeout=20)
    recovered = _harness(tmp_path, "record", "--recover", "--anonymize", "-o", "rec", "--environment", "box")
    text = (tmp_path / "rec" / "baseline.yaml").read_text("utf-8")

    assert recovered.returncode == 0, recovered.stderr
    assert not [each for each in people if each in text]


def test_captured_traffic_too_and_every_time_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--from`` agrees with itself, and leaves what is anonymous as it is."""
    monkeypatch.chdir(tmp_path)
    user = "cm4h1x0aa0002m8y7d5e6f4gh"
    url = f"https://api.astronomer.io/iam/v1beta1/organizations/o1/users/{user}"
    content = json.dumps({"id": user, "fullName": "Ines Calloway"})
    document = {
        "request": {"method": "GET", "url": url},
        "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": content},
    }
    Path("one.json").write_text(json.dumps(document))
    first = harness("record", "--from", "one.json", "-o", "a", "--anonymize")
    again = harness("record", "--from", "one.json", "-o", "b", "--anonymize")
    twice = harness("record", "--from", "a/baseline.yaml", "-o", "c", "--anonymize")

    assert [called.code for called in (first, again, twice)] == [0, 0, 0], (first, again, twice)
    made = [Cassette.load(Path(name, "baseline.yaml")).exchanges[0] for name in "abc"]
    assert made[0].response == made[1].response == made[2].response
    assert {each.request.url for each in made} == {made[0].request.url}
    assert made[0].request.url != url
    assert "Calloway" not in Path("a", "baseline.yaml").read_text("utf-8")
