"""``harness record``."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import pytest

from harness.cassette import Cassette
from harness.exchange import header
from tests.calling import harness, refused
from tests.cassette import write
from tests.draft import IAM, call
from tests.recorder import TOKEN, keep, keeper
from tests.recorder import exchange as recorded

HAR = {
    "log": {
        "version": "1.2",
        "creator": {"name": "a browser", "version": "1"},
        "entries": [
            {
                "startedDateTime": "2026-11-27T10:00:00.000Z",
                "time": 12,
                "request": {
                    "method": "GET",
                    "url": url,
                    "httpVersion": "HTTP/1.1",
                    "headers": [{"name": "Authorization", "value": f"Bearer {TOKEN}"}],
                    "queryString": [],
                    "cookies": [],
                },
                "response": {
                    "status": 200,
                    "statusText": "OK",
                    "httpVersion": "HTTP/1.1",
                    "headers": [{"name": "content-type", "value": "application/json"}],
                    "cookies": [],
                    "content": {"mimeType": "application/json", "text": '{"users": []}', "size": 13},
                },
            }
            for url in (f"{IAM}/users", "https://fonts.example.com/a.woff")
        ],
    }
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a project without settings whose token is known."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTRO_API_TOKEN", TOKEN)
    return tmp_path


def test_a_har_file_becomes_a_cassette(project: Path) -> None:
    """Only what went to the configured hosts, and without the token."""
    (project / "a.har").write_text(json.dumps(HAR))
    called = harness("record", "--from", "a.har")
    path = project / "cassettes" / "recorded" / "baseline.yaml"
    (kept,) = Cassette.load(path).exchanges

    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("cassettes/recorded/baseline.yaml: 1 exchange\nNot kept: 1 exchange ")
    assert kept.request.url == f"{IAM}/users"
    assert TOKEN not in path.read_text()


def test_bodies_that_a_har_lacks_are_told(project: Path) -> None:
    """In the cassette, too, so that nobody takes them for empty."""
    har = json.loads(json.dumps(HAR))
    entry = har["log"]["entries"][0]
    del entry["response"]["content"]["text"]
    entry["request"] |= {"method": "POST", "bodySize": 9}
    (project / "a.har").write_text(json.dumps(har))
    called = harness("record", "--from", "a.har")
    (kept,) = Cassette.load(project / "cassettes" / "recorded" / "baseline.yaml").exchanges

    assert "Without the body of the request, which the file lacks: 1 exchange." in called.out
    assert "Without the body of the response, which the file lacks: 1 exchange." in called.out
    assert kept.response is not None
    assert header(kept.request.headers, "Harness-Body-Cut") == "not in the captured file"
    assert header(kept.response.headers, "Harness-Body-Cut") == "not in the captured file"


def test_cassettes_of_another_recorder_are_taken(project: Path) -> None:
    """With what is to be left out."""
    write(project / "a.yaml", call("GET", f"{IAM}/users", {}), call("GET", f"{IAM}/teams", {}))
    called = harness("record", "--from", "a.yaml", "-o", "rec", "--ignore", "/teams$")

    assert called.code == 0
    assert len(Cassette.load(project / "rec" / "baseline.yaml")) == 1


def test_nothing_is_replaced(project: Path) -> None:
    """A second recording needs another directory."""
    (project / "a.har").write_text(json.dumps(HAR))
    harness("record", "--from", "a.har")

    assert "there is a recording here already" in refused(harness("record", "--from", "a.har"))


def test_an_interrupted_recording_is_recovered(project: Path) -> None:
    """What ended is in a cassette then, and what was in flight is named."""
    made = keeper(project / "rec")
    keep(made, recorded(), recorded())
    made.began(recorded().request)
    made.__exit__()
    called = harness("record", "--recover", "-o", "rec")

    assert called.code == 0
    assert called.out.splitlines()[:2] == [
        "rec/baseline.yaml: 2 exchanges",
        f"In flight when it ended: GET {recorded().request.url}",
    ]


def test_an_access_log_becomes_a_cassette(project: Path) -> None:
    """Lines that are none are told by number, and are an exit code."""
    call = {"method": "GET", "url": f"{IAM}/users", "status": 200, "response_body": {"token": TOKEN}}
    (project / "access.jsonl").write_text(f"{json.dumps(call)}\nstarted\n{json.dumps(call)}\n")
    called = harness("record", "--from", "access.jsonl", "-o", "rec")

    assert called.code == 2
    assert "Not understood: access.jsonl:2: this is no JSON object." in called.out
    assert len(Cassette.load(project / "rec" / "baseline.yaml")) == 2
    assert TOKEN not in (project / "rec" / "baseline.yaml").read_text()


def test_what_is_withheld_is_told_and_is_an_exit_code(project: Path) -> None:
    """An exchange whose body nobody could clean is kept, says which it is, and is not all that there was."""
    calls = [
        {"method": "GET", "url": f"{IAM}/users", "status": 200, f"response_body{coded}": body}
        for coded, body in (
            ("", {"a": base64.b64encode(zlib.compress(TOKEN.encode())).decode()}),
            ("_base64", base64.b64encode(TOKEN.encode("utf-16")).decode()),
        )
    ]
    (project / "access.jsonl").write_text("".join(f"{json.dumps(call)}\n" for call in calls))
    called = harness("record", "--from", "access.jsonl", "-o", "rec")
    packed, wide = (each.response for each in Cassette.load(project / "rec" / "baseline.yaml").exchanges)

    assert (called.code, called.err) == (2, "")
    assert called.out.splitlines()[1] == (
        f"Withheld: GET {IAM}/users: the body of its response has a secret that cannot be taken out; "
        "its length and hash are kept."
    )
    assert packed is not None
    assert wide is not None
    assert (packed.content, wide.content) == (b"", "[ASTRO_API_TOKEN]".encode("utf-16"))
    assert not (project / ".harness" / "quarantine").exists()


def test_damage_is_an_exit_code(project: Path) -> None:
    """CI must not take half a recording for a whole one."""
    made = keeper(project / "rec")
    keep(made, recorded(), recorded())
    made.__exit__()
    journal = project / "rec" / ".recording" / "journal.jsonl"
    journal.write_bytes(b"?" + journal.read_bytes()[1:])

    assert harness("record", "--recover", "-o", "rec").code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "nowhere.har"), "nowhere.har"),
        (("--recover",), "there is no interrupted recording here"),
        (("--from", "a.har", "--every", "0"), "`--every` must be 1 or more"),
        (("--from", "a.har", "--environment", "stagging"), "there is no environment `stagging`"),
        (("--from", "a.har", "--ignore", "("), "is no regular expression"),
        ((), "a recording is made of a command"),
        (("--from", "a.har", "--", "python"), "a recording is made of a command"),
    ],
)
def test_mistakes_are_told(project: Path, arguments: tuple[str, ...], message: str) -> None:
    """Each on one line, and nothing is left behind."""
    (project / "a.har").write_text(json.dumps(HAR))

    assert message in refused(harness("record", *arguments))
    assert not list(project.rglob("*.yaml"))


def test_a_recovered_recording_is_of_its_environment(project: Path) -> None:
    """Without saying it again."""
    with keeper(project / "rec", environment="sandbox") as made:
        keep(made, recorded())
    harness("record", "--recover", "-o", "rec")
    provenance = Cassette.load(project / "rec" / "baseline.yaml").provenance

    assert provenance is not None
    assert provenance.environment == "sandbox"
