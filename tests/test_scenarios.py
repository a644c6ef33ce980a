"""The shipped scenarios and cassettes: what a fresh clone shows, and that its reports agree."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from pytest_socket import disable_socket, enable_socket
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from harness.acceptances import expired
from harness.contract import V1, V1BETA1, Operation, load_contract, load_contracts
from harness.exchange import Side
from harness.options import SAFE_METHODS, Mode, Options
from harness.readiness import assess
from harness.report.events import read_run
from harness.report.html import html_files
from harness.report.write import RENDERERS
from harness.result import Finding, Readiness, ScenarioResult, Source, StepResult, Verdict
from harness.rules import Check, Documentation, Severity
from harness.runner import Runner
from harness.sandbox import SANDBOX_TOKEN, Setup, parse_faults, running
from harness.scenario import SCHEMA_FILE, Acceptance, Scenario, is_shared, read_scenario
from harness.settings import load_settings
from harness.struct import replace
from tests.documentation import README, ROOT

CASSETTES = sorted((ROOT / "cassettes").rglob("*.yaml"))
FILES = sorted(path for path in (ROOT / "scenarios").rglob("*.yaml") if not is_shared(path))
SCENARIOS = [read_scenario(path, root=ROOT / "scenarios", base=ROOT) for path in FILES]
OLD, NEW = load_contract(V1BETA1), load_contract(V1)

NO_REFUSALS = "v1 does not have it: no second answer to compare, and v1's own refusal is the finding"
"""Why the ten operations that v1 does not support have no refusals in the library."""


def _run(options: Options) -> dict[str, ScenarioResult]:
    runner = Runner(options)
    results = {}
    for scenario in SCENARIOS:
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

    assert len(verdicts) >= len(FILES) > 40
    assert set(verdicts.values()) <= {Verdict.MATCH, Verdict.ACCEPTED, Verdict.UNSUPPORTED}


@pytest.fixture(name="statuses", scope="module")
def _statuses(replayed: dict[str, ScenarioResult]) -> dict[str, set[tuple[int, int]]]:
    """Give the pairs of statuses that the scenarios show of each operation."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for result in replayed.values():
        for step in result.steps:
            if step.baseline is not None and step.candidate is not None:
                found[step.operation].add((step.baseline.status or 0, step.candidate.status or 0))
    return found


@pytest.mark.parametrize("operation", OLD.operations, ids=lambda operation: operation.id)
def test_every_operation_is_exercised(
    operation: Operation, statuses: dict[str, set[tuple[int, int]]]
) -> None:
    """Each of v1beta1 has a step that succeeds; and both sides refuse it without a token, and with a mistake.

    What v1 does not have shows v1beta1's success beside v1's refusal (see NO_REFUSALS).
    """
    shown = statuses[operation.id]
    succeeded = {pair for pair in shown if 200 <= pair[0] < 300}
    refused = {pair for pair in shown if min(pair) >= 400}

    if NEW.operation(operation.id) is None:
        assert {new for _, new in succeeded} == {404}, NO_REFUSALS
        return
    assert any(200 <= new < 300 for _, new in succeeded)
    assert (401, 401) in refused
    assert refused - {(401, 401)}


def test_there_are_80_operations() -> None:
    """The test above is about the whole of v1beta1, ten of which v1 does not have."""
    missing = [operation.id for operation in OLD.operations if NEW.operation(operation.id) is None]

    assert len(OLD.operations) == 80
    assert len(missing) == 10


def test_what_v1_does_not_have_is_unsupported(replayed: dict[str, ScenarioResult]) -> None:
    """Every step with one of the ten is unsupported, says what Labs has instead, and nothing else is."""
    steps = [(result, step) for result in replayed.values() for step in result.steps]
    gone = {operation.id for operation in OLD.operations if NEW.operation(operation.id) is None}

    for result, step in steps:
        if not step.probe:
            assert (step.verdict is Verdict.UNSUPPORTED) == (step.operation in gone), (result.id, step.name)
    named = [step for scenario in SCENARIOS for step in scenario.steps if step.operation in gone]
    assert {step.operation for step in named} == gone
    assert all("Labs " in step.name for step in named)


def _acceptances() -> Iterator[tuple[Scenario, Acceptance]]:
    for scenario in SCENARIOS:
        own = (*scenario.accept, *(each for step in scenario.steps for each in step.accept))
        yield from ((scenario, each) for each in own)


def test_acceptances_are_precise_and_in_force(replayed: dict[str, ScenarioResult]) -> None:
    """Each names rule and place, a rename both places; none is expired or matches nothing."""
    stale = {finding.rule for _, finding in _findings(replayed)} & {"acceptance-unused", "acceptance-expired"}

    assert stale == set()
    for scenario, each in _acceptances():
        assert each.path, (scenario.id, each.rule)
        assert bool(each.to) == (each.rule == "property-renamed"), (scenario.id, each.path)
        assert not expired(each, datetime.now(UTC).date()), scenario.id


def test_acceptances_of_documented_breaks_cite_the_contract(replayed: dict[str, ScenarioResult]) -> None:
    """A reader sees from the reason which document to look into."""
    cited = f"v1's contract ({NEW.apis['v1'].date})"
    documented = [
        finding.accepted
        for _, finding in _findings(replayed)
        if finding.accepted and finding.documentation is Documentation.DOCUMENTED
    ]

    assert len(documented) > 30
    for accepted in documented:
        assert cited in accepted.reason, accepted.where


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_a_scenario_can_be_copied(scenario: Scenario) -> None:
    """Editors find its schema, its tags name the resource and whether it writes, and README its directory."""
    path = ROOT / "scenarios" / f"{scenario.id}.yaml"
    first = path.read_text("utf-8").splitlines()[0]
    schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
    methods = {
        operation.method
        for step in (*scenario.steps, *scenario.cleanup)
        if (operation := OLD.operation(step.operation or ""))
    }

    assert schema.resolve() == ROOT / "harness" / SCHEMA_FILE
    assert scenario.tags[0] == path.parent.name
    assert ("write" in scenario.tags) == bool(methods - set(SAFE_METHODS))
    assert ("read" in scenario.tags) != ("write" in scenario.tags)
    assert f"| `{path.parent.name}/` |" in README


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_what_is_made_is_unmade(scenario: Scenario) -> None:
    """The cleanup deletes everything that a step makes, on either side, and that can be deleted."""
    made = {
        name.replace("Create", "Delete", 1)
        for step in scenario.steps
        if (name := step.operation or "").startswith("Create") and 200 in step.statuses(Side.CANDIDATE)
    }
    can = {name for name in made if OLD.operation(name)}

    assert can <= {step.operation for step in scenario.cleanup}


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
    """B1, B3 and B5 of the contracts are found as documented, and accepted with a reason.

    They are breaking, and one severity less where the scenario does not read the field.
    """
    found = [
        finding
        for _, finding in _findings(replayed)
        if (finding.operation, finding.rule, finding.difference.path) == (operation, rule, path)
    ]

    assert found
    for finding in found:
        assert finding.difference.to == to
        unread = "the integration does not read it" in finding.explanation
        assert finding.severity is (Severity.RISKY if unread else Severity.BREAKING)
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
            "--no-history",
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
        assert text == "".join(render(run, assessment, None))
    for name, text in html_files(run, assessment):
        assert text == (tmp_path / name).read_text("utf-8")
    for name in ("report.md", "report.html"):
        text = (tmp_path / name).read_text("utf-8")
        # Reports are for people who never heard of the libraries behind them.
        assert not re.search(r"root\[|value_changed|values_changed|(dictionary|iterable)_item", text)
        assert "proves nothing about the vendor" in text
        assert all(each.id in text for each in run.scenarios)


def _recorded_and_replayed(
    directory: Path, setup: Setup | None = None
) -> tuple[dict[str, ScenarioResult], dict[str, ScenarioResult]]:
    """Record the scenarios from a fresh sandbox, and replay what was recorded."""
    enable_socket()
    with running(setup=setup) as url:
        settings = load_settings(ROOT)
        environment = settings.environment_named("sandbox")
        # It makes things: what it books belongs beside its cassettes, not into the checkout.
        here = replace(settings, cassettes=directory / "cassettes", state=directory / ".harness")
        bases = {
            api: base.replace("http://127.0.0.1:8765", url) for api, base in environment.base_urls.items()
        }
        local = replace(environment, base_urls=bases)
        live = _run(Options(settings=here, environment=local, mode=Mode.RECORD))
    return live, _run(Options(settings=here, environment=local))


def test_recording_afresh_gives_the_same_verdicts(
    tmp_path: Path, replayed: dict[str, ScenarioResult]
) -> None:
    """Recorded from a fresh sandbox and replayed, they come to the verdicts of the shipped cassettes."""
    live, again = _recorded_and_replayed(tmp_path)

    assert _summary(live) == _summary(again)
    assert {id_: result.verdict for id_, result in live.items()} == {
        id_: result.verdict for id_, result in replayed.items()
    }


NOISE = (
    "*:*:noise=$.teams[*].description:0.5",
    "*:*:noise=$.workspaces[*].name:0.4",
    "*:*:noise=$.description:0.3",
    "*:*:hidden=$.deployments[*].description:0.3",
    "*:*:noise=$.totalCount:0.2",
    "*:*:noise=$.users[*].fullName:0.5",
)


def test_a_recording_of_a_noisy_service_replays_to_the_same_verdicts(tmp_path: Path) -> None:
    """What was proved to be noise, and what was not, is the same in a replay, with the same counts."""
    live, again = _recorded_and_replayed(tmp_path, Setup(faults=parse_faults(NOISE, None)))
    kept = {id_: each for id_, each in live.items() if not each.reason}
    excused = [finding for _, finding in _findings(kept) if finding.noise and finding.noise.excused]

    assert len(kept) > 40
    assert len(excused) > 5
    assert {id_: _judged(again[id_]) for id_ in kept} == {id_: _judged(each) for id_, each in kept.items()}


def _judged(result: ScenarioResult) -> list[object]:
    """Return what a scenario came to, step by step, with what repeats showed of each finding."""
    return [
        (step.name, step.verdict, [(each.fingerprint, each.severity, each.noise) for each in step.findings])
        for step in result.steps
    ]


def _summary(results: dict[str, ScenarioResult]) -> dict[str, list[tuple[str, str, list[str]]]]:
    return {
        id_: [
            (step.name, step.verdict, sorted(finding.fingerprint for finding in step.findings))
            for step in result.steps
        ]
        for id_, result in results.items()
    }
