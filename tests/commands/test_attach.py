"""``harness attach``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.calling import harness, refused
from tests.commands.test_bundles import written
from tests.report.builders import evidence, failing_run, run, scenario, step
from tests.trackers.server import serving

NAMES = ("GITHUB_TOKEN", "GITHUB_API_URL", "JIRA_BASE_URL", "JIRA_EMAIL", "JIRA_API_TOKEN")


@pytest.fixture(name="project")
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a project with a run, whose environment has no token of a tracker."""
    written(failing_run(), tmp_path / "reports" / "latest" / "events.jsonl")
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """One comment, however often; the output says where it is, and that no file can be attached."""
    with serving("github") as tracker:
        monkeypatch.setenv("GITHUB_API_URL", tracker.url)
        monkeypatch.setenv("GITHUB_TOKEN", tracker.token)
        first = harness("attach", "--github", "acme/cut.over#12", "--ticket", "PLAT-412")
        second = harness("attach", "--github", "acme/cut.over#12", "--ticket", "PLAT-412")
        linked = harness(
            *("attach", "--github", "acme/cut.over#12", "--ticket", "PLAT-412"),
            *("--link", "https://ci.example.com/1"),
        )

    assert first.out.splitlines() == [
        "Comment created: https://github.example.com/12#1000",
        "No file was attached: GitHub's API takes none. Name with `--link` where the report is.",
    ]
    assert second.out.startswith("Comment unchanged: ")
    assert linked.out == "Comment updated: https://github.example.com/12#1000\n"
    assert [called.code for called in (first, second, linked)] == [0, 0, 0]
    assert len(tracker.comments) == 1
    assert "This is the part of a run that belongs to PLAT-412" in tracker.comments[1000]


@pytest.mark.usefixtures("project")
def test_a_whole_run_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a ticket, and beside the comment of one."""
    with serving("github") as tracker:
        monkeypatch.setenv("GITHUB_API_URL", tracker.url)
        monkeypatch.setenv("GITHUB_TOKEN", tracker.token)
        harness("attach", "--github", "acme/cut.over#12", "--ticket", "PLAT-412")
        whole = harness("attach", "--github", "acme/cut.over#12")

    assert whole.out.startswith("Comment created: ")
    assert len(tracker.comments) == 2
    assert "This is the part" not in tracker.comments[1001]


@pytest.mark.usefixtures("project")
def test_in_jira(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comment and the bundle of the ticket of that key; equal files are attached once."""
    with serving("jira") as tracker:
        monkeypatch.setenv("JIRA_BASE_URL", tracker.url)
        monkeypatch.setenv("JIRA_EMAIL", "me@example.com")
        monkeypatch.setenv("JIRA_API_TOKEN", tracker.token)
        first = harness("attach", "--jira", "PLAT-412")
        second = harness("attach", "--jira", "PLAT-412")

    assert (first.code, first.err) == (0, "")
    assert first.out.startswith(
        f"Comment created: {tracker.url}/browse/PLAT-412?focusedCommentId=1000\nAttached: "
    )
    assert "Attached before: PLAT-412-report-" in second.out
    assert len(tracker.comments) == 1
    assert sorted(name.rpartition(".")[2] for name in tracker.attachments) == ["html", "md", "zip"]


@pytest.mark.parametrize("where", [("--github", "acme/cut.over#12"), ("--jira", "PLAT-412")])
def test_a_dry_run_sends_nothing_and_needs_no_token(project: Path, where: tuple[str, str]) -> None:
    """It prints the comment and names the files."""
    called = harness("attach", *where, "--ticket", "PLAT-413", "--dry-run")

    assert called.code == 0
    assert called.out.startswith(f"Nothing is sent. A comment on {where[1]} would be created")
    assert "belongs to PLAT-413" in called.out
    assert ("Attached if it is not there: PLAT-413-report-" in called.out) is (where[0] == "--jira")
    assert sorted(path.name for path in project.iterdir()) == ["reports"]


@pytest.mark.parametrize(
    ("where", "name"),
    [("--github=a/b#1", "GITHUB_TOKEN"), ("--jira=PLAT-412", "JIRA_BASE_URL")],
)
@pytest.mark.usefixtures("project")
def test_without_a_token(where: str, name: str) -> None:
    """The message names the variable, and what to set it to."""
    assert refused(harness("attach", where)).startswith(
        f"{name}: the environment variable is not set. Set it to"
    )


@pytest.mark.usefixtures("project")
def test_jira_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site alone is not enough."""
    monkeypatch.setenv("JIRA_BASE_URL", "https://jira.example.com")

    assert refused(harness("attach", "--jira", "PLAT-412")).startswith("JIRA_API_TOKEN: ")


@pytest.mark.usefixtures("project")
def test_a_ticket_without_scenarios() -> None:
    """The tickets that there are stand in the message, and nothing is sent."""
    said = refused(harness("attach", "--jira", "PLAT-999", "--dry-run"))

    assert said.endswith("The tickets of this run: PLAT-412, PLAT-413.")


@pytest.mark.usefixtures("project")
def test_what_a_tracker_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, exit code 2, and no token in it."""
    with serving("github") as tracker:
        monkeypatch.setenv("GITHUB_API_URL", tracker.url)
        monkeypatch.setenv("GITHUB_TOKEN", "wrong-token-0123456789")
        said = refused(harness("attach", "--github", "acme/cut.over#12"))

    assert said.startswith("acme/cut.over#12: look for the comment: GitHub answered 401: Bad credentials.")
    assert "wrong-token" not in said
    assert tracker.comments == {}


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_nothing_with_a_secret_in_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blank: str
) -> None:
    """The tracker's own token counts too, as it is sent; not a single call is made."""
    with serving("github") as tracker:
        leaky = step(candidate=evidence(data={"x": f"it is {tracker.token}"}))
        log = written(run(scenario(leaky)), tmp_path / "events.jsonl")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("GITHUB_API_URL", tracker.url)
        monkeypatch.setenv("GITHUB_TOKEN", f"{tracker.token}{blank}")
        said = refused(harness("attach", "--github", "acme/cut.over#12", "--from", log))

    assert "an exchange of this step holds a secret. Nothing was written or sent." in said
    assert tracker.token not in said
    assert tracker.came == []


@pytest.mark.usefixtures("project")
def test_what_is_sent_is_json_of_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the comment goes out."""
    with serving("github") as tracker:
        monkeypatch.setenv("GITHUB_API_URL", tracker.url)
        monkeypatch.setenv("GITHUB_TOKEN", tracker.token)
        harness("attach", "--github", "acme/cut.over#12")

    assert list(json.loads(tracker.came[-1].body)) == ["body"]
