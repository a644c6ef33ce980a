"""First scenarios, made from the contracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.errors import UsageError
from harness.options import SAFE_METHODS, Mode, Options
from harness.probes import plan_probes
from harness.result import Verdict
from harness.runner import Runner
from harness.sandbox import running
from harness.scenario import Scenario, read_scenario
from harness.settings import Environment, Settings
from harness.starting.example import example

BASELINE, CANDIDATE = load_contract(V1BETA1), load_contract(V1)
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


def test_examples_that_read_run_as_they_are(tmp_path: Path) -> None:
    """Against the sandbox each comes to a verdict: a match, or what really differs."""
    bases = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    reads = [each.id for each in BASELINE.operations if each.method == "GET"]
    settings = Settings(
        root=tmp_path,
        scenarios=(tmp_path,),
        cassettes=tmp_path / "cassettes",
        reports=tmp_path / "reports",
        state=tmp_path / ".harness",
    )
    with running() as url:
        environment = Environment(
            name="sandbox", base_urls={api: url + base for api, base in bases.items()}, sandbox=True
        )
        runner = Runner(Options(settings=settings, environment=environment, mode=Mode.LIVE))
        try:
            found = {}
            for name in reads:
                scenario = _read(tmp_path, name)
                found[name] = runner.run(scenario, scenario.rows()[0])
        finally:
            runner.close()

    wanted = {Verdict.MATCH, Verdict.MISMATCH, Verdict.UNSUPPORTED}
    assert {name: each.reason for name, each in found.items() if each.verdict not in wanted} == {}
    assert sum(each.verdict is Verdict.MATCH for each in found.values()) > len(found) / 3
