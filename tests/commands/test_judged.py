"""A run is judged and told alike, wherever it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from harness.history import FILE, remember
from harness.readiness import assess
from harness.result import Readiness, RunResult, Verdict
from harness.rules import Severity
from harness.struct import replace
from tests.calling import harness
from tests.commands.test_bundles import written
from tests.report.builders import failing_run, finding, run, scenario, step, timed_run

SENTENCE: Final = "v1 answers 1 operation more slowly, as many samples show: ListApiTokens."
LOG: Final = Path("reports/latest/events.jsonl")


def _file(name: str) -> Callable[..., str]:
    """Return what runs a command that writes into `out`, and reads a file of it."""

    def shown(*arguments: object) -> str:
        assert harness(*arguments, "--output", "out").code == 0
        return (Path("out") / name).read_text("utf-8")

    return shown


def _printed(*arguments: object) -> str:
    return harness(*arguments).out


WAYS: Final[dict[str, Callable[[], str]]] = {
    "report": lambda: _file("report.md")("report"),
    "report.html": lambda: _file("report.html")("report"),
    "report --format markdown": lambda: _printed("report", "--format", "markdown"),
    "report --format summary": lambda: _printed("report", "--format", "summary"),
    "report --format html": lambda: _printed("report", "--format", "html"),
    "report --format json": lambda: _printed("report", "--format", "json"),
    "report --ticket": lambda: _file("report.md")("report", "--ticket", "PLAT-412"),
    "report --ticket, the page": lambda: _file("report.html")("report", "--ticket", "PLAT-412"),
    "report --ticket --format json": lambda: _printed("report", "--ticket", "PLAT-412", "--format", "json"),
    "report --by": lambda: _file("PLAT-412/report.md")("report", "--by", "ticket"),
    "merge": lambda: _file("report.md")("merge", LOG),
    "attach --github": lambda: _printed("attach", "--github", "a/b#1", "--dry-run"),
    "attach --github --ticket": lambda: _printed(
        *("attach", "--github", "a/b#1", "--ticket", "PLAT-412", "--dry-run")
    ),
    "attach --jira": lambda: _printed("attach", "--jira", "PLAT-412", "--dry-run"),
    "gate": lambda: _printed("gate"),
}
"""Every way in which a run is shown."""


def _slow() -> RunResult:
    """Build a run that v1 answers more slowly, and which has nothing else against it."""
    return timed_run(60, 0.2, 0.9)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a project whose last run is a slow one."""
    monkeypatch.chdir(tmp_path)
    written(_slow(), tmp_path / LOG)
    return tmp_path


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("way", WAYS)
def test_the_severities_of_the_project_hold(project: Path, way: str, severity: Severity) -> None:
    """The readiness, and the sentence that says why, are those of the project's own severities."""
    (project / "pyproject.toml").write_text(
        f'[tool.harness.severity]\nlatency-regressed = "{severity}"\n', "utf-8"
    )
    expected = assess(_slow(), severities={"latency-regressed": severity}).readiness
    shown = WAYS[way]()

    assert (expected is Readiness.NO_GO) is (severity is not Severity.INFO)
    assert str(expected) in shown
    assert (SENTENCE in shown) is (expected is Readiness.NO_GO)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("way", [way for way in WAYS if way != "gate"])
def test_what_earlier_runs_say_is_told(way: str) -> None:
    """Since when it is compared, and that the finding is new; also of a ticket's part."""
    before = replace(timed_run(60, 0.2, 0.2), id="before", started="2026-11-19T08:00:00.000Z")
    remember(before, Readiness.GO, Path(".harness"))
    shown = WAYS[way]()

    if "json" in way:
        history = json.loads(shown)["history"]
        assert history["since"] == before.started
        assert [each["state"] for each in history["findings"]] == ["new"]
    else:
        assert "Since 2026-11-19 08:00 UTC: 1 new" in shown.replace("\\-", "-")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("way", ["report", "attach --github", "merge"])
def test_a_whole_run_has_its_coverage(way: str) -> None:
    """The project's contracts are what it is counted by."""
    assert "## Coverage" in WAYS[way]()


@pytest.mark.parametrize(
    ("way", "told"),
    [("report", True), ("report --ticket", False), ("attach --github", False), ("attach --jira", False)],
)
def test_a_damaged_history_is_told_here_and_not_on_a_ticket(project: Path, way: str, *, told: bool) -> None:
    """Where the file is on this machine is nobody's matter there."""
    (project / ".harness").mkdir()
    (project / ".harness" / FILE).write_bytes(b"nonsense " * 200)
    shown = WAYS[way]()

    assert ("Not compared with earlier runs" in shown) is told
    assert "NO-GO" in shown or "NOT PROVEN" in shown
    assert told or str(project) not in shown


@pytest.mark.parametrize(
    "way", ["report --format markdown", "report --format summary", "attach --github", "attach --jira"]
)
def test_what_is_printed_is_no_command_to_a_ci_service(project: Path, way: str) -> None:
    """Neither at the start of a line nor anywhere in it."""
    log = project / LOG
    log.unlink()
    evil = "::add-mask::e"
    told = finding(explanation=f"Op: `##[add-mask]e` {evil}", consequence=evil, remedy="##vso[task.x]y")
    written(run(scenario(step(told, verdict=Verdict.MISMATCH))), log)
    shown = WAYS[way]()

    assert "add-mask" in shown
    assert not re.search(r"(?m)^\s*::|##\[|##vso\[", shown)


def test_a_ticket_has_what_is_told_of_its_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What became of others, what is gone, and the trend are the whole run's."""
    monkeypatch.chdir(tmp_path)
    made = _of_tickets({"A-1": "aaaaaaaaaaaa", "B-2": "bbbbbbbbbbbb"})
    written(made, tmp_path / LOG)
    early = _of_tickets({"A-1": "aaaaaaaaaaaa", "B-2": "cccccccccccc"})
    remember(
        replace(early, id="early", started="2026-11-01T08:00:00.000Z"), Readiness.NO_GO, Path(".harness")
    )
    ways = ((), ("--ticket", "A-1"), ("--ticket", "B-2"))
    told = [json.loads(_printed("report", *way, "--format", "json"))["history"] for way in ways]

    assert [{each["fingerprint"][0]: each["state"] for each in one["findings"]} for one in told] == [
        {"a": "known", "b": "new", "c": "fixed"},
        {"a": "known"},
        {"b": "new"},
    ]
    assert [len(one["trend"]) for one in told] == [2, 0, 0]
    assert "Open findings by run" not in _printed("report", "--ticket", "A-1", "--format", "html")


def _of_tickets(fingerprints: Mapping[str, str]) -> RunResult:
    """Build a run with a finding for each ticket, which has a scenario of its own."""
    return run(
        *(
            scenario(
                step(finding(fingerprint=fingerprint), verdict=Verdict.MISMATCH), id=ticket, ticket=ticket
            )
            for ticket, fingerprint in fingerprints.items()
        )
    )


def test_the_same_run_gives_the_same_bundle_whatever_ran_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same run is one log with the same settings and the same runs before it; what came later is not."""
    monkeypatch.chdir(tmp_path)
    written(failing_run(), tmp_path / LOG)
    for day in ("2026-11-01", "2026-11-02"):
        remember(
            replace(failing_run(), id=day, started=f"{day}T08:00:00.000Z"), Readiness.NO_GO, Path(".harness")
        )
    harness("report", "--ticket", "PLAT-412", "-o", "one")
    later = replace(failing_run(), id="later", started="2026-12-24T08:00:00.000Z")
    remember(later, Readiness.NO_GO, Path(".harness"))
    harness("report", "--ticket", "PLAT-412", "-o", "two")

    assert {path.name for path in Path("one").iterdir()} == {"report.html", "report.md", "exchanges.zip"}
    for path in Path("one").iterdir():
        assert path.read_bytes() == (Path("two") / path.name).read_bytes()
