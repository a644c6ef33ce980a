"""The matrix of operations by check and evidence."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract import load_contracts
from harness.coverage import Coverage, Level, OperationCoverage, cover, narrowed
from harness.exchange import Json, Side
from harness.landing import unsupported
from harness.report.events import EventLog, RunStarted, read_run
from harness.result import RunResult, ScenarioResult, Source, StepResult, Verdict
from harness.rules import Check
from harness.struct import replace
from tests.report.builders import OPERATIONS, contracts, evidence, provenance, run, scenario, step

_LEVELS = (Level.NONE, Level.SANDBOX, Level.CASSETTE, Level.LIVE)


def _row(coverage: Coverage, operation: str) -> OperationCoverage:
    return next(each for each in coverage.operations if each.operation == operation)


def _one(made: StepResult, source: Source = Source.CASSETTE) -> OperationCoverage:
    return _row(cover(run(scenario(made, provenance=provenance(source))), contracts()), made.operation)


def test_every_operation_of_v1beta1_has_a_row_and_says_where_it_lands() -> None:
    """80 rows without any run; the ten that v1 does not have land nowhere, and every row is a gap."""
    coverage = cover(run(), load_contracts())

    assert len(coverage.operations) == 80
    assert {each.operation for each in coverage.operations if not each.candidate} == {
        each.id for each in unsupported()
    }
    assert coverage.called == 0
    assert all(Check.RESPONSES in each.gaps for each in coverage.operations)
    assert [coverage.possible(check) for check in Check] == [80, 70, 70, 70]


@pytest.mark.parametrize("source", Source)
def test_a_cell_is_the_strongest_evidence(source: Source) -> None:
    """The sandbox's beside a cassette's is a cassette's, in whatever order they come."""
    made = step(checks=(Check.RESPONSES, Check.AUTH))
    both = [scenario(made, id=each.value, provenance=provenance(each)) for each in (source, Source.SANDBOX)]

    for scenarios in (both, both[::-1]):
        found = _row(cover(run(*scenarios), contracts()), "ListApiTokens")
        assert found.checks == {
            Check.RESPONSES: Level(source.value),
            Check.AUTH: Level(source.value),
            Check.ERRORS: Level.NONE,
            Check.BEHAVIOUR: Level.NONE,
        }
        assert found.gaps == (Check.ERRORS, Check.BEHAVIOUR)
        assert found.calls == 2


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (step(verdict=Verdict.INCONCLUSIVE), "both sides refused"),
        (step(verdict=Verdict.ERROR), "nobody answered"),
        (step(baseline=None, candidate=None), "a cleanup that was not needed"),
        (step(candidate=None), "one side was not called"),
    ],
)
def test_a_step_without_a_conclusion_exercises_nothing(made: StepResult, why: str) -> None:
    """What was not compared is a gap still."""
    found = _one(made)

    assert found.calls == 0, why
    assert set(found.checks.values()) == {Level.NONE}
    assert found.statuses[Side.BASELINE].seen == 0


def test_evidence_from_nobody_knows_where_exercises_nothing() -> None:
    """Without a provenance there is no level to give."""
    coverage = cover(run(scenario(step(), provenance=None)), contracts())

    assert coverage.called == 0


def test_statuses_and_values_are_those_of_each_side() -> None:
    """Each side's answer is held against its own contract; what was not seen is named by its place."""
    tokens: Json = {"tokens": [{"type": "WORKSPACE", "scope": "WORKSPACE", "kind": "STANDARD"}]}
    found = _one(step(baseline=evidence("iam", tokens), candidate=evidence("v1", tokens, 403)))

    assert found.statuses[Side.BASELINE].seen == 1
    assert found.statuses[Side.BASELINE].missing == {"$.status": ("400", "401", "403", "404")}
    assert found.statuses[Side.CANDIDATE].missing == {"$.status": ("200", "400", "401", "404")}
    assert found.values[Side.BASELINE].missing["$.body.tokens[*].type"] == ("DEPLOYMENT", "ORGANIZATION")
    assert found.values[Side.CANDIDATE].seen == 0
    assert found.values[Side.CANDIDATE].missing["$.body.tokens[*].scope"] == (
        "DEPLOYMENT",
        "ORGANIZATION",
        "WORKSPACE",
    )


def test_an_operation_that_v1_does_not_have_needs_only_the_proof_of_that() -> None:
    """Auth, errors and behaviour of it cannot be compared, so they are no gaps."""
    found = _one(step(operation="ListAlerts", verdict=Verdict.UNSUPPORTED, checks=tuple(Check)))

    assert found.checks[Check.RESPONSES] is Level.CASSETTE
    assert {found.checks[check] for check in Check if check is not Check.RESPONSES} == {Level.GONE}
    assert found.gaps == ()
    assert (found.candidate, found.values[Side.CANDIDATE].of) == ("", 0)


def test_an_operation_that_only_v1_has_gets_a_row_when_it_was_called() -> None:
    """GetSelfUser is new; without a call it is no gap of a migration."""
    without = cover(run(), contracts())
    found = _one(step(operation="GetSelfUser", checks=(Check.RESPONSES,)))

    assert "GetSelfUser" not in {each.operation for each in without.operations}
    assert (found.baseline, found.candidate) == ("", "/users/self")
    assert found.checks[Check.RESPONSES] is Level.CASSETTE


def test_what_each_side_called_is_what_its_evidence_says() -> None:
    """Where a step calls another operation on v1, that one's answer is seen there."""
    user = evidence("v1", {}, operation="GetWorkspace")
    coverage = cover(run(scenario(step(candidate=user))), contracts())

    tokens, workspace = (_row(coverage, name) for name in ("ListApiTokens", "GetWorkspace"))
    assert (tokens.calls, tokens.statuses[Side.CANDIDATE].seen) == (1, 0)
    assert (workspace.calls, workspace.statuses[Side.CANDIDATE].seen) == (0, 1)


def test_a_call_of_no_known_operation_has_no_row() -> None:
    """Nobody documents it, so there is nothing to cover."""
    assert cover(run(scenario(step(operation="GET /things"))), contracts()).called == 0


def test_gaps_come_first_and_the_totals_add_up() -> None:
    """The rows with most gaps lead; each check counts every row once."""
    coverage = cover(run(scenario(step(checks=tuple(Check)))), contracts())

    gaps = [len(each.gaps) for each in coverage.operations]
    assert gaps == sorted(gaps, reverse=True)
    assert coverage.operations[-1].operation == "ListApiTokens"
    assert all(sum(levels.values()) == len(coverage.operations) for levels in coverage.checks.values())
    assert coverage.exercised(Check.AUTH) == 1
    assert coverage.statuses[Side.CANDIDATE].seen == sum(
        each.statuses[Side.CANDIDATE].seen for each in coverage.operations
    )


def test_what_is_not_used_is_left_out() -> None:
    """Narrowed, the used operations stay, gaps first, then those that are called most."""
    coverage = narrowed(
        cover(run(scenario(step(checks=tuple(Check)))), contracts()),
        {"ListApiTokens": 9, "GetWorkspace": 2, "ListUsers": 5},
    )

    assert [(each.operation, each.used) for each in coverage.operations] == [
        ("ListUsers", 5),
        ("GetWorkspace", 2),
        ("ListApiTokens", 9),
    ]
    assert (coverage.called, coverage.possible(Check.AUTH)) == (1, 3)


def _steps() -> st.SearchStrategy[StepResult]:
    bodies = st.sampled_from(
        [{"tokens": [{"type": "WORKSPACE"}]}, {"scope": "ORGANIZATION"}, {"status": "ACTIVE"}]
    )
    made = st.builds(evidence, st.just("v1"), bodies, st.sampled_from([200, 401, 404]))
    return st.builds(
        step,
        operation=st.sampled_from([*OPERATIONS, "GET /things"]),
        verdict=st.sampled_from(Verdict),
        checks=st.lists(st.sampled_from(Check), unique=True).map(tuple),
        baseline=st.none() | made,
        candidate=made,
    )


def _scenarios() -> st.SearchStrategy[list[ScenarioResult]]:
    origins = st.sampled_from(Source).map(provenance)
    one = st.builds(
        lambda steps, origin: scenario(*steps, provenance=origin), st.lists(_steps(), max_size=3), origins
    )
    return st.lists(one, max_size=4).map(
        lambda made: [replace(each, id=f"s{number}") for number, each in enumerate(made)]
    )


def _written(path: Path, name: str, scenarios: list[ScenarioResult]) -> Path:
    with EventLog.join(path / f"{name}.jsonl") as log:
        log.run_started(
            RunStarted(
                run=name,
                tool="t",
                mode="replay",
                environment="e",
                profile="strict",
                planned=tuple(each.id for each in scenarios),
                started="2026-11-21T10:00:00.000Z",
            )
        )
        for each in scenarios:
            log.scenario_finished(each)
        log.run_finished(name, "2026-11-21T10:00:01.000Z")
    return path / f"{name}.jsonl"


@given(_scenarios(), st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_coverage_of_merged_logs_is_that_of_the_whole(
    made: list[ScenarioResult], split: list[bool]
) -> None:
    """However scenarios were divided among shards, and in whatever order their logs are named."""
    parts = [
        [each for each, first in zip(made, split, strict=False) if first is half] for half in (True, False)
    ]
    with TemporaryDirectory() as name:
        whole = read_run(_written(Path(name), "whole", made))
        logs = [_written(Path(name), f"part{number}", part) for number, part in enumerate(parts)]
        merged = read_run(*logs[::-1])

    assert cover(merged, contracts()) == cover(whole, contracts())


@given(_scenarios(), _scenarios())
def test_more_evidence_never_lowers_coverage(some: list[ScenarioResult], more: list[ScenarioResult]) -> None:
    """No level falls, nothing that was seen is lost, and no gap opens."""
    others = [replace(each, id=f"more {each.id}") for each in more]
    before, after = _by_name(run(*some)), _by_name(run(*some, *others))

    for name, old in before.items():
        new = after[name]
        assert set(new.gaps) <= set(old.gaps)
        assert new.calls >= old.calls
        for check in Check:
            assert _rank(new.checks[check]) >= _rank(old.checks[check])
        for side in Side:
            assert new.statuses[side].seen >= old.statuses[side].seen
            assert new.values[side].seen >= old.values[side].seen
            assert new.values[side].seen <= new.values[side].of


def _by_name(made: RunResult) -> dict[str, OperationCoverage]:
    return {each.operation: each for each in cover(made, contracts()).operations}


def _rank(level: Level) -> int:
    return -1 if level is Level.GONE else _LEVELS.index(level)
