"""``--format ctrf``: a run in the Common Test Report Format, JSON for test dashboards and bots.

The format is that of https://github.com/ctrf-io/ctrf (``schema/ctrf.schema.json``), which allows no keys of
others but in ``extra``. Times are in milliseconds, instants since 1970.
"""

from __future__ import annotations

from typing import Any

from harness.origins import moment
from harness.readiness import Assessment
from harness.report.cases import STATUSES, Case, Status, cases_of, counts, elapsed
from harness.report.codec import encode, format_json
from harness.report.lines import file_and_line
from harness.report.words import CHECKS, visible
from harness.result import RunResult, ScenarioResult, StepResult

VERSION = "0.0.0"
"""The version of the specification, which has had no other yet."""

_STATUSES = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.BROKEN: "failed",
    Status.SKIPPED: "skipped",
    Status.ABSENT: "pending",
}


def render_ctrf(run: RunResult, assessment: Assessment, below: str = "") -> str:
    """Write a run as a CTRF report; ``below`` is the project's directory in its repository."""
    cases = cases_of(run)
    name, _, version = run.tool.partition(" ")
    document = {
        "reportFormat": "CTRF",
        "specVersion": VERSION,
        "generatedBy": visible(run.tool),
        "results": {
            "tool": {"name": visible(name) or "harness", "version": visible(version)},
            "summary": _summary(run, cases),
            "tests": [_test(case, below) for case in cases],
            "environment": {
                "reportName": "Astro API: migration from v1beta1 to v1",
                "testEnvironment": visible(run.environment),
                "extra": {"mode": run.mode, "profile": run.profile},
            },
            "extra": {
                "readiness": assessment.readiness,
                "reasons": assessment.reasons,
                "checks": {check.check: check.readiness for check in assessment.checks},
            },
        },
    }
    if started := moment(run.started):
        document["timestamp"] = started.isoformat().replace("+00:00", "Z")
    return format_json(encode(document, run.scenarios))


def _summary(run: RunResult, cases: tuple[Case, ...]) -> dict[str, Any]:
    found = counts(cases)
    started = moment(run.started)
    start = _milliseconds(started.timestamp()) if started else 0
    duration = _milliseconds(elapsed(run))
    return {
        "tests": len(cases),
        "passed": found[Status.PASSED],
        "failed": found[Status.FAILED] + found[Status.BROKEN],
        "skipped": found[Status.SKIPPED],
        "pending": found[Status.ABSENT],
        "other": 0,
        "suites": len({case.directory for case in cases}),
        "start": start,
        "stop": start + duration,
        "duration": duration,
    }


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _test(case: Case, below: str) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": case.name,
        "status": _STATUSES[case.status],
        "duration": _milliseconds(case.elapsed),
        "suite": ["scenarios", *case.directory],
    }
    if case.message:
        test["message"] = case.message
    if case.text:
        test["trace"] = case.text
    return test | (_of_scenario(case.scenario, below) if case.scenario else {})


def _of_scenario(scenario: ScenarioResult, below: str) -> dict[str, Any]:
    path, line = file_and_line(scenario.where, below)
    exercised = {check for step in scenario.steps for check in step.checks}
    checks = [check.value for check in CHECKS if check in exercised]
    labels = {
        "title": visible(scenario.title),
        "ticket": visible(scenario.ticket),
        "checks": checks,
        "evidence": scenario.provenance.source if scenario.provenance else "",
    }
    return {
        "rawStatus": scenario.verdict,
        "tags": [visible(tag) for tag in scenario.tags],
        "labels": {name: value for name, value in labels.items() if value},
        "filePath": path,
        "line": line,
        "steps": [_step(step) for step in scenario.steps],
    }


def _step(step: StepResult) -> dict[str, Any]:
    said = [visible(text) for text in (step.probe, step.reason) if text]
    extra = {"operation": visible(step.operation), "verdict": step.verdict, "said": said}
    return {
        "name": visible(step.name) or "step",
        "status": _STATUSES[STATUSES[step.verdict]],
        "extra": {name: value for name, value in extra.items() if value},
    }
