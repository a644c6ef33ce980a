"""First scenarios, made from the contracts."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.errors import UsageError
from harness.options import SAFE_METHODS, Mode, Options
from harness.probes import plan_probes
from harness.result import ScenarioResult, Verdict
from harness.runner import Runner
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running
from harness.scenario import Scenario, read_scenario
from harness.settings import Environment, Settings
from harness.starting.example import example

BASELINE, CANDIDATE = load_contract(V1BETA1), load_contract(V1)
BASES = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
TOLD = {Verdict.MATCH, Verdict.MISMATCH, Verdict.UNSUPPORTED}
OPERATIONS = [operation.id for operation in BASELINE.operations]


def _read(directory: Path, name: str) -> Scenario:
    made = example(name, BASELINE, CANDIDATE)
    path = directory / made.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made.text, "utf-8")
    return read_scenario(path, root=directory, contracts=[BASELINE, CANDIDATE])


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_an_example_without_mistakes(name: str, tmp_path: Path) -> None:
    """It calls the operation, each of its checks has a step to start from, and its tag says what it does."""
    scenario = _read(tmp_path, name)
    methods = {found.method for step in scenario.steps if (found := BASELINE.operation(step.operation or ""))}

    assert name in [step.operation for step in scenario.steps]
    assert plan_probes(scenario, BASELINE, CANDIDATE) or not scenario.checks.auth
    assert ("read" in scenario.tags) is (methods <= SAFE_METHODS)


def test_no_two_examples_have_one_file() -> None:
    """All of them can stand in one repository."""
    paths = {example(name, BASELINE, CANDIDATE).path for name in OPERATIONS}

    assert len(paths) == len(OPERATIONS) == 80


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_is_changed_that_happens_to_be_there(name: str) -> None:
    """What writes takes no id from a list: it makes its resource, or the user names one."""
    text = example(name, BASELINE, CANDIDATE).text

    assert "write]" not in text or "[0].id" not in text


def test_what_is_made_is_deleted() -> None:
    """A change is made to a resource of the example's own."""
    text = example("UpdateWorkspace", BASELINE, CANDIDATE).text

    assert text.index("CreateWorkspace") < text.index("UpdateWorkspace") < text.index("cleanup:")
    assert text.endswith("    operation: DeleteWorkspace\n")
    assert 'capture: {workspace_id: "$.id"}' in text


def test_v1_gets_the_names_that_it_knows() -> None:
    """A token's `type` is called `scope` there."""
    text = example("CreateApiToken", BASELINE, CANDIDATE).text

    assert "      body: {" in text
    assert "type: " in text.partition("candidate:")[0]
    assert "scope: " in text.partition("candidate:")[2]


def test_what_v1_does_not_have_is_marked() -> None:
    """Each such step is unsupported, and no probe starts from it."""
    text = example("GetAlert", BASELINE, CANDIDATE).text

    assert text.count("unsupported: true") == 2
    assert "checks:" not in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ListUser", "there is no operation `ListUser` in v1beta1"),
        ("GetSelfUser", "only v1 has GetSelfUser: there is nothing to compare it with"),
        ("../../etc/passwd", "there is no operation `../../etc/passwd` in v1beta1"),
    ],
)
def test_an_operation_that_is_not_there(name: str, said: str) -> None:
    """The message says so, and what to write."""
    with pytest.raises(UsageError) as caught:
        example(name, BASELINE, CANDIDATE)

    assert str(caught.value).startswith(f"OPERATION: {said}. Use an id such as ListUsers")


def _ran(directory: Path, url: str, names: Sequence[str], **environ: str) -> dict[str, ScenarioResult]:
    """Run examples against a sandbox."""
    settings = Settings(
        root=directory,
        scenarios=(directory,),
        cassettes=directory / "cassettes",
        reports=directory / "reports",
        state=directory / ".harness",
    )
    environment = Environment(
        name="sandbox", base_urls={api: url + base for api, base in BASES.items()}, sandbox=True
    )
    runner = Runner(Options(settings=settings, environment=environment, mode=Mode.LIVE, environ=environ))
    try:
        scenarios = {name: _read(directory, name) for name in names}
        return {name: runner.run(each, each.rows()[0]) for name, each in scenarios.items()}
    finally:
        runner.close()


def test_examples_that_read_run_as_they_are(tmp_path: Path) -> None:
    """Against the sandbox each comes to a verdict: a match, or what really differs."""
    reads = [each.id for each in BASELINE.operations if each.method == "GET"]
    with running() as url:
        found = _ran(tmp_path, url, reads)

    assert {name: each.reason for name, each in found.items() if each.verdict not in TOLD} == {}
    assert sum(each.verdict is Verdict.MATCH for each in found.values()) > len(found) / 3


def _known(url: str) -> dict[str, str]:
    """Return what only the user of an example knows, for the sandbox's organization."""

    def first(base: str, kind: str, items: str) -> str:
        path = f"{url}{BASES[base]}/organizations/{SANDBOX_ORGANIZATION_ID}/{kind}"
        request = urllib.request.Request(path, headers={"Authorization": f"Bearer {SANDBOX_TOKEN}"})  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the sandbox's own address
            return str(json.load(answer)[items][-1]["id"])

    deployment = first("v1", "deployments", "deployments")
    user = first("v1", "users", "users")
    return {
        "ASTRO_RUNTIME_VERSION": "13.0.0",
        "BILLING_EMAIL": "bills@example.com",
        "CLUSTER_ID": first("v1", "clusters", "clusters"),
        "DAG_ID": "nightly",
        "DEPLOYMENT_API_TOKEN": "made-up",
        "DEPLOYMENT_ID": deployment,
        "ENTITY_ID": deployment,
        "INVITEE_EMAIL": "new@example.com",
        "IP_ADDRESS_RANGE": "198.51.100.0/24",
        "MEMBER_ID": user,
        "NOTIFICATION_CHANNEL_ID": first("platform", "notification-channels", "notificationChannels"),
        "ORGANIZATION_ROLE": "ORGANIZATION_MEMBER",
        "PERMISSION": "dag.get",
        "REGION": "us-east-1",
        "ROLE": "ORGANIZATION_MEMBER",
        "SCOPE_ENTITY_ID": deployment,
        "USER_ID": user,
        "VPC_SUBNET_RANGE": "172.20.0.0/20",
        "WORKSPACE_ID": first("v1", "workspaces", "workspaces"),
    }


def test_examples_that_write_run_with_what_the_user_knows(tmp_path: Path) -> None:
    """No side refuses what the contracts' required fields make; each comes to a verdict."""
    writes = [each.id for each in BASELINE.operations if each.method not in SAFE_METHODS]
    with running() as url:
        found = _ran(tmp_path, url, writes, **_known(url))
    steps = {(name, step.name): step.verdict for name, each in found.items() for step in each.steps}

    assert len(writes) > 40
    assert {place for place, verdict in steps.items() if verdict not in TOLD} == set()
