"""Causes: the evidence of a whole run, where pairs agree and where they do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import causes
from harness.causes import Cause, Count, causes_of
from harness.difference import Kind
from harness.exchange import Json, Side
from harness.inquiry import exercised
from harness.judge import verdict
from harness.readiness import assess
from harness.report.codec import encode
from harness.report.events import dump_scenario, load_scenario
from harness.result import Evidence, RunResult, StepResult, Verdict
from harness.rules import Severity
from harness.shape import presences
from harness.struct import replace
from tests.builders import judged, pair, question
from tests.report.builders import difference, finding, missed, run, scenario, step


def _pair(old: Json, new: Json, operation: str = "GET /things", **changes: Any) -> StepResult:
    """Judge two bodies as a step is judged."""
    made, asked = pair(old, new), question(operation)
    findings = judged(made, asked)
    return step(
        *findings,
        operation=asked.name,
        verdict=verdict(findings),
        checks=exercised(made, asked),
        baseline=Evidence.of(made.baseline, "iam"),
        candidate=Evidence.of(made.candidate, "v1"),
        **changes,
    )


def _run(*steps: StepResult) -> RunResult:
    """Build a run with one step in each scenario."""
    return run(*(scenario(each, id=f"s{number}") for number, each in enumerate(steps)))


def _only(made: RunResult, path: str) -> Cause:
    (cause,) = [each for each in causes_of(made) if path in {fact.path for fact in each.differences}]
    return cause


def _things(*elements: Json) -> Json:
    return {"things": list(elements)}


FULL: Json = {"id": "a", "x": "1"}
LESS: Json = {"id": "a"}


def test_samples_without_the_finding_count_too() -> None:
    """A property that is gone in one pair of three is missing in one sample of three."""
    cause = _only(_run(_pair(FULL, LESS), _pair(FULL, FULL), _pair(FULL, FULL)), "$.body.x")

    assert cause.samples.found == Count(seen=1, samples=3)
    assert cause.samples.scenarios == Count(seen=1, samples=3)
    assert (cause.samples.baseline, cause.samples.candidate) == (
        Count(seen=3, samples=3),
        Count(seen=2, samples=3),
    )


def test_what_every_pair_shows_is_removed() -> None:
    """In all samples of v1beta1, in none of v1: the findings' own rule stands."""
    cause = _only(_run(_pair(FULL, LESS), _pair(FULL, LESS)), "$.body.x")

    assert (cause.rule, cause.together) == ("property-removed", "property-removed")
    assert str(cause.samples.found) == "2 of 2"


def test_a_property_that_other_pairs_have_became_optional() -> None:
    """Absent in one pair and there in another: the two together say something else than the one."""
    cause = _only(_run(_pair(FULL, LESS), _pair(FULL, FULL)), "$.body.x")

    assert (cause.rule, cause.together) == ("property-removed", "property-became-optional")


def test_a_property_that_both_sides_lack_at_times_is_variance() -> None:
    """Where v1beta1 leaves it out as well, nothing became optional."""
    cause = _only(_run(_pair(FULL, LESS), _pair(FULL, FULL), _pair(LESS, LESS)), "$.body.x")

    assert cause.together == "property-variance"


def test_a_property_that_v1beta1_lacks_at_times_was_optional() -> None:
    """Required means in all samples of all pairs, not in all of one pair."""
    cause = _only(_run(_pair(FULL, LESS), _pair(LESS, LESS)), "$.body.x")

    assert (cause.rule, cause.together) == ("property-removed", "optional-property-removed")


def test_a_property_that_v1_always_has_became_required() -> None:
    """Added in one pair, there on both sides in another."""
    cause = _only(_run(_pair(LESS, FULL), _pair(FULL, FULL)), "$.body.x")

    assert (cause.rule, cause.together) == ("property-added", "property-became-required")


@pytest.mark.parametrize("lacking", [_things(), {}, {"things": None}], ids=["empty", "missing", "null"])
def test_a_list_without_elements_is_no_sample(lacking: Json) -> None:
    """An empty or missing list neither proves that its elements lost a property nor that they kept it."""
    pairs = [_pair(_things(FULL, {"id": "b", "x": "2"}), _things(LESS, {"id": "b"})), _pair(lacking, lacking)]
    cause = _only(_run(*pairs), "$.body.things[*].x")

    assert cause.together == "property-removed"
    assert cause.samples.found == Count(seen=2, samples=2)
    assert cause.samples.scenarios == Count(seen=1, samples=1)
    assert [each.rule for each in causes_of(_run(_pair(_things(FULL), _things())))] == [
        "list-elements-missing"
    ]


def test_the_elements_of_a_list_are_samples() -> None:
    """Elements are counted over all pairs."""
    both = _things(FULL, {"id": "b", "x": "2"})
    cause = _only(
        _run(_pair(both, _things(LESS, {"id": "b", "x": "2"})), _pair(both, both)), "$.body.things[*].x"
    )

    assert str(cause.samples.found) == "1 of 4"


def test_one_schema_in_several_operations_is_one_cause() -> None:
    """A token in a list and a token alone: one rename, two paths, both operations."""
    old: Json = {"id": "a", "name": "n", "type": "WORKSPACE"}
    new: Json = {"id": "a", "name": "n", "scope": "WORKSPACE"}
    listed: dict[str, Json] = {"limit": 20, "offset": 0, "totalCount": 1}
    made = _run(
        _pair({"tokens": [old], **listed}, {"tokens": [new], **listed}, "ListApiTokens"),
        _pair(old, new, "GetApiToken"),
    )
    cause = _only(made, "$.body.type")

    assert [fact.path for fact in cause.differences] == ["$.body.tokens[*].type", "$.body.type"]
    assert cause.operations == ("GetApiToken", "ListApiTokens")
    assert str(cause.samples.found) == "2 of 2"


def test_equal_paths_of_different_schemas_are_different_causes() -> None:
    """That two resources both lose a property of one name is chance."""
    token = _pair({"id": "a", "name": "n"}, {"id": "a"}, "GetApiToken")
    team = _pair({"id": "a", "name": "n"}, {"id": "a"}, "GetTeam")
    removed = [each for each in causes_of(_run(token, team)) if each.difference.path == "$.body.name"]

    assert {each.example.cause for each in removed if each.difference.kind is Kind.REMOVED} == {
        "ApiToken.name",
        "Team.name",
    }


def test_an_endpoint_that_v1_answers_is_a_cause_of_its_own() -> None:
    """Of endpoints that v1 lacks it is not said together that they fail where v1 answers one of them."""
    made = _run(_pair({}, {}, "ListAlerts"), _pair({}, {}, "GetAlert"))
    gone = judged(pair({}, {}, statuses=(200, 404)), question("DeleteAlert"))
    made = run(*made.scenarios, scenario(step(*gone, operation="DeleteAlert"), id="gone"))

    found = [each.operations for each in causes_of(made) if each.rule == "endpoint-removed"]

    assert found == [("GetAlert", "ListAlerts"), ("DeleteAlert",)]


def test_errors_are_no_samples_of_successes() -> None:
    """Each class of status has bodies of its own."""
    refused = _pair(
        {"message": "no", "requestId": "r", "statusCode": 404},
        {"message": "no", "requestId": "r", "statusCode": 404},
    )
    as_404 = replace(
        refused,
        verdict=Verdict.MATCH,
        baseline=replace(refused.baseline, status=404) if refused.baseline else None,
        candidate=replace(refused.candidate, status=404) if refused.candidate else None,
    )
    cause = _only(_run(_pair(FULL, LESS), as_404), "$.body.x")

    assert str(cause.samples.found) == "1 of 1"


def test_a_pair_without_a_conclusion_is_no_sample() -> None:
    """What was throttled shows nothing about a property."""
    throttled = replace(_pair(FULL, FULL), verdict=Verdict.INCONCLUSIVE)
    cause = _only(_run(_pair(FULL, LESS), throttled), "$.body.x")

    assert str(cause.samples.found) == "1 of 1"


def test_a_fact_about_the_whole_answer_has_one_sample_a_pair() -> None:
    """Headers, statuses and times are there once in each answer."""
    header = finding(difference(kind=Kind.HEADER_REMOVED, path="$.headers.etag", to="", seen=1, samples=1))
    made = _run(step(header, verdict=Verdict.MISMATCH), step(), step(operation="ListTeams"))
    cause = _only(made, "$.headers.etag")

    assert (str(cause.samples.found), str(cause.samples.scenarios)) == ("1 of 2", "1 of 2")


def test_a_fact_about_no_pair_is_its_own_sample() -> None:
    """A stale acceptance stands in no answer, and its place need not be a path."""
    stale = finding(difference(kind=Kind.ACCEPTANCE, path="any place", to="value-changed", seen=1, samples=1))
    (cause,) = causes_of(_run(step(stale, baseline=None, candidate=None)))

    assert str(cause.samples.found) == "1 of 1"
    assert cause.samples.baseline is None


def test_a_finding_keeps_its_cause_in_the_log() -> None:
    """Shards merge: what a run shows together is read from the log, and older logs have no such key."""
    made = scenario(_pair({"id": "a", "type": "X"}, {"id": "a"}, "GetApiToken"))
    text = dump_scenario(made)
    older = text.replace('"cause":', '"reason_of_old":').replace('"walks":', '"steps_of_old":')

    assert load_scenario(text) == made
    assert all(not each.cause for each in load_scenario(older).steps[0].findings)


def test_they_are_made_once_for_all_reports() -> None:
    """The assessment that every report gets holds them."""
    made = _run(_pair(FULL, LESS))

    assert assess(made).causes == causes_of(made)
    assert encode(assess(made).causes[0].samples, ()).startswith(b'{"found":{"seen":1,"samples":1}')


def test_open_before_accepted_and_worst_first() -> None:
    """The order is that in which somebody must look at them."""
    made = run(
        scenario(step(finding(severity=Severity.INFO), finding(difference(path="$.body.y")), finding()))
    )

    assert [each.severity for each in causes_of(made)] == [
        Severity.BREAKING,
        Severity.BREAKING,
        Severity.INFO,
    ]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_counts_are_those_of_all_pairs(present: list[tuple[bool, bool]]) -> None:
    """Whatever each pair has, the counts are the sums, and removed means: always before, never after."""
    steps = [_pair(FULL if old else LESS, FULL if new else LESS) for old, new in present]
    found = [each for each in causes_of(_run(*steps)) if each.difference.kind is Kind.REMOVED]

    lost = sum(old and not new for old, new in present)
    assert bool(found) == bool(lost)
    for cause in found:
        assert cause.samples.found == Count(seen=lost, samples=len(present))
        for side, there in zip(Side, (cause.samples.baseline, cause.samples.candidate), strict=True):
            has = sum(each[list(Side).index(side)] for each in present)
            assert there == Count(seen=has, samples=len(present))
        always, never = all(old for old, _ in present), not any(new for _, new in present)
        assert (cause.together == "property-removed") == (always and never)


def test_a_count_is_written_for_people() -> None:
    """Thousands are told apart; what was never looked for is neither always nor never there."""
    assert str(Count(seen=1200, samples=3400)) == "1,200 of 3,400"
    assert not Count().always
    assert not Count().never


def test_places_of_their_own_are_counted_in_one_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings at places of their own, one in each pair: each side's bodies are walked once."""
    walks: list[int] = []

    def counting(bodies: Iterable[tuple[str, Json]], places: Iterable[tuple[str, ...]]) -> Any:
        walks.append(1)
        return presences(bodies, places)

    monkeypatch.setattr(causes, "presences", counting)
    made = causes_of(_run(*(_pair({"id": "a", f"x{n}": "1"}, LESS) for n in range(12))))

    assert len(made) == 12
    assert {str(cause.samples.found) for cause in made} == {"1 of 12"}
    assert len(walks) == len(Side)


@pytest.mark.parametrize(("old", "new"), [("x", "z"), ("z", "x")])
def test_what_the_log_cannot_write_is_not_counted_as_absent(old: str, new: str) -> None:
    """Half of a surrogate pair is another name in the log: its absence there says nothing."""
    made = _run(_pair({f"{old}\ud83d": 1}, {f"{new}\ud83d": [1]}))
    read = run(*(load_scenario(dump_scenario(each)) for each in made.scenarios))

    for cause in causes_of(read):
        assert cause.together == cause.rule
        assert (cause.samples.baseline, cause.samples.candidate) == (None, None)
    assert [each.rule for each in causes_of(read)] == [each.rule for each in causes_of(made)]


def test_what_both_sides_missed_is_told_of_both() -> None:
    """A step that expects what neither side answers fails twice, and each is said."""
    found = causes_of(run(scenario(step(*missed(), verdict=Verdict.MISMATCH))))

    assert [each.example.explanation for each in found] == [each.explanation for each in missed()]
    assert len({each.fingerprint for each in found}) == 2
