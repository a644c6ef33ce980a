"""Scenarios become results whatever happens; what must not be run is not, and says why."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.contract import V1, load_contract
from harness.errors import ContractError
from harness.exchange import Side
from harness.openapi import dump_api
from harness.options import Mode
from harness.result import Source, Verdict
from harness.runner import Runner
from harness.struct import replace
from tests.stage import BASES, ORGANIZATION, STAGING, Stage, refusal, reply, route

OLD, NEW = Side.BASELINE, Side.CANDIDATE
ONE = "steps: [{operation: ListTeams}]\n"
EMPTY = {"teams": [], "limit": 20, "offset": 0, "totalCount": 0}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a project whose services have no teams, and are told by their environment's name."""
    answer = route({"GET /teams": reply(EMPTY), "POST /teams": refusal(400)})
    return Stage(tmp_path, old=answer, new=answer)


WRITES = {
    "an operation": "{operation: DeleteTeam, request: {path: {teamId: t}}}",
    "a method": "{request: {method: PATCH, path: /organizations/o}}",
    "v1 alone": "{request: {method: GET, path: /organizations/o}, candidate: {method: DELETE}}",
    "an operation of v1": "{operation: BulkCreateAllowedIpAddressRanges, request: {body: {}}}",
}


@pytest.mark.parametrize("step", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("key", ["steps", "cleanup"])
@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.RECORD])
def test_writes_need_permission(stage: Stage, step: str, key: str, mode: Mode) -> None:
    """A scenario that would change something on either side makes no call without permission."""
    stage.options = {"allow_writes": False}
    first = "- {operation: ListTeams}\n  " if key == "steps" else "- {operation: ListTeams}\ncleanup:\n  "
    result = stage.run(f"steps:\n  {first}- {step}\n", mode)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert "not run: step" in result.reason
    assert result.reason.endswith("changes something in `staging`. Add --allow-writes to run it.")
    assert stage.calls == []
    assert not stage.cassette(OLD).exists()


def test_reading_needs_no_permission(stage: Stage) -> None:
    """A scenario that only reads is run."""
    stage.options = {"allow_writes": False}

    assert stage.run(ONE).verdict is Verdict.MATCH


def test_the_sandbox_may_be_written_to(stage: Stage) -> None:
    """In the sandbox, writes need no permission, and the evidence is the sandbox's."""
    stage.environment = replace(STAGING, name="box", sandbox=True)
    stage.options = {"allow_writes": False}
    result = stage.run("steps: [{operation: CreateTeam, request: {body: {name: x}}, expect: {status: 400}}]")

    assert result.verdict is Verdict.MATCH
    assert result.provenance is not None
    assert result.provenance.source is Source.SANDBOX


def test_a_result_says_where_it_comes_from(stage: Stage) -> None:
    """Live, recorded and replayed evidence is told apart, and keeps its environment and contracts."""
    live = stage.run(ONE)
    recorded = stage.run(ONE, Mode.RECORD)
    replayed = stage.run(ONE, Mode.REPLAY)

    sources = [result.provenance and result.provenance.source for result in (live, recorded, replayed)]
    assert sources == [Source.LIVE, Source.LIVE, Source.CASSETTE]
    assert replayed.provenance is not None
    assert replayed.provenance.environment == "staging"
    assert replayed.provenance.contracts["v1"] == load_contract(V1).apis["v1"].date
    assert {api: url for api, url in replayed.provenance.base_urls.items() if api in BASES} == BASES
    assert replayed.provenance.recorded.endswith("Z")


def test_live_calls_write_nothing(stage: Stage) -> None:
    """Calling live leaves no cassette."""
    stage.run(ONE)

    assert not (stage.root / "cassettes").exists()


def test_trouble_is_a_result(stage: Stage) -> None:
    """Without a token nothing is called; the result is an error that says which variable to set."""
    stage.environ = {}
    result = stage.run(ONE)

    assert (result.verdict, result.steps, result.provenance) == (Verdict.ERROR, (), None)
    assert "ASTRO_API_TOKEN is not set" in result.reason
    assert (result.id, result.title, result.where) == ("a", "On the stage", "scenarios/a.yaml:1")


def test_missing_cassettes_are_a_result(stage: Stage) -> None:
    """A scenario without cassettes is an error that names both, and not where the project lies."""
    result = stage.run(ONE, Mode.REPLAY)

    assert result.verdict is Verdict.ERROR
    assert result.reason.count("there is no such cassette") == 2
    assert result.reason.startswith("cassettes/a/baseline.yaml: ")
    assert str(stage.root) not in result.reason


def test_checks_without_a_step_keep_what_ran(stage: Stage) -> None:
    """A check that has no step to start from is an error beside the results of the steps."""
    result = stage.run(ONE + "checks: {errors: [invalid-body]}\n")

    assert result.verdict is Verdict.ERROR
    assert "the check `invalid-body` has no step to start from" in result.reason
    assert [step.verdict for step in result.steps] == [Verdict.MATCH]


def test_a_cassette_that_cannot_be_written_keeps_what_ran(stage: Stage) -> None:
    """A disk that refuses is an error beside the results of the steps, and names the file."""
    (stage.root / "cassettes").write_text("in the way", "utf-8")
    result = stage.run(ONE, Mode.RECORD)

    assert result.verdict is Verdict.ERROR
    assert "baseline.yaml: the cassette was not written" in result.reason
    assert [step.verdict for step in result.steps] == [Verdict.MATCH]


@pytest.mark.parametrize("recorded", [True, False])
def test_a_cassette_that_cannot_be_put_in_its_place_leaves_both_as_they_were(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, recorded: bool
) -> None:
    """The other one, which was in its place already, is taken back: it is of the same recording."""
    if recorded:
        assert stage.run(ONE, Mode.RECORD).verdict is Verdict.MATCH
    directory = stage.cassette(NEW).parent
    before = {path: path.read_bytes() for path in directory.glob("*")}
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target == stage.cassette(NEW) and path.suffix != ".before":
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    result = stage.run(ONE, Mode.RECORD)

    assert "candidate.yaml: the cassette was not written: Permission denied" in result.reason
    assert {path: path.read_bytes() for path in directory.glob("*")} == before


def test_what_is_no_file_at_the_place_of_a_cassette_leaves_the_other_one(stage: Stage) -> None:
    """It cannot be kept, and so nothing is replaced."""
    assert stage.run(ONE, Mode.RECORD).verdict is Verdict.MATCH
    before = stage.cassette(OLD).read_bytes()
    stage.cassette(NEW).unlink()
    stage.cassette(NEW).mkdir()
    result = stage.run(ONE, Mode.RECORD)

    assert "candidate.yaml: the cassette was not written" in result.reason
    assert stage.cassette(OLD).read_bytes() == before
    assert len(list(stage.cassette(OLD).parent.iterdir())) == 2


@pytest.mark.parametrize("side", Side)
def test_one_cassette_that_cannot_be_written_leaves_both_as_they_were(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, side: Side
) -> None:
    """What one side is told today does not fit what the other was told when the old file was made."""
    assert stage.run(ONE, Mode.RECORD).verdict is Verdict.MATCH
    before = [stage.cassette(each).read_bytes() for each in Side]
    make = tempfile.mkstemp

    def full(*, prefix: str, **given: Any) -> tuple[int, str]:
        if prefix == f".{side.value}.":
            raise OSError(errno.ENOSPC, "No space left on device")
        return make(prefix=prefix, **given)

    monkeypatch.setattr("harness.cassette.writing.tempfile.mkstemp", full)
    result = stage.run(ONE, Mode.RECORD)

    assert result.verdict is Verdict.ERROR
    assert [stage.cassette(each).read_bytes() for each in Side] == before
    directory = stage.cassette(side).parent
    assert sorted(each.name for each in directory.iterdir()) == ["baseline.yaml", "candidate.yaml"]


ROWS = """\
data: [{row: a, n: 1}, {row: b, n: 2}]
steps: [{operation: ListTeams, request: {query: {limit: "${n}"}}}]
"""


def test_rows_are_runs_of_their_own(stage: Stage) -> None:
    """Each row has its own id, values and cassettes."""
    results = [stage.run(ROWS, Mode.RECORD, row) for row in (0, 1)]

    assert [result.id for result in results] == ["a[a]", "a[b]"]
    assert stage.called(NEW) == ["GET /teams?limit=1", "GET /teams?limit=2"]
    assert len({path.parent for path in (stage.root / "cassettes").rglob("*.yaml")}) == 2
    assert stage.run(ROWS, Mode.REPLAY, 1).verdict is Verdict.MATCH


@pytest.mark.parametrize("names", [("1", "1."), ("a-b", "a.b"), ("a", "a-")])
def test_rows_with_similar_names_do_not_share_cassettes(stage: Stage, names: tuple[str, str]) -> None:
    """No row overwrites the cassettes of another one."""
    text = ROWS.replace("row: a", f"row: '{names[0]}'").replace("row: b", f"row: '{names[1]}'")
    for row in (0, 1):
        stage.run(text, Mode.RECORD, row)
    replayed = [stage.run(text, Mode.REPLAY, row).verdict for row in (0, 1)]

    assert replayed == [Verdict.MATCH] * 2


def test_recording_again_replaces(stage: Stage) -> None:
    """A new recording takes the place of the old one as a whole, and only on request."""
    stage.run(ONE, Mode.RECORD)
    stage.run("steps: [{operation: ListTeams, request: {query: {limit: 7}}}]", Mode.RECORD)

    (path,) = stage.root.glob("cassettes/a/baseline.yaml")
    assert path.read_text("utf-8").count("uri:") == 1
    assert "limit=7" in path.read_text("utf-8")


def test_the_projects_own_contracts_are_used(stage: Stage) -> None:
    """Contracts in the project take the place of the packaged ones, for looking up and for judging."""
    directory = stage.root / "contracts"
    directory.mkdir()
    api = load_contract(V1).apis["v1"]
    kept = tuple(operation for operation in api.operations if operation.id != "ListTeams")
    (directory / "v1.json").write_text(dump_api(replace(api, date="2027-01-01", operations=kept)), "utf-8")
    stage.options = {"settings": replace(stage.settings, contracts=directory)}
    stage.new = route({"GET /teams": refusal(404)})
    result = stage.run("steps: [{operation: ListTeams, unsupported: true}]")

    assert result.verdict is Verdict.UNSUPPORTED
    assert result.provenance is not None
    assert result.provenance.contracts["v1"] == "2027-01-01"


def test_damaged_contracts_are_told_at_once(stage: Stage) -> None:
    """A contract that cannot be read is told before anything runs."""
    (stage.root / "v1.json").write_text("{", "utf-8")
    options = replace(stage.configured(Mode.LIVE), settings=replace(stage.settings, contracts=stage.root))
    with pytest.raises(ContractError, match=r"v1\.json"):
        Runner(options)


def test_a_runner_runs_many(stage: Stage) -> None:
    """One runner runs any number of scenarios, and time is told for each."""
    runner = Runner(stage.configured(Mode.LIVE))
    with stage.services():
        results = [
            runner.run(scenario, row)
            for name in ("x.yaml", "deep/y.yaml")
            for scenario in [stage.scenario(ONE, name)]
            for row in scenario.rows()
        ]
    runner.close()
    runner.close()

    assert [result.id for result in results] == ["x", "deep/y"]
    assert all(result.elapsed > 0 for result in results)


def test_a_mistake_of_ours_still_cleans_up(stage: Stage) -> None:
    """An exception that nobody expected is passed on, after the cleanup."""

    def breaks(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            raise ZeroDivisionError
        return reply(status=204)

    stage.old = stage.new = breaks
    with pytest.raises(ZeroDivisionError):
        stage.run(ONE + "cleanup: [{operation: DeleteTeam, request: {path: {teamId: t1}}}]\n")

    assert stage.called(OLD)[-1] == stage.called(NEW)[-1] == "DELETE /teams/t1"


FOREIGN = """\
version: 1
interactions:
- request:
    method: GET
    uri: {url}/organizations/{organization}/teams
    body: null
    headers: {{Accept: ['*/*']}}
  response:
    status: {{code: 200, message: OK}}
    headers: {{Content-Type: [application/json]}}
    body: {{string: '{{"teams": [], "limit": 20, "offset": 0, "totalCount": 0}}'}}
"""


def test_cassettes_of_stock_vcrpy_are_played(stage: Stage) -> None:
    """Recordings that vcrpy made replay too; nobody knows where they come from, and that is said."""
    for side, api in ((OLD, "iam"), (NEW, "v1")):
        path = stage.cassette(side)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FOREIGN.format(url=BASES[api], organization=ORGANIZATION), "utf-8")
    result = stage.run(ONE, Mode.REPLAY)

    assert result.verdict is Verdict.MATCH
    assert result.provenance is not None
    assert (result.provenance.source, result.provenance.environment) == (Source.CASSETTE, "unknown")


def test_a_recording_that_proves_nothing_replaces_nothing(stage: Stage) -> None:
    """With an expired token both sides refuse: the cassettes stay as they were, and the result says so."""
    assert stage.run(ONE, Mode.RECORD).verdict is Verdict.MATCH
    before = [stage.cassette(side).read_bytes() for side in Side]
    stage.old = stage.new = route({"GET /teams": refusal(401)})

    result = stage.run(ONE, Mode.RECORD)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason.startswith("Not recorded: scenarios/a.yaml:2 ")
    assert [stage.cassette(side).read_bytes() for side in Side] == before


def test_a_step_that_could_not_be_asked_replaces_nothing(stage: Stage) -> None:
    """A variable of the environment that is not set loses no recording."""
    text = 'steps: [{operation: ListTeams, request: {query: {limit: "${env:LIMIT}"}}}]\n'
    stage.environ["LIMIT"] = "5"
    assert stage.run(text, Mode.RECORD).verdict is Verdict.MATCH
    before = [stage.cassette(side).read_bytes() for side in Side]
    del stage.environ["LIMIT"]

    result = stage.run(text, Mode.RECORD)

    assert result.verdict is Verdict.ERROR
    assert [stage.cassette(side).read_bytes() for side in Side] == before


def test_a_missing_organization_is_named_by_its_variable(stage: Stage) -> None:
    """Who forgot to say which organization is told the variable, not to change the scenario."""
    del stage.environ["ASTRO_ORGANIZATION_ID"]

    (step,) = stage.run(ONE).steps

    assert "Set the environment variable ASTRO_ORGANIZATION_ID." in step.reason
