"""Opening both sides: cassettes, secrets, and the values of variables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.client.live import Client
from harness.errors import CassetteError, HarnessError, TargetError
from harness.exchange import Side, header
from harness.opening import open_targets
from harness.options import Mode
from harness.result import Source
from harness.scenario import Row
from harness.settings import (
    SANDBOX,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_OTHER_ORGANIZATION_ID,
    SANDBOX_TOKEN,
    SANDBOX_TOKENS,
)
from harness.struct import replace
from tests.filling import filled, refused, steps
from tests.stage import BASES, ENVIRON, ORGANIZATION, STAGING, TOKEN, Stage, reply

OLD, NEW = Side.BASELINE, Side.CANDIDATE


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose services answer everything with an empty object."""
    return Stage(tmp_path, old=lambda _: reply({}), new=lambda _: reply({}))


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.RECORD])
@pytest.mark.parametrize("value", [None, ""])
def test_a_token_is_needed(stage: Stage, mode: Mode, value: str | None) -> None:
    """Without a token nothing is called, and the message says which variable to set."""
    stage.environ = {} if value is None else {"ASTRO_API_TOKEN": value}
    with pytest.raises(TargetError) as caught:
        stage.targets(steps("{}"), mode)

    assert str(caught.value) == (
        f"{mode} mode needs an API token, and the variable ASTRO_API_TOKEN is not set. "
        "Run `export ASTRO_API_TOKEN=...` first."
    )


@pytest.mark.parametrize("name", ["ASTRO_API_TOKEN", "ASTRO_API_TOKEN_READONLY"])
@pytest.mark.parametrize("value", [f"{TOKEN}\n", f"Bearer {TOKEN}", f"{TOKEN}\u00e9"])
def test_what_cannot_be_a_token_is_not_sent(stage: Stage, name: str, value: str) -> None:
    """A line break that came along with a token is told with its variable, and without the token."""
    stage.environ[name] = value
    with pytest.raises(TargetError) as caught:
        stage.targets(steps("{}"))

    assert str(caught.value) == (
        f"{name} holds what cannot be in a token. "
        "Copy the token again, without quotes, spaces and line breaks."
    )


def test_the_sandbox_has_a_token_and_an_organization(stage: Stage) -> None:
    """The sandbox needs no variables, and never gets the token of the real service."""
    stage.environment = SANDBOX
    sent = filled(stage, steps("{}"))[OLD].request

    assert header(sent.headers, "authorization") == f"Bearer {SANDBOX_TOKEN}"
    assert SANDBOX_ORGANIZATION_ID in sent.url
    assert TOKEN not in repr(sent)


def test_an_organization_is_needed(stage: Stage) -> None:
    """Without an organization the step says what has no value."""
    stage.environ = {"ASTRO_API_TOKEN": TOKEN}

    assert "`organizationId` has no value" in refused(stage, steps("{}"))


def test_both_sides_share_the_run_id(stage: Stage) -> None:
    """The run's id is one for both sides, and the side's name tells them apart."""
    sent = filled(stage, steps("{query: {q: '${run_id} ${side}'}}"))
    old, new = (each.request.url.partition("?q=")[2].split("+") for each in sent.values())

    assert old[0] == new[0] != ""
    assert (old[1], new[1]) == ("baseline", "candidate")


def test_both_cassettes_that_are_missing_are_told(stage: Stage) -> None:
    """A replay without cassettes names both files and the command that records them, below the project."""
    with pytest.raises(CassetteError) as caught:
        stage.targets(steps("{}"), Mode.REPLAY)

    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [str(stage.cassette(side)) for side in Side]
    command = "pytest scenarios/a.yaml --mode record --environment NAME"
    assert all(line.endswith(f"there is no such cassette. Record it: {command}") for line in lines)


def test_a_scenario_that_writes_is_recorded_with_permission(stage: Stage) -> None:
    """The command that records it would skip it without."""
    with pytest.raises(CassetteError) as caught:
        stage.targets("steps:\n  - request: {method: POST, path: /x}\n", Mode.REPLAY)

    command = "pytest scenarios/a.yaml --mode record --environment NAME --allow-writes"
    assert str(caught.value).endswith(f"Record it: {command}")


def test_a_replay_needs_no_environment(stage: Stage) -> None:
    """A replay takes base URLs and outside values from the recording, and a placeholder for the token."""
    stage.run(steps("{}"), Mode.RECORD)
    stage.environ, stage.environment = {}, replace(STAGING, base_urls={})
    scenario, targets = stage.targets(steps("{}"), Mode.REPLAY)
    request = targets[OLD].fill(scenario.steps[0]).request

    assert request.url == f"{BASES['iam']}/organizations/{ORGANIZATION}/users"
    assert header(request.headers, "authorization") == "Bearer [ASTRO_API_TOKEN]"
    assert targets[OLD].provenance.source is Source.CASSETTE
    assert targets[OLD].provenance.environment == "staging"


def test_a_recording_that_needed_nothing_takes_nothing_from_outside(stage: Stage) -> None:
    """A cassette without variables is replayed without the environment's, even when there are some."""
    stage.run("steps: [{operation: ListOrganizations}]", Mode.RECORD)
    scenario = stage.scenario("steps: [{operation: ListUsers}]")
    targets = open_targets(
        scenario, Row(suffix="", values={}), stage.root / "cassettes/a", stage.configured(Mode.REPLAY), Client
    )
    with pytest.raises(HarnessError, match="has no value"):
        targets[OLD].fill(scenario.steps[0])


SECRETS = """\
vars: {pass: "${env:DB_PASSWORD}"}
steps:
  - operation: ListUsers
    request:
      query: {q: "${pass}", page: "${env:PAGE}"}
      headers: {X-Trace: "${env:TRACE_SECRET}"}
"""


def test_secret_variables_of_the_environment_are_not_written(stage: Stage) -> None:
    """A variable that is a secret by its name reaches the service, and neither results nor cassettes."""
    stage.environ = {**ENVIRON, "DB_PASSWORD": "hunter2hunter2", "TRACE_SECRET": "s3cr3t-tr4c3", "PAGE": "p7"}
    stage.old = stage.new = lambda request: reply({"echo": f"{request.url} {request.headers['x-trace']}"})
    result = stage.run(SECRETS, Mode.RECORD)
    written = "".join(stage.cassette(side).read_text("utf-8") for side in Side)

    assert "hunter2hunter2" in str(stage.requests[OLD][0].url)
    for secret in ("hunter2hunter2", "s3cr3t-tr4c3", TOKEN):
        assert secret not in written
        assert secret not in repr(result)
    assert "env:PAGE: p7" in written


def test_a_replay_finds_what_was_sent_with_secrets(stage: Stage) -> None:
    """Placeholders take the place of secrets in requests and variables alike, so a replay matches."""
    stage.environ = {**ENVIRON, "DB_PASSWORD": "hunter2hunter2", "TRACE_SECRET": "s3cr3t-tr4c3", "PAGE": "p7"}
    recorded = stage.run(SECRETS, Mode.RECORD)
    stage.environ = {}
    replayed = stage.run(SECRETS, Mode.REPLAY)

    assert [step.verdict for step in replayed.steps] == [step.verdict for step in recorded.steps]
    assert replayed.reason == ""


def test_a_secret_that_both_sides_tell_has_one_placeholder(stage: Stage) -> None:
    """Equal secrets on the two sides are equal after redaction, so that nothing differs by it."""
    stage.old = stage.new = lambda _: reply({"users": [], "password": "the same on both sides"})
    result = stage.run(steps("{}"))
    old, new = (
        evidence and evidence.body.data for evidence in (result.steps[0].baseline, result.steps[0].candidate)
    )

    assert old == new
    assert "the same" not in repr(result)


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.RECORD])
def test_tokens_of_probes_are_secrets_by_the_name_of_the_environment(stage: Stage, mode: Mode) -> None:
    """Each is found by the name of the environment's with a suffix; one that is not set is not there."""
    stage.environ |= {"ASTRO_API_TOKEN_READONLY": "tok-readonly-99", "ASTRO_API_TOKEN_EXPIRED": ""}
    _, targets = stage.targets(steps("{}"), mode)

    assert targets[OLD].authorization("readonly") == "Bearer tok-readonly-99"
    assert targets[OLD].authorization("expired") is None
    assert "tok-readonly-99" not in repr(targets[OLD]._redactor.text("Bearer tok-readonly-99"))


def test_a_replay_sends_placeholders_of_all_tokens(stage: Stage) -> None:
    """What was recorded with another token is played without having one."""
    stage.run(steps("{}"), Mode.RECORD)
    stage.environ = {}
    _, targets = stage.targets(steps("{}"), Mode.REPLAY)

    assert targets[NEW].authorization("workspace") == "Bearer [ASTRO_API_TOKEN_WORKSPACE]"


def test_the_sandbox_has_tokens_for_probes(stage: Stage) -> None:
    """Nothing has to be set for them, and what is set wins."""
    stage.environment, stage.environ = replace(SANDBOX, base_urls=BASES), {}
    _, targets = stage.targets(steps("{}"))
    assert targets[OLD].authorization("expired") == f"Bearer {SANDBOX_TOKENS['expired']}"

    stage.environ = {"ASTRO_SANDBOX_TOKEN_EXPIRED": "tok-other-1"}
    _, targets = stage.targets(steps("{}"))
    assert targets[OLD].authorization("expired") == "Bearer tok-other-1"


@pytest.mark.parametrize("checks", ["auth: all", "auth: [missing, readonly]"])
def test_a_probe_with_the_same_token_proves_nothing(stage: Stage, checks: str) -> None:
    """A token that is the environment's own is a mistake, told without the token."""
    stage.environ |= {"ASTRO_API_TOKEN_READONLY": TOKEN}
    stage.targets(steps("{}"))
    with pytest.raises(TargetError) as caught:
        stage.targets(f"{steps('{}')}checks: {{{checks}}}\n")

    assert str(caught.value) == (
        "scenarios/a.yaml:5: ASTRO_API_TOKEN_READONLY and ASTRO_API_TOKEN hold the same token, so a probe"
        " with it proves nothing. Give ASTRO_API_TOKEN_READONLY another token, or run"
        " `unset ASTRO_API_TOKEN_READONLY`."
    )


def test_another_organization_has_an_id_from_outside(stage: Stage) -> None:
    """It is that of the environment's variable; the sandbox has one, and what is missing is named."""
    text = steps("{query: {x: '${other_organization_id}'}}")
    assert refused(stage, text).endswith("Set the environment variable ASTRO_ORGANIZATION_ID_OTHER.")
    stage.environ |= {"ASTRO_ORGANIZATION_ID_OTHER": "cmother"}
    assert filled(stage, text)[OLD].path.endswith("?x=cmother")
    stage.environment, stage.environ = replace(SANDBOX, base_urls=BASES), {}
    assert filled(stage, text)[NEW].path.endswith(f"?x={SANDBOX_OTHER_ORGANIZATION_ID}")


def test_the_run_ids_of_a_run_begin_alike(stage: Stage) -> None:
    """What a run made is found by the beginning; each scenario has an id of its own, fit for any name."""
    stage.options["run"] = "3fa9c1d20b7e"
    given = {
        str(targets[OLD].variables.outside("run_id"))
        for _, targets in (stage.targets(steps("{}")) for _ in range(20))
    }

    assert len(given) == 20
    assert all(re.fullmatch(r"3fa9c1[0-9a-f]{8}", each) for each in given)
