"""``harness learn``."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.options import Mode
from harness.result import Verdict
from harness.sandbox.setup import Setup, chosen, parse_faults
from tests.calling import harness, refused
from tests.commands.test_gate import write
from tests.report.builders import good_run, run
from tests.sandbox.sight import replayed, seen

SETUP = Setup(on=chosen(only=[]), faults=parse_faults(["*:ListWorkspaces:noise=$.workspaces[*].name"]))
STEPS = """\
steps:
  # All of them.
  - operation: ListWorkspaces
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a project with a recording without repeats, and with the log of a live run that proved noise."""
    monkeypatch.chdir(tmp_path)
    assert seen(tmp_path, SETUP, STEPS, mode=Mode.RECORD).verdict is Verdict.MISMATCH
    live = seen(tmp_path, SETUP, STEPS, noise_calls=3)
    assert live.verdict is Verdict.MATCH
    write(tmp_path / "reports" / "latest" / "events.jsonl", run(live))
    return tmp_path


def test_noise_becomes_acceptances_that_a_replay_passes_with(project: Path) -> None:
    """The diff is printed; what is written makes the recording without repeats pass, and is learned once."""
    path = project / "scenarios" / "a.yaml"
    before = path.read_text("utf-8")
    proposed = harness("learn")

    assert (proposed.code, proposed.err) == (1, "")
    assert proposed.out.startswith("--- a/scenarios/a.yaml\n+++ b/scenarios/a.yaml\n@@")
    assert "+      - rule: value-changed\n" in proposed.out
    assert path.read_text("utf-8") == before
    assert replayed(project).verdict is Verdict.MISMATCH

    written = harness("learn", "--write", "--days", 7)

    assert (written.code, written.err) == (0, "")
    assert path.read_text("utf-8").startswith(before)
    assert replayed(project).verdict is Verdict.ACCEPTED
    assert harness("learn") == (0, "Nothing to propose.\n", "")


def test_a_live_run_without_the_noise_stays_green(project: Path) -> None:
    """What was learned comes and goes: it is no finding where it matches nothing."""
    harness("learn", "--write")
    text = (project / "scenarios" / "a.yaml").read_text("utf-8").partition("\n")[2]

    assert seen(project, Setup(on=chosen(only=[])), text).verdict is Verdict.MATCH


def test_a_link_stays_a_link(project: Path) -> None:
    """Where a scenario is a link, what it leads to is written."""
    path = project / "scenarios" / "a.yaml"
    path.rename(project / "kept.yaml")
    path.symlink_to(project / "kept.yaml")
    harness("learn", "--write")

    assert path.is_symlink()
    assert "noise: true" in (project / "kept.yaml").read_text("utf-8")


def test_a_run_without_noise_has_nothing_to_teach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log may be named, and no scenario is looked at."""
    monkeypatch.chdir(tmp_path)
    log = write(tmp_path / "a.jsonl", good_run())

    assert harness("learn", log) == (0, "Nothing to propose.\n", "")


def test_mistakes_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No log, and a number of days that is none."""
    monkeypatch.chdir(tmp_path)

    assert "there is no log of a run" in refused(harness("learn"))
    assert refused(harness("learn", "--days", 0)) == (
        "--days: `0` is too few or too many. Use a number from 1 to 366."
    )
