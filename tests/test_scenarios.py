"""The shipped scenarios and cassettes: what a fresh clone shows, and that its reports agree."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from pytest_socket import disable_socket, enable_socket
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from harness.contract import load_contracts
from harness.options import Mode, Options
from harness.readiness import assess
from harness.report.events import read_run
from harness.report.write import RENDERERS
from harness.result import Finding, Readiness, ScenarioResult, Source, StepResult, Verdict
from harness.rules import Check, Documentation, Severity
from harness.runner import Runner
from harness.sandbox import SANDBOX_TOKEN, running
from harness.scenario import is_shared, read_scenario
from harness.settings import load_settings
from tests.documentation import ROOT

CASSETTES = sorted((ROOT / "cassettes").rglob("*.yaml"))
FILES = sorted(path for path in (ROOT / "scenarios").rglob("*.yaml") if not is_shared(path))


def _run(options: Options) -> dict[str, ScenarioResult]:
    runner = Runner(options)
    results = {}
    for path in FILES:
        scenario = read_scenario(path, root=ROOT / "scenarios", base=ROOT)
        for row in scenario.rows():
            result = runner.run(scenario, row)
            results[result.id] = result
    runner.close()
    return results


@pytest.fixture(name="replayed", scope="module")
def _replayed() -> Iterator[dict[str, ScenarioResult]]:
    settings = load_settings(ROOT)
    disable_socket()
    try:
        yield _run(Options(settings=settings, environment=settings.environment_named()))
    finally:
        enable_socket()


def _findings(results: dict[str, ScenarioResult]) -> Iterator[tuple[StepResult, Finding]]:
    for result in results.values():
        for step in result.steps:
            for finding in step.findings:
                yield step, finding


def test_they_replay_without_a_socket(replayed: dict[str, ScenarioResult]) -> None:
    """Every scenario has a verdict that passes, with all sockets blocked."""
    verdicts = {result.id: result.verdict for result in replayed.values()}

    assert len(verdicts) >= 9
    assert set(verdicts.values()) <= {Verdict.MATCH, Verdict.ACCEPTED, Verdict.UNSUPPORTED}


@pytest.mark.parametrize(
    ("operation", "rule", "path", "to"),
    [
        ("ListApiTokens", "property-renamed", "$.body.tokens[*].type", "$.body.tokens[*].scope"),
        ("GetOrganization", "property-removed", "$.body.supportPlan", ""),
        ("GetDeployment", "property-renamed", "$.body.workloadIdentity", "$.body.effectiveWorkloadIdentity"),
    ],
)
def test_documented_breaks_are_accepted_findings(
    replayed: dict[str, ScenarioResult], operation: str, rule: str, path: str, to: str
) -> None:
    """B1, B3 and B5 of the contracts are found as breaking and documented, and accepted with a reason."""
    found = [
        finding
        for _, finding in _findings(replayed)
        if (finding.operation, finding.rule, finding.difference.path) == (operation, rule, path)
    ]

    assert found
    for finding in found:
        assert finding.difference.to == to
        assert finding.severity is Severity.BREAKING
        assert finding.documentation is Documentation.DOCUMENTED
        assert finding.accepted is not None
        assert finding.accepted.reason


def test_the_alert_is_unsupported(replayed: dict[str, ScenarioResult]) -> None:
    """The alert scenario documents an endpoint that v1 does not have."""
    assert replayed["alerts/list"].verdict is Verdict.UNSUPPORTED


def test_all_four_checks_are_exercised(replayed: dict[str, ScenarioResult]) -> None:
    """Each check of the guide is exercised by steps, and auth and errors by probes as well."""
    exercised = Counter(
        check for result in replayed.values() for step in result.steps for check in step.checks
    )
    probes = {step.probe for result in replayed.values() for step in result.steps}

    assert set(exercised) == set(Check)
    assert {"missing", "malformed", "invalid", "not-found", "invalid-query", "invalid-body"} <= probes


def test_they_say_that_they_come_from_the_sandbox(replayed: dict[str, ScenarioResult]) -> None:
    """The provenance of every result is the sandbox, so nothing is ever proven by them."""
    sources = {result.provenance.source for result in replayed.values() if result.provenance}

    assert all(result.provenance for result in replayed.values())
    assert sources == {Source.SANDBOX}


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_stock_vcrpy_reads_each_cassette(path: Path) -> None:
    """A cassette is a file of vcrpy's format that names the sandbox and holds no token."""
    text = path.read_text("utf-8")

    requests, responses, metadata = deserialize(text, yamlserializer)

    assert len(requests) == len(responses) == len(yaml.safe_load(text)["interactions"]) > 0
    assert metadata["harness"]["provenance"]["source"] == "sandbox"
    assert SANDBOX_TOKEN not in text


def test_without_acceptances_they_fail() -> None:
    """The option shows what the acceptances hide nothing of: the same differences as mismatches."""
    settings = load_settings(ROOT)

    results = _run(Options(settings=settings, environment=settings.environment_named(), acceptances=False))

    assert results["tokens/list"].verdict is Verdict.MISMATCH
    assert results["organizations/get"].verdict is Verdict.MISMATCH
    assert results["users/list"].verdict is Verdict.MATCH


def test_the_reports_agree(tmp_path: Path) -> None:
    """The log, run.json, the Markdown and the page of one run say the same."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [
            sys.executable,
            "-m",
            "pytest",
            "scenarios/",
            "-q",
            "-p",
            "no:cacheprovider",
            "--report-dir",
            tmp_path,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    run = read_run(tmp_path / "events.jsonl")
    document = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assessment = assess(run, contracts=load_contracts())

    assert done.returncode == 0, done.stdout
    assert run.planned == len(run.scenarios) == len(document["scenarios"])
    assert document["assessment"]["verdicts"] == {
        verdict.value: sum(each.verdict is verdict for each in run.scenarios) for verdict in Verdict
    }
    assert [each["verdict"] for each in document["scenarios"]] == [each.verdict for each in run.scenarios]
    assert document["assessment"]["readiness"] == assessment.readiness == Readiness.NO_GO
    for name, render in RENDERERS.items():
        text = (tmp_path / name).read_text("utf-8")
        # Whatever a report says, the log says: each is made from nothing else.
        assert text == render(run, assessment)
    for name in ("report.md", "report.html"):
        text = (tmp_path / name).read_text("utf-8")
        assert "proves nothing about the vendor" in text
        assert all(each.id in text for each in run.scenarios)


def test_recording_afresh_gives_the_same_verdicts(
    tmp_path: Path, replayed: dict[str, ScenarioResult]
) -> None:
    """Recorded from a fresh sandbox and replayed, they come to the verdicts of the shipped cassettes."""
    enable_socket()
    with running() as url:
        settings = load_settings(ROOT)
        environment = settings.environment_named("sandbox")
        here = replace(settings, cassettes=tmp_path / "cassettes")
        bases = {
            api: base.replace("http://127.0.0.1:8765", url) for api, base in environment.base_urls.items()
        }
        local = replace(environment, base_urls=bases)
        live = _run(Options(settings=here, environment=local, mode=Mode.RECORD))
    again = _run(Options(settings=here, environment=local))

    assert _summary(live) == _summary(again)
    assert {id_: result.verdict for id_, result in live.items()} == {
        id_: result.verdict for id_, result in replayed.items()
    }


def _summary(results: dict[str, ScenarioResult]) -> dict[str, list[tuple[str, str, list[str]]]]:
    return {
        id_: [
            (step.name, step.verdict, sorted(finding.fingerprint for finding in step.findings))
            for step in result.steps
        ]
        for id_, result in results.items()
    }
