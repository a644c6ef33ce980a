"""What repeats show of a difference: noise of the baseline, a change in between, or that it stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from harness.compare import Context
from harness.exchange import Exchange, Json, Pair, Side
from harness.judge import verdict
from harness.noise import is_sample, matters, weigh
from harness.result import Finding, Verdict
from harness.rules import Severity
from harness.values import Correspondence
from tests.builders import JSON_HEADERS, exchange, failed, judged, question


def weighed(old: Sequence[Any], new: Sequence[Any]) -> dict[str, Finding]:
    """Judge the first answers of both sides, with the others as repeats; return findings by place."""
    before, after = ([_answer(each) for each in side] for side in (old, new))
    made = Pair(baseline=before[0], candidate=after[0])
    repeats = {Side.BASELINE: before[1:], Side.CANDIDATE: after[1:]}
    findings = weigh(judged(made, question()), made, repeats, Context())
    return {each.difference.path: each for each in findings}


def _answer(given: Any) -> Exchange:
    return given if isinstance(given, Exchange) else exchange(given)


def things(*names: str) -> Json:
    """Make a list of things with ids and names."""
    return {"things": [{"id": f"t{number}", "name": name} for number, name in enumerate(names)]}


def test_without_repeats_nothing_is_said() -> None:
    """Findings stay as they are where no call was made again, or no answer is a sample."""
    assert weighed([{"a": 1}], [{"a": 2}])["$.body.a"].noise is None
    assert weighed([{"a": 1}, exchange({}, 503)], [{"a": 2}, failed()])["$.body.a"].noise is None


@pytest.mark.parametrize(
    ("answer", "sample"),
    [
        (exchange({}), True),
        (exchange({}, 404), True),
        (exchange({}, 429), False),
        (exchange({}, 500), False),
        (exchange({}, 504), False),
        (failed(), False),
    ],
)
def test_what_says_nothing_about_the_service_is_no_sample(answer: Exchange, *, sample: bool) -> None:
    """A refusal of the request is an answer; a throttled or failed call or a server's error is not."""
    assert is_sample(answer) is sample


def _html(text: str) -> Exchange:
    return exchange(content=text.encode(), headers=JSON_HEADERS)


@pytest.mark.parametrize("again", ["<html>", "<html lang=en>"])
def test_a_body_that_cannot_be_read_again_is_no_noise(again: str) -> None:
    """A side that never answers with JSON agrees with itself, whatever the bytes are."""
    new = weighed([{"a": 1}, {"a": 1}], [_html("<html>"), _html(again)])["$.body"]
    old = weighed([_html("<html>"), _html(again)], [{"a": 1}, {"a": 1}])["$.body"]

    for finding in (new, old):
        assert finding.noise is not None
        assert (finding.noise.baseline.disagreed, finding.noise.candidate.disagreed) == (0, 0)
        assert "disagreed with itself" not in finding.explanation


def test_a_body_that_cannot_be_read_at_times_is_noise() -> None:
    """Of a baseline that answers with JSON or without, nobody knows what the candidate's answer means."""
    finding = weighed([{"a": 1}, _html("<html>")], [_html("<html>"), _html("<html>")])["$.body"]

    assert finding.noise is not None
    assert finding.noise.excused


def test_noise_is_by_place_and_by_kind() -> None:
    """A value that the baseline changes by itself excuses neither another place nor another type there."""
    old = [{"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 2, "c": 1}, {"a": 3, "b": 3, "c": 1}]
    new = [{"a": 9, "b": "9", "c": 2}] * 3
    found = weighed(old, new)

    assert found["$.body.a"].severity is Severity.INFO
    assert (found["$.body.b"].rule, found["$.body.b"].severity) == ("type-changed", Severity.BREAKING)
    assert found["$.body.c"].severity is Severity.RISKY


def test_a_field_that_went_is_not_excused_by_one_that_came() -> None:
    """What the baseline lacks at times excuses its absence in v1, and not what v1 has beyond it."""
    gone = weighed([{"a": 1, "x": 1}, {"a": 1}, {"a": 1, "x": 1}], [{"a": 1}] * 3)
    came = weighed([{"a": 1}, {"a": 1}, {"a": 1, "x": 1}], [{"a": 1, "x": 1}] * 3)
    other = weighed([{"a": 1}, {"a": 1}, {"a": 1, "x": 1}], [{"a": 1, "y": 1}] * 3)

    assert (gone["$.body.x"].rule, gone["$.body.x"].severity) == ("property-removed", Severity.INFO)
    assert str(gone["$.body.x"].noise and gone["$.body.x"].noise.baseline) == "1 of 2"
    assert came["$.body.x"].noise is not None
    assert came["$.body.x"].noise.excused
    assert other["$.body.y"].noise is not None
    assert not other["$.body.y"].noise.excused


def test_a_rename_is_noise_only_where_the_baseline_renames() -> None:
    """That a field is absent at times does not say that it has another name."""
    old, new = {"userName": "abcdef"}, {"user_name": "abcdef"}
    absent = weighed([old, {}, {}, old], [new] * 4)["$.body.userName"]
    both = weighed([old, new, old, new], [new] * 4)["$.body.userName"]

    assert (absent.rule, absent.severity) == ("property-case-changed", Severity.BREAKING)
    assert (both.rule, both.severity) == ("property-case-changed", Severity.INFO)


def test_more_than_noise_counts() -> None:
    """One element that the baseline changes by itself does not excuse all elements."""
    old = [things("a", "b", "c", "d"), things("a", "b", "c", "x"), things("a", "b", "c", "y")]
    found = weighed(old, [things("A1", "B1", "C1", "D1")] * 3)["$.body.things[*].name"]

    assert found.severity is Severity.RISKY
    assert found.explanation.endswith(
        "in 2 of 2 repeats, but only in 1 where the versions differ in 4, so it counts."
    )


def test_noise_in_some_elements_excuses_about_as_many() -> None:
    """Chance may let a few more elements differ between the sides than in the repeats."""
    old = [things("a", "b", "c"), things("x", "b", "c"), things("a", "y", "c")]

    assert weighed(old, [things("p", "q", "c")] * 3)["$.body.things[*].name"].severity is Severity.INFO


def test_a_change_in_between_is_noise() -> None:
    """Where the data changed between the two calls and both sides agree afterwards, nothing differs."""
    found = weighed([{"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}], [{"a": 2}] * 4)

    assert found["$.body.a"].severity is Severity.INFO


def test_a_change_in_between_hides_no_difference() -> None:
    """Where the data changed once, and the sides differ in all rounds after it, the difference counts."""
    found = weighed([{"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}], [{"a": 9}] * 4)["$.body.a"]

    assert found.severity is Severity.RISKY
    assert found.explanation.endswith(
        "3 of 3 repeats, as it changed once between the calls; the versions differ after that as well, so it "
        "counts."
    )


def test_values_that_correspond_differ_in_no_round() -> None:
    """A round compares as the pair does: what each side calls its own is no difference after a change."""
    made = Pair(baseline=exchange({"a": "team-m1"}), candidate=exchange({"a": "team-n9"}))
    repeats = {
        Side.BASELINE: [exchange({"a": "team-m2"})] * 3,
        Side.CANDIDATE: [exchange({"a": "team-n2"})] * 3,
    }
    contexts = Context(correspondence=Correspondence([("team-m2", "team-n2")])), Context()
    severities = [weigh(judged(made), made, repeats, each)[0].severity for each in contexts]

    assert severities == [Severity.INFO, Severity.RISKY]


def test_a_status_that_is_noise_leaves_nothing_to_conclude() -> None:
    """Where the baseline itself answers with another status, no bodies were compared: that proves nothing."""
    gone = exchange({"message": "no"}, 404)
    found = weighed([{"a": 1}, gone, {"a": 1}], [gone] * 3)["$.status"]

    assert (found.severity, found.inconclusive) == (Severity.INFO, True)
    assert verdict([found]) is Verdict.INCONCLUSIVE


def test_a_candidate_that_changes_by_itself_is_told() -> None:
    """Noise of v1 alone is no excuse; where both have it, v1beta1's counts are told."""
    alone = weighed([{"a": 1}] * 3, [{"a": 2}, {"a": 1}, {"a": 3}])["$.body.a"]
    both = weighed([{"a": 1}, {"a": 2}, {"a": 1}], [{"a": 2}, {"a": 1}, {"a": 3}])["$.body.a"]

    assert alone.severity is Severity.RISKY
    assert alone.explanation.endswith(
        "v1 disagreed with itself about it in 2 of 2 repeats, v1beta1 in 0 of 2, so it counts."
    )
    assert both.severity is Severity.INFO
    assert both.noise is not None
    assert (str(both.noise.baseline), str(both.noise.candidate)) == ("1 of 2", "2 of 2")


def test_what_is_of_a_contract_is_not_weighed() -> None:
    """Repeats say nothing about what a finding says without the other side."""
    bare = judged(Pair(baseline=exchange({}, 404), candidate=exchange({}, 404)))
    made = Pair(baseline=exchange({}, 404), candidate=exchange({}, 404))
    repeats = {side: [exchange({}, 404)] for side in Side}

    assert [each.rule for each in bare] == ["call-refused-on-both"]
    assert weigh(bare, made, repeats, Context()) == bare
    assert not matters(bare)


def test_worst_come_first_again() -> None:
    """What became info stands behind what counts."""
    old = [{"a": 1, "b": 1}, {"b": 1}, {"a": 1, "b": 1}]
    found = weighed(old, [{"b": 2}] * 3)

    assert [each.severity for each in found.values()] == [Severity.RISKY, Severity.INFO]
    assert next(iter(found)) == "$.body.b"
