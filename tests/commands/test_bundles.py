"""``harness report --ticket`` and ``--by ticket``."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.commands.bundles import named
from harness.report.events import EventLog, RunStarted
from harness.result import RunResult
from tests.calling import harness, refused
from tests.report.builders import evidence, failing_run, finding, run, scenario, step


def written(made: RunResult, path: Path) -> Path:
    """Write the log of a run."""
    with EventLog.join(path) as events:
        planned = tuple(each.id for each in made.scenarios)
        events.run_started(
            RunStarted(
                run="r1",
                tool=made.tool,
                mode=made.mode,
                environment=made.environment,
                profile=made.profile,
                planned=planned,
                started=made.started,
            )
        )
        for each in made.scenarios:
            events.scenario_finished(each)
        events.run_finished("r1", made.started)
    return path


@pytest.fixture(name="project")
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    written(failing_run(), tmp_path / "reports" / "latest" / "events.jsonl")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _below(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


def test_the_bundle_of_one_ticket(project: Path) -> None:
    """Three files in the directory that was named, and a line that says so."""
    called = harness("report", "--ticket", "PLAT-413", "-o", "out")

    assert (called.code, called.err) == (0, "")
    assert called.out == "PLAT-413: NOT PROVEN: report.html, report.md, exchanges.zip in out\n"
    assert _below(project / "out") == ["exchanges.zip", "report.html", "report.md"]


def test_a_bundle_for_each_ticket(project: Path) -> None:
    """A directory each, below the one for reports where none was named."""
    called = harness("report", "--by", "ticket", "--tracker", "jira")

    assert [line.partition(":")[0] for line in called.out.splitlines()] == ["PLAT-412", "PLAT-413"]
    assert sorted({Path(path).parent.as_posix() for path in _below(project / "reports" / "tickets")}) == [
        "PLAT-412",
        "PLAT-413",
    ]


def test_the_same_run_gives_the_same_bytes(project: Path) -> None:
    """Whoever attaches it again can see that nothing changed."""
    harness("report", "--ticket", "PLAT-412", "-o", "one")
    harness("report", "--ticket", "PLAT-412", "-o", "two")

    for name in _below(project / "one"):
        assert (project / "one" / name).read_bytes() == (project / "two" / name).read_bytes()


@pytest.mark.usefixtures("project")
def test_one_format_of_one_ticket() -> None:
    """`--ticket` narrows what every format shows."""
    called = harness("report", "--ticket", "PLAT-413", "--format", "junit")

    assert 'tests="1"' in called.out
    assert called.code == 0


def test_a_ticket_without_scenarios(project: Path) -> None:
    """One message with the tickets that there are, and no file."""
    said = refused(harness("report", "--ticket", "PLAT-999", "-o", "out"))

    assert said.startswith("--ticket: nothing of this run belongs to the ticket PLAT-999.")
    assert said.endswith("The tickets of this run: PLAT-412, PLAT-413.")
    assert not (project / "out").exists()


def test_a_run_without_tickets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how a scenario gets one."""
    log = written(run(scenario(step(), ticket="")), tmp_path / "events.jsonl")
    monkeypatch.chdir(tmp_path)

    assert "has a ticket" in refused(harness("report", log, "--by", "ticket"))


@pytest.mark.usefixtures("project")
def test_one_format_for_each_ticket_is_refused() -> None:
    """A format is one text."""
    assert refused(harness("report", "--by", "ticket", "--format", "sarif")).startswith("--by: ")


def test_a_log_with_a_secret_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written, of no ticket; the message names the step and not the secret."""
    monkeypatch.setenv("ASTRO_API_TOKEN", "s3cr3t-of-mine-and-nobody-else")
    leaky = step(finding(), candidate=evidence(data={"x": "s3cr3t-of-mine-and-nobody-else"}))
    made = run(scenario(step(), id="a", ticket="A-1"), scenario(leaky, id="b", ticket="B-2"))
    log = written(made, tmp_path / "events.jsonl")
    monkeypatch.chdir(tmp_path)
    said = refused(harness("report", log, "--by", "ticket", "-o", "out"))

    assert said.startswith("scenarios/tokens/list.yaml:9: an exchange of this step holds a secret.")
    assert "s3cr3t" not in said
    assert not (tmp_path / "out").exists()


def test_directories_differ_whatever_tickets_are_called() -> None:
    """A ticket may be a number, a URL, or one that differs from another only in letter case."""
    tickets = ["#12", "12", "https://t.example.com/12", "PLAT-1", "plat-1", "../..", ".."]

    assert dict(named(tickets)) == {
        "#12": "12",
        "12": "12-2",
        "https://t.example.com/12": "https-t.example.com-12",
        "PLAT-1": "PLAT-1",
        "plat-1": "plat-1-2",
        "../..": "x",
        "..": "x-2",
    }
