"""``harness gate``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.report.events import EventLog, RunStarted
from harness.result import RunResult, Source, Verdict
from harness.struct import replace
from tests.calling import harness, refused
from tests.report.builders import failing_run, good_run, provenance, run, sandbox_run


def write(path: Path, made: RunResult, *, run: str = "r1") -> Path:
    """Write the log of a run."""
    with EventLog.join(path) as log:
        log.run_started(
            RunStarted(
                run=run,
                tool=made.tool,
                mode=made.mode,
                environment=made.environment,
                profile=made.profile,
                planned=(*(each.id for each in made.scenarios), *made.unfinished),
                started=made.started,
            )
        )
        for each in made.scenarios:
            log.scenario_finished(each)
        if made.finished:
            log.run_finished(run, made.finished)
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a project without settings."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _policy(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(f"[tool.harness.gate]\n{text}\n", "utf-8")


def _aged(days: float) -> RunResult:
    """Build a good run whose evidence was recorded so many days ago."""
    recorded = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    (one,) = good_run().scenarios
    return replace(good_run(), scenarios=(replace(one, provenance=provenance(recorded=recorded)),))


@pytest.mark.parametrize(
    ("made", "code", "verdict"),
    [
        (good_run(), 0, "GO"),
        (failing_run(), 1, "NO-GO"),
        (sandbox_run(), 1, "NO-GO"),
        (replace(good_run(), finished=""), 3, "NOT PROVEN"),
        (run(), 3, "NOT PROVEN"),
    ],
)
def test_the_exit_code_is_the_readiness(project: Path, made: RunResult, code: int, verdict: str) -> None:
    """The verdict stands first, then a line for each reason; nothing ran is never GO."""
    called = harness("gate", write(project / "events.jsonl", made))
    first, *others = called.out.splitlines()

    assert (called.code, first, called.err) == (code, verdict, "")
    assert others[0].startswith("  - ")
    assert ("What to do:" in others) is (code != 0)


@pytest.mark.parametrize(
    ("policy", "made", "code", "reason"),
    [
        ('operations = ["ListApiTokens"]', good_run(), 0, "ran, and no open finding"),
        ('operations = ["ListUsers"]', good_run(), 3, "No scenario calls the required operation ListUsers."),
        (
            'operations = ["ListAlerts"]',
            sandbox_run(),
            1,
            "The required operation ListAlerts is NO-GO: v1 does not support it. Its evidence",
        ),
        (
            'max-breaking = 1\nevidence = "sandbox"',
            sandbox_run(),
            0,
            "1 breaking finding is open, as the policy allows.",
        ),
        ("max-breaking = 0", sandbox_run(), 1, "1 breaking finding is open, and the policy allows none"),
        ('evidence = "live"', good_run(), 3, "is recorded, not live: tokens/list."),
        ("max-age = 7", _aged(8), 3, "is older than 7 days: tokens/list."),
        ("max-age = 7", _aged(6), 0, "ran, and no open finding"),
    ],
)
def test_the_policy_of_the_project_decides(
    project: Path, policy: str, made: RunResult, code: int, reason: str
) -> None:
    """Required operations, allowed findings, the least evidence and its greatest age."""
    _policy(project, policy)

    called = harness("gate", write(project / "events.jsonl", made))

    assert called.code == code, called.out
    assert reason in called.out


@pytest.mark.parametrize("policy", ['evidence = "sandbox"', 'evidence = "sandbox"\nmax-breaking = 0'])
def test_what_is_declared_unsupported_can_be_let_through(project: Path, policy: str) -> None:
    """It is said all the same; what came to no verdict is not let through with it."""
    _policy(project, policy)
    made = sandbox_run()
    hidden = [
        replace(each, steps=(*each.steps, replace(each.steps[0], verdict=Verdict.INCONCLUSIVE, findings=())))
        if each.verdict is Verdict.UNSUPPORTED
        else each
        for each in made.scenarios
    ]

    strict = harness("gate", write(project / "strict.jsonl", made))
    loose = harness("gate", write(project / "loose.jsonl", made), "--allow-unsupported")
    unsure = replace(made, scenarios=tuple(hidden))
    unproved = harness("gate", write(project / "hidden.jsonl", unsure), "--allow-unsupported")

    assert [strict.code, loose.code, unproved.code] == [1, 0, 3], loose.out
    assert "v1 does not support 1 operation used here: ListAlerts; this is let through." in loose.out
    assert "1 scenario gave no verdict" in unproved.out


def test_evidence_of_the_sandbox_can_be_let_through_and_is_named(project: Path) -> None:
    """A project that tries the tool out gates on the sandbox; the warning stays."""
    _policy(project, 'evidence = "sandbox"')
    (one,) = good_run().scenarios
    made = replace(good_run(), scenarios=(replace(one, provenance=provenance(Source.SANDBOX)),))

    called = harness("gate", write(project / "events.jsonl", made))

    assert called.code == 0
    assert "comes from the sandbox: it proves nothing about the vendor's service." in called.out


def test_a_mistake_in_the_policy_is_no_verdict(project: Path) -> None:
    """Exit code 2, and one line that says where, what and what to write."""
    _policy(project, "max-braking = 1")

    line = refused(harness("gate", write(project / "events.jsonl", good_run())))

    assert line == "pyproject.toml: `tool.harness.gate.max-braking` is not a setting. Write `max-breaking`."


def test_without_a_run_there_is_no_verdict(project: Path) -> None:
    """Exit code 2: nobody may take a missing log for GO."""
    line = refused(harness("gate"))

    assert str(project / "reports" / "latest" / "events.jsonl") in line
    assert line.endswith("looked for below the working directory: go to that of your `pyproject.toml`.")
    _policy(project, "")
    assert refused(harness("gate")).endswith("or name the log of a run.")
